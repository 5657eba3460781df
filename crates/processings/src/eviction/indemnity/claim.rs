//! What a calculation starts from. No name, no address: dates, amounts and closed lists.

use huis_kernel::{Date, Money, Period};

use super::Settings;

/// Who is owed: it chooses the rate of interest (CMF art. L. 313-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beneficiary {
    /// A natural person who does not act for a profession.
    Individual,
    /// All others, social landlords among them.
    Other,
}

/// A request for the police's help, received by the prefect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Received on.
    pub on: Date,
    /// End of the delay of the order to leave, when it is later than the request: the prefect is
    /// deemed seized then (CE 18 Dec. 2013 n° 363126).
    pub delay_ends: Option<Date>,
    /// The prefect never received the order to leave: nothing runs (CPCE art. L. 412-5).
    pub not_seized: bool,
}

/// What the prefect answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// On.
    pub on: Date,
    /// What.
    pub kind: AnswerKind,
}

/// An answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Refused. As premature: a new request is needed.
    Refused {
        /// Expressly rejected because made too early.
        premature: bool,
    },
    /// Granted, from a day on.
    Granted {
        /// First day of the help.
        effective: Date,
    },
}

/// A delay of grace granted by a judge (CPCE art. L. 412-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// The decision.
    pub granted_on: Date,
    /// Last day.
    pub until: Date,
}

/// A *protocole de cohésion sociale*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Signed on.
    pub signed_on: Date,
    /// Its denunciation, as notified to the prefect.
    pub denounced_on: Option<Date>,
}

/// An event that ends the liability (CPCE art. R. 154-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// On.
    pub on: Date,
    /// What.
    pub kind: EndingKind,
}

/// What ends the liability, beside the grant of the help and a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndingKind {
    /// The eviction carried out.
    Eviction,
    /// The occupants left.
    Departure,
    /// The dwelling sold (date of the deed).
    Sale,
    /// The occupant died.
    Death,
    /// The beneficiary gave up.
    GivingUp,
    /// The judgment reversed on appeal.
    Reversal,
}

impl EndingKind {
    /// Every kind with its code and its name in French.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Eviction, "expulsion", "Expulsion"),
        (Self::Departure, "depart", "Départ des occupants"),
        (Self::Sale, "vente", "Vente du local"),
        (Self::Death, "deces", "Décès de l'occupant"),
        (Self::GivingUp, "renonciation", "Renonciation du bénéficiaire"),
        (Self::Reversal, "reformation", "Jugement infirmé en appel"),
    ];
}

/// What happened since the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Procedure {
    /// Requests received.
    pub requests: Vec<Request>,
    /// Answers.
    pub answers: Vec<Answer>,
    /// Delays of grace.
    pub graces: Vec<Grace>,
    /// Protocols.
    pub protocols: Vec<Protocol>,
    /// Short agreements to leave, which only suspend (CE 4 Feb. 2015 n° 369224).
    pub agreements: Vec<Period>,
    /// Events that end the liability.
    pub endings: Vec<Ending>,
    /// The judge set the winter truce aside (CPCE art. L. 412-6).
    pub truce_set_aside: bool,
    /// A late execution is due to the owner, the *commissaire de justice* or special circumstances
    /// (CPCE art. R. 154-4).
    pub late_excused: bool,
    /// The judgment does not bind every occupant: no certain loss (CE 30 Aug. 2006).
    pub not_all_bound: bool,
}

/// The monthly rent from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rent {
    /// First day.
    pub from: Date,
    /// By the lease, without charges and without any supplement.
    pub rent: Money,
    /// Recoverable charges.
    pub charges: Money,
    /// The owner proves having paid them.
    pub proven: bool,
    /// *Supplément de loyer*, never indemnified.
    pub supplement: Money,
}

/// *Taxe d'enlèvement des ordures ménagères*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WasteTax {
    /// For a year.
    pub yearly: Money,
    /// It is already within the charges: not counted twice.
    pub within_charges: bool,
}

/// Another head of loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Which.
    pub kind: LossKind,
    /// Spent or assessed on.
    pub on: Date,
    /// How much.
    pub amount: Money,
    /// Its reality and its amount are proven (CPCE art. R. 154-2).
    pub proven: bool,
}

/// The other heads of CPCE art. R. 154-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// Fees of the *commissaire de justice*.
    Officer,
    /// Repairs.
    Repairs,
    /// Loss of value on a disadvantageous sale.
    SaleLoss,
    /// Costs of being unable to sell.
    Unsold,
    /// *Trouble dans les conditions d'existence*.
    Living,
}

impl LossKind {
    /// Every kind with its code and its name in French.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Officer, "commissaire", "Frais de commissaire de justice"),
        (Self::Repairs, "remise_en_etat", "Remise en état"),
        (Self::SaleLoss, "perte_vente", "Perte de valeur à la vente"),
        (Self::Unsold, "frais_invendable", "Frais de ne pouvoir vendre"),
        (Self::Living, "trouble", "Trouble dans les conditions d'existence"),
    ];
}

/// A payment received by the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payment {
    /// Received on.
    pub on: Date,
    /// How much.
    pub amount: Money,
    /// By whom.
    pub payer: Payer,
    /// On what, recorded for each payment; `None`: by the setting.
    pub target: Option<Target>,
}

/// Who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// The occupant.
    Tenant,
    /// Housing aid paid to the owner (APL, AL).
    Aid,
    /// The guarantor.
    Guarantor,
    /// An insurer or a guarantee fund.
    Insurer,
    /// Another.
    Other,
}

impl Payer {
    /// Every payer with its code and its name in French.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Tenant, "occupant", "Occupant"),
        (Self::Aid, "aide", "Aide au logement"),
        (Self::Guarantor, "caution", "Caution"),
        (Self::Insurer, "assureur", "Assureur"),
        (Self::Other, "autre", "Autre"),
    ];
}

/// What a payment extinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The period.
    Period,
    /// The oldest debt first.
    OldestFirst,
    /// A debt older than the period: nothing of it is deducted.
    Before,
    /// The month that the debtor named, by its first day.
    Month(Date),
}

/// A claim, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The calculation is closed on that day.
    pub as_of: Date,
    /// Who is owed.
    pub beneficiary: Beneficiary,
    /// What happened.
    pub procedure: Procedure,
    /// Rents.
    pub rents: Vec<Rent>,
    /// Waste tax.
    pub waste_tax: Option<WasteTax>,
    /// Other heads.
    pub losses: Vec<Loss>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// Debt on the eve of the liability.
    pub prior_debt: Money,
    /// The amicable demand, received by the prefect on.
    pub demand_on: Option<Date>,
    /// The court seized on.
    pub court_on: Option<Date>,
    /// The decision against the State enforceable on.
    pub enforceable_on: Option<Date>,
    /// Capitalisation asked for on.
    pub capitalisation_on: Option<Date>,
    /// The choices.
    pub settings: Settings,
}
