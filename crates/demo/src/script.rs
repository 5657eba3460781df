//! What happens in a dossier, told as dated steps counted in days from its opening: the moves of
//! a procedure as they usually follow one another, with the slips of real life (a letter not sent,
//! a notification too late), which the rules must flag and not hide.

use huis_dossier::Value;
use huis_kernel::Money;

use crate::{
    dice::Dice,
    homes::{Home, Landlord},
};

/// A field of a step.
#[derive(Clone, Debug)]
pub(crate) enum Fill {
    /// A date, in days from the opening.
    Day(i64),
    /// The date of the lease.
    Lease,
    /// The last tacit renewal of the lease by the day of the act, if there was one.
    Renewal,
    /// Anything else, ready.
    Value(Value),
}

/// One act to come.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Days from the opening.
    pub day: i64,
    pub kind: &'static str,
    pub fields: Vec<(&'static str, Fill)>,
}

/// The stages of the procedure, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Prevention,
    Assignation,
    Cql,
    Cfp,
    Indemnite,
}

/// Why a dossier is closed: the seven grounds of the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ground {
    DetteSoldee,
    ResolueAvantResiliation,
    NouveauBail,
    DepartLocataire,
    DecesLocataire,
    ExecutionCfp,
    RepriseLocaux,
}

impl Ground {
    /// The code of the register.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::DetteSoldee => "dette_soldee",
            Self::ResolueAvantResiliation => "resolue_avant_resiliation",
            Self::NouveauBail => "nouveau_bail",
            Self::DepartLocataire => "depart_locataire",
            Self::DecesLocataire => "deces_locataire",
            Self::ExecutionCfp => "execution_cfp",
            Self::RepriseLocaux => "reprise_locaux",
        }
    }
}

/// How the request for the public force ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Granted, and the eviction takes place.
    Evicted,
    /// The same, after the silence has already bound the State.
    EvictedLate,
    /// Granted, not yet carried out.
    Granted,
    /// Refused in writing.
    Refused,
    /// No answer: refused by silence.
    Silent,
}

/// A choice of the register.
pub(crate) fn choice(code: &str) -> Fill {
    Fill::Value(Value::Choice(code.to_owned()))
}

const fn yes(yes: bool) -> Fill {
    Fill::Value(Value::Bool(yes))
}

const fn money(amount: Money) -> Fill {
    Fill::Value(Value::Money(amount))
}

/// Tells the story of one dossier, stage after stage.
pub(crate) struct Teller<'a> {
    dice: &'a Dice,
    home: &'a Home,
    has_surety: bool,
    steps: Vec<Step>,
    /// The day the story has reached.
    day: i64,
    /// Arrears in tenths of a monthly payment at the opening.
    arrears: i64,
    /// The last hearing.
    hearing: Option<i64>,
    cql_received: i64,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(dice: &'a Dice, home: &'a Home, has_surety: bool) -> Self {
        let arrears = dice.around(21, 32, 90);
        let steps = Vec::new();
        Self { dice, home, has_surety, steps, day: 0, arrears, hearing: None, cql_received: 0 }
    }

    /// The steps in the order of their days, and the day of the hearing if one is fixed in them.
    pub(crate) fn finish(mut self) -> (Vec<Step>, Option<i64>) {
        self.steps.sort_by_key(|s| s.day);
        let summoned = self.steps.iter().any(|s| s.kind == "assignation");
        (self.steps, self.hearing.filter(|_| summoned))
    }

    /// Breaks the story off in the middle of its last stage, `first` being that stage's first step.
    pub(crate) fn break_off(&mut self, first: usize) {
        self.steps.sort_by_key(|s| s.day);
        let count = i64::try_from(self.steps.len().saturating_sub(first)).unwrap_or(0);
        let kept = usize::try_from(self.dice.between(1, count.max(1))).unwrap_or(1);
        self.steps.truncate(first.saturating_add(kept));
        self.day = self.steps.last().map_or(0, |s| s.day);
    }

    /// How many steps are told.
    pub(crate) fn told(&self) -> usize {
        self.steps.len()
    }

    /// The debt on a day: it grows as long as nothing is solved, at most to three years of rent.
    pub(crate) fn debt(&self, day: i64) -> Money {
        self.home.debt((self.arrears + day * 10 / 45).min(360))
    }

    fn at(&mut self, day: i64, kind: &'static str, fields: Vec<(&'static str, Fill)>) {
        self.steps.push(Step { day, kind, fields });
    }

    /// An act some days after the last one.
    fn then(&mut self, low: i64, usual: i64, high: i64, kind: &'static str) {
        self.wait(low, usual, high);
        self.at(self.day, kind, Vec::new());
    }

    fn wait(&mut self, low: i64, usual: i64, high: i64) {
        self.day += self.dice.around(low, usual, high);
    }

    /// The same day mostly, a few days later now and then.
    fn promptly(&self) -> i64 {
        if self.dice.chance(80) { 0 } else { self.dice.between(1, 9) }
    }

    fn landlord(&self) -> Fill {
        choice(match self.home.landlord {
            Landlord::Person => "personne_physique",
            Landlord::FamilyCompany => "sci_familiale",
            Landlord::Social | Landlord::Company => "personne_morale",
        })
    }

    /// From the first arrears to the commission's opinion.
    pub(crate) fn prevention(&mut self) {
        let dice = self.dice;
        let tiers_payant = self.home.benefit.is_some() && dice.chance(80);
        let fields = vec![
            ("montant_dette", money(self.debt(self.day))),
            ("tiers_payant", yes(tiers_payant)),
        ];
        self.at(self.day, "impaye-constitue", fields);
        let signalled = tiers_payant && dice.chance(88);
        if signalled {
            self.wait(8, 35, 75);
            self.at(self.day, "signalement-caf", vec![("organisme", choice("caf"))]);
        }
        if dice.chance(27) {
            self.wait(10, 25, 60);
            let part = money(Money(self.debt(self.day).0 / dice.between(12, 36)));
            let end = Fill::Day(self.day + dice.between(12, 36) * 30);
            self.at(self.day, "plan-apurement", vec![("mensualite", part), ("fin", end)]);
        }
        self.wait(14, 40, 120);
        self.command();
        let command = self.day;
        if self.has_surety {
            let late = dice.chance(8);
            let day = command + if late { dice.between(18, 35) } else { dice.between(1, 13) };
            self.at(day, "notification-caution", Vec::new());
        }
        if dice.chance(94) {
            // The commission is told at once, or a little late.
            let day = command + self.promptly();
            let fields = vec![("objet", choice("commandement_payer"))];
            self.at(day, "information-ccapex", fields);
        }
        match self.home.landlord {
            Landlord::Person | Landlord::FamilyCompany => {
                if dice.chance(95) {
                    let day = command + self.promptly();
                    self.at(day, "signalement-ccapex", Vec::new());
                }
            }
            Landlord::Social | Landlord::Company => {
                if dice.chance(96) {
                    self.day = command + dice.around(1, 12, 45);
                    let mode = choice(if signalled { "reputee" } else { "directe" });
                    self.at(self.day, "saisine-ccapex", vec![("mode", mode)]);
                }
            }
        }
        if dice.chance(34) {
            self.wait(22, 40, 70);
            let nature = dice.word(&["avis", "recommandation"]);
            let subjects = ["apurement", "fsl", "aide_logement", "accompagnement", "relogement"];
            let to = dice.word(&["bailleur", "occupant", "caf_msa", "fsl", "service_social"]);
            let fields = vec![
                ("nature", choice(nature)),
                ("objet", choice(dice.word(&subjects))),
                ("destinataire", choice(to)),
            ];
            self.at(self.day, "avis-ccapex", fields);
        }
        self.day = self.day.max(command + 1);
    }

    /// The order to pay, with what the law looks at: lease, landlord, debt.
    fn command(&mut self) {
        let dice = self.dice;
        let mut fields = vec![
            ("bail_signe_le", Fill::Lease),
            ("bail_reconduit_le", Fill::Renewal),
            ("bailleur", self.landlord()),
            ("montant_dette", money(self.debt(self.day))),
            ("loyer", money(self.home.rent)),
        ];
        if dice.chance(85) {
            fields.push(("impaye_depuis", Fill::Day(self.day - dice.around(62, 95, 210))));
        }
        self.at(self.day, "commandement-payer", fields);
    }

    /// From the summons to the diagnosis for the judge.
    pub(crate) fn summons(&mut self) {
        let dice = self.dice;
        // Two months after the commission is seized, mostly; a few go too fast.
        if dice.chance(95) {
            self.wait(64, 85, 210);
        } else {
            self.wait(35, 45, 58);
        }
        let summons = self.day;
        let hearing = summons + dice.around(62, 85, 140);
        let fields = vec![("audience_le", Fill::Day(hearing)), ("bailleur", self.landlord())];
        self.at(summons, "assignation", fields);
        let late = dice.chance(6);
        let received =
            if late { hearing - dice.between(20, 39) } else { summons + dice.between(1, 9) };
        self.at(received, "assignation-recue-prefet", Vec::new());
        let asked = received + dice.around(1, 4, 12);
        self.at(asked, "dsf-demande", Vec::new());
        if dice.chance(82) {
            let before = if dice.chance(90) { dice.around(10, 16, 30) } else { dice.between(1, 4) };
            let present = yes(dice.chance(66));
            let day = (hearing - before).max(asked + 1);
            self.at(day, "dsf-transmis", vec![("locataire_present", present)]);
        }
        let mut heard = hearing;
        if dice.chance(18) {
            heard = hearing + dice.around(28, 42, 75);
            self.at(hearing, "audience-renvoyee", vec![("audience_le", Fill::Day(heard))]);
        }
        self.hearing = Some(heard);
        self.day = asked + 2;
    }

    /// The judgment and its service; `ordered` says that eviction must be the end of it, because
    /// later stages are to follow.
    pub(crate) fn judgment(&mut self, ordered: bool) {
        let dice = self.dice;
        self.day = self.hearing.unwrap_or(self.day) + dice.around(14, 30, 60);
        let issue = *dice
            .weighted(&[(62, "expulsion"), (30, "delais"), (if ordered { 0 } else { 8 }, "rejet")])
            .unwrap_or(&"expulsion");
        let mut fields = vec![("issue", choice(issue))];
        if issue == "delais" {
            let end = Fill::Day(self.day + dice.between(12, 36) * 30);
            fields.push(("delais_jusqu_au", end));
        }
        if issue == "expulsion" {
            let term = dice.weighted(&[(90, "legal"), (7, "reduit"), (3, "supprime")]);
            let term = term.copied().unwrap_or("legal");
            fields.push(("delai_cql", choice(term)));
            if term == "reduit" {
                fields.push(("delai_cql_jours", Fill::Value(Value::Int(dice.between(15, 45)))));
            }
            fields.push(("mauvaise_foi", yes(term == "supprime" && dice.chance(50))));
            fields.push(("voie_de_fait", yes(false)));
            fields.push(("treve_ecartee", yes(false)));
            if term == "legal" && dice.chance(7) {
                fields.push(("grace_jusqu_au", Fill::Day(self.day + dice.between(60, 300))));
            }
        }
        self.at(self.day, "jugement", fields);
        self.then(6, 18, 45, "signification-jugement");
        if ordered && issue == "delais" {
            self.then(60, 120, 260, "delais-non-tenus");
        }
        if ordered && dice.chance(4) {
            self.then(5, 15, 26, "appel");
            self.wait(160, 220, 380);
            self.at(self.day, "decision-appel", vec![("issue", choice("confirme"))]);
        }
    }

    /// The order to leave, received by the prefect, and what may put it off.
    pub(crate) fn cql(&mut self, followed: bool) {
        let dice = self.dice;
        self.then(8, 25, 80, "commandement-quitter-lieux");
        let order = self.day;
        self.cql_received = order + dice.around(0, 3, 20);
        if followed || dice.chance(90) {
            self.at(self.cql_received, "cql-recu-prefet", Vec::new());
        }
        if dice.chance(93) {
            let day = self.cql_received + self.promptly();
            let fields = vec![("objet", choice("commandement_quitter"))];
            self.at(day, "information-ccapex", fields);
        }
        self.day = self.cql_received;
        if dice.chance(11) {
            self.wait(20, 35, 55);
            let end = self.day + dice.between(60, 270);
            self.at(self.day, "delai-grace", vec![("fin", Fill::Day(end))]);
            self.day = if followed { end } else { self.day };
        } else if dice.chance(3) {
            self.wait(15, 30, 50);
            let end = self.day + dice.between(30, 80);
            self.at(self.day, "prorogation-durete", vec![("fin", Fill::Day(end))]);
        } else if self.home.landlord == Landlord::Social && dice.chance(13) {
            self.protocol();
            if followed {
                self.then(90, 150, 400, "protocole-denonce");
            }
        }
    }

    /// A social landlord and its tenant agree on staying (protocole de cohésion sociale); other
    /// landlords have no such thing.
    pub(crate) fn protocol(&mut self) {
        if self.home.landlord != Landlord::Social {
            return;
        }
        self.wait(15, 40, 90);
        let end = self.day + self.dice.between(300, 700);
        self.at(self.day, "protocole-cohesion-sociale", vec![("fin", Fill::Day(end))]);
    }

    /// The request for the public force and its end.
    pub(crate) fn cfp(&mut self, outcome: Outcome) {
        let dice = self.dice;
        // One in ten comes before the two months are over (CE 18 décembre 2013).
        let after = if dice.chance(90) { dice.around(63, 80, 170) } else { dice.between(20, 55) };
        self.day = self.day.max(self.cql_received + after);
        let request = self.day;
        let fields = vec![("diligences_jointes", yes(dice.chance(94)))];
        self.at(request, "demande-cfp", fields);
        if dice.chance(86) {
            self.then(2, 6, 14, "rapport-police-demande");
            if dice.chance(88) || outcome != Outcome::Granted {
                self.then(4, 12, 30, "deposer-rapport");
            }
        }
        match outcome {
            Outcome::Silent => self.day = request + 62,
            Outcome::Refused => {
                self.day = (request + dice.between(30, 58)).max(self.day + 1);
                let ground = dice.word(&["ordre_public", "dignite", "incomplete"]);
                self.at(self.day, "cfp-refuse", vec![("motif", choice(ground))]);
            }
            Outcome::Granted | Outcome::Evicted | Outcome::EvictedLate => {
                let late = outcome == Outcome::EvictedLate;
                let wait = if late { dice.between(85, 240) } else { dice.between(30, 58) };
                self.day = (request + wait).max(self.day + 1);
                let from = self.day + dice.between(5, 25);
                self.at(self.day, "cfp-accorde", vec![("effet_le", Fill::Day(from))]);
                if outcome != Outcome::Granted {
                    self.day = from;
                    self.eviction();
                }
            }
        }
    }

    fn eviction(&mut self) {
        let dice = self.dice;
        if dice.chance(75) {
            self.wait(1, 6, 12);
        } else {
            self.wait(15, 25, 60);
        }
        let fields = vec![
            ("heure", Fill::Value(Value::Int(dice.between(8, 16)))),
            ("relogement", yes(false)),
            ("meubles", yes(dice.chance(35))),
            ("force_publique", yes(true)),
        ];
        self.at(self.day, "expulsion", fields);
        self.then(1, 4, 12, "pv-expulsion-transmis");
    }

    /// The landlord's claim against the State and its end.
    pub(crate) fn indemnity(&mut self) {
        let dice = self.dice;
        self.wait(10, 45, 150);
        let months = dice.between(2, 14);
        let claimed = Money(self.home.monthly().0.saturating_mul(months));
        self.at(self.day, "demande-indemnite", vec![("montant", money(claimed))]);
        self.wait(20, 42, 58);
        let granted = Money(claimed.0 * dice.between(55, 96) / 100);
        if dice.chance(68) {
            let fields = vec![("sens", choice("transaction")), ("montant", money(granted))];
            self.at(self.day, "decision-indemnite", fields);
            self.wait(15, 35, 70);
            self.at(self.day, "paiement-indemnite", vec![("montant", money(granted))]);
        } else {
            self.at(self.day, "decision-indemnite", vec![("sens", choice("rejet"))]);
            self.then(10, 40, 58, "recours-contentieux");
            self.wait(180, 260, 400);
            let won = dice.chance(60);
            let mut fields = vec![("sens", choice(if won { "condamnation" } else { "rejet" }))];
            if won {
                fields.push(("montant", money(granted)));
            }
            self.at(self.day, "decision-contentieuse", fields);
        }
    }

    /// The people have left by themselves.
    pub(crate) fn departure(&mut self) {
        self.then(8, 30, 90, "depart-constate");
    }

    /// The debt is paid within the order's delay.
    pub(crate) fn settle(&mut self) {
        if self.dice.chance(45) {
            self.then(1, 6, 20, "regularisation");
        }
    }

    /// Closing, for one of the seven grounds.
    pub(crate) fn close(&mut self, ground: Ground) {
        self.wait(2, 20, 70);
        // What was still to come no longer happens.
        let closing = self.day;
        self.steps.retain(|step| step.day < closing);
        self.at(self.day, "cloture", vec![("motif", choice(ground.code()))]);
    }

    /// Reopening, for one of the two grounds, some months after.
    pub(crate) fn reopen(&mut self, ground: &'static str) {
        self.wait(40, 120, 300);
        self.at(self.day, "reouverture", vec![("motif", choice(ground))]);
    }
}
