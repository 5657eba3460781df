//! The writing of a text, as an agent types it: paragraphs between empty lines, `## ` before a
//! title, `- ` before each item of a list, `[si x.y]` … `[fin]` around what is kept only when a
//! datum is known. Nothing else is interpreted.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Raw {
    /// Words.
    Text(String),
    /// What stood in braces.
    Brace(String),
}

/// A block of the text with its first line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RawBlock {
    Heading(usize, String),
    Paragraph(usize, Vec<(usize, String)>),
    List(Vec<(usize, String)>),
    If(usize, String),
    End(usize),
}

/// Cuts a text into blocks.
pub(crate) fn blocks(text: &str) -> Vec<RawBlock> {
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let (no, line) = (at + 1, line.trim());
        let last_line = match out.last() {
            Some(RawBlock::Paragraph(first, lines)) => first + lines.len(),
            Some(RawBlock::List(items)) => items.last().map_or(0, |(n, _)| n + 1),
            _ => 0,
        };
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix("[si ").and_then(|l| l.strip_suffix(']')) {
            out.push(RawBlock::If(no, name.trim().to_owned()));
        } else if line == "[fin]" {
            out.push(RawBlock::End(no));
        } else if let Some(title) = line.strip_prefix("## ") {
            out.push(RawBlock::Heading(no, title.trim().to_owned()));
        } else if let Some(item) = line.strip_prefix("- ") {
            let item = (no, item.trim().to_owned());
            match out.last_mut() {
                Some(RawBlock::List(items)) if last_line == no => items.push(item),
                _ => out.push(RawBlock::List(vec![item])),
            }
        } else {
            match out.last_mut() {
                Some(RawBlock::Paragraph(_, lines)) if last_line == no => {
                    lines.push((no, line.to_owned()));
                }
                _ => out.push(RawBlock::Paragraph(no, vec![(no, line.to_owned())])),
            }
        }
    }
    out
}

/// Cuts a line at its braces; a brace without its twin is an error.
pub(crate) fn pieces(line: &str) -> Result<Vec<Raw>, char> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(open);
        if from.starts_with('}') {
            return Err('}');
        }
        let inside = from.get(1..).unwrap_or_default();
        let close = inside.find(['{', '}']).ok_or('{')?;
        if !inside.get(close..).is_some_and(|end| end.starts_with('}')) {
            return Err('{');
        }
        if !before.is_empty() {
            out.push(Raw::Text(before.to_owned()));
        }
        out.push(Raw::Brace(inside.get(..close).unwrap_or_default().trim().to_owned()));
        rest = inside.get(close + 1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        out.push(Raw::Text(rest.to_owned()));
    }
    Ok(out)
}
