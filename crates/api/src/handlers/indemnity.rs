use huis_documents::File;
use huis_dossier::{Facts, Value as Fact};
use huis_usecases::{
    CALCULATION, Opened, Reading, UseError,
    indemnity::{Calculation, Line, Settings},
};

use super::cases::opened;
use crate::{
    answer::{Pdf, Shown},
    facts,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, OfCase,
        case::FlagShape,
        number,
        write::{IndemnityLine, IndemnityShape, KeptIndemnity, OfAct, TryIndemnity},
    },
};

/// Opens the dossier of a calculation that an act keeps.
async fn keeper(call: &Call, of: &OfAct, reading: Reading) -> Result<Opened, Problem> {
    let number = number(&of.numero)?;
    call.register()?.act(CALCULATION).ok_or_else(Problem::not_found)?;
    opened(call, number, reading).await
}

pub async fn kept(call: Call, of: OfAct, _: Nothing) -> Result<Shown<KeptIndemnity>, Problem> {
    let opened = keeper(&call, &of, Reading::Screen).await?;
    let done = call.huis.kept_indemnity(&opened, of.acte).ok_or_else(Problem::not_found)?;
    Ok(Shown(KeptIndemnity {
        acte: of.acte,
        inchange: done.same,
        calcul: shape(&done.calculation),
    }))
}

pub async fn proposal(call: Call, of: OfAct, _: Nothing) -> Result<Pdf, Problem> {
    // Without a press nothing is opened in vain.
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let opened = keeper(&call, &of, Reading::Export).await?;
    let (papers, number) = (call.papers, opened.card.number);
    let document = (papers.proposal)(&call.huis, &call.caller, &call.processing, &opened, of.acte);
    let document = document.ok_or_else(Problem::not_found)?;
    let bytes = call.huis.pdf(document).await.map_err(|e| call.fail(e))?;
    Ok(Pdf(File::pdf(&format!("indemnite-{number}-{}", of.acte), bytes)))
}

pub async fn try_one(
    call: Call,
    of: OfCase,
    Json(sent): Json<TryIndemnity>,
) -> Result<Shown<IndemnityShape>, Problem> {
    let number = number(&of.numero)?;
    if call.register()?.act(CALCULATION).is_none() {
        return Err(Problem::not_found());
    }
    let today = call.caller.today;
    let as_of = sent.arrete_au.map_or(today, |d| d.0);
    let mut settings = Settings::default();
    let mut faults = Vec::new();
    for (name, code) in &sent.choix {
        if !Settings::IDS.contains(&name.as_str()) || !settings.choose(name, code) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            faults.push(FaultShape::of(format!("choix.{name}"), "Ce choix n’existe pas."));
        }
    }
    if as_of > today {
        faults.push(FaultShape::of("arrete_au", "Cette date est à venir."));
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let mut typed = Facts::new();
    for id in Settings::IDS {
        if let Some(code) = settings.code(id) {
            typed.insert(id.to_owned(), Fact::Choice(code.to_owned()));
        }
    }
    typed.insert("arrete_au".to_owned(), Fact::Date(as_of));
    let tried = call.huis.try_indemnity(&call.caller, &call.processing, number, vec![typed]).await;
    let first = tried.map_err(|e| call.fail(e))?.into_iter().next();
    let replay = match first {
        Some(Ok(replay)) => replay,
        Some(Err(faults)) => return Err(call.fail(UseError::Faults(faults))),
        None => return Err(Problem::of("interne")),
    };
    Ok(Shown(shape(&replay.calculation)))
}

fn shape(done: &Calculation) -> IndemnityShape {
    let line = |l: &Line| IndemnityLine {
        du: Day(l.from),
        au: Day(l.to),
        jours: l.days,
        base: facts::money(l.base),
        formule: l.formula.clone(),
        article: l.article.clone(),
        montant: facts::money(l.amount),
    };
    let choice = |id: &str| Some((id.to_owned(), done.settings.code(id)?.to_owned()));
    IndemnityShape {
        arrete_au: Day(done.as_of),
        ouverte: done.open,
        periodes: done.spans.iter().map(|s| (Day(s.from), Day(s.to))).collect(),
        lignes: done.lines.iter().chain(&done.interest).map(line).collect(),
        brut: facts::money(done.totals.gross),
        paiements: facts::money(done.totals.payments),
        prescrit: facts::money(done.totals.prescribed),
        principal: facts::money(done.totals.principal),
        interets: facts::money(done.totals.interest),
        total: facts::money(done.totals.total),
        choix: Settings::IDS.iter().filter_map(|id| choice(id)).collect(),
        remarques: done.remarks.iter().map(FlagShape::from).collect(),
        verifie: done.verified,
    }
}
