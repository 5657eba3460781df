//! The proposal of indemnity and its breakdown as one PDF, from a calculation that an act keeps
//! (X-05; CPCE art. R. 154-3).

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use huis_documents::{Align, Document, Table};
use huis_kernel::Instant;
use huis_usecases::{CALCULATION, Huis, Opened, Reading, footer};

use super::pdf;
use crate::{
    app::{App, Me},
    cite::cited,
    errors::PageError,
    handlers::dossier::{indemnity::kept_in, number, open},
    pages::indemnity::{IndemnityKept, LineView},
};

pub fn routes() -> Router<App> {
    Router::new().route("/dossiers/{numero}/indemnite/calcul/{no}/proposition.pdf", get(proposal))
}

async fn proposal(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
) -> Result<Response, Response> {
    let lost = |e: PageError| e.into_response();
    // Without a press nothing is opened in vain.
    if !app.huis.has_press() {
        return Err(lost(PageError::NotFound));
    }
    let number = number(&text).map_err(lost)?;
    me.register().map_err(lost)?.act(CALCULATION).ok_or_else(|| lost(PageError::NotFound))?;
    let opened = open(&app, &me, number, Reading::Export).await?;
    let out = document(&app.huis, &me, &opened, no).map_err(lost)?;
    let name = format!("indemnite-{number}-{no}");
    pdf(&app, &name, out).await.map_err(lost)
}

/// The proposal on paper: nothing that its page does not show (I3).
pub(in crate::handlers) fn document(
    huis: &Huis,
    me: &Me,
    opened: &Opened,
    no: u32,
) -> Result<Document, PageError> {
    let mut out = proposed(&kept_in(huis, me, opened, no)?, me.caller.now);
    out.author.clone_from(&me.caller.office.name);
    out.footer = footer(&me.caller);
    Ok(out)
}

/// The proposal: what is offered, what signing it means, then the breakdown line by line.
fn proposed(kept: &IndemnityKept, at: Instant) -> Document {
    let mut out = Document::new(format!("Proposition d’indemnité, dossier {}", kept.number), at);
    let r = &kept.result;
    out.heading(1, "Proposition d’indemnité");
    out.paragraph(format!(
        "Dossier {}, calcul enregistré sous l’acte n°\u{a0}{}. Responsabilité de l’État pour refus du concours de la force publique\u{a0}: {}.",
        kept.number, kept.no, r.period
    ));
    out.pairs(r.totals.iter().map(|p| (p.label.as_str(), p.value.as_str())));
    if !kept.same {
        out.notice("Un paramètre de droit a changé depuis l’enregistrement de ce calcul\u{a0}: refaites-le avant de proposer.");
    }
    for remark in &r.remarks {
        out.notice(format!("{} ({})", remark.text, cited(&remark.article)));
    }
    out.paragraph("L’indemnité acceptée vaut transaction. À sa signature, l’État est subrogé dans les droits du bénéficiaire pour la période (CPCE, art. R.\u{a0}154-3). Le silence gardé deux mois sur la demande vaut refus\u{a0}: le tribunal administratif peut alors être saisi.");
    out.heading(2, "Période de responsabilité");
    out.list(r.steps.iter().map(|(text, _)| text.as_str()));
    out.heading(2, "Préjudice et déductions");
    lines(&mut out, "Chef", &r.lines);
    if !r.interest.is_empty() {
        out.heading(2, "Intérêts au taux légal");
        lines(&mut out, "Intérêts", &r.interest);
    }
    if !r.excluded.is_empty() {
        out.heading(2, "Écarté du calcul");
        let mut table = Table::new(["Quoi", "Raison", "Règle", "Montant"])
            .width(1, 3)
            .width(2, 2)
            .align(3, Align::End);
        for (what, amount, reason, article) in &r.excluded {
            table.push([what.as_str(), reason.as_str(), article.as_str(), amount.as_str()]);
        }
        out.table(table);
    }
    out.heading(2, "Réglages du calcul");
    out.pairs(kept.settings.iter().map(|p| (p.label.as_str(), p.value.as_str())));
    out
}

fn lines(out: &mut Document, first: &str, lines: &[LineView]) {
    let mut table = Table::new([first, "Période", "Calcul", "Règle", "Montant"])
        .width(1, 2)
        .width(2, 3)
        .width(3, 2)
        .align(4, Align::End);
    for l in lines {
        table.push([
            l.label.as_str(),
            l.period.as_str(),
            l.formula.as_str(),
            l.article.as_str(),
            l.amount.as_str(),
        ]);
    }
    out.table(table);
}
