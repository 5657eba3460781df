//! What a use case asks of the databases, kept for measures: the bench and its test replay the very
//! statements, on an engine that counts rows and pages. Off in a process that did not ask for it;
//! no program that is shipped asks (the parameters are what the tables hold).

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::sql::Param;

/// A statement as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, with its places `$1`, `$2`…
    pub sql: String,
    /// What stood in the places.
    pub values: Vec<Literal>,
}

/// A value, as the engines know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// None.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

static ASKED: OnceLock<Mutex<Vec<Statement>>> = OnceLock::new();

/// Keeps from now on what is asked, in this process; gives what was asked since the last time.
pub fn taken() -> Vec<Statement> {
    let asked = ASKED.get_or_init(Mutex::default);
    std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Keeps a statement, in a process that measures.
pub(crate) fn note(sql: &str, params: &[Param]) {
    let Some(asked) = ASKED.get() else { return };
    let values = params
        .iter()
        .map(|param| match param {
            Param::Int(Some(n)) => Literal::Int(*n),
            Param::Text(Some(text)) => Literal::Text(text.clone()),
            Param::Bytes(Some(bytes)) => Literal::Bytes(bytes.clone()),
            Param::Int(None) | Param::Text(None) | Param::Bytes(None) => Literal::Null,
        })
        .collect();
    let statement = Statement { sql: sql.to_owned(), values };
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
}

impl Statement {
    /// Does it only read?
    pub fn reads(&self) -> bool {
        self.sql.trim_start().to_ascii_uppercase().starts_with("SELECT")
    }

    /// How many bytes its values are.
    pub fn bytes(&self) -> usize {
        let size = |value: &Literal| match value {
            Literal::Null => 0,
            Literal::Int(_) => 8,
            Literal::Text(text) => text.len(),
            Literal::Bytes(bytes) => bytes.len(),
        };
        self.values.iter().map(size).sum()
    }

    /// The statement with its values in their places, as an engine's own shell reads it.
    pub fn written_out(&self, postgres: bool) -> String {
        let mut out = String::with_capacity(self.sql.len());
        let mut rest = self.sql.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = after.split_at(digits);
            let place = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            match place.and_then(|p| self.values.get(p)) {
                Some(value) => out.push_str(&value.written_out(postgres)),
                None => {
                    out.push('$');
                    out.push_str(number);
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

impl Literal {
    fn written_out(&self, postgres: bool) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Int(n) => n.to_string(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Bytes(bytes) => {
                let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                if postgres { format!("'\\x{hex}'::bytea") } else { format!("X'{hex}'") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_written_out_for_either_engine() {
        let statement = Statement {
            sql: "SELECT a FROM t WHERE a = $1 AND b = $10 AND c IN ($2,$3)".to_owned(),
            values: [Literal::Bytes(vec![1, 0xfe]), Literal::Text("l'un".into()), Literal::Null]
                .into_iter()
                .chain((4..=10).map(Literal::Int))
                .collect(),
        };
        for (postgres, expect) in [
            (false, "SELECT a FROM t WHERE a = X'01fe' AND b = 10 AND c IN ('l''un',NULL)"),
            (true, "SELECT a FROM t WHERE a = '\\x01fe'::bytea AND b = 10 AND c IN ('l''un',NULL)"),
        ] {
            assert_eq!(statement.written_out(postgres), expect);
        }
        assert!(statement.reads());
        assert_eq!(statement.bytes(), 2 + 4 + 7 * 8);
    }
}
