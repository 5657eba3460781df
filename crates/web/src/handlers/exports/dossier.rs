//! A dossier as one PDF: what its page shows to this reader, in the order of the procedure.

use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use huis_documents::{Document, Table, Text};
use huis_usecases::{Reading, footer};

use super::pdf;
use crate::{
    app::{App, Me},
    errors::PageError,
    fmt,
    handlers::dossier::{number, open},
    pages::{Pair, dossier::DossierView},
};

pub fn routes() -> Router<App> {
    Router::new().route("/dossiers/{numero}/dossier.pdf", get(dossier))
}

async fn dossier(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    // Without a press nothing is opened in vain.
    if !app.huis.has_press() {
        return Err(PageError::NotFound.into_response());
    }
    let opened = open(&app, &me, number, Reading::Export).await?;
    let paper = super::dossier_document(&me, &opened).map_err(PageError::into_response)?;
    let name = format!("dossier-{number}");
    let mut answer = pdf(&app, &name, paper).await.map_err(PageError::into_response)?;
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The dossier's page on paper: nothing that the page does not show (I3).
pub(in crate::handlers) fn document(me: &Me, mut d: DossierView) -> Document {
    let mut out = Document::new(format!("Dossier {}", d.number), me.caller.now);
    out.author.clone_from(&me.caller.office.name);
    out.footer = footer(&me.caller);
    out.heading(1, format!("Dossier {}", d.number));
    let mut card = d.identity.clone();
    if !d.step.is_empty() {
        card.push(Pair::new("Situation", d.step.clone()));
    }
    card.extend(d.closed.clone());
    pairs(&mut out, &card);
    d.holds.iter().for_each(|hold| out.notice(hold.as_str()));
    for remark in &d.remarks {
        out.notice(Text::plain(&remark.text).emphasis(article(&remark.article)));
    }
    let mut terms = std::mem::take(&mut d.done);
    terms.append(&mut d.terms);
    terms.sort_by_key(|t| t.due);
    if !terms.is_empty() {
        out.heading(2, "Échéances");
        let mut table = Table::new(["Date", "Échéance", "État", "Article"]).width(1, 3).width(3, 2);
        for term in &terms {
            table.push([
                term.due_text(),
                term.label.clone(),
                term.chip.text.clone(),
                term.article.clone(),
            ]);
        }
        out.table(table);
    }
    if !d.acts.is_empty() {
        out.heading(2, "Chronologie");
    }
    // On paper one reads in the order of the procedure.
    for act in d.acts.iter().rev() {
        out.heading(3, format!("{} – {} (n°\u{a0}{})", act.on_text(), act.label, act.no));
        if let Some(reason) = &act.voided {
            out.paragraph(format!("Annulé\u{a0}: {reason}"));
        }
        if let Some(no) = act.corrected_by {
            out.paragraph(format!("Corrigé par l’acte n°\u{a0}{no}."));
        }
        pairs(&mut out, &act.facts);
        for remark in &act.remarks {
            out.notice(Text::plain(&remark.text).emphasis(article(&remark.article)));
        }
        out.paragraph(Text::default().emphasis(&act.recorded));
    }
    let sections: Vec<_> =
        d.sections.iter().filter(|s| !s.occurrences.is_empty() || s.withheld).collect();
    if !sections.is_empty() {
        out.heading(2, "Volets");
    }
    for section in sections {
        out.heading(3, section.label.as_str());
        for occurrence in &section.occurrences {
            if let Some(title) = &occurrence.title {
                out.heading(4, title.as_str());
            }
            if let Some(why) = &occurrence.restricted {
                out.notice(format!("Masqué aux autres\u{a0}: {why}"));
            }
            pairs(&mut out, &occurrence.facts);
        }
        if section.withheld {
            out.paragraph("Une partie de ce volet ne vous est pas ouverte.");
        }
    }
    out
}

fn article(article: &str) -> String {
    if article.is_empty() { String::new() } else { format!(" ({})", fmt::french(article)) }
}

fn pairs(out: &mut Document, pairs: &[Pair]) {
    if !pairs.is_empty() {
        out.pairs(pairs.iter().map(|p| (p.label.as_str(), p.value.as_str())));
    }
}
