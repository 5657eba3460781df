//! Sign-in from end to end, as the server does it, S-11.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use huis_accounts::{
    Account, AccountState, Cause, Cost, Duties, First, Hasher, Level, Login, MustChange, Outcome,
    Password, PasswordRules, Pepper, Proofs, RecoveryCode, RuleBook, Second, SecondFactor, Session,
    SessionEnd, SessionLimits, SignInRules, Step, Throttle, TokenUse, TotpSecret, attempt, prove,
    request_reset, reset_answer,
};
use huis_kernel::{AgentId, Date, Instant, SeededRng};

const TODAY: Date = Date::constant(2026, 6, 1);
const NOW: Instant = Instant(1_780_000_000_000);
const WORD: &str = "gK7!pR2?vT9;";

struct Desk {
    rng: SeededRng,
    hasher: Hasher,
    rules: PasswordRules,
    sign_in: SignInRules,
    account: Account,
}

/// An office with one account, whose password was chosen by its holder today.
fn desk() -> Desk {
    let rng = SeededRng::new(11);
    let hasher = Hasher::new(Pepper::from_bytes([5; 32]), vec![], Cost::LIGHTEST, &rng).unwrap();
    let book = RuleBook::embedded().unwrap();
    let rules = book.rules("expulsion", TODAY).unwrap();
    let given = hasher.hash(&Password::typed("donné"), &rng).unwrap();
    let mut account =
        Account::new(AgentId::random(&rng), Login::typed("jean.dupont"), given, TODAY, NOW);
    let chosen = hasher.hash(&Password::typed(WORD), &rng).unwrap();
    account.change_password(chosen, &rules, TODAY, NOW);
    Desk { rng, hasher, rules, sign_in: *book.sign_in(), account }
}

impl Desk {
    fn duties(&self, second_factor: bool) -> Duties<'_> {
        Duties { rules: &self.rules, administrator: false, second_factor }
    }
    fn enrol(&mut self) -> TotpSecret {
        let secret = TotpSecret::random(&self.rng);
        let recovery =
            RecoveryCode::set(&self.rng).iter().map(|c| c.hash(self.hasher.pepper())).collect();
        self.account.second_factor =
            Some(SecondFactor { secret: secret.clone(), last_step: None, recovery });
        secret
    }
    fn try_word(&self, word: &str, today: Date) -> Outcome {
        let first = prove(Some(&self.account), &Password::typed(word), &self.hasher);
        attempt(
            Some(&self.account),
            &Proofs { first, second: Second::NotGiven },
            &self.duties(false),
            today,
        )
    }
    fn try_code(&self, first: First, second: Second) -> Outcome {
        attempt(Some(&self.account), &Proofs { first, second }, &self.duties(true), TODAY)
    }
}

/// The code an application would show: the one that the account accepts among all.
fn code_of(secret: &TotpSecret, now: Instant) -> String {
    let step = u64::try_from(now.0 / 30_000).unwrap();
    (0..1_000_000)
        .map(|n| format!("{n:06}"))
        .find(|c| secret.verify(c, now, None) == Ok(step))
        .unwrap()
}

#[test]
fn a_17_the_password_signs_in_and_nothing_else_does() {
    let desk = desk();
    assert_eq!(desk.try_word(WORD, TODAY), Outcome::SignedIn);
    assert_eq!(desk.try_word("donné", TODAY), Outcome::Refused(Cause::WrongPassword));
    assert_eq!(desk.try_word("", TODAY), Outcome::Refused(Cause::WrongPassword));
}

#[test]
fn x_18_changed_at_the_first_sign_in_then_every_six_months() {
    let mut desk = desk();
    let given = desk.hasher.hash(&Password::typed("donné"), &desk.rng).unwrap();
    desk.account.give_password(given, &desk.rules, TODAY, NOW);
    let owed = |why| Outcome::Continue(Step::ChangePassword(why));
    assert_eq!(desk.try_word("donné", TODAY), owed(MustChange::Given));
    let chosen = desk.hasher.hash(&Password::typed(WORD), &desk.rng).unwrap();
    desk.account.change_password(chosen, &desk.rules, TODAY, NOW);
    assert_eq!(desk.try_word(WORD, Date::constant(2026, 11, 30)), Outcome::SignedIn);
    assert_eq!(desk.try_word(WORD, Date::constant(2026, 12, 1)), owed(MustChange::Expired));
    assert_eq!(desk.account.hashes().len(), 3, "as many as the rule compares with");
}

#[test]
fn x_18_the_account_keeps_its_latest_passwords() {
    let mut desk = desk();
    for word in ["un", "deux", "trois", "quatre"] {
        let hash = desk.hasher.hash(&Password::typed(word), &desk.rng).unwrap();
        desk.account.change_password(hash, &desk.rules, TODAY, NOW);
    }
    let kept = desk.account.hashes();
    let is = |rank: usize, word| desk.hasher.verify(&Password::typed(word), kept.get(rank));
    assert!(kept.len() == 3 && is(0, "quatre") && is(1, "trois") && is(2, "deux"));
}

#[test]
fn s_11_unknown_wrong_locked_and_closed_read_the_same() {
    let mut desk = desk();
    let unknown = {
        let first = prove(None, &Password::typed(WORD), &desk.hasher);
        attempt(None, &Proofs { first, second: Second::NotGiven }, &desk.duties(false), TODAY)
    };
    let wrong = desk.try_word("non", TODAY);
    desk.account.set_state(AccountState::Locked, NOW);
    let locked = desk.try_word(WORD, TODAY);
    desk.account.set_state(AccountState::Closed, NOW);
    let closed = desk.try_word(WORD, TODAY);
    let all = [unknown, wrong, locked, closed];
    let causes = [Cause::UnknownLogin, Cause::WrongPassword, Cause::Locked, Cause::Closed];
    let counted = Throttle { failures: 4, last: NOW };
    for (outcome, cause) in all.iter().zip(causes) {
        assert_eq!(*outcome, Outcome::Refused(cause), "the trace knows which");
        assert_eq!(outcome.message(), all[0].message(), "the page does not");
        assert_eq!(outcome.password_throttle(counted), counted, "nor the throttle");
        assert_eq!(outcome.address_throttle(counted), counted);
    }
}

#[test]
fn a_17_the_code_is_asked_after_the_password_and_serves_once() {
    let mut desk = desk();
    let secret = desk.enrol();
    assert_eq!(desk.try_word(WORD, TODAY), Outcome::Continue(Step::GiveCode));
    assert_eq!(desk.try_code(First::Password, Second::NotGiven), Outcome::Continue(Step::GiveCode));
    let code = code_of(&secret, NOW);
    let pepper = desk.hasher.pepper();
    let second = desk.account.prove_second(&code, pepper, NOW);
    assert!(matches!(second, Second::Totp(_)));
    // A right code without the password is nothing.
    assert_eq!(desk.try_code(First::Wrong, second), Outcome::Refused(Cause::WrongPassword));
    assert_eq!(desk.try_code(First::Password, second), Outcome::SignedIn);
    desk.account.use_up(second);
    let again = desk.account.prove_second(&code, desk.hasher.pepper(), NOW.plus_ms(1000));
    assert_eq!(desk.try_code(First::Password, again), Outcome::Refused(Cause::ReplayedCode));
    let wrong = desk.account.prove_second("abc", desk.hasher.pepper(), NOW);
    assert_eq!(desk.try_code(First::Password, wrong), Outcome::Refused(Cause::WrongCode));
}

#[test]
fn a_17_a_recovery_code_serves_once() {
    let mut desk = desk();
    desk.enrol();
    let codes = RecoveryCode::set(&desk.rng);
    let hashes = codes.iter().map(|c| c.hash(desk.hasher.pepper())).collect();
    desk.account.second_factor.as_mut().unwrap().recovery = hashes;
    let second = desk.account.prove_second(&codes[6].to_text(), desk.hasher.pepper(), NOW);
    assert_eq!(second, Second::Recovery(6));
    assert_eq!(desk.try_code(First::Password, second), Outcome::SignedIn);
    desk.account.use_up(second);
    let again = desk.account.prove_second(&codes[6].to_text(), desk.hasher.pepper(), NOW);
    assert_eq!(desk.try_code(First::Password, again), Outcome::Refused(Cause::WrongCode));
    assert_eq!(desk.account.second_factor.as_ref().unwrap().recovery.len(), 9);
}

#[test]
fn a_17_a_profile_that_asks_for_a_second_factor_holds_the_account_until_it_has_one() {
    let mut desk = desk();
    let held = desk.try_code(First::Password, Second::NotGiven);
    assert_eq!(held, Outcome::Continue(Step::EnrolSecondFactor));
    desk.enrol();
    assert_eq!(desk.try_code(First::Password, Second::NotGiven), Outcome::Continue(Step::GiveCode));
}

#[test]
fn x_18_ten_wrong_passwords_lock_known_and_unknown_logins_alike() {
    let desk = desk();
    let mut judged = [0, 0];
    for (known, count) in [(true, 0), (false, 1)] {
        let (mut throttle, mut now) = (Throttle::CLEAR, NOW);
        while now < NOW.plus_ms(3_600_000) {
            if let Ok(counted) = throttle.admit(&desk.sign_in.login, now) {
                let account = known.then_some(&desk.account);
                let first = prove(account, &Password::typed("non"), &desk.hasher);
                let proofs = Proofs { first, second: Second::NotGiven };
                let outcome = attempt(account, &proofs, &desk.duties(false), TODAY);
                throttle = outcome.password_throttle(counted);
                judged[count] += 1;
            }
            now = now.plus_ms(1_000);
        }
        // The right password is not judged either while the login is locked.
        assert!(throttle.admit(&desk.sign_in.login, now).is_err());
    }
    assert_eq!(judged, [10, 10]);
}

#[test]
fn x_18_tries_at_a_password_do_not_lock_the_code_and_a_known_password_gives_no_fresh_codes() {
    let mut desk = desk();
    desk.enrol();
    let limits = desk.sign_in.login;
    let mut code = Throttle::CLEAR;
    let mut judged = 0;
    for second in 0..3_600 {
        let now = NOW.plus_ms(second * 1_000);
        // Each round proves the password anew, which clears the password's throttle.
        let step = desk.try_word(WORD, TODAY);
        assert_eq!(step.password_throttle(Throttle { failures: 9, last: now }), Throttle::CLEAR);
        if let Ok(counted) = code.admit(&limits, now) {
            let wrong = desk.account.prove_second("abc", desk.hasher.pepper(), now);
            code = desk.try_code(First::Password, wrong).code_throttle(counted);
            judged += 1;
        }
    }
    assert_eq!(judged, 10);
}

#[test]
fn x_17_sessions_end_by_idleness_by_age_and_with_the_account() {
    let mut desk = desk();
    let limits = SessionLimits::new(15, 10);
    assert_eq!(limits.strictest(SessionLimits::new(30, 8)), SessionLimits::new(15, 8));
    let (session, token) = Session::open(desk.account.agent, Level::Full, limits, &desk.rng, NOW);
    assert_eq!(session.token, token.hash(TokenUse::Session));
    let minute = |n: i64| NOW.plus_ms(n * 60_000);
    assert_eq!(session.standing(&desk.account, minute(15).plus_ms(-1)), Ok(()));
    assert_eq!(session.standing(&desk.account, minute(15)), Err(SessionEnd::Idle));
    let mut kept = session.clone();
    for n in 1..60 {
        kept = kept.seen(minute(n * 10));
        assert_eq!(kept.standing(&desk.account, minute(n * 10 + 9)), Ok(()));
    }
    kept = kept.seen(minute(599));
    assert_eq!(kept.standing(&desk.account, minute(600)), Err(SessionEnd::Absolute));
    assert_eq!(
        session.clone().seen(NOW.plus_ms(-5_000)),
        session,
        "a clock set back changes nothing"
    );

    let other = Account { agent: AgentId::random(&desk.rng), ..desk.account.clone() };
    assert_eq!(session.standing(&other, NOW), Err(SessionEnd::Revoked));
    desk.account.set_state(AccountState::Closed, minute(1));
    assert_eq!(
        session.standing(&desk.account, minute(1)),
        Err(SessionEnd::Revoked),
        "the same minute"
    );
    desk.account.set_state(AccountState::Active, minute(2));
    assert_eq!(
        session.standing(&desk.account, minute(2)),
        Err(SessionEnd::Revoked),
        "and for good"
    );
}

#[test]
fn a_17_what_proves_more_gets_a_new_token() {
    let desk = desk();
    let agent = desk.account.agent;
    let (partial, first) =
        Session::open_partial(agent, Level::Password, &desk.sign_in, &desk.rng, NOW);
    let five = NOW.plus_ms(desk.sign_in.second_factor_ms);
    assert_eq!(partial.standing(&desk.account, five), Err(SessionEnd::Absolute));
    let (full, second) = partial.raised(Level::Full, SessionLimits::new(15, 10), &desk.rng, NOW);
    assert_ne!(full.token, first.hash(TokenUse::Session));
    assert_eq!(full.token, second.hash(TokenUse::Session));
    assert_ne!(full.id, partial.id);
    assert_eq!(full.standing(&desk.account, five), Ok(()));
}

#[test]
fn s_11_a_reset_reveals_nothing_serves_once_and_keeps_the_second_factor() {
    let mut desk = desk();
    let secret = desk.enrol();
    let (mut decoy, decoy_token) = request_reset(None, &desk.sign_in, &desk.rng, NOW);
    let (request, token) = request_reset(Some(&desk.account), &desk.sign_in, &desk.rng, NOW);
    assert_eq!(
        (decoy.expires, decoy.used),
        (request.expires, request.used),
        "the same row, but the agent"
    );
    assert!(decoy.redeem(&decoy_token, NOW).is_err(), "which opens nothing");
    assert!(reset_answer(&desk.sign_in).contains("valable 30\u{a0}minutes"));

    let end = NOW.plus_ms(30 * 60_000);
    assert!(request.clone().redeem(&decoy_token, NOW).is_err());
    assert!(request.clone().redeem(&token, end).is_err());
    let mut used = request;
    assert_eq!(used.redeem(&token, end.plus_ms(-1)), Ok(desk.account.agent));
    assert!(used.redeem(&token, end.plus_ms(-1)).is_err(), "once");

    let limits = SessionLimits::new(15, 10);
    let (elsewhere, _) = Session::open(desk.account.agent, Level::Full, limits, &desk.rng, NOW);
    let at = NOW.plus_ms(60_000);
    desk.account.reset(at);
    assert_eq!(elsewhere.standing(&desk.account, at), Err(SessionEnd::Revoked));
    assert_eq!(
        desk.try_code(First::ResetLink, Second::NotGiven),
        Outcome::Continue(Step::GiveCode)
    );
    let second = desk.account.prove_second(&code_of(&secret, at), desk.hasher.pepper(), at);
    let change = Outcome::Continue(Step::ChangePassword(MustChange::Reset));
    assert_eq!(desk.try_code(First::ResetLink, second), change);
    assert_eq!(
        desk.try_code(First::Password, second),
        change,
        "the old password does not avoid it"
    );

    desk.account.set_state(AccountState::Closed, at);
    let (closed, _) = request_reset(Some(&desk.account), &desk.sign_in, &desk.rng, at);
    assert_eq!(closed.agent, None, "a closed account gets no letter");
}

#[test]
fn i_13_nothing_of_an_account_is_printed() {
    let mut desk = desk();
    desk.enrol();
    let printed = format!("{:?}", desk.account);
    for secret in ["jean", "argon2", "$"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn a_17_a_provider_proves_one_factor_unless_it_asked_for_two() {
    let mut desk = desk();
    let weak = First::Provider { strong: false };
    let strong = First::Provider { strong: true };
    // A given password is no matter where none was used; a second factor is.
    desk.account.must_change = Some(MustChange::Given);
    assert_eq!(desk.try_code(weak, Second::NotGiven), Outcome::Continue(Step::EnrolSecondFactor));
    assert_eq!(desk.try_code(strong, Second::NotGiven), Outcome::SignedIn);
    let secret = desk.enrol();
    assert_eq!(desk.try_code(weak, Second::NotGiven), Outcome::Continue(Step::GiveCode));
    let second = desk.account.prove_second(&code_of(&secret, NOW), desk.hasher.pepper(), NOW);
    assert_eq!(desk.try_code(weak, second), Outcome::SignedIn);
    let wrong = desk.account.prove_second("000000", desk.hasher.pepper(), NOW);
    assert_eq!(desk.try_code(weak, wrong), Outcome::Refused(Cause::WrongCode));
    assert_eq!(desk.try_code(strong, Second::NotGiven), Outcome::SignedIn);
    // Whatever the provider says, a closed account stays closed.
    desk.account.state = AccountState::Closed;
    assert_eq!(desk.try_code(strong, Second::NotGiven), Outcome::Refused(Cause::Closed));
}
