//! What someone does with what they took for a moment: a session left open, an administrator's power. It
//! ends with it (X-17, S-11, A-17).

use huis_kernel::Date;
use huis_testkit::Phone;
use huis_usecases::{
    accounts::{NewToken, Next, Scope},
    agenda::Agenda,
};

use crate::office::{ADDRESS, Office, faults, message, session};

const END: Date = Date::constant(2026, 12, 31);

/// The password is asked again before the telephone is replaced, or recovery codes are made; the account
/// stays its holder's.
#[tokio::test(flavor = "multi_thread")]
async fn a_17_an_open_session_gives_no_telephone_and_no_codes_without_the_password() {
    let office = Office::open().await;
    let (who, _) = office.employ("lea.brun", "instructeur", END).await;
    let state = office.state(&who.token).await;
    let shown = office.huis.enrol_begin(&state).await.unwrap();
    let thief = Phone::enrolled(&shown.secret);
    let code = thief.code(office.huis.now().0);
    assert_eq!(faults(office.huis.enrol_confirm(&state, &code, "").await).len(), 1);
    assert_eq!(faults(office.huis.new_recovery_codes(&state, "un-autre-mot").await).len(), 1);
    assert!(office.is_in(&who).await, "nothing changed");
    let kept = office.huis.store().recovery_codes(who.id).await.unwrap().len();
    assert_eq!(kept, who.recovery.len());
    office.clock.advance_ms(31_000);
    let waiting = session(office.password(&who).await);
    let signed = office.huis.second_factor(&waiting.token, &office.code(&who), ADDRESS).await;
    assert_eq!(session(signed.unwrap()).next, Next::Done, "the holder's telephone serves still");
    // By the password, both are its holder's to change.
    let fresh = office.huis.new_recovery_codes(&state, &who.password).await.unwrap();
    assert_eq!(fresh.len(), kept);
    office.clock.advance_ms(31_000);
    let code = thief.code(office.huis.now().0);
    assert!(office.huis.enrol_confirm(&state, &code, &who.password).await.is_ok());
}

/// A calendar link that someone else made while they held the account ends when its holder takes it back,
/// or when an administrator takes the second factor away.
#[tokio::test(flavor = "multi_thread")]
async fn s_11_a_calendar_link_ends_with_a_reset_and_with_a_lost_telephone() {
    let office = Office::open().await;
    let admin = office.caller(&office.admin).await;
    let (who, _) = office.employ("tom.bleu", "instructeur", END).await;
    let reads = |link: String| {
        let huis = office.huis.clone();
        async move { matches!(huis.agenda(&link, ADDRESS).await.unwrap(), Agenda::Calendar(_)) }
    };
    let link = office.huis.make_feed(&office.caller(&who).await).await.unwrap();
    assert!(reads(link.clone()).await);
    let reset = office.huis.admin_reset(&admin, who.id).await.unwrap();
    session(office.huis.redeem_reset(&reset, ADDRESS).await.unwrap());
    assert!(!reads(link).await, "after a reset");
    let (who, _) = office.employ("zoe.noir", "instructeur", END).await;
    let link = office.huis.make_feed(&office.caller(&who).await).await.unwrap();
    assert!(reads(link.clone()).await);
    office.huis.drop_second_factor(&admin, who.id).await.unwrap();
    assert!(!reads(link).await, "after the telephone was lost");
}

/// An administrator who holds a reset link, then takes the second factor away, does not open the account
/// with it: someone else looks in between.
#[tokio::test(flavor = "multi_thread")]
async fn x_17_a_reset_link_made_before_the_second_factor_went_opens_nothing() {
    let office = Office::open().await;
    let admin = office.caller(&office.admin).await;
    let (who, _) = office.employ("ana.gris", "instructeur", END).await;
    let link = office.huis.admin_reset(&admin, who.id).await.unwrap();
    office.huis.drop_second_factor(&admin, who.id).await.unwrap();
    message(office.huis.redeem_reset(&link, ADDRESS).await.unwrap());
    assert!(office.huis.admin_reset(&admin, who.id).await.is_err(), "nor another meanwhile");
}

/// What opens the account by itself, and outlives the session, is made by the password: a token, and an
/// identity at the provider.
#[tokio::test(flavor = "multi_thread")]
async fn a_17_an_open_session_makes_no_token_without_the_password() {
    let office = Office::open().await;
    let (who, _) = office.employ("max.ocre", "instructeur", END).await;
    let state = office.state(&who.token).await;
    let token = NewToken {
        name: "Logiciel".into(),
        scopes: [Scope::Read].into(),
        until: state.caller.today,
    };
    for typed in ["", "un-autre-mot"] {
        assert_eq!(faults(office.huis.make_token(&state, typed, &token).await).len(), 1, "{typed}");
    }
    assert!(office.huis.my_tokens(&state.caller).await.unwrap().is_empty());
    assert!(office.huis.make_token(&state, &who.password, &token).await.is_ok());
    // Linked, an account may have no password in use: having just arrived is as good, and soon is not.
    let mut work = office.huis.store().begin().await.unwrap();
    assert!(work.add_identity([7; 32], who.id, office.huis.now()).await.unwrap());
    work.commit().await.unwrap();
    assert!(office.huis.make_token(&state, "", &token).await.is_ok());
    office.clock.advance_ms(10 * 60_000);
    assert_eq!(faults(office.huis.make_token(&state, "", &token).await).len(), 1);
    assert!(office.huis.make_token(&state, &who.password, &token).await.is_ok());
}
