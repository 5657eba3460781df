//! The application: state, session, routes. A handler asks for [`Me`]; without a whole session it
//! never runs.

use axum::{
    Router,
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use huis_kernel::{CaseNumber, Rng, Zone};
use huis_register::{LocalStatus, Power, Profile, Register};
use huis_usecases::{
    Caller, Huis, Processed, UseError,
    accounts::{CallerState, Next as Pending},
};
use std::{collections::BTreeSet, net::SocketAddr, sync::Arc};

use crate::{
    errors::{self, PageError},
    guard::{self, CsrfToken},
    handlers,
    headers::{self, Headers},
    health,
    i18n::Locale,
    kept,
    layout::{AgentMenu, Crumb, Flash, Place, ProcessingLink, Shell, Tone, navigation},
    observe, routes,
};

/// What handlers share.
#[derive(Clone)]
pub struct App {
    /// The program.
    pub huis: Arc<Huis>,
    /// Served over TLS, by us or by the proxy in front.
    pub tls: bool,
    /// A declared proxy in front gives the client's address.
    pub behind_proxy: bool,
}

/// Name of the session's cookie. With TLS, `__Host-` keeps it to this very host.
const COOKIE: &str = "huis_session";
const COOKIE_TLS: &str = "__Host-huis_session";
/// Before signing in, forms carry this visitor's token.
const VISITOR: &str = "huis_visitor";
const VISITOR_TLS: &str = "__Host-huis_visitor";
const FLASH: &str = "huis_flash";
/// What a browser carries to the identity provider and back, sealed.
const BAGGAGE: &str = "huis_depart";
const BAGGAGE_TLS: &str = "__Host-huis_depart";
/// The language that was chosen.
const LANGUAGE: &str = "huis_langue";
/// The processing that one last worked in.
const PROCESSING: &str = "huis_traitement";
/// The same in an address: what the switcher's links say, and a bookmark may.
pub(crate) const PROCESSING_QUERY: &str = "traitement";

/// What the session layer found.
#[derive(Clone)]
pub struct Session {
    /// The cookie's token.
    pub token: String,
    /// Who, and what is left to do.
    pub state: Arc<CallerState>,
}

/// Where the request comes from.
#[derive(Clone, Debug)]
pub struct Address(pub String);

/// The cookie of a session that is over.
#[derive(Clone)]
struct Over(String);

/// Where the page that answers was worked in, for the browser to remember.
#[derive(Clone, Default)]
struct Worked(Arc<std::sync::OnceLock<String>>);

/// A signed-in agent with a whole session: what every handler of personal pages takes.
#[derive(Clone)]
pub struct Me {
    /// Who, with which grants.
    pub caller: Caller,
    /// The session behind.
    pub session: Session,
    /// The processing one works in.
    pub processing: String,
    /// Language of the shell.
    pub locale: Locale,
    /// Path of the request.
    pub path: String,
    /// Messages to show once.
    pub flashes: Vec<Flash>,
    /// How many alerts wait for this agent to close them.
    pub alerts: u32,
    app: App,
}

impl Me {
    /// A reader who is at no screen, for what is set in the screens' words (a dossier on paper).
    pub(crate) fn reading(huis: &Arc<Huis>, caller: &Caller, processing: &str) -> Self {
        let state =
            CallerState { caller: caller.clone(), csrf: String::new(), pending: Pending::Done };
        Self {
            caller: caller.clone(),
            session: Session { token: String::new(), state: Arc::new(state) },
            processing: processing.to_owned(),
            locale: Locale::Fr,
            path: String::new(),
            flashes: Vec::new(),
            alerts: 0,
            app: App { huis: Arc::clone(huis), tls: false, behind_proxy: false },
        }
    }

    /// The processing's register and rules.
    pub fn processed(&self) -> Result<&Processed, PageError> {
        self.app.huis.processed(&self.processing).map_err(|_| PageError::NotFound)
    }

    /// The register.
    pub fn register(&self) -> Result<&Register, PageError> {
        Ok(&self.processed()?.register)
    }

    /// Has the agent this power?
    pub fn can(&self, power: Power) -> bool {
        self.register().is_ok_and(|r| self.caller.can(r, power))
    }

    /// The office's zone.
    pub fn zone(&self) -> Zone {
        Zone::named(&self.caller.office.zone).unwrap_or_else(Zone::utc)
    }

    /// The profiles of the grants in force; partners once the installation let them in.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.register().ok().into_iter().flat_map(|register| self.caller.profiles(register))
    }

    /// May some dossier be opened? A profile that sees nothing deposits on the doorstep.
    pub fn opens_dossiers(&self) -> bool {
        self.register().is_ok_and(|register| self.caller.opens_dossiers(register))
    }

    /// Is a field of a section within sight?
    pub fn sees(&self, section: &str, field: &str) -> bool {
        self.profiles().any(|p| p.sees_field(section, field))
    }

    /// What each form of a page of this processing carries.
    pub fn csrf(&self) -> String {
        guard::stamped(&self.session.state.csrf, &self.processing)
    }

    /// The processings one may work in, when there is a choice.
    fn processings(&self) -> Vec<ProcessingLink> {
        let mine = self.app.huis.processings_of(&self.caller);
        if mine.len() < 2 {
            return Vec::new();
        }
        let link = |p: &&Processed| ProcessingLink {
            label: p.register.words.short.as_ref().unwrap_or(&p.register.name).clone(),
            title: p.register.name.clone(),
            href: routes::with_query(routes::DAY, &[(PROCESSING_QUERY, &p.register.id)]),
            current: p.register.id == self.processing,
        };
        mine.iter().map(link).collect()
    }

    /// The shell around a page.
    pub fn shell(&self, place: Option<Place>, crumbs: Vec<Crumb>) -> Shell {
        let register = self.register().ok();
        let powers: BTreeSet<Power> = register
            .map(|r| {
                r.profiles
                    .iter()
                    .flat_map(|p| p.powers.iter().copied())
                    .filter(|p| self.caller.can(r, *p))
                    .collect()
            })
            .unwrap_or_default();
        let role = register.map_or_else(String::new, |r| {
            let mut labels: Vec<&str> = self
                .caller
                .grants(&self.processing)
                .filter_map(|g| r.profile(&g.profile))
                .map(|p| p.label.as_str())
                .collect();
            labels.dedup();
            labels.join(", ")
        });
        let imports = !self.app.huis.import_kinds(&self.caller, &self.processing).is_empty();
        let shell = Shell {
            locale: self.locale,
            path: self.path.clone(),
            office: self.caller.office.name.clone(),
            demo: self.app.huis.is_demonstration(),
            loosened: self.processed().ok().and_then(|p| p.local.as_ref()).and_then(|local| {
                match local {
                    LocalStatus::Loosened { authorisation, .. } => Some(authorisation.clone()),
                    LocalStatus::Stricter { .. } => None,
                }
            }),
            agent: Some(AgentMenu {
                name: self.caller.agent.name.clone(),
                role,
                other_grants: Vec::new(),
            }),
            processings: self.processings(),
            nav: navigation(&powers, place),
            can_search: powers.contains(&Power::Search),
            create: powers.contains(&Power::Create).then(|| match (self.locale, register) {
                (Locale::Fr, Some(register)) => register.words.new.clone(),
                _ => self.locale.t("shell.new_dossier"),
            }),
            csrf: self.csrf(),
            flashes: self.flashes.clone(),
            crumbs,
            exports: Vec::new(),
        }
        .waiting(Place::Alerts, self.alerts);
        if imports { shell.with_imports(place == Some(Place::Imports)) } else { shell }
    }
}

impl FromRequestParts<App> for Me {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Some(session) = parts.extensions.get::<Session>().cloned() else {
            // A page is found again after signing in; a form must be opened anew.
            let to = match parts.method {
                axum::http::Method::GET => routes::with_return(routes::SIGN_IN, parts.uri.path()),
                _ => routes::SIGN_IN.to_owned(),
            };
            return Err(Redirect::to(&to).into_response());
        };
        match session.state.pending {
            Pending::Done => {}
            Pending::Totp => return Err(Redirect::to(routes::TOTP).into_response()),
            Pending::ReadProcedure => {
                let to = match parts.method {
                    axum::http::Method::GET => {
                        routes::with_return(routes::PROCEDURE, parts.uri.path())
                    }
                    _ => routes::PROCEDURE.to_owned(),
                };
                return Err(Redirect::to(&to).into_response());
            }
            Pending::ChangePassword(_) | Pending::EnrolTotp => {
                return Err(Redirect::to(routes::MY_ACCOUNT).into_response());
            }
        }
        let caller = session.state.caller.clone();
        let processing = working_in(app, &caller, parts)
            .await
            .map_err(|e| fail(e).into_response())?
            .ok_or_else(|| PageError::NotFound.into_response())?;
        let alerts = app
            .huis
            .open_alerts(&caller, &processing)
            .await
            .map_err(|e| fail(e).into_response())?;
        Ok(Self {
            alerts: u32::try_from(alerts).unwrap_or(u32::MAX),
            caller,
            processing,
            locale: locale(&parts.headers),
            path: parts.uri.path().to_owned(),
            flashes: flashes(&parts.headers),
            session,
            app: app.clone(),
        })
    }
}

/// The processing that a request is about: that of the dossier in its address, the one that the
/// address names, that of the page its form comes from, the one last worked in; at first, that of the oldest grant.
async fn working_in(app: &App, caller: &Caller, parts: &Parts) -> Result<Option<String>, UseError> {
    let mine: Vec<&str> =
        app.huis.processings_of(caller).into_iter().map(|p| p.register.id.as_str()).collect();
    let Some(first) = mine.first().filter(|_| mine.len() > 1) else {
        return Ok(mine.first().map(|id| (*id).to_owned()));
    };
    let number = parts.uri.path().strip_prefix("/dossiers/").and_then(|p| p.split('/').next());
    let number = number.and_then(|text| text.parse::<CaseNumber>().ok());
    let of_dossier = match number {
        Some(number) => app.huis.processing_of(caller, number).await?,
        None => None,
    };
    let form = || parts.extensions.get::<kept::FormOf>().map(|of| of.0.clone());
    let held = || cookie(&parts.headers, PROCESSING);
    let known = |id: &String| mine.contains(&id.as_str());
    let found = of_dossier
        .or_else(|| asked_for(&parts.uri).filter(known))
        .or_else(|| form().filter(known))
        .or_else(|| held().filter(known))
        .unwrap_or_else(|| (*first).to_owned());
    if let Some(worked) = parts.extensions.get::<Worked>() {
        let _ = worked.0.set(found.clone());
    }
    Ok(Some(found))
}

/// The processing that an address names.
fn asked_for(uri: &axum::http::Uri) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == PROCESSING_QUERY).map(|(_, id)| id.to_owned())
}

/// A session that may still have something to do (code, password, enrolment).
#[derive(Clone)]
pub struct AnySession {
    /// The session, when there is one.
    pub session: Option<Session>,
    /// What each form carries.
    pub csrf: String,
    /// Language of the shell.
    pub locale: Locale,
    /// Where the request comes from.
    pub address: String,
    /// Path of the request.
    pub path: String,
    /// The cookie of a session that is over, so that the sign-in page may say why.
    pub over: Option<String>,
    /// Messages to show once.
    pub flashes: Vec<Flash>,
    app: App,
}

impl AnySession {
    /// The shell of a page before the session is whole.
    pub fn shell(&self) -> Shell {
        Shell {
            locale: self.locale,
            path: self.path.clone(),
            demo: self.app.huis.is_demonstration(),
            csrf: self.csrf.clone(),
            flashes: self.flashes.clone(),
            ..Shell::default()
        }
    }
}

impl FromRequestParts<App> for AnySession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Self {
            session: parts.extensions.get::<Session>().cloned(),
            csrf: parts.extensions.get::<CsrfToken>().map(|t| t.0.clone()).unwrap_or_default(),
            locale: locale(&parts.headers),
            address: parts.extensions.get::<Address>().map(|a| a.0.clone()).unwrap_or_default(),
            path: parts.uri.path().to_owned(),
            over: parts.extensions.get::<Over>().map(|o| o.0.clone()),
            flashes: flashes(&parts.headers),
            app: app.clone(),
        })
    }
}

/// The whole application.
pub fn app(huis: Arc<Huis>, tls: bool, behind_proxy: bool) -> Router {
    let demo = huis.is_demonstration();
    let app = App { huis, tls, behind_proxy };
    let rng: Arc<dyn Rng> = Arc::new(huis_kernel::SystemRng);
    let pages = handlers::routes()
        .layer(middleware::from_fn_with_state(app.clone(), session))
        .layer(middleware::from_fn(guard::same_site))
        .merge(crate::static_routes())
        // Inside the page of an error: an internal one is counted, then gets its page.
        .layer(middleware::from_fn_with_state(Arc::clone(&app.huis), observe::every))
        // Around every address, those that do not exist included: they answer as the refused (I13).
        .layer(middleware::from_fn_with_state(demo, errors::pages));
    // A balancer asks all day, and reads a word: outside both. What exists nowhere is the pages' (of
    // two routers that are merged, the second says so).
    health::routes()
        .merge(pages)
        .layer(middleware::from_fn_with_state(Headers { tls, rng }, headers::strict))
        .with_state(app)
}

/// Finds the session of a request, once; gives forms their token.
async fn session(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let address = client_address(&request, app.behind_proxy);
    let token = cookie(request.headers(), if app.tls { COOKIE_TLS } else { COOKIE });
    let mut found = None;
    if let Some(token) = token {
        match app.huis.caller(&token, &address).await {
            Ok(Some(state)) => found = Some(Session { token, state: Arc::new(state) }),
            Ok(None) => drop(request.extensions_mut().insert(Over(token))),
            Err(error) => return fail(error).into_response(),
        }
    }
    let mut visitor = None;
    let csrf = match &found {
        Some(session) => session.state.csrf.clone(),
        None => cookie(request.headers(), visitor_name(app.tls)).unwrap_or_else(|| {
            let mut bytes = [0; 24];
            huis_kernel::SystemRng.fill(&mut bytes);
            let fresh: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            visitor = Some(fresh.clone());
            fresh
        }),
    };
    let flashed = cookie(request.headers(), FLASH).is_some();
    let over = request.extensions().get::<Over>().map(|o| o.0.clone());
    if let Some(session) = found.clone() {
        request.extensions_mut().insert(session);
    }
    let (worked, page) = (Worked::default(), is_page(&request));
    let remembered = cookie(request.headers(), PROCESSING);
    request.extensions_mut().insert(worked.clone());
    request.extensions_mut().insert(CsrfToken(csrf));
    request.extensions_mut().insert(Address(address));
    let get = request.method() == axum::http::Method::GET;
    let (request, sent) = match kept::look(request).await {
        Ok(looked) => looked,
        Err(error) => return error.into_response(),
    };
    let mut response = next.run(request).await;
    if let Some(sent) = sent {
        response = kept::answer(&app, sent, found.as_ref(), over.as_deref(), response).await;
    }
    // A form leads to a page of its own processing.
    let shown = response.status().is_success() || response.status().is_redirection();
    if let Some(now) = worked.0.get().filter(|_| page && shown)
        && remembered.as_ref() != Some(now)
    {
        set_cookie(&mut response, PROCESSING, now, app.tls, None);
    }
    if let Some(visitor) = visitor {
        set_cookie(&mut response, visitor_name(app.tls), &visitor, app.tls, None);
    }
    if flashed && get && response.status().is_success() {
        set_cookie(&mut response, FLASH, "", app.tls, Some(0));
    }
    response
}

/// Is it a page that someone goes to, or a form that someone sends? What a page asks by itself, in a tab one no longer looks at,
/// changes nothing.
fn is_page(request: &Request) -> bool {
    let asked = request.headers().get("sec-fetch-dest").and_then(|v| v.to_str().ok());
    asked.is_none_or(|dest| dest == "document")
}

/// Where a request comes from: the declared proxy's word, else the connection's.
pub fn client_address(request: &Request, behind_proxy: bool) -> String {
    if behind_proxy
        && let Some(last) = request
            .headers()
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            // The last line is the proxy's own: the others may be the client's.
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.rsplit(',').next())
        && let Ok(address) = last.trim().parse::<std::net::IpAddr>()
    {
        return address.to_string();
    }
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "0.0.0.0".to_owned(), |c| c.0.ip().to_string())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, v)| *n == name && !v.is_empty())
        .map(|(_, v)| v.to_owned())
}

fn set_cookie(response: &mut Response, name: &str, value: &str, tls: bool, age: Option<u32>) {
    let secure = if tls { "; Secure" } else { "" };
    let age = age.map(|a| format!("; Max-Age={a}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Gives the browser its session.
pub fn with_session(mut response: Response, token: &str, tls: bool) -> Response {
    set_cookie(&mut response, if tls { COOKIE_TLS } else { COOKIE }, token, tls, None);
    response
}

/// Takes the session away from the browser.
pub fn without_session(mut response: Response, tls: bool) -> Response {
    set_cookie(&mut response, if tls { COOKIE_TLS } else { COOKIE }, "", tls, Some(0));
    response
}

/// With TLS the name itself keeps it to this very host: a neighbour cannot plant one.
const fn visitor_name(tls: bool) -> &'static str {
    if tls { VISITOR_TLS } else { VISITOR }
}

const fn baggage_name(tls: bool) -> &'static str {
    if tls { BAGGAGE_TLS } else { BAGGAGE }
}

/// What this browser carried to the identity provider.
pub fn baggage(headers: &HeaderMap, tls: bool) -> Option<String> {
    cookie(headers, baggage_name(tls))
}

/// Gives the browser what it carries to the identity provider, for ten minutes.
pub fn with_baggage(mut response: Response, baggage: &str, tls: bool) -> Response {
    set_cookie(&mut response, baggage_name(tls), baggage, tls, Some(600));
    response
}

/// Takes it back: it served once.
pub fn without_baggage(mut response: Response, tls: bool) -> Response {
    set_cookie(&mut response, baggage_name(tls), "", tls, Some(0));
    response
}

/// Remembers the language of the shell, for a year.
pub fn with_language(mut response: Response, locale: Locale, tls: bool) -> Response {
    set_cookie(&mut response, LANGUAGE, locale.code(), tls, Some(365 * 24 * 3600));
    response
}

/// Goes to a page that will say this message once. The message is one of the locale's keys.
pub fn flash(tls: bool, to: &str, tone: Tone, key: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let sign = match tone {
        Tone::Info => 'i',
        Tone::Good => 'g',
        Tone::Warning => 'w',
        Tone::Bad => 'b',
    };
    set_cookie(&mut response, FLASH, &format!("{sign}.{key}"), tls, Some(60));
    response
}

fn flashes(headers: &HeaderMap) -> Vec<Flash> {
    let Some(text) = cookie(headers, FLASH) else { return Vec::new() };
    let Some((sign, key)) = text.split_once('.') else { return Vec::new() };
    let locale = locale(headers);
    // Only texts of ours are shown, whatever the cookie says.
    if !key.starts_with("flash.") || !locale.has(key) {
        return Vec::new();
    }
    let tone = match sign {
        "g" => Tone::Good,
        "w" => Tone::Warning,
        "b" => Tone::Bad,
        _ => Tone::Info,
    };
    vec![Flash { tone, text: locale.t(key), link: None }]
}

/// The language of the shell: the cookie's, else the browser's.
pub fn locale(headers: &HeaderMap) -> Locale {
    cookie(headers, LANGUAGE).and_then(|c| Locale::named(&c)).unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        Locale::accepted(accepted.unwrap_or("fr"))
    })
}

/// What a use case's error means for the reader of a page. What needs its own page (faults of a
/// form, conflicts) is handled before this.
pub fn fail(error: UseError) -> PageError {
    match error {
        UseError::NotFound | UseError::Refused(_) | UseError::SecondFactor => PageError::NotFound,
        UseError::ArchiveLocked => PageError::NotFound,
        UseError::Moved { .. } | UseError::Conflict { .. } => PageError::Conflict,
        UseError::Faults(_) | UseError::Invalid(_) => PageError::Unreadable,
        ref e if e.is_conflict() => PageError::Conflict,
        UseError::Document(huis_documents::DocumentError::TooLong { .. }) => PageError::TooLarge,
        other => {
            let (kind, mend) = (other.kind(), other.mend());
            tracing::error!(erreur = kind, detail = %other, remede = mend, "page refusée");
            match other {
                ref e if e.no_room() => PageError::NoRoom,
                ref e if e.passes() => PageError::Unavailable,
                UseError::Trace(_) => PageError::Unavailable,
                _ => PageError::Internal,
            }
        }
    }
}
