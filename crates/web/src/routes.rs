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
/// Files in: what was sent, and sending one.
pub const IMPORTS: &str = "/imports";
/// Stages by units.
pub const BOARD: &str = "/tableau";
/// The supervisor's page.
pub const SUPERVISE: &str = "/encadrement";
/// Archived dossiers.
pub const ARCHIVE: &str = "/archives";
/// Deposits to the public archives.
pub const DEPOSIT: &str = "/archives/versement";
/// Alerts on the trace.
pub const ALERTS: &str = "/alertes";
/// Grants.
pub const GRANTS: &str = "/habilitations";
/// Traces.
pub const TRACES: &str = "/traces";
/// The retention plan.
pub const RETENTION: &str = "/conservation";
/// Yearly counters without identity.
pub const COUNTERS: &str = "/compteurs";
/// The register.
pub const REGISTER: &str = "/registre";
/// Accounts.
pub const ACCOUNTS: &str = "/comptes";
/// Settings.
pub const SETTINGS: &str = "/reglages";
/// Letters to send.
pub const LETTERS: &str = "/courriers";
/// The texts of the letters.
pub const LETTER_TEXTS: &str = "/reglages/textes-des-courriers";
/// What is done with the data, for everyone: no session.
pub const INFORMATION: &str = "/information";
/// Help: keyboard shortcuts and how to type dates and amounts.
pub const HELP: &str = "/aide";
/// Sign-in.
pub const SIGN_IN: &str = "/connexion";
/// The second factor.
pub const TOTP: &str = "/connexion/code";
/// Leaving for the identity provider.
pub const PROVIDER: &str = "/connexion/fournisseur";
/// Coming back from it: the address to declare to the provider.
pub const PROVIDER_BACK: &str = "/connexion/fournisseur/retour";
/// One's own identity at the provider: linking it.
pub const MY_IDENTITY: &str = "/mon-compte/identite";
/// A forgotten password.
pub const RESET: &str = "/connexion/oubli";
/// A reset link: the page it opens ends with its token, and posts it here.
pub const RESET_LINK: &str = huis_usecases::accounts::RESET_PLACE;
/// Sign-out (POST).
pub const SIGN_OUT: &str = "/deconnexion";
/// Own account: password and second factor.
pub const MY_ACCOUNT: &str = "/mon-compte";
/// Changing one's password.
pub const MY_PASSWORD: &str = "/mon-compte/mot-de-passe";
/// Setting up one's second factor.
pub const MY_FACTOR: &str = "/mon-compte/code";
/// What one is told by mail (POST).
pub const MY_MAILS: &str = "/mon-compte/courriels";
/// Making one's calendar link (POST).
pub const MY_FEED: &str = "/mon-compte/agenda";
/// One's own tokens for the API.
pub const MY_TOKENS: &str = "/mon-compte/jetons";
/// Where mail stands.
pub const MAILS: &str = "/courriels";
/// Giving a grant.
pub const GIVE: &str = "/habilitations/donner";
/// The review of grants.
pub const REVIEW: &str = "/habilitations/revue";
/// The partners of the office.
pub const PARTNERS: &str = "/partenaires";
/// The security of the installation: reviews of the risks, procedure of grants.
pub const SECURITY: &str = "/securite";
/// The procedure of grants, read before a grant opens.
pub const PROCEDURE: &str = "/procedure";
/// Forms that came too late, kept for their writer.
pub const KEPT: &str = "/saisies";
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
/// The receipt of a deposit.
pub fn receipt(number: CaseNumber, no: u32) -> String {
    format!("{LIST}/{number}/recus/{no}")
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
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if local { path } else { DAY }
}

/// An address that remembers where to come back to.
pub fn with_return(to: &str, path: &str) -> String {
    with_query(to, &[("retour", path)])
}

/// An address with its query, each value escaped.
pub fn with_query(to: &str, values: &[(&str, &str)]) -> String {
    let mut out = to.to_owned();
    for (rank, (name, value)) in values.iter().enumerate() {
        out.push(if rank == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
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
            // What no header may hold.
            ("/\tevil", DAY),
            ("/a b", DAY),
            ("/\0", DAY),
            ("/é", DAY),
        ] {
            assert_eq!(safe_return(path), expect, "{path:?}");
        }
    }

    #[test]
    fn a_return_address_cannot_add_to_the_query() {
        let to = with_return(SIGN_IN, "/dossiers/4821-7730-K");
        assert_eq!(to, "/connexion?retour=/dossiers/4821-7730-K");
        assert_eq!(with_return(SIGN_IN, "/a&b=é"), "/connexion?retour=/a%26b%3D%C3%A9");
    }
}
