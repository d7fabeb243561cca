//! The comments of the contract, by the full name of the service, method, message, field or enum
//! value that each describes. The OpenAPI document shows them; reflection's descriptors do without,
//! which keeps them small.

use std::collections::HashMap;

use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// Names and comments, each ended by a zero byte, which no comment holds.
pub fn generate(files: &FileDescriptorSet) -> String {
    let own = files.file.iter().filter(|file| file.package().starts_with("mpp."));
    own.map(of_file).collect()
}

fn of_file(file: &FileDescriptorProto) -> String {
    let mut comments = Comments { by_path: by_path(file), text: String::new() };
    let package = file.package();
    for (at, message) in places(&file.message_type) {
        comments.message(&[4, at], &format!("{package}.{}", message.name()), message);
    }
    for (at, kind) in places(&file.enum_type) {
        comments.enumeration(&[5, at], &format!("{package}.{}", kind.name()), kind);
    }
    for (at, service) in places(&file.service) {
        let name = format!("{package}.{}", service.name());
        comments.add(&[6, at], &name);
        for (own, method) in places(&service.method) {
            comments.add(&[6, at, 2, own], &format!("{name}.{}", method.name()));
        }
    }
    comments.text
}

/// Comments by the path with which `SourceCodeInfo` points to the declaration below each.
fn by_path(file: &FileDescriptorProto) -> HashMap<&[i32], &str> {
    let all = file.source_code_info.iter().flat_map(|info| &info.location);
    all.map(|place| (place.path.as_slice(), place.leading_comments())).collect()
}

fn places<T>(all: &[T]) -> impl Iterator<Item = (i32, &T)> {
    (0..).zip(all)
}

struct Comments<'a> {
    by_path: HashMap<&'a [i32], &'a str>,
    text: String,
}

impl Comments<'_> {
    fn message(&mut self, path: &[i32], name: &str, message: &DescriptorProto) {
        self.add(path, name);
        for (at, field) in places(&message.field) {
            self.add(&[path, &[2, at]].concat(), &format!("{name}.{}", field.name()));
        }
        for (at, nested) in places(&message.nested_type) {
            let nested_name = format!("{name}.{}", nested.name());
            self.message(&[path, &[3, at]].concat(), &nested_name, nested);
        }
        for (at, kind) in places(&message.enum_type) {
            let kind_name = format!("{name}.{}", kind.name());
            self.enumeration(&[path, &[4, at]].concat(), &kind_name, kind);
        }
    }

    fn enumeration(&mut self, path: &[i32], name: &str, kind: &EnumDescriptorProto) {
        self.add(path, name);
        for (at, value) in places(&kind.value) {
            self.add(&[path, &[2, at]].concat(), &format!("{name}.{}", value.name()));
        }
    }

    fn add(&mut self, path: &[i32], name: &str) {
        if let Some(comment) = self.by_path.get(path).filter(|comment| !comment.is_empty()) {
            self.text += &format!("{name}\0{}\0", paragraphs(comment));
        }
    }
}

/// The lines of each paragraph make one.
fn paragraphs(comment: &str) -> String {
    let lines: Vec<&str> = comment.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}
