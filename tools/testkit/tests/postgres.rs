//! The testkit's PostgreSQL: real, apart for each test, gone with its handle.

use std::process::Command;

use huis_testkit::Postgres;

#[test]
fn databases_are_apart_and_copies_hold_what_their_template_held() {
    let postgres = Postgres::start().unwrap();
    let one = postgres.database("l'un").unwrap();
    let other = postgres.database("l'un").unwrap();
    one.sql("CREATE TABLE volet (texte text); INSERT INTO volet VALUES ('élève')").unwrap();
    assert_eq!(one.sql("SELECT texte, length(texte) FROM volet").unwrap(), "élève|5");
    assert!(other.sql("SELECT * FROM volet").is_err());

    let copy = postgres.database_like(&one, "copie").unwrap();
    copy.sql("DELETE FROM volet").unwrap();
    assert_eq!(one.sql("SELECT count(*) FROM volet").unwrap(), "1");

    let gone = copy.url();
    drop(copy);
    let left = format!("SELECT count(*) FROM pg_database WHERE '{gone}' LIKE '%/' || datname");
    assert_eq!(one.sql(&left).unwrap(), "0");
}

#[test]
fn handles_share_one_server_which_ends_with_the_last() {
    // In a test run that lends a server, one's own is tried in a run of this test without it.
    if std::env::var_os("HUIS_TEST_POSTGRES").is_some() {
        let again = Postgres::start().unwrap();
        assert_eq!(again.url(), std::env::var("HUIS_TEST_POSTGRES").unwrap());
        let name = "handles_share_one_server_which_ends_with_the_last";
        let alone = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env_remove("HUIS_TEST_POSTGRES")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let first = Postgres::start().unwrap();
    let second = Postgres::start().unwrap();
    assert_eq!(first.url(), second.url());
    let address = first.url().rsplit('@').next().unwrap().to_owned();
    drop(first);
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(second);
    assert!(std::net::TcpStream::connect(&address).is_err());
}
