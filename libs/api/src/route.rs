//! The addresses of the contract's methods over plain HTTP, read from its `google.api.http`
//! annotations: the one truth for the JSON door and for the OpenAPI document.

use std::{fmt, sync::LazyLock};

use mpp_core::{Error, FieldCode, Result};
use percent_encoding::percent_decode_str;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};

use crate::json::POOL;

/// The verbs that annotations use: the name of each in an annotation and on the wire.
const VERBS: [(&str, &str); 5] =
    [("get", "GET"), ("put", "PUT"), ("post", "POST"), ("delete", "DELETE"), ("patch", "PATCH")];

/// One address of a method.
#[derive(Debug)]
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub verb: &'static str,
    /// The template of the paths that it answers at.
    pub path: Template,
    /// The part of the request that the body carries.
    pub body: Body,
    /// The method that is called at this address.
    pub method: MethodDescriptor,
}

/// The part of a request that its body carries.
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// The request has no body.
    None,
    /// The whole message, except the fields that are in the path.
    Whole,
    /// One field of it; the others are parameters of the query.
    Field(FieldDescriptor),
}

/// A path whose parts may stand for fields: `/v1/{parent=malls/*}/counters`.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    /// The fields that stand in the path.
    pub variables: Vec<Variable>,
    /// The last part's verb, such as `accept` of `…/*:accept`.
    action: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Any,
}

/// A field whose value stands in a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its path in the request, such as `mall.name`.
    pub field: String,
    from: usize,
    to: usize,
}

/// The route that an address leads to.
#[derive(Debug)]
pub enum RouteMatch<'a> {
    /// A method, and the values of the fields that stand in the path.
    Method(&'a Route, Vec<(&'a str, String)>),
    /// The address exists, with these other verbs.
    OtherVerbs(Vec<&'static str>),
    /// The path is not one of the API's.
    Nothing,
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let methods = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.flat_map(|method| routes_of(&method)).collect()
});

/// All addresses of the contract, in its order.
pub fn all() -> &'static [Route] {
    &ROUTES
}

/// Looks an address up; `path` is as it came, percent-encoded.
///
/// # Errors
/// A part of the path that is no text, or that decodes to more than one part.
pub fn find(verb: &str, path: &str) -> Result<RouteMatch<'static>> {
    let here: Vec<&Route> = ROUTES.iter().filter(|route| route.path.fits(path)).collect();
    if let Some(route) = here.iter().find(|route| route.verb == verb) {
        return Ok(RouteMatch::Method(route, route.path.values(path)?));
    }
    let verbs: Vec<&str> = here.iter().map(|route| route.verb).collect();
    Ok(if verbs.is_empty() { RouteMatch::Nothing } else { RouteMatch::OtherVerbs(verbs) })
}

fn routes_of(method: &MethodDescriptor) -> Vec<Route> {
    let Some(extension) = POOL.get_extension_by_name("google.api.http") else {
        return Vec::new();
    };
    let options = method.options();
    if !options.has_extension(&extension) {
        return Vec::new();
    }
    let rule = options.get_extension(&extension);
    let Some(rule) = rule.as_message() else { return Vec::new() };
    let more = rule.get_field_by_name("additional_bindings");
    let more = more.as_deref().and_then(Value::as_list).unwrap_or_default();
    let rules = std::iter::once(rule).chain(more.iter().filter_map(Value::as_message));
    rules.filter_map(|rule| route_of(method, rule)).collect()
}

fn route_of(method: &MethodDescriptor, rule: &DynamicMessage) -> Option<Route> {
    let text = |field: &str| {
        let value = rule.get_field_by_name(field)?;
        value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (verb, path) = VERBS.iter().find_map(|(name, verb)| Some((*verb, text(name)?)))?;
    let body = match text("body").as_deref() {
        None => Body::None,
        Some("*") => Body::Whole,
        Some(field) => Body::Field(method.input().get_field_by_name(field)?),
    };
    Some(Route { verb, path: Template::parse(&path)?, body, method: method.clone() })
}

impl Route {
    /// The path of the same method over gRPC.
    pub fn grpc_path(&self) -> String {
        format!("/{}/{}", self.method.parent_service().full_name(), self.method.name())
    }

    /// The field that holds the etag of the record that a call changes, such as `mall.etag`.
    pub fn etag_field(&self) -> Option<String> {
        let has_etag = |message: &MessageDescriptor| message.get_field_by_name("etag").is_some();
        if let Body::Field(field) = &self.body {
            // A record that a POST creates had no etag before.
            let Kind::Message(record) = field.kind() else { return None };
            let changes = self.verb != "POST" && has_etag(&record);
            return changes.then(|| format!("{}.etag", field.name()));
        }
        has_etag(&self.method.input()).then(|| "etag".to_owned())
    }
}

impl Template {
    /// Reads a template; `None` if the text is no template.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('/')?;
        let mut template = Self { segments: Vec::new(), variables: Vec::new(), action: None };
        loop {
            rest = match rest.strip_prefix('{') {
                Some(variable) => {
                    let (variable, after) = variable.split_once('}')?;
                    template.add_variable(variable);
                    after
                }
                None => {
                    let end = rest.find(['/', ':']).unwrap_or(rest.len());
                    template.add_segments(&rest[..end]);
                    &rest[end..]
                }
            };
            match rest.split_at_checked(1) {
                None => return Some(template),
                Some(("/", next)) => rest = next,
                Some((":", action)) => {
                    template.action = Some(action.to_owned());
                    return Some(template);
                }
                Some(_) => return None,
            }
        }
    }

    fn add_variable(&mut self, text: &str) {
        let (field, pattern) = text.split_once('=').unwrap_or((text, "*"));
        let from = self.segments.len();
        self.add_segments(pattern);
        let to = self.segments.len();
        self.variables.push(Variable { field: field.to_owned(), from, to });
    }

    fn add_segments(&mut self, text: &str) {
        self.segments.extend(text.split('/').map(|part| match part {
            "*" => Segment::Any,
            literal => Segment::Literal(literal.to_owned()),
        }));
    }

    fn fits(&self, path: &str) -> bool {
        let Some(parts) = self.parts(path) else { return false };
        let mut own = self.segments.iter();
        let fit = parts.split('/').all(|part| match own.next() {
            Some(Segment::Literal(literal)) => literal == part,
            Some(Segment::Any) => !part.is_empty(),
            None => false,
        });
        fit && own.next().is_none()
    }

    /// The path without its slash and action; `None` if the action is another one.
    fn parts<'a>(&self, path: &'a str) -> Option<&'a str> {
        let path = path.strip_prefix('/')?;
        let last = path.rfind('/').map_or(0, |slash| slash + 1);
        match (path[last..].rfind(':'), &self.action) {
            (None, None) => Some(path),
            (Some(colon), Some(action)) if path[last + colon + 1..] == *action => {
                Some(&path[..last + colon])
            }
            _ => None,
        }
    }

    fn values(&self, path: &str) -> Result<Vec<(&str, String)>> {
        let parts: Vec<&str> = self.parts(path).unwrap_or_default().split('/').collect();
        let value = |variable: &Variable| {
            let own = parts[variable.from..variable.to].iter();
            own.map(|part| decoded(part)).collect::<Result<Vec<_>>>().map(|own| own.join("/"))
        };
        self.variables.iter().map(|own| Ok((own.field.as_str(), value(own)?))).collect()
    }
}

/// One part of a path, without its percent signs.
fn decoded(part: &str) -> Result<String> {
    let wrong = |text: &str| Error::field("path", FieldCode::Format, text);
    let text = percent_decode_str(part).decode_utf8();
    let text = text.map_err(|_| wrong("a part of the path is not UTF-8 once it is decoded"))?;
    if text.contains('/') {
        return Err(wrong("%2F cannot be part of an id"));
    }
    Ok(text.into_owned())
}

/// The template in OpenAPI's form: variables of several parts are spelled out, each `*` under its
/// own name.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "";
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => {
                    write!(f, "/{literal}")?;
                    before = literal;
                }
                Segment::Any => write!(f, "/{{{}}}", parameter(before))?,
            }
        }
        self.action.as_ref().map_or(Ok(()), |action| write!(f, ":{action}"))
    }
}

impl Template {
    /// The names that [`Template::to_string`] gives to the parts of the path that vary.
    pub fn parameters(&self) -> Vec<String> {
        let after = self.segments.windows(2).filter_map(|pair| match pair {
            [Segment::Literal(before), Segment::Any] => Some(parameter(before)),
            _ => None,
        });
        after.collect()
    }
}

/// The name of the id in a collection: `counter` in `counters`, `hoursRule` in `hoursRules`, `copy`
/// in `copies`.
fn parameter(collection: &str) -> String {
    match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection.strip_suffix('s').unwrap_or(collection).to_owned(),
    }
}

#[cfg(test)]
mod tests;
