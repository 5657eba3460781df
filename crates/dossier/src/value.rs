use huis_kernel::{Date, Money};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// One field's value, as the register types it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Texts, names, phones, mail addresses, communes (INSEE code).
    Text(String),
    /// A civil date.
    Date(Date),
    /// An amount in cents.
    Money(Money),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// The code of a closed list.
    Choice(String),
    /// The occurrence number of a repeated section of the same dossier.
    Reference(u32),
}

/// The fields of one section occurrence or one act, by field id. A field that is absent is unknown.
pub type Facts = BTreeMap<String, Value>;

impl Value {
    /// The date, when it is one.
    pub const fn as_date(&self) -> Option<Date> {
        if let Self::Date(d) = self { Some(*d) } else { None }
    }
    /// The amount, when it is one.
    pub const fn as_money(&self) -> Option<Money> {
        if let Self::Money(m) = self { Some(*m) } else { None }
    }
    /// The truth value, when it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self { Some(*b) } else { None }
    }
    /// The number, when it is one.
    pub const fn as_int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }
    /// The text or code, when it is one.
    pub const fn as_str(&self) -> Option<&str> {
        if let Self::Text(s) | Self::Choice(s) = self { Some(s.as_str()) } else { None }
    }
}

impl fmt::Debug for Value {
    /// Personal data never reach a log or a panic message (I13): the kind alone is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Date(_) => "Date(…)",
            Self::Money(_) => "Money(…)",
            Self::Int(_) => "Int(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Choice(_) => "Choice(…)",
            Self::Reference(_) => "Reference(…)",
        })
    }
}
