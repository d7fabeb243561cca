//! The part of a mapping's program that makes the id of a record, so that a row whose mapping fails
//! elsewhere is still known by it.
//!
//! Only a program that ends in one object, or in a choice between some, is taken apart, and what
//! may change that object stays: an id is found as the program makes it, or not at all.

use jaq_core::load::{
    Lexer, Parser,
    lex::StrPart,
    parse::{BinaryOp, Pattern, Term},
};

/// Fields that make the id, and those that only say of what kind the record is.
const OF_ID: [&str; 3] = ["source_id", "sourceId", "parent"];
const KINDS: [&str; 4] = ["unit_record", "unitRecord", "mall", "counter"];

/// The program without what its id does not need.
pub fn of(program: &str) -> Option<Term<&str>> {
    let tokens = Lexer::new(program).lex().ok()?;
    let term = Parser::new(&tokens).parse(|parser| parser.term()).ok()?;
    reduced(term)
}

fn reduced(term: Term<&str>) -> Option<Term<&str>> {
    match term {
        Term::Obj(pairs) => object(pairs),
        Term::Def(defs, then) => Some(Term::Def(defs, Box::new(reduced(*then)?))),
        Term::Label(name, inner) => Some(Term::Label(name, Box::new(reduced(*inner)?))),
        Term::BinOp(left, BinaryOp::Pipe(bound), right) => piped(*left, bound, *right),
        // Of two objects that are added the later one's fields hold.
        Term::BinOp(left, BinaryOp::Math(op), right) => match (reduced(*left), *right) {
            (Some(left), right) if !names_id(&right) => Some(left),
            (None, right) => reduced(right),
            (Some(left), right) => {
                Some(Term::BinOp(Box::new(left), BinaryOp::Math(op), Box::new(reduced(right)?)))
            }
        },
        Term::IfThenElse(cases, other) => choice(cases, other),
        _ => None,
    }
}

fn object<'s>(pairs: Vec<(Term<&'s str>, Option<Term<&'s str>>)>) -> Option<Term<&'s str>> {
    let mut has_id = false;
    let mut kept = Vec::new();
    for (key, value) in pairs {
        // A key that is worked out may be any.
        let name = literal(&key)?;
        if OF_ID.contains(&name) {
            has_id |= name != "parent";
            kept.push((key, value));
        } else if KINDS.contains(&name) {
            kept.push((key, Some(Term::Obj(Vec::new()))));
        }
    }
    has_id.then_some(Term::Obj(kept))
}

/// What stands before the bar is needed, unless it only fills a variable that is not used.
fn piped<'s>(
    left: Term<&'s str>,
    bound: Option<Pattern<&'s str>>,
    right: Term<&'s str>,
) -> Option<Term<&'s str>> {
    let right = reduced(right)?;
    let is_unused = match &bound {
        Some(Pattern::Var(name)) => !format!("{right:?}").contains(&format!("{name:?}")),
        _ => false,
    };
    if is_unused {
        return Some(right);
    }
    Some(Term::BinOp(Box::new(left), BinaryOp::Pipe(bound), Box::new(right)))
}

/// A branch that is no object, such as `empty`, stays.
fn choice<'s>(
    cases: Vec<(Term<&'s str>, Term<&'s str>)>,
    other: Option<Box<Term<&'s str>>>,
) -> Option<Term<&'s str>> {
    let mut has_id = false;
    let mut branch = |term: Term<&'s str>| match reduced(term.clone()) {
        Some(reduced) => {
            has_id = true;
            reduced
        }
        None => term,
    };
    let cases = cases.into_iter().map(|(test, then)| (test, branch(then))).collect();
    let other = other.map(|other| Box::new(branch(*other)));
    has_id.then_some(Term::IfThenElse(cases, other))
}

/// Whether it may say the id, or of what kind the record is, which the id's name depends on.
fn names_id(term: &Term<&str>) -> bool {
    // A variable or a filter may hold any object, and a key that is worked out may be any.
    let Term::Obj(pairs) = term else { return true };
    let says = |name: &str| OF_ID.contains(&name) || KINDS.contains(&name);
    pairs.iter().any(|(key, _)| literal(key).is_none_or(says))
}

fn literal<'s>(key: &Term<&'s str>) -> Option<&'s str> {
    match key {
        Term::Str(None, parts) => match parts.as_slice() {
            [StrPart::Str(name)] => Some(*name),
            _ => None,
        },
        Term::Var(name) => Some(name.trim_start_matches('$')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::mapping::Mapping;

    fn id(program: &str, row: serde_json::Value) -> Option<String> {
        let mapping = Mapping::compile(program).expect("a program");
        let row = jaq_json::read::parse_single(row.to_string().as_bytes()).expect("JSON");
        mapping.only_id(row)?.get("source_id")?.as_str().map(str::to_owned)
    }

    #[test]
    fn the_id_is_found_where_another_part_of_the_program_fails() {
        let row = || json!({"kode": " KTP ", "nama": null});
        for program in [
            "{source_id: .kode | ascii_downcase, service: {title: {id: (.nama | ltrimstr(1) | .[0:3] | error)}}}",
            "def trimmed: gsub(\"^\\\\s+|\\\\s+$\"; \"\"); {source_id: (.kode | trimmed), service: error}",
            ". as $row | (.nama | split(\",\")) as $names | {source_id: $row.kode, service: {title: $names}}",
            "{source_id: .kode, service: {}} + {unit: error}",
            "{unit: error} + {source_id: .kode, service: {}}",
            "if .kode == null then empty else {source_id: .kode, service: error} end",
            "select(.kode != null) | {source_id: .kode, service: error}",
        ] {
            let found = id(program, row());
            assert_eq!(found.map(|id| id.trim().to_lowercase()), Some("ktp".into()), "{program}");
        }
    }

    #[test]
    fn an_id_that_another_part_may_change_is_not_guessed() {
        let row = || json!({"kode": "KTP", "nama": null});
        for program in [
            "{source_id: .kode, service: {}} | .source_id += \"-2\" | error",
            "{source_id: .kode, service: {}} + {source_id: error}",
            "{source_id: (.nama | split(\",\") | .[0]), service: {}}",
            "(.nama | split(\",\")) as $names | {source_id: $names[0], service: {}}",
            "{source_id: .kode}, {source_id: \"b\"}",
            "{(.kode): 1, source_id: .kode}",
            "{source_id: .kode, service: {}} + {(.kode): error}",
            "{source_id: .kode} + {unit_record: error}",
            "error",
        ] {
            assert_eq!(id(program, row()), None, "{program}");
        }
    }
}
