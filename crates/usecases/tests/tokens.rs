//! Personal tokens and idempotency keys, as the store keeps them, on both engines (X-17, I1).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{PASSWORD, World};
use huis_kernel::{Clock, Delay};
use huis_store::Location;
use huis_testkit::Postgres;
use huis_usecases::{
    Once, UseError,
    accounts::{NewToken, Next, Scope, TokenState},
};

const HERE: &str = "192.0.2.7";

fn new(world: &World, days: i64) -> NewToken {
    NewToken {
        name: "Logiciel".into(),
        scopes: [Scope::Read, Scope::Act].into(),
        until: match u32::try_from(days) {
            Ok(days) => Delay { months: 0, days }.after(world.today()),
            Err(_) => world.today().yesterday().unwrap(),
        },
    }
}

async fn a_token_is_its_agent_less_its_scopes(world: World) {
    world.agent("anne", "instructeur", &[]).await;
    world.agent("bruno", "instructeur", &[]).await;
    let (state, bruno) = (world.state("anne").await, world.caller("bruno").await);
    let anne = &state.caller;
    let huis = &world.huis;
    for days in [-1, 91] {
        let refused = huis.make_token(&state, PASSWORD, &new(&world, days)).await;
        assert!(
            matches!(&refused, Err(UseError::Faults(f)) if f.len() == 1),
            "{days}: {refused:?}"
        );
    }
    let nothing = NewToken { name: " ".into(), scopes: [].into(), ..new(&world, 400) };
    let refused = huis.make_token(&state, PASSWORD, &nothing).await;
    assert!(matches!(&refused, Err(UseError::Faults(f)) if f.len() == 3), "{refused:?}");
    // An open session is not enough.
    for password in ["", "un-autre-mot"] {
        let refused = huis.make_token(&state, password, &new(&world, 30)).await;
        assert!(matches!(&refused, Err(UseError::Invalid(_))), "{refused:?}");
    }
    let text = huis.make_token(&state, PASSWORD, &new(&world, 30)).await.unwrap();
    let found = huis.token_caller(&text, HERE).await.unwrap().unwrap();
    assert_eq!(found.caller.actor.agent, anne.actor.agent);
    assert_eq!(found.caller.actor.grants.len(), anne.actor.grants.len());
    assert_eq!((found.pending, found.scopes), (Next::Done, [Scope::Read, Scope::Act].into()));
    // What the store keeps opens nothing: the hash of a token is no token.
    let kept = huis.store().api_tokens(anne.actor.agent).await.unwrap().remove(0);
    let hex: String = kept.hash.iter().map(|b| format!("{b:02x}")).collect();
    for wrong in
        [hex.as_str(), "huis_", "", text.trim_start_matches("huis_"), &text[..text.len() - 1]]
    {
        assert!(huis.token_caller(wrong, HERE).await.unwrap().is_none(), "{wrong}");
    }
    // Nobody else's to see or to revoke.
    assert!(huis.my_tokens(&bruno).await.unwrap().is_empty());
    assert!(matches!(huis.revoke_token(&bruno, kept.id).await, Err(UseError::NotFound)));
    huis.revoke_token(anne, kept.id).await.unwrap();
    assert!(matches!(huis.revoke_token(anne, kept.id).await, Err(UseError::NotFound)));
    assert!(huis.token_caller(&text, HERE).await.unwrap().is_none());
    let lines = huis.my_tokens(anne).await.unwrap();
    assert!(matches!(lines[0].state, TokenState::Revoked(_)));
    // A second one ends with the account's last grant; and a month after, both are forgotten.
    let text = huis.make_token(&state, PASSWORD, &new(&world, 30)).await.unwrap();
    let grant = anne.actor.grants[0].clone();
    let mut work = huis.store().begin().await.unwrap();
    let by = bruno.actor.agent;
    work.withdraw_grant(grant.office, grant.id, by, "Essai", world.clock.now()).await.unwrap();
    work.commit().await.unwrap();
    assert!(huis.token_caller(&text, HERE).await.unwrap().is_none(), "X-17");
    world.clock.set(world.clock.now().plus_ms(90 * 86_400_000));
    huis.sweep().await.unwrap();
    assert!(huis.store().api_tokens(anne.actor.agent).await.unwrap().is_empty());
}

async fn a_key_serves_one_request(world: World) {
    world.agent("anne", "instructeur", &[]).await;
    world.agent("bruno", "instructeur", &[]).await;
    let (state, bruno) = (world.state("anne").await, world.caller("bruno").await);
    let anne = &state.caller;
    let huis = &world.huis;
    let ask = |who: huis_usecases::Caller, key: &'static str, body: &'static [u8]| {
        let huis = huis.clone();
        async move { huis.once(&who, key, &[b"acte", body]).await.unwrap() }
    };
    let Once::New(taken) = ask(anne.clone(), "k", b"Zimmermann").await else { panic!() };
    assert_eq!(ask(anne.clone(), "k", b"Zimmermann").await, Once::UnderWay);
    assert_eq!(ask(anne.clone(), "k", b"Krieg").await, Once::Other);
    // Parts do not run into each other.
    let parts: [&[u8]; 2] = [b"acteZ", b"immermann"];
    assert_eq!(huis.once(anne, "k", &parts).await.unwrap(), Once::Other);
    huis.once_done(anne, taken, 201, "{\"numero\":\"4821-7730-K\"}").await.unwrap();
    let done = Once::Done(201, "{\"numero\":\"4821-7730-K\"}".to_owned());
    assert_eq!(ask(anne.clone(), "k", b"Zimmermann").await, done);
    let Once::New(theirs) = ask(bruno.clone(), "k", b"Zimmermann").await else { panic!() };
    huis.once_refused(&bruno, theirs).await.unwrap();
    assert!(matches!(ask(bruno.clone(), "k", b"Krieg").await, Once::New(_)), "given back");
    // One of ten that come at once has it.
    let all = (0..10).map(|_| tokio::spawn(ask(anne.clone(), "crowd", b"x")));
    let all: Vec<_> = all.collect();
    let mut fresh = 0;
    for one in all {
        fresh += usize::from(matches!(one.await.unwrap(), Once::New(_)));
    }
    assert_eq!(fresh, 1);
    // I1: nothing of what was sent, nor the key itself, is in the store.
    world.clock.set(world.clock.now().plus_ms(25 * 3_600_000));
    huis.sweep().await.unwrap();
    let again = world.caller("anne").await;
    assert!(matches!(ask(again, "k", b"Krieg").await, Once::New(_)), "forgotten after a day");
}

async fn on_postgresql(name: &str) -> (Postgres, huis_testkit::Database, World) {
    let server = Postgres::start().unwrap();
    let database = server.database(name).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    (server, database, world)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_its_agent_less_its_scopes_on_sqlite_x_17() {
    a_token_is_its_agent_less_its_scopes(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_its_agent_less_its_scopes_on_postgresql_x_17() {
    let (_server, _database, world) = on_postgresql("jetons").await;
    a_token_is_its_agent_less_its_scopes(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_serves_one_request_on_sqlite() {
    a_key_serves_one_request(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_serves_one_request_on_postgresql() {
    let (_server, _database, world) = on_postgresql("cles").await;
    a_key_serves_one_request(world).await;
}
