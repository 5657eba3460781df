//! Addresses of the screens, in one place. None holds a personal datum (I13): a dossier is named
//! by its number, which says nothing, and a search by an opaque id.

use huis_kernel::CaseNumber;

/// The day page: where an agent lands.
pub const DAY: &str = "/journee";
/// The list of dossiers.
pub const LIST: &str = "/dossiers";
/// A new dossier.
pub const NEW: &str = "/dossiers/nouveau";
/// The search form, and where searches are posted.
pub const SEARCH: &str = "/recherche";
/// Stages by units.
pub const BOARD: &str = "/tableau";
/// The supervisor's page.
pub const SUPERVISE: &str = "/encadrement";
/// Archived dossiers.
pub const ARCHIVE: &str = "/archives";
/// Alerts on the trace.
pub const ALERTS: &str = "/alertes";
/// Grants.
pub const GRANTS: &str = "/habilitations";
/// Traces.
pub const TRACES: &str = "/traces";
/// The retention plan.
pub const RETENTION: &str = "/conservation";
/// The register.
pub const REGISTER: &str = "/registre";
/// Accounts.
pub const ACCOUNTS: &str = "/comptes";
/// Settings.
pub const SETTINGS: &str = "/reglages";
/// Help: keyboard shortcuts and how to type dates and amounts.
pub const HELP: &str = "/aide";
/// Sign-in.
pub const SIGN_IN: &str = "/connexion";
/// The second factor.
pub const TOTP: &str = "/connexion/code";
/// A forgotten password.
pub const RESET: &str = "/connexion/oubli";
/// Sign-out (POST).
pub const SIGN_OUT: &str = "/deconnexion";
/// Own account: password and second factor.
pub const MY_ACCOUNT: &str = "/mon-compte";
/// Language of the shell (POST).
pub const LANGUAGE: &str = "/langue";

/// A dossier's page.
pub fn dossier(number: CaseNumber) -> String {
    format!("{LIST}/{number}")
}
/// A page below a dossier's: `chronologie`, `traces`, `imprimer`…
pub fn dossier_part(number: CaseNumber, part: &str) -> String {
    format!("{LIST}/{number}/{part}")
}
/// The form of an act.
pub fn act(number: CaseNumber, kind: &str) -> String {
    format!("{LIST}/{number}/actes/{kind}")
}
/// The form of one occurrence of a section.
pub fn section(number: CaseNumber, section: &str, occurrence: u32) -> String {
    format!("{LIST}/{number}/volets/{section}/{occurrence}")
}

/// Where to go after a sign-in or a change of language: a path of this site, never another site.
pub fn safe_return(path: &str) -> &str {
    let local =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if local { path } else { DAY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_address_never_leaves_the_site() {
        for (path, expect) in [
            ("/dossiers?etape=cfp", "/dossiers?etape=cfp"),
            ("https://example.org/", DAY),
            ("//example.org", DAY),
            ("/\\example.org", DAY),
            ("", DAY),
            ("/a\r\nSet-Cookie: x", DAY),
        ] {
            assert_eq!(safe_return(path), expect, "{path:?}");
        }
    }
}
