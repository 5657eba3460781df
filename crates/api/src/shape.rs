//! What a type looks like on the wire, from the same lines that declare it: for the document, and to
//! tell every fault of shape of what was sent at once, where reading alone would tell one at a time.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use crate::problem::FaultShape;

/// Where the document keeps the schemas that have a name.
const NAMED: &str = "#/components/schemas/";

/// The named schemas that were met.
#[derive(Default)]
pub struct Types(Map<String, Value>);

impl Types {
    /// The schema of a type: a reference, when it has a name.
    pub fn of<T: Shape>(&mut self) -> Value {
        if T::NAME.is_empty() {
            return T::schema(self);
        }
        if !self.0.contains_key(T::NAME) {
            // Its place is taken first: a type may hold itself.
            self.0.insert(T::NAME.to_owned(), Value::Null);
            let schema = T::schema(self);
            self.0.insert(T::NAME.to_owned(), schema);
        }
        json!({ "$ref": format!("{NAMED}{}", T::NAME) })
    }
    /// All that were met.
    pub fn into_named(self) -> Map<String, Value> {
        self.0
    }
}

/// A type that goes in or out.
pub trait Shape {
    /// Its name in the document; empty: it is written where it stands.
    const NAME: &'static str = "";
    /// May it be left out?
    const OPTIONAL: bool = false;
    /// Its schema.
    fn schema(types: &mut Types) -> Value;
}

macro_rules! plain {
    ($($kind:ty => $schema:tt;)*) => {$(
        impl Shape for $kind {
            fn schema(_: &mut Types) -> Value {
                json!($schema)
            }
        }
    )*};
}
plain! {
    String => { "type": "string" };
    &'static str => { "type": "string" };
    bool => { "type": "boolean" };
    u16 => { "type": "integer", "minimum": 0, "maximum": 65535 };
    u32 => { "type": "integer", "minimum": 0, "maximum": 4294967295_u32 };
    u64 => { "type": "integer", "minimum": 0 };
    usize => { "type": "integer", "minimum": 0 };
    i64 => { "type": "integer", "format": "int64" };
}

impl<T: Shape> Shape for Option<T> {
    const OPTIONAL: bool = true;
    fn schema(types: &mut Types) -> Value {
        types.of::<T>()
    }
}

impl<T: Shape> Shape for Box<T> {
    fn schema(types: &mut Types) -> Value {
        types.of::<T>()
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn schema(types: &mut Types) -> Value {
        json!({ "type": "array", "items": types.of::<T>() })
    }
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    fn schema(types: &mut Types) -> Value {
        json!({ "type": "object", "additionalProperties": types.of::<T>() })
    }
}

impl<A: Shape, B: Shape> Shape for (A, B) {
    fn schema(types: &mut Types) -> Value {
        let both = [types.of::<A>(), types.of::<B>()];
        json!({ "type": "array", "prefixItems": both, "minItems": 2, "maxItems": 2 })
    }
}

/// The schema of a structure, as [`shape!`] fills it: what `serde` is told is what the schema says.
pub struct Object {
    words: String,
    how: &'static str,
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Object {
    /// A structure, with its words and what `serde` is told of it.
    pub fn new(words: &str, how: &'static str) -> Self {
        Self { words: words.trim().to_owned(), how, properties: Map::new(), required: Vec::new() }
    }
    /// One of its members.
    pub fn member<T: Shape>(
        mut self,
        types: &mut Types,
        name: &str,
        words: &str,
        how: &str,
    ) -> Self {
        let told = |word: &str| how.split(',').any(|part| part.trim().starts_with(word));
        if how.trim() == "skip" {
            return self;
        }
        let renamed = how.split_once("rename = \"").and_then(|(_, rest)| rest.split_once('"'));
        let name = renamed.map_or(name, |(name, _)| name);
        let mut schema = types.of::<T>();
        if let Some(inside) = schema.as_object_mut() {
            inside.insert("description".to_owned(), Value::String(words.trim().to_owned()));
        }
        self.properties.insert(name.to_owned(), schema);
        let whole = self.how.split(',').any(|part| part.trim() == "default");
        if !(T::OPTIONAL || whole || told("default") || told("skip_serializing_if")) {
            self.required.push(name.to_owned());
        }
        self
    }
    /// Its schema.
    pub fn schema(self, _: &mut Types) -> Value {
        let mut out = json!({
            "type": "object",
            "description": self.words,
            "properties": self.properties,
        });
        if let Some(object) = out.as_object_mut() {
            if !self.required.is_empty() {
                object.insert("required".to_owned(), json!(self.required));
            }
            if self.how.contains("deny_unknown_fields") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        out
    }
}

/// Declares structures together with their schemas: comments are descriptions, and the name in the
/// document follows the type's.
macro_rules! shape {
    ($(
        $(#[doc = $doc:literal])+
        #[derive($($derive:ident),+ $(,)?)]
        $(#[serde($($of:tt)*)])?
        pub struct $name:ident $wire:literal {
            $(
                $(#[doc = $words:literal])+
                $(#[serde($($how:tt)*)])?
                pub $field:ident: $kind:ty
            ),* $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive($($derive),+)]
        $(#[serde($($of)*)])?
        pub struct $name {
            $($(#[doc = $words])+ $(#[serde($($how)*)])? pub $field: $kind,)*
        }

        impl $crate::shape::Shape for $name {
            const NAME: &'static str = $wire;
            fn schema(types: &mut $crate::shape::Types) -> serde_json::Value {
                $crate::shape::Object::new(concat!($($doc),+), stringify!($($($of)*)?))
                $(.member::<$kind>(
                    types,
                    stringify!($field),
                    concat!($($words),+),
                    stringify!($($($how)*)?),
                ))*
                .schema(types)
            }
        }
    )+};
}
pub(crate) use shape;

/// All that is wrong with the shape of a document that was meant to be a `T`.
pub fn faults<T: Shape>(sent: &Value) -> Vec<FaultShape> {
    let mut types = Types::default();
    let schema = types.of::<T>();
    let mut out = Vec::new();
    look(&schema, &types.into_named(), sent, "", &mut out);
    out
}

fn look(
    schema: &Value,
    definitions: &Map<String, Value>,
    sent: &Value,
    at: &str,
    out: &mut Vec<FaultShape>,
) {
    let Some(object) = schema.as_object() else { return };
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        if let Some(found) = definitions.get(name) {
            look(found, definitions, sent, at, out);
        }
        return;
    }
    let branches = ["anyOf", "oneOf"].iter().find_map(|k| object.get(*k)?.as_array());
    if let Some(branches) = branches {
        let mut best: Option<Vec<FaultShape>> = None;
        for branch in branches {
            let mut found = Vec::new();
            look(branch, definitions, sent, at, &mut found);
            if found.is_empty() {
                return;
            }
            // The branch that goes deepest into what was sent is the one that was meant.
            if best.as_ref().is_none_or(|b| depth(&found) > depth(b)) {
                best = Some(found);
            }
        }
        out.extend(best.unwrap_or_default());
        return;
    }
    if !fits(object, sent) {
        out.push(FaultShape::of(name(at), expected(object)));
        return;
    }
    if let Value::Object(members) = sent {
        let known = object.get("properties").and_then(Value::as_object);
        let closed = object.get("additionalProperties") == Some(&Value::Bool(false));
        for (key, member) in members {
            let inner = format!("{at}.{key}");
            match known.and_then(|k| k.get(key)) {
                Some(inside) => look(inside, definitions, member, &inner, out),
                None if closed => {
                    out.push(FaultShape::of(name(&inner), "Ce champ n’existe pas ici."));
                }
                None => {
                    if let Some(inside) = object.get("additionalProperties") {
                        look(inside, definitions, member, &inner, out);
                    }
                }
            }
        }
        let needed = object.get("required").and_then(Value::as_array).into_iter().flatten();
        for key in needed.filter_map(Value::as_str).filter(|k| !members.contains_key(*k)) {
            let inner = format!("{at}.{key}");
            out.push(FaultShape::of(name(&inner), "Ce champ est obligatoire."));
        }
    }
    if let (Value::Array(items), Some(inside)) = (sent, object.get("items")) {
        for (rank, item) in items.iter().enumerate() {
            look(inside, definitions, item, &format!("{at}.{rank}"), out);
        }
    }
}

fn depth(faults: &[FaultShape]) -> usize {
    let dots = |f: &FaultShape| f.champ.as_deref().map_or(0, |c| c.split('.').count());
    faults.iter().map(dots).max().unwrap_or(0)
}

fn name(at: &str) -> String {
    let text = at.trim_start_matches('.');
    // What was sent may be anything: only as much as names a field comes back.
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn types(object: &Map<String, Value>) -> Vec<&str> {
    match object.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn fits(object: &Map<String, Value>, sent: &Value) -> bool {
    let of_type = |kind: &&str| match *kind {
        "object" => sent.is_object(),
        "array" => sent.is_array(),
        "string" => sent.is_string(),
        "integer" => sent.is_i64() || sent.is_u64(),
        "number" => sent.is_number(),
        "boolean" => sent.is_boolean(),
        "null" => sent.is_null(),
        _ => true,
    };
    let types = types(object);
    let listed = |key: &str| object.get(key).and_then(Value::as_array);
    (types.is_empty() || types.iter().any(of_type))
        && listed("enum").is_none_or(|all| all.contains(sent))
        && object.get("const").is_none_or(|one| one == sent)
}

fn expected(object: &Map<String, Value>) -> String {
    if let Some(all) = object.get("enum").and_then(Value::as_array) {
        let codes: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
        return format!("Attendu : {}.", codes.join(", "));
    }
    let words = types(object).into_iter().map(|kind| match kind {
        "object" => "un objet",
        "array" => "une liste",
        "string" => "un texte",
        "integer" => "un nombre entier",
        "number" => "un nombre",
        "boolean" => "true ou false",
        "null" => "null",
        other => other,
    });
    format!("Attendu : {}.", words.collect::<Vec<_>>().join(" ou "))
}
