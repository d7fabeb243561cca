//! The catalog in the forms that others read: linked data after CPSV-AP 3.2 with a DCAT
//! description of the data set, and tables.
//!
//! ```text
//!                       whole     the registry's lists, read and written
//!            ┌────────────┴──────────────┐
//!         dataset   services, offices  sheets   the same as rows
//!            │      and places           │
//!          cpsv     what CPSV-AP has   table    CSV and XLSX, cell by cell
//!            │      a place for
//!          graph    Turtle and JSON-LD, statement by statement
//! ```
//! Records are written as they come; what services refer to (`surroundings`) is read before and
//! held. The lists are read one after the other: what changes meanwhile may
//! be in one of them and not yet in another.
//!
//! # What is said and what is not
//! - A fee has a value only where one sum was surely read, a time a duration only where it is a
//!   fixed number of minutes, hours or calendar days. Everything else is there in words: a working
//!   day is no fixed number of hours, and `xsd:duration` has no range.
//! - A description is mandatory in CPSV-AP, and records have none: it is the product, or else the
//!   title once more.
//! - Texts are Indonesian (`@id`), with English beside them where the record has it.
//! - No licence of the data is named: none is known.
//!
//! # Rejected
//! - **Statements written as text**: escapes, prefixes and nesting are those of oxttl and oxjsonld.
//! - **EU authority tables for kinds of channel and states**: a counter in a mall and "kept but not
//!   served" have no term there that says the same. They are concepts of our own, with labels.
//! - **`P3D` for three working days**: a reader would promise a citizen the wrong day.

#![forbid(unsafe_code)]

mod catalog;
mod cpsv;
mod dataset;
mod graph;
mod sheets;
mod surroundings;
mod table;
mod vocabulary;
mod whole;

#[cfg(test)]
mod tests;

pub use catalog::Catalog;
pub use dataset::{Dataset, Download};
pub use graph::Notation;
pub use whole::{About, ExportForm, RecordTable, Written, write};
