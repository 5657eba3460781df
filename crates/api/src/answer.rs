//! What an operation answers: its shape for the document, its bytes for the line.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use huis_documents::File;
use serde::Serialize;
use serde_json::Value;

use crate::{
    problem::Problem,
    shape::{Shape, Types},
};

/// What an operation gives, as the document says it.
pub enum Given {
    /// JSON, with this status.
    Json(u16, Value),
    /// A file of one of these types.
    File(&'static [&'static str]),
    /// Nothing.
    Empty,
}

/// An answer on its way.
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Type, a file's name, bytes.
    pub body: Option<(&'static str, Option<String>, Vec<u8>)>,
    /// What an idempotency key keeps of it: ids.
    pub ids: String,
}

/// Something that may be answered.
pub trait Answer: Send {
    /// Is it a file? A key keeps ids alone, and cannot give one again.
    const FILE: bool = false;
    /// For the document.
    fn given(types: &mut Types) -> Given;
    /// For the line.
    fn reply(self) -> Result<Reply, Problem>;
}

fn json(status: u16, body: &impl Serialize, ids: String) -> Result<Reply, Problem> {
    let bytes = serde_json::to_vec(body).map_err(|_| Problem::of("interne"))?;
    Ok(Reply { status, body: Some(("application/json", None, bytes)), ids })
}

/// What is read: 200.
pub struct Shown<T>(pub T);

impl<T: Serialize + Shape + Send> Answer for Shown<T> {
    fn given(types: &mut Types) -> Given {
        Given::Json(200, types.of::<T>())
    }
    fn reply(self) -> Result<Reply, Problem> {
        json(200, &self.0, String::new())
    }
}

/// What was made: 201. Of `body`, a key keeps `ids` alone, which must be of the same shape.
pub struct Made<T> {
    /// Everything.
    pub body: T,
    /// Ids only.
    pub ids: T,
}

impl<T: Clone> Made<T> {
    /// What is ids already.
    pub fn ids(ids: T) -> Self {
        Self { body: ids.clone(), ids }
    }
}

impl<T: Serialize + Shape + Send> Answer for Made<T> {
    fn given(types: &mut Types) -> Given {
        Given::Json(201, types.of::<T>())
    }
    fn reply(self) -> Result<Reply, Problem> {
        let ids = serde_json::to_string(&self.ids).map_err(|_| Problem::of("interne"))?;
        json(201, &self.body, ids)
    }
}

/// What was done, and gives nothing: 204.
pub struct Done;

impl Answer for Done {
    fn given(_: &mut Types) -> Given {
        Given::Empty
    }
    fn reply(self) -> Result<Reply, Problem> {
        Ok(Reply { status: 204, body: None, ids: String::new() })
    }
}

macro_rules! files {
    ($($(#[doc = $words:literal])+ $name:ident $media:expr;)+) => {$(
        $(#[doc = $words])+
        pub struct $name(pub File);

        impl Answer for $name {
            const FILE: bool = true;
            fn given(_: &mut Types) -> Given {
                Given::File(&$media)
            }
            fn reply(self) -> Result<Reply, Problem> {
                let body = Some((self.0.media, Some(self.0.name), self.0.bytes));
                Ok(Reply { status: 200, body, ids: String::new() })
            }
        }
    )+};
}
files! {
    /// A PDF.
    Pdf ["application/pdf"];
    /// A sheet as text.
    Csv ["text/csv"];
    /// A sheet, in the format that was asked.
    Sheet ["application/vnd.oasis.opendocument.spreadsheet", "text/csv"];
    /// Several files in one.
    Zip ["application/zip"];
}

impl Reply {
    /// What a key kept of an answer, given again.
    pub fn again(status: u16, ids: &str) -> Response {
        let body = (!ids.is_empty()).then(|| ("application/json", None, ids.as_bytes().to_vec()));
        let mut response = Self { status, body, ids: String::new() }.into_response();
        let headers = response.headers_mut();
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
        response
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let Some((kind, name, bytes)) = self.body else { return status.into_response() };
        let mut response = (status, [(header::CONTENT_TYPE, kind)], bytes).into_response();
        if let Some(name) = name
            && let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}
