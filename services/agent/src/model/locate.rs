//! Finds the place in a program at which a record's fault arises. jq's own errors say what went
//! wrong and not where, so the program is run once more on that record, with every step that can
//! fail noting its place.
//!
//! The noting steps are no part of an ordinary run: they would cost time, and they hold back what
//! jq does with paths, so a place is told only if the same fault comes out.

use jaq_core::load::{
    Arena, Lexer, Parser,
    lex::StrPart,
    parse::{BinaryOp, Def, Term},
    span,
};
use jaq_core::path::Part;
use jaq_json::Val;

/// Raises the fault that it gets, together with the place that it is given.
pub const NOTE: &str = "mpp_note_place";

/// Filters that run their arguments on values and never on paths.
const RUN_ON_VALUES: [&str; 24] = [
    "map",
    "select",
    "test",
    "split",
    "gsub",
    "sub",
    "join",
    "capture",
    "startswith",
    "endswith",
    "ltrimstr",
    "rtrimstr",
    "contains",
    "has",
    "index",
    "any",
    "all",
    "sort_by",
    "group_by",
    "unique_by",
    "min_by",
    "max_by",
    "range",
    "splits",
];

/// The program with its steps noting their places.
pub fn noting<'s>(program: &'s str, places: &'s Arena) -> Option<Term<&'s str>> {
    let tokens = Lexer::new(program).lex().ok()?;
    let term = Parser::new(&tokens).parse(|parser| parser.term()).ok()?;
    Some(Noting { program, places }.term(term))
}

/// A fault with its place; the innermost place stays.
pub fn note(fault: Val, place: Val) -> jaq_core::Error<Val> {
    let mark = Val::utf8_str(NOTE.as_bytes().to_vec());
    if let Val::Arr(parts) = &fault
        && parts.first() == Some(&mark)
    {
        return jaq_core::Error::new(fault);
    }
    jaq_core::Error::new([mark, place, fault].into_iter().collect())
}

/// Line and column of an offset, as an editor counts them.
pub fn line_and_column(program: &str, offset: usize) -> (usize, usize) {
    let before = program.get(..offset).unwrap_or(program);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

struct Noting<'s> {
    program: &'s str,
    places: &'s Arena,
}

impl<'s> Noting<'s> {
    fn term(&self, term: Term<&'s str>) -> Term<&'s str> {
        match term {
            Term::Arr(Some(inner)) => Term::Arr(Some(self.boxed(*inner))),
            Term::Obj(pairs) => Term::Obj(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key, value.map(|value| self.term(value))))
                    .collect(),
            ),
            Term::Str(format, parts) => {
                Term::Str(format, parts.into_iter().map(|part| self.part(part)).collect())
            }
            Term::IfThenElse(cases, other) => Term::IfThenElse(
                cases.into_iter().map(|(test, then)| (self.term(test), self.term(then))).collect(),
                other.map(|other| self.boxed(*other)),
            ),
            Term::Def(defs, then) => {
                Term::Def(defs.into_iter().map(|def| self.def(def)).collect(), self.boxed(*then))
            }
            Term::Label(name, inner) => Term::Label(name, self.boxed(*inner)),
            Term::BinOp(left, op, right) => self.operation(*left, op, *right),
            Term::Call(name, args) if RUN_ON_VALUES.contains(&name) => {
                self.note(Term::Call(name, args.into_iter().map(|arg| self.term(arg)).collect()))
            }
            Term::Path(of, path) => self.note(Term::Path(self.boxed(*of), path)),
            Term::Neg(_) | Term::Fold(..) | Term::Call(..) => self.note(term),
            _ => term,
        }
    }

    fn boxed(&self, term: Term<&'s str>) -> Box<Term<&'s str>> {
        Box::new(self.term(term))
    }

    fn part(&self, part: StrPart<&'s str, Term<&'s str>>) -> StrPart<&'s str, Term<&'s str>> {
        match part {
            StrPart::Term(term) => StrPart::Term(self.term(term)),
            other => other,
        }
    }

    /// A definition that calls itself stays as it is, so that it goes no deeper than without notes.
    fn def(&self, def: Def<&'s str>) -> Def<&'s str> {
        if format!("{:?}", def.body).contains(&format!("{:?}", def.name)) {
            return def;
        }
        Def { body: self.term(def.body), ..def }
    }

    fn operation(
        &self,
        left: Term<&'s str>,
        op: BinaryOp<&'s str>,
        right: Term<&'s str>,
    ) -> Term<&'s str> {
        match op {
            BinaryOp::Pipe(_) | BinaryOp::Comma | BinaryOp::Alt | BinaryOp::Or | BinaryOp::And => {
                Term::BinOp(self.boxed(left), op, self.boxed(right))
            }
            BinaryOp::Math(_) | BinaryOp::Cmp(_) => {
                self.note(Term::BinOp(self.boxed(left), op, self.boxed(right)))
            }
            // The left side is a path.
            _ => self.note(Term::BinOp(Box::new(left), op, Box::new(right))),
        }
    }

    fn note(&self, term: Term<&'s str>) -> Term<&'s str> {
        let Some(place) = self.place(&term) else { return term };
        let place: &'s str = self.places.alloc(place.to_string());
        let noted = Term::Call(NOTE, vec![Term::Num(place)]);
        Term::TryCatch(Box::new(term), Some(Box::new(noted)))
    }

    /// The offset of the first sign of a term that stands in the program.
    fn place(&self, term: &Term<&'s str>) -> Option<usize> {
        match term {
            Term::Num(piece) | Term::Var(piece) | Term::Break(piece) | Term::Call(piece, _) => {
                self.offset(piece)
            }
            Term::Label(piece, _) | Term::Fold(piece, ..) => self.offset(piece),
            Term::Str(_, parts) => parts.iter().find_map(|part| match part {
                StrPart::Str(piece) => self.offset(piece),
                StrPart::Term(term) => self.place(term),
                StrPart::Char(_) => None,
            }),
            Term::Arr(Some(inner)) | Term::Neg(inner) | Term::TryCatch(inner, _) => {
                self.place(inner)
            }
            Term::Obj(pairs) => pairs
                .iter()
                .find_map(|(key, value)| self.place(key).or_else(|| self.place(value.as_ref()?))),
            Term::BinOp(left, _, right) => self.place(left).or_else(|| self.place(right)),
            Term::Path(of, path) => {
                let mut parts = path.0.iter().map(|(part, _)| part);
                self.place(of).or_else(|| parts.find_map(|part| self.place_of_part(part)))
            }
            Term::IfThenElse(cases, _) => cases.iter().find_map(|(test, _)| self.place(test)),
            _ => None,
        }
    }

    fn place_of_part(&self, part: &Part<Term<&'s str>>) -> Option<usize> {
        match part {
            Part::Index(term) => self.place(term),
            Part::Range(from, to) => {
                [from, to].into_iter().flatten().find_map(|term| self.place(term))
            }
        }
    }

    /// The offset of a piece of the program.
    fn offset(&self, piece: &str) -> Option<usize> {
        let range = self.program.as_bytes().as_ptr_range();
        range.contains(&piece.as_ptr()).then(|| span(self.program, piece).start)
    }
}
