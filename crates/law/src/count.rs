//! Counting delays, forwards and backwards, each step in words that a clerk can check by hand.

use huis_kernel::{Date, Delay};

use crate::holiday::weekend;
use crate::words::{french_spaces, long_date, month, ordinal, short_date, weekday};
use crate::{Computed, Dated, Law, LawError, Place, Step};

/// What becomes of a delay whose last day is no working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roll {
    /// Procedure: carried to the next working day (CPC, art. 642).
    Cpc642,
    /// A delay of Union law, in months: carried to the next working day (regulation n° 1182/71,
    /// art. 3).
    Union1182,
    /// Silence of an administration: it ends on its day, whatever it is.
    None,
}

/// The steps as they are written.
struct Steps(Vec<Step>);

impl Steps {
    /// Starts with the version applied, and what a clerk should know of it.
    fn of(law: &Law, id: &str, dated: &Dated) -> Self {
        let mut steps = Self(Vec::new());
        let label = law.label(id).unwrap_or(id);
        let since = match dated.from {
            Some(from) => format!(", en vigueur depuis le {}", short_date(from)),
            None => String::new(),
        };
        steps.say(format!("{label} : {} ({}{since})", dated.value, dated.article), None);
        if let Some(note) = &dated.note {
            steps.say(format!("À savoir : {note}"), None);
        }
        if !dated.verified {
            steps.say("Ce délai n'a pas été vérifié : contrôlez le texte.", None);
        }
        steps
    }

    fn say(&mut self, text: impl Into<String>, date: Option<Date>) {
        self.0.push(Step { text: french_spaces(&text.into()), date });
    }
}

impl Law {
    /// A forward delay. Months run to the same day of the last month, else to its last day; days
    /// do not count the first (CPC, art. 641); months first, then days.
    ///
    /// `on` selects the version in force: the date that the law says counts.
    pub fn after(
        &self,
        start: Date,
        id: &str,
        on: Date,
        place: &Place,
        roll: Roll,
    ) -> Result<Computed, LawError> {
        let (delay, dated) = self.delay(id, on)?;
        let mut steps = Steps::of(self, id, dated);
        let rule = match roll {
            Roll::Cpc642 => " (CPC, art. 641)",
            Roll::Union1182 => " (règlement n° 1182/71, art. 3 § 2 c)",
            Roll::None => "",
        };
        steps.say(format!("Point de départ : {}", long_date(start)), Some(start));
        let mut due = start;
        if delay.months > 0 {
            due = Delay { months: delay.months, days: 0 }.after(start);
            steps.say(months_step(start, due, delay.months, rule), Some(due));
        }
        if delay.days > 0 {
            steps.say(format!("Jour de départ non compté{rule}"), None);
            due = Delay { months: 0, days: delay.days }.after(due);
            let nth = ordinal(delay.days);
            steps.say(format!("Le {nth} jour est le {}", long_date(due)), Some(due));
        }
        let mut verified = dated.verified;
        let mut article = dated.article.clone();
        match roll {
            Roll::Cpc642 => {
                article.push_str("\u{a0}; CPC, art. 641 et 642");
                let (rolled, sure) = self.roll(due, place, "CPC, art. 642", &mut steps);
                due = rolled;
                verified &= sure;
                steps.say(format!("Le délai expire le {} à 24 h", long_date(due)), Some(due));
            }
            Roll::Union1182 => {
                article.push_str("\u{a0}; règlement n°\u{a0}1182/71, art. 3");
                let why = "règlement n° 1182/71, art. 3 § 4";
                let (rolled, sure) = self.roll(due, place, why, &mut steps);
                due = rolled;
                verified &= sure;
                steps.say(format!("Le délai expire le {} à 24 h", long_date(due)), Some(due));
            }
            Roll::None => steps.say(
                format!("Le délai expire le {}, sans report au jour ouvrable", long_date(due)),
                Some(due),
            ),
        }
        let in_force_since = dated.from;
        Ok(Computed { due, safe: None, article, in_force_since, verified, steps: steps.0 })
    }

    /// Carries a day to the next working day; false when a holiday used is not verified.
    fn roll(&self, due: Date, place: &Place, rule: &str, steps: &mut Steps) -> (Date, bool) {
        let mut day = due;
        let mut reasons = Vec::new();
        let mut sure = true;
        while let Some(why) = self.why_not_working(day, place) {
            sure &= self.holiday_rule(day, place).is_none_or(|h| h.verified);
            reasons.push(why);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        if day != due {
            let text = format!(
                "Le dernier jour tombe {} : reporté au {} ({rule})",
                reasons.join(", puis "),
                long_date(day)
            );
            steps.say(text, Some(day));
        }
        (day, sure)
    }

    /// « un samedi », « le jeudi 29 mai 2025, férié (Ascension) »; `None` for a working day.
    fn why_not_working(&self, day: Date, place: &Place) -> Option<String> {
        match self.holiday(day, place) {
            Some(name) => Some(format!("le {}, férié ({name})", long_date(day))),
            None => weekend(day).then(|| format!("un {}", weekday(day))),
        }
    }

    /// A backward delay: the day aimed at is excluded, it ends at 0 h of the last day counted and
    /// is never extended (Cass. 3e civ., avis, 6 nov. 2025, n° 25-70.018). `due` is that day,
    /// `safe` the one before: the last on which the act is in time however one counts.
    pub fn before(&self, event: Date, id: &str, on: Date) -> Result<Computed, LawError> {
        let (delay, dated) = self.delay(id, on)?;
        let mut steps = Steps::of(self, id, dated);
        steps.say(format!("Jour visé, {}, non compté", long_date(event)), Some(event));
        let mut due = event;
        if delay.months > 0 {
            due = Delay { months: delay.months, days: 0 }.before(event);
            let text = format!("{} mois à rebours : {}", delay.months, long_date(due));
            steps.say(text, Some(due));
        }
        if delay.days > 0 {
            due = Delay { months: 0, days: delay.days }.before(due);
            let nth = ordinal(delay.days);
            steps.say(format!("Le {nth} jour à rebours est le {}", long_date(due)), Some(due));
        }
        steps.say(format!("Le délai expire le {} à 0 h, sans report", long_date(due)), Some(due));
        let safe = due.yesterday().ok();
        if let Some(safe) = safe {
            steps.say(format!("Dernier jour sûr pour agir : {}", long_date(safe)), Some(safe));
        }
        Ok(Computed {
            due,
            safe,
            article: dated.article.clone(),
            in_force_since: dated.from,
            verified: dated.verified,
            steps: steps.0,
        })
    }

    /// A count of working days after a day, which does not count.
    pub fn working_days_after(
        &self,
        start: Date,
        id: &str,
        on: Date,
        place: &Place,
    ) -> Result<Computed, LawError> {
        let (count, dated) = self.working_days(id, on)?;
        let mut steps = Steps::of(self, id, dated);
        steps.say(format!("Jour de départ, {}, non compté", long_date(start)), Some(start));
        let (due, sure) = self.walk(start, count, place, &mut steps, |day| day.tomorrow().ok());
        let nth = ordinal(count);
        steps.say(format!("Le {nth} jour ouvré est le {}", long_date(due)), Some(due));
        Ok(Computed {
            due,
            safe: None,
            article: dated.article.clone(),
            in_force_since: dated.from,
            verified: dated.verified && sure,
            steps: steps.0,
        })
    }

    /// A count of working days before a day, which does not count. `safe` is the working day
    /// before the last: should the count be held to end at 0 h, as other backward delays do.
    pub fn working_days_before(
        &self,
        event: Date,
        id: &str,
        on: Date,
        place: &Place,
    ) -> Result<Computed, LawError> {
        let (count, dated) = self.working_days(id, on)?;
        let mut steps = Steps::of(self, id, dated);
        steps.say(format!("Jour visé, {}, non compté", long_date(event)), Some(event));
        let back = |day: Date| day.yesterday().ok();
        let (due, sure) = self.walk(event, count, place, &mut steps, back);
        let nth = ordinal(count);
        steps.say(format!("Le {nth} jour ouvré à rebours est le {}", long_date(due)), Some(due));
        let (safe, sure_safe) = self.walk(due, 1, place, &mut Steps(Vec::new()), back);
        steps.say(format!("Dernier jour sûr pour agir : {}", long_date(safe)), Some(safe));
        Ok(Computed {
            due,
            safe: Some(safe),
            article: dated.article.clone(),
            in_force_since: dated.from,
            verified: dated.verified && sure && sure_safe,
            steps: steps.0,
        })
    }

    /// Walks a count of working days, naming the holidays it passes over.
    fn walk(
        &self,
        start: Date,
        count: u32,
        place: &Place,
        steps: &mut Steps,
        next: impl Fn(Date) -> Option<Date>,
    ) -> (Date, bool) {
        let mut day = start;
        let mut left = count;
        let mut sure = true;
        let mut passed = Vec::new();
        while left > 0 {
            let Some(to) = next(day) else { break };
            day = to;
            match self.holiday_rule(day, place) {
                // A holiday on a weekend day changes nothing: saying it would only confuse.
                _ if weekend(day) => {}
                Some(holiday) => {
                    sure &= holiday.verified;
                    passed.push(format!("{} ({})", long_date(day), holiday.name));
                }
                None => left -= 1,
            }
        }
        if !passed.is_empty() {
            steps.say(format!("Jours fériés non comptés : {}", passed.join(", ")), None);
        }
        (day, sure)
    }
}

fn months_step(start: Date, due: Date, months: u32, rule: &str) -> String {
    let length = Delay { months, days: 0 };
    if due.day() == start.day() {
        format!("{length} de quantième à quantième : {}{rule}", long_date(due))
    } else {
        format!(
            "{length} de quantième à quantième : pas de {} en {}, donc le dernier jour du mois, {}{rule}",
            start.day(),
            month(due),
            long_date(due)
        )
    }
}
