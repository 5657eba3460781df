//! A claim as text: the JSON of `huis calc indemnity`, and what the act `calcul-indemnite` seals.
//! Strict, with all the faults at once, none of which repeats a value (I13).

use huis_kernel::{Date, Money, Period};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{
    Answer, AnswerKind, Beneficiary, Claim, Ending, EndingKind, Grace, Loss, LossKind, Payer,
    Payment, Procedure, Protocol, Rent, Request, Settings, Target, WasteTax,
};
use crate::eviction::calc::CalcFault;

/// The largest amount: ten million euros.
const MOST: Money = Money(1_000_000_000);
/// The most lines of one kind.
const LINES: usize = 1_000;

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$fdoc])* #[serde(skip_serializing_if = "empty")] pub $field: $kind),* }
    };
}

/// Is it what an absent key means?
fn empty<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

texts! {
    /// A claim: dates as `2026-01-31`, amounts as `680,00`, codes of closed lists.
    ClaimText {
        /// The day on which the calculation is closed.
        as_of: String,
        /// `personne_physique` or `autre`.
        beneficiary: String,
        /// What happened.
        procedure: ProcedureText,
        /// Rents.
        rents: Vec<RentText>,
        /// Waste tax.
        waste_tax: Option<TaxText>,
        /// Other heads.
        losses: Vec<LossText>,
        /// Payments.
        payments: Vec<PaymentText>,
        /// Debt on the eve of the liability.
        prior_debt: String,
        /// Amicable demand received on.
        demand_on: String,
        /// Court seized on.
        court_on: String,
        /// Enforceable decision on.
        enforceable_on: String,
        /// Capitalisation asked for on.
        capitalisation_on: String,
        /// Choices, by identifier.
        settings: SettingsText,
    }
}
/// The choices, by identifier of [`Settings::IDS`].
pub type SettingsText = BTreeMap<String, String>;

texts! {
    /// What happened since the request.
    ProcedureText {
        /// Requests received.
        requests: Vec<DelayText>,
        /// Explicit refusals, but those as premature.
        refusals: Vec<String>,
        /// Express rejections as premature.
        premature: Vec<String>,
        /// Grants.
        grants: Vec<DelayText>,
        /// Delays of grace.
        graces: Vec<GraceText>,
        /// Protocols.
        protocols: Vec<ProtocolText>,
        /// Agreements to leave.
        agreements: Vec<GraceText>,
        /// What ends the liability: a date by code.
        endings: BTreeMap<String, Vec<String>>,
        /// The truce was set aside.
        truce_set_aside: bool,
        /// The late execution is excused.
        late_excused: bool,
        /// The judgment does not bind every occupant.
        not_all_bound: bool,
    }
}
texts! {
    /// A request or a grant.
    DelayText {
        /// On.
        on: String,
        /// Request: end of the delay of the order to leave. Grant: first day of the help.
        from: String,
        /// Request: the prefect never received the order to leave.
        not_seized: bool,
    }
}
texts! {
    /// A decision, or an agreement, and its last day.
    GraceText {
        /// Decision, or first day.
        on: String,
        /// Last day.
        until: String,
    }
}
texts! {
    /// A protocol.
    ProtocolText {
        /// Signed on.
        signed_on: String,
        /// Denounced on.
        denounced_on: String,
    }
}
texts! {
    /// A rent.
    RentText {
        /// From.
        from: String,
        /// Rent.
        rent: String,
        /// Charges.
        charges: String,
        /// Charges proven.
        charges_proven: bool,
        /// Supplement.
        supplement: String,
    }
}
texts! {
    /// The waste tax.
    TaxText {
        /// For a year.
        yearly: String,
        /// Within the charges.
        within_charges: bool,
    }
}
texts! {
    /// Another head.
    LossText {
        /// Code.
        kind: String,
        /// On.
        on: String,
        /// Amount.
        amount: String,
        /// Proven.
        proven: bool,
    }
}
texts! {
    /// A payment.
    PaymentText {
        /// On.
        on: String,
        /// Amount.
        amount: String,
        /// Code of the payer; `occupant` when unsaid.
        by: String,
        /// `periode`, `plus_ancienne`, `dette_anterieure`, or a month as `2025-08`.
        imputation: String,
    }
}

/// Reads as it goes, keeping every fault.
struct Reader(Vec<CalcFault>);

impl Reader {
    fn fault(&mut self, path: &str, code: &str, message: &str, article: &str) {
        self.0.push(CalcFault {
            act: 0,
            field: Some(path.to_owned()),
            code: code.to_owned(),
            message: message.to_owned(),
            article: article.to_owned(),
        });
    }
    fn maybe_date(&mut self, path: &str, text: &str) -> Option<Date> {
        if text.is_empty() {
            return None;
        }
        let read: Option<Date> =
            text.parse().ok().filter(|d: &Date| (1990..=2100).contains(&d.year()));
        // `2025-02-03T10:00` is a date for the parser; only the date alone is one here.
        let read = read.filter(|_| text.len() == 10);
        if read.is_none() {
            self.fault(
                path,
                "date-illisible",
                "une date s'écrit 2026-01-31, de 1990 à 2100",
                "X-05",
            );
        }
        read
    }
    fn date(&mut self, path: &str, text: &str) -> Date {
        if text.is_empty() {
            self.fault(path, "manquant", "cette date est nécessaire", "X-05");
        }
        self.maybe_date(path, text).unwrap_or(Date::MIN)
    }
    fn maybe_money(&mut self, path: &str, text: &str) -> Money {
        if text.is_empty() {
            return Money(0);
        }
        match Money::parse(text) {
            Ok(m) if m.0 >= 0 && m <= MOST => m,
            Ok(_) => {
                self.fault(
                    path,
                    "montant-hors-limites",
                    "un montant va de 0 à 10 000 000 €",
                    "X-05",
                );
                Money(0)
            }
            Err(e) => {
                self.fault(path, "montant-illisible", &e.to_string(), "X-05");
                Money(0)
            }
        }
    }
    fn money(&mut self, path: &str, text: &str) -> Money {
        if text.is_empty() {
            self.fault(path, "manquant", "ce montant est nécessaire", "X-05");
        }
        self.maybe_money(path, text)
    }
    fn code<T: Copy>(&mut self, path: &str, text: &str, list: &[(T, &str, &str)]) -> Option<T> {
        let found = list.iter().find(|(_, code, _)| *code == text).map(|(v, ..)| *v);
        if found.is_none() {
            self.fault(path, "valeur-inconnue", "cette valeur n'est pas de la liste", "X-28");
        }
        found
    }
    fn few<'a, T>(&mut self, path: &str, list: &'a [T]) -> &'a [T] {
        if list.len() > LINES {
            self.fault(path, "trop-de-lignes", "mille lignes au plus", "X-05");
        }
        list.get(..list.len().min(LINES)).unwrap_or_default()
    }
}

/// The claim of a text, or all its faults, each with the path of its key.
pub fn read(text: &ClaimText) -> Result<Claim, Vec<CalcFault>> {
    let mut r = Reader(Vec::new());
    let as_of = r.date("as_of", &text.as_of);
    let kinds =
        [(Beneficiary::Individual, "personne_physique", ""), (Beneficiary::Other, "autre", "")];
    let beneficiary = r.code("beneficiary", &text.beneficiary, &kinds);
    let procedure = procedure(&mut r, &text.procedure);
    let rents = rents(&mut r, text);
    if rents.is_empty() {
        r.fault("rents", "manquant", "un loyer au moins est nécessaire", "CPCE art. R. 154-7");
    }
    let waste_tax = text.waste_tax.as_ref().map(|t| WasteTax {
        yearly: r.money("waste_tax.yearly", &t.yearly),
        within_charges: t.within_charges,
    });
    let losses = losses(&mut r, text);
    let payments = payments(&mut r, text);
    let prior_debt = r.maybe_money("prior_debt", &text.prior_debt);
    let demand_on = r.maybe_date("demand_on", &text.demand_on);
    let court_on = r.maybe_date("court_on", &text.court_on);
    let enforceable_on = r.maybe_date("enforceable_on", &text.enforceable_on);
    let capitalisation_on = r.maybe_date("capitalisation_on", &text.capitalisation_on);
    let mut settings = Settings::default();
    for (id, code) in &text.settings {
        if !Settings::IDS.contains(&id.as_str()) {
            r.fault("settings", "reglage-inconnu", "ce réglage n'existe pas", "X-05");
        } else if !settings.choose(id, code) {
            r.fault(
                &format!("settings.{id}"),
                "valeur-inconnue",
                "cette valeur n'est pas de la liste",
                "X-28",
            );
        }
    }
    match beneficiary.filter(|_| r.0.is_empty()) {
        Some(beneficiary) => Ok(Claim {
            as_of,
            beneficiary,
            procedure,
            rents,
            waste_tax,
            losses,
            payments,
            prior_debt,
            demand_on,
            court_on,
            enforceable_on,
            capitalisation_on,
            settings,
        }),
        None => Err(r.0),
    }
}

fn rents(r: &mut Reader, text: &ClaimText) -> Vec<Rent> {
    let mut rents: Vec<Rent> = Vec::new();
    for (i, rent) in r.few("rents", &text.rents).iter().enumerate() {
        let at = |key: &str| format!("rents[{i}].{key}");
        let read = Rent {
            from: r.date(&at("from"), &rent.from),
            rent: r.money(&at("rent"), &rent.rent),
            charges: r.maybe_money(&at("charges"), &rent.charges),
            proven: rent.charges_proven,
            supplement: r.maybe_money(&at("supplement"), &rent.supplement),
        };
        if rents.iter().any(|other| other.from == read.from) {
            r.fault(&at("from"), "doublon", "deux loyers commencent le même jour", "X-05");
        }
        rents.push(read);
    }
    rents
}

fn losses(r: &mut Reader, text: &ClaimText) -> Vec<Loss> {
    let mut losses = Vec::new();
    for (i, loss) in r.few("losses", &text.losses).iter().enumerate() {
        let at = |key: &str| format!("losses[{i}].{key}");
        let kind = r.code(&at("kind"), &loss.kind, LossKind::ALL);
        let on = r.date(&at("on"), &loss.on);
        let amount = r.money(&at("amount"), &loss.amount);
        losses.extend(kind.map(|kind| Loss { kind, on, amount, proven: loss.proven }));
    }
    losses
}

fn payments(r: &mut Reader, text: &ClaimText) -> Vec<Payment> {
    let mut payments = Vec::new();
    for (i, payment) in r.few("payments", &text.payments).iter().enumerate() {
        let at = |key: &str| format!("payments[{i}].{key}");
        let on = r.date(&at("on"), &payment.on);
        let amount = r.money(&at("amount"), &payment.amount);
        let payer = match payment.by.as_str() {
            "" => Some(Payer::Tenant),
            code => r.code(&at("by"), code, Payer::ALL),
        };
        let target = match payment.imputation.as_str() {
            "" => None,
            "periode" => Some(Target::Period),
            "plus_ancienne" => Some(Target::OldestFirst),
            "dette_anterieure" => Some(Target::Before),
            month => r.maybe_date(&at("imputation"), &format!("{month}-01")).map(Target::Month),
        };
        payments.extend(payer.map(|payer| Payment { on, amount, payer, target }));
    }
    payments
}

fn procedure(r: &mut Reader, text: &ProcedureText) -> Procedure {
    let mut out = Procedure {
        truce_set_aside: text.truce_set_aside,
        late_excused: text.late_excused,
        not_all_bound: text.not_all_bound,
        ..Procedure::default()
    };
    if text.requests.is_empty() {
        r.fault(
            "procedure.requests",
            "manquant",
            "une demande de concours est nécessaire",
            "CPCE art. R. 154-1",
        );
    }
    for (i, request) in r.few("procedure.requests", &text.requests).iter().enumerate() {
        out.requests.push(Request {
            on: r.date(&format!("procedure.requests[{i}].on"), &request.on),
            delay_ends: r.maybe_date(&format!("procedure.requests[{i}].from"), &request.from),
            not_seized: request.not_seized,
        });
    }
    for (key, list, premature) in
        [("refusals", &text.refusals, false), ("premature", &text.premature, true)]
    {
        for (i, day) in r.few(&format!("procedure.{key}"), list).iter().enumerate() {
            let on = r.date(&format!("procedure.{key}[{i}]"), day);
            out.answers.push(Answer { on, kind: AnswerKind::Refused { premature } });
        }
    }
    for (i, grant) in r.few("procedure.grants", &text.grants).iter().enumerate() {
        let on = r.date(&format!("procedure.grants[{i}].on"), &grant.on);
        let from = r.maybe_date(&format!("procedure.grants[{i}].from"), &grant.from);
        let kind = AnswerKind::Granted { effective: from.unwrap_or(on) };
        out.answers.push(Answer { on, kind });
    }
    for (i, grace) in r.few("procedure.graces", &text.graces).iter().enumerate() {
        let at = |key: &str| format!("procedure.graces[{i}].{key}");
        let granted_on = r.date(&at("on"), &grace.on);
        out.graces.push(Grace { granted_on, until: r.date(&at("until"), &grace.until) });
    }
    for (i, protocol) in r.few("procedure.protocols", &text.protocols).iter().enumerate() {
        let at = |key: &str| format!("procedure.protocols[{i}].{key}");
        let signed_on = r.date(&at("signed_on"), &protocol.signed_on);
        let denounced_on = r.maybe_date(&at("denounced_on"), &protocol.denounced_on);
        if denounced_on.is_some_and(|d| d < signed_on) {
            r.fault(&at("denounced_on"), "ordre", "la dénonciation précède la signature", "X-06");
        }
        out.protocols.push(Protocol { signed_on, denounced_on });
    }
    for (i, agreement) in r.few("procedure.agreements", &text.agreements).iter().enumerate() {
        let at = |key: &str| format!("procedure.agreements[{i}].{key}");
        let from = r.date(&at("on"), &agreement.on);
        let to = r.date(&at("until"), &agreement.until);
        if to < from {
            r.fault(&at("until"), "ordre", "la fin précède le début", "X-06");
        }
        out.agreements.push(Period { from, to });
    }
    for (code, days) in &text.endings {
        let kind = r.code("procedure.endings", code, EndingKind::ALL);
        for (i, day) in r.few("procedure.endings", days).iter().enumerate() {
            let on = r.date(&format!("procedure.endings.{}[{i}]", kind.map_or("?", |_| code)), day);
            out.endings.extend(kind.map(|kind| Ending { on, kind }));
        }
    }
    out
}
