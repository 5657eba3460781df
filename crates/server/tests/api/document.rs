//! The OpenAPI document before programs that others wrote: valid for one, and for the other every
//! answer of the running server is of the shape that the document says, whatever is sent.

use std::{fs, process::Command};

use super::{
    client::{ALL, PREFECTURE, nobody, open, program},
    program::in_repository,
};
use crate::common::{COLMAR, House};

/// A Python program that `tools/setup.sh` installs.
fn python(program: &str) -> Command {
    Command::new(in_repository("target/tools/venv/bin").join(program))
}

/// The document served is the one in `docs/generated`, and a public validator finds it valid.
#[test]
fn the_document_is_valid_openapi_and_the_one_that_is_published() {
    let house = House::on("2026-03-02");
    let served = nobody(&house).get("/openapi.json").is(200);
    assert_eq!(served.headers["content-type"], "application/json");
    let file = in_repository("docs/generated/openapi.json");
    let published: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(served.json(), published, "run `cargo xtask gen`");
    let out = python("openapi-spec-validator").arg(&file).output().unwrap();
    assert!(
        out.status.success(),
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    // Each kind of problem has its address, and is documented.
    let guide = fs::read_to_string(in_repository("docs/api/README.md")).unwrap();
    for (kind, status, ..) in huis_api::KINDS {
        let told = nobody(&house).get(&format!("/problemes/{kind}")).is(200).json();
        assert_eq!(told["status"], *status);
        assert!(guide.contains(&format!("`{kind}`")), "docs/api/README.md: {kind}");
    }
}

/// Schema-driven: no answer is an internal error, and each is of the shape that the document says.
/// The same cases at each run.
#[test]
fn whatever_is_sent_is_answered_as_the_document_says() {
    let house = House::on("2026-03-02");
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    open(&anne, "Zimmermann");
    let url = format!("http://{}/api/v1/openapi.json", house.address);
    let folder = tempfile::tempdir().unwrap();
    let out = python("schemathesis")
        .args(["run", &url, "--max-examples", "6", "--seed", "2026", "--workers", "2"])
        .args(["--phases", "examples,fuzzing", "--generation-deterministic"])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
        .args(["--suppress-health-check", "all", "--no-color"])
        .args(["-H", &format!("Authorization: Bearer {}", anne.token.as_ref().unwrap())])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{text}\n{}", String::from_utf8_lossy(&out.stderr));
    let count = huis_api::operations().len();
    assert!(
        text.contains(&format!("{count} tested")) || text.contains(&count.to_string()),
        "{text}"
    );
}
