//! A dossier: whom it concerns, where it stands, what is due and why, what to do next, its acts
//! and its sections, as far as the reader's grant goes.

use askama::Template;

use crate::{
    fmt,
    layout::Shell,
    pages::{Beside, Link, Pair, Remark},
    term::TermView,
    timeline::Timeline,
};

/// The page.
#[derive(Template)]
#[template(path = "pages/dossier.html")]
pub struct DossierPage {
    /// What a person asks of it, when one comes from their request.
    pub beside: Option<Beside>,
    /// Shell.
    pub shell: Shell,
    /// The dossier.
    pub d: DossierView,
}

/// The part that is fetched again when someone else changed the dossier.
#[derive(Template)]
#[template(path = "parts/dossier_live.html")]
pub struct DossierLive {
    /// Token of the forms in it.
    pub csrf: String,
    /// The dossier.
    pub d: DossierView,
}

/// A dossier, reduced to what the reader may see.
#[derive(Clone, Debug, Default)]
pub struct DossierView {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Its version: the page asks whether it changed.
    pub version: u64,
    /// Whom and what it concerns, in a few pairs.
    pub identity: Vec<Pair>,
    /// Stages.
    pub stages: Vec<StageView>,
    /// The finer step, in words.
    pub step: String,
    /// It is closed, and in the archive: since when, and until when it is kept.
    pub closed: Option<Pair>,
    /// Erasure is held: why and until when.
    pub holds: Vec<String>,
    /// Remarks.
    pub remarks: Vec<Remark>,
    /// What the procedure awaits now.
    pub next: Vec<OfferView>,
    /// What may be recorded too.
    pub others: Vec<OfferView>,
    /// What may not be now, with the reason.
    pub refused: Vec<RefusedView>,
    /// Deadlines that run.
    pub terms: Vec<TermView>,
    /// Deadlines that are over.
    pub done: Vec<TermView>,
    /// Does the reader follow the procedure? Whom is asked one thing on it does not.
    pub follows: bool,
    /// May they write letters from it?
    pub letters: bool,
    /// Acts and deadlines on a line.
    pub timeline: Timeline,
    /// Acts, the latest first.
    pub acts: Vec<ActView>,
    /// Sections, in the register's order.
    pub sections: Vec<SectionView>,
    /// Printing, traces, holds, reassignment.
    pub tools: Vec<Link>,
    /// Of a request of a person: the dossiers it is about.
    pub request: Vec<Link>,
}

/// A stage of the procedure.
#[derive(Clone, Debug)]
pub struct StageView {
    /// What it is called.
    pub label: String,
    /// Where the dossier is.
    pub state: StageState,
}

/// A stage with respect to where the dossier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Behind.
    Past,
    /// Here.
    Current,
    /// Ahead.
    Ahead,
}

impl StageState {
    /// Its CSS class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Current => "current",
            Self::Ahead => "ahead",
        }
    }
}

/// An act that may be recorded.
#[derive(Clone, Debug)]
pub struct OfferView {
    /// What it is called.
    pub label: String,
    /// Its form.
    pub href: String,
    /// The one that the procedure awaits.
    pub expected: bool,
    /// Article.
    pub article: String,
}

/// An act that may not be recorded now.
#[derive(Clone, Debug)]
pub struct RefusedView {
    /// What it is called.
    pub label: String,
    /// Why not, and when.
    pub reason: String,
    /// Article.
    pub article: String,
}

/// An act of the chronology.
#[derive(Clone, Debug)]
pub struct ActView {
    /// Its number in the dossier.
    pub no: u32,
    /// What it is called.
    pub label: String,
    /// The date the law looks at.
    pub on: huis_kernel::Date,
    /// When and by whom it was written down.
    pub recorded: String,
    /// What it holds, or nothing when the reader may not see it.
    pub facts: Vec<Pair>,
    /// The reader may know that it took place, not what it holds.
    pub hidden: bool,
    /// It was corrected by this act.
    pub corrected_by: Option<u32>,
    /// It corrects this act.
    pub corrects: Option<u32>,
    /// Recorded on the wrong dossier: the reason; its content is destroyed.
    pub voided: Option<String>,
    /// What is irregular.
    pub remarks: Vec<Remark>,
    /// The form that corrects it.
    pub correct_href: Option<String>,
    /// The form that voids it.
    pub void_href: Option<String>,
    /// Taking over what it proposes for a section.
    pub takes: Vec<Link>,
}

impl ActView {
    /// `31/12/2025`
    pub fn on_text(&self) -> String {
        fmt::date(self.on)
    }
}

/// A section.
#[derive(Clone, Debug)]
pub struct SectionView {
    /// Its id in the register.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Why and by what text it is held.
    pub source: String,
    /// Its class is sensitive: said where it is shown.
    pub sensitive: bool,
    /// Something of it is hidden from the reader (separated or violent households).
    pub withheld: bool,
    /// Its occurrences; none when nothing was entered.
    pub occurrences: Vec<OccurrenceView>,
    /// The form of a new occurrence.
    pub add_href: Option<String>,
}

/// One occurrence of a section.
#[derive(Clone, Debug)]
pub struct OccurrenceView {
    /// Its title (« Occupant 2 »); none when the section does not repeat.
    pub title: Option<String>,
    /// Hidden from co-holders: why (a protected address).
    pub restricted: Option<String>,
    /// Fields that are filled.
    pub facts: Vec<Pair>,
    /// Its form.
    pub edit_href: Option<String>,
    /// The form that hides it, or shows it again.
    pub hide: Option<Link>,
}
