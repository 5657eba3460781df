//! Every address of the screens, with who may come in. The test compares it with the router itself:
//! a route that is not here, or a line here without its route, fails.

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Anyone: nothing of a person is there.
    Open,
    /// Whoever holds the secret that the address ends with, or the opaque name of what is theirs.
    Secret,
    /// A session that is not whole yet serves here, to become so.
    Half,
    /// Any whole session.
    Whole,
    /// One of these powers (`huis_register::Power`, by name).
    Power(&'static [&'static str]),
    /// Whoever reads the dossier.
    Reads,
    /// Whoever reads it, or holds it from its erasure.
    Knows,
    /// Whoever may record this act in the dossier.
    Acts(&'static str),
    /// Whoever may write this section of the dossier.
    Writes(&'static str),
    /// Whoever reads the dossier and has one of these powers on it.
    On(&'static [&'static str]),
    /// Whoever may send a file of some kind.
    Imports,
}

/// One address.
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    pub gate: Gate,
}

const fn row(method: &'static str, path: &'static str, gate: Gate) -> Row {
    Row { method, path, gate }
}

use Gate::{Acts, Half, Imports, Knows, On, Open, Power, Reads, Secret, Whole, Writes};

const LISTS: Gate = Power(&["Lists"]);
const GRANT: Gate = Power(&["Grant"]);
const ACCOUNTS: Gate = Power(&["Accounts"]);
const SETTINGS: Gate = Power(&["Settings"]);

pub const TABLE: &[Row] = &[
    // Before one has signed in.
    row("GET", "/", Whole),
    row("GET", "/connexion", Open),
    row("POST", "/connexion", Open),
    row("GET", "/connexion/oubli", Open),
    row("POST", "/connexion/oubli", Open),
    row("GET", "/connexion/lien/{jeton}", Open),
    row("POST", "/connexion/lien", Secret),
    row("GET", "/connexion/fournisseur", Open),
    row("GET", "/connexion/fournisseur/retour", Open),
    row("POST", "/langue", Open),
    row("GET", "/information/{traitement}", Open),
    row("GET", "/information/{traitement}/facile", Open),
    row("GET", "/information/{traitement}/notice.pdf", Open),
    row("GET", "/information/{traitement}/facile.pdf", Open),
    row("GET", "/static/{hash}/{name}", Open),
    row("GET", "/favicon.ico", Open),
    row("GET", "/sante/vivant", Open),
    row("GET", "/sante/pret", Open),
    row("GET", "/agenda/{lien}", Secret),
    row("POST", "/deconnexion", Open),
    // On the way to a whole session.
    row("GET", "/connexion/code", Half),
    row("POST", "/connexion/code", Half),
    row("GET", "/procedure", Half),
    row("POST", "/procedure", Half),
    row("GET", "/mon-compte", Half),
    row("GET", "/mon-compte/mot-de-passe", Half),
    row("POST", "/mon-compte/mot-de-passe", Half),
    row("GET", "/mon-compte/code", Half),
    row("POST", "/mon-compte/code", Half),
    // One's own.
    row("GET", "/journee", Whole),
    row("GET", "/aide", Open),
    row("POST", "/mon-compte/codes-de-secours", Whole),
    row("POST", "/mon-compte/fermer-les-autres", Whole),
    row("POST", "/mon-compte/pris-connaissance", Whole),
    row("POST", "/mon-compte/courriels", Whole),
    row("POST", "/mon-compte/agenda", Whole),
    row("POST", "/mon-compte/agenda/retirer", Whole),
    row("POST", "/mon-compte/identite", Secret),
    row("POST", "/mon-compte/identite/delier", Secret),
    row("GET", "/mon-compte/jetons", Whole),
    row("POST", "/mon-compte/jetons", Whole),
    row("POST", "/mon-compte/jetons/{id}/revoquer", Secret),
    row("GET", "/saisies/{saisie}", Secret),
    row("POST", "/saisies/{saisie}", Secret),
    // Lists and searches.
    row("GET", "/dossiers", LISTS),
    row("GET", "/tableau", LISTS),
    row("GET", "/dossiers/export", LISTS),
    row("GET", "/journee/export", LISTS),
    row("GET", "/tableau/export", LISTS),
    row("GET", "/recherche", Power(&["Search"])),
    row("POST", "/recherche", Power(&["Search"])),
    row("GET", "/recherche/{ticket}", Secret),
    row("GET", "/dossiers/nouveau", Power(&["Create"])),
    row("POST", "/dossiers/nouveau", Power(&["Create"])),
    // A dossier.
    row("GET", "/dossiers/{numero}", Knows),
    row("GET", "/dossiers/{numero}/version", Reads),
    row("GET", "/dossiers/{numero}/vif", Reads),
    row("GET", "/dossiers/{numero}/imprimer", Reads),
    row("GET", "/dossiers/{numero}/dossier.pdf", Reads),
    row("GET", "/dossiers/{numero}/actes/{acte}", Acts("impaye-constitue")),
    row("POST", "/dossiers/{numero}/actes/{acte}", Acts("impaye-constitue")),
    row("GET", "/dossiers/{numero}/reprendre/{no}/{volet}", Secret),
    row("GET", "/dossiers/{numero}/recus/{no}", Secret),
    row("GET", "/dossiers/{numero}/partenaires", On(&["Mandate"])),
    row("POST", "/dossiers/{numero}/partenaires", On(&["Mandate"])),
    row("POST", "/dossiers/{numero}/partenaires/{code}/retirer", On(&["Mandate"])),
    row("GET", "/dossiers/{numero}/annuler/{no}", On(&["Void"])),
    row("POST", "/dossiers/{numero}/annuler/{no}", On(&["Void"])),
    row("GET", "/dossiers/{numero}/volets/{volet}/{occurrence}", Writes("occupant")),
    row("POST", "/dossiers/{numero}/volets/{volet}/{occurrence}", Writes("occupant")),
    row("GET", "/dossiers/{numero}/volets/{volet}/{occurrence}/retirer", Writes("occupant")),
    row("POST", "/dossiers/{numero}/volets/{volet}/{occurrence}/retirer", Writes("occupant")),
    row("GET", "/dossiers/{numero}/volets/{volet}/{occurrence}/masquer", On(&["Restrict"])),
    row("POST", "/dossiers/{numero}/volets/{volet}/{occurrence}/masquer", On(&["Restrict"])),
    row("GET", "/dossiers/{numero}/indemnite", Acts("calcul-indemnite")),
    row("GET", "/dossiers/{numero}/indemnite/calcul/{no}", Secret),
    row("GET", "/dossiers/{numero}/indemnite/calcul/{no}/proposition.pdf", Secret),
    row("GET", "/dossiers/{numero}/copie", Secret),
    row("POST", "/dossiers/{numero}/copie/archives", Secret),
    row("POST", "/dossiers/{numero}/copie.pdf", Secret),
    row("GET", "/dossiers/{numero}/gel", Power(&["Hold"])),
    row("POST", "/dossiers/{numero}/gel", Power(&["Hold"])),
    row("GET", "/dossiers/{numero}/gel/{gel}/lever", Secret),
    row("POST", "/dossiers/{numero}/gel/{gel}/lever", Secret),
    row("GET", "/dossiers/{number}/traces", Power(&["Traces", "Supervise"])),
    // Letters.
    row("GET", "/courriers", LISTS),
    row("POST", "/courriers/preparer", LISTS),
    row("POST", "/courriers/pdf", LISTS),
    row("POST", "/courriers/envoyer", LISTS),
    row("POST", "/courriers/annuler-envoi", LISTS),
    row("POST", "/courriers/revenue", LISTS),
    row("GET", "/dossiers/{numero}/courriers", Acts("courrier")),
    row("GET", "/dossiers/{numero}/courriers/{no}", Secret),
    row("GET", "/dossiers/{numero}/courriers/nouveau/{lettre}/{personne}", Acts("courrier")),
    row("POST", "/dossiers/{numero}/courriers/nouveau/{lettre}/{personne}", Acts("courrier")),
    row("GET", "/reglages/textes-des-courriers", SETTINGS),
    row("GET", "/reglages/textes-des-courriers/{lettre}", SETTINGS),
    row("POST", "/reglages/textes-des-courriers/{lettre}", SETTINGS),
    // Files in.
    row("GET", "/imports", Imports),
    row("POST", "/imports", Imports),
    row("GET", "/imports/{id}", Secret),
    row("POST", "/imports/{id}/colonnes", Secret),
    row("POST", "/imports/{id}/lancer", Secret),
    row("POST", "/imports/{id}/arreter", Secret),
    row("GET", "/imports/{id}/fautes.csv", Secret),
    // Those who watch.
    row("GET", "/encadrement", Power(&["Supervise"])),
    row("GET", "/compteurs", Secret),
    row("GET", "/archives", Power(&["Archive"])),
    row("POST", "/archives", Power(&["Archive"])),
    row("POST", "/archives/ouvrir", Power(&["Archive"])),
    row("POST", "/archives/fermer", Whole),
    row("GET", "/archives/versement", Power(&["Archive"])),
    row("POST", "/archives/versement", Power(&["Archive"])),
    row("GET", "/archives/recherche/{ticket}", Secret),
    row("GET", "/alertes", Power(&["Alerts"])),
    row("POST", "/alertes/{id}", Secret),
    row("GET", "/securite", Power(&["Alerts"])),
    row("POST", "/securite/revues", Power(&["Alerts"])),
    row("POST", "/securite/procedure", Power(&["Alerts"])),
    row("GET", "/traces", Power(&["Traces"])),
    row("POST", "/traces/verifier", Power(&["Traces"])),
    row("GET", "/traces/tableur", Power(&["Traces"])),
    row("GET", "/traces/export/{*log}", Power(&["Traces"])),
    row("GET", "/conservation", Power(&["Retention"])),
    row("GET", "/conservation/export", Power(&["Retention"])),
    row("GET", "/registre", Power(&["Register"])),
    row("GET", "/registre/article-30", Power(&["Register"])),
    row("GET", "/registre/article-30/export", Power(&["Register"])),
    row("GET", "/registre/article-30.pdf", Power(&["Register"])),
    // Those who administer.
    row("GET", "/habilitations", Power(&["Grant", "Review"])),
    row("GET", "/habilitations/export", Power(&["Grant", "Review"])),
    row("POST", "/habilitations/{id}/retirer", GRANT),
    row("GET", "/habilitations/donner", GRANT),
    row("POST", "/habilitations/donner", GRANT),
    row("GET", "/habilitations/revue", Power(&["Review"])),
    row("POST", "/habilitations/revue", Power(&["Review"])),
    row("GET", "/partenaires", Power(&["Grant", "Mandate"])),
    row("POST", "/partenaires", GRANT),
    row("POST", "/partenaires/{code}/fermer", GRANT),
    row("GET", "/comptes", ACCOUNTS),
    row("POST", "/comptes", ACCOUNTS),
    row("GET", "/comptes/{id}", ACCOUNTS),
    row("POST", "/comptes/{id}/devoirs", ACCOUNTS),
    row("POST", "/comptes/{id}/fermer", ACCOUNTS),
    row("POST", "/comptes/{id}/bloquer", ACCOUNTS),
    row("POST", "/comptes/{id}/debloquer", ACCOUNTS),
    row("POST", "/comptes/{id}/second-facteur", ACCOUNTS),
    row("POST", "/comptes/{id}/lien", ACCOUNTS),
    row("GET", "/courriels", Power(&["Accounts", "Settings"])),
    row("POST", "/courriels", Power(&["Accounts", "Settings"])),
    row("GET", "/reglages", SETTINGS),
    row("POST", "/reglages/{groupe}", SETTINGS),
];
