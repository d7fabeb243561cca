//! Keeps the generated tables of `proto/README.md` in line with the code. After a change of a
//! reason, a field code or the authorization table, `WRITE_REFERENCE=1 cargo test -p mpp-rpc
//! reference` writes them anew.

use std::{env, fmt::Write as _, fs};

use mpp_api::{document, route::Body};
use mpp_core::{Code, FieldCode, Reason, Role};

use crate::authz::{Scope, TABLE};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/README.md");

#[test]
fn the_readme_says_what_the_code_says() {
    let readme = fs::read_to_string(README).expect("proto/README.md");
    let mut current = readme.clone();
    for (marker, table) in [
        ("addresses", addresses()),
        ("roles", roles()),
        ("kinds", kinds()),
        ("reasons", reasons()),
        ("codes", codes()),
    ] {
        current = with_table(&current, marker, &table);
    }
    if env::var_os("WRITE_REFERENCE").is_some() {
        fs::write(README, current).expect("proto/README.md can be written");
    } else {
        assert!(current == readme, "run WRITE_REFERENCE=1 cargo test -p mpp-rpc reference");
    }
}

/// The text with what lies between the two markers replaced.
fn with_table(text: &str, marker: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {marker} -->\n"), format!("<!-- end of {marker} -->"));
    let (before, rest) = text.split_once(&start).expect(marker);
    let (_, after) = rest.split_once(&end).expect(marker);
    format!("{before}{start}{table}{end}{after}")
}

/// The table of methods over plain HTTP.
fn addresses() -> String {
    let mut table = String::from("| address | method | body |\n| --- | --- | --- |\n");
    for route in mpp_api::route::all() {
        let body = match &route.body {
            Body::None => String::new(),
            Body::Whole => "the request".to_owned(),
            Body::Field(field) => format!("the `{}`", field.name()),
        };
        let (verb, path, method) = (route.verb, &route.path, route.method.full_name());
        // Writing to a String does not fail.
        let _ = writeln!(table, "| `{verb} {path}` | `{method}` | {body} |");
    }
    table
}

/// Methods of one service that the same roles may call share a row.
fn roles() -> String {
    let mut table = String::from("| service | methods | who may, beside the administrator |\n");
    table += "| --- | --- | --- |\n";
    for lines in TABLE.chunk_by(|(one, _), (next, _)| service_of(one) == service_of(next)) {
        let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
        for (path, allowed) in lines {
            let (who, method) = (roles_text(allowed), path.rsplit('/').next().unwrap_or(path));
            match rows.iter_mut().find(|(known, _)| *known == who) {
                Some((_, methods)) => methods.push(method),
                None => rows.push((who, vec![method])),
            }
        }
        let service = service_of(lines[0].0);
        for (who, methods) in rows {
            writeln!(table, "| `{service}` | {} | {who} |", methods.join(", ")).expect("a string");
        }
    }
    table
}

/// `mpp.registry.v1.DirectoryService` of the path of one of its methods.
fn service_of(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or(path)
}

fn roles_text(allowed: &[(Role, Scope)]) -> String {
    let any_role = Role::ALL.len() - 1;
    match allowed.len() {
        0 => "nobody".to_owned(),
        many if many == any_role => "any role".to_owned(),
        _ => {
            let one = |(role, scope): &(Role, Scope)| match scope {
                Scope::Own => format!("{} (own)", role.as_str()),
                Scope::Any => role.as_str().to_owned(),
            };
            allowed.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The table of kinds: the filters of a watch for each, and the fields that its documents leave
/// out.
fn kinds() -> String {
    let mut table = String::from("| kind | form | labels | not in the feed |\n");
    table += "| --- | --- | --- | --- |\n";
    for kind in document::KINDS {
        let labels: Vec<_> = document::labels(kind).iter().map(|label| label.as_str()).collect();
        let added: Vec<_> =
            document::added(kind).iter().map(|field| format!("`{field}`")).collect();
        let form = document::form_number(kind);
        writeln!(table, "| `{kind}` | {form} | {} | {} |", labels.join(", "), added.join(", "))
            .expect("a string");
    }
    table
}

fn reasons() -> String {
    let mut table = String::from("| reason | gRPC code | meaning | way out |\n");
    table += "| --- | --- | --- | --- |\n";
    for reason in Reason::ALL {
        writeln!(
            table,
            "| `{}` | {} | {} | {} |",
            reason.as_str(),
            grpc(reason.code()),
            reason.meaning(),
            reason.way_out()
        )
        .expect("a string");
    }
    table
}

fn codes() -> String {
    let mut table = String::from("| code | meaning | way out |\n| --- | --- | --- |\n");
    for code in FieldCode::ALL {
        writeln!(table, "| `{code}` | {} | {} |", code.meaning(), code.way_out())
            .expect("a string");
    }
    table
}

fn grpc(code: Code) -> String {
    let name = format!("{code:?}");
    let mut text = String::new();
    for (place, letter) in name.char_indices() {
        if letter.is_uppercase() && place > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}
