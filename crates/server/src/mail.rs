//! Mail: where letters leave by, through an SMTP server. A letter holds the address that it goes to
//! and a link, no name (X-13, I13); its channel is encrypted but on the loopback.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use huis_kernel::{Rng, SystemRng};
use huis_usecases::accounts::{Letter, Mailer, NotSent, Sending};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use std::{net::IpAddr, path::PathBuf, time::Duration};

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// What a letter that nobody else keeps waits before each new attempt: together less than a reset
/// link is good for.
const AGAIN: [Duration; 3] =
    [Duration::from_secs(15), Duration::from_secs(60), Duration::from_secs(300)];

/// How the channel to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MailTls {
    /// STARTTLS, exigé : sans lui, rien ne part (port 587).
    Starttls,
    /// TLS dès la connexion (port 465).
    Tls,
    /// En clair : sur cette machine seulement.
    None,
}

/// Le serveur de courriel.
#[derive(Args, Clone, Debug)]
pub struct MailOptions {
    /// Adresse publique de Huis, que portent les liens des courriels (https://huis.exemple.fr).
    #[arg(long, env = "HUIS_URL", value_name = "ADRESSE")]
    url: Option<String>,
    /// Serveur de courriel (SMTP). Sans lui, aucun courriel ne part.
    #[arg(long, env = "HUIS_MAIL_HOST", value_name = "NOM")]
    mail_host: Option<String>,
    /// Port du serveur de courriel (587 ; 465 en TLS direct ; 25 en clair).
    #[arg(long, env = "HUIS_MAIL_PORT", value_name = "PORT")]
    mail_port: Option<u16>,
    /// Protection de la connexion au serveur de courriel.
    #[arg(long, env = "HUIS_MAIL_TLS", value_enum, default_value = "starttls")]
    mail_tls: MailTls,
    /// Autorité (PEM) du certificat du serveur de courriel, si le système ne la connaît pas.
    #[arg(long, env = "HUIS_MAIL_CA", value_name = "FICHIER")]
    mail_ca: Option<PathBuf>,
    /// Compte auprès du serveur de courriel.
    #[arg(long, env = "HUIS_MAIL_USER", value_name = "COMPTE")]
    mail_user: Option<String>,
    /// Fichier du mot de passe de ce compte (sinon : la variable HUIS_MAIL_PASSWORD).
    #[arg(long, env = "HUIS_MAIL_PASSWORD_FILE", value_name = "FICHIER")]
    mail_password_file: Option<PathBuf>,
    /// Adresse d'expédition.
    #[arg(long, env = "HUIS_MAIL_FROM", value_name = "ADRESSE")]
    mail_from: Option<String>,
}

impl MailOptions {
    /// The host of the public address, when one is declared: the only name under which the server
    /// answers from elsewhere.
    pub fn public_host(&self) -> Option<String> {
        let url = self.url.as_deref()?.trim_end_matches('/');
        site_of(url).and_then(|_| url.split_once("://")).map(|(_, host)| host.to_ascii_lowercase())
    }

    /// The mail server that these options name, if they name one; all their faults at once.
    pub fn mailer(&self) -> anyhow::Result<Option<SmtpMailer>> {
        let Some(host) = self.mail_host.as_deref().map(str::trim).filter(|h| !h.is_empty()) else {
            if self.mail_from.is_some() || self.mail_user.is_some() {
                bail!("--mail-host : donnez le serveur de courriel");
            }
            return Ok(None);
        };
        let mut wrong = Vec::new();
        if self.mail_tls == MailTls::None && !is_loopback(host) {
            wrong.push(format!(
                "--mail-tls none : « {host} » n'est pas cette machine, la connexion doit être chiffrée (A-17)"
            ));
        }
        let url = self.url.as_deref().unwrap_or_default().trim_end_matches('/');
        let site = site_of(url);
        if site.is_none() {
            wrong.push(
                "--url : donnez l'adresse de Huis vue des agents, en https://, sans chemin"
                    .to_owned(),
            );
        }
        let from = self.mail_from.as_deref().and_then(|a| a.trim().parse::<Address>().ok());
        if from.is_none() {
            wrong.push(
                "--mail-from : donnez l'adresse d'expédition (ne-pas-repondre@exemple.fr)"
                    .to_owned(),
            );
        }
        let credentials = self.credentials().unwrap_or_else(|error| {
            wrong.push(format!("{error:#}"));
            None
        });
        let tls = self.tls(host).unwrap_or_else(|error| {
            wrong.push(format!("{error:#}"));
            Tls::None
        });
        let (Some(site), Some(from), true) = (site, from, wrong.is_empty()) else {
            bail!("{}", wrong.join("\n"));
        };
        let port = self.mail_port.unwrap_or(match self.mail_tls {
            MailTls::Starttls => 587,
            MailTls::Tls => 465,
            MailTls::None => 25,
        });
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .hello_name(ClientId::Domain(site.to_owned()))
            .timeout(Some(TIMEOUT));
        if let Some(credentials) = credentials {
            transport = transport.credentials(credentials);
        }
        Ok(Some(SmtpMailer { transport: transport.build(), from, url: url.to_owned() }))
    }

    fn credentials(&self) -> anyhow::Result<Option<Credentials>> {
        let Some(user) = &self.mail_user else { return Ok(None) };
        let password = match &self.mail_password_file {
            Some(file) => std::fs::read_to_string(file).with_context(|| {
                format!("--mail-password-file : {} ne se lit pas", file.display())
            })?,
            None => std::env::var("HUIS_MAIL_PASSWORD").unwrap_or_default(),
        };
        let password = password.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            bail!("--mail-user : donnez aussi --mail-password-file, ou HUIS_MAIL_PASSWORD");
        }
        if self.mail_tls == MailTls::None {
            bail!("--mail-user : un mot de passe ne passe pas en clair, donnez --mail-tls");
        }
        Ok(Some(Credentials::new(user.clone(), password.to_owned())))
    }

    fn tls(&self, host: &str) -> anyhow::Result<Tls> {
        if self.mail_tls == MailTls::None {
            return Ok(Tls::None);
        }
        let mut parameters = TlsParameters::builder(host.to_owned());
        if let Some(file) = &self.mail_ca {
            let pem = std::fs::read(file)
                .with_context(|| format!("--mail-ca : {} ne se lit pas", file.display()))?;
            let authority = Certificate::from_pem(&pem)
                .with_context(|| format!("--mail-ca : {} n'est pas un PEM", file.display()))?;
            parameters = parameters.add_root_certificate(authority);
        }
        let parameters = parameters.build_rustls().context("--mail-tls")?;
        // Never the « opportunistic » kind, which a man in the middle turns off.
        Ok(match self.mail_tls {
            MailTls::Tls => Tls::Wrapper(parameters),
            _ => Tls::Required(parameters),
        })
    }
}

/// Is that host this machine?
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of an address that a link may start with: https, or this machine.
fn site_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
    let plain = !host.is_empty()
        && !rest.contains(['/', '?', '#', '@', '"', '<', '>'])
        && !rest.contains(char::is_whitespace);
    let safe = scheme == "https" || (scheme == "http" && is_loopback(host));
    (plain && safe).then_some(host)
}

/// Sends letters through an SMTP server.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    url: String,
}

/// A letter in words.
struct Written {
    to: String,
    subject: &'static str,
    text: String,
    /// Its own identity, for what may be sent again.
    id: Option<String>,
}

impl SmtpMailer {
    /// Reaches the mail server and signs in to it, without sending anything.
    pub async fn try_out(&self) -> anyhow::Result<()> {
        if self.transport.test_connection().await? {
            Ok(())
        } else {
            bail!("il refuse la connexion")
        }
    }

    /// The letters in words: no name; a number of a dossier only in a notice about one's work.
    fn write(&self, letter: Letter) -> Written {
        match letter {
            Letter::Reset { to, token, minutes } => Written {
                to,
                subject: "Huis\u{a0}: choisir un nouveau mot de passe",
                text: format!(
                    "Bonjour,\n\n\
                     Quelqu’un, sans doute vous, a demandé à choisir un nouveau mot de passe pour \
                     le compte Huis de cette adresse.\n\n\
                     Ce lien sert une fois, pendant {minutes}\u{a0}minutes\u{a0}:\n\n\
                     {}{}/{token}\n\n\
                     Si ce n’est pas vous, ne faites rien\u{a0}: votre mot de passe reste le \
                     même. Prévenez votre administrateur si cela se répète.\n\n\
                     Huis n’envoie ni nom ni dossier par courriel. Ne répondez pas à ce message.\n",
                    self.url,
                    huis_web::routes::RESET_LINK,
                ),
                id: None,
            },
            Letter::Notice { to, id, subject, text, path } => Written {
                to,
                subject,
                text: format!(
                    "Bonjour,\n\n{text}\n\n{}{path}\n\n\
                     Huis n’envoie aucun nom par courriel. Ce que vous recevez se choisit dans \
                     «\u{a0}Mon compte\u{a0}». Ne répondez pas à ce message.\n",
                    self.url,
                ),
                id: Some(id),
            },
        }
    }

    fn message(&self, letter: Letter) -> Result<Message, NotSent> {
        let written = self.write(letter);
        let to: Address = written.to.parse().map_err(|_| NotSent::Refused)?;
        let id = written.id.unwrap_or_else(|| {
            let mut id = [0; 16];
            SystemRng.fill(&mut id);
            id.iter().map(|b| format!("{b:02x}")).collect()
        });
        Message::builder()
            .from(Mailbox::new(Some("Huis".to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(written.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(written.text)
            .map_err(|_| NotSent::Refused)
    }

    async fn attempt(self, letter: Letter) -> Result<(), NotSent> {
        let message = self.message(letter)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(NotSent::Refused),
            Err(_) => Err(NotSent::Later),
        }
    }
}

impl Mailer for SmtpMailer {
    fn post(&self, letter: Letter) {
        let mailer = self.clone();
        tokio::spawn(async move {
            for wait in AGAIN.into_iter().map(Some).chain([None]) {
                let Err(error) = mailer.clone().attempt(letter.clone()).await else { return };
                tracing::warn!(%error, "un courriel n'est pas parti");
                match wait {
                    Some(wait) if error == NotSent::Later => tokio::time::sleep(wait).await,
                    _ => return,
                }
            }
        });
    }

    fn send(&self, letter: Letter) -> Sending {
        Box::pin(self.clone().attempt(letter))
    }
}

#[cfg(test)]
#[path = "mail/hostile.rs"]
mod hostile;

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        mail: MailOptions,
    }

    pub(super) fn options(text: &str) -> MailOptions {
        Line::try_parse_from(std::iter::once("huis").chain(text.split_whitespace())).unwrap().mail
    }

    /// nothing in the clear but to this machine, and a link leads to an encrypted page.
    #[tokio::test]
    async fn a_mail_server_is_reached_encrypted_or_not_at_all_a_17() {
        const GOOD: &str = "--mail-from huis@exemple.fr --url https://huis.exemple.fr";
        for (typed, wrong) in [
            ("--mail-host mx.exemple.fr".to_owned() + " " + GOOD, ""),
            (format!("--mail-host mx.exemple.fr --mail-tls tls {GOOD}"), ""),
            (format!("--mail-host 127.0.0.1 --mail-tls none {GOOD}"), ""),
            (format!("--mail-host mx.exemple.fr --mail-tls none {GOOD}"), "A-17"),
            (format!("--mail-host 192.0.2.9 --mail-tls none {GOOD}"), "A-17"),
            (format!("--mail-host mx.exemple.fr --mail-user huis {GOOD}"), "--mail-password-file"),
            (format!("--mail-host mx.exemple.fr --mail-ca /absent.pem {GOOD}"), "--mail-ca"),
            ("--mail-from huis@exemple.fr".to_owned(), "--mail-host"),
            ("--mail-host mx --url https://h.fr --mail-from personne".to_owned(), "--mail-from"),
            ("--mail-host mx --mail-from a@b.fr --url http://huis.exemple.fr".to_owned(), "--url"),
            ("--mail-host mx --mail-from a@b.fr --url https://h.fr/x".to_owned(), "--url"),
            ("--mail-host mx --mail-from a@b.fr --url https://a@h.fr".to_owned(), "--url"),
            ("--mail-host mx --mail-from a@b.fr".to_owned(), "--url"),
        ] {
            let made = options(&typed).mailer();
            if wrong.is_empty() {
                assert!(made.unwrap().is_some(), "{typed}");
            } else {
                let error = made.map(|_| ()).unwrap_err().to_string();
                assert!(error.contains(wrong), "{typed}: {error}");
            }
        }
        assert!(options("").mailer().unwrap().is_none(), "no mail server is no fault");
        let all = options("--mail-host mx --mail-tls none").mailer().map(|_| ()).unwrap_err();
        for option in ["--mail-tls", "--url", "--mail-from"] {
            assert!(all.to_string().contains(option), "all at once: {all}");
        }
    }
}
