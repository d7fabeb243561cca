//! Statements as they are written, in Turtle or JSON-LD.

use std::io::Write;

use mpp_api::types::LocalizedText;
use mpp_core::{Error, Result};
use oxjsonld::{JsonLdSerializer, WriterJsonLdSerializer};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term, Triple, vocab::rdf};
use oxttl::{TurtleSerializer, turtle::WriterTurtleSerializer};

use crate::vocabulary::PREFIXES;

/// How statements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// RDF 1.1 Turtle.
    Turtle,
    /// JSON-LD 1.1.
    JsonLd,
}

/// Where statements go.
pub struct Graph<W: Write>(Serializer<W>);

enum Serializer<W: Write> {
    Turtle(WriterTurtleSerializer<W>),
    JsonLd(WriterJsonLdSerializer<W>),
}

impl<W: Write> Graph<W> {
    pub fn begin(notation: Notation, out: W) -> Result<Self> {
        let serializer = match notation {
            Notation::Turtle => {
                let mut turtle = TurtleSerializer::new();
                for (prefix, space) in PREFIXES {
                    turtle = turtle.with_prefix(prefix, space).map_err(Error::internal)?;
                }
                Serializer::Turtle(turtle.for_writer(out))
            }
            Notation::JsonLd => {
                let mut json = JsonLdSerializer::new();
                for (prefix, space) in PREFIXES {
                    json = json.with_prefix(prefix, space).map_err(Error::internal)?;
                }
                Serializer::JsonLd(json.for_writer(out))
            }
        };
        Ok(Self(serializer))
    }

    pub fn write(&mut self, node: &Node) -> std::io::Result<()> {
        for statement in &node.statements {
            match &mut self.0 {
                Serializer::Turtle(turtle) => turtle.serialize_triple(statement)?,
                Serializer::JsonLd(json) => {
                    json.serialize_quad(statement.as_ref().in_graph(GraphNameRef::DefaultGraph))?;
                }
            }
        }
        Ok(())
    }

    pub fn end(self) -> std::io::Result<W> {
        match self.0 {
            Serializer::Turtle(turtle) => turtle.finish(),
            Serializer::JsonLd(json) => json.finish(),
        }
    }
}

/// All that is said about one thing.
pub struct Node {
    iri: NamedNode,
    statements: Vec<Triple>,
}

impl Node {
    pub fn new(iri: NamedNode, class: NamedNodeRef<'_>) -> Self {
        let mut node = Self { iri, statements: Vec::new() };
        node.link(rdf::TYPE, class);
        node
    }

    /// More about a thing that was written before.
    pub fn more(iri: NamedNode) -> Self {
        Self { iri, statements: Vec::new() }
    }

    pub fn iri(&self) -> &NamedNode {
        &self.iri
    }

    pub fn link<'a>(&mut self, property: NamedNodeRef<'_>, to: impl Into<NamedNodeRef<'a>>) {
        self.say(property, to.into().into_owned());
    }

    /// A text in both languages, as far as it has them.
    pub fn text(&mut self, property: NamedNodeRef<'_>, text: &LocalizedText) {
        for (language, words) in [("id", &text.id), ("en", &text.en)] {
            self.words(property, words, language);
        }
    }

    /// The source's words, which are Indonesian.
    pub fn indonesian(&mut self, property: NamedNodeRef<'_>, words: &str) {
        self.words(property, words, "id");
    }

    pub fn literal(&mut self, property: NamedNodeRef<'_>, value: Literal) {
        self.say(property, value);
    }

    fn words(&mut self, property: NamedNodeRef<'_>, words: &str, language: &str) {
        if !words.is_empty() {
            let literal = Literal::new_language_tagged_literal_unchecked(words, language);
            self.say(property, literal);
        }
    }

    fn say(&mut self, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.statements.push(Triple::new(self.iri.clone(), property, object));
    }
}
