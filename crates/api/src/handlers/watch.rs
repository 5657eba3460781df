use huis_kernel::AlertId;
use huis_usecases::oversight::{By, CertificateLine, PlannedCard, TraceLine, TraceQuery};

use crate::{
    answer::{Done, Shown},
    cursor,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, Named, NoParameter, OfCase, OfId, When, id, number,
        watch::{
            AlertShape, AtDay, CertificateShape, CloseAlert, CounterShape, DepositedShape,
            DestroyedShape, Heading, PlanRow, PlanShape, PlannedShape, RegisterShape,
            SuperviseAgent, SuperviseCell, SuperviseRule, SuperviseShape, TraceQueryShape,
            TraceShape, TracesPage, Unlock, VerifiedLog, VerifiedShape, VersionShape,
        },
    },
};

pub async fn alerts(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<AlertShape>>, Problem> {
    let found = call.huis.alerts(&call.caller, &call.processing).await;
    let shape = |a: huis_usecases::alerts::AlertLine| AlertShape {
        id: a.id.to_string(),
        regle: a.rule,
        titre: a.title,
        resume: a.summary,
        agent: a.agent.map(|(_, name, _)| name),
        levee_le: When(a.raised_at),
        peut_clore: a.closable,
        conclusion: a.closed.map(|c| c.finding),
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(shape).collect()))
}

pub async fn close_alert(
    call: Call,
    of: OfId,
    Json(sent): Json<CloseAlert>,
) -> Result<Done, Problem> {
    let alert: AlertId = id(&of.id)?;
    let (caller, processing) = (&call.caller, &call.processing);
    let done =
        call.huis.close_alert(caller, processing, alert, &sent.conclusion, &sent.remarque).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

fn trace(line: TraceLine) -> TraceShape {
    TraceShape {
        le: When(line.place.at),
        qui: line.who,
        service: line.service,
        adresse: line.address,
        finalite: line.purpose,
        operation: line.operation.code().to_owned(),
        libelle: line.operation.label().to_owned(),
        dossiers: line.dossiers.iter().map(ToString::to_string).collect(),
        nombre: line.count,
        volets: line.sections,
        issue: line.outcome,
        refusee: line.refused,
        detail: line.detail,
    }
}

pub async fn traces_of(
    call: Call,
    of: OfCase,
    _: Nothing,
) -> Result<Shown<Vec<TraceShape>>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.traces_of_dossier(&call.caller, &call.processing, number).await;
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(trace).collect()))
}

/// The filters of the log.
pub(super) fn log_query(asked: TraceQueryShape) -> Result<TraceQuery, Problem> {
    let mut faults = Vec::new();
    let agent = asked.agent.map(|t| t.parse()).transpose();
    if agent.is_err() {
        faults.push(FaultShape::of("agent", "Ce n’est pas l’identifiant d’un agent."));
    }
    let operation = asked.operation.map(|t| t.parse()).transpose();
    if operation.is_err() {
        faults.push(FaultShape::of("operation", "Ce n’est pas une opération du journal."));
    }
    let (Ok(agent), Ok(operation)) = (agent, operation) else {
        return Err(Problem::of("illisible").with(faults));
    };
    let before = asked.apres.as_deref().map(cursor::line).transpose()?;
    Ok(TraceQuery { agent, operation, before })
}

pub async fn traces(
    call: Call,
    asked: TraceQueryShape,
    _: Nothing,
) -> Result<Shown<TracesPage>, Problem> {
    let query = log_query(asked)?;
    let page = call.huis.trace_page(&call.caller, &call.processing, &query).await;
    let page = page.map_err(|e| call.fail(e))?;
    Ok(Shown(TracesPage {
        lignes: page.lines.into_iter().map(trace).collect(),
        suite: page.next.as_ref().map(cursor::of_line),
    }))
}

pub async fn verify(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<VerifiedShape>, Problem> {
    let by = By::Caller(&call.caller);
    let report = call.huis.verify_trace(by, &call.processing, None).await;
    let report = report.map_err(|e| call.fail(e))?;
    let log = |log: &huis_usecases::oversight::LogReport| match &log.result {
        Ok(found) => VerifiedLog {
            journal: log.log.clone(),
            lignes: found.lines,
            journees_closes: found.closed_days,
            journees_purgees: found.purged_days,
            ecarts: Vec::new(),
        },
        Err(findings) => VerifiedLog {
            journal: log.log.clone(),
            lignes: 0,
            journees_closes: 0,
            journees_purgees: 0,
            ecarts: findings.iter().take(20).map(ToString::to_string).collect(),
        },
    };
    Ok(Shown(VerifiedShape {
        intact: report.sound(),
        cle: call.huis.log_key().to_string(),
        journaux: report.logs.iter().map(log).collect(),
    }))
}

fn certificate(line: CertificateLine) -> CertificateShape {
    CertificateShape {
        le: When(line.at),
        destruction: line.certificate.map(|c| DestroyedShape {
            cles: c.destroyed,
            effaces: c.gone,
            sauvegardes_closes_le: Day(c.data_backups_dead_on),
            cles_disparues_le: Day(c.key_backups_dead_on),
        }),
        versement: line.deposit.map(|d| DepositedShape {
            service: d.service,
            visa: d.visa,
            dossiers: d.dossiers,
            sha256: d.sha256,
        }),
        preuve: line.proof,
    }
}

pub async fn plan(call: Call, asked: AtDay, _: Nothing) -> Result<Shown<PlanShape>, Problem> {
    let at = match &asked.au {
        Some(text) => call.day("au", text)?,
        None => call.caller.today,
    };
    let plan = call.huis.retention_plan(&call.caller, &call.processing, at).await;
    let plan = plan.map_err(|e| call.fail(e))?;
    Ok(Shown(PlanShape {
        au: Day(plan.at),
        lignes: plan
            .lines
            .into_iter()
            .map(|l| PlanRow { duree: l.unit, pas: l.step, nombre: l.count })
            .collect(),
        en_attente: plan.waiting,
        geles: plan.held,
        premiers_en_attente: plan.late.into_iter().map(planned).collect(),
        premiers: plan.first.into_iter().map(planned).collect(),
        certificats: plan.certificates.into_iter().map(certificate).collect(),
    }))
}

fn planned(card: PlannedCard) -> PlannedShape {
    PlannedShape {
        numero: card.number.to_string(),
        duree: card.unit,
        pas: card.step,
        le: Day(card.on),
    }
}

pub async fn register(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<RegisterShape>, Problem> {
    let found = call.huis.register_page(&call.caller, &call.processing).await;
    let entry = found.map_err(|e| call.fail(e))?;
    Ok(Shown(RegisterShape {
        article_30: entry
            .article30
            .into_iter()
            .map(|(titre, lignes)| Heading { titre, lignes })
            .collect(),
        versions: entry
            .versions
            .into_iter()
            .map(|v| VersionShape {
                empreinte: v.digest,
                en_vigueur: Day(v.in_force),
                changements: v.changes.unwrap_or_default().into_iter().map(|c| c.text).collect(),
            })
            .collect(),
        assoupli: entry.banner,
    }))
}

pub async fn counters(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<CounterShape>>, Problem> {
    let found = call.huis.counters(&call.caller, &call.processing).await;
    let shape = |c: huis_usecases::oversight::CounterLine| CounterShape {
        annee: c.year,
        quoi: Named::new(c.kind, c.label),
        nombre: c.n,
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(shape).collect()))
}

pub async fn supervise(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<SuperviseShape>, Problem> {
    let found = call.huis.supervisor(&call.caller, &call.processing).await;
    let s = found.map_err(|e| call.fail(e))?;
    Ok(Shown(SuperviseShape {
        tableau: s
            .board
            .into_iter()
            .map(|b| SuperviseCell {
                secteur: b.territory,
                etape: b.stage,
                nombre: b.count,
                en_retard: b.late,
            })
            .collect(),
        attendu: s
            .rules
            .into_iter()
            .map(|r| SuperviseRule {
                regle: Named::new(r.rule, r.label),
                en_cours: r.running,
                en_retard: r.late,
            })
            .collect(),
        en_retard: s.late,
        lettres_non_parties: s.letters_unsent,
        agents: s
            .agents
            .into_iter()
            .map(|a| SuperviseAgent {
                nom: a.name,
                service: a.service,
                consultes: a.opened,
                crees: a.created,
                actes: a.acts,
                volets: a.written,
                recherches: a.searches,
            })
            .collect(),
        alertes: s.open_alerts,
        bloques: s.stuck.into_iter().map(|l| l.number.to_string()).collect(),
    }))
}

pub async fn unlock(call: Call, _: NoParameter, Json(sent): Json<Unlock>) -> Result<Done, Problem> {
    let done = call.huis.unlock_archive(&call.caller, &call.processing, &sent.phrase).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn lock(call: Call, _: NoParameter, _: Nothing) -> Result<Done, Problem> {
    call.huis.close_archive(&call.caller);
    Ok(Done)
}
