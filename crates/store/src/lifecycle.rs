//! What the sweep asks of the store: what is due, what is being destroyed, holds, certificates.

use huis_kernel::{AgentId, Date, DossierId, Instant, OfficeId};
use huis_vault::Slot;

use crate::{
    Store, StoreError,
    dossiers::{CARD_D, CardRow, card},
    lists::each_with_dossier,
    sql::{Row, params},
    work::Work,
};

/// What is destroyed and not certified yet, in the values of the installation.
const OWED: &str = "certificat";
/// Whole dossiers, beside the units of a register, whose names have no such mark.
const GONE: &str = "*";

/// What one certificate is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwedCertificate {
    /// Processing.
    pub processing: String,
    /// Destroyed units, by their name in the register.
    pub units: std::collections::BTreeMap<String, u64>,
    /// Dossiers of which nothing is left.
    pub gone: u64,
}

/// A retention unit whose next step is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// The dossier's card.
    pub card: CardRow,
    /// Retention unit.
    pub unit: String,
    /// Its key.
    pub slot: Slot,
    /// The day.
    pub on: Date,
    /// `archive`, `destroy` or `alert`.
    pub step: String,
}

/// A hold on the life cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Identifier.
    pub hold: [u8; 16],
    /// Reason code.
    pub reason: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Its own legal ceiling.
    pub ceiling: Option<Date>,
    /// Who placed it.
    pub by: AgentId,
    /// Was it lifted?
    pub lifted: bool,
}

/// A key on its way to destruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestructionRow {
    /// Office.
    pub office: OfficeId,
    /// Dossier: an opaque number by then.
    pub dossier: DossierId,
    /// Slot.
    pub slot: Slot,
    /// Retention unit.
    pub unit: String,
    /// Rule that asked for it.
    pub rule: String,
}

const HOLDS: &str = "SELECT hold, reason, from_on, until_on, ceiling_on, placed_by, lifted_at
     FROM hold WHERE office = $1 AND dossier = $2 ORDER BY from_on";

/// A row of the card's columns, then unit, slot, date and step.
pub(crate) fn due_row(r: &Row) -> Result<DueRow, StoreError> {
    Ok(DueRow {
        card: card(r)?,
        unit: r.text(15)?,
        slot: Slot(r.int(16)?),
        on: r.date(17)?,
        step: r.text(18)?,
    })
}

fn hold(r: &Row) -> Result<HoldRow, StoreError> {
    Ok(HoldRow {
        hold: r.id16(0)?,
        reason: r.text(1)?,
        from: r.date(2)?,
        until: r.date(3)?,
        ceiling: r.opt_date(4)?,
        by: AgentId::from_bytes(r.id16(5)?),
        lifted: r.opt_int(6)?.is_some(),
    })
}

impl Store {
    /// Units due by a day, by date, after a position (for batches that can be taken up again).
    pub async fn due(
        &self,
        office: OfficeId,
        by: Date,
        limit: u32,
    ) -> Result<Vec<DueRow>, StoreError> {
        let sql = format!(
            "SELECT {CARD_D}, t.unit, t.slot, t.next_on, t.next_step FROM {}
             AND t.next_on <= $2 AND t.next_step <> 'alert'
             ORDER BY t.next_on, t.dossier, t.unit LIMIT $3",
            each_with_dossier(&self.data, "unit", "")
        );
        let rows = self.data.all(&sql, params![office, by, limit]).await?;
        rows.iter().map(due_row).collect()
    }

    /// Keys asked to be destroyed and not yet confirmed.
    pub async fn open_destructions(&self, limit: u32) -> Result<Vec<DestructionRow>, StoreError> {
        let sql = "SELECT office, dossier, slot, unit, rule FROM destruction
                   WHERE done_at IS NULL ORDER BY slot LIMIT $1";
        let rows = self.data.all(sql, params![limit]).await?;
        rows.iter()
            .map(|r| {
                Ok(DestructionRow {
                    office: OfficeId::from_bytes(r.id16(0)?),
                    dossier: DossierId::from_bytes(r.id16(1)?),
                    slot: Slot(r.int(2)?),
                    unit: r.text(3)?,
                    rule: r.text(4)?,
                })
            })
            .collect()
    }

    /// The key store confirmed: the destruction is done.
    pub async fn confirm_destructions(
        &self,
        rows: &[DestructionRow],
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        for row in rows {
            tx.run(
                "UPDATE destruction SET done_at = $3 WHERE office = $1 AND slot = $2",
                params![row.office, row.slot, now],
            )
            .await?;
        }
        tx.commit().await
    }

    /// The holds of a dossier.
    pub async fn holds(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Vec<HoldRow>, StoreError> {
        self.data.all(HOLDS, params![office, dossier]).await?.iter().map(hold).collect()
    }

    /// What was destroyed and no certificate says yet, by processing.
    pub async fn owed_certificates(
        &self,
        office: OfficeId,
    ) -> Result<Vec<OwedCertificate>, StoreError> {
        let start = format!("{OWED} {office} ");
        let sql = "SELECT key, value FROM meta WHERE key LIKE $1 ORDER BY key";
        let mut out: Vec<OwedCertificate> = Vec::new();
        for row in self.data.all(sql, params![format!("{start}%")]).await? {
            let (key, value) = (row.text(0)?, row.text(1)?);
            let n = value.parse().map_err(|_| StoreError::Corrupt("certificat dû"))?;
            let rest = key.strip_prefix(&start).unwrap_or_default();
            let (processing, unit) = rest.split_once(' ').unwrap_or((rest, ""));
            let at = out.iter().position(|o| o.processing == processing);
            let mut owed = at.map(|i| out.swap_remove(i)).unwrap_or_default();
            processing.clone_into(&mut owed.processing);
            if unit == GONE {
                owed.gone = n;
            } else {
                owed.units.insert(unit.to_owned(), n);
            }
            out.push(owed);
        }
        Ok(out)
    }

    /// Keeps a certificate of destruction: counts and rule names, no personal datum. What it says is
    /// no longer owed.
    pub async fn keep_certificate(
        &self,
        office: OfficeId,
        id: [u8; 16],
        now: Instant,
        body: &str,
        signature: &str,
        owed: Option<&OwedCertificate>,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        tx.run(
            "INSERT INTO certificate (office, certificate, made_at, body, signature)
             VALUES ($1,$2,$3,$4,$5)",
            params![office, id, now, body, signature],
        )
        .await?;
        if let Some(owed) = owed {
            for unit in owed.units.keys().map(String::as_str).chain([GONE]) {
                let key = format!("{OWED} {office} {} {unit}", owed.processing);
                tx.run("DELETE FROM meta WHERE key = $1", params![key]).await?;
            }
        }
        tx.commit().await
    }

    /// Certificates, newest first.
    pub async fn certificates(
        &self,
        office: OfficeId,
        limit: u32,
    ) -> Result<Vec<(Instant, String, String)>, StoreError> {
        let sql = "SELECT made_at, body, signature FROM certificate WHERE office = $1
                   ORDER BY made_at DESC LIMIT $2";
        let rows = self.data.all(sql, params![office, limit]).await?;
        rows.iter().map(|r| Ok((Instant(r.int(0)?), r.text(1)?, r.text(2)?))).collect()
    }

    /// Anonymous counters.
    pub async fn counters(
        &self,
        office: OfficeId,
        processing: &str,
    ) -> Result<Vec<(i64, String, u64)>, StoreError> {
        let sql = "SELECT year, kind, n FROM counter WHERE office = $1 AND processing = $2
                   ORDER BY year, kind";
        let rows = self.data.all(sql, params![office, processing]).await?;
        rows.iter().map(|r| Ok((r.int(0)?, r.text(1)?, r.count(2)?))).collect()
    }

    /// Takes or renews a lease: one server sweeps at a time. False when another holds it.
    pub async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Instant,
        ms: i64,
    ) -> Result<bool, StoreError> {
        let n = self
            .data
            .run(
                "INSERT INTO lease (name, holder, until_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
                 until_at = excluded.until_at
                 WHERE lease.holder = excluded.holder OR lease.until_at < $4",
                params![name, holder, now.plus_ms(ms), now],
            )
            .await?;
        Ok(n == 1)
    }

    /// Lets a lease go before its end: the work is done.
    pub async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM lease WHERE name = $1 AND holder = $2";
        self.data.run(sql, params![name, holder]).await?;
        Ok(())
    }
}

impl Store {
    /// Dossiers whose keys are on their way (a crash may have left some there).
    pub async fn moving(&self) -> Result<Vec<(OfficeId, DossierId)>, StoreError> {
        let sql = "SELECT DISTINCT office, dossier FROM key_move LIMIT 500";
        let rows = self.data.all(sql, vec![]).await?;
        rows.iter()
            .map(|r| Ok((OfficeId::from_bytes(r.id16(0)?), DossierId::from_bytes(r.id16(1)?))))
            .collect()
    }

    /// Every dossier of a processing, archived ones too, by id: what a change of register replans.
    pub async fn every_dossier(
        &self,
        office: OfficeId,
        processing: &str,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<DossierId>, StoreError> {
        let first: Vec<u8> = after.map_or_else(Vec::new, |d| d.as_bytes().to_vec());
        let sql = "SELECT dossier FROM dossier WHERE office = $1 AND processing = $2
                   AND dossier > $3 ORDER BY dossier LIMIT $4";
        let rows = self.data.all(sql, params![office, processing, first, limit]).await?;
        rows.iter().map(|r| Ok(DossierId::from_bytes(r.id16(0)?))).collect()
    }
}

impl Work {
    /// Counts a destroyed unit, and its dossier when it was the last, until a certificate says so.
    pub async fn owe_certificate(
        &mut self,
        office: OfficeId,
        processing: &str,
        unit: &str,
        last: bool,
    ) -> Result<(), StoreError> {
        for unit in [unit].into_iter().chain(last.then_some(GONE)) {
            self.0
                .run(
                    "INSERT INTO meta (key, value) VALUES ($1, '1') ON CONFLICT (key) DO UPDATE
                     SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
                    params![format!("{OWED} {office} {processing} {unit}")],
                )
                .await?;
        }
        Ok(())
    }

    /// The holds of a dossier, as they stand in this transaction.
    pub async fn holds(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Vec<HoldRow>, StoreError> {
        self.0.all(HOLDS, params![office, dossier]).await?.iter().map(hold).collect()
    }

    /// Puts keys on their way: the last word on a slot counts.
    pub async fn move_keys(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        keys: &[(Slot, huis_vault::KeyBlob)],
    ) -> Result<(), StoreError> {
        let rows = keys.iter().map(|(s, k)| params![office, *s, dossier, &k.0]).collect();
        self.0
            .insert(
                "key_move",
                "office, slot, dossier, key",
                rows,
                "ON CONFLICT (office, slot) DO UPDATE SET key = excluded.key",
            )
            .await
    }

    /// The keys of a dossier that are on their way.
    pub async fn moving_keys(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Vec<(Slot, huis_vault::KeyBlob)>, StoreError> {
        let sql = "SELECT slot, key FROM key_move WHERE office = $1 AND dossier = $2";
        let rows = self.0.all(sql, params![office, dossier]).await?;
        rows.iter().map(|r| Ok((Slot(r.int(0)?), huis_vault::KeyBlob(r.bytes(1)?)))).collect()
    }

    /// They have arrived.
    pub async fn keys_moved(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM key_move WHERE office = $1 AND dossier = $2";
        self.0.run(sql, params![office, dossier]).await?;
        Ok(())
    }

    /// Places a hold.
    pub async fn add_hold(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        hold: &HoldRow,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.0
            .run(
                "INSERT INTO hold (office, dossier, hold, reason, from_on, until_on, ceiling_on,
                 placed_by, placed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
                params![
                    office,
                    dossier,
                    hold.hold,
                    &hold.reason,
                    hold.from,
                    hold.until,
                    hold.ceiling,
                    hold.by,
                    now,
                ],
            )
            .await?;
        Ok(())
    }

    /// Lifts a hold; false when there is none such to lift.
    pub async fn lift_hold(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        hold: [u8; 16],
        by: AgentId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let n = self
            .0
            .run(
                "UPDATE hold SET lifted_at = $4, lifted_by = $5
                 WHERE office = $1 AND dossier = $2 AND hold = $3 AND lifted_at IS NULL",
                params![office, dossier, hold, now, by],
            )
            .await?;
        Ok(n == 1)
    }
}
