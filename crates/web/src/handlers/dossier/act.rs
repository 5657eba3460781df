//! Recording an act: its form comes from the register and from what the rules ask now; a second
//! look when the register says that it cannot be undone; a correction is another act.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use huis_dossier::{Draft, Facts, Fault, Severity, Value};
use huis_kernel::CaseNumber;
use huis_register::{ActKind, Field, FieldKind, Power, Register};
use huis_usecases::{ActCommand, ActRecorded, Foreseen, Opened, Reading, UseError};
use serde::Deserialize;

use super::{
    context::{context, identity, pairs},
    foresee, number, open,
    sheet::{Group, together},
    shell,
};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormData, FormView, plain},
    guard::CheckedForm,
    layout::Tone,
    pages::{
        Pair,
        act_form::{ActConfirm, ActForm},
    },
    routes,
};

/// The date that the law looks at: rules name it so in their faults.
const ON: &str = "on";

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    corrige: Option<u32>,
}

/// An act about to be recorded.
struct Work<'a> {
    me: &'a Me,
    number: CaseNumber,
    kind: &'a ActKind,
    register: &'a Register,
    /// The dossier, when this profile may open it.
    opened: Option<Opened>,
    corrects: Option<u32>,
    /// The version that the writer had before them; none on the doorstep.
    version: Option<u64>,
    /// The act's own fields, then the sections that it brings.
    groups: Vec<Group>,
    sections: Vec<&'a str>,
    /// Faults of the whole.
    whole: Vec<String>,
}

impl<'a> Work<'a> {
    fn new(
        me: &'a Me,
        number: CaseNumber,
        kind: &str,
        opened: Option<Opened>,
        asked: impl Fn(&ActKind, Option<&Opened>) -> Vec<Field>,
    ) -> Result<Self, PageError> {
        let processed = me.processed()?;
        let register = &processed.register;
        let kind = register.act(kind).ok_or(PageError::NotFound)?;
        let may = match &opened {
            Some(opened) => opened.may.acts.contains(&kind.id),
            None => me.profiles().any(|p| p.may_act(&kind.id)),
        };
        if !may {
            return Err(PageError::NotFound);
        }
        let mut fields = vec![date_field()];
        fields.extend(asked(kind, opened.as_ref()));
        let mut groups = vec![Group::new("", fields)];
        let mut sections = Vec::new();
        for id in processed.rules.brings(&kind.id) {
            if let Some(section) = register.section(id) {
                groups.push(Group::new(&format!("{id}."), section.fields.clone()));
                sections.push(*id);
            }
        }
        let version = opened.as_ref().map(|o| o.card.version);
        let (corrects, whole) = (None, Vec::new());
        Ok(Self { me, number, kind, register, opened, corrects, version, groups, sections, whole })
    }

    fn context(&self) -> FormContext {
        context(self.me, self.register, self.opened.as_ref())
    }

    fn action(&self) -> String {
        routes::act(self.number, &self.kind.id)
    }

    fn cancel(&self) -> String {
        routes::dossier(self.number)
    }

    fn label(&self) -> String {
        self.kind.label.clone()
    }

    /// A second look: for what cannot be undone, and for what its depositor will not see again.
    fn looks_twice(&self) -> bool {
        self.kind.confirm || self.opened.is_none()
    }

    fn hidden(&self, mut form: FormView) -> FormView {
        if let Some(version) = self.version {
            form = form.hides("_version", version.to_string());
        }
        if let Some(no) = self.corrects {
            form = form.hides("_corrige", no.to_string());
        }
        form
    }

    fn show(&self) -> Response {
        let context = self.context();
        let submit = match (self.looks_twice(), self.corrects) {
            (true, _) => "Continuer",
            (false, Some(_)) => "Enregistrer la correction",
            (false, None) => "Enregistrer l’acte",
        };
        let form = together(&self.groups, &self.whole, &context)
            .posts(self.action(), submit)
            .cancels(self.cancel());
        // Looking first costs nothing; whoever is sure records in one click.
        let looks = self.opened.is_some() && self.me.can(Power::Lists) && !self.kind.confirm;
        let form = if looks { form.also("verifier", "Vérifier") } else { form };
        let known = self
            .opened
            .as_ref()
            .map(|o| identity(self.register, o, &context, self.me.can(Power::Lists)))
            .unwrap_or_default();
        page(&ActForm {
            unseen: self.opened.is_none(),
            shell: shell(self.me, self.number, Some(&self.kind.label)),
            label: self.label(),
            article: self.kind.article.clone(),
            number: self.number.to_string(),
            corrects: self.corrects,
            known,
            remarks: Vec::new(),
            form: self.hidden(form),
        })
    }

    /// The second look, with all that was typed carried along.
    fn confirm(&self, form: &FormData, read: &[Facts], foreseen: Option<&Foreseen>) -> Response {
        let context = self.context();
        let mut facts: Vec<Pair> = Vec::new();
        for (group, read) in self.groups.iter().zip(read) {
            facts.extend(pairs(&group.fields, read, &context));
        }
        let on = read.first().and_then(|f| f.get(ON)?.as_date());
        let mut carried = FormView::default()
            .posts(self.action(), "Confirmer et enregistrer")
            .cancels(self.cancel());
        for name in form.names().filter(|n| !n.starts_with('_')) {
            carried = carried.hides(name, form.get(name).unwrap_or_default());
        }
        page(&ActConfirm {
            shell: shell(self.me, self.number, Some(&self.kind.label)),
            label: self.label(),
            article: self.kind.article.clone(),
            number: self.number.to_string(),
            corrects: self.corrects,
            facts,
            remarks: foreseen.map(foresee::remarks).unwrap_or_default(),
            consequences: foreseen
                .map(|f| foresee::consequences(f, self.register))
                .unwrap_or_default(),
            form: self.hidden(carried),
            unusual_date: on.and_then(|on| unusual(on, self.me.caller.today)),
        })
    }

    /// Puts the faults that the rules found beside their fields; a field that was not asked is
    /// asked now, else nobody could mend it.
    fn refuse(&mut self, faults: &[Fault]) {
        let Some(group) = self.groups.first_mut() else { return };
        for fault in faults {
            let id = fault.field.as_deref().unwrap_or_default();
            let missing = self.kind.fields.iter().find(|f| f.id == id);
            if let Some(field) = missing.filter(|f| !group.fields.iter().any(|g| g.id == f.id)) {
                group.fields.push(field.clone());
            }
            group.faults.push(FieldFault::from(fault));
        }
    }
}

fn date_field() -> Field {
    let mut field = plain(ON, "Date de l’acte", FieldKind::Date, true);
    field.help = Some(
        "Celle que la loi regarde\u{a0}: signification, réception, décision… Par exemple 31/12/2025."
            .to_owned(),
    );
    field
}

/// A date that is likely a slip, said plainly before it is too late.
fn unusual(on: huis_kernel::Date, today: huis_kernel::Date) -> Option<String> {
    let days = fmt::days_between(on, today);
    let when = fmt::date(on);
    match days {
        ..=-1 => Some(format!("La date de l’acte, le {when}, est à venir.")),
        366.. => Some(format!("La date de l’acte, le {when}, remonte à plus d’un an.")),
        _ => None,
    }
}

/// The form. A correction starts from the act that it corrects.
pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path((text, kind)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    let opened = reach(&app, &me, number).await?;
    let fields = |kind: &ActKind, opened: Option<&Opened>| -> Vec<Field> {
        let offer = opened.and_then(|o| o.offers.iter().find(|f| f.kind == kind.id));
        match offer.filter(|_| asked.corrige.is_none()) {
            None => kind.fields.clone(),
            // In the order of the rules, which is the procedure's.
            Some(offer) => offer
                .fields
                .iter()
                .filter_map(|id| kind.fields.iter().find(|f| f.id == *id).cloned())
                .collect(),
        }
    };
    let mut work =
        Work::new(&me, number, &kind, opened, fields).map_err(PageError::into_response)?;
    let context = work.context();
    let mut facts = Facts::new();
    let mut refused = None;
    if let Some(opened) = &work.opened {
        match asked.corrige {
            Some(no) => {
                let act = opened.view.acts.iter().find(|a| a.no == no && a.kind == work.kind.id);
                let act = act.filter(|a| a.voided.is_none());
                let act = act.ok_or_else(|| PageError::NotFound.into_response())?;
                facts.extend(act.facts.clone().unwrap_or_default());
                facts.insert(ON.to_owned(), Value::Date(act.on));
                work.corrects = Some(no);
            }
            None => {
                let offer = opened.offers.iter().find(|f| f.kind == work.kind.id);
                facts.extend(offer.map(|o| o.prefill.clone()).unwrap_or_default());
                refused = offer.and_then(|o| o.refused.clone());
            }
        }
    } else if let Some(no) = asked.corrige {
        // one's own deposit, of which nothing is shown.
        let own = app.huis.receipt_of(&me.caller, &me.processing, number, no).await;
        let own = own.map_err(|e| fail(e).into_response())?;
        if own.voided || own.kind != work.kind.id {
            return Err(PageError::NotFound.into_response());
        }
        work.corrects = Some(no);
        facts.insert(ON.to_owned(), Value::Date(own.on));
    }
    if let Some(fault) = refused {
        work.refuse(&[fault]);
    }
    if let Some(group) = work.groups.first_mut() {
        group.fill(&facts, &context);
    }
    Ok(work.show())
}

/// Opens the dossier for whom may; a profile that sees nothing deposits without.
async fn reach(app: &App, me: &Me, number: CaseNumber) -> Result<Option<Opened>, Response> {
    if me.opens_dossiers() {
        open(app, me, number, Reading::Screen).await.map(Some)
    } else {
        let may = app.huis.doorstep(&me.caller, &me.processing, number).await;
        may.map(|_| None).map_err(|e| fail(e).into_response())
    }
}

/// What was sent: shown again, looked at a second time, or recorded.
pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    Path((text, kind)): Path<(String, String)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    let opened = reach(&app, &me, number).await?;
    // The fields are those that the form had: which they are moves with the procedure.
    let fields = |kind: &ActKind, _: Option<&Opened>| -> Vec<Field> {
        kind.fields.iter().filter(|f| form.get(&f.id).is_some()).cloned().collect()
    };
    let mut work =
        Work::new(&me, number, &kind, opened, fields).map_err(PageError::into_response)?;
    let context = work.context();
    let sent = |name: &str| form.get(name).and_then(|v| v.parse::<u64>().ok());
    let version = sent("_version");
    work.corrects = sent("_corrige").and_then(|no| u32::try_from(no).ok());
    let step = form.get("_etape").unwrap_or_default();
    let mut read = Vec::new();
    for group in &mut work.groups {
        read.extend(group.read(&form, &context));
    }
    if read.len() < work.groups.len() {
        // The version stays the one that was read: a fault typed is no reason to miss a change.
        work.version = version;
        return Ok(work.show());
    }
    if step == "revenir" {
        work.version = version;
        return Ok(work.show());
    }
    if step != "confirmer" {
        let foreseen = match look(&app, &work, version, &read).await {
            Ok(foreseen) => foreseen,
            Err(error) => return refused(work, error, version),
        };
        let on = read.first().and_then(|f| f.get(ON)?.as_date());
        let slip = on.and_then(|on| unusual(on, me.caller.today)).is_some();
        let asks = work.looks_twice() || step == "verifier";
        // Who deposits on the doorstep has nothing to compare with.
        let odd = foreseen.as_ref().is_some_and(|f| slip || foresee::calls_for_a_look(f));
        if asks || odd {
            work.version = version;
            return Ok(work.confirm(&form, &read, foreseen.as_ref()));
        }
    }
    match record(&app, &work, version, read).await {
        Ok(done) => Ok(recorded(&app, &work, &done)),
        Err(error) => refused(work, error, version),
    }
}

/// The form again, with what is wrong.
#[expect(
    clippy::result_large_err,
    reason = "the refusal is the answer itself, made once a request"
)]
fn refused(
    mut work: Work<'_>,
    error: UseError,
    version: Option<u64>,
) -> Result<Response, Response> {
    match error {
        UseError::Faults(faults) => {
            work.version = version;
            work.refuse(&faults);
            Ok(work.show())
        }
        UseError::Invalid(faults) => {
            work.version = version;
            work.whole = faults;
            Ok(work.show())
        }
        UseError::Moved { version } => {
            work.version = Some(version);
            work.whole = vec![
                "Quelqu’un a enregistré autre chose dans ce dossier pendant votre saisie\u{a0}: \
                 relisez-le, puis envoyez à nouveau si votre acte est toujours juste."
                    .to_owned(),
            ];
            Ok(work.show())
        }
        error => Err(fail(error).into_response()),
    }
}

/// What the act would do, for whom follows the file.
async fn look(
    app: &App,
    work: &Work<'_>,
    version: Option<u64>,
    read: &[Facts],
) -> Result<Option<Foreseen>, UseError> {
    let mut facts = read.first().cloned().unwrap_or_default();
    let on = facts.remove(ON).and_then(|v| v.as_date()).unwrap_or(work.me.caller.today);
    let draft = Draft { kind: work.kind.id.clone(), on, facts, corrects: work.corrects };
    let command = ActCommand { draft, base_version: version.unwrap_or(0) };
    let (caller, processing) = (&work.me.caller, &work.me.processing);
    app.huis.preview_act(caller, processing, work.number, &command, &work.sections).await
}

async fn record(
    app: &App,
    work: &Work<'_>,
    version: Option<u64>,
    read: Vec<Facts>,
) -> Result<ActRecorded, UseError> {
    let mut read = read.into_iter();
    let mut facts = read.next().unwrap_or_default();
    let on = facts.remove(ON).and_then(|v| v.as_date()).unwrap_or(work.me.caller.today);
    let draft = Draft { kind: work.kind.id.clone(), on, facts, corrects: work.corrects };
    let brought: Vec<(String, Facts)> =
        work.sections.iter().map(|s| (*s).to_owned()).zip(read).collect();
    // On the doorstep nothing was read: the version there is nobody's.
    let version = work.opened.as_ref().map(|_| version.unwrap_or(0));
    let (caller, processing) = (&work.me.caller, &work.me.processing);
    app.huis.deposit_act(caller, processing, work.number, &draft, version, &brought).await
}

fn recorded(app: &App, work: &Work<'_>, done: &ActRecorded) -> Response {
    if done.archived {
        // the file left the running ones as it closed; its page is the archivists'.
        return flash(app.tls, routes::DAY, Tone::Good, "flash.act_closed");
    }
    let was_archived = work.opened.as_ref().is_some_and(|o| o.card.archived);
    if was_archived && !work.me.can(Power::Lists) {
        // reopened, it is a running file again, which an archivist does not follow.
        return flash(app.tls, routes::ARCHIVE, Tone::Good, "flash.reopened");
    }
    if !work.me.can(Power::Lists) && !work.me.can(Power::Archive) {
        // who files without following the procedure keeps a receipt of it.
        let to = routes::receipt(work.number, done.no);
        return flash(app.tls, &to, Tone::Good, "flash.deposited");
    }
    // At the head of the page: what was done is said there, and what comes next.
    let to = routes::dossier(work.number);
    if done.flags.iter().any(|f| f.severity > Severity::Info) && work.opened.is_some() {
        return flash(app.tls, &to, Tone::Warning, "flash.act_flagged");
    }
    let said = if work.corrects.is_some() { "flash.act_corrected" } else { "flash.act_recorded" };
    flash(app.tls, &to, Tone::Good, said)
}

#[cfg(test)]
mod tests {
    use super::unusual;
    use jiff::civil::date;

    #[test]
    fn a_likely_slip_of_date_is_said() {
        let today = date(2026, 3, 12);
        for (on, said) in [
            (date(2026, 3, 13), true),
            (today, false),
            (date(2025, 3, 13), false),
            (date(2025, 3, 10), true),
        ] {
            assert_eq!(unusual(on, today).is_some(), said, "{on}");
        }
    }
}
