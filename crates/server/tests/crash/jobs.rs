//! The program's own work, killed anywhere: it is taken up again, and nothing of it is half done.

use huis_dossier::{Draft, Value};
use huis_kernel::{Clock, ManualClock, SystemClock, Zone};
use huis_usecases::{ActCommand, Certificate};
use std::{
    fs,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    common::PROCESSING,
    house::{House, caller, day, login},
    program::{huis, program, real},
    proof::{drained, prove},
    rounds, seed,
    storm::{Dice, Fate, Log, Write},
    tell,
};

/// Runs a command and kills it after so many milliseconds. True when it was still at work.
fn cut_short(arguments: &[&str], after: u64) -> bool {
    let mut child =
        program().args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(after) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    child.wait().unwrap().code().is_none()
}

/// an import of which the program is killed again and again writes each row once.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_anywhere_writes_each_row_once_x_26_a_23() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), None).await;
    let today = SystemClock.now().date_in(&Zone::named("Europe/Paris").unwrap());
    let mut csv = "N° dossier;Date;Solde\n".to_owned();
    let mut log = Log::default();
    for row in 0..120_u64 {
        let number = house.numbers[row as usize % house.numbers.len()];
        csv.push_str(&format!("{number};{};{},00\n", today.strftime("%d/%m/%Y"), 1_000 + row));
        log.acts.push(Write {
            dossier: number,
            what: (1_000 + row) * 100,
            fate: Fate::Acknowledged,
        });
    }
    let file = folder.path().join("releve.csv");
    fs::write(&file, csv).unwrap();
    let login = login(1);
    let mut command = vec!["import", file.to_str().unwrap(), "--as", &login];
    command.extend(["--profile", "releve-impayes"]);
    command.extend(house.place());
    let mut dice = Dice::new(seed());
    let (mut kills, rounds) = (0, rounds(3));
    for round in 0..rounds {
        kills += u64::from(cut_short(&command, 300 + dice.below(600) + 300 * round));
        // What a killed command held runs out within the minute: not waited for here.
        let watch = house.open("attente").await;
        let office = watch.store().offices().await.unwrap().remove(0).office;
        let name = fs::read_to_string(house.folder.join("nom-du-serveur")).unwrap_or_default();
        let holder = format!("{}-commandes", name.trim());
        watch.store().release(&format!("import {office}"), &holder).await.unwrap();
        watch.store().close().await;
        // A server takes up what the command left, and is killed too.
        let mut served = house.serve();
        std::thread::sleep(Duration::from_millis(dice.below(500)));
        served.kill();
        kills += 1;
    }
    let served = house.serve();
    let huis = house.open("attente").await;
    let office = huis.store().offices().await.unwrap().remove(0).office;
    let begun = Instant::now();
    while !huis.store().imports_at_work(office).await.unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(150), "an import waits for ever");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    huis.store().close().await;
    // Whatever of it was written, the same file again adds what misses, and nothing twice.
    let ended = huis_ran(&command);
    assert!(ended.contains("120 lignes") && ended.contains("0 à corriger"), "{ended}");
    let verdict = prove(&house, &log, &folder.path().join("preuve")).await;
    drop(served);
    assert_eq!(verdict.acts, 120);
    tell("import", &format!("{kills} kills"), &log, &verdict);
}

fn huis_ran(command: &[&str]) -> String {
    let ran = huis(command);
    assert!(ran.ok, "{}{}", ran.says, ran.errors);
    ran.says
}

/// I6, I7, A-19: what is due is destroyed whole however often the sweep is killed: no key outlives
/// its unit, no unit its key, and the certificates tell of every one.
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_killed_anywhere_leaves_nothing_half_destroyed_i6_i7_a_19() {
    let folder = tempfile::tempdir().unwrap();
    let noon = Zone::named("Europe/Paris").unwrap().start_of(day("2022-11-02")).plus_ms(43_200_000);
    let clock = Arc::new(ManualClock::at(noon));
    let mut house = House::found_at(&folder.path().join("data"), None, clock).await;
    let huis = house.open("fermeture").await;
    let who = caller(&huis, &login(0)).await;
    let office = who.office.office;
    let mut units = 0;
    for number in &house.numbers {
        let close = Draft {
            kind: "cloture".into(),
            on: day("2022-11-02"),
            facts: [("motif".to_owned(), Value::Choice("dette_soldee".into()))].into(),
            corrects: None,
        };
        let card = huis.store().card_by_number(office, PROCESSING, *number).await.unwrap().unwrap();
        let command = ActCommand { draft: close, base_version: card.version };
        huis.record_act(&who, PROCESSING, *number, command).await.unwrap();
        let (_, sealed) = huis.store().dossier(office, card.dossier).await.unwrap().unwrap();
        units += sealed.units.len() as u64;
    }
    let slots: Vec<_> =
        huis.store().unit_keys(None, 100).await.unwrap().iter().map(|u| u.slot).collect();
    huis.store().close().await;
    drop(huis);
    house.clock = Arc::new(SystemClock);
    let mut dice = Dice::new(seed());
    let (mut kills, rounds) = (0, rounds(8));
    for round in 0..rounds {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--every", "1"];
        arguments.extend(house.place());
        kills += u64::from(cut_short(&arguments, 60 + dice.below(80) + 40 * round));
    }
    let served = house.serve();
    let huis = house.open("attente").await;
    let begun = Instant::now();
    loop {
        let store = huis.store();
        if store.every_dossier(office, PROCESSING, None, 1).await.unwrap().is_empty()
            && store.open_destructions(1).await.unwrap().is_empty()
            && store.owed_certificates(office).await.unwrap().is_empty()
        {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "the sweep does not end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drained(&huis).await;
    assert!(huis.store().alive_slots(&slots).await.unwrap().is_empty(), "a key outlives its unit");
    assert!(huis.verify_gone().await.unwrap() > 0);
    let (mut destroyed, mut gone) = (0, 0);
    for (_, body, _) in huis.store().certificates(office, 100).await.unwrap() {
        let certificate: Certificate = serde_json::from_str(&body).unwrap();
        destroyed += certificate.destroyed.values().sum::<u64>();
        gone += certificate.gone;
    }
    assert_eq!((destroyed, gone), (units, house.numbers.len() as u64), "each once certified");
    huis.store().close().await;
    assert!(house.verified(&folder.path().join("preuve")) >= 2);
    drop(served);
    println!("sweep: {kills} kills; {destroyed} units of {gone} dossiers destroyed and certified");
}

/// A restore and a renewal of the root key that are killed are begun again, and end.
#[test]
fn a_restore_and_a_renewal_killed_anywhere_begin_again_x_20_x_22() {
    let folder = tempfile::tempdir().unwrap();
    let path = |p: &Path| p.to_str().unwrap().to_owned();
    assert!(real(folder.path(), "Quatre-vingt-huit-Lunes!7", "Bureau des droits").ok);
    let (data, to) = (path(&folder.path().join("data")), path(&folder.path().join("site")));
    let phrase = folder.path().join("phrase-sauvegarde");
    fs::write(&phrase, "sept mots bien choisis pour les sauvegardes\n").unwrap();
    let phrase = path(&phrase);
    let mut dice = Dice::new(seed());
    let rounds = rounds(5);
    let (mut renewals, mut restores) = (0, 0);
    let renew = ["keys", "rotate", "--data", &data];
    for round in 0..rounds {
        renewals += u64::from(cut_short(&renew, 20 + dice.below(60) + 30 * round));
        let doctor = huis(&["doctor", "--data", &data]);
        assert!(doctor.says.contains("la clé racine est la leur"), "{}", doctor.says);
    }
    huis_ran(&renew);
    huis_ran(&["backup", "--data", &data, "--to", &to, "--passphrase-file", &phrase]);
    let (key, into) = (format!("{data}/cle-racine"), path(&folder.path().join("retour")));
    let mut restore = vec!["restore", "--from", &to, "--into", &into, "--key", &key];
    restore.extend(["--passphrase-file", &phrase]);
    let mut over = false;
    for round in 0..rounds {
        if over {
            break;
        }
        let cut = cut_short(&restore, 100 + dice.below(900) + 400 * round);
        restores += u64::from(cut);
        over = !cut;
        if cut && Path::new(&into).join("data.db").exists() {
            let _ = fs::copy(&key, format!("{into}/cle-racine"));
            let served = huis(&["doctor", "--data", &into]);
            let said = format!("{}{}", served.says, served.errors);
            let told = said.contains("huis restore") || said.contains("huis init");
            assert!(told, "half a restore is no installation: {said}");
        }
    }
    if !over {
        huis_ran(&restore);
    }
    fs::copy(&key, format!("{into}/cle-racine")).unwrap();
    let doctor = huis(&["doctor", "--data", &into]);
    assert!(doctor.says.contains("la clé racine est la leur"), "{}", doctor.says);
    println!("keys rotate: {renewals} kills; restore: {restores} kills");
    assert!(renewals > 0 && restores > 0);
}
