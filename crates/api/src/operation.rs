//! One line of the table: everything that the router and the document need to know of an operation,
//! so that neither can say what the other does not do.

use axum::{body::Bytes, extract::Query, http::Uri};
use huis_usecases::{Huis, Processed, UseError, accounts::Scope};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeSet, pin::Pin, sync::Arc};

use crate::{
    answer::{Answer, Given, Reply},
    depth, facts,
    problem::{self, FaultShape, Problem},
    shape::{self, Shape, Types},
};

/// A request that may go on: who asks, with what.
pub struct Call {
    /// The program.
    pub huis: Arc<Huis>,
    /// Who, with the grants of this moment.
    pub caller: huis_usecases::Caller,
    /// What the token may do.
    pub scopes: BTreeSet<Scope>,
    /// The token's last day and name.
    pub token: (huis_kernel::Date, String),
    /// The processing one works in.
    pub processing: String,
    /// Sets on paper what is opened.
    pub papers: crate::serve::Papers,
}

impl Call {
    /// The register and the rules.
    pub fn processed(&self) -> Result<&Processed, Problem> {
        self.huis.processed(&self.processing).map_err(|_| Problem::not_found())
    }
    /// The register.
    pub fn register(&self) -> Result<&huis_register::Register, Problem> {
        Ok(&self.processed()?.register)
    }
    /// What an error of a use case means here.
    pub fn fail(&self, error: UseError) -> Problem {
        let archivist =
            self.register().is_ok_and(|register| problem::archivist(&self.caller, register));
        Problem::from_use(error, &self.caller, archivist)
    }
    /// Reads a date.
    pub fn day(&self, name: &str, text: &str) -> Result<huis_kernel::Date, Problem> {
        facts::date(text).ok_or_else(|| {
            Problem::faults(vec![FaultShape::of(name, "Attendu : une date AAAA-MM-JJ.")])
        })
    }
}

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// No body.
    Nothing,
    /// JSON.
    Json,
    /// The bytes of a file.
    File,
}

/// A body that an operation takes.
pub trait Body: Sized + Send + 'static {
    /// What it is.
    const TAKES: Takes;
    /// Its schema, for the document.
    fn schema(types: &mut Types) -> Option<Value>;
    /// Reads it.
    fn read(bytes: Bytes) -> Result<Self, Problem>;
}

/// No body.
pub struct Nothing;

impl Body for Nothing {
    const TAKES: Takes = Takes::Nothing;
    fn schema(_: &mut Types) -> Option<Value> {
        None
    }
    fn read(bytes: Bytes) -> Result<Self, Problem> {
        if bytes.is_empty() || bytes.as_ref() == b"{}" {
            return Ok(Self);
        }
        let text = "Cette opération ne prend pas de corps.";
        Err(Problem::of("illisible").with(vec![FaultShape::whole(text)]))
    }
}

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Shape + Send + 'static> Body for Json<T> {
    const TAKES: Takes = Takes::Json;
    fn schema(types: &mut Types) -> Option<Value> {
        Some(types.of::<T>())
    }
    fn read(bytes: Bytes) -> Result<Self, Problem> {
        let wrong = |faults| Problem::of("illisible").with(faults);
        if depth::too_deep(&bytes) {
            let text = format!("Le corps est imbriqué sur plus de {} niveaux.", depth::DEEPEST);
            return Err(wrong(vec![FaultShape::whole(text)]));
        }
        let error = match serde_json::from_slice(&bytes) {
            Ok(body) => return Ok(Self(body)),
            Err(error) => error,
        };
        let Ok(sent) = serde_json::from_slice::<serde_json::Value>(&bytes) else {
            // Where, and nothing of what was sent.
            let (line, column) = (error.line(), error.column());
            let text = format!("Ce n’est pas du JSON : ligne {line}, colonne {column}.");
            return Err(wrong(vec![FaultShape::whole(text)]));
        };
        let mut faults = shape::faults::<T>(&sent);
        if faults.is_empty() {
            let text =
                format!("Forme inattendue, ligne {}, colonne {}.", error.line(), error.column());
            faults.push(FaultShape::whole(text));
        }
        Err(wrong(faults))
    }
}

/// The bytes of a file.
pub struct File(pub Bytes);

impl Body for File {
    const TAKES: Takes = Takes::File;
    fn schema(_: &mut Types) -> Option<Value> {
        None
    }
    fn read(bytes: Bytes) -> Result<Self, Problem> {
        Ok(Self(bytes))
    }
}

/// The parameters of an address: those of its path, then those of its query, as one text.
fn parameters<P: DeserializeOwned + Shape>(text: &str) -> Result<P, Problem> {
    let uri: Result<Uri, _> = format!("/?{text}").parse();
    let read = uri.ok().map(|uri| Query::<P>::try_from_uri(&uri));
    match read {
        Some(Ok(Query(read))) => Ok(read),
        _ => {
            let schema = P::schema(&mut Types::default());
            let known = schema.get("properties").and_then(|p| p.as_object());
            let names: Vec<&str> = known.into_iter().flatten().map(|(n, _)| n.as_str()).collect();
            let text = format!("Paramètres attendus, chacun une fois : {}.", names.join(", "));
            Err(Problem::of("illisible").with(vec![FaultShape::whole(text)]))
        }
    }
}

/// What runs an operation.
type Run = Arc<
    dyn Fn(Call, String, Bytes) -> Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send>>
        + Send
        + Sync,
>;

/// One operation.
#[derive(Clone)]
pub struct Operation {
    /// Its stable id.
    pub id: &'static str,
    /// Its method: `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Its path under [`crate::ROOT`], with its parameters in braces.
    pub path: &'static str,
    /// The scope that a token needs.
    pub scope: Scope,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Does it give a file?
    pub file: bool,
    pub(crate) parameters: fn(&mut Types) -> Value,
    pub(crate) body: fn(&mut Types) -> Option<Value>,
    pub(crate) answers: fn(&mut Types) -> Given,
    pub(crate) run: Run,
}

impl Operation {
    /// A line of the table.
    pub(crate) fn new<P, B, R, F, Fut>(
        (id, method, path, scope): (&'static str, &'static str, &'static str, Scope),
        summary: &'static str,
        run: F,
    ) -> Self
    where
        P: DeserializeOwned + Shape + Send + 'static,
        B: Body,
        R: Answer + 'static,
        F: Fn(Call, P, B) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<R, Problem>> + Send + 'static,
    {
        let run: Run = Arc::new(move |call, text, bytes| {
            Box::pin(async move {
                let parameters = parameters::<P>(&text)?;
                let body = B::read(bytes)?;
                run(call, parameters, body).await?.reply()
            })
        });
        Self {
            id,
            method,
            path,
            scope,
            summary,
            takes: B::TAKES,
            file: R::FILE,
            parameters: P::schema,
            body: B::schema,
            answers: R::given,
            run,
        }
    }

    /// Does an idempotency key serve here? A key gives ids again, never a file.
    pub fn once(&self) -> bool {
        self.method == "POST" && !self.reads() && !self.file
    }

    /// May it be asked before the procedure of grants was read? It gives it to read.
    pub fn before_procedure(&self) -> bool {
        self.id == "procedure.lire"
    }

    /// Does it change nothing, whatever its method? Trying an act or a calculation is a POST, as
    /// what is tried may be long.
    pub fn reads(&self) -> bool {
        self.method == "GET" || self.id.ends_with(".essai")
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.id, self.method, self.path)
    }
}
