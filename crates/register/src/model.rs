//! What a register file says, once read. Names are English here and French in the file; each
//! item's doc comment gives the file's key.

use huis_kernel::{Date, Delay};
use serde::Serialize;

pub use crate::letter::{Letter, Mention, Notice};

/// One processing: `registers/<id>.toml`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Register {
    /// `traitement.id`
    pub id: String,
    /// `traitement.nom`
    pub name: String,
    /// `traitement.mots`: what its screens call a case.
    pub words: CaseWords,
    /// `traitement.textes`: the texts it executes.
    pub texts: Vec<String>,
    /// `traitement.en_vigueur`: the day from which this version counts.
    pub in_force: Date,
    /// `traitement.autorisation`: what a local register names when it loosens.
    pub authorisation: Option<String>,
    /// `traitement.traces = { duree, source }`
    pub traces: TraceTerm,
    /// `traitement.delai_effacement`: after how long a change that would erase takes effect.
    pub erasure_notice: Delay,
    /// `[[finalite]]`
    pub purposes: Vec<Purpose>,
    /// `[[etape]]`, in order.
    pub stages: Vec<Stage>,
    /// `[[volet]]`
    pub sections: Vec<Section>,
    /// `[[acte]]`
    pub acts: Vec<ActKind>,
    /// `[[recherche]]`
    pub searches: Vec<Search>,
    /// `[[profil]]`
    pub profiles: Vec<Profile>,
    /// `[[duree]]`: each is a retention unit with its own key.
    pub retentions: Vec<Retention>,
    /// `[[import]]`: the files from which acts are recorded.
    pub imports: Vec<Import>,
    /// `[[droit]]`
    pub rights: Vec<Right>,
    /// `[[notice]]`
    pub notices: Vec<Notice>,
    /// `[[lettre]]`
    pub letters: Vec<Letter>,
    /// `[securite]`
    pub security: Security,
    /// SHA-256 of the file's bytes: the version in force (`rows of the database`).
    #[serde(skip)]
    pub sha256: [u8; 32],
}

/// `traitement.mots`: what the screens call a case of this processing, where « dossier » would not
/// be the word of those who work in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseWords {
    /// `court`: the processing's name, where there is little room; by default its whole name.
    pub short: Option<String>,
    /// `nouveau`: « Nouveau dossier »
    pub new: String,
    /// `ouvrir`: « Ouvrir un dossier »
    pub open: String,
    /// `en_cours`: « Dossiers en cours »
    pub running: String,
}

impl Default for CaseWords {
    fn default() -> Self {
        let [new, open, running] = ["Nouveau dossier", "Ouvrir un dossier", "Dossiers en cours"];
        Self { short: None, new: new.into(), open: open.into(), running: running.into() }
    }
}

/// How long traces live.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceTerm {
    /// `duree`
    pub keep: Delay,
    /// `source`: clause or article.
    pub source: String,
}

/// `[[finalite]]`: a purpose with its legal basis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Purpose {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `base_legale`; a purpose without one does not load (D-08).
    pub legal_basis: String,
    /// `source`
    pub source: String,
}

/// `[[etape]]`: a stage of the procedure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
}

/// `classe` of a section: what kind of data it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the register's own words, unaccented")]
pub enum Class {
    Identite,
    Contact,
    Famille,
    Profession,
    Ressources,
    Sante,
    Appreciation,
    Infraction,
    Logement,
    Energie,
    Procedure,
}

impl Class {
    /// Sensitive classes have no token and no operator (I4), and are stored padded.
    pub const fn sensitive(self) -> bool {
        matches!(self, Self::Sante | Self::Appreciation | Self::Infraction)
    }
}

/// `[[volet]]`: a named group of fields, sealed as one: the unit of authorisation and of trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `classe`
    pub class: Class,
    /// `repete`: may occur several times (occupants).
    pub repeats: bool,
    /// `de_qui`: section whose occurrence this one speaks of (`occupant`), when it is about one
    /// person of the dossier and can be hidden from co-holders.
    pub about: Option<String>,
    /// `source`
    pub source: String,
    /// `champs`
    pub fields: Vec<Field>,
}

/// An entry of `champs`: nothing that is not one can be collected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `type` (with `choix`, `max` where the type asks)
    pub kind: FieldKind,
    /// `obligatoire`
    pub required: bool,
    /// `obligatoire_si = ["repondre", "courrier"]`: needed when that choice of the same list of
    /// fields has that value.
    pub required_if: Option<(String, String)>,
    /// `pourquoi`: why it is needed.
    pub why: String,
    /// `source`: clause or article.
    pub source: String,
    /// `aide`: a line under the field.
    pub help: Option<String>,
}

/// `type` of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum FieldKind {
    /// `texte`: one line, `max` characters (120 when unsaid).
    Text {
        /// Longest value, in characters.
        max: usize,
    },
    /// `texte_long`: several lines, `max` characters (2 000 when unsaid).
    LongText {
        /// Longest value, in characters.
        max: usize,
    },
    /// `nom`: a person's name or first name.
    Name,
    /// `date`
    Date,
    /// `montant`: euros.
    Money,
    /// `entier`: 0 or more.
    Integer,
    /// `oui_non`
    Bool,
    /// `choix`, with `choix = [["code", "libellé"], …]`: a national list.
    Choice(Vec<Choice>),
    /// `telephone`
    Phone,
    /// `courriel`
    Email,
    /// `commune`: an INSEE code.
    Commune,
    /// `reference`, with `volet = "occupant"`: one occurrence of a repeated section of the same
    /// dossier. Acts name people by these (never by name).
    Reference {
        /// The repeated section.
        section: String,
    },
}

/// One value of a closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The code that is kept.
    pub code: String,
    /// What is shown.
    pub label: String,
}

/// `[[acte]]`: a kind of act, with the fields that it may hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActKind {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `etape`: the stage it belongs to.
    pub stage: String,
    /// `article`: the law that makes it, or the clause.
    pub article: String,
    /// `champs`
    pub fields: Vec<Field>,
    /// `confirme`: asks for a confirmation, because it cannot be undone.
    pub confirm: bool,
    /// `propose`: sections that the act proposes values for. Their fields are the act's too, none
    /// compulsory; whoever may write the section takes them over or not, so that a deposit never
    /// overwrites anything unseen. Each is seen by whom the section is.
    pub proposes: Vec<String>,
}

/// `[[recherche]]`: one compound token of the blind index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Search {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `de = ["occupant.nom", "occupant.prenom"]`; two at least, of one section (a name or a birth
    /// date alone would let a thief of the table rank frequencies).
    pub of: Vec<FieldPath>,
    /// `proche = true`: the first field matches by sound and at one letter's distance.
    pub near: bool,
    /// `voie = true`: the first field names a street, whose kind and article do not count.
    pub street: bool,
}

/// `volet.champ`, or `volet` or `volet.*` for all of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FieldPath {
    /// The section.
    pub section: String,
    /// The field; `None` means all.
    pub field: Option<String>,
}

/// `[[profil]]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `partenaire`: off until the installation names its authorisation.
    pub partner: bool,
    /// `voit`: fields it sees, in the active file.
    pub sees: Vec<FieldPath>,
    /// `voit_actes`: kinds of act whose content it sees; `["*"]` for all.
    pub sees_acts: Vec<String>,
    /// `modifie`: sections it may write.
    pub writes: Vec<String>,
    /// `agit`: kinds of act it may record; `["*"]` for all.
    pub acts: Vec<String>,
    /// `peut`: powers over things that are not a field.
    pub powers: Vec<Power>,
    /// `second_facteur`: a grant of this profile opens nothing without TOTP.
    pub second_factor: bool,
    /// `administrateur`: the longer password rule of X-18.
    pub administrator: bool,
    /// `garant`: who must be named as the giver of authority (X-13: « chef de service »).
    pub sponsor: Option<String>,
    /// `duree_max`: the longest grant.
    pub max_term: Delay,
    /// `finalite`: the purpose written in its traces.
    pub purpose: String,
    /// `source`
    pub source: String,
}

/// Declares the powers together with the list of them all: none can be missing from it.
macro_rules! powers {
    ($($(#[doc = $words:literal])+ $name:ident,)+) => {
        /// `peut` of a profile.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub enum Power {
            $($(#[doc = $words])+ $name,)+
        }

        impl Power {
            /// Every power there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

powers! {
    /// `ouvrir`: create a dossier.
    Create,
    /// `chercher`: search the active files.
    Search,
    /// `tableau`: lists, day page and board.
    Lists,
    /// `encadrer`: the supervisor's page.
    Supervise,
    /// `archives`: search and open archived files.
    Archive,
    /// `rouvrir`: reopen a closed file.
    Reopen,
    /// `retenir`: place and lift a hold on the life cycle.
    Hold,
    /// `habiliter`: give and withdraw grants.
    Grant,
    /// `revoir`: lead the review of grants.
    Review,
    /// `traces`: read the trace and verify it.
    Traces,
    /// `alertes`: close alerts.
    Alerts,
    /// `conservation`: preview and run the sweep.
    Retention,
    /// `registre`: read the register and its changes.
    Register,
    /// `comptes`: accounts.
    Accounts,
    /// `reglages`: settings.
    Settings,
    /// `restreindre`: hide a section from co-holders and from other profiles.
    Restrict,
    /// `annuler_acte`: void an act recorded on the wrong dossier.
    Void,
    /// `mandater`: name the partners that file acts in a dossier.
    Mandate,
    /// `copier`: give a person the copy of what any processing holds about them, on the request
    /// that they made (RGPD art. 15, I12).
    Copy,
}

/// `[[duree]]`: a retention unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retention {
    /// `id`: the retention unit's name.
    pub id: String,
    /// `volets`
    pub sections: Vec<String>,
    /// `actes`; `["*"]` for all.
    pub acts: Vec<String>,
    /// `depuis`: the event that starts the clock.
    pub from: StartEvent,
    /// `garde`
    pub keep: Delay,
    /// `archive = true`: from the start event it lives in the archive (own key pair, own grant).
    pub archive: bool,
    /// `puis`
    pub then: Ending,
    /// `plafond_sans_evenement`: when the start event has not come by then (counted from opening),
    /// its absence is an alert (I6).
    pub alert_without_event: Delay,
    /// `source`
    pub source: String,
    /// `notre_choix`: true where the term is ours and not the text's.
    pub ours: bool,
}

/// `depuis`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StartEvent {
    /// `ouverture`
    Ouverture,
    /// `cloture`
    Cloture,
}

/// `puis`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// `detruire`: the key is destroyed.
    Detruire,
    /// `anonymiser`: the key is destroyed after the anonymous counters are taken.
    Anonymiser,
}

/// `[[import]]`: a kind of file whose rows each record an act. Its columns are the fields of
/// the act and of these sections: nothing else of a file is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Import {
    /// `id`
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `acte`: the kind of act that a row records.
    pub act: String,
    /// `volets`: sections that a row brings up to date, for profiles that may write them.
    pub sections: Vec<String>,
    /// `ouvre`: sections with which a row opens a dossier when none is found, for profiles that
    /// may open one; empty when none may.
    pub opens: Vec<String>,
    /// `depot`: the longest time for which the sealed file waits before its key is destroyed.
    pub staging: Delay,
    /// `reconnait`: how long a row that comes again is known to be the same.
    pub recognises: Delay,
    /// `synonymes = [["Solde", "acte.montant_dette dette.montant"], …]`: other names of a column,
    /// and the fields that it gives.
    pub synonyms: Vec<(String, String)>,
    /// `source`
    pub source: String,
}

/// `[[droit]]`: a right a person may ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Right {
    /// `id`: acces, rectification, effacement, limitation, portabilite, opposition.
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `offert`
    pub offered: bool,
    /// `motif`: when not offered, the ground the person reads.
    pub ground: Option<String>,
    /// `guichets`: the desks that receive it.
    pub desks: Vec<String>,
    /// `delai`: the answer's delay.
    pub delay: Delay,
    /// `delegue`: no text of the processing names it; the data-protection officer decides, with
    /// reasons.
    pub officer: bool,
    /// `source`
    pub source: String,
}

/// `[securite]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Security {
    /// `mot_de_passe`: name of the rule set in `parameters/passwords.toml`.
    pub password_rules: String,
    /// `inactivite`: minutes before an idle session ends.
    pub idle_minutes: u32,
    /// `session_max`: hours before any session ends.
    pub absolute_hours: u32,
    /// `revue`: the longest time between two reviews of grants.
    pub review_every: Delay,
    /// `alerte_volume`: dossiers opened within an hour by one agent before an alert.
    pub alert_volume_per_hour: u32,
    /// `alerte_refus`: refusals within ten minutes before an alert.
    pub alert_refusals: u32,
    /// `alerte_suite`: consecutive dossiers of one list opened in order before an alert.
    pub alert_walk: u32,
    /// `heures_ouvrees = ["07:00", "20:00"]`: outside them a read raises an alert, as (hour, minute).
    pub working_hours: ((u8, u8), (u8, u8)),
}

impl Register {
    /// The section of that id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.id == id)
    }
    /// The kind of act of that id.
    pub fn act(&self, id: &str) -> Option<&ActKind> {
        self.acts.iter().find(|a| a.id == id)
    }
    /// The profile of that id.
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|p| p.id == id)
    }
    /// The import of that id.
    pub fn import(&self, id: &str) -> Option<&Import> {
        self.imports.iter().find(|i| i.id == id)
    }
    /// The section for which a field of an act proposes a value; none for the act's own fields.
    pub fn proposed(&self, kind: &ActKind, field: &str) -> Option<&Section> {
        let mut sections = kind.proposes.iter().filter_map(|id| self.section(id));
        sections.find(|s| s.field(field).is_some())
    }
    /// The stage of that id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.id == id)
    }
    /// The letter of that id.
    pub fn letter(&self, id: &str) -> Option<&Letter> {
        self.letters.iter().find(|l| l.id == id)
    }
    /// The right of that id.
    pub fn right(&self, id: &str) -> Option<&Right> {
        self.rights.iter().find(|r| r.id == id)
    }
    /// Is a dossier of this processing somewhere? Without a commune it belongs to the whole office.
    pub fn placed(&self) -> bool {
        let mut fields = self.sections.iter().flat_map(|s| &s.fields);
        fields.any(|f| f.kind == FieldKind::Commune)
    }
    /// The retention unit that governs a section. The loader proves there is exactly one.
    pub fn unit_of_section(&self, section: &str) -> Option<&Retention> {
        self.retentions.iter().find(|r| r.sections.iter().any(|s| s == section))
    }
    /// The retention unit that governs a kind of act. The loader proves there is exactly one.
    pub fn unit_of_act(&self, act: &str) -> Option<&Retention> {
        self.retentions
            .iter()
            .find(|r| r.acts.iter().any(|a| a == act))
            .or_else(|| self.retentions.iter().find(|r| r.acts.iter().any(|a| a == "*")))
    }
}

impl ActKind {
    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }
}

impl Section {
    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }
}

impl Profile {
    /// Does the profile see this field of the active file?
    pub fn sees_field(&self, section: &str, field: &str) -> bool {
        self.sees
            .iter()
            .any(|p| p.section == section && p.field.as_deref().is_none_or(|f| f == field))
    }
    /// May the profile read the content of acts of this kind?
    pub fn sees_act(&self, kind: &str) -> bool {
        self.sees_acts.iter().any(|a| a == "*" || a == kind)
    }
    /// May the profile record acts of this kind?
    pub fn may_act(&self, kind: &str) -> bool {
        self.acts.iter().any(|a| a == "*" || a == kind)
    }
    /// May the profile write this section?
    pub fn may_write(&self, section: &str) -> bool {
        self.writes.iter().any(|s| s == section)
    }
    /// Has the profile this power?
    pub fn can(&self, power: Power) -> bool {
        self.powers.contains(&power)
    }
}
