//! A form that came after its session's end, or from a page that outlived it, is not lost: it is
//! kept, sealed, for its account (`huis_usecases::KeptForm`), and offered again. Sent back, it
//! shows the form with all that was typed, and records nothing by itself.

use axum::{
    body::Body,
    extract::Request,
    http::{Method, header},
    response::Response,
};
use huis_usecases::KeptForm;

use crate::{
    app::{App, PROCESSING_QUERY, Session, flash},
    errors::PageError,
    forms::FormData,
    guard::{self, FORM_LIMIT},
    layout::Tone,
    routes,
};

/// Says that a form is a kept one, sent back: the id under which it was kept.
pub const AGAIN: &str = "_reprise";

/// The pages whose forms are kept: the work on files, grants, settings and alerts. Never those
/// where a password is typed.
const KEPT: [&str; 4] = ["/dossiers/", routes::GIVE, routes::SETTINGS, routes::ALERTS];

/// The processing whose page a form came from.
#[derive(Clone)]
pub(crate) struct FormOf(pub String);

/// A form that may have to be kept, as it came.
pub(crate) struct Sent {
    path: String,
    form: FormData,
}

/// Looks at a form on its way in: what may have to be kept of it, and the processing that its page
/// was of. The request goes on as it was.
pub(crate) async fn look(request: Request) -> Result<(Request, Option<Sent>), PageError> {
    let path = request.uri().path().to_owned();
    let typed = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let is_form = typed.is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    let kept = KEPT.iter().any(|start| path.starts_with(start));
    if request.method() != Method::POST || !is_form {
        return Ok((request, None));
    }
    let (mut parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_LIMIT).await.map_err(|_| PageError::TooLarge)?;
    let form = FormData::decode(&bytes);
    let token = form.as_ref().and_then(|f| f.get("_csrf")).unwrap_or_default();
    if let (_, Some(processing)) = guard::unstamped(token) {
        parts.extensions.insert(FormOf(processing.to_owned()));
    }
    let sent = form.filter(|_| kept).map(|form| Sent { path, form });
    Ok((Request::from_parts(parts, Body::from(bytes)), sent))
}

impl Sent {
    fn form(&self) -> KeptForm {
        // « /dossiers/4821-7730-K/actes/… »: the number is in the address already.
        let number = self.path.strip_prefix("/dossiers/").and_then(|p| p.split('/').next());
        let fields = self.form.pairs().filter(|(name, _)| *name != "_csrf" && *name != AGAIN);
        // Sent back, it goes to the processing whose page it was.
        let of = guard::unstamped(self.form.get("_csrf").unwrap_or_default()).1;
        KeptForm {
            path: match of {
                Some(of) => routes::with_query(&self.path, &[(PROCESSING_QUERY, of)]),
                None => self.path.clone(),
            },
            number: number.map(str::to_owned),
            fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        }
    }
}

/// Gives the answer to a form: when it could not be read for want of a session or of its token, it
/// is kept, and the answer leads to where it is found again.
pub(crate) async fn answer(
    app: &App,
    sent: Sent,
    session: Option<&Session>,
    over: Option<&str>,
    response: Response,
) -> Response {
    let forged = response.extensions().get::<PageError>() == Some(&PageError::Forged);
    let kept = match (session, over) {
        // A token of the right form: a page of ours wrote it, in an earlier session.
        (Some(session), _)
            if forged
                && sent.form.get("_csrf").map(|t| guard::unstamped(t).0.len())
                    == Some(session.state.csrf.len()) =>
        {
            app.huis.keep_form(&session.state.caller, &sent.form()).await.map(Some)
        }
        (None, Some(token)) => app.huis.keep_late_form(token, &sent.form()).await,
        (Some(session), _) => {
            // It is before its writer again: what was kept has served.
            if let (Some(id), true) = (sent.form.get(AGAIN), response.status().is_success()) {
                let _ = app.huis.forget_form(&session.state.caller, id).await;
            }
            return response;
        }
        _ => return response,
    };
    let Ok(Some(id)) = kept else { return response };
    let to = format!("{}/{id}", routes::KEPT);
    match session {
        Some(_) => flash(app.tls, &to, Tone::Info, "flash.form_expired"),
        None => {
            let to = routes::with_return(routes::SIGN_IN, &to);
            flash(app.tls, &to, Tone::Info, "flash.form_kept")
        }
    }
}
