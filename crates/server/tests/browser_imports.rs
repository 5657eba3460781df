//! A landlord's statement, before a browser: sent, its columns looked at, tried, written, its
//! faults taken away; and nothing of another dossier on the way (X-26, I13).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{COLMAR, House, PROCESSING, day, desk::Desk};
use huis_dossier::Value;
use huis_store::partners::PartnerRow;
use huis_testkit::axe;
use huis_usecases::{Caller, NewCase, Reading, accounts::Signed};
use std::io::Write;

fn caller(house: &House, login: &str) -> Caller {
    let signed = house.wait(house.huis.sign_in(login, common::PASSWORD, "192.0.2.1")).unwrap();
    let Signed::Session(session) = signed else { panic!("{login}") };
    house.wait(house.huis.caller(&session.token, "192.0.2.1")).unwrap().unwrap().caller
}

fn dossier(house: &House, anne: &Caller, last: &str, unit: &str, town: &str) -> String {
    let text = |t: &str| Value::Text(t.to_owned());
    let pairs =
        |list: &[(&str, Value)]| list.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    let occupant = [
        ("qualite", Value::Choice("en_impaye".into())),
        ("nom", text(last)),
        ("prenom", text("Élise")),
        ("date_naissance", Value::Date(day("1980-05-17"))),
    ];
    let local = [
        ("type_bailleur", Value::Choice("social".into())),
        ("nom_voie", text("des Tanneurs")),
        ("code_postal", text("68000")),
        ("commune", text(town)),
    ];
    let new = NewCase {
        territory: unit.into(),
        sections: vec![("occupant".into(), pairs(&occupant)), ("local".into(), pairs(&local))],
        acts: vec![],
    };
    house.wait(house.huis.create_dossier(anne, PROCESSING, new)).unwrap().number.to_string()
}

fn accessible(desk: &Desk<'_>, page: &str) {
    let faults = axe(&desk.browser).unwrap();
    assert!(faults.is_empty(), "{page}: {faults:?}");
}

#[test]
fn browser_a_landlord_imports_and_sees_nothing_else_x_26_i13() {
    let house = House::on("2026-03-02");
    house.agent("anne.klein", "instructeur", "Préfecture", &[]);
    house.agent("luc.weber", "bailleur", "Habitat d’essai", &["phabitat"]);
    house.agent("alex.meyer", "administrateur", "Préfecture", &[]);
    let anne = caller(&house, "anne.klein");
    let mine = dossier(&house, &anne, "Roth", "684", "68224");
    let other = dossier(&house, &anne, "Zimmermann", COLMAR, "68066");
    let row = PartnerRow {
        code: "phabitat".into(),
        name: "Habitat d’essai".into(),
        profile: "bailleur".into(),
        closed_at: None,
    };
    house.wait(async {
        let mut work = house.huis.store().begin().await.unwrap();
        work.add_partner(anne.office.office, &row, None, anne.now).await.unwrap();
        work.commit().await.unwrap();
        let number = mine.parse().unwrap();
        house.huis.mandate(&anne, PROCESSING, number, "phabitat").await.unwrap();
    });
    let alex = caller(&house, "alex.meyer");
    let key = "partenaires.autorisation";
    house.wait(house.huis.set_setting(&alex, key, "Arrêté du 2 mars 2026")).unwrap();
    let desk = Desk::new(&house);
    desk.sign_in("luc.weber");
    assert!(desk.all_links("nav.main a").contains(&"/imports".to_owned()));
    desk.go("/imports");
    accessible(&desk, "sending");
    // What is no table is refused in place, with its mend.
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(b"%PDF-1.7").unwrap();
    desk.browser.attach("#fichier", file.path()).unwrap();
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    desk.says("fichier PDF");
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let csv = format!(
        "N° dossier;Locataire;Date impayé;Montant dû\r\n\
         {mine};ROTH E;01/03/2026;1 234,56\r\n\
         {other};ZIMMERMANN E;01/03/2026;500,00\r\n\
         {mine};ROTH E;3/2/25;500,00\r\n"
    );
    let latin: Vec<u8> = csv.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    file.write_all(&latin).unwrap();
    desk.browser.attach("#fichier", file.path()).unwrap();
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    desk.says("Windows-1252");
    accessible(&desk, "columns");
    let import = desk.path();
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    house.wait(house.huis.work_imports()).unwrap();
    desk.go(&import);
    desk.says("Attend votre accord");
    desk.says("Importer 1 ligne");
    accessible(&desk, "trial");
    let page = desk.main();
    assert!(!page.contains("Zimmermann") && !page.contains("ZIMMERMANN"), "{page}");
    assert!(page.contains("Aucun dossier que vous pouvez compléter ne porte ce numéro"), "{page}");
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    house.wait(house.huis.work_imports()).unwrap();
    desk.go(&import);
    desk.says("Terminé");
    desk.says("L'année a deux chiffres");
    accessible(&desk, "report");
    assert_eq!(desk.all_links("a[download]"), [format!("{import}/fautes.csv")]);
    // The dossier itself stays shut, and another person's import answers as none.
    desk.go(&format!("/dossiers/{mine}/chronologie"));
    assert!(desk.nothing_here());
    let number = mine.parse().unwrap();
    let seen = house.wait(house.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen));
    assert_eq!(seen.unwrap().view.acts.len(), 1);
    let number = other.parse().unwrap();
    let seen = house.wait(house.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen));
    assert_eq!(seen.unwrap().view.acts.len(), 0);
    desk.sign_in("anne.klein");
    desk.go(&import);
    assert!(desk.nothing_here());
}
