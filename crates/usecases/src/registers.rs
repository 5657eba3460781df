//! Which version of a register is in force, and how a new one comes to be: recorded as a row, from
//! a day. What would erase sooner waits for the stated notice and a second person.

use huis_accounts::Login;
use huis_kernel::{AgentId, Date, GrantId, Instant, OfficeId, Rng};
use huis_register::{Change, Erasure, LocalStatus, Power, Register};
use huis_store::{Store, grants::GrantRow, offices::RegisterRow};
use huis_trace::{Authority, Line, Operation};
use std::collections::BTreeMap;

use crate::{Huis, Options, StartError, UseError, caller::grant_of, start::registers};

/// A register in force, as the program runs it.
pub(crate) type InForce = (Register, String, Option<LocalStatus>);

/// A version that was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Adopted {
    /// Processing.
    pub id: String,
    /// What it changes, in words.
    pub changes: Vec<Change>,
    /// From when it counts.
    pub in_force: Date,
    /// Does it erase sooner what the version before would keep?
    pub erases: bool,
}

/// The registers in force today. The files of this server must be the version in force, or one
/// that is recorded and waits for its day: then the version in force is read from its row. A restore
/// is finished under the version that its rows follow, whatever the program that restores brings.
pub(crate) async fn in_force(
    store: &Store,
    local: &[(String, String)],
    today: Date,
    restoring: bool,
) -> Result<Vec<InForce>, StartError> {
    let mut out = Vec::new();
    for (register, text, status) in registers(local)? {
        let rows = store.register_versions(&register.id).await?;
        let current = rows.iter().find(|r| r.in_force <= today);
        let waits = || rows.iter().any(|r| r.sha256 == register.sha256 && r.in_force > today);
        match current {
            None => out.push((register, text, status)),
            Some(row) if row.sha256 == register.sha256 => out.push((register, text, status)),
            Some(row) if restoring || waits() => {
                let name = format!("{}.toml", register.id);
                let all = registers(&[(name, row.body.clone())])?;
                out.extend(all.into_iter().filter(|(old, ..)| old.id == register.id));
            }
            Some(_) => return Err(StartError::OtherRegister(register.id)),
        }
    }
    Ok(out)
}

impl Huis {
    /// Brings the registers of this server's files into force. `by` and `second` are logins of
    /// agents who may read the register; a change that erases sooner needs the second, and counts
    /// after the notice that the register states.
    pub async fn adopt_registers(
        options: Options,
        keys_copy: Option<&std::path::Path>,
        by: &str,
        second: Option<&str>,
    ) -> Result<Vec<Adopted>, StartError> {
        let store = Store::open(&options.location).await?;
        let office = store.offices().await?.into_iter().next().ok_or(StartError::NotInitialised)?;
        let zone = huis_kernel::Zone::named(&office.zone).unwrap_or_else(huis_kernel::Zone::utc);
        let now = options.clock.now();
        let today = now.date_in(&zone);
        let mut adopted = Vec::new();
        for (new, text, _) in registers(&options.local_registers)? {
            let rows = store.register_versions(&new.id).await?;
            if rows.iter().any(|r| r.sha256 == new.sha256) {
                continue;
            }
            let Some(row) = rows.first() else {
                // A processing that this version of the program brings: nothing is kept under it
                // yet, and who administers the others administers it.
                may_adopt(&store, &new, by, today).await?;
                administer(&store, office.office, &new, today, now, &*options.rng).await?;
                let (id, sha256) = (new.id.clone(), new.sha256);
                let row = RegisterRow {
                    processing: id.clone(),
                    sha256,
                    in_force: today,
                    recorded_at: now,
                    body: text,
                };
                store.record_register(&row).await?;
                let changes = Vec::new();
                adopted.push(Adopted { id, changes, in_force: today, erases: false });
                continue;
            };
            let old = Register::parse(&row.processing, &row.body)
                .map_err(|_| StartError::NotInitialised)?;
            let changes = huis_register::diff(&old, &new);
            let erases =
                changes.iter().any(|c| matches!(c.affects, Erasure::Earlier | Erasure::Either));
            may_adopt(&store, &new, by, today).await?;
            let in_force = if erases {
                let second = second.filter(|s| !s.eq_ignore_ascii_case(by)).ok_or_else(|| {
                    told("ce changement effacerait des données plus tôt : une seconde personne doit l’approuver (--second)")
                })?;
                may_adopt(&store, &new, second, today).await?;
                new.erasure_notice.max(old.erasure_notice).after(today)
            } else {
                today
            };
            store
                .record_register(&RegisterRow {
                    processing: new.id.clone(),
                    sha256: new.sha256,
                    in_force,
                    recorded_at: now,
                    body: text,
                })
                .await?;
            adopted.push(Adopted { id: new.id.clone(), changes, in_force, erases });
        }
        let huis = Self::open_with(options, keys_copy).await?;
        for one in &adopted {
            let authority = Authority::Job("registre".to_owned());
            let mut line = Line::new(
                huis.now(),
                authority,
                &one.id,
                "administration",
                Operation::RegisterChanged,
            );
            line.detail.insert("en-vigueur".to_owned(), one.in_force.to_string());
            huis.trace(line).await?;
        }
        Ok(adopted)
    }
}

/// Gives the administrators of the office the same part in a new processing, to the same day.
async fn administer(
    store: &Store,
    office: OfficeId,
    new: &Register,
    today: Date,
    now: Instant,
    rng: &dyn Rng,
) -> Result<(), StartError> {
    let administers = |p: &&huis_register::Profile| p.can(Power::Grant) && !p.partner;
    let Some(profile) = new.profiles.iter().find(administers) else { return Ok(()) };
    // Whoever has several has the one that lasts longest.
    let mut held: BTreeMap<AgentId, GrantRow> = BTreeMap::new();
    for row in store.grants(office).await? {
        let live = row.profile == profile.id && grant_of(row.clone()).in_force(today);
        if live && held.get(&row.agent).is_none_or(|known| known.until < row.until) {
            held.insert(row.agent, row);
        }
    }
    let mut work = store.begin().await?;
    for row in held.into_values() {
        let grant = GrantRow {
            id: GrantId::random(rng),
            processing: new.id.clone(),
            from: today,
            giver: None,
            given_at: now,
            reason: "Mise en service du traitement".to_owned(),
            reviewed_on: None,
            ..row
        };
        work.add_grant(&grant).await?;
    }
    Ok(work.commit().await?)
}

fn told(reason: &str) -> StartError {
    StartError::Use(UseError::Invalid(vec![reason.to_owned()]))
}

async fn may_adopt(
    store: &Store,
    register: &Register,
    login: &str,
    today: Date,
) -> Result<(), StartError> {
    let no =
        || told("seul un agent en fonction qui tient le registre peut le faire entrer en vigueur");
    let agent =
        store.agent_by_login(Login::typed(login).as_str()).await?.filter(|a| a.state == "active");
    let agent = agent.ok_or_else(no)?;
    let grants = store.grants_of(agent.id).await?;
    let may = grants.into_iter().map(grant_of).any(|g| {
        g.in_force(today) && register.profile(&g.profile).is_some_and(|p| p.can(Power::Register))
    });
    if may { Ok(()) } else { Err(no()) }
}
