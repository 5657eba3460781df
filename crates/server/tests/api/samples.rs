//! A request of each operation, well formed: what the tests of unauthorised access send. An
//! operation that is added without its sample here fails them.

use serde_json::{Value, json};

/// What a path's parameters are filled with.
pub fn path(pattern: &str, number: &str) -> String {
    let id = "0123456789abcdef0123456789abcdef";
    pattern
        .replace("{numero}", number)
        .replace("{volet}", "dette")
        .replace("{occurrence}", "1")
        .replace("{acte}", "1")
        .replace("{code}", "pinconnu")
        .replace("{lettre}", "information-occupant")
        .replace("{traitement}", "expulsion")
        .replace("{id}", id)
}

/// The query and the body of an operation.
pub fn sample(id: &str, number: &str) -> (&'static str, Option<Value>) {
    let body = match id {
        "recherches.poser" => {
            json!({ "champs": { "occupant.nom": "Roth", "occupant.prenom": "Élise" } })
        }
        "dossiers.ouvrir" => super::client::case("Roth", "682", "68066"),
        "actes.essai" | "actes.enregistrer" => json!({
            "acte": "impaye-constitue", "le": "2026-03-02", "version": 0,
            "champs": { "montant_dette": "1500.00", "tiers_payant": true },
        }),
        "actes.annuler" => json!({ "motif": "doublon" }),
        "volets.ajouter" | "volets.modifier" => {
            json!({ "version": 0, "champs": { "montant": "12.00" } })
        }
        "volets.retirer" => json!({ "version": 1 }),
        "volets.masquer" => json!({ "version": 1, "motif": "separation" }),
        "indemnite.essai" => json!({}),
        "gels.poser" => json!({ "motif": "controle", "jusqu_au": "2026-12-31" }),
        "mandats.designer" => json!({ "code": "pinconnu" }),
        "courriers.preparer" => json!({ "dossiers": [number] }),
        "courriers.envoyer" => json!({
            "courriers": [{ "numero": number, "acte": 1 }], "mode": "courrier", "le": "2026-03-02",
        }),
        "courriers.reprendre" | "courriers.imprimer" => {
            json!({ "courriers": [{ "numero": number, "acte": 1 }] })
        }
        "courriers.preparer-un" => json!({ "lettre": "information-occupant", "destinataire": 1 }),
        "courriers.revenu" => json!({ "motif": "npai", "le": "2026-03-02" }),
        "imports.colonnes" => json!({ "correspondance": {} }),
        "archives.ouvrir" => json!({ "phrase": crate::common::ARCHIVE }),
        "alertes.clore" => json!({ "conclusion": "justifie", "remarque": "" }),
        "habilitations.donner" => json!({
            "agent": "0123456789abcdef0123456789abcdef", "profil": "instructeur", "perimetre": ["682"],
            "du": "2026-03-02", "au": "2026-06-02", "motif": "Essai",
        }),
        "moi.choisir-courriels" => json!({ "courriels": [] }),
        "copies.lire" => return ("?dossier=0000-0001-B", None),
        "copies.remettre" => json!({ "dossier": number }),
        "versements.faire" => {
            json!({ "service": "Archives", "visa": "2026-1", "dossiers": [number] })
        }
        "securite.revue" => json!({
            "tenue_le": "2026-03-02", "prochaine_le": "2026-09-02", "compte_rendu": "Essai",
        }),
        "securite.procedure" => json!({
            "approuvee_le": "2026-03-02", "approuvee_par": "Préfet", "texte": "Essai",
        }),
        "revue.retirer" => json!({ "habilitations": [], "motif": "Essai" }),
        "comptes.creer" => json!({
            "identifiant": "zoe.essai", "prenom": "Zoé", "nom": "Essai", "service": "Essai",
            "courriel": "zoe@example.org",
        }),
        "textes.essai" | "textes.adapter" => json!({ "objet": "Essai", "texte": "Essai" }),
        "courriels.suspendre" => json!({ "suspendus": true }),
        "habilitations.retirer" | "comptes.fermer" => json!({ "motif": "Essai" }),
        "revue.confirmer" => json!({ "habilitations": [] }),
        "comptes.devoir" => json!({ "devoir": "forme", "le": "2026-03-02" }),
        "partenaires.ajouter" => json!({ "nom": "Essai", "profil": "caf" }),
        "reglages.changer" => json!({ "valeurs": { "courrier.lieu": "Colmar" } }),
        "imports.envoyer" => return ("?genre=releve-impayes", None),
        "moi.lire"
        | "modele.lire"
        | "journee.lire"
        | "attendus.lire"
        | "depots.lire"
        | "tableau.lire"
        | "recherches.lire"
        | "dossiers.lister"
        | "dossiers.lire"
        | "dossiers.revision"
        | "dossiers.pdf"
        | "dossiers.traces"
        | "actes.possibles"
        | "actes.recu"
        | "gels.lire"
        | "gels.lever"
        | "mandats.lire"
        | "mandats.retirer"
        | "courriers.dus"
        | "courriers.dossier"
        | "courriers.pdf"
        | "imports.lister"
        | "imports.lire"
        | "imports.lancer"
        | "imports.arreter"
        | "imports.fautes"
        | "archives.fermer"
        | "encadrement.lire"
        | "compteurs.lire"
        | "alertes.lister"
        | "traces.lister"
        | "conservation.lire"
        | "registre.lire"
        | "habilitations.lister"
        | "revue.lire"
        | "revue.ouvrir"
        | "revue.clore"
        | "comptes.lister"
        | "comptes.verrouiller"
        | "comptes.deverrouiller"
        | "partenaires.lister"
        | "partenaires.fermer"
        | "reglages.lire"
        | "moi.courriels"
        | "moi.agenda"
        | "moi.faire-agenda"
        | "moi.retirer-agenda"
        | "procedure.lire"
        | "indemnite.lire"
        | "indemnite.pdf"
        | "exports.dossiers"
        | "exports.journee"
        | "exports.tableau"
        | "exports.conservation"
        | "exports.habilitations"
        | "exports.traces"
        | "exports.article-30"
        | "information.lire"
        | "information.facile"
        | "information.pdf"
        | "information.facile-pdf"
        | "versements.proches"
        | "registre.pdf"
        | "securite.lire"
        | "traces.verifier"
        | "revue.habilitations"
        | "comptes.lien"
        | "comptes.second-facteur"
        | "textes.lister"
        | "textes.lire"
        | "textes.livrer"
        | "courriels.lire" => return ("", None),
        new => panic!("the operation « {new} » has no sample: is its access looked at?"),
    };
    ("", Some(body))
}
