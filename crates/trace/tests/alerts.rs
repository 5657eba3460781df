//! « détecter les comportements anormaux, assorti d'une levée d'alerte »; A-20.
//! Each case is a stretch of readings, and the alerts that it raises.

use huis_kernel::{AgentId, DossierId, Instant, Zone};
use huis_trace::{
    Authority, Dossiers, Line, Operation, Outcome,
    alerts::{AlertDraft, Context, Detector, Hours, Parameters, Rule},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Monday 6 January 2025, 9 h in Paris.
const MONDAY: i64 = 1_736_150_400_000;

struct Watch {
    detector: Detector,
    place: u64,
}

impl Watch {
    #[expect(clippy::unwrap_used, reason = "a helper of tests")]
    fn new() -> Self {
        let hours = Hours {
            zone: Zone::named("Europe/Paris").unwrap(),
            from: 7 * 60 + 30,
            to: 19 * 60,
            week_ends: false,
            closed: [jiff::civil::date(2025, 5, 1)].into(),
        };
        let parameters = Parameters { hours: Some(hours), ..Parameters::default() };
        Self { detector: Detector::new(parameters), place: 0 }
    }

    fn feed(&mut self, line: &Line, context: &Context<'_>) -> Vec<AlertDraft> {
        self.place += 1;
        self.detector.feed(self.place, line, context)
    }

    fn rules(&mut self, lines: &[Line], context: &Context<'_>) -> Vec<Rule> {
        lines.iter().flat_map(|l| self.feed(l, context)).map(|draft| draft.rule).collect()
    }
}

fn agent(n: u8) -> Authority {
    Authority::Agent { agent: AgentId::from_bytes([n; 16]), grant: None }
}

fn dossier(n: u32) -> DossierId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    DossierId::from_bytes(bytes)
}

fn line(at: i64, who: u8, operation: Operation, dossiers: &[u32]) -> Line {
    let list = dossiers.iter().copied().map(dossier).collect();
    Line {
        dossiers: Dossiers::List(list),
        ..Line::new(Instant(at), agent(who), "expulsion", "procedure", operation)
    }
}

/// So many readings of different dossiers, one every so many milliseconds.
fn readings(from: i64, who: u8, count: u32, every: i64) -> Vec<Line> {
    (0..count)
        .map(|n| line(from + i64::from(n) * every, who, Operation::Read, &[n * 7919]))
        .collect()
}

#[test]
fn x_24_volume_counts_an_hour_that_slides() {
    let cases: [(u32, i64, &[Rule]); 4] = [
        (60, 10_000, &[]),
        (61, 10_000, &[Rule::Volume]),
        (200, MINUTE, &[]),
        (240, 30_000, &[Rule::Volume, Rule::Volume]), // two hours: once an hour, not at each line
    ];
    for (count, every, expected) in cases {
        let raised = Watch::new().rules(&readings(MONDAY, 1, count, every), &Context::default());
        assert_eq!(raised, expected, "{count} every {every} ms");
    }
    // An export of many dossiers in one line counts them all.
    let many: Vec<u32> = (0..100).collect();
    let export = [line(MONDAY, 1, Operation::Export, &many)];
    assert_eq!(Watch::new().rules(&export, &Context::default()), [Rule::Volume]);
}

/// The same dossier again is no other dossier, within the hour; what is remembered of it is bounded.
#[test]
fn x_24_volume_counts_dossiers_and_not_their_pages() {
    let context = Context::default();
    let read = |at: i64, n: u32| line(at, 1, Operation::Read, &[n]);
    let pages: Vec<Line> = (0..500).map(|n| read(MONDAY + n * 1_000, (n % 60) as u32)).collect();
    let mut watch = Watch::new();
    assert_eq!(watch.rules(&pages, &context), [], "sixty dossiers, each at several pages");
    let one_more = [read(MONDAY + 600_000, 60)];
    assert_eq!(watch.rules(&one_more, &context), [Rule::Volume]);
    // An hour later they count anew.
    let later: Vec<Line> = (0..61).map(|n| read(MONDAY + 3 * HOUR + i64::from(n), n)).collect();
    assert_eq!(watch.rules(&later, &context), [Rule::Volume]);
    // However many pages one looks at, ten thousand here, the alert is raised once an hour.
    let mut watch = Watch::new();
    let many: Vec<Line> = (0..10_000).map(|n| read(MONDAY + i64::from(n), n % 5_000)).collect();
    assert_eq!(watch.rules(&many, &context), [Rule::Volume]);
}

#[test]
fn x_24_unusual_is_measured_on_the_agents_own_past_and_on_the_profile() {
    let mut watch = Watch::new();
    let context = Context { profile: Some("gestionnaire"), ..Context::default() };
    // Three weeks of eight dossiers an hour, four hours a day, for two agents.
    for day in (0..21).filter(|d| d % 7 < 5) {
        for hour in 0..4 {
            for who in [1, 2] {
                let from = MONDAY + day * 24 * HOUR + hour * HOUR;
                assert_eq!(watch.rules(&readings(from, who, 8, MINUTE), &context), []);
            }
        }
    }
    let next = MONDAY + 21 * 24 * HOUR;
    assert_eq!(watch.rules(&readings(next, 1, 24, MINUTE), &context), []);
    let busy = watch.rules(&readings(next + 2 * HOUR, 1, 25, MINUTE), &context);
    assert_eq!(busy, [Rule::UnusualForAgent, Rule::UnusualForProfile]);
    // A newcomer has no past, but has a profile.
    let newcomer = watch.rules(&readings(next + 4 * HOUR, 3, 25, MINUTE), &context);
    assert_eq!(newcomer, [Rule::UnusualForProfile]);
}

#[test]
fn x_24_out_of_hours() {
    let (day, sunday) = (24 * HOUR, MONDAY - 24 * HOUR);
    let may_day = MONDAY + 115 * day - HOUR; // 1 May, 9 h (summer time)
    let cases: [(&str, i64, u32, &[Rule]); 6] = [
        ("at nine", MONDAY, 3, &[]),
        ("at 7 h 29", MONDAY - 91 * MINUTE, 3, &[Rule::OutOfHours]),
        ("at 7 h 30", MONDAY - 90 * MINUTE, 3, &[]),
        ("at 23 h, two only", MONDAY + 14 * HOUR, 2, &[]),
        ("on a Sunday", sunday, 3, &[Rule::OutOfHours]),
        ("on a public holiday", may_day, 3, &[Rule::OutOfHours]),
    ];
    for (name, from, count, expected) in cases {
        let raised = Watch::new().rules(&readings(from, 1, count, 100), &Context::default());
        assert_eq!(raised, expected, "{name}");
    }
}

#[test]
fn x_24_bursts_of_refusals_and_of_failed_sign_ins() {
    let refused = |rule: &str, every: i64| -> Vec<Line> {
        let mut lines = readings(MONDAY, 1, 5, every);
        for line in &mut lines {
            line.outcome = Outcome::Refused { rule: rule.into() };
        }
        lines
    };
    let raised = |rule, every| Watch::new().rules(&refused(rule, every), &Context::default());
    assert_eq!(raised("hors-perimetre", MINUTE), [Rule::Refusals]);
    assert_eq!(raised("hors-perimetre", 3 * MINUTE), []);
    // Whoever makes mistakes in their work looks for nothing.
    for rule in ["regle", "modifie-entre-temps", "hors-registre"] {
        assert_eq!(raised(rule, MINUTE), [], "{rule}");
    }

    let mut watch = Watch::new();
    let mut drafts = Vec::new();
    for n in 0..12 {
        let mut failed = line(MONDAY + n * 1000, 1, Operation::SignInFailed, &[]);
        failed.authority = Authority::System;
        for address in ["192.0.2.1", &format!("198.51.100.{n}")] {
            failed.address = Some(address.to_owned());
            drafts.extend(watch.feed(&failed, &Context::default()));
        }
    }
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!((draft.rule, draft.address.as_deref()), (Rule::SignIns, Some("192.0.2.1")));
    assert_eq!((draft.agent, draft.first, draft.last), (None, 1, 19));
}

#[test]
fn x_24_walking_down_a_list() {
    let page =
        |n: u32| line(MONDAY, 1, Operation::List, &(n * 10..n * 10 + 10).collect::<Vec<_>>());
    let read = |n: u32| line(MONDAY + i64::from(n) * 1000, 1, Operation::Read, &[n]);
    let none = Context::default();
    // Over two pages, coming back to the list between two dossiers, some of them read twice.
    let mut lines = Vec::new();
    for n in 0..12 {
        lines.extend([page(n / 10), read(n), read(n)]);
    }
    assert_eq!(Watch::new().rules(&lines, &none), [Rule::Walk]);
    lines.truncate(33);
    assert_eq!(Watch::new().rules(&lines, &none), [], "eleven are not twelve");
    // The same dossiers in another order, and with one from elsewhere in between.
    let mut order: Vec<Line> = vec![page(0)];
    order.extend([3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 3, 1, 4, 0, 5].map(read));
    assert_eq!(Watch::new().rules(&order, &none), []);
    let mut broken = Vec::new();
    for n in 0..12 {
        broken.extend([page(n / 10), read(n)]);
        if n == 6 {
            broken.push(read(500));
        }
    }
    assert_eq!(Watch::new().rules(&broken, &none), []);
}

#[test]
fn x_24_own_name_is_told_each_time_and_by_tokens_alone() {
    let (own, other) = (["9f3c".to_owned(), "0b17".to_owned()], ["77aa".to_owned()]);
    let mut watch = Watch::new();
    let opened = |tokens| Context { own_tokens: &own, tokens, ..Context::default() };
    let read = [line(MONDAY, 1, Operation::Read, &[1])];
    assert_eq!(watch.rules(&read, &opened(&other)), []);
    assert_eq!(watch.rules(&read, &opened(&own[1..])), [Rule::OwnName]);
    assert_eq!(watch.rules(&read, &opened(&own[1..])), [Rule::OwnName]);
    let mut search = line(MONDAY, 1, Operation::Search, &[]);
    search.detail.insert("tokens".into(), "1234,9f3c".into());
    assert_eq!(watch.rules(&[search], &opened(&[])), [Rule::OwnName]);
}

#[test]
fn x_24_closed_files_and_what_a_draft_says() {
    let mut watch = Watch::new();
    let closed = Context { closed_file: true, ..Context::default() };
    let mut drafts = Vec::new();
    for read in readings(MONDAY, 4, 6, MINUTE) {
        drafts.extend(watch.feed(&read, &closed));
    }
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!((draft.rule, draft.agent), (Rule::ClosedFiles, Some(AgentId::from_bytes([4; 16]))));
    assert_eq!((draft.first, draft.last, draft.at), (1, 5, Instant(MONDAY + 4 * MINUTE)));
    assert_eq!(draft.summary, "5 dossiers clos ouverts en une heure.");
}

/// What a rule, a job or the person themselves opens is no agent's reading.
#[test]
fn x_24_only_agents_are_watched() {
    for authority in [Authority::Subject, Authority::System, Authority::Job("balayage".into())] {
        let mut lines = readings(MONDAY, 1, 100, 1000);
        lines.iter_mut().for_each(|l| l.authority = authority.clone());
        assert_eq!(Watch::new().rules(&lines, &Context::default()), []);
    }
}
