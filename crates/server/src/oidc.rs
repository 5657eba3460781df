//! The organisation's identity provider, by OpenID Connect: the code flow with PKCE, the token's
//! signature, issuer, audience, nonce and age checked by the library.

use anyhow::{Context, bail};
use clap::Args;
use huis_usecases::accounts::{Asked, Identity, Journey, Provider, ProviderError};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
    reqwest,
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// What discovery gave is asked again after so long: a provider changes its keys.
const FRESH: Duration = Duration::from_secs(3600);
/// A provider that does not answer in this time is taken as down.
const PATIENCE: Duration = Duration::from_secs(10);

/// The provider of an installation, as its options say.
#[derive(Args, Clone, Debug)]
pub struct ProviderOptions {
    /// Adresse du fournisseur d'identité OpenID Connect (ProConnect…).
    #[arg(long, env = "HUIS_OIDC_ISSUER", requires_all = ["oidc_client", "oidc_secret_file", "oidc_address"])]
    oidc_issuer: Option<String>,
    /// Identifiant que le fournisseur a donné à cette installation.
    #[arg(long, env = "HUIS_OIDC_CLIENT", requires = "oidc_issuer")]
    oidc_client: Option<String>,
    /// Fichier du secret que le fournisseur a donné.
    #[arg(long, env = "HUIS_OIDC_SECRET_FILE", requires = "oidc_issuer")]
    oidc_secret_file: Option<PathBuf>,
    /// Adresse publique de Huis : le retour déclaré au fournisseur est ADRESSE/connexion/fournisseur/retour.
    #[arg(long, env = "HUIS_OIDC_ADDRESS", requires = "oidc_issuer")]
    oidc_address: Option<String>,
    /// Nom du fournisseur, sur le bouton.
    #[arg(long, env = "HUIS_OIDC_NAME", default_value = "ProConnect")]
    oidc_name: String,
    /// Valeurs de « acr » par lesquelles le fournisseur atteste deux facteurs ; sans elles, le code de Huis reste demandé.
    #[arg(long, env = "HUIS_OIDC_STRONG_ACR", value_delimiter = ',')]
    oidc_strong_acr: Vec<String>,
}

impl ProviderOptions {
    /// The provider, if the installation has one.
    pub fn provider(&self) -> anyhow::Result<Option<OpenId>> {
        let (Some(issuer), Some(client), Some(file), Some(address)) =
            (&self.oidc_issuer, &self.oidc_client, &self.oidc_secret_file, &self.oidc_address)
        else {
            return Ok(None);
        };
        let secret = std::fs::read_to_string(file)
            .with_context(|| format!("le secret {} ne se lit pas", file.display()))?;
        let back = format!("{}{}", address.trim_end_matches('/'), huis_web::routes::PROVIDER_BACK);
        for url in [issuer, &back] {
            if !secure(url) {
                bail!("{url} : le fournisseur et Huis se parlent en https (A-17)");
            }
        }
        Ok(Some(OpenId {
            name: self.oidc_name.clone(),
            issuer: IssuerUrl::new(issuer.clone())
                .with_context(|| format!("{issuer} n'est pas une adresse"))?,
            client: ClientId::new(client.clone()),
            secret: ClientSecret::new(secret.trim().to_owned()),
            back: RedirectUrl::new(back.clone())
                .with_context(|| format!("{back} n'est pas une adresse"))?,
            strong: self.oidc_strong_acr.clone(),
            // A redirection would let the provider's host send our secret elsewhere.
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(PATIENCE)
                .build()?,
            known: Mutex::new(None),
        }))
    }
}

/// Over TLS, or on this very machine.
fn secure(url: &str) -> bool {
    let host = |rest: &str| {
        // What stands before « @ » is a name that is given, not the host.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !authority.contains('@')
            && matches!(
                authority.rsplit_once(':').map_or(authority, |(h, _)| h),
                "127.0.0.1" | "localhost"
            )
    };
    url.starts_with("https://") || url.strip_prefix("http://").is_some_and(host)
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An OpenID Connect provider.
pub struct OpenId {
    name: String,
    issuer: IssuerUrl,
    client: ClientId,
    secret: ClientSecret,
    back: RedirectUrl,
    strong: Vec<String>,
    http: reqwest::Client,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl OpenId {
    /// What the provider says of itself, keys included; asked again after an hour, so that one
    /// that was down at start, or that changed its keys, is found.
    async fn client(&self) -> Result<Client, ProviderError> {
        let mut known = self.known.lock().await;
        let metadata = match &*known {
            Some((when, metadata)) if when.elapsed() < FRESH => metadata.clone(),
            _ => {
                let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
                    .await
                    .map_err(|_| ProviderError::Unreachable)?;
                *known = Some((Instant::now(), found.clone()));
                found
            }
        };
        Ok(CoreClient::from_provider_metadata(
            metadata,
            self.client.clone(),
            Some(self.secret.clone()),
        )
        .set_redirect_uri(self.back.clone()))
    }

    async fn address(&self, journey: &Journey) -> Result<String, ProviderError> {
        let verifier = PkceCodeVerifier::new(journey.verifier.clone());
        let client = self.client().await?;
        let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
        // « openid » alone: Huis asks who signs in, and nothing about them.
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if !self.strong.is_empty() {
            request = request.add_extra_param("acr_values", self.strong.join(" "));
        }
        let (address, _, _) = request.url();
        Ok(address.to_string())
    }

    async fn identity(&self, code: &str, journey: &Journey) -> Result<Identity, ProviderError> {
        let client = self.client().await?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| ProviderError::Unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|_| ProviderError::Unproved)?;
        let token = answer.id_token().ok_or(ProviderError::Unproved)?;
        let verifier = client.id_token_verifier();
        let nonce = Nonce::new(journey.nonce.clone());
        let claims = token.claims(&verifier, &nonce).map_err(|_| ProviderError::Unproved)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|_| ProviderError::Unproved)?;
            let key = token.signing_key(&verifier).map_err(|_| ProviderError::Unproved)?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(|_| ProviderError::Unproved)?;
            if actual != *expected {
                return Err(ProviderError::Unproved);
            }
        }
        let acr = claims.auth_context_ref();
        Ok(Identity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            strong: acr.is_some_and(|acr| self.strong.iter().any(|s| s == acr.as_str())),
        })
    }
}

impl Provider for OpenId {
    fn name(&self) -> &str {
        &self.name
    }
    fn depart<'a>(&'a self, journey: &'a Journey) -> Asked<'a, String> {
        Box::pin(self.address(journey))
    }
    fn arrive<'a>(&'a self, code: &'a str, journey: &'a Journey) -> Asked<'a, Identity> {
        Box::pin(self.identity(code, journey))
    }
}

#[cfg(test)]
#[path = "oidc/hostile.rs"]
mod hostile;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine_a_17() {
        for (url, expect) in [
            ("https://auth.example.fr", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://localhost", true),
            ("http://auth.example.fr", false),
            ("http://127.0.0.1.example.fr", false),
            ("http://localhost@example.fr/", false),
            ("http://127.0.0.1:8080@example.fr/", false),
            ("http://localhost?.example.fr", true),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(secure(url), expect, "{url}");
        }
    }
}
