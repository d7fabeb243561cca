//! Follows a program to the keys that it reads of the source's records.

use std::collections::{HashMap, HashSet};

use jaq_core::{
    load::{
        Lexer, Parser,
        lex::StrPart,
        parse::{BinaryOp, Def, Pattern, Term},
    },
    path::Part,
};

use crate::model::functions::FUNCTIONS;

/// Filters whose arguments run on values that the filter makes, not on the record.
const ON_MADE: [&str; 5] = ["with_entries", "sub", "gsub", "del", "walk"];

/// Keys any one of which will do, as in `.kode // .id`.
pub(super) type Group = Vec<String>;

/// Filters whose output has keys that no record has.
const MAKERS: [&str; 11] = [
    "to_entries",
    "with_entries",
    "from_entries",
    "capture",
    "match",
    "fromjson",
    "INDEX",
    "setpath",
    "env",
    "input",
    "inputs",
];

/// Variables that jq itself sets, and that hold nothing of the record.
const OF_JQ: [&str; 3] = ["$ENV", "$__loc__", "$__prog_args"];

/// The keys that a program reads of the source's records, each where it is surely spelt out.
pub(super) fn asked(program: &str) -> Vec<Group> {
    let Ok(tokens) = Lexer::new(program).lex() else { return Vec::new() };
    let Ok(term) = Parser::new(&tokens).parse(|parser| parser.term()) else { return Vec::new() };
    let mut reads = Reads::default();
    reads.term(&term, false);
    let Reads { groups, tested, .. } = reads;
    let mut known = HashSet::new();
    groups
        .into_iter()
        .filter(|group| {
            !group.iter().any(|key| tested.contains(key)) && known.insert(group.clone())
        })
        .collect()
}

/// Follows a program by what its steps run on: the record or a part of it, or what the program
/// itself has made, whose keys are not the source's.
#[derive(Default)]
struct Reads<'p> {
    groups: Vec<Group>,
    /// Keys that the program asks for with `has`: it knows that they may be missing.
    tested: HashSet<String>,
    defs: HashMap<&'p str, &'p Def<&'p str>>,
    /// Definitions that are being followed.
    within: Vec<&'p str>,
    /// Variables, and arguments of definitions, that hold a value made by the program.
    made_vars: HashSet<&'p str>,
}

impl<'p> Reads<'p> {
    fn term(&mut self, term: &'p Term<&'p str>, made: bool) {
        match term {
            Term::Str(_, parts) => parts.iter().for_each(|part| match part {
                StrPart::Term(inner) => self.term(inner, made),
                StrPart::Str(_) | StrPart::Char(_) => {}
            }),
            Term::Arr(Some(inner)) | Term::Neg(inner) | Term::Label(_, inner) => {
                self.term(inner, made);
            }
            Term::Obj(pairs) => {
                pairs.iter().for_each(|(key, value)| self.pair(key, value.as_ref(), made));
            }
            Term::BinOp(left, op, right) => self.operation(left, op, right, made),
            Term::Fold(_, source, pattern, steps) => {
                self.term(source, made);
                self.bind(pattern, self.is_made(source, made));
                steps.iter().for_each(|step| self.term(step, true));
            }
            Term::TryCatch(tried, caught) => {
                self.term(tried, made);
                caught.iter().for_each(|caught| self.term(caught, true));
            }
            Term::IfThenElse(cases, other) => {
                let cases = cases.iter().flat_map(|(test, then)| [test, then]);
                cases.chain(other.as_deref()).for_each(|term| self.term(term, made));
            }
            Term::Def(defs, then) => {
                self.defs.extend(defs.iter().map(|def| (def.name, def)));
                self.term(then, made);
            }
            Term::Call(name, arguments) => self.call(name, arguments, made),
            Term::Path(of, path) => {
                self.term(of, made);
                let of_made = self.is_made(of, made);
                path.0.iter().for_each(|(part, _)| self.part(part, of_made, made));
            }
            _ => {}
        }
    }

    /// `{nama: .nama}`, or `{nama}`, which reads the key; `{$nama}` reads the variable.
    fn pair(&mut self, key: &'p Term<&'p str>, value: Option<&'p Term<&'p str>>, made: bool) {
        match value {
            Some(value) => [key, value].into_iter().for_each(|term| self.term(term, made)),
            None => self.key(key, made),
        }
    }

    /// A step of a path: its key is a key of the value that the path starts from.
    fn part(&mut self, part: &'p Part<Term<&'p str>>, of_made: bool, made: bool) {
        match part {
            Part::Index(index) => self.key(index, of_made),
            Part::Range(from, to) => {
                from.iter().chain(to).for_each(|bound| self.term(bound, made));
            }
        }
    }

    /// A key that is spelt out; otherwise the term that it is computed from.
    fn key(&mut self, key: &'p Term<&'p str>, made: bool) {
        match spelt_out(key) {
            Some(key) if !made => self.groups.push(vec![key]),
            Some(_) => {}
            None => self.term(key, made),
        }
    }

    fn operation(
        &mut self,
        left: &'p Term<&'p str>,
        op: &'p BinaryOp<&'p str>,
        right: &'p Term<&'p str>,
        made: bool,
    ) {
        match op {
            BinaryOp::Pipe(bound) => {
                self.term(left, made);
                let left_made = self.is_made(left, made);
                match bound {
                    Some(pattern) => {
                        self.bind(pattern, left_made);
                        self.term(right, made);
                    }
                    None => self.term(right, left_made),
                }
            }
            BinaryOp::Alt => self.alternatives(left, right, made),
            BinaryOp::Assign => self.term(right, made),
            _ => {
                self.term(left, made);
                self.term(right, made);
            }
        }
    }

    /// `.kode // .id`: one of them will do.
    fn alternatives(&mut self, left: &'p Term<&'p str>, right: &'p Term<&'p str>, made: bool) {
        let start = self.groups.len();
        self.term(left, made);
        let middle = self.groups.len();
        self.term(right, made);
        if start < middle && middle < self.groups.len() {
            let any = self.groups.drain(start..).flatten().collect();
            self.groups.push(any);
        }
    }

    fn call(&mut self, name: &'p str, arguments: &'p [Term<&'p str>], made: bool) {
        if name == "has" {
            self.tested.extend(arguments.iter().filter_map(spelt_out));
        }
        let on_made = made || ON_MADE.contains(&name);
        arguments.iter().for_each(|argument| self.term(argument, on_made));
        if let Some(def) = self.defs.get(name).copied().filter(|_| !self.within.contains(&name)) {
            let given = def.args.iter().zip(arguments);
            let of_made = given.filter(|(_, argument)| self.is_made(argument, made));
            let of_made: Vec<&str> = of_made.map(|(name, _)| *name).collect();
            self.made_vars.extend(of_made);
            self.within.push(name);
            self.term(&def.body, made);
            self.within.pop();
        }
    }

    fn bind(&mut self, pattern: &'p Pattern<&'p str>, made: bool) {
        match pattern {
            Pattern::Var(name) if made => {
                self.made_vars.insert(name);
            }
            Pattern::Var(_) => {}
            Pattern::Arr(parts) => parts.iter().for_each(|part| self.bind(part, made)),
            Pattern::Obj(pairs) => {
                for (key, part) in pairs {
                    self.key(key, made);
                    self.bind(part, made);
                }
            }
        }
    }

    /// True if a term yields a value that the program has made, and no part of the record.
    fn is_made(&self, term: &Term<&'p str>, made: bool) -> bool {
        match term {
            Term::Var(name) => self.made_vars.contains(name) || OF_JQ.contains(name),
            Term::Path(of, _) => self.is_made(of, made),
            Term::BinOp(left, BinaryOp::Pipe(None), right) => {
                self.is_made(right, self.is_made(left, made))
            }
            Term::BinOp(_, BinaryOp::Pipe(Some(_)), right) => self.is_made(right, made),
            Term::BinOp(left, BinaryOp::Comma | BinaryOp::Alt, right) => {
                self.is_made(left, made) || self.is_made(right, made)
            }
            Term::IfThenElse(cases, other) => cases
                .iter()
                .map(|(_, then)| then)
                .chain(other.as_deref())
                .any(|term| self.is_made(term, made)),
            Term::Arr(Some(inner)) | Term::TryCatch(inner, _) => self.is_made(inner, made),
            Term::Def(_, then) => self.is_made(then, made),
            Term::Call(name, arguments) => {
                made || MAKERS.contains(name)
                    || self.made_vars.contains(name)
                    || FUNCTIONS.iter().any(|own| own.name == *name)
                    || arguments.iter().any(|argument| self.is_made(argument, made))
                    || self.defs.get(name).is_some_and(|def| holds_object(&def.body))
            }
            Term::Obj(_) | Term::Fold(..) | Term::BinOp(..) => true,
            _ => made,
        }
    }
}

/// Whether a definition makes an object, itself or by a filter that it calls.
fn holds_object(term: &Term<&str>) -> bool {
    let text = format!("{term:?}");
    text.contains("Obj(") || MAKERS.iter().any(|name| text.contains(&format!("{name:?}")))
}

/// `nama` of `.nama`, `.["nama"]`, `{nama}` and the pattern `{$nama}`. `None` for a variable as an
/// index: its key is known only while the program runs.
fn spelt_out(term: &Term<&str>) -> Option<String> {
    match term {
        Term::Str(None, parts) => parts
            .iter()
            .map(|part| match part {
                StrPart::Str(text) => Some((*text).to_owned()),
                StrPart::Char(sign) => Some(sign.to_string()),
                StrPart::Term(_) => None,
            })
            .collect(),
        _ => None,
    }
}
