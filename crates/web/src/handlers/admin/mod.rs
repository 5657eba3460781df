//! Those who administer: accounts, grants and their review, settings.

mod account;
mod accounts;
mod give;
mod grants;
mod partners;
mod review;
mod settings;

use axum::Router;
use huis_register::Field;
use huis_usecases::grants::scope_words as scope;

use crate::{
    app::{App, Me},
    forms::{FieldFault, FormData, Typed},
    layout::{Crumb, Place, Shell},
    routes,
};

/// Their pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(accounts::routes())
        .merge(account::routes())
        .merge(grants::routes())
        .merge(give::routes())
        .merge(partners::routes())
        .merge(review::routes())
        .merge(settings::routes())
}

/// The shell of a page under one of the main places. `at` is its own address: a refused form
/// stands at the address it was posted to, which the language switch cannot come back to.
fn shell(me: &Me, place: Place, above: Option<(&str, &str)>, label: &str, at: &str) -> Shell {
    let mut crumbs = vec![Crumb::link(me.locale.t("nav.day"), routes::DAY)];
    crumbs.extend(above.map(|(label, href)| Crumb::link(label, href)));
    crumbs.push(Crumb::here(label));
    Shell { path: at.to_owned(), ..me.shell(Some(place), crumbs) }
}

/// The faults of a use case: one that begins with a field's label goes beside it, the others stand
/// in the summary.
fn faults(reasons: Vec<String>, fields: &[Field]) -> Vec<FieldFault> {
    let about = |reason: &str| {
        fields.iter().find_map(|f| {
            let rest = reason.strip_prefix(f.label.as_str())?.strip_prefix("\u{a0}: ")?;
            Some((f.id.clone(), rest.to_owned()))
        })
    };
    reasons
        .into_iter()
        .map(|reason| match about(&reason) {
            Some((field, message)) => FieldFault { field: Some(field), message, article: None },
            None => FieldFault { field: None, message: reason, article: None },
        })
        .collect()
}

/// What was typed, as it was.
fn typed(fields: &[Field], form: &FormData, prefix: &str) -> Typed {
    let value = |f: &Field| form.get(&format!("{prefix}{}", f.id)).unwrap_or_default().to_owned();
    fields.iter().map(|f| (f.id.clone(), value(f))).collect()
}
