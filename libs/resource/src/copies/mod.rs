//! Everything that a service keeps, read anew so that it can be compared:
//! `mpp.feed.v1.CopyService`, alike in every service.
//!
//! A service names each thing that it keeps ([`KeptCopy`]) with a way to read it and a way to mend
//! it. A caller gets the contents as they are at that moment, never an earlier note of them: so a
//! row that was altered in the database, or a record that a memory has lost, is seen. Copies of
//! whole records are compared by the caller with the feed of the service that owns the records, at
//! the copy's revision; things that are worked out from copies only their own service can compare.
//!
//! It is read page by page, for one caller after the other, and up to a limit of time.

mod books;
mod own;
mod serve;

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use mpp_core::{Contents, Error, Reason, Result};
use mpp_store::{CountedNames, LastProof, Progress};

pub use books::{Accepts, Books, Check, PartCheck};
pub use mpp_api::feed::{copy::Place, copy_finding::Code};
pub use own::{memory, records};
pub use serve::Copies;

/// Something that is wrong with some records or rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong with them.
    pub code: Code,
    /// The kind of record, or the table.
    pub kind: String,
    /// How many there are, and the first few.
    pub found: CountedNames,
}

impl Finding {
    /// One finding for each kind of record, or table.
    pub fn each(code: Code, found: BTreeMap<String, CountedNames>) -> Vec<Self> {
        let finding = |(kind, found)| Self { code, kind, found };
        found.into_iter().map(finding).collect()
    }
}

/// The content of a copy, as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The feed's revision that it stands at.
    pub revision: i64,
    /// Its records; `None` if it keeps no whole ones.
    pub contents: Option<Contents>,
    /// How many records or rows were read.
    pub count: i64,
    /// Faults that show without a comparison.
    pub findings: Vec<Finding>,
    /// How many of them have no proof: an older program kept no hash.
    pub unproven: i64,
}

impl Held {
    /// The content of a copy that keeps whole records.
    pub fn records(revision: i64, contents: Contents, findings: Vec<Finding>) -> Self {
        let count = contents.versions.count();
        Self { revision, contents: Some(contents), count, findings, unproven: 0 }
    }

    /// Notes how many of them have no proof.
    #[must_use]
    pub fn unproven(self, unproven: i64) -> Self {
        Self { unproven, ..self }
    }

    /// Derived data, which was compared with the data that it follows from.
    pub fn derived(revision: i64, count: usize, differing: Vec<(&str, CountedNames)>) -> Self {
        let finding = |(kind, found): (&str, CountedNames)| Finding {
            code: Code::Differs,
            kind: kind.into(),
            found,
        };
        let findings = differing.into_iter().map(finding).collect();
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Self { revision, contents: None, count, findings, unproven: 0 }
    }
}

/// The outcome of a repair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// How many records, rows or tables were mended, or are being.
    pub mended: i64,
    /// Those that could not be mended.
    pub left: CountedNames,
    /// The next steps, of the service or of the caller.
    pub text: String,
    /// How many are still to be mended, by what was seen so far, if the call's time ended first;
    /// `None` if the repair came to its end.
    pub remaining: Option<i64>,
}

/// A repair, as somebody asks for it.
#[derive(Clone, Debug, Default)]
pub struct RepairRequest {
    /// Accept what was altered, and whose true form is lost, as it stands now.
    pub accept: bool,
    /// Tells what is mended for good. Work that is long is done in portions, each in a transaction
    /// of its own, and may be dropped between any two.
    pub progress: Progress,
}

impl Repaired {
    /// A copy starts again.
    pub fn starts_again(text: &str) -> Self {
        Self { mended: 1, text: text.to_owned(), ..Self::default() }
    }
}

/// Work under way, to be awaited.
pub type Work<T> = BoxFuture<'static, Result<T>>;
type Reading = Box<dyn Fn() -> Work<Held> + Send + Sync>;
type Repairing = Box<dyn Fn(RepairRequest) -> Work<Repaired> + Send + Sync>;

/// Something that a service keeps.
pub struct KeptCopy {
    name: &'static str,
    feed: &'static str,
    place: Place,
    kinds: Vec<&'static str>,
    read: Reading,
    repair: Repairing,
    proof: LastProof,
    /// Read now and then even if nobody asks.
    looked_after: bool,
}

impl KeptCopy {
    /// Something of this name, which follows from the records of `feed`.
    pub fn new(
        name: &'static str,
        feed: &'static str,
        place: Place,
        read: impl Fn() -> Work<Held> + Send + Sync + 'static,
        repair: impl Fn(RepairRequest) -> Work<Repaired> + Send + Sync + 'static,
    ) -> Self {
        let (read, repair) = (Box::new(read), Box::new(repair));
        let (proof, looked_after) = (LastProof::default(), false);
        Self { name, feed, place, kinds: Vec::new(), read, repair, proof, looked_after }
    }

    /// Says that it holds all records of these kinds, or is made of these tables.
    #[must_use]
    pub fn of_kinds(self, kinds: &[&'static str]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    /// Has it read now and then even if nobody asks: [`Copies::look_after`].
    #[must_use]
    pub fn looked_after(self) -> Self {
        Self { looked_after: true, ..self }
    }

    /// Says that it is compared all the time, too, which `proof` notes.
    #[must_use]
    pub fn proven_by(self, proof: &LastProof) -> Self {
        Self { proof: proof.clone(), ..self }
    }
}

/// The error of data that has just changed, so that it cannot be compared at this moment.
pub fn moves_on(subject: &str) -> Error {
    let text = format!("{subject} changes right now; not compared, ask again");
    Error::new(MOVING, text)
}

/// The reason of refusals after which the caller should ask again at once.
const MOVING: Reason = Reason::WriteConflict;
