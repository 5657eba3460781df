//! From the text of a template to a [`Template`], or to all its faults.

use huis_register::{Letter, Mention, Register, mention_label, mention_word};
use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::{
    Placeholder, TemplateFault,
    markup::{Raw, RawBlock, blocks, pieces},
    placeholder::{named, placeholders},
};

/// Longest text, in characters: four pages.
const LONGEST: usize = 12_000;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 160;
/// Past this many faults, a text is something else.
const MOST_FAULTS: usize = 60;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Text(String),
    Value(Placeholder),
}

/// A block of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Heading(Vec<Span>),
    Paragraph(Vec<Span>),
    List(Vec<Vec<Span>>),
    Mention(Mention),
    If(Placeholder, Vec<Node>),
}

/// A template that its letter's entry in the register accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The register's `[[lettre]]`.
    pub letter: String,
    /// Subject, as written.
    pub subject: String,
    /// Text, as written.
    pub text: String,
    pub(crate) title: Vec<Span>,
    pub(crate) nodes: Vec<Node>,
}

/// The file of each letter that the register declares: `<id>.toml`.
pub fn file_names(register: &Register) -> Vec<String> {
    register.letters.iter().map(|l| format!("{}.toml", l.id)).collect()
}

impl Template {
    /// Reads a file of `letters/`: `lettre`, `objet`, `texte`.
    pub fn read(register: &Register, file: &str) -> Result<Self, Vec<TemplateFault>> {
        let line_of = |offset: usize| {
            file.get(..offset).map_or(0, |b| b.bytes().filter(|c| *c == b'\n').count()) + 1
        };
        let (document, errors) = DeTable::parse_recoverable(file);
        let mut faults: Vec<TemplateFault> = errors
            .iter()
            .map(|e| {
                let line = line_of(e.span().map_or(0, |s| s.start));
                TemplateFault::new(line, "l'écriture TOML est fautive.", "Corrigez cette ligne.")
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut said = [None, None, None];
        for (key, value) in document.get_ref() {
            let line = line_of(value.span().start);
            let name: &str = key.get_ref();
            let at = ["lettre", "objet", "texte"].iter().position(|k| *k == name);
            match (at.and_then(|i| said.get_mut(i)), value.get_ref().as_str()) {
                (Some(slot), Some(text)) => *slot = Some((line, value.span(), text.to_owned())),
                (Some(_), None) => faults.push(TemplateFault::new(
                    line,
                    &format!("« {name} » est un texte entre guillemets."),
                    "Corrigez la valeur.",
                )),
                (None, _) => faults.push(TemplateFault::new(
                    line,
                    "cette clé n'est pas d'une lettre.",
                    "Gardez lettre, objet et texte.",
                )),
            }
        }
        for (key, slot) in ["lettre", "objet", "texte"].iter().zip(&said) {
            if slot.is_none() {
                let message = format!("la clé « {key} » manque.");
                faults.push(TemplateFault::new(1, &message, "Ajoutez-la."));
            }
        }
        let [Some(id), Some(subject), Some(text)] = said else { return Err(faults) };
        let Some(letter) = register.letter(&id.2) else {
            faults.push(TemplateFault::new(
                id.0,
                "le registre n'a pas de lettre de ce nom.",
                "Ajoutez une [[lettre]] au registre, ou corrigez le nom.",
            ));
            return Err(faults);
        };
        // The text of a `"""` begins on the line after its quotes.
        let open = file.get(text.1.clone()).unwrap_or_default();
        let first = text.0 + usize::from(open.starts_with("\"\"\"\n"));
        match Self::parse(register, letter, &subject.2, &text.2) {
            Ok(template) if faults.is_empty() => Ok(template),
            Ok(_) => Err(faults),
            Err(more) => {
                faults.extend(more.into_iter().map(|f| TemplateFault {
                    line: if f.line == 0 { subject.0 } else { f.line + first - 1 },
                    ..f
                }));
                faults.sort();
                Err(faults)
            }
        }
    }

    /// Reads a subject and a text for a letter of the register, or says all that is wrong.
    pub fn parse(
        register: &Register,
        letter: &Letter,
        subject: &str,
        text: &str,
    ) -> Result<Self, Vec<TemplateFault>> {
        let text = text.replace("\r\n", "\n");
        let mut reader = Reader { register, letter, faults: Vec::new(), told: Vec::new() };
        let title = reader.subject(subject.trim());
        let nodes = reader.nodes(&text);
        reader.mandatory();
        reader.faults.truncate(MOST_FAULTS);
        if reader.faults.is_empty() {
            let (subject, text) = (subject.trim().to_owned(), text.trim().to_owned());
            Ok(Self { letter: letter.id.clone(), subject, text, title, nodes })
        } else {
            reader.faults.sort();
            Err(reader.faults)
        }
    }

    /// What names this very text, whoever wrote it: twelve signs of its digest.
    pub fn version(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", self.subject, self.text).as_bytes());
        digest.iter().take(6).map(|b| format!("{b:02x}")).collect()
    }
}

struct Reader<'r> {
    register: &'r Register,
    letter: &'r Letter,
    faults: Vec<TemplateFault>,
    told: Vec<Mention>,
}

impl Reader<'_> {
    fn fault(&mut self, line: usize, message: &str, mend: &str) {
        self.faults.push(TemplateFault::new(line, message, mend));
    }

    fn subject(&mut self, subject: &str) -> Vec<Span> {
        if subject.is_empty() {
            self.fault(0, "l'objet est vide.", "Dites en une ligne ce que la lettre annonce.");
        }
        if subject.chars().count() > LONGEST_SUBJECT || subject.contains(['\n', '\r']) {
            self.fault(0, "l'objet est trop long.", "Une ligne, 160 signes au plus.");
        }
        self.spans(0, subject)
    }

    fn nodes(&mut self, text: &str) -> Vec<Node> {
        if text.chars().count() > LONGEST {
            self.fault(1, "ce texte est trop long.", "12 000 signes au plus.");
            return Vec::new();
        }
        if text.trim().is_empty() {
            self.fault(1, "le texte est vide.", "Écrivez la lettre, ou revenez au texte livré.");
        }
        let mut out = Vec::new();
        let mut inside: Option<(usize, Placeholder, Vec<Node>)> = None;
        for block in blocks(text) {
            match block {
                RawBlock::If(line, name) => {
                    if inside.is_some() {
                        self.fault(
                            line,
                            "une condition en contient une autre.",
                            "Fermez la première par [fin] avant d'en ouvrir une.",
                        );
                        continue;
                    }
                    if let Some(what) = self.placeholder(line, &name) {
                        inside = Some((line, what, Vec::new()));
                    } else {
                        inside = Some((line, Placeholder::Number, Vec::new()));
                    }
                }
                RawBlock::End(line) => match inside.take() {
                    Some((_, what, nodes)) => out.push(Node::If(what, nodes)),
                    None => self.fault(line, "aucune condition n'est ouverte.", "Retirez [fin]."),
                },
                other => {
                    let node = self.node(other, inside.is_some());
                    match &mut inside {
                        Some((.., nodes)) => nodes.extend(node),
                        None => out.extend(node),
                    }
                }
            }
        }
        if let Some((line, ..)) = inside {
            self.fault(line, "cette condition n'est pas fermée.", "Ajoutez une ligne [fin].");
        }
        out
    }

    fn node(&mut self, block: RawBlock, conditional: bool) -> Option<Node> {
        match block {
            RawBlock::Heading(line, text) => Some(Node::Heading(self.plain(line, &text))),
            RawBlock::List(items) => {
                Some(Node::List(items.iter().map(|(line, text)| self.plain(*line, text)).collect()))
            }
            RawBlock::Paragraph(first, lines) => {
                let mut spans = Vec::new();
                for (line, text) in &lines {
                    if !spans.is_empty() {
                        spans.push(Span::Text(" ".to_owned()));
                    }
                    spans.extend(self.spans(*line, text));
                }
                if let [Span::Value(Placeholder::Mention(mention))] = spans.as_slice() {
                    if conditional {
                        self.fault(
                            first,
                            "une mention obligatoire ne dépend d'aucune condition.",
                            "Sortez-la de [si …] et [fin].",
                        );
                    }
                    self.told.push(*mention);
                    return Some(Node::Mention(*mention));
                }
                self.no_mention(first, &spans);
                Some(Node::Paragraph(spans))
            }
            RawBlock::If(..) | RawBlock::End(_) => None,
        }
    }

    fn plain(&mut self, line: usize, text: &str) -> Vec<Span> {
        let spans = self.spans(line, text);
        self.no_mention(line, &spans);
        spans
    }

    fn no_mention(&mut self, line: usize, spans: &[Span]) {
        if spans.iter().any(|s| matches!(s, Span::Value(Placeholder::Mention(_)))) {
            self.fault(
                line,
                "une mention obligatoire est seule dans son paragraphe.",
                "Mettez une ligne vide avant et après.",
            );
        }
    }

    fn spans(&mut self, line: usize, text: &str) -> Vec<Span> {
        if text.chars().any(|c| c.is_control() && c != '\t') {
            self.fault(line, "un signe de cette ligne ne s'imprime pas.", "Retapez la ligne.");
        }
        match pieces(text) {
            Ok(pieces) => pieces
                .into_iter()
                .filter_map(|piece| match piece {
                    Raw::Text(words) => Some(Span::Text(words)),
                    Raw::Brace(name) => self.placeholder(line, &name).map(Span::Value),
                })
                .collect(),
            Err(brace) => {
                self.fault(
                    line,
                    &format!("une accolade « {brace} » est seule."),
                    "Une donnée s'écrit entre deux accolades, par exemple {dossier.numero}.",
                );
                Vec::new()
            }
        }
    }

    /// A placeholder that the letter has; the others are told with what would mend them.
    fn placeholder(&mut self, line: usize, name: &str) -> Option<Placeholder> {
        let found = named(self.register, self.letter, name);
        if found.is_none() {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            let known = name
                .split_once('.')
                .and_then(|(s, f)| self.register.section(s)?.field(f))
                .is_some();
            if known {
                self.fault(
                    line,
                    &format!("« {shown} » n'est pas de ce que cette lettre peut montrer (X-15)."),
                    "Retirez-le : la [[lettre]] du registre dit ce qu'elle montre.",
                );
            } else {
                let all = placeholders(self.register, self.letter);
                let near = nearest(name, all.iter().map(|(n, _)| n.as_str()));
                let mend = near.map_or_else(
                    || "Choisissez dans la liste des données de la lettre.".to_owned(),
                    |n| format!("Vouliez-vous « {n} » ?"),
                );
                self.fault(line, &format!("« {shown} » n'est pas une donnée connue."), &mend);
            }
        }
        found
    }

    /// RGPD art. 14 (I11): a text may be adapted, what must be told stays.
    fn mandatory(&mut self) {
        let letter = self.letter;
        for mention in
            letter.mentions.iter().filter(|m| !self.told.contains(m)).copied().collect::<Vec<_>>()
        {
            self.fault(
                usize::MAX,
                &format!(
                    "la mention obligatoire « {} » manque (RGPD art. 14).",
                    mention_label(mention)
                ),
                &format!("Ajoutez un paragraphe {{mention.{}}}.", mention_word(mention)),
            );
        }
        let last = self.faults.iter().map(|f| f.line).filter(|l| *l != usize::MAX).max();
        let end = last.unwrap_or(1).max(1);
        for fault in self.faults.iter_mut().filter(|f| f.line == usize::MAX) {
            fault.line = end;
        }
    }
}

/// The known name that shares most with a mistyped one.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let near = |k: &str| {
        let other = k.rsplit('.').next().unwrap_or(k);
        let common = other.chars().zip(last.chars()).take_while(|(a, b)| a == b).count();
        (common >= 3).then_some(common)
    };
    known.filter_map(|k| Some((near(k)?, k))).max_by_key(|(n, _)| *n).map(|(_, k)| k)
}
