use huis_kernel::{AgentId, GrantId};
use huis_usecases::{
    accounts::{AccountState, Duty, NewAgent, RESET_PLACE},
    grants::{GrantLine, GrantState, NewGrant, ReviewLine},
};

use crate::{
    answer::{Done, Made, Shown},
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, NoParameter, OfId, Reason, When, id,
        office::{
            AccountMade, AccountShape, Confirm, DutyShape, GrantRow, MadeId, NewAccount,
            NewGrantShape, NewPartner, OfPartner, PartnerShape, ReviewRow, ReviewShape,
            SetSettings, SettingShape, SettingsDone, WithdrawInReview,
        },
        own::LinkMade,
    },
};

fn grant(line: &GrantLine) -> GrantRow {
    GrantRow {
        id: line.id.to_string(),
        agent: line.agent.to_string(),
        nom: line.agent_name.clone(),
        service: line.service.clone(),
        profil: line.profile.clone(),
        perimetre: line.territories.clone(),
        du: Day(line.from),
        au: Day(line.until),
        motif: line.reason.clone(),
        donnee_par: line.giver.clone(),
        garant: line.sponsor.clone(),
        etat: match line.state {
            GrantState::Coming => "a_venir",
            GrantState::InForce => "en_vigueur",
            GrantState::Expired => "terminee",
            GrantState::Withdrawn { .. } => "retiree",
        }
        .to_owned(),
    }
}

pub async fn grants(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<GrantRow>>, Problem> {
    let found = call.huis.grants(&call.caller, &call.processing).await;
    Ok(Shown(found.map_err(|e| call.fail(e))?.iter().map(grant).collect()))
}

pub async fn give(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewGrantShape>,
) -> Result<Made<MadeId>, Problem> {
    let agent: AgentId = new.agent.parse().map_err(|_| {
        Problem::faults(vec![FaultShape::of("agent", "Ce n’est pas l’identifiant d’un agent.")])
    })?;
    let new = NewGrant {
        agent,
        profile: new.profil,
        territories: new.perimetre,
        from: new.du.0,
        until: new.au.0,
        reason: new.motif,
        sponsor: new.garant,
    };
    let done = call.huis.give(&call.caller, &call.processing, &new).await;
    let id = done.map_err(|e| call.fail(e))?.to_string();
    Ok(Made::ids(MadeId { id }))
}

pub async fn withdraw(call: Call, of: OfId, Json(why): Json<Reason>) -> Result<Done, Problem> {
    let grant: GrantId = id(&of.id)?;
    let done = call.huis.withdraw(&call.caller, &call.processing, grant, &why.motif).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn review(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<ReviewShape>, Problem> {
    let found = call.huis.review(&call.caller, &call.processing).await;
    let state = found.map_err(|e| call.fail(e))?;
    Ok(Shown(ReviewShape {
        ouverte: state.open.map(When),
        derniere: state.last.map(Day),
        pour_le: Day(state.due),
        decidees: state.decided,
        total: state.total,
    }))
}

pub async fn open_review(call: Call, _: NoParameter, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.open_review(&call.caller, &call.processing).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn confirm(
    call: Call,
    _: NoParameter,
    Json(sent): Json<Confirm>,
) -> Result<Done, Problem> {
    let ids: Option<Vec<GrantId>> = sent.habilitations.iter().map(|t| t.parse().ok()).collect();
    let ids = ids.ok_or_else(Problem::not_found)?;
    let done = call.huis.review_confirm(&call.caller, &call.processing, &ids).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn review_lines(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<ReviewRow>>, Problem> {
    let found = call.huis.review_lines(&call.caller, &call.processing).await;
    let line = |l: &ReviewLine| ReviewRow {
        habilitation: grant(&l.grant),
        dernier_usage: l.last_use.map(When),
        la_mienne: l.own,
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.iter().map(line).collect()))
}

pub async fn review_withdraw(
    call: Call,
    _: NoParameter,
    Json(sent): Json<WithdrawInReview>,
) -> Result<Done, Problem> {
    let ids: Option<Vec<GrantId>> = sent.habilitations.iter().map(|t| t.parse().ok()).collect();
    let ids = ids.ok_or_else(Problem::not_found)?;
    let (caller, processing) = (&call.caller, &call.processing);
    let done = call.huis.review_withdraw(caller, processing, &ids, &sent.motif).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn close_review(call: Call, _: NoParameter, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.close_review(&call.caller, &call.processing).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn accounts(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<AccountShape>>, Problem> {
    let found = call.huis.agents(&call.caller).await.map_err(|e| call.fail(e))?;
    let shape = |a: huis_usecases::accounts::AgentLine| AccountShape {
        id: a.id.to_string(),
        identifiant: a.login,
        nom: a.name,
        service: a.service,
        courriel: a.email,
        etat: match a.state {
            AccountState::Active => "actif",
            AccountState::Locked => "verrouille",
            AccountState::Closed => "ferme",
        }
        .to_owned(),
        connecte_le: a.signed_in_at.map(When),
        second_facteur: a.second_factor,
        habilitations: a.grants,
        mot_de_passe_provisoire: a.must_change,
        informe_le: a.duties.informed_on.map(Day),
        engage_le: a.duties.committed_on.map(Day),
        forme_le: a.duties.trained_on.map(Day),
    };
    Ok(Shown(found.into_iter().map(shape).collect()))
}

pub async fn create_account(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewAccount>,
) -> Result<Made<AccountMade>, Problem> {
    let new = NewAgent {
        login: new.identifiant,
        first_name: new.prenom,
        last_name: new.nom,
        service: new.service,
        email: new.courriel,
    };
    let made = call.huis.create_agent(&call.caller, &new).await.map_err(|e| call.fail(e))?;
    // A key keeps the account's id, and nothing of the password.
    let ids = AccountMade { id: made.id.to_string(), mot_de_passe: None };
    let body = AccountMade { mot_de_passe: Some(made.password), ..ids.clone() };
    Ok(Made { body, ids })
}

pub async fn reset_link(call: Call, of: OfId, _: Nothing) -> Result<Made<LinkMade>, Problem> {
    let made = call.huis.admin_reset(&call.caller, id(&of.id)?).await;
    let token = made.map_err(|e| call.fail(e))?;
    let chemin = Some(format!("{RESET_PLACE}/{token}"));
    Ok(Made { body: LinkMade { chemin }, ids: LinkMade::default() })
}

pub async fn drop_second(call: Call, of: OfId, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.drop_second_factor(&call.caller, id(&of.id)?).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn close_account(call: Call, of: OfId, Json(why): Json<Reason>) -> Result<Done, Problem> {
    let agent: AgentId = id(&of.id)?;
    let done = call.huis.close_agent(&call.caller, agent, &why.motif).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn lock_account(call: Call, of: OfId, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.lock_agent(&call.caller, id(&of.id)?).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn unlock_account(call: Call, of: OfId, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.unlock_agent(&call.caller, id(&of.id)?).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn duty(call: Call, of: OfId, Json(sent): Json<DutyShape>) -> Result<Done, Problem> {
    let agent: AgentId = id(&of.id)?;
    let duty = match sent.devoir.as_str() {
        "informe" => Duty::Informed,
        "engage" => Duty::Committed,
        "forme" => Duty::Trained,
        _ => {
            let text = "Attendu : informe, engage ou forme.";
            return Err(Problem::faults(vec![FaultShape::of("devoir", text)]));
        }
    };
    let done = call.huis.record_duty(&call.caller, agent, duty, sent.le.0).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn partners(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<PartnerShape>>, Problem> {
    let found = call.huis.partners(&call.caller, &call.processing).await;
    Ok(Shown(found.map_err(|e| call.fail(e))?.iter().map(PartnerShape::from).collect()))
}

pub async fn add_partner(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewPartner>,
) -> Result<Made<MadeId>, Problem> {
    let done = call.huis.add_partner(&call.caller, &call.processing, &new.nom, &new.profil).await;
    Ok(Made::ids(MadeId { id: done.map_err(|e| call.fail(e))? }))
}

pub async fn close_partner(call: Call, of: OfPartner, _: Nothing) -> Result<Done, Problem> {
    let done = call.huis.close_partner(&call.caller, &call.processing, &of.code).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn settings(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<SettingShape>>, Problem> {
    let found = call.huis.settings(&call.caller).await.map_err(|e| call.fail(e))?;
    let shape = |line: huis_usecases::oversight::SettingLine| SettingShape {
        cle: line.setting.key.to_owned(),
        libelle: line.setting.label.to_owned(),
        valeur: line.value,
        regle: line.set,
        source: line.setting.source.to_owned(),
    };
    Ok(Shown(found.into_iter().map(shape).collect()))
}

pub async fn set_settings(
    call: Call,
    _: NoParameter,
    Json(sent): Json<SetSettings>,
) -> Result<Shown<SettingsDone>, Problem> {
    let values: Vec<(String, String)> = sent.valeurs.into_iter().collect();
    let moved = call.huis.set_settings(&call.caller, &values).await;
    Ok(Shown(SettingsDone { deplaces: moved.map_err(|e| call.fail(e))? }))
}
