//! Writes `Texts` of `src/text.rs` for every message that is a part of a record.

use std::{collections::HashSet, fmt::Write as _};

use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::{Label, Type},
};

/// Fields that hold a name, which is right or refused. One that is missing here is cleaned like a
/// text, which does a name no harm.
const NAMES: &[&str] =
    &["name", "etag", "parent", "unit", "region", "organiser", "service", "standard", "target"];

/// The source of all implementations.
pub fn generate(files: &FileDescriptorSet) -> String {
    let own = || files.file.iter().filter(|file| file.package().starts_with("mpp."));
    let mut messages = Vec::new();
    for file in own() {
        gather(file, &[], &file.message_type, &mut messages);
    }
    let names: HashSet<String> = messages.iter().map(NestedMessage::type_name).collect();
    messages.iter().map(|part| part.implementation(&names)).collect()
}

/// A message, with those that it is written in.
struct NestedMessage<'a> {
    file: &'a FileDescriptorProto,
    above: Vec<&'a str>,
    message: &'a DescriptorProto,
}

fn gather<'a>(
    file: &'a FileDescriptorProto,
    above: &[&'a str],
    messages: &'a [DescriptorProto],
    all: &mut Vec<NestedMessage<'a>>,
) {
    for message in messages {
        let call = ["Request", "Response"].iter().any(|end| message.name().ends_with(end));
        let map = message.options.as_ref().is_some_and(|options| options.map_entry());
        if call || map {
            continue;
        }
        all.push(NestedMessage { file, above: above.to_vec(), message });
        let below = [above, &[message.name()]].concat();
        gather(file, &below, &message.nested_type, all);
    }
}

impl NestedMessage<'_> {
    fn type_name(&self) -> String {
        let path = [self.above.as_slice(), &[self.message.name()]].concat().join(".");
        format!(".{}.{path}", self.file.package())
    }

    fn path(&self) -> String {
        let module = self.file.package().split('.').nth(1).unwrap_or_default();
        let mut path = format!("crate::{}", if module == "type" { "types" } else { module });
        for above in &self.above {
            path += &format!("::{}", snake(above));
        }
        format!("{path}::{}", self.message.name())
    }

    fn implementation(&self, known: &HashSet<String>) -> String {
        let form = if self.message.name() == "LocalizedText" { "Line" } else { "Lines" };
        let mut body = String::new();
        for field in &self.message.field {
            if let Some(visit) = visit(field, form, known) {
                body += &self.reach(field, &visit);
            }
        }
        let mut text = String::new();
        let _ = write!(
            text,
            "impl Texts for {} {{
                #[allow(unused_variables)]
                fn each_text(&mut self, visit: &mut dyn FnMut(&TextPlace<'_>, &mut String), at: &TextPlace<'_>) {{
                    {body}
                }}
            }}\n",
            self.path()
        );
        text
    }

    /// Every value of a field.
    fn reach(&self, field: &FieldDescriptorProto, visit: &str) -> String {
        let name = field.name();
        let place = |index: &str| format!("let at = &at.field({name:?}, {index});");
        let oneof = field.oneof_index.filter(|_| !field.proto3_optional());
        if let Some(index) = oneof {
            let oneof = self.message.oneof_decl[index as usize].name().to_owned();
            let module = self
                .path()
                .rsplit_once("::")
                .map_or_else(String::new, |(path, own)| format!("{path}::{}", snake(own)));
            let (kind, case) = (camel(&oneof), camel(name));
            let place = place("None");
            return format!(
                "if let Some({module}::{kind}::{case}(one)) = &mut self.{oneof} {{ {place} {visit} }}\n"
            );
        }
        if field.label() == Label::Repeated {
            let place = place("Some(index)");
            return format!(
                "for (index, one) in self.{name}.iter_mut().enumerate() {{ {place} {visit} }}\n"
            );
        }
        let place = place("None");
        if field.r#type() == Type::Message || field.proto3_optional() {
            return format!("if let Some(one) = self.{name}.as_mut() {{ {place} {visit} }}\n");
        }
        format!("{{ let one = &mut self.{name}; {place} {visit} }}\n")
    }
}

/// The code that handles one value; nothing for a field that holds no text.
fn visit(field: &FieldDescriptorProto, form: &str, known: &HashSet<String>) -> Option<String> {
    match field.r#type() {
        Type::String if !NAMES.contains(&field.name()) => {
            Some(format!("visit(&at.of(Form::{form}), one);"))
        }
        Type::Message if known.contains(field.type_name()) => {
            Some("one.each_text(visit, at);".to_owned())
        }
        _ => None,
    }
}

/// The name that prost gives a module: `HoursRule` is `hours_rule`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// The name that prost gives a case of a oneof: `at_most` is `AtMost`.
fn camel(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
