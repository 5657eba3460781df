//! What a screen's « Exporter » gives, by the same use cases: traced as an export, counted by the
//! alerts on unusual volume, no cell a formula.

use huis_documents::{File, Sheet as Rows};
use huis_usecases::{MOST, oversight::By, sheet_file};

use super::{daily::filters, watch::log_query};
use crate::{
    answer::{Pdf, Sheet},
    operation::{Call, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        NoParameter,
        daily::ListQueryShape,
        exports::{Format, ListWanted, PlanWanted, TracesWanted, Wanted},
        watch::TraceQueryShape,
    },
};

fn given(call: &Call, rows: &Rows, format: Format) -> Result<Sheet, Problem> {
    Ok(Sheet(sheet_file(&call.caller, rows, format.into()).map_err(|e| call.fail(e))?))
}

pub async fn list(call: Call, asked: ListWanted, _: Nothing) -> Result<Sheet, Problem> {
    let query = filters(ListQueryShape {
        secteur: asked.secteur,
        etape: asked.etape,
        situation: asked.situation,
        gravite: asked.gravite,
        en_retard: asked.en_retard,
        apres: None,
    })?;
    let found = call.huis.export_list(&call.caller, &call.processing, &query).await;
    let Some(rows) = found.map_err(|e| call.fail(e))? else {
        let text = format!("Plus de {MOST} dossiers : resserrez les filtres.");
        return Err(Problem::of("trop-grand").with(vec![FaultShape::whole(text)]));
    };
    given(&call, &rows, asked.format)
}

pub async fn day(call: Call, asked: Wanted, _: Nothing) -> Result<Sheet, Problem> {
    let rows = call.huis.export_day(&call.caller, &call.processing).await;
    given(&call, &rows.map_err(|e| call.fail(e))?, asked.format)
}

pub async fn board(call: Call, asked: Wanted, _: Nothing) -> Result<Sheet, Problem> {
    let rows = call.huis.export_board(&call.caller, &call.processing).await;
    given(&call, &rows.map_err(|e| call.fail(e))?, asked.format)
}

pub async fn plan(call: Call, asked: PlanWanted, _: Nothing) -> Result<Sheet, Problem> {
    let today = call.caller.today;
    let at = match &asked.au {
        Some(text) => call.day("au", text)?.max(today),
        None => today,
    };
    let rows = call.huis.export_plan(&call.caller, &call.processing, at).await;
    given(&call, &rows.map_err(|e| call.fail(e))?, asked.format)
}

pub async fn grants(call: Call, asked: Wanted, _: Nothing) -> Result<Sheet, Problem> {
    let rows = call.huis.export_grants(&call.caller, &call.processing).await;
    given(&call, &rows.map_err(|e| call.fail(e))?, asked.format)
}

pub async fn traces(call: Call, asked: TracesWanted, _: Nothing) -> Result<Sheet, Problem> {
    let query = log_query(TraceQueryShape {
        agent: asked.agent,
        operation: asked.operation,
        apres: asked.apres,
    })?;
    let rows = call.huis.export_traces(&call.caller, &call.processing, &query).await;
    given(&call, &rows.map_err(|e| call.fail(e))?, asked.format)
}

pub async fn register(call: Call, asked: Wanted, _: Nothing) -> Result<Sheet, Problem> {
    let by = By::Caller(&call.caller);
    let entry = call.huis.register_file(by, &call.processing).await;
    given(&call, &entry.map_err(|e| call.fail(e))?.sheet, asked.format)
}

pub async fn register_pdf(call: Call, _: NoParameter, _: Nothing) -> Result<Pdf, Problem> {
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let by = By::Caller(&call.caller);
    let entry = call.huis.register_file(by, &call.processing).await.map_err(|e| call.fail(e))?;
    let bytes = call.huis.pdf(entry.document).await.map_err(|e| call.fail(e))?;
    Ok(Pdf(File::pdf("registre-article-30", bytes)))
}
