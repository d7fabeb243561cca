//! The inverted index: which services have a term in which part, and which words are one slip away.
//!
//! A service is known by its *slot*, the number that [`super::table`] keeps the rest of it under.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use tantivy::columnar::ColumnValues;
use tantivy::directory::META_LOCK;
use tantivy::fastfield::AliveBitSet;
use tantivy::index::InvertedIndexReader;
use tantivy::indexer::UserOperation;
use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Directory, DocSet, IndexWriter, SegmentReader, TERMINATED, TantivyDocument, Term};

use super::{doc::ServiceDoc, names::names};
use crate::search::{
    asking::places,
    words::{
        analyze::{Alternative, folded_words, index_terms},
        derived::root_of,
    },
};

/// Memory in bytes that the writer fills before it closes a segment on its own: twice the least
/// that tantivy takes.
const WRITER_MEMORY: usize = 32 << 20;

/// Operations that are handed to tantivy at once.
const OPERATIONS: usize = 256;

/// Bytes of a service's body that are searched; a longer one is searched up to here.
const SEARCHED_BODY: usize = 32 << 10;

/// A part of a service that can hold a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The Indonesian or the English title.
    Title,
    /// The owner's keywords.
    Keywords,
    /// Requirements, product, fee and the rest.
    Body,
    /// The names of the service: its title and each keyword as a whole (see [`super::names`]).
    Names,
}

/// The parts that hold single terms, from the one that says most.
pub const PARTS: [Part; 3] = [Part::Title, Part::Keywords, Part::Body];

#[derive(Clone, Copy)]
struct Fields {
    /// The fields of the parts, by [`Part`].
    parts: [Field; 4],
    /// Words as written in titles and keywords: only their dictionary is used, to find the word
    /// that a slip of the pen meant.
    words: Field,
    slot: Field,
}

/// The writing side. One thread owns it.
pub struct Index {
    writer: IndexWriter,
    fields: Fields,
    /// Slots that have a document.
    held: HashSet<u32>,
    /// Handed to tantivy's thread together: waking it for each would cost more than the work.
    operations: Vec<UserOperation>,
}

impl Index {
    /// An empty index in memory.
    pub fn in_memory() -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let index = tantivy::Index::create_in_ram(schema);
        let writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
        let (held, operations) = (HashSet::new(), Vec::new());
        Ok(Self { writer, fields, held, operations })
    }

    /// Indexes a service in place of the one that the slot held.
    pub fn put(&mut self, slot: u32, service: &ServiceDoc) -> tantivy::Result<()> {
        self.delete(slot)?;
        self.held.insert(slot);
        let document = self.document(slot, service);
        self.operate(UserOperation::Add(document))
    }

    fn document(&self, slot: u32, service: &ServiceDoc) -> TantivyDocument {
        let title = [service.title_id.as_str(), service.title_en.as_str()];
        let keywords: Vec<&str> = service.keywords.iter().map(String::as_str).collect();
        let body = service.body.iter().chain([&service.fee_text]).map(String::as_str);

        let in_title = all_terms(title);
        let codes = |text: &&str| places::code_terms(&folded_words(text));
        let in_keywords = all_terms(keywords.iter().copied());
        let written = title.iter().chain(&keywords).flat_map(|text| folded_words(text));
        let words = written.chain(in_title.iter().chain(&in_keywords).cloned()).collect();

        let mut document = TantivyDocument::new();
        document.add_u64(self.fields.slot, slot.into());
        let [title_field, keywords_field, body_field, names_field] = self.fields.parts;
        add(&mut document, names_field, names(service));
        add(&mut document, title_field, title.iter().flat_map(codes).collect());
        add(&mut document, title_field, roots(&in_title));
        add(&mut document, title_field, in_title);
        add(&mut document, keywords_field, keywords.iter().flat_map(codes).collect());
        add(&mut document, keywords_field, roots(&in_keywords));
        add(&mut document, keywords_field, in_keywords);
        add(&mut document, body_field, all_terms(up_to(body, SEARCHED_BODY)));
        add(&mut document, self.fields.words, words);
        document
    }

    /// Takes the slot out of the index.
    pub fn delete(&mut self, slot: u32) -> tantivy::Result<()> {
        if !self.held.remove(&slot) {
            return Ok(());
        }
        let term = Term::from_field_u64(self.fields.slot, slot.into());
        self.operate(UserOperation::Delete(term))
    }

    fn operate(&mut self, operation: UserOperation) -> tantivy::Result<()> {
        self.operations.push(operation);
        if self.operations.len() < OPERATIONS { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> tantivy::Result<()> {
        self.writer.run(std::mem::take(&mut self.operations)).map(drop)
    }

    /// Makes all that was put and deleted visible in a new view.
    pub fn commit(&mut self) -> tantivy::Result<IndexView> {
        self.flush()?;
        self.writer.commit()?;
        self.view()
    }

    /// The index as it was committed last.
    ///
    /// tantivy's own reader takes a lock that it tries again only after 100 ms, and each merge that
    /// ends holds it for a moment. So this opens without the lock, and with it only if a merge has
    /// just removed a segment meanwhile.
    pub fn view(&self) -> tantivy::Result<IndexView> {
        self.open().or_else(|_| {
            let _no_merge_ends = self.writer.index().directory().acquire_lock(&META_LOCK)?;
            self.open()
        })
    }

    fn open(&self) -> tantivy::Result<IndexView> {
        let committed = self.writer.index().searchable_segments()?;
        let segments =
            committed.iter().map(|one| Segment::open(&SegmentReader::open(one)?, self.fields));
        Ok(IndexView { segments: segments.collect::<tantivy::Result<_>>()?, fields: self.fields })
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let terms = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let terms = TextOptions::default().set_indexing_options(terms);
    let parts = ["title", "keywords", "body", "names"]
        .map(|name| schema.add_text_field(name, terms.clone()));
    let words = schema.add_text_field("words", terms);
    let slot = schema.add_u64_field("slot", FAST | INDEXED);
    (schema.build(), Fields { parts, words, slot })
}

fn all_terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    texts.into_iter().flat_map(index_terms).collect()
}

/// What the terms are derived from, which is said with them.
fn roots(terms: &BTreeSet<String>) -> BTreeSet<String> {
    let roots = terms.iter().filter_map(|term| root_of(term));
    roots.filter(|root| !terms.contains(*root)).map(str::to_owned).collect()
}

fn add(document: &mut TantivyDocument, field: Field, terms: BTreeSet<String>) {
    terms.into_iter().for_each(|term| document.add_text(field, term));
}

/// The first texts that fit into `limit` bytes together.
fn up_to<'a>(texts: impl Iterator<Item = &'a str>, limit: usize) -> impl Iterator<Item = &'a str> {
    texts.scan(limit, |left, text| {
        let fits = &text[..text.floor_char_boundary(*left)];
        *left -= fits.len();
        Some(fits)
    })
}

/// The reading side: one committed state.
pub struct IndexView {
    segments: Vec<Segment>,
    fields: Fields,
}

struct Segment {
    /// Documents that are not deleted.
    services: u64,
    parts: [Arc<InvertedIndexReader>; 4],
    words: Arc<InvertedIndexReader>,
    slots: Arc<dyn ColumnValues<u64>>,
    alive: Option<AliveBitSet>,
}

impl Segment {
    fn open(reader: &SegmentReader, fields: Fields) -> tantivy::Result<Self> {
        let [title, keywords, body, names] = fields.parts.map(|field| reader.inverted_index(field));
        Ok(Self {
            services: reader.num_docs().into(),
            parts: [title?, keywords?, body?, names?],
            words: reader.inverted_index(fields.words)?,
            slots: reader.fast_fields().u64("slot")?.first_or_default_col(u64::from(u32::MAX)),
            alive: reader.alive_bitset().cloned(),
        })
    }

    /// How many documents that are not deleted have a term of one of the dictionaries.
    fn living(&self, terms: &InvertedIndexReader, info: &TermInfo) -> std::io::Result<u64> {
        let Some(alive) = &self.alive else { return Ok(info.doc_freq.into()) };
        let mut postings = terms.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        Ok(postings.count(alive).into())
    }

    fn is_alive(&self, document: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.is_alive(document))
    }
}

impl IndexView {
    /// How many services are indexed.
    pub fn services(&self) -> u64 {
        self.segments.iter().map(|segment| segment.services).sum()
    }

    /// How many services have the term in the part. Only those that are there count: which of the
    /// deleted ones an index still holds depends on its merges, and replicas answer alike.
    pub fn frequency(&self, part: Part, term: &str) -> tantivy::Result<u64> {
        let term = Term::from_field_text(self.fields.parts[part as usize], term);
        let frequency = |segment: &Segment| {
            let terms = &segment.parts[part as usize];
            match terms.get_term_info(&term)? {
                Some(info) => segment.living(terms, &info),
                None => Ok(0),
            }
        };
        Ok(self.segments.iter().map(frequency).sum::<std::io::Result<u64>>()?)
    }

    /// Calls `found` with the slot of every service that has the term in the part.
    pub fn each_slot(
        &self,
        part: Part,
        term: &str,
        mut found: impl FnMut(u32),
    ) -> tantivy::Result<()> {
        let term = Term::from_field_text(self.fields.parts[part as usize], term);
        for segment in &self.segments {
            let postings =
                segment.parts[part as usize].read_postings(&term, IndexRecordOption::Basic)?;
            let Some(mut postings) = postings else {
                continue;
            };
            let mut document = postings.doc();
            while document != TERMINATED {
                if segment.is_alive(document) {
                    // Slots are numbered in u32; the column only widens them.
                    found(segment.slots.get_val(document) as u32);
                }
                document = postings.advance();
            }
        }
        Ok(())
    }

    /// Words of titles and keywords that are at most `distance` (0 to 2) slips away, each with how
    /// many services have it. Two neighbours that changed places are one slip.
    pub fn similar(&self, word: &str, distance: u8) -> tantivy::Result<Vec<(String, u64)>> {
        let term = Term::from_field_text(self.fields.words, word);
        let automaton = FuzzyTermQuery::new(term, distance, true).automaton()?;
        let mut found = std::collections::BTreeMap::<String, u64>::new();
        for segment in &self.segments {
            let mut words = segment.words.terms().search(&automaton).into_stream()?;
            while let Some((word, info)) = words.next() {
                let living = segment.living(&segment.words, info)?;
                if let (1.., Ok(word)) = (living, std::str::from_utf8(word)) {
                    *found.entry(word.to_owned()).or_default() += living;
                }
            }
        }
        Ok(found.into_iter().collect())
    }
}

/// Whether a title or a keyword holds the term.
pub fn is_called(view: &IndexView, term: &str) -> tantivy::Result<bool> {
    Ok(view.frequency(Part::Title, term)? + view.frequency(Part::Keywords, term)? > 0)
}

/// How many services have one of the alternatives in one of the parts; one that has several counts
/// several times.
pub fn frequency(
    view: &IndexView,
    parts: &[Part],
    alternatives: &[Alternative],
) -> tantivy::Result<u64> {
    let mut sum = 0;
    for alternative in alternatives {
        for part in parts {
            sum += view.frequency(*part, &alternative.term)?;
        }
    }
    Ok(sum)
}
