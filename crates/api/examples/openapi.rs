//! Prints the OpenAPI document: `cargo xtask gen` keeps it in `docs/generated`.

fn main() {
    println!("{:#}", huis_api::document());
}
