//! Grants and their review, on a real store.

use crate::office::{MINUTE, Office, PROCESSING, START, faults, grant, message, new_agent};
use huis_kernel::Date;
use huis_trace::{Operation, Outcome};
use huis_usecases::{
    UseError,
    grants::{GrantState, NewGrant},
};

/// The last day of the grants of these tests.
const END: Date = Date::constant(2026, 8, 31);

#[tokio::test(flavor = "multi_thread")]
async fn x_11_a_grant_has_a_holder_a_profile_a_perimeter_a_reason_an_end_or_it_is_not_given() {
    let office = Office::open().await;
    let who = office.hire("lea.martin").await;
    let admin = office.caller(&office.admin).await;
    let new = |profile: &str| NewGrant { until: END, ..grant(who.id, profile, START) };
    let day = Date::constant;
    type Case = (&'static str, NewGrant, &'static [&'static str]);
    let cases: Vec<Case> = vec![
        ("no reason (X-17)", NewGrant { reason: " ".into(), ..new("instructeur") }, &["motif"]),
        ("too long", NewGrant { until: day(2027, 3, 3), ..new("instructeur") }, &["1 an"]),
        ("ends before", NewGrant { until: day(2026, 3, 1), ..new("dpo") }, &["avant le début"]),
        (
            "already past",
            NewGrant { from: day(2026, 1, 1), until: day(2026, 3, 1), ..new("dpo") },
            &["passée"],
        ),
        ("no head of service (X-13)", new("police"), &["chef de service"]),
        ("partners are off (X-26)", new("bailleur"), &["autorisation", "organisme"]),
        ("no such profile", new("inventé"), &["registre"]),
        (
            "no such territory",
            NewGrant { territories: vec!["999".into()], ..new("chef") },
            &["secteur"],
        ),
        (
            "all at once",
            NewGrant { reason: String::new(), until: day(2027, 9, 1), ..new("police") },
            &["motif", "6 mois", "chef de service"],
        ),
    ];
    for (name, new, expect) in cases {
        let told = faults(office.huis.give(&admin, PROCESSING, &new).await);
        assert_eq!(told.len(), expect.len(), "{name}: {told:?}");
        for word in expect {
            assert!(told.iter().any(|t| t.contains(word)), "{name}: {told:?}");
        }
    }
    let oneself = NewGrant { agent: admin.actor.agent, ..new("instructeur") };
    assert!(faults(office.huis.give(&admin, PROCESSING, &oneself).await)[0].contains("soi-même"));
    assert_eq!(
        office.lines(Operation::GrantGiven).await.last().unwrap().outcome,
        Outcome::Refused { rule: "soi-meme".into() }
    );
    // informed of the trace, the procedure acknowledged, before anything opens.
    office.huis.create_agent(&admin, &new_agent("pas.prete")).await.unwrap();
    let raw = office.huis.store().agent_by_login("pas.prete").await.unwrap().unwrap().id;
    let told =
        faults(office.huis.give(&admin, PROCESSING, &NewGrant { agent: raw, ..new("dpo") }).await);
    assert_eq!(told.len(), 2, "{told:?}");
    // The longest term, to the day; a head of service; partners once their authorisation is named.
    let longest = NewGrant { until: day(2027, 3, 2), ..new("instructeur") };
    office.huis.give(&admin, PROCESSING, &longest).await.unwrap();
    assert!(faults(office.huis.give(&admin, PROCESSING, &longest).await)[0].contains("déjà"));
    let sponsor = Some("Commissaire Durand".into());
    let police = NewGrant { sponsor, ..new("police") };
    office.huis.give(&admin, PROCESSING, &police).await.unwrap();
    let key = "partenaires.autorisation";
    let here = admin.office.office;
    office.huis.store().set_setting(here, key, "Arrêté 68-2026", None, admin.now).await.unwrap();
    let admin = office.caller(&office.admin).await;
    // The perimeter of a partner is its organisation.
    let code = office.huis.add_partner(&admin, PROCESSING, "Habitat d’essai", "bailleur").await;
    let partner = NewGrant { territories: vec![code.unwrap()], ..new("bailleur") };
    office.huis.give(&admin, PROCESSING, &partner).await.unwrap();
    let lines = office.huis.grants(&admin, PROCESSING).await.unwrap();
    let of = |p: &str| lines.iter().find(|l| l.profile == p).unwrap();
    assert_eq!(of("police").sponsor.as_deref(), Some("Commissaire Durand"));
    assert_eq!(of("police").giver.as_deref(), Some("Camille Essai"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_18_an_expired_grant_opens_nothing_and_its_session_ends_within_the_minute() {
    let office = Office::open().await;
    let (who, _) = office.employ("paul.roux", "instructeur", START).await;
    // Signed in again in the evening of its last day, and at work past midnight.
    office.clock.advance_ms(10 * 60 * MINUTE);
    let who = office.arrive(who).await;
    let mut minutes = 0;
    loop {
        office.clock.advance_ms(MINUTE);
        minutes += 1;
        // The minute's round, before anything is asked.
        office.huis.end_dead_sessions().await.unwrap();
        if !office.is_in(&who).await {
            break;
        }
        assert_eq!(office.caller(&who).await.today, START);
    }
    assert!(minutes > 200, "not before midnight");
    let ended = office.lines(Operation::SessionEnded).await;
    let ended = ended.iter().rfind(|l| l.authority.agent() == Some(who.id)).unwrap();
    assert_eq!(ended.detail["motif"], "sans-habilitation");
    assert_eq!(ended.at, office.huis.now(), "the same minute");
    assert!(message(office.password(&who).await).contains("aucune habilitation"));
}

#[tokio::test(flavor = "multi_thread")]
async fn x_17_a_withdrawn_grant_closes_at_once_and_another_keeps_the_session() {
    let office = Office::open().await;
    let (who, first) = office.employ("anne.petit", "instructeur", END).await;
    let admin = office.caller(&office.admin).await;
    let second = NewGrant { until: END, ..grant(who.id, "archiviste", START) };
    let second = office.huis.give(&admin, PROCESSING, &second).await.unwrap();
    let huis = &office.huis;
    assert!(!faults(huis.withdraw(&admin, PROCESSING, first, "").await).is_empty());
    huis.withdraw(&admin, PROCESSING, first, "Fin de mission").await.unwrap();
    let left = office.caller(&who).await;
    let open: Vec<_> = left.grants(PROCESSING).map(|g| g.profile.as_str()).collect();
    assert_eq!(open, ["archiviste"]);
    huis.withdraw(&admin, PROCESSING, second, "Fin de mission").await.unwrap();
    assert!(!office.is_in(&who).await);
    let again = huis.withdraw(&admin, PROCESSING, second, "Encore").await;
    assert!(matches!(again, Err(UseError::NotFound)));
    let own = admin.grants(PROCESSING).next().unwrap().id;
    faults(huis.withdraw(&admin, PROCESSING, own, "Moi").await);
    let lines = huis.grants(&admin, PROCESSING).await.unwrap();
    let state = &lines.iter().find(|l| l.id == second).unwrap().state;
    assert!(matches!(state, GrantState::Withdrawn { reason, .. } if reason == "Fin de mission"));
}

#[tokio::test(flavor = "multi_thread")]
async fn x_17_the_review_lists_each_grant_and_closes_once_each_is_decided() {
    let mut office = Office::open().await;
    let (keep, kept) = office.employ("max.gris", "instructeur", END).await;
    let (leave, left) = office.employ("eva.vert", "chef", END).await;
    let (dpo, watched) = office.employ("dpo.un", "dpo", END).await;
    let admin = office.caller(&office.admin).await;
    let state = office.huis.review(&admin, PROCESSING).await.unwrap();
    assert_eq!((state.due, state.overdue), (Date::constant(2026, 9, 2), false), "six months");
    let not_theirs = office.caller(&keep).await;
    assert!(office.huis.open_review(&not_theirs, PROCESSING).await.is_err());
    assert!(office.huis.review(&not_theirs, PROCESSING).await.is_err());

    office.on(Date::constant(2026, 8, 20)).await;
    let dpo = office.arrive(dpo).await;
    let lead = office.caller(&dpo).await;
    let huis = office.huis.clone();
    faults(huis.close_review(&lead, PROCESSING).await);
    huis.open_review(&lead, PROCESSING).await.unwrap();
    faults(huis.open_review(&lead, PROCESSING).await);
    office.clock.advance_ms(MINUTE);
    // Given since: it is for the next review.
    let admin = office.caller(&office.admin).await;
    let late = NewGrant { until: END, ..grant(keep.id, "archiviste", lead.today) };
    huis.give(&admin, PROCESSING, &late).await.unwrap();
    let lines = huis.review_lines(&lead, PROCESSING).await.unwrap();
    assert_eq!(lines.len(), 4, "all that there were");
    let line = |id| lines.iter().find(|l| l.grant.id == id).unwrap();
    assert!(line(left).last_use.is_none() && line(left).grant.ends_soon);
    assert!(line(watched).last_use.is_some() && line(watched).own);

    // Four of this processing, and the administrator's of the other: the review is the office's.
    let waiting = faults(huis.close_review(&lead, PROCESSING).await);
    assert!(waiting[0].ends_with("5."), "{waiting:?}");
    let admin_grant = admin.grants(PROCESSING).next().unwrap().id;
    let admin_other = admin.grants("droits").next().unwrap().id;
    let other = NewGrant { until: END, ..grant(dpo.id, "dpo", lead.today) };
    huis.give(&admin, "droits", &other).await.unwrap();
    let lead = office.caller(&dpo).await;
    huis.review_confirm(&lead, "droits", &[admin_other]).await.unwrap();
    huis.review_confirm(&lead, PROCESSING, &[kept, watched, admin_grant]).await.unwrap();
    let state = huis.review(&lead, PROCESSING).await.unwrap();
    assert_eq!((state.decided, state.total), (3, 4));
    huis.review_withdraw(&lead, PROCESSING, &[left], "A quitté le service").await.unwrap();
    assert!(!office.is_in(&leave).await);
    office.clock.advance_ms(MINUTE);
    huis.close_review(&lead, PROCESSING).await.unwrap();
    let state = huis.review(&lead, PROCESSING).await.unwrap();
    assert_eq!((state.open, state.last), (None, Some(Date::constant(2026, 8, 20))));
    assert_eq!(state.due, Date::constant(2027, 2, 20));
    let told: Vec<_> = office
        .lines(Operation::GrantReviewed)
        .await
        .iter()
        .filter(|l| l.outcome == Outcome::Done)
        .map(|l| l.detail["revue"].clone())
        .collect();
    assert_eq!(told, ["ouverte", "confirmee", "confirmee", "confirmee", "confirmee", "close"]);
}
