//! A document as the data that the sheet of styles reads.

use huis_documents::{
    Align, Block, Document, Letterhead, Orientation, Style, Table, Text, printable,
};
use serde_json::{Value, json};
use typst::foundations::Datetime;

/// What stands for a letter that the fonts cannot draw.
pub const MISSING: char = '\u{25a1}';

/// The name of the picture that is the block `i`.
pub fn figure_name(i: usize) -> String {
    format!("figure-{i}.svg")
}

/// The document as JSON; a letter that the fonts cannot draw is shown as a box, so that one sees
/// that something stood there.
pub fn json(document: &Document, drawn: impl Fn(char) -> bool) -> String {
    let words = Words(&drawn);
    let (lang, region) = document.lang.split_once('-').unwrap_or((&document.lang, ""));
    let title = words.line(&document.title);
    let mut level = 0;
    let blocks: Vec<Value> =
        document.blocks.iter().enumerate().map(|(i, b)| words.block(i, b, &mut level)).collect();
    json!({
        "lang": lang,
        "region": (!region.is_empty()).then_some(region),
        "title": if title.trim().is_empty() { "Document" } else { title.as_str() },
        "author": words.line(&document.author),
        "landscape": document.orientation == Orientation::Landscape,
        "page": "page",
        "footer": words.lines(&document.footer),
        "blocks": blocks,
    })
    .to_string()
}

struct Words<'a, F: Fn(char) -> bool>(&'a F);

impl<F: Fn(char) -> bool> Words<'_, F> {
    fn text(&self, text: &str) -> String {
        let shown = |c| match c {
            '\n' => '\n',
            '\t' => ' ',
            c if (self.0)(c) => c,
            _ => MISSING,
        };
        printable(text).chars().map(shown).collect()
    }

    fn line(&self, text: &str) -> String {
        self.text(text).replace('\n', " ")
    }

    fn lines(&self, lines: &[String]) -> Vec<String> {
        lines.iter().map(|l| self.line(l)).collect()
    }

    fn runs(&self, text: &Text) -> Value {
        let run = |r: &huis_documents::Run| {
            let style = match r.style {
                Style::Plain => "plain",
                Style::Strong => "strong",
                Style::Emphasis => "emphasis",
            };
            json!({ "text": self.text(&r.text), "style": style })
        };
        text.0.iter().map(run).collect()
    }

    /// `level` is that of the heading before: a title goes one level down at most, as PDF/UA asks
    /// (ISO 14289-1, § 7.4.2), whatever the document says.
    fn block(&self, i: usize, block: &Block, level: &mut u8) -> Value {
        match block {
            // A title without words would be a bookmark to nothing: PDF/UA refuses it.
            Block::Heading(heading) if self.line(&heading.text).trim().is_empty() => {
                json!({ "kind": "nothing" })
            }
            Block::Heading(heading) => {
                *level = heading.level.clamp(1, *level + 1);
                json!({ "kind": "heading", "level": *level, "text": self.line(&heading.text) })
            }
            Block::Paragraph(text) => json!({ "kind": "paragraph", "text": self.runs(text) }),
            Block::Notice(text) => json!({ "kind": "notice", "text": self.runs(text) }),
            Block::List { ordered, items } => {
                let items: Vec<Value> = items.iter().map(|t| self.runs(t)).collect();
                json!({ "kind": "list", "ordered": ordered, "items": items })
            }
            Block::Pairs(pairs) => {
                let pairs: Vec<[Value; 2]> =
                    pairs.iter().map(|(a, b)| [self.runs(a), self.runs(b)]).collect();
                json!({ "kind": "pairs", "pairs": pairs })
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => json!({
                "kind": "figure",
                "file": figure_name(i),
                "alt": self.line(&figure.alt),
                "caption": figure.caption.as_ref().map(|c| self.line(c)),
                "width": figure.width_mm,
            }),
            Block::Letterhead(head) => self.letterhead(head),
            Block::Signature(signature) => json!({
                "kind": "signature",
                "quality": self.line(&signature.quality),
                "name": self.line(&signature.name),
            }),
            Block::PageBreak => json!({ "kind": "page-break" }),
        }
    }

    fn table(&self, table: &Table) -> Value {
        let columns = table.header.len();
        let align: Vec<&str> = (0..columns)
            .map(|i| match table.align.get(i).copied().unwrap_or_default() {
                Align::Start => "start",
                Align::End => "end",
                Align::Center => "center",
            })
            .collect();
        let widths: Vec<Option<u16>> =
            (0..columns).map(|i| table.widths.get(i).copied().flatten()).collect();
        let empty = Text::default();
        let cell = |row: &Vec<Text>, i| json!({ "runs": self.runs(row.get(i).unwrap_or(&empty)) });
        let rows: Vec<Vec<Value>> =
            table.rows.iter().map(|row| (0..columns).map(|i| cell(row, i)).collect()).collect();
        json!({
            "kind": "table",
            "caption": table.caption.as_ref().map(|c| self.line(c)),
            "header": self.lines(&table.header),
            "align": align,
            "widths": widths,
            "rows": rows,
        })
    }

    fn letterhead(&self, head: &Letterhead) -> Value {
        let references: Vec<[String; 2]> =
            head.references.iter().map(|(a, b)| [self.line(a), self.line(b)]).collect();
        json!({
            "kind": "letterhead",
            "sender": self.lines(&head.sender),
            "recipient": self.lines(&head.recipient),
            "delivery": head.delivery.as_ref().map(|d| self.line(d)),
            "place_and_date": self.line(&head.place_and_date),
            "references": references,
            "subject": head.subject.as_ref().map(|s| self.line(s)),
        })
    }
}

/// An instant as the typesetter's own date and time, in UTC.
pub fn civil(at: huis_kernel::Instant) -> Option<Datetime> {
    let t = at.civil_in(&huis_kernel::Zone::utc());
    let part = |n: i8| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        i32::from(t.year()),
        part(t.month())?,
        part(t.day())?,
        part(t.hour())?,
        part(t.minute())?,
        part(t.second())?,
    )
}
