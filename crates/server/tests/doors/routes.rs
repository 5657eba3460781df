//! Every address of the screens, for whom it is not: no session, half a session, a profile without the
//! power, a dossier out of reach. What one may not see answers as what does not exist (I13): same
//! status, same bytes, same trace, same work.

use huis_kernel::CaseNumber;
use huis_register::Profile;
use huis_testkit::Phone;
use huis_usecases::accounts::Signed;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering::SeqCst},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

use crate::{
    common::{House, PASSWORD, PROCESSING},
    table::{Gate, Row, TABLE},
    wire::{Answer, ask},
};

const TODAY: &str = "2026-11-23";

/// Statements that the store ran, and rows that they gave.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);
static ROWS: AtomicU64 = AtomicU64::new(0);

/// Counts the statements as the store's driver tells them.
struct Count;

impl<S: tracing::Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Rows(u64);
        impl tracing::field::Visit for Rows {
            fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
                if field.name() == "rows_returned" {
                    self.0 = value;
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        if event.metadata().target() == "huis_store::sql" {
            let mut rows = Rows(0);
            event.record(&mut rows);
            STATEMENTS.fetch_add(1, SeqCst);
            ROWS.fetch_add(rows.0, SeqCst);
        }
    }
}

/// How many lines the logs hold: the second line of a signed head.
fn traced(house: &House) -> u64 {
    let logs = house.wait(house.huis.store().logs()).unwrap();
    logs.iter().filter_map(|(_, head)| head.lines().nth(1)?.parse::<u64>().ok()).sum()
}

/// The router's own list: method and path.
fn known(house: &House) -> BTreeSet<(String, String)> {
    let router = format!("{:?}", huis_web::app(house.huis.clone(), false, false));
    let (routes, paths) = router.split_once("node: Node { paths: {").expect("axum's router");
    let paths: BTreeMap<&str, &str> = paths
        .split("} }")
        .next()
        .unwrap()
        .split("RouteId(")
        .skip(1)
        .filter_map(|p| {
            let (id, rest) = p.split_once("): \"")?;
            Some((id, rest.split('"').next()?))
        })
        .collect();
    let mut out = BTreeSet::new();
    for route in routes.split("RouteId(").skip(1) {
        let Some((id, rest)) = route.split_once("): MethodRouter(MethodRouter {") else { continue };
        for method in ["get", "post", "put", "patch", "delete"] {
            let (_, kind) = rest.split_once(&format!("{method}: ")).expect("a method");
            if !kind.starts_with("None") {
                out.insert((method.to_uppercase(), paths[id].to_owned()));
            }
        }
    }
    out
}

/// A signed-in agent.
struct Agent {
    profile: String,
    cookie: String,
    csrf: String,
}

impl Agent {
    fn enter(house: &House, login: &str, profile: &str) -> Self {
        let signed = house.wait(house.huis.sign_in(login, PASSWORD, "127.0.0.1")).unwrap();
        let Signed::Session(session) = signed else { panic!("{login} does not sign in") };
        let state = house.wait(house.huis.caller(&session.token, "127.0.0.1")).unwrap().unwrap();
        let cookie = format!("huis_session={}", session.token);
        Self { profile: profile.into(), cookie, csrf: state.csrf }
    }

    fn go(&self, house: &House, row: &Row, path: &str) -> Answer {
        let form = (row.method == "POST").then(|| format!("_csrf={}", self.csrf));
        ask(house.address, row.method, path, &self.cookie, form.as_deref())
    }
}

/// An address with its parts filled in.
fn filled(row: &Row, number: CaseNumber, ids: &BTreeMap<&str, String>) -> String {
    let mut path =
        row.path.replace("{numero}", &number.to_string()).replace("{number}", &number.to_string());
    if let Gate::Acts(kind) = row.gate {
        path = path.replace("{acte}", kind);
    }
    for (name, value) in ids {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    assert!(!path.contains('{'), "{path}: an example is missing");
    path
}

/// A value for each part of an address but the dossier's number.
fn examples(house: &House) -> BTreeMap<&'static str, String> {
    let store = house.huis.store();
    // The log of the processing in which everyone here works.
    let logs = house.wait(store.logs()).unwrap();
    let log = logs.into_iter().map(|l| l.0).find(|l| l.contains("/expulsion/")).unwrap();
    let agents = house.wait(store.agents()).unwrap();
    let spare = agents.iter().find(|a| a.login.contains("chef") || a.state == "active").unwrap().id;
    [
        ("jeton", "0".repeat(43)),
        ("traitement", PROCESSING.to_owned()),
        ("hash", "0000000000000000".to_owned()),
        ("name", "huis.css".to_owned()),
        ("lien", "0".repeat(43)),
        ("saisie", "0".repeat(32)),
        ("ticket", "0".repeat(32)),
        ("acte", "impaye-constitue".to_owned()),
        ("no", "1".to_owned()),
        ("volet", "occupant".to_owned()),
        ("occurrence", "1".to_owned()),
        ("code", "aucun".to_owned()),
        ("gel", "1".to_owned()),
        ("lettre", "information-occupant".to_owned()),
        ("personne", "1".to_owned()),
        ("id", spare.to_string()),
        ("*log", log),
        ("groupe", "securite".to_owned()),
    ]
    .into_iter()
    .collect()
}

/// What changes from one answer to the next: the number of the request.
fn bare(answer: &Answer) -> (u16, String) {
    let id = answer.header("x-request-id").to_owned();
    let text = answer.text();
    (answer.status, if id.is_empty() { text } else { text.replace(&id, "") })
}

fn may(row: &Row, profile: &Profile, imports: bool) -> Option<bool> {
    let has = |powers: &[&str]| {
        let on = !profile.partner;
        on && profile.powers.iter().any(|p| powers.contains(&format!("{p:?}").as_str()))
    };
    let reads = !profile.partner
        && !profile.powers.iter().any(|p| format!("{p:?}") == "Archive")
        && (!profile.sees.is_empty() || !profile.sees_acts.is_empty());
    match row.gate {
        Gate::Open | Gate::Secret | Gate::Half => None,
        Gate::Whole => Some(true),
        Gate::Power(powers) => Some(has(powers)),
        Gate::Reads => Some(reads),
        Gate::Knows => Some(reads || has(&["Hold"])),
        Gate::Acts(kind) => Some(reads && profile.may_act(kind)),
        Gate::Writes(section) => Some(reads && profile.may_write(section)),
        Gate::On(powers) => Some(reads && has(powers)),
        Gate::Imports => Some(imports),
    }
}

/// The table and the router say the same: a new route is judged here before it is served.
#[test]
fn every_route_is_in_the_table_i13_a_17() {
    let house = House::on(TODAY);
    let known = known(&house);
    assert!(known.len() > 100, "{known:?}");
    let named: BTreeSet<(String, String)> =
        TABLE.iter().map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
    let missing: Vec<_> = known.difference(&named).collect();
    let gone: Vec<_> = named.difference(&known).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not judged: {missing:?}; gone: {gone:?}");
    assert_eq!(named.len(), TABLE.len(), "one line a route");
}

#[test]
fn no_address_answers_whom_it_is_not_for_i13_a_17_x_11_x_13_x_14_x_26() {
    let (house, _) = House::demonstration(TODAY, 60);
    house.huis.set_press(std::sync::Arc::new(huis_press::TypstPress::new()));
    let register = house.huis.processed(PROCESSING).unwrap().register.clone();
    let store = house.huis.store();
    let office = house.wait(store.offices()).unwrap().remove(0).office;
    // Partners have tests of their own, in the dossiers they are mandated for: here they are outside.
    let (partners, now) = (huis_usecases::oversight::PARTNERS, house.huis.now());
    house.wait(store.set_setting(office, partners, "", None, now)).unwrap();
    let cards = house.wait(store.running(office, PROCESSING, None, 1_000)).unwrap();
    let ids = examples(&house);
    let mine = &cards[0];
    let mut faults = Vec::new();
    // No session: the way to the sign-in, and nothing else, whatever is there.
    for row in TABLE.iter().filter(|r| !matches!(r.gate, Gate::Open)) {
        let path = filled(row, mine.number, &ids);
        let form = (row.method == "POST").then_some("");
        let answer = ask(house.address, row.method, &path, "", form);
        let to = answer.header("location").split('?').next().unwrap_or_default().to_owned();
        let outside = answer.status == 303 && to == "/connexion" && answer.body.is_empty();
        let secret = matches!(row.gate, Gate::Secret | Gate::Half) && answer.status >= 400;
        if !outside && !secret {
            faults.push(format!("no session, {} {path}: {} → {to}", row.method, answer.status));
        }
    }
    // Each profile, whole session: what is not its own is the page of what does not exist.
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let mut let_in: BTreeSet<usize> = BTreeSet::new();
    let mut refused = 0;
    for profile in &register.profiles {
        let login = logins.iter().find(|l| l.profile == profile.id).unwrap();
        let agent = Agent::enter(&house, &login.login, &profile.id);
        let state = agent.cookie.split_once('=').unwrap().1;
        let caller = house.wait(house.huis.caller(state, "127.0.0.1")).unwrap().unwrap().caller;
        let imports = !house.huis.import_kinds(&caller, PROCESSING).is_empty();
        let territory = caller.actor.grants[0].territories.clone();
        let near = cards.iter().find(|c| territory.is_empty() || territory.contains(&c.territory));
        let near = near.map_or(mine.number, |c| c.number);
        let nothing = ask(house.address, "GET", "/nulle-part", &agent.cookie, None);
        for (at, row) in TABLE.iter().enumerate().filter(|(_, r)| r.path != "/deconnexion") {
            let Some(allowed) = may(row, profile, imports) else { continue };
            let path = filled(row, near, &ids);
            // What a form would do is tested elsewhere: here an empty one, by who may not.
            if allowed && row.method == "POST" {
                continue;
            }
            let answer = agent.go(&house, row, &path);
            if allowed {
                if answer.status == 404 {
                    faults.push(format!("{}, {} {path}: 404", profile.id, row.method));
                } else {
                    let_in.insert(at);
                }
            } else if bare(&answer) == bare(&nothing) {
                refused += 1;
            } else {
                faults.push(format!("{}, {} {path}: {}", profile.id, row.method, answer.status));
            }
        }
        // Without its token a form is refused before it is looked at, by who may send it too.
        for row in
            TABLE.iter().filter(|r| r.method == "POST" && may(r, profile, imports) == Some(true))
        {
            let path = filled(row, near, &ids);
            let answer = ask(house.address, "POST", &path, &agent.cookie, Some("_csrf=0"));
            if answer.status != 400 {
                faults.push(format!(
                    "{}, POST {path} without its token: {}",
                    profile.id, answer.status
                ));
            }
        }
    }
    for (at, row) in TABLE.iter().enumerate() {
        let judged =
            !matches!(row.gate, Gate::Open | Gate::Secret | Gate::Half) && row.method == "GET";
        if judged && !let_in.contains(&at) {
            faults.push(format!("GET {}: nobody came in, so nothing was shown", row.path));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(refused > 800, "{refused}");
}

/// Half a session: the password without the code of the telephone, or the procedure in force unread
/// . Nothing opens but what makes it whole, on every address.
#[test]
fn half_a_session_opens_nothing_x_18_x_29_a_17() {
    let (house, _) = House::demonstration(TODAY, 60);
    let cards = {
        let office = house.wait(house.huis.store().offices()).unwrap().remove(0).office;
        house.wait(house.huis.store().running(office, PROCESSING, None, 1_000)).unwrap()
    };
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = |profile: &str| {
        logins.iter().find(|l| l.profile == profile).unwrap_or_else(|| panic!("{profile}"))
    };
    let ids = examples(&house);
    let mut faults = Vec::new();
    let mut looked = 0;
    let mut try_all = |agent: &Agent, next: &str| {
        for row in TABLE.iter().filter(|r| !matches!(r.gate, Gate::Open | Gate::Half)) {
            let path = filled(row, cards[0].number, &ids);
            let answer = agent.go(&house, row, &path);
            let to = answer.header("location").split('?').next().unwrap_or_default().to_owned();
            let sent_on = answer.status == 303 && to == next && answer.body.is_empty();
            // A secret of its own serves without a session; this one is nobody's.
            let secret = row.gate == Gate::Secret && matches!(answer.status, 400 | 404 | 422);
            looked += 1;
            if !sent_on && !secret {
                faults.push(format!(
                    "{}, {} {path}: {} → {to}",
                    agent.profile, row.method, answer.status
                ));
            }
        }
    };
    // The code of the telephone is due.
    for profile in ["instructeur", "dpo", "administrateur"] {
        let login = &login(profile).login;
        let whole = Agent::enter(&house, login, profile);
        let token = whole.cookie.split_once('=').unwrap().1;
        let state = house.wait(house.huis.caller(token, "127.0.0.1")).unwrap().unwrap();
        let shown = house.wait(house.huis.enrol_begin(&state)).unwrap();
        let code = Phone::enrolled(&shown.secret).code(house.huis.now().0);
        house.wait(house.huis.enrol_confirm(&state, &code, "")).unwrap();
        let half = Agent::enter(&house, login, profile);
        try_all(&half, "/connexion/code");
    }
    // The procedure is due, to those who were whole a moment ago too.
    let reader = Agent::enter(&house, &login("secretaire-ccapex").login, "secretaire-ccapex");
    let chief = logins.iter().filter(|l| l.profile == "dpo").nth(1);
    let officer = chief.map_or_else(|| "dpo.deux".to_owned(), |l| l.login.clone());
    if chief.is_none() {
        house.agent(&officer, "dpo", "Essai", &[]);
    }
    let officer = Agent::enter(&house, &officer, "dpo");
    let token = officer.cookie.split_once('=').unwrap().1;
    let caller = house.wait(house.huis.caller(token, "127.0.0.1")).unwrap().unwrap().caller;
    let body = "Qui habilite, qui révoque, ce que chacun signe.";
    let recorded =
        house.huis.record_procedure(&caller, PROCESSING, caller.today, "Le préfet", body);
    house.wait(recorded).unwrap();
    try_all(&reader, "/procedure");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(looked > 400, "{looked}");
}

/// A dossier of another sector, a number that nobody has: one answer, one trace, one cost, on every
/// address of a dossier, for each profile.
#[test]
fn a_dossier_out_of_reach_is_one_that_does_not_exist_i13_x_11() {
    use tracing_subscriber::util::SubscriberInitExt;
    tracing_subscriber::registry().with(Count).init();
    let (house, _) = House::demonstration(TODAY, 60);
    let register = house.huis.processed(PROCESSING).unwrap().register.clone();
    let store = house.huis.store();
    let office = house.wait(store.offices()).unwrap().remove(0).office;
    let cards = house.wait(store.running(office, PROCESSING, None, 1_000)).unwrap();
    let ids = examples(&house);
    let here = &cards[0].territory;
    let far = cards.iter().find(|c| c.territory != *here).unwrap();
    let unknown = (1..).filter_map(CaseNumber::from_digits);
    let unknown = unknown.filter(|n| cards.iter().all(|c| c.number != *n)).nth(40_000).unwrap();
    let not_that_one = CaseNumber::from_digits(unknown.digits() + 1).unwrap();
    let mut faults = Vec::new();
    for (rank, profile) in register.profiles.iter().enumerate() {
        // Two agents alike: what one tried does not count for the other.
        let units: &[&str] = if profile.partner { &["nulle-part"] } else { &[here] };
        let pair = ["un", "deux"].map(|who| {
            let login = format!("{who}.p{rank}");
            house.agent(&login, &profile.id, "Essai", units);
            let agent = Agent::enter(&house, &login, &profile.id);
            // What is looked up once is looked up here.
            ask(house.address, "GET", &format!("/dossiers/{}", not_that_one), &agent.cookie, None);
            agent
        });
        for row in
            TABLE.iter().filter(|r| r.path.contains("{numero}") || r.path.contains("{number}"))
        {
            // An officer watches over the whole office: for them there is no dossier out of reach.
            let whole = matches!(row.gate, Gate::Power(_)) && units.is_empty();
            if whole {
                continue;
            }
            // What the program does by itself meanwhile (a connection that opens, an alert that is
            // raised) is not the request's: a difference that is the request's is there each time.
            let mut fault = None;
            for _ in 0..3 {
                fault = differs(&house, &pair, row, [far.number, unknown], &ids);
                if fault.is_none() {
                    break;
                }
            }
            if let Some(fault) = fault {
                faults.push(format!("{}, {} {}: {fault}", profile.id, row.method, row.path));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// How two numbers are answered differently, the first being a dossier's: page, status, lines of trace,
/// statements. What is there has rows: its card and the mandates on it, and no more of it is read.
fn differs(
    house: &House,
    pair: &[Agent; 2],
    row: &Row,
    numbers: [CaseNumber; 2],
    ids: &BTreeMap<&str, String>,
) -> Option<String> {
    let mut seen = Vec::new();
    for (agent, number) in pair.iter().zip(numbers) {
        let path = filled(row, number, ids);
        let before = (traced(house), STATEMENTS.load(SeqCst), ROWS.load(SeqCst));
        let answer = agent.go(house, row, &path);
        let after = (STATEMENTS.load(SeqCst), ROWS.load(SeqCst), traced(house));
        let text = bare(&answer).1.replace(&number.to_string(), "N");
        seen.push((
            answer.status,
            text,
            after.2 - before.0,
            after.0 - before.1,
            after.1 - before.2,
        ));
    }
    let [there, nowhere] = [&seen[0], &seen[1]];
    let same = (there.2, there.3) == (nowhere.2, nowhere.3) && there.4.abs_diff(nowhere.4) <= 16;
    let told = (there.0, &there.1) == (nowhere.0, &nowhere.1) && there.0 == 404;
    (!same || !told).then(|| {
        let one = if there.1 == nowhere.1 { "one page" } else { "two pages" };
        let cost = |s: &(u16, String, u64, u64, u64)| {
            format!("{} {} lines {} statements {} rows", s.0, s.2, s.3, s.4)
        };
        format!("{}; {}; {one}", cost(there), cost(nowhere))
    })
}
