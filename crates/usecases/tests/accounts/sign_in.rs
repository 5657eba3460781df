//! Signing in, from end to end, on a real store, S-11.

use crate::office::{
    ADDRESS, DAY, MINUTE, Office, PROCESSING, Person, START, faults, grant, message, new_agent,
    session,
};
use huis_accounts::MustChange;
use huis_kernel::Date;
use huis_register::Power;
use huis_store::accounts::Duty;
use huis_trace::{Authority, Operation, Outcome};
use huis_usecases::accounts::{Letter, Mailer, Next, Sending, Signed};
use std::sync::{Arc, Mutex};

/// The last day of the grants of these tests.
const END: Date = Date::constant(2026, 12, 31);

#[tokio::test(flavor = "multi_thread")]
async fn x_18_a_given_password_is_changed_first_and_each_rule_refuses_with_its_reason() {
    let office = Office::open().await;
    let who = office.hire("lea.martin").await;
    let admin = office.caller(&office.admin).await;
    let until =
        huis_usecases::grants::NewGrant { until: END, ..grant(who.id, "instructeur", START) };
    office.huis.give(&admin, PROCESSING, &until).await.unwrap();
    let held = session(office.password(&who).await);
    assert_eq!(held.next, Next::ChangePassword(MustChange::Given));
    let state = office.state(&held.token).await;
    assert!(state.caller.actor.grants.is_empty(), "nothing opens before");
    let change = |old: &str, new: &str| {
        let (huis, state, old, new) =
            (office.huis.clone(), state.clone(), old.to_owned(), new.to_owned());
        async move { huis.change_password(&state, &old, &new).await }
    };
    assert_eq!(faults(change("faux", "sans importance").await).len(), 1, "the old one is asked");
    for (new, words) in [
        ("court", vec!["caractères au moins", "bits"]),
        ("lea.martin", vec!["identifiant"]),
        ("Azerty2024!", vec!["courants"]),
        (who.password.as_str(), vec!["précédents"]),
    ] {
        let told = faults(change(&who.password, new).await);
        for word in words {
            assert!(told.iter().any(|t| t.contains(word)), "{new}: {told:?}");
        }
    }
    let chosen = "Le chat bleu mange sept pommes rouges dehors";
    let changed = change(&who.password, chosen).await.unwrap();
    assert_eq!(changed.next, Next::EnrolTotp, "the profile asks for a second factor");
    assert!(office.huis.caller(&held.token, ADDRESS).await.unwrap().is_none(), "replaced");
    assert!(matches!(office.password(&who).await, Signed::Refused { .. }), "the given one is gone");
    // Six months after it was set, it must be changed again.
    office.clock.advance_ms(200 * DAY);
    let late = Person { password: chosen.into(), ..who };
    assert_eq!(
        session(office.password(&late).await).next,
        Next::ChangePassword(MustChange::Expired)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_17_a_code_and_a_recovery_code_serve_once_each_and_a_password_alone_opens_nothing() {
    for office in Office::on_both().await {
        codes(&office).await;
    }
}

async fn codes(office: &Office) {
    let (who, _) = office.employ("paul.roux", "instructeur", END).await;
    assert!(office.caller(&who).await.actor.strong);
    office.clock.advance_ms(60_000);
    let waiting = session(office.password(&who).await);
    assert_eq!(waiting.next, Next::Totp);
    let state = office.state(&waiting.token).await;
    assert_eq!((state.pending, state.caller.actor.grants.len()), (Next::Totp, 0));
    let enrol = office.huis.enrol_begin(&state).await;
    assert!(enrol.is_err(), "a stolen password enrols no other telephone");
    assert!(office.huis.change_password(&state, &who.password, "x").await.is_err());
    let code = office.code(&who);
    let give = |token: String, code: String| {
        let huis = office.huis.clone();
        async move { huis.second_factor(&token, &code, ADDRESS).await.unwrap() }
    };
    // Two requests with the same code at the same moment: one passes.
    let other = session(office.password(&who).await);
    let (a, b) = tokio::join!(
        give(waiting.token.clone(), code.clone()),
        give(other.token.clone(), code.clone())
    );
    let passed = [&a, &b].iter().filter(|s| matches!(s, Signed::Session(_))).count();
    assert_eq!(passed, 1);
    for (means, left) in [(who.recovery[3].clone(), 9), (who.recovery[0].clone(), 8)] {
        let first = session(office.password(&who).await);
        assert_eq!(session(give(first.token, means.clone()).await).next, Next::Done);
        assert_eq!(office.huis.store().recovery_codes(who.id).await.unwrap().len(), left);
        let again = session(office.password(&who).await);
        message(give(again.token, means).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s_11_unknown_wrong_and_closed_read_the_same_and_a_hundred_at_once_are_a_hundred() {
    for office in Office::on_both().await {
        crowd(&office).await;
    }
}

async fn crowd(office: &Office) {
    let (who, _) = office.employ("anne.petit", "instructeur", END).await;
    let (gone, _) = office.employ("jean.parti", "instructeur", END).await;
    let admin = office.caller(&office.admin).await;
    office.huis.close_agent(&admin, gone.id, "Mutation").await.unwrap();
    let mut read = Vec::new();
    for (login, password) in
        [("inconnu", "x"), ("anne.petit", "x"), ("jean.parti", "x"), ("jean.parti", &gone.password)]
    {
        read.push(message(office.huis.sign_in(login, password, "192.0.2.9").await.unwrap()));
    }
    assert!(read.windows(2).all(|two| two[0] == two[1]), "{read:?}");
    // Three failures are free and the fourth begins the waiting: known or not, four are judged.
    for login in ["encore.inconnu", "admin.un"] {
        // Filed under each processing of the account: counted once.
        let failed = || async {
            let lines = office.lines(Operation::SignInFailed).await;
            lines.iter().filter(|l| l.processing != "droits").count()
        };
        let before = failed().await;
        let tries = (0..40).map(|_| {
            let huis = office.huis.clone();
            tokio::spawn(async move { huis.sign_in(login, "x", "192.0.2.10").await.unwrap() })
        });
        let mut waits = 0;
        for attempt in tries.collect::<Vec<_>>() {
            let Signed::Refused { wait_seconds, .. } = attempt.await.unwrap() else { panic!() };
            waits += usize::from(wait_seconds.is_some());
        }
        let judged = failed().await - before;
        assert_eq!((judged, waits), (4, 36), "{login}");
    }
    assert!(office.is_in(&who).await, "others go on");
    // An administrator may lift the wait.
    let lines = office.huis.agents(&admin).await.unwrap();
    let of = |id| lines.iter().find(|l| l.id == id).unwrap();
    assert!(of(admin.actor.agent).waits_until.is_some() && of(who.id).waits_until.is_none());
    office.huis.unlock_agent(&admin, admin.actor.agent).await.unwrap();
    assert_eq!(session(office.password(&office.admin).await).next, Next::Totp);
}

#[tokio::test(flavor = "multi_thread")]
async fn x_23_a_sign_in_is_filed_where_it_has_a_grant_and_an_unknown_login_is_not_written_down() {
    let office = Office::open().await;
    let (who, _) = office.employ("luc.noir", "instructeur", END).await;
    office.huis.sign_in("victime@exemple.fr", "x", ADDRESS).await.unwrap();
    office.huis.sign_in("luc.noir", "x", ADDRESS).await.unwrap();
    let failed = office.lines(Operation::SignInFailed).await;
    let [unknown, known] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((unknown.processing.as_str(), unknown.detail.len()), ("installation", 0));
    assert_eq!(
        (known.processing.as_str(), &known.detail["compte"]),
        ("expulsion", &who.id.to_string())
    );
    // Nobody proved to be them: neither line names its author.
    assert!(failed.iter().all(|l| l.authority == Authority::System));
    assert_eq!(unknown.outcome, Outcome::Refused { rule: "identifiant-inconnu".into() });
    let mine: Vec<_> = office
        .lines(Operation::SignIn)
        .await
        .into_iter()
        .filter(|l| l.authority.agent() == Some(who.id))
        .collect();
    assert_eq!(mine.len(), 1, "once, whatever the steps");
    assert_eq!(mine[0].processing, "expulsion");
    office.huis.sign_out(&who.token, ADDRESS).await.unwrap();
    assert!(!office.is_in(&who).await);
    office.huis.sign_out(&who.token, ADDRESS).await.unwrap();
    assert_eq!(office.lines(Operation::SignOut).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn x_17_a_session_ends_idle_or_at_its_longest_and_says_why() {
    let office = Office::open().await;
    let (who, _) = office.employ("zoe.blanc", "instructeur", END).await;
    for _ in 0..42 {
        office.clock.advance_ms(14 * MINUTE);
        assert!(office.is_in(&who).await, "at work");
    }
    office.clock.advance_ms(14 * MINUTE);
    assert!(!office.is_in(&who).await, "ten hours are the longest");
    let why = office.huis.session_end(&who.token).await.unwrap().unwrap();
    assert!(why.contains("durée maximale"), "{why}");
    office.clock.advance_ms(12 * 60 * MINUTE);
    office.huis.end_dead_sessions().await.unwrap();
    let who = office.arrive(who).await;
    office.clock.advance_ms(15 * MINUTE);
    // Nobody asks anything: the minute's round ends it.
    assert_eq!(office.huis.end_dead_sessions().await.unwrap(), 1);
    assert!(!office.is_in(&who).await);
    let ended = office.lines(Operation::SessionEnded).await;
    let motives: Vec<_> = ended.iter().map(|l| l.detail["motif"].as_str()).collect();
    assert!(
        motives.ends_with(&["inactivite"]) && motives.contains(&"duree-maximale"),
        "{motives:?}"
    );
}

#[derive(Clone, Default)]
struct Post(Arc<Mutex<Vec<(String, String)>>>);

impl Mailer for Post {
    fn post(&self, letter: Letter) {
        let Letter::Reset { to, token, .. } = letter else { panic!("a reset") };
        self.0.lock().unwrap().push((to, token));
    }

    fn send(&self, letter: Letter) -> Sending {
        self.post(letter);
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s_11_a_reset_says_nothing_serves_once_and_still_asks_for_the_code() {
    let office = Office::open().await;
    let post = Post::default();
    assert!(!office.huis.mail_ready());
    office.huis.declare_mail_server(Box::new(post.clone()));
    let (who, _) = office.employ("eva.vert", "instructeur", END).await;
    let known = office.huis.ask_reset("Eva.Vert ", ADDRESS).await.unwrap();
    assert_eq!(known, office.huis.ask_reset("personne", ADDRESS).await.unwrap());
    let letters = post.0.lock().unwrap().clone();
    let [(to, link)] = letters.as_slice() else { panic!("one letter leaves: {}", letters.len()) };
    assert_eq!(to, "eva.vert@exemple.fr");
    assert!(office.is_in(&who).await, "asking closes nothing");
    let waiting = session(office.huis.redeem_reset(link, ADDRESS).await.unwrap());
    assert_eq!(waiting.next, Next::Totp, "the link alone changes no password");
    assert!(!office.is_in(&who).await, "using it closes the other sessions");
    message(office.huis.redeem_reset(link, ADDRESS).await.unwrap());
    let state = office.state(&waiting.token).await;
    assert!(office.huis.change_password(&state, "", "Nouveau-mot-9-passe!x").await.is_err());
    office.clock.advance_ms(31_000);
    let held = office.huis.second_factor(&waiting.token, &office.code(&who), ADDRESS).await;
    let held = session(held.unwrap());
    assert_eq!(held.next, Next::ChangePassword(MustChange::Reset));
    let state = office.state(&held.token).await;
    let new = "Nouveau-mot-9-passe!x";
    assert_eq!(office.huis.change_password(&state, "", new).await.unwrap().next, Next::Done);
    // Handed over by an administrator, and too late.
    let admin = office.caller(&office.admin).await;
    let link = office.huis.admin_reset(&admin, who.id).await.unwrap();
    office.clock.advance_ms(31 * MINUTE);
    message(office.huis.redeem_reset(&link, ADDRESS).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn x_17_leaving_closes_everything_the_same_minute() {
    let office = Office::open().await;
    let (who, _) = office.employ("max.gris", "instructeur", END).await;
    let waiting = session(office.password(&who).await);
    let admin = office.caller(&office.admin).await;
    assert!(!faults(office.huis.close_agent(&admin, who.id, " ").await).is_empty());
    office.huis.close_agent(&admin, who.id, "Départ en retraite").await.unwrap();
    assert!(!office.is_in(&who).await);
    office.clock.advance_ms(31_000);
    let late = office.huis.second_factor(&waiting.token, &office.code(&who), ADDRESS).await;
    message(late.unwrap());
    let grants = office.huis.store().grants_of(who.id).await.unwrap();
    assert!(grants.iter().all(|g| g.withdrawn.is_some()));
    assert_eq!(office.lines(Operation::GrantWithdrawn).await.len(), 1);
    assert!(office.huis.store().open_sessions(Some(who.id)).await.unwrap().is_empty());
    assert!(office.huis.close_agent(&admin, admin.actor.agent, "Moi").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_17_a_lost_telephone_is_replaced_by_an_administrator_and_accounts_are_theirs_alone() {
    let office = Office::open().await;
    let (who, _) = office.employ("ida.rose", "instructeur", END).await;
    let admin = office.caller(&office.admin).await;
    let other = office.caller(&who).await;
    assert!(office.huis.agents(&other).await.is_err());
    assert!(office.huis.create_agent(&other, &new_agent("ami")).await.is_err());
    assert!(office.huis.admin_reset(&other, admin.actor.agent).await.is_err());
    office.huis.drop_second_factor(&admin, who.id).await.unwrap();
    assert!(!office.is_in(&who).await);
    assert_eq!(session(office.password(&who).await).next, Next::EnrolTotp);
    office.huis.lock_agent(&admin, who.id).await.unwrap();
    message(office.password(&who).await);
    office.huis.unlock_agent(&admin, who.id).await.unwrap();
    let who = office.arrive(who).await;
    let caller = office.caller(&who).await;
    assert!(caller.can(&office.huis.processed("expulsion").unwrap().register, Power::Search));
    office.huis.acknowledge(&caller, Duty::Trained).await.unwrap();
    let mine = office.huis.my_account(&caller).await.unwrap();
    assert_eq!((mine.duties.trained_on, mine.grants), (Some(START), 1));
    let twice = faults(office.huis.create_agent(&admin, &new_agent("IDA.rose")).await);
    assert_eq!(twice.len(), 1, "one login, one person");
    let all = faults(office.huis.create_agent(&admin, &Default::default()).await);
    assert_eq!(all.len(), 5, "every fault at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn x_17_the_command_line_makes_an_administrator_only_when_there_is_none() {
    let mut office = Office::open().await;
    let new = new_agent("admin.deux");
    let word = "hK7!pR2?vT9;wQ4%";
    faults(office.huis.bootstrap_admin(&new, word).await);
    // A year later the grant has ended, and nobody gave another.
    office.clock.advance_ms(400 * DAY);
    message(office.password(&office.admin).await);
    assert!(!faults(office.huis.bootstrap_admin(&new, "faible").await).is_empty());
    office.huis.bootstrap_admin(&new_agent("admin.un"), word).await.unwrap();
    office.admin.password = word.into();
    office.admin = office.arrive(office.admin.clone()).await;
    office.caller(&office.admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x_21_the_agents_of_a_demonstration_need_no_telephone_and_exist_nowhere_else() {
    let demo = huis_demo::demo(7, START);
    let agent = demo.agent("instructeur", None, START).unwrap();
    for demonstration in [true, false] {
        let office = Office::with(demonstration).await;
        let here = office.caller(&office.admin).await.office.office;
        let hash = office.huis.demo_password("démonstration").await.unwrap();
        let made = office.huis.demo_agent(agent, here, "expulsion", &hash).await;
        assert_eq!(made.is_ok(), demonstration);
        if demonstration {
            let signed = office.huis.sign_in(&agent.login, "démonstration", ADDRESS).await;
            let session = session(signed.unwrap());
            assert_eq!(session.next, Next::Done);
            assert!(office.state(&session.token).await.caller.actor.strong);
        }
    }
}
