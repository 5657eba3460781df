//! From the text of a register file to a [`Register`], or to all the faults of the file.

use huis_kernel::{Date, Delay};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use toml::de::DeTable;

use crate::{
    CaseWords, Register, RegisterFault, Security, TraceTerm, check, fault::Report, parts,
    reader::Block, typography::quote,
};

/// A register is a text that an officer reads: past one mebibyte it is something else.
const LARGEST: usize = 1024 * 1024;

impl Register {
    /// Reads a register file, or says all that is wrong with it: line, key, fault and mend.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<RegisterFault>> {
        let report = Report::new(file_name, text);
        if text.len() > LARGEST {
            report.at(
                0,
                "",
                "ce fichier dépasse 1 Mio : ce n'est pas un registre.",
                "Un registre décrit un traitement ; vérifiez le fichier.",
            );
            return Err(report.into_faults());
        }
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let offset = error.span().map_or(0, |span| span.start);
            let message = format!("l'écriture TOML est fautive ({}).", syntax(error.message()));
            report.at(offset, "", &message, "Corrigez cette ligne.");
        }
        if !errors.is_empty() {
            // What the keys say is not worth telling while their writing is broken.
            return Err(report.into_faults());
        }
        let mut register = read(Block::root(&report, document.get_ref()));
        check::all(&register, &report);
        if report.is_clean() {
            register.sha256 = Sha256::digest(text.as_bytes()).into();
            Ok(register)
        } else {
            Err(report.into_faults())
        }
    }
}

/// The commonest faults of writing, in French; the others in the reader's own words.
fn syntax(message: &str) -> &str {
    match message {
        "duplicate key" => "clé écrite deux fois",
        "recursion limit" => "trop de niveaux",
        other => other,
    }
}

/// Reads each table of a kind, whose ids must differ.
fn each<'a, T>(
    blocks: Vec<Block<'a>>,
    read: impl Fn(&mut Block<'a>, &mut BTreeSet<String>) -> T,
) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for mut block in blocks {
        out.push(read(&mut block, &mut seen));
        block.finish();
    }
    out
}

fn read(mut root: Block<'_>) -> Register {
    let mut register = match root.block("traitement") {
        Some(head) => read_head(head),
        None => blank(),
    };
    register.purposes = each(
        root.some_blocks("finalite", "un traitement sans finalité n'est pas chargé (D-08)."),
        parts::purpose,
    );
    register.stages = each(root.blocks("etape"), parts::stage);
    register.sections = each(
        root.some_blocks("volet", "aucun volet n'est déclaré : rien ne peut être collecté."),
        parts::section,
    );
    register.acts = each(root.blocks("acte"), parts::act);
    parts::propose(&mut register);
    register.searches = each(root.blocks("recherche"), parts::search);
    register.profiles = each(
        root.some_blocks("profil", "aucun profil n'est déclaré : nul ne verrait rien."),
        parts::profile,
    );
    register.retentions = each(
        root.some_blocks("duree", "aucune durée de conservation n'est déclarée (I6)."),
        parts::retention,
    );
    register.imports = each(root.blocks("import"), parts::import);
    register.rights = each(
        root.some_blocks("droit", "les droits des personnes ne sont pas déclarés (D-24)."),
        parts::right,
    );
    register.notices = each(
        root.some_blocks("notice", "l'information des personnes n'est pas déclarée (X-15)."),
        parts::notice,
    );
    register.letters = each(root.blocks("lettre"), parts::letter);
    if let Some(security) = root.block("securite") {
        register.security = read_security(security);
    }
    root.finish();
    register
}

/// What stands where the file says nothing; a fault has then been told, so it is never served.
fn blank() -> Register {
    Register {
        id: String::new(),
        name: String::new(),
        words: CaseWords::default(),
        texts: Vec::new(),
        in_force: Date::MIN,
        authorisation: None,
        traces: TraceTerm { keep: Delay::ZERO, source: String::new() },
        erasure_notice: Delay::ZERO,
        purposes: Vec::new(),
        stages: Vec::new(),
        sections: Vec::new(),
        acts: Vec::new(),
        searches: Vec::new(),
        profiles: Vec::new(),
        retentions: Vec::new(),
        imports: Vec::new(),
        rights: Vec::new(),
        notices: Vec::new(),
        letters: Vec::new(),
        security: Security {
            password_rules: String::new(),
            idle_minutes: 0,
            absolute_hours: 0,
            review_every: Delay::ZERO,
            alert_volume_per_hour: 0,
            alert_refusals: 0,
            alert_walk: 0,
            working_hours: ((0, 0), (0, 0)),
        },
        sha256: [0; 32],
    }
}

fn read_head(mut head: Block<'_>) -> Register {
    let mut register = blank();
    register.id = head.id(&mut BTreeSet::new());
    register.name = head.text("nom");
    register.texts = head.texts("textes");
    if register.texts.is_empty() {
        head.fault(
            "textes",
            "aucun texte ne fonde ce traitement.",
            "Ajoutez textes = [\"…\"] : les textes que ce registre exécute.",
        );
    }
    register.in_force = head.date("en_vigueur");
    register.authorisation = head.maybe_text("autorisation");
    register.erasure_notice = head.delay("delai_effacement");
    if let Some(mut traces) = head.block("traces") {
        register.traces = TraceTerm { keep: traces.delay("duree"), source: traces.text("source") };
        traces.finish();
    }
    if let Some(mut words) = head.maybe_block("mots") {
        let plain = CaseWords::default();
        register.words = CaseWords {
            short: words.maybe_text("court"),
            new: words.maybe_text("nouveau").unwrap_or(plain.new),
            open: words.maybe_text("ouvrir").unwrap_or(plain.open),
            running: words.maybe_text("en_cours").unwrap_or(plain.running),
        };
        words.finish();
    }
    head.finish();
    register
}

fn read_security(mut block: Block<'_>) -> Security {
    let security = Security {
        password_rules: block.text("mot_de_passe"),
        idle_minutes: block.number("inactivite", 1..=24 * 60),
        absolute_hours: block.number("session_max", 1..=24),
        review_every: block.delay("revue"),
        alert_volume_per_hour: block.number("alerte_volume", 1..=100_000),
        alert_refusals: block.number("alerte_refus", 1..=100_000),
        alert_walk: block.number("alerte_suite", 2..=100_000),
        working_hours: working_hours(&mut block),
    };
    block.finish();
    security
}

fn working_hours(block: &mut Block<'_>) -> ((u8, u8), (u8, u8)) {
    const KEY: &str = "heures_ouvrees";
    let texts = block.texts(KEY);
    let times: Option<Vec<(u8, u8)>> = texts.iter().map(|t| time_of_day(t)).collect();
    match times.as_deref() {
        Some([from, to]) if from < to => (*from, *to),
        _ => {
            let wrong = texts.iter().find(|t| time_of_day(t).is_none());
            let message = wrong.map_or_else(
                || "il faut deux heures, la première avant la seconde.".to_owned(),
                |t| format!("{} n'est pas une heure.", quote(t)),
            );
            block.fault(KEY, &message, "Écrivez heures_ouvrees = [\"07:00\", \"20:00\"].");
            ((0, 0), (0, 0))
        }
    }
}

/// `07:30`.
fn time_of_day(text: &str) -> Option<(u8, u8)> {
    let (hour, minute) = text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}
