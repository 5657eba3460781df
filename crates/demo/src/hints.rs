//! Five things worth trying, for whoever opens the demonstration for the first time.

/// Why a dossier is worth showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Showcase {
    /// Its hearing is in the coming weeks: deadlines count backwards.
    Hearing,
    /// A police report is asked for and awaited.
    PoliceReport,
    /// Its household has an archived dossier.
    Returning,
    /// Closed nearly four years ago: about to be erased.
    Fading,
}

/// Something worth trying. `{numero}` and `{agent}` stand for a dossier's number and a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The profile of the agent to sign in with.
    pub profile: &'static str,
    /// The kind of dossier whose number the text gives; `None` when it gives none.
    pub showcase: Option<Showcase>,
    /// What to do and what to see, in French.
    pub text: &'static str,
}

impl Hint {
    /// The sentence with the number and the login in it.
    pub fn fill(&self, number: &str, login: &str) -> String {
        self.text.replace("{numero}", number).replace("{agent}", login)
    }
}

/// Five things worth trying, in the order in which a visitor would.
pub const fn worth_trying() -> [Hint; 5] {
    [
        Hint {
            profile: "instructeur",
            showcase: Some(Showcase::Hearing),
            text: "Connectez-vous comme {agent} et ouvrez le dossier {numero}\u{a0}: l’audience \
                   approche, et chaque échéance se déplie pour montrer son calcul, article par \
                   article, jours fériés d’Alsace-Moselle compris.",
        },
        Hint {
            profile: "police",
            showcase: Some(Showcase::PoliceReport),
            text: "Connectez-vous comme {agent} et ouvrez le dossier {numero}\u{a0}: un agent de \
                   police n’y voit que les noms, l’adresse et la date de création, et n’y peut \
                   que déposer le rapport demandé par le préfet.",
        },
        Hint {
            profile: "archiviste",
            showcase: Some(Showcase::Returning),
            text: "Notez le nom et le prénom de l’occupant du dossier {numero}, puis \
                   cherchez-les comme {agent} dans les archives, avec une faute d’orthographe\u{a0}: \
                   l’ancien dossier du ménage, clos, n’est trouvé que là.",
        },
        Hint {
            profile: "dpo",
            showcase: Some(Showcase::Fading),
            text: "Connectez-vous comme {agent}, page «\u{a0}Conservation\u{a0}», et demandez l’aperçu à \
                   deux mois\u{a0}: le dossier {numero}, clos depuis bientôt quatre ans, y figure\u{a0}; \
                   passé le jour dit, plus aucune copie ne s’ouvre.",
        },
        Hint {
            profile: "secretaire-ccapex",
            showcase: None,
            text: "Connectez-vous comme {agent} et ouvrez l’un après l’autre une douzaine de \
                   dossiers de la même liste\u{a0}: une alerte se lève aussitôt, et seul le délégué à \
                   la protection des données peut la clore.",
        },
    ]
}
