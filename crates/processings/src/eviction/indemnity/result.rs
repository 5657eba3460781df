//! What a calculation gives: every line with its rule, and what was left out with its reason.

use huis_dossier::Flag;
use huis_kernel::{Date, Money};
use huis_law::{Rate, Step};

use super::Settings;

/// Days for which the State is liable, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Span {
    /// How many days.
    pub fn days(self) -> i64 {
        days_between(self.from, self.to).saturating_add(1)
    }
}

/// Days from a date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// What a line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Head {
    /// Lost rent.
    Rent,
    /// Recoverable charges.
    Charges,
    /// Waste tax.
    WasteTax,
    /// Fees of the *commissaire de justice*.
    Officer,
    /// Repairs.
    Repairs,
    /// Loss on a sale.
    SaleLoss,
    /// Costs of being unable to sell.
    Unsold,
    /// *Trouble dans les conditions d'existence*.
    Living,
    /// A payment, deducted.
    Payment,
    /// A year lost by limitation, deducted.
    Limitation,
    /// Interest.
    Interest,
}

impl Head {
    /// Every head with its code and its name in French.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Rent, "loyer", "Loyer"),
        (Self::Charges, "charges", "Charges récupérables"),
        (Self::WasteTax, "teom", "Taxe d'enlèvement des ordures ménagères"),
        (Self::Officer, "commissaire", "Frais de commissaire de justice"),
        (Self::Repairs, "remise_en_etat", "Remise en état"),
        (Self::SaleLoss, "perte_vente", "Perte de valeur à la vente"),
        (Self::Unsold, "frais_invendable", "Frais de ne pouvoir vendre"),
        (Self::Living, "trouble", "Trouble dans les conditions d'existence"),
        (Self::Payment, "paiement", "Paiement déduit"),
        (Self::Limitation, "prescription", "Année prescrite"),
        (Self::Interest, "interets", "Intérêts au taux légal"),
    ];
    /// Its code.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(h, ..)| *h == self).map_or("", |(_, code, _)| code)
    }
    /// Its name in French.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(h, ..)| *h == self).map_or("", |(.., label)| label)
    }
}

/// A line: what, for which days, from what, how, by which rule and by which choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it counts.
    pub head: Head,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// How many days count.
    pub days: i64,
    /// The amount it starts from.
    pub base: Money,
    /// The computation in words and figures.
    pub formula: String,
    /// Article or decision.
    pub article: String,
    /// The setting used (an identifier of [`Settings::IDS`]), if any.
    pub setting: Option<&'static str>,
    /// The amount, to the cent; negative when it is deducted.
    pub amount: Money,
}

/// Something asked for that does not count, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// What, in French.
    pub what: String,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Article or decision.
    pub article: String,
}

/// A half-year whose rate is not known: its interest is left out, visibly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRate {
    /// The parameter.
    pub parameter: &'static str,
    /// First day without a rate.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The capital on which the interest is not counted.
    pub base: Money,
}

/// A rate that was used: the result can be replayed against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateUsed {
    /// The parameter.
    pub parameter: &'static str,
    /// In force from.
    pub from: Option<Date>,
    /// The rate.
    pub rate: Rate,
}

/// The limitation of the loss of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prescribed {
    /// The year of the loss.
    pub year: i16,
    /// Last day to claim, interruptions counted.
    pub until: Date,
    /// It is past.
    pub lost: bool,
}

/// The totals, each the sum of its lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Loss before deductions.
    pub gross: Money,
    /// Payments deducted.
    pub payments: Money,
    /// Years lost by limitation.
    pub prescribed: Money,
    /// What is owed before interest: never negative.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// All.
    pub total: Money,
}

/// A calculation.
#[derive(Clone, Debug, PartialEq)]
pub struct Calculation {
    /// Closed on.
    pub as_of: Date,
    /// Days of liability.
    pub spans: Vec<Span>,
    /// True when nothing has ended the liability yet.
    pub open: bool,
    /// How the days were found.
    pub steps: Vec<Step>,
    /// Loss, payments, limitation.
    pub lines: Vec<Line>,
    /// Interest.
    pub interest: Vec<Line>,
    /// What was left out.
    pub excluded: Vec<Excluded>,
    /// Rates that are not known.
    pub missing_rates: Vec<MissingRate>,
    /// Rates that were used.
    pub rates: Vec<RateUsed>,
    /// Limitation, year by year.
    pub limitation: Vec<Prescribed>,
    /// What a clerk should look at.
    pub remarks: Vec<Flag>,
    /// Totals.
    pub totals: Totals,
    /// The choices made.
    pub settings: Settings,
    /// False when a fact of the law that was used is not verified.
    pub verified: bool,
}
