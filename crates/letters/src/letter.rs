use huis_documents::{Block as Set, Document, Letterhead, Signature};
use huis_kernel::Date;
use huis_law::long_date;

/// A piece of the body of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A title.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// A letter as it leaves: everything in it is plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Who writes, a line each.
    pub sender: Vec<String>,
    /// To whom, a line each.
    pub recipient: Vec<String>,
    /// From where.
    pub place: String,
    /// When.
    pub date: Date,
    /// The dossier's number.
    pub reference: String,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: Vec<Block>,
    /// Who signs, a line each.
    pub signature: Vec<String>,
}

/// A line that cannot be taken for markup when it is read back.
pub fn escape(line: &str) -> String {
    let line = line.replace(['\n', '\r'], " ");
    let line = line.trim();
    if line.starts_with(['#', '-', '[', '\\']) { format!("\\{line}") } else { line.to_owned() }
}

impl Letter {
    /// The body as it is sealed with the act: read back the same whatever people are called (I10).
    pub fn to_text(&self) -> String {
        let blocks = self.body.iter().map(|block| match block {
            Block::Heading(text) => format!("## {}", text.replace(['\n', '\r'], " ").trim()),
            Block::Paragraph(text) => escape(text),
            Block::List(items) => {
                let lines: Vec<String> = items
                    .iter()
                    .map(|i| format!("- {}", i.replace(['\n', '\r'], " ").trim()))
                    .collect();
                lines.join("\n")
            }
        });
        blocks.collect::<Vec<_>>().join("\n\n")
    }

    /// Sets the letter in a document, on a page of its own.
    pub fn set(&self, document: &mut Document) {
        if !document.blocks.is_empty() {
            document.page_break();
        }
        document.letterhead(Letterhead {
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            delivery: None,
            place_and_date: self.place_and_date(),
            references: vec![("Dossier".to_owned(), self.reference.clone())],
            subject: Some(self.subject.clone()),
        });
        for block in &self.body {
            match block {
                Block::Heading(text) => document.heading(2, text.clone()),
                Block::Paragraph(text) => document.paragraph(text.clone()),
                Block::List(items) => document.list(items.iter().cloned()),
            }
        }
        if let Some((quality, name)) = self.signature.split_first() {
            document.blocks.push(Set::Signature(Signature {
                quality: quality.clone(),
                name: name.join(", "),
            }));
        }
    }

    /// « Colmar, le 4 février 2026 », or « Le 4 février 2026 ».
    pub fn place_and_date(&self) -> String {
        if self.place.is_empty() {
            format!("Le {}", long_date(self.date))
        } else {
            format!("{}, le {}", self.place, long_date(self.date))
        }
    }

    /// The body that [`Letter::to_text`] wrote.
    pub fn body_of(text: &str) -> Vec<Block> {
        let mut out: Vec<Block> = Vec::new();
        for part in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            out.push(if let Some(title) = part.strip_prefix("## ") {
                Block::Heading(title.to_owned())
            } else if part.starts_with("- ") {
                let items = part.lines().map(|l| l.strip_prefix("- ").unwrap_or(l).to_owned());
                Block::List(items.collect())
            } else {
                Block::Paragraph(part.strip_prefix('\\').unwrap_or(part).to_owned())
            });
        }
        out
    }
}
