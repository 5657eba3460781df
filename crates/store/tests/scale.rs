//! Tables spread by office (ADR 0027, issue 4 point 12). On a plain PostgreSQL these tests see that
//! nothing is spread; with `HUIS_TEST_CITUS` (docs/scale.md), that everything is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_kernel::{Instant, OfficeId, SystemRng};
use huis_store::{Distribution, Location, Store, mail::MailRow, offices::OfficeRow};
use huis_testkit::{Database, Postgres};

const OFFICES: usize = 12;
const DOSSIERS: usize = 40;

async fn open(database: &Database) -> Store {
    Store::open(&Location::Postgres(database.url())).await.unwrap()
}

/// The bytes of the rows that a reader of the coordinator's own files finds behind the spread tables.
fn copies(database: &Database) -> String {
    let sql = "SELECT COALESCE(SUM(pg_relation_size(c.oid)), 0) FROM pg_class c
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname IN ('huis_data', 'huis_trace') AND c.relkind = 'r'
               AND c.relname NOT IN (SELECT relname FROM pg_class k JOIN pg_constraint p
                 ON p.conrelid = k.oid AND p.contype = 'p' JOIN pg_attribute a
                 ON a.attrelid = k.oid AND a.attnum = p.conkey[1]
                 WHERE (a.attname <> 'office' OR cardinality(p.conkey) = 1)
                 AND k.relname NOT LIKE 'trace!_%' ESCAPE '!')
               AND c.relname NOT IN ('habilitation', 'trace_outbox', 'migration')";
    database.sql(sql).unwrap()
}

/// Offices, with dossiers and their sections.
fn fill(database: &Database) {
    let sql = format!(
        "INSERT INTO huis_data.meta VALUES ('installation', 'essai');
         INSERT INTO huis_data.dossier (office, dossier, processing, number, territory, stage, step,
           opened_on, archived, reopened, severity, version, revision, changed_at, digest)
         SELECT decode(lpad(to_hex(o), 32, '0'), 'hex'), decode(lpad(to_hex(o * 1000 + d), 32, '0'), 'hex'),
           'expulsion', d, '682', 'impaye', 'impaye', '2026-01-01', 0, 0, 0, 1, 1, 0, '\\x00'
         FROM generate_series(1, {OFFICES}) o, generate_series(1, {DOSSIERS}) d;
         INSERT INTO huis_data.section
         SELECT office, dossier, '\\x01', 'u', 1, decode(repeat('5a', 300), 'hex')
         FROM huis_data.dossier;
         INSERT INTO huis_trace.trace_log VALUES ('l', 'expulsion', 'w', '\\x00', 'h');"
    );
    for statement in sql.split_inclusive(';') {
        if !statement.trim().is_empty() {
            database.sql(statement).unwrap();
        }
    }
}

fn count(database: &Database, table: &str) -> usize {
    database.sql(&format!("SELECT COUNT(*) FROM {table}")).unwrap().parse().unwrap()
}

/// I7: a filled database that moves keeps every row and no copy of one behind; the offices' rows
/// stand apart; the whole is said by `distribution`.
#[tokio::test(flavor = "multi_thread")]
async fn a_filled_database_moves_and_leaves_no_clear_copy_i7() {
    let server = Postgres::start().unwrap();
    let database = server.database_alone("demenagement").unwrap();
    let store = open(&database).await;
    fill(&database);
    assert!(copies(&database).parse::<u64>().unwrap() > 100_000, "rows are here");
    assert_eq!(store.distribution().await.unwrap(), Distribution::Alone);
    if !server.has_citus() {
        return;
    }
    store.close().await;
    database.bring_citus().unwrap();
    let store = open(&database).await;
    let Distribution::Waits(waiting) = store.distribution().await.unwrap() else {
        panic!("a filled database is not spread unasked")
    };
    assert_eq!(store.others_at_work().await.unwrap(), 0);
    let other = open(&database).await;
    assert!(store.others_at_work().await.unwrap() > 0, "another program is seen");
    other.close().await;
    let spread = store.spread().await.unwrap();
    assert_eq!(spread, waiting);
    assert_eq!(copies(&database), "0", "no clear copy");
    assert_eq!(count(&database, "huis_data.dossier"), OFFICES * DOSSIERS);
    assert_eq!(count(&database, "huis_data.section"), OFFICES * DOSSIERS);
    assert_eq!(count(&database, "huis_trace.trace_log"), 1);
    let shards =
        "SELECT COUNT(DISTINCT get_shard_id_for_distribution_column('huis_data.dossier', office))
                  FROM (SELECT DISTINCT office FROM huis_data.dossier) o";
    assert!(database.sql(shards).unwrap().parse::<usize>().unwrap() > 3, "offices stand apart");
    assert!(store.spread().await.unwrap().is_empty(), "it is done once");
    let Distribution::Spread { tables, servers } = store.distribution().await.unwrap() else {
        panic!("it is spread")
    };
    assert_eq!((tables.len(), servers), (waiting.len(), server.servers_of_rows() as u64));
}

/// An empty database is spread at once, the same way each time; a table that a later step of the
/// schema adds is too; what belongs to accounts, jobs and keys stays whole.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_spread_at_once() {
    let server = Postgres::start().unwrap();
    let database = server.database("naissance").unwrap();
    let store = open(&database).await;
    let rng = SystemRng;
    let office = OfficeRow {
        office: OfficeId::random(&rng),
        name: "Préfecture d’essai".into(),
        departement: "68".into(),
        zone: "Europe/Paris".into(),
        rights_desk: "Bureau".into(),
    };
    store.add_office(&office, &[("682".into(), "Colmar".into())], Instant(1)).await.unwrap();
    assert_eq!(store.offices().await.unwrap(), std::slice::from_ref(&office));
    let mail = MailRow {
        mail: [1; 16],
        office: office.office,
        agent: huis_kernel::AgentId::random(&rng),
        kind: "essai".into(),
        body: vec![1],
        made_at: Instant(1),
        attempts: 0,
    };
    assert!(store.post(&mail).await.unwrap() && !store.post(&mail).await.unwrap());
    if !server.has_citus() {
        assert_eq!(store.distribution().await.unwrap(), Distribution::Alone);
        return;
    }
    let Distribution::Spread { tables, servers } = store.distribution().await.unwrap() else {
        panic!("it is spread")
    };
    assert_eq!(servers, server.servers_of_rows() as u64);
    for whole in
        ["agent", "session", "habilitation", "lease", "trace_outbox", "free_slot", "office"]
    {
        assert!(!tables.contains(&format!("huis_data.{whole}")), "{whole}");
    }
    for spread in ["huis_data.dossier", "huis_data.token", "huis_trace.trace_dossier"] {
        assert!(tables.contains(&spread.to_owned()), "{spread} in {tables:?}");
    }
    assert!(tables.iter().all(|t| !t.starts_with("huis_keys")));
    store.set_meta("installation", "essai").await.unwrap();
    store.close().await;
    database
        .sql("CREATE TABLE huis_data.later (office BYTEA NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (office, n))")
        .unwrap();
    let store = open(&database).await;
    let Distribution::Spread { tables, .. } = store.distribution().await.unwrap() else {
        panic!("it is spread")
    };
    assert!(tables.contains(&"huis_data.later".to_owned()));
}
