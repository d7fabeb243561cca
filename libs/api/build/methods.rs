//! Writes the traits of `src/method.rs` for every request that has their form.

use std::{collections::HashMap, fmt::Write as _};

use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::Label,
};

/// The source of all implementations.
pub fn generate(files: &FileDescriptorSet) -> String {
    files.file.iter().map(File::new).map(|file| file.implementations()).collect()
}

/// One file's messages.
struct File<'a> {
    package: &'a str,
    messages: HashMap<&'a str, &'a DescriptorProto>,
    order: &'a [DescriptorProto],
}

impl<'a> File<'a> {
    fn new(file: &'a FileDescriptorProto) -> Self {
        let messages = file.message_type.iter().map(|message| (message.name(), message)).collect();
        Self { package: file.package(), messages, order: &file.message_type }
    }

    fn implementations(&self) -> String {
        let mut text = String::new();
        for request in self.order {
            let Some(method) = request.name().strip_suffix("Request") else { continue };
            let Some(response) = self.messages.get(format!("{method}Response").as_str()) else {
                continue;
            };
            if has(request, "request_id") {
                text += &self.write(method, request);
            }
            if has(request, "page_token") && has(response, "next_page_token") {
                text += &self.paginated(method, request);
            }
            let one = |verb| self.record_of(method, verb, response);
            let found = [
                one("Get")
                    .filter(|_| has(request, "name"))
                    .map(|of| self.get(method, request, &of)),
                one("Create").map(|of| self.create(method, request, response, &of)),
                one("Update").map(|of| self.update(method, response, &of)),
                self.delete(method, request, response),
                self.list(method, request, response),
            ];
            text.extend(found.into_iter().flatten());
        }
        text
    }

    /// `mpp.registry.v1` is the module `registry`.
    fn path(&self, message: &str) -> String {
        let module = self.package.split('.').nth(1).unwrap_or_default();
        format!("crate::{}::{message}", if module == "type" { "types" } else { module })
    }

    /// The kind that `CreateMall` makes, with the answer's field that holds it.
    fn record_of(&self, method: &str, verb: &str, response: &DescriptorProto) -> Option<Of> {
        let kind = method.strip_prefix(verb)?;
        let type_name = format!(".{}.{kind}", self.package);
        let field = response.field.iter().find(|field| field.type_name() == type_name)?;
        Some(Of { record: self.path(kind), field: field.name().to_owned() })
    }

    fn write(&self, method: &str, request: &DescriptorProto) -> String {
        let validate_only = or(request, "validate_only", "self.validate_only", "false");
        format!(
            "impl Write for {} {{
                const METHOD: &'static str = {method:?};
                fn take_request_id(&mut self) -> String {{ std::mem::take(&mut self.request_id) }}
                fn validate_only(&self) -> bool {{ {validate_only} }}
            }}\n",
            self.path(request.name())
        )
    }

    fn get(&self, method: &str, request: &DescriptorProto, of: &Of) -> String {
        let min_revision = or(request, "min_revision", "self.min_revision", "0");
        format!(
            "impl Get for {} {{
                {}
                fn name(&self) -> &str {{ &self.name }}
                fn min_revision(&self) -> i64 {{ {min_revision} }}
                fn response(record: Self::Record) -> Self::Response {{
                    Self::Response {{ {}: Some(record) }}
                }}
            }}\n",
            self.path(request.name()),
            self.types(method, &of.record),
            of.field
        )
    }

    fn create(
        &self,
        method: &str,
        request: &DescriptorProto,
        response: &DescriptorProto,
        of: &Of,
    ) -> String {
        let (given, warnings) = warnings(response);
        let parent = or(request, "parent", "&self.parent", "\"\"");
        format!(
            "impl Create for {} {{
                {}
                const ID_FIELD: &'static str = \"{field}_id\";
                fn parent(&self) -> &str {{ {parent} }}
                fn id(&self) -> &str {{ &self.{field}_id }}
                fn take_record(&mut self) -> Option<Self::Record> {{ self.{field}.take() }}
                fn response(
                    record: Self::Record,
                    revision: i64,
                    {given}: Vec<Warning>,
                ) -> Self::Response {{
                    Self::Response {{ {field}: Some(record), revision, {warnings} }}
                }}
            }}\n",
            self.path(request.name()),
            self.types(method, &of.record),
            field = of.field
        )
    }

    fn update(&self, method: &str, response: &DescriptorProto, of: &Of) -> String {
        let (given, warnings) = warnings(response);
        format!(
            "impl Update for {} {{
                {}
                fn take_record(&mut self) -> (Option<Self::Record>, Option<FieldMask>) {{
                    (self.{field}.take(), self.update_mask.take())
                }}
                fn response(
                    record: Self::Record,
                    revision: i64,
                    {given}: Vec<Warning>,
                ) -> Self::Response {{
                    Self::Response {{ {field}: Some(record), revision, {warnings} }}
                }}
            }}\n",
            self.path(&format!("{method}Request")),
            self.types(method, &of.record),
            field = of.field
        )
    }

    fn delete(
        &self,
        method: &str,
        request: &DescriptorProto,
        response: &DescriptorProto,
    ) -> Option<String> {
        let (given, warnings) = warnings(response);
        let kind = method.strip_prefix("Delete").filter(|kind| self.messages.contains_key(kind))?;
        let says_why = has(request, "tombstone");
        let tombstone = or(request, "tombstone", "self.tombstone.as_ref()", "None");
        Some(format!(
            "impl Delete for {} {{
                {}
                const SAYS_WHY: bool = {says_why};
                fn name(&self) -> &str {{ &self.name }}
                fn etag(&self) -> &str {{ &self.etag }}
                fn tombstone(&self) -> Option<&Tombstone> {{ {tombstone} }}
                fn response(revision: i64, {given}: Vec<Warning>) -> Self::Response {{
                    Self::Response {{ revision, {warnings} }}
                }}
            }}\n",
            self.path(request.name()),
            self.types(method, &self.path(kind)),
        ))
    }

    fn paginated(&self, method: &str, request: &DescriptorProto) -> String {
        let no_revision = or(request, "min_revision", "filter.min_revision = 0;", "");
        format!(
            "impl Paginated for {} {{
                const METHOD: &'static str = {method:?};
                type Response = {};
                fn page_size(&self) -> i32 {{ self.page_size }}
                fn page_token(&self) -> &str {{ &self.page_token }}
                fn filter(&self) -> Vec<u8> {{
                    let mut filter = self.clone();
                    filter.page_size = 0;
                    filter.page_token.clear();
                    {no_revision}
                    filter.encode_to_vec()
                }}
                fn set_next_page_token(response: &mut Self::Response, token: String) {{
                    response.next_page_token = token;
                }}
            }}\n",
            self.path(request.name()),
            self.path(&format!("{method}Response"))
        )
    }

    fn list(
        &self,
        method: &str,
        request: &DescriptorProto,
        response: &DescriptorProto,
    ) -> Option<String> {
        method.strip_prefix("List")?;
        if !has(request, "page_token") || !has(response, "next_page_token") {
            return None;
        }
        // An answer that holds more than records is its own service's.
        let mut lists = response.field.iter().filter(|field| is_list(field));
        let records = lists.next().filter(|_| lists.next().is_none())?;
        let kind = records.type_name().rsplit('.').next()?;
        // So is one of what has no name.
        self.messages.get(kind).filter(|message| has(message, "name"))?;
        Some(format!(
            "impl List for {} {{
                type Record = {};
                fn min_revision(&self) -> i64 {{ {} }}
                {}
            }}\n",
            self.path(request.name()),
            self.path(kind),
            or(request, "min_revision", "self.min_revision", "0"),
            list_response(response, records.name()),
        ))
    }

    fn types(&self, method: &str, record: &str) -> String {
        let mut text = format!("type Record = {record};");
        // Writing to a String does not fail.
        let _ = write!(text, " type Response = {};", self.path(&format!("{method}Response")));
        text
    }
}

/// A kind of record, and the field that holds one.
struct Of {
    record: String,
    field: String,
}

fn has(message: &DescriptorProto, field: &str) -> bool {
    message.field.iter().any(|own| own.name() == field)
}

/// The name of the parameter, and the field of an answer that has one.
fn warnings(response: &DescriptorProto) -> (&'static str, &'static str) {
    if has(response, "warnings") { ("warnings", "warnings") } else { ("_warnings", "") }
}

fn or<'a>(message: &DescriptorProto, field: &str, there: &'a str, absent: &'a str) -> &'a str {
    if has(message, field) { there } else { absent }
}

fn is_list(field: &FieldDescriptorProto) -> bool {
    field.label() == Label::Repeated && !field.type_name().is_empty()
}

/// A page of a list, with the total where the contract has one.
fn list_response(response: &DescriptorProto, records: &str) -> String {
    let (total, total_field) = if has(response, "total_size") {
        ("total_size", "total_size")
    } else {
        ("_total_size", "")
    };
    format!(
        "fn response(records: Vec<Self::Record>, {total}: i32) -> Self::Response {{
            Self::Response {{ {records}: records, next_page_token: String::new(), {total_field} }}
        }}"
    )
}
