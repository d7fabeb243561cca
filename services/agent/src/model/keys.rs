//! Which keys of the source's records a mapping reads, and which of them no record has: a heading
//! that was renamed reads as empty everywhere, and would wipe a field of all records without a
//! word.

use std::collections::{BTreeSet, HashMap, HashSet};

use jaq_core::{
    load::{
        Lexer, Parser,
        lex::StrPart,
        parse::{BinaryOp, Pattern, Term},
    },
    path::Part,
};
use jaq_json::Val;
use mpp_core::{Error, FieldCode};

/// Keys that an error shows of what there is.
const SHOWN: usize = 30;

/// Filters whose arguments run on what they make and not on the record.
const ON_MADE: [&str; 5] = ["with_entries", "sub", "gsub", "del", "walk"];

/// Filters whose output has keys that no record has.
const MAKERS: [&str; 5] = ["to_entries", "with_entries", "capture", "match", "fromjson"];

/// Keys any one of which will do, as in `.kode // .id`.
type Group = Vec<String>;

/// The keys that a mapping reads, beside those of the records as they are read.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    asked: Vec<Group>,
    /// Those of `asked` that no record has had yet.
    open: Vec<Group>,
    /// The uppermost keys, for people.
    seen: BTreeSet<String>,
    /// Uppermost keys that all records had so far.
    common: Option<BTreeSet<String>>,
}

impl Keys {
    /// Those that a program reads; none where it cannot be parsed.
    pub fn of(program: &str) -> Self {
        let asked = asked(program);
        Self { open: asked.clone(), asked, ..Self::default() }
    }

    /// Takes note of a record's keys.
    pub fn look_at(&mut self, record: &Val) {
        self.open.retain(|group| !group.iter().any(|key| holds(record, key)));
        let Val::Obj(map) = record else { return };
        let own: BTreeSet<String> = map.keys().filter_map(text).collect();
        self.common = Some(match self.common.take() {
            Some(common) => common.intersection(&own).cloned().collect(),
            None => own.clone(),
        });
        if self.seen.len() < SHOWN {
            self.seen.extend(own);
        }
    }

    /// What is told once all records are read: keys that the mapping reads and none of them has.
    pub fn missing(&self) -> Vec<Error> {
        if self.common.is_none() {
            return Vec::new();
        }
        let told = |group: &Group| {
            let text = format!(
                "the mapping reads {}, and no record of the source has it; there are: {}",
                spelt(group),
                shown(self.seen.iter())
            );
            Error::field("mapping", FieldCode::KeyMissing, text)
        };
        self.open.iter().map(told).collect()
    }

    /// Uppermost keys that all records have and the mapping reads: the next run counts on them.
    pub fn relied_on(&self) -> BTreeSet<String> {
        let asked: HashSet<&String> = self.asked.iter().flatten().collect();
        self.common.iter().flatten().filter(|key| asked.contains(key)).cloned().collect()
    }

    /// What is wrong where keys that the mapping reads were `before` in every record and are in
    /// none of `now`.
    pub fn lost(&self, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Option<String> {
        let lost = self.asked.iter().filter(|group| {
            group.iter().any(|key| before.contains(key))
                && !group.iter().any(|key| now.contains(key))
        });
        let lost: Vec<String> = lost.map(spelt).collect();
        (!lost.is_empty()).then(|| {
            format!(
                "the mapping reads {}, which every record had in the last run and none has now; there \
                 are: {}. Nothing was sent. Name it in the mapping as it is called now, or, where \
                 it is right, run once with --accept-missing",
                lost.join(" and "),
                shown(now.iter())
            )
        })
    }
}

fn text(key: &Val) -> Option<String> {
    let Val::TStr(bytes) = key else { return None };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn holds(value: &Val, key: &str) -> bool {
    match value {
        Val::Arr(items) => items.iter().any(|item| holds(item, key)),
        Val::Obj(map) => map.iter().any(|(name, inner)| {
            matches!(name, Val::TStr(bytes) if bytes.as_ref() == key.as_bytes())
                || holds(inner, key)
        }),
        _ => false,
    }
}

fn spelt(group: &Group) -> String {
    let one = |key: &String| {
        let is_plain = key.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        if is_plain { format!(".{key}") } else { format!(".\"{key}\"") }
    };
    group.iter().map(one).collect::<Vec<_>>().join(" // ")
}

fn shown<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let keys: Vec<&str> = keys.take(SHOWN).map(String::as_str).collect();
    keys.join(", ")
}

fn asked(program: &str) -> Vec<Group> {
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
    defs: HashMap<&'p str, &'p Term<&'p str>>,
    /// Definitions that are being followed.
    within: Vec<&'p str>,
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
                self.defs.extend(defs.iter().map(|def| (def.name, &def.body)));
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

    /// `{nama: .nama}`, or `{nama}`, which reads the key.
    fn pair(&mut self, key: &'p Term<&'p str>, value: Option<&'p Term<&'p str>>, made: bool) {
        match value {
            Some(value) => [key, value].into_iter().for_each(|term| self.term(term, made)),
            None => self.key(key, made),
        }
    }

    /// A step of a path: its key is one of what it goes from.
    fn part(&mut self, part: &'p Part<Term<&'p str>>, of_made: bool, made: bool) {
        match part {
            Part::Index(index) => self.key(index, of_made),
            Part::Range(from, to) => {
                from.iter().chain(to).for_each(|bound| self.term(bound, made));
            }
        }
    }

    /// A key, where it is spelt out; else what it is worked out from.
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
        if let Some(body) = self.defs.get(name).copied().filter(|_| !self.within.contains(&name)) {
            self.within.push(name);
            self.term(body, made);
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

    /// True where a term yields what the program has made, and no part of the record.
    fn is_made(&self, term: &Term<&'p str>, made: bool) -> bool {
        match term {
            Term::Var(name) => self.made_vars.contains(name),
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
                    || arguments.iter().any(|argument| self.is_made(argument, made))
                    || self.defs.get(name).is_some_and(|body| holds_object(body))
            }
            Term::Obj(_) | Term::Fold(..) | Term::BinOp(..) => true,
            _ => made,
        }
    }
}

/// Whether a definition makes an object anywhere, also in what it calls.
fn holds_object(term: &Term<&str>) -> bool {
    let text = format!("{term:?}");
    text.contains("Obj(") || MAKERS.iter().any(|name| text.contains(&format!("{name:?}")))
}

/// `nama` of `.nama`, `.["nama"]`, `{nama}` and `{$nama}`.
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
        Term::Var(name) => Some(name.trim_start_matches('$').to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
