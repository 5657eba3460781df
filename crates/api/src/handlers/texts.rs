use huis_documents::File;
use huis_register::french;
use huis_usecases::letters::{
    LetterText, Preview, PublicNotice, TemplateFault, easy_lines, placeholders,
};

use crate::{
    answer::{Done, Pdf, Shown},
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Named, NoParameter, When,
        texts::{
            BlockShape, DeskShape, EasyLineShape, EasyNoticeShape, LetterShape, NewText,
            NoticeShape, OfLetter, OfProcessing, TextLine, TextShape, TextVersionShape,
        },
    },
};

fn named(found: &LetterText) -> Named {
    Named::new(&found.entry.id, french(&found.entry.label))
}

async fn all(call: &Call) -> Result<Vec<LetterText>, Problem> {
    call.huis.letter_texts(&call.caller, &call.processing).await.map_err(|e| call.fail(e))
}

pub async fn list(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<Vec<TextLine>>, Problem> {
    let line = |f: &LetterText| TextLine {
        lettre: named(f),
        adaptee: f.adapted,
        refusee: !f.faults.is_empty(),
        source: french(&f.entry.source),
    };
    Ok(Shown(all(&call).await?.iter().map(line).collect()))
}

pub async fn one(call: Call, of: OfLetter, _: Nothing) -> Result<Shown<TextShape>, Problem> {
    let found = all(&call).await?.into_iter().find(|f| f.entry.id == of.lettre);
    let found = found.ok_or_else(Problem::not_found)?;
    let fields = placeholders(call.register()?, &found.entry);
    Ok(Shown(TextShape {
        lettre: named(&found),
        adaptee: found.adapted,
        champs: Named::all(&fields),
        objet: found.subject,
        texte: found.text,
        fautes: found.faults.iter().map(ToString::to_string).collect(),
        versions: found
            .versions
            .into_iter()
            .map(|v| TextVersionShape {
                version: v.version,
                le: When(v.at),
                par: v.by,
                livre: v.shipped,
            })
            .collect(),
    }))
}

/// All that is wrong with a text; what is missing of the office is no fault of the text.
fn wrong(faults: Vec<TemplateFault>) -> Problem {
    let fault = |f: &TemplateFault| match (f.line, f.mend.as_str()) {
        (0, "") => FaultShape::whole(f.message.clone()),
        (0, _) => FaultShape::of("objet", f.to_string()),
        (_, _) => FaultShape::of("texte", f.to_string()),
    };
    Problem::faults(faults.iter().map(fault).collect())
}

pub async fn preview(
    call: Call,
    of: OfLetter,
    Json(new): Json<NewText>,
) -> Result<Shown<LetterShape>, Problem> {
    let (caller, processing) = (&call.caller, &call.processing);
    let tried =
        call.huis.preview_letter(caller, processing, &of.lettre, &new.objet, &new.texte).await;
    match tried.map_err(|e| call.fail(e))? {
        Preview::Letter(letter) => Ok(Shown(LetterShape::from(*letter))),
        Preview::Faults(faults) => Err(wrong(faults)),
    }
}

async fn take(call: &Call, letter: &str, text: Option<(&str, &str)>) -> Result<Done, Problem> {
    let faults = call.huis.adapt_letter(&call.caller, &call.processing, letter, text).await;
    let faults = faults.map_err(|e| call.fail(e))?;
    if faults.is_empty() { Ok(Done) } else { Err(wrong(faults)) }
}

pub async fn adapt(call: Call, of: OfLetter, Json(new): Json<NewText>) -> Result<Done, Problem> {
    take(&call, &of.lettre, Some((&new.objet, &new.texte))).await
}

pub async fn shipped(call: Call, of: OfLetter, _: Nothing) -> Result<Done, Problem> {
    take(&call, &of.lettre, None).await
}

fn desks(found: &PublicNotice) -> Vec<DeskShape> {
    let desk = |(name, rights, officer): &(String, String, String)| DeskShape {
        organisme: name.clone(),
        service_des_droits: rights.clone(),
        delegue: officer.clone(),
    };
    found.desks.iter().map(desk).collect()
}

pub async fn notice(
    call: Call,
    of: OfProcessing,
    _: Nothing,
) -> Result<Shown<NoticeShape>, Problem> {
    let found = call.huis.public_notice(&of.traitement).await.map_err(|e| call.fail(e))?;
    Ok(Shown(NoticeShape {
        guichets: desks(&found),
        traitement: french(&found.processing),
        titre: french(&found.notice.title),
        texte: found.notice.text.split("\n\n").map(|p| french(p.trim())).collect(),
        mentions: found.body.into_iter().map(BlockShape::from).collect(),
    }))
}

pub async fn easy_notice(
    call: Call,
    of: OfProcessing,
    _: Nothing,
) -> Result<Shown<EasyNoticeShape>, Problem> {
    let found = call.huis.public_notice(&of.traitement).await.map_err(|e| call.fail(e))?;
    let line = |l: huis_usecases::letters::EasyLine| EasyLineShape {
        titre: l.heading,
        texte: french(&l.text),
        pictogramme: l.pictogram.map(|p| p.alt.to_owned()),
    };
    Ok(Shown(EasyNoticeShape {
        titre: french(&found.notice.title),
        lignes: easy_lines(&found.notice.easy).into_iter().map(line).collect(),
        guichets: desks(&found),
    }))
}

async fn paper(call: &Call, of: &OfProcessing, easy: bool) -> Result<Pdf, Problem> {
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let document = call.huis.notice_document(&of.traitement, easy).await;
    let bytes = call.huis.pdf(document.map_err(|e| call.fail(e))?).await;
    let name = if easy { "notice-facile" } else { "notice" };
    Ok(Pdf(File::pdf(name, bytes.map_err(|e| call.fail(e))?)))
}

pub async fn notice_pdf(call: Call, of: OfProcessing, _: Nothing) -> Result<Pdf, Problem> {
    paper(&call, &of, false).await
}

pub async fn easy_notice_pdf(call: Call, of: OfProcessing, _: Nothing) -> Result<Pdf, Problem> {
    paper(&call, &of, true).await
}
