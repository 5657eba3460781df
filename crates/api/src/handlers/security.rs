use huis_usecases::oversight::{Due, Procedure, RiskReview};

use crate::{
    answer::{Done, Shown},
    operation::{Call, Json, Nothing},
    problem::Problem,
    shapes::{
        Day, NoParameter, When,
        own::{NewProcedure, NewRiskReview, ProcedureShape, RiskReviewShape, SecurityShape},
    },
};

pub async fn read(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<SecurityShape>, Problem> {
    let found = call.huis.security(&call.caller, &call.processing).await;
    let found = found.map_err(|e| call.fail(e))?;
    let due = call.huis.security_due(&call.caller.office).await.map_err(|e| call.fail(e))?;
    let review = |r: RiskReview| RiskReviewShape {
        tenue_le: Day(r.held_on),
        prochaine_le: Day(r.next_on),
        compte_rendu: r.summary,
        par: r.by,
        enregistree_le: When(r.recorded_at),
    };
    let procedure = |p: Procedure| ProcedureShape {
        version: p.version,
        approuvee_le: Day(p.approved_on),
        approuvee_par: p.approver,
        texte: p.body,
        lue_par: Some(p.read_by),
    };
    Ok(Shown(SecurityShape {
        revues: found.reviews.into_iter().map(review).collect(),
        procedures: found.procedures.into_iter().map(procedure).collect(),
        a_faire: due.into_iter().map(Due::words).collect(),
        prochaine_au_plus_tard: found.latest.map(Day),
    }))
}

pub async fn review(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewRiskReview>,
) -> Result<Done, Problem> {
    let (caller, processing) = (&call.caller, &call.processing);
    let (held, next) = (new.tenue_le.0, new.prochaine_le.0);
    let done =
        call.huis.record_risk_review(caller, processing, held, next, &new.compte_rendu).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn procedure(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewProcedure>,
) -> Result<Done, Problem> {
    let (caller, processing) = (&call.caller, &call.processing);
    let on = new.approuvee_le.0;
    let done =
        call.huis.record_procedure(caller, processing, on, &new.approuvee_par, &new.texte).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}
