use huis_register::{Power, Register, power_word};
use huis_usecases::{ListQuery, Question};

use crate::{
    answer::{Made, Shown},
    cursor,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, Named, NoParameter, OfId, When,
        daily::{
            ActKindShape, Ask, Asked, AwaitedShape, BoardShape, CameIn, CaseLine, CasePage,
            CellShape, DayShape, DepositPage, DepositQueryShape, DueLine, DueShape, FieldShape,
            FoundCase, FoundShape, GrantShape, ListQueryShape, Me, Model, Receipt, SearchShape,
            SectionKindShape, TokenShape,
        },
        number,
        write::OfAct,
    },
};

pub async fn me(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<Me>, Problem> {
    let register = call.register()?;
    let names = call.huis.territory_names(&call.caller).await.map_err(|e| call.fail(e))?;
    let named =
        |code: &String| Named::new(code, names.get(code).map_or(code.as_str(), String::as_str));
    let grants = call.caller.grants(&call.processing).map(|g| GrantShape {
        profil: g.profile.clone(),
        libelle: register.profile(&g.profile).map_or("", |p| p.label.as_str()).to_owned(),
        perimetre: g.territories.iter().map(named).collect(),
        fin: Day(g.until),
    });
    let can = |p: &&Power| call.caller.can(register, **p);
    Ok(Shown(Me {
        nom: call.caller.agent.name.clone(),
        identifiant: call.caller.agent.login.clone(),
        service: call.caller.agent.service.clone(),
        organisme: call.caller.office.name.clone(),
        traitement: call.processing.clone(),
        traitements: call
            .huis
            .processings_of(&call.caller)
            .iter()
            .map(|p| Named::new(&p.register.id, &p.register.name))
            .collect(),
        aujourd_hui: Day(call.caller.today),
        jeton: TokenShape {
            nom: call.token.1.clone(),
            portees: call.scopes.iter().map(|s| s.code().to_owned()).collect(),
            fin: Day(call.token.0),
        },
        habilitations: grants.collect(),
        pouvoirs: Power::ALL.iter().filter(can).map(|p| power_word(*p).to_owned()).collect(),
        lit_des_dossiers: call.caller.opens_dossiers(register),
    }))
}

pub async fn model(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<Model>, Problem> {
    let processed = call.processed()?;
    let register: &Register = &processed.register;
    let profiles: Vec<_> = call.caller.profiles(register).collect();
    let may = |act: &str| profiles.iter().any(|p| p.may_act(act));
    let acts = register.acts.iter().filter(|a| may(&a.id)).map(|a| ActKindShape {
        code: a.id.clone(),
        libelle: a.label.clone(),
        etape: a.stage.clone(),
        article: a.article.clone(),
        irreversible: a.confirm,
        champs: a.fields.iter().map(FieldShape::from).collect(),
        apporte: processed.rules.brings(&a.id).iter().map(|s| (*s).to_owned()).collect(),
    });
    let sections = register.sections.iter().map(|s| SectionKindShape {
        code: s.id.clone(),
        libelle: s.label.clone(),
        repete: s.repeats,
        modifiable: profiles.iter().any(|p| p.may_write(&s.id)),
        champs: s
            .fields
            .iter()
            .filter(|f| profiles.iter().any(|p| p.sees_field(&s.id, &f.id)))
            .map(FieldShape::from)
            .collect(),
    });
    let path =
        |p: &huis_register::FieldPath| Some(format!("{}.{}", p.section, p.field.as_deref()?));
    let searching =
        call.caller.can(register, Power::Search) || call.caller.can(register, Power::Archive);
    Ok(Shown(Model {
        actes: acts.collect(),
        volets: sections.filter(|s| s.modifiable || !s.champs.is_empty()).collect(),
        etapes: register.stages.iter().map(|s| Named::new(&s.id, &s.label)).collect(),
        recherches: register
            .searches
            .iter()
            .filter(|_| searching)
            .map(|s| SearchShape {
                code: s.id.clone(),
                libelle: s.label.clone(),
                champs: s.of.iter().filter_map(path).collect(),
            })
            .collect(),
    }))
}

pub async fn day(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<DayShape>, Problem> {
    let day = call.huis.day(&call.caller, &call.processing).await.map_err(|e| call.fail(e))?;
    let processed = call.processed()?;
    let due = |lines: &[huis_usecases::DayLine]| {
        lines.iter().map(|l| DueLine::new(processed, l)).collect()
    };
    Ok(Shown(DayShape {
        en_retard: due(&day.late),
        en_retard_nombre: day.late_count,
        aujourd_hui: due(&day.today),
        a_venir: due(&day.coming),
        a_venir_nombre: day.coming_count,
        arrive: day.came_in.iter().map(|l| CameIn::new(processed, l)).collect(),
        bloque: day.stuck.iter().map(|l| CaseLine::new(processed, l)).collect(),
    }))
}

/// The filters of a list.
pub(super) fn filters(asked: ListQueryShape) -> Result<ListQuery, Problem> {
    let severity = asked.gravite.unwrap_or(0);
    if severity > 3 {
        let fault = FaultShape::of("gravite", "Attendu : un nombre de 0 à 3.");
        return Err(Problem::of("illisible").with(vec![fault]));
    }
    Ok(ListQuery {
        territory: asked.secteur,
        stage: asked.etape,
        step: asked.situation,
        severity,
        late: asked.en_retard.unwrap_or(false),
        after: asked.apres.as_deref().map(cursor::row).transpose()?,
    })
}

pub async fn list(
    call: Call,
    asked: ListQueryShape,
    _: Nothing,
) -> Result<Shown<CasePage>, Problem> {
    let query = filters(asked)?;
    let page =
        call.huis.list(&call.caller, &call.processing, &query).await.map_err(|e| call.fail(e))?;
    let processed = call.processed()?;
    Ok(Shown(CasePage {
        dossiers: page.lines.iter().map(|l| CaseLine::new(processed, l)).collect(),
        suite: page.next.map(cursor::of_row),
    }))
}

pub async fn board(call: Call, _: NoParameter, _: Nothing) -> Result<Shown<BoardShape>, Problem> {
    let board = call.huis.board(&call.caller, &call.processing).await.map_err(|e| call.fail(e))?;
    Ok(Shown(BoardShape {
        secteurs: Named::all(&board.territories),
        etapes: Named::all(&board.stages),
        cases: board
            .cells
            .into_iter()
            .map(|((secteur, etape), cell)| CellShape {
                secteur,
                etape,
                nombre: cell.count,
                en_retard: cell.late,
            })
            .collect(),
    }))
}

pub async fn ask(
    call: Call,
    _: NoParameter,
    Json(asked): Json<Ask>,
) -> Result<Made<Asked>, Problem> {
    let register = call.register()?;
    let known = |path: &str| {
        register.searches.iter().flat_map(|s| &s.of).any(|p| {
            p.field.as_deref().is_some_and(|field| path == format!("{}.{field}", p.section))
        })
    };
    let number = asked.numero.unwrap_or_default();
    let mut faults = Vec::new();
    for path in asked.champs.keys().filter(|path| !known(path)) {
        let path: String = path.chars().filter(|c| !c.is_control()).take(64).collect();
        let text = "Aucune recherche du registre ne prend ce champ.";
        faults.push(FaultShape::of(format!("champs.{path}"), text));
    }
    if number.trim().is_empty() && asked.champs.is_empty() {
        faults.push(FaultShape::whole("Donnez un numéro, ou les champs d’une recherche."));
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let question = Question { number, fields: asked.champs, archive: asked.archive };
    let id = call.huis.ask(&call.caller, &question).await.map_err(|e| call.fail(e))?;
    Ok(Made::ids(Asked { id }))
}

pub async fn found(call: Call, of: OfId, _: Nothing) -> Result<Shown<FoundShape>, Problem> {
    let question = call.huis.question(&call.caller, &of.id).await.map_err(|e| call.fail(e))?;
    let found = call.huis.search(&call.caller, &call.processing, &question).await;
    let found = found.map_err(|e| call.fail(e))?;
    let processed = call.processed()?;
    Ok(Shown(FoundShape {
        dossiers: found
            .lines
            .iter()
            .map(|f| FoundCase {
                dossier: CaseLine::new(processed, &f.line),
                par: f.by.clone(),
                clos_le: f.closed_on.map(Day),
                efface_le: f.erased_on.map(Day),
            })
            .collect(),
        manque: found.missing,
        coupe: found.cut,
    }))
}

pub async fn awaited(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<AwaitedShape>>, Problem> {
    let found = call.huis.awaited(&call.caller, &call.processing).await;
    let processed = call.processed()?;
    let shape = |a: huis_usecases::partners::Awaited| AwaitedShape {
        numero: a.number.to_string(),
        echeance: DueShape::new(processed, &a.rule, a.due),
        actes: a.acts,
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(shape).collect()))
}

fn receipt_shape(deposit: huis_usecases::partners::Deposit) -> Receipt {
    Receipt {
        numero: deposit.number.to_string(),
        acte: deposit.no,
        genre: deposit.kind,
        le: Day(deposit.on),
        enregistre_le: When(deposit.recorded),
        corrige: deposit.corrects,
        annule: deposit.voided,
    }
}

pub async fn deposits(
    call: Call,
    asked: DepositQueryShape,
    _: Nothing,
) -> Result<Shown<DepositPage>, Problem> {
    let after = asked.apres.as_deref().map(cursor::deposit).transpose()?;
    let found = call.huis.deposits(&call.caller, &call.processing, after).await;
    let (deposits, next) = found.map_err(|e| call.fail(e))?;
    Ok(Shown(DepositPage {
        depots: deposits.into_iter().map(receipt_shape).collect(),
        suite: next.map(cursor::of_deposit),
    }))
}

pub async fn receipt(call: Call, of: OfAct, _: Nothing) -> Result<Shown<Receipt>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.receipt_of(&call.caller, &call.processing, number, of.acte).await;
    Ok(Shown(receipt_shape(found.map_err(|e| call.fail(e))?)))
}
