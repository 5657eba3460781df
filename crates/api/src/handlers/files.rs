use huis_documents::{self as documents, Format};
use huis_usecases::{ImportLine, ImportState, Mapping, Settled, Settling, Source};
use std::{collections::BTreeMap, sync::Arc};

use crate::{
    answer::{Csv, Done, Made, Shown},
    operation::{Call, File, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, Named, NoParameter, OfId, When,
        files::{
            ImportDetail, ImportShape, ImportsShape, RowFaults, SendQuery, SentShape, SettleShape,
            SourceShape, TargetShape,
        },
    },
};

fn shape(line: &ImportLine) -> ImportShape {
    ImportShape {
        id: line.id.clone(),
        libelle: line.label.clone(),
        etat: match line.state {
            ImportState::Received => "recu",
            ImportState::Trying => "essai",
            ImportState::Ready => "pret",
            ImportState::Writing => "cours",
            ImportState::Done => "fini",
            ImportState::Stopped => "arrete",
            ImportState::Dropped => "abandonne",
            ImportState::Expired => "expire",
        }
        .to_owned(),
        lignes: line.lines,
        traitees: line.through,
        ecrites: line.written,
        connues: line.known,
        fautives: line.faulty,
        recu_le: When(line.created),
        garde_jusqu_au: line.until.map(Day),
    }
}

pub async fn list(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<ImportsShape>, Problem> {
    let kinds = call.huis.import_kinds(&call.caller, &call.processing);
    if kinds.is_empty() {
        return Err(Problem::not_found());
    }
    let lines = call.huis.my_imports(&call.caller, &call.processing).await;
    Ok(Shown(ImportsShape {
        genres: kinds.iter().map(|k| Named::new(&k.id, &k.label)).collect(),
        imports: lines.map_err(|e| call.fail(e))?.iter().map(shape).collect(),
    }))
}

pub async fn send(
    call: Call,
    asked: SendQuery,
    File(bytes): File,
) -> Result<Made<SentShape>, Problem> {
    let sent =
        call.huis.send_file(&call.caller, &call.processing, &asked.genre, bytes.to_vec()).await;
    let sent = sent.map_err(|e| call.fail(e))?;
    let ids = SentShape { id: sent.id, lignes: None };
    Ok(Made { body: SentShape { lignes: Some(sent.lines), ..ids.clone() }, ids })
}

pub async fn look(call: Call, of: OfId, _: Nothing) -> Result<Shown<ImportDetail>, Problem> {
    let page = call.huis.look_at_import(&call.caller, &of.id).await.map_err(|e| call.fail(e))?;
    let mut detail = ImportDetail {
        import: shape(&page.line),
        colonnes: Vec::new(),
        cibles: Vec::new(),
        correspondance: BTreeMap::new(),
        fautes: Vec::new(),
    };
    if let Some(content) = page.content {
        detail.colonnes = content.header.columns;
        let target = |t: &huis_usecases::Target| TargetShape {
            cle: t.key.clone(),
            libelle: t.label.clone(),
            obligatoire: t.required,
        };
        detail.cibles = content.targets.iter().map(target).collect();
        let source = |s: &Source| match s {
            Source::Column(at) => SourceShape { colonne: u32::try_from(*at).ok(), valeur: None },
            Source::Fixed(text) => SourceShape { colonne: None, valeur: Some(text.clone()) },
        };
        detail.correspondance =
            content.mapping.0.iter().map(|(k, s)| (k.clone(), source(s))).collect();
        let told = |f: &huis_usecases::CellFault| match &f.column {
            Some(column) => format!("{column} : {}", f.message),
            None => f.message.clone(),
        };
        let row = |f: &huis_usecases::FaultLine| RowFaults {
            ligne: f.no,
            fautes: f.faults.iter().map(told).collect(),
        };
        detail.fautes = content.faults.iter().map(row).collect();
    }
    Ok(Shown(detail))
}

/// The job goes on by itself; what fails is taken up again within the minute.
fn go_on(call: &Call) {
    let huis = Arc::clone(&call.huis);
    tokio::spawn(async move {
        if let Err(error) = huis.work_imports().await {
            tracing::error!(%error, "un import attend : il sera repris");
        }
    });
}

pub async fn settle(call: Call, of: OfId, Json(sent): Json<SettleShape>) -> Result<Done, Problem> {
    let mut mapping = Mapping::default();
    let mut faults = Vec::new();
    for (key, source) in sent.correspondance {
        let source = match (source.colonne, source.valeur) {
            (Some(at), None) => usize::try_from(at).map(Source::Column).ok(),
            (None, Some(text)) => Some(Source::Fixed(text)),
            _ => None,
        };
        match source {
            Some(source) => drop(mapping.0.insert(key, source)),
            None => {
                let key: String = key.chars().filter(|c| !c.is_control()).take(64).collect();
                let text = "Donnez une colonne, ou une valeur, et pas les deux.";
                faults.push(FaultShape::of(format!("correspondance.{key}"), text));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let settling = Settling { mapping, open: sent.ouvrir };
    let done = call.huis.settle_import(&call.caller, &of.id, settling).await;
    match done.map_err(|e| call.fail(e))? {
        Settled::Trying => {
            go_on(&call);
            Ok(Done)
        }
        Settled::Refused(wrong) => Err(Problem::faults(
            wrong
                .into_iter()
                .map(|(key, text)| FaultShape::of(format!("correspondance.{key}"), text))
                .collect(),
        )),
    }
}

pub async fn start(call: Call, of: OfId, _: Nothing) -> Result<Done, Problem> {
    call.huis.start_import(&call.caller, &of.id).await.map_err(|e| call.fail(e))?;
    go_on(&call);
    Ok(Done)
}

pub async fn stop(call: Call, of: OfId, _: Nothing) -> Result<Done, Problem> {
    call.huis.stop_import(&call.caller, &of.id).await.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn faults(call: Call, of: OfId, _: Nothing) -> Result<Csv, Problem> {
    let file = call.huis.import_faults(&call.caller, &of.id).await.map_err(|e| call.fail(e))?;
    let csv = Format::Csv;
    Ok(Csv(documents::File::new("lignes-a-corriger", csv.code(), csv.media(), file)))
}
