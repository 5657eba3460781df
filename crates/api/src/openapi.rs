//! The OpenAPI 3.1 document, made from the table of operations and the types that they take and
//! give: it cannot say what the router does not do.

use huis_usecases::accounts::Scope;
use serde_json::{Map, Value, json};

use crate::{
    ROOT,
    answer::Given,
    operation::{Operation, Takes},
    problem::Problem,
    shape::Types,
    table::operations,
};

const ABOUT: &str = "L’API de Huis : les cas d’usage des écrans, pour un logiciel. Un jeton personnel, \
fait sur « Mon compte », agit au nom de son agent avec ses habilitations du moment. Voir docs/api.";

/// The document.
pub fn document() -> Value {
    let mut types = Types::default();
    let mut paths: Map<String, Value> = Map::new();
    let problem = types.of::<Problem>();
    for operation in operations() {
        let parameters = parameters(&operation, &mut types);
        let mut entry = json!({
            "operationId": operation.id,
            "summary": operation.summary,
            "tags": [operation.id.split('.').next().unwrap_or_default()],
            "description": described(&operation),
            "security": [{ "jeton": [] }],
            "parameters": parameters,
            "responses": responses(&operation, &mut types, &problem),
        });
        if let Some(body) = body(&operation, &mut types)
            && let Some(entry) = entry.as_object_mut()
        {
            entry.insert("requestBody".to_owned(), body);
        }
        let at = paths.entry(operation.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(at) = at.as_object_mut() {
            at.insert(operation.method.to_lowercase(), entry);
        }
    }
    let scopes: Vec<String> =
        Scope::ALL.iter().map(|s| format!("`{}` : {}.", s.code(), s.label())).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Huis",
            "version": "1",
            "summary": "API JSON de Huis",
            "description": format!("{ABOUT} Portées : {}", scopes.join(" ")),
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": ROOT }],
        "paths": paths,
        "components": {
            "schemas": types.into_named(),
            "parameters": { "traitement": processing() },
            "securitySchemes": {
                "jeton": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Un jeton personnel, dans l’en-tête Authorization et nulle part ailleurs.",
                },
            },
        },
    })
}

/// What else there is to know of an operation.
fn described(operation: &Operation) -> String {
    let scope = format!("Portée du jeton : `{}`.", operation.scope.code());
    let told = operation.told_by();
    if !operation.once() || told.is_empty() {
        return scope;
    }
    let told: Vec<String> = told.iter().map(|path| format!("`GET {path}`")).collect();
    format!("{scope} Sans réponse, voir si elle a abouti : {}.", told.join(" ou "))
}

/// The header that names the processing, on every operation.
fn processing() -> Value {
    let shipped = huis_usecases::registers(&[]).unwrap_or_default();
    let ids: Vec<String> = shipped.into_iter().map(|(register, ..)| register.id).collect();
    json!({
        "name": "Huis-Traitement",
        "in": "header",
        "required": false,
        "description": "Le traitement dont il s’agit, parmi ceux que `GET /moi` donne ; absent : celui de l’habilitation la plus ancienne. Un traitement où l’on n’a pas d’habilitation répond comme s’il n’existait pas.",
        "schema": { "type": "string", "enum": ids },
    })
}

/// The parameters of the path and of the query, from the properties of one type.
fn parameters(operation: &Operation, types: &mut Types) -> Vec<Value> {
    let mut out = Vec::new();
    let schema = (operation.parameters)(types);
    let properties = schema.get("properties").and_then(Value::as_object).cloned();
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    for (name, mut inside) in properties.unwrap_or_default() {
        let of_path = operation.path.contains(&format!("{{{name}}}"));
        let text = inside.as_object_mut().and_then(|o| o.remove("description"));
        out.push(json!({
            "name": name,
            "in": if of_path { "path" } else { "query" },
            "required": of_path || required.contains(&name),
            "description": text.unwrap_or(Value::String(String::new())),
            "schema": inside,
        }));
    }
    out.push(json!({ "$ref": "#/components/parameters/traitement" }));
    if operation.once() {
        out.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "La même clé avec la même requête ne la fait qu’une fois, pendant 24 heures.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,128}$" },
        }));
    }
    out
}

fn body(operation: &Operation, types: &mut Types) -> Option<Value> {
    let schema = (operation.body)(types);
    match (operation.takes, schema) {
        (Takes::Json, Some(schema)) => Some(json!({
            "required": true,
            "content": { "application/json": { "schema": schema } },
        })),
        (Takes::File, _) => Some(json!({
            "required": true,
            "content": { "application/octet-stream": {} },
        })),
        _ => None,
    }
}

fn responses(operation: &Operation, types: &mut Types, problem: &Value) -> Value {
    let mut out = Map::new();
    let (status, good) = match (operation.answers)(types) {
        Given::Json(status, schema) => (
            status,
            json!({ "description": "Fait.", "content": { "application/json": { "schema": schema } } }),
        ),
        Given::File(kinds) => {
            let content: Map<String, Value> =
                kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
            (200, json!({ "description": "Le fichier.", "content": content }))
        }
        Given::Empty => (204, json!({ "description": "Fait." })),
    };
    out.insert(status.to_string(), good);
    let content = json!({ "application/problem+json": { "schema": problem } });
    for (status, words) in [
        (400, "Requête illisible."),
        (401, "Jeton absent ou sans effet."),
        (403, "Le jeton n’a pas cette portée."),
        (404, "Introuvable, ou hors de ce que le jeton permet de savoir."),
        (409, "Changé entre-temps."),
        (413, "Trop grand."),
        (415, "Format non reconnu."),
        (422, "Saisie refusée, avec toutes ses fautes."),
        (429, "Trop de requêtes."),
        (500, "Erreur interne."),
        (503, "Indisponible."),
    ] {
        let body = json!({ "description": words, "content": content.clone() });
        out.insert(status.to_string(), body);
    }
    Value::Object(out)
}
