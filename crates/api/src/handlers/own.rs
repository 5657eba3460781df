use huis_usecases::{
    agenda,
    mail::{MailChoice, MailKind},
};

use crate::{
    answer::{Done, Made, Shown},
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, Named, NoParameter, When,
        own::{
            ChooseMails, DeadMail, FeedShape, HoldMails, LinkMade, MailShape, MailStateShape,
            ProcedureShape,
        },
    },
};

fn named(kind: MailKind) -> Named {
    Named::new(kind.code(), kind.label())
}

pub async fn mails(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<MailShape>>, Problem> {
    let found = call.huis.mail_choices(&call.caller).await.map_err(|e| call.fail(e))?;
    let shape = |c: MailChoice| MailShape {
        courriel: named(c.kind),
        envoye: c.on,
        obligatoire: c.kind.required().map(str::to_owned),
    };
    Ok(Shown(found.into_iter().map(shape).collect()))
}

pub async fn choose(
    call: Call,
    _: NoParameter,
    Json(sent): Json<ChooseMails>,
) -> Result<Done, Problem> {
    let mine = call.huis.mail_choices(&call.caller).await.map_err(|e| call.fail(e))?;
    let mut faults = Vec::new();
    for (rank, code) in sent.courriels.iter().enumerate() {
        if !mine.iter().any(|c| c.kind.code() == code) {
            let text = "Vous ne recevez pas de courriel de ce genre.";
            faults.push(FaultShape::of(format!("courriels.{rank}"), text));
        }
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    call.huis.choose_mails(&call.caller, &sent.courriels).await.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn mail_state(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<MailStateShape>, Problem> {
    let found = call.huis.mail_state(&call.caller).await.map_err(|e| call.fail(e))?;
    let dead = found.dead.into_iter().map(|(nom, kind, at, why)| DeadMail {
        nom,
        courriel: named(kind),
        le: When(at),
        motif: match why.as_str() {
            "compte" | "refus" | "restauration" | "serveur" => why,
            _ => "illisible".to_owned(),
        },
    });
    Ok(Shown(MailStateShape {
        declare: found.ready,
        suspendus: found.paused,
        en_attente: found.waiting,
        abandonnes: dead.collect(),
    }))
}

pub async fn hold_mails(
    call: Call,
    _: NoParameter,
    Json(sent): Json<HoldMails>,
) -> Result<Done, Problem> {
    call.huis.hold_mails(&call.caller, sent.suspendus).await.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn feed(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<FeedShape>, Problem> {
    let found = call.huis.my_feed(&call.caller).await.map_err(|e| call.fail(e))?;
    Ok(Shown(FeedShape {
        existe: found.is_some(),
        fait_le: found.map(|f| When(f.made)),
        lu_le: found.and_then(|f| f.read).map(When),
    }))
}

pub async fn make_feed(call: Call, _: NoParameter, _: Nothing) -> Result<Made<LinkMade>, Problem> {
    let link = call.huis.make_feed(&call.caller).await.map_err(|e| call.fail(e))?;
    let chemin = Some(agenda::path(&link));
    // The link is a secret: a key keeps nothing of it.
    Ok(Made { body: LinkMade { chemin }, ids: LinkMade::default() })
}

pub async fn end_feed(call: Call, _: NoParameter, _: Nothing) -> Result<Done, Problem> {
    call.huis.end_feed(&call.caller).await.map_err(|e| call.fail(e))?;
    Ok(Done)
}

/// To read, and no more: that it was read is told by the person, in a session of theirs.
pub async fn procedure(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<ProcedureShape>, Problem> {
    let found = call.huis.procedure(&call.caller).await.map_err(|e| call.fail(e))?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Shown(ProcedureShape {
        version: found.version,
        approuvee_le: Day(found.approved_on),
        approuvee_par: found.approver,
        texte: found.body,
        lue_par: None,
    }))
}
