use huis_trace::{Dossiers, Line, Receipt, SectionFields};

/// Something opened, that nobody may see before its trace is durable (A-20, I2).
#[derive(Debug)]
#[must_use = "write its line to the trace, then release it with the receipt"]
pub struct Pending<T> {
    value: T,
    line: Line,
}

/// The receipt is that of another line: a fault of the program, and nothing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("la trace écrite n'est pas celle de cette consultation")]
pub struct WrongReceipt;

impl<T> Pending<T> {
    pub(crate) const fn new(value: T, line: Line) -> Self {
        Self { value, line }
    }
    /// The line to write.
    pub const fn line(&self) -> &Line {
        &self.line
    }
    /// Releases the value against the receipt of its own line.
    pub fn release(self, receipt: &Receipt) -> Result<T, WrongReceipt> {
        if receipt.attests(&self.line) { Ok(self.value) } else { Err(WrongReceipt) }
    }
}

/// Puts what was opened together under one line for each ground on which it was opened: the line
/// lists every dossier, and every field that was seen in one of them.
pub fn together<T>(opened: Vec<Pending<T>>) -> Vec<Pending<Vec<T>>> {
    let mut out: Vec<Pending<Vec<T>>> = Vec::new();
    for Pending { value, line } in opened {
        let same = |p: &&mut Pending<Vec<T>>| {
            p.line.authority == line.authority
                && p.line.operation == line.operation
                && p.line.purpose == line.purpose
        };
        match out.iter_mut().find(same) {
            Some(group) => {
                let mut dossiers = group.line.dossiers.listed().to_vec();
                dossiers.extend_from_slice(line.dossiers.listed());
                group.line.dossiers = Dossiers::List(dossiers);
                for seen in line.sections {
                    let known = group.line.sections.iter_mut().find(|s| s.section == seen.section);
                    match known {
                        Some(known) => {
                            known.fields.extend(seen.fields);
                            known.fields.sort();
                            known.fields.dedup();
                        }
                        None => {
                            group.line.sections.push(SectionFields { occurrence: None, ..seen });
                        }
                    }
                }
                group.value.push(value);
            }
            None => {
                let mut line = line;
                let sections = std::mem::take(&mut line.sections);
                for seen in sections {
                    match line.sections.iter_mut().find(|s| s.section == seen.section) {
                        Some(known) => known.fields.extend(seen.fields),
                        None => line.sections.push(SectionFields { occurrence: None, ..seen }),
                    }
                }
                out.push(Pending { value: vec![value], line });
            }
        }
    }
    out
}
