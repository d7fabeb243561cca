//! The files of the catalog that this replica keeps: each is written whole when somebody asks for
//! it, one at a time, and given out until it is too old.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    os::unix::fs::FileExt as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use axum::http::{HeaderMap, HeaderName, header};
use bytes::Bytes;
use jiff::Timestamp;
use mpp_client::Channel;
use mpp_core::{Error, Micros, Reason, Result};
use mpp_export::{About, Catalog, Dataset, Download, ExportForm, Notation, RecordTable, Written};
use tokio::{runtime::Handle, task::spawn_blocking, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    PublicAddresses,
    live::permits::Permit,
    metrics::DATA_FILES,
    pages::data::{DataFile, DataView, FileLine, LastWritten},
    render::Renderer,
    words::Lang,
};

/// For how long nobody tries again what has failed. No setting: whoever asked is told to come again
/// after as long.
const REST: Micros = 5_000_000;

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

/// All files, shared by the handlers.
#[derive(Clone)]
pub struct DataFiles(Arc<Shared>);

struct Shared {
    registry: Channel,
    public: PublicAddresses,
    renderer: Renderer,
    shutdown: CancellationToken,
    kept: [Mutex<Slot>; DataFile::ALL.len()],
    /// Held by whoever writes one: the registry's lists are read once at a time.
    turn: tokio::sync::Mutex<()>,
}

/// What became of a file last.
#[derive(Default)]
struct Slot {
    kept: Option<KeptFile>,
    failed: Option<Micros>,
}

/// A file as it was written. It has no name on the disk, so that nothing is left behind.
#[derive(Clone)]
pub struct KeptFile(Arc<Kept>);

struct Kept {
    file: File,
    bytes: u64,
    /// When reading its records began.
    time: Micros,
    /// They were known to be made up.
    sample: bool,
    written: Written,
}

impl DataFiles {
    /// None is written yet.
    ///
    /// # Errors
    /// A public address that is none.
    pub fn new(
        registry: Channel,
        public: &PublicAddresses,
        renderer: Renderer,
        shutdown: CancellationToken,
    ) -> Result<Self> {
        let trimmed = |address: &str| address.trim_end_matches('/').to_owned();
        let public =
            PublicAddresses { registry: trimmed(&public.registry), pages: trimmed(&public.pages) };
        let (kept, turn) = (Default::default(), tokio::sync::Mutex::default());
        let files = Self(Arc::new(Shared { registry, public, renderer, shutdown, kept, turn }));
        if files.has(DataFile::Turtle) {
            files.dataset(false).check()?;
        }
        Ok(files)
    }

    /// Draws what surrounds them.
    pub fn renderer(&self) -> &Renderer {
        &self.0.renderer
    }

    /// Linked data needs an address for each record.
    pub fn has(&self, file: DataFile) -> bool {
        !file.is_linked() || !self.0.public.registry.is_empty()
    }

    /// What the page tells.
    pub fn view(&self) -> DataView {
        let line = |file: DataFile| {
            let kept = self.slot(file).kept.clone();
            FileLine { file, last: kept.map(|kept| kept.last()) }
        };
        let files = DataFile::ALL.into_iter().filter(|file| self.has(*file)).map(line).collect();
        let base = self.has(DataFile::Turtle).then(|| self.base());
        DataView { files, base, lasts: self.0.renderer.policy.data_seconds }
    }

    /// The present file. Whoever asks first waits until it is written; if he leaves, it is written
    /// all the same, since others may wait for it, and he holds his permit until then. It fails
    /// with the registry's errors, and those of the disk.
    pub async fn current(
        &self,
        file: DataFile,
        permit: Permit,
    ) -> (Result<KeptFile>, Option<Permit>) {
        let files = self.clone();
        let found = tokio::spawn(async move { (files.find_or_write(file).await, permit) }).await;
        match found {
            Ok((found, permit)) => (found, Some(permit)),
            Err(error) => (Err(Error::internal(error)), None),
        }
    }

    async fn find_or_write(&self, file: DataFile) -> Result<KeptFile> {
        if let Some(kept) = self.fresh(file) {
            return Ok(kept);
        }
        let _turn = self.0.turn.lock().await;
        if let Some(kept) = self.fresh(file) {
            return Ok(kept);
        }
        // All who waited for the one that failed have the same answer, and none tries for itself.
        let now = self.0.renderer.clock.now();
        if self.slot(file).failed.is_some_and(|failed| now.saturating_sub(failed) < REST) {
            return Err(Error::new(Reason::Unavailable, "the file could not be written just now"));
        }
        let written = self.write(file).await;
        let mut slot = self.slot(file);
        match &written {
            Ok(kept) => slot.kept = Some(kept.clone()),
            Err(error) => {
                tracing::warn!(
                    file = file.name(),
                    error = error.message(),
                    "no file of the catalog"
                );
                slot.failed = Some(self.0.renderer.clock.now());
            }
        }
        DATA_FILES.add(1, [if written.is_ok() { "written" } else { "not_written" }]);
        written
    }

    fn slot(&self, file: DataFile) -> MutexGuard<'_, Slot> {
        self.0.kept[file as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, file: DataFile) -> Option<KeptFile> {
        let kept = self.slot(file).kept.clone()?;
        let age = self.0.renderer.clock.now().saturating_sub(kept.0.time);
        let lasts = i64::try_from(self.0.renderer.policy.data_lasts().as_micros());
        (age < lasts.unwrap_or(i64::MAX)).then_some(kept)
    }

    /// Statements are escaped and sheets packed on a thread of their own, and not on one that
    /// answers others.
    async fn write(&self, file: DataFile) -> Result<KeptFile> {
        let files = self.clone();
        let written = spawn_blocking(move || Handle::current().block_on(files.write_whole(file)));
        written.await.map_err(Error::internal)?
    }

    async fn write_whole(&self, file: DataFile) -> Result<KeptFile> {
        let policy = &self.0.renderer.policy;
        let (time, sample) = (self.0.renderer.clock.now(), self.is_sample());
        let mut out = Bounded {
            out: BufWriter::new(tempfile::tempfile().map_err(Error::internal)?),
            bytes: 0,
            most: policy.data_bytes,
        };
        let catalog = Catalog::new(self.0.registry.clone(), EVERY_UNIT.to_owned());
        let form = self.form(file, time, sample)?;
        let writing = timeout(policy.data_writing(), mpp_export::write(&catalog, &form, &mut out));
        let ends = |why: &str| Error::new(Reason::Unavailable, why);
        let written = self.0.shutdown.run_until_cancelled(writing).await;
        let written = written.ok_or_else(|| ends("the pages end"))?;
        let written = written.map_err(|_| ends("it took longer than data_writing_seconds"))??;
        let bytes = out.bytes;
        let file = out.out.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        Ok(KeptFile(Arc::new(Kept { file, bytes, time, sample, written })))
    }

    fn form(&self, file: DataFile, time: Micros, sample: bool) -> Result<ExportForm> {
        Ok(match file {
            DataFile::Turtle => ExportForm::Linked(Notation::Turtle, self.dataset(sample)),
            DataFile::JsonLd => ExportForm::Linked(Notation::JsonLd, self.dataset(sample)),
            DataFile::Workbook => ExportForm::Book(About {
                registry: self.0.public.registry.clone(),
                unit: EVERY_UNIT.to_owned(),
                time: Timestamp::from_microsecond(time).map_err(Error::internal)?,
                sample,
            }),
            DataFile::Services => ExportForm::Csv(RecordTable::Services),
            DataFile::Offerings => ExportForm::Csv(RecordTable::Offerings),
            DataFile::Malls => ExportForm::Csv(RecordTable::Malls),
            DataFile::Counters => ExportForm::Csv(RecordTable::Counters),
            DataFile::Units => ExportForm::Csv(RecordTable::Units),
        })
    }

    /// The records are made up, as far as the report tells.
    fn is_sample(&self) -> bool {
        self.0.renderer.look(Lang::Id).sample
    }

    /// The address below which records have theirs.
    fn base(&self) -> String {
        format!("{}/v1/", self.0.public.registry)
    }

    fn dataset(&self, sample: bool) -> Dataset {
        let pages = &self.0.public.pages;
        let file = |file: DataFile| Download {
            address: format!("{pages}/data/{}", file.name()),
            media_type: file.media_type(),
            title: file.contents(),
        };
        let known = !pages.is_empty();
        Dataset {
            base: self.base(),
            unit: EVERY_UNIT.to_owned(),
            publisher: String::new(),
            landing_page: if known { format!("{pages}/data") } else { String::new() },
            downloads: DataFile::ALL.into_iter().filter(|_| known).map(file).collect(),
            sample,
        }
    }
}

const EVERY_UNIT: &str = "units/-";

impl KeptFile {
    /// Its length.
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Its records were known to be made up when it was written.
    pub fn is_sample(&self) -> bool {
        self.0.sample
    }

    /// The bytes from here on, as many as are read at a time; none at the end.
    pub fn piece(&self, at: u64) -> io::Result<Bytes> {
        let left = usize::try_from(self.0.bytes.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut piece = vec![0; left.min(PIECE)];
        self.0.file.read_exact_at(&mut piece, at)?;
        Ok(piece.into())
    }

    /// By which a later request tells whether it has changed.
    pub fn marks(&self) -> [(HeaderName, String); 3] {
        [
            (header::ETAG, self.etag()),
            (header::LAST_MODIFIED, httpdate::fmt_http_date(self.time())),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ]
    }

    /// Whoever asks has this file already.
    pub fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(tags) = text(header::IF_NONE_MATCH) {
            let own = self.etag();
            let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
            return tags.split(',').map(bare).any(|tag| tag == own || tag == "*");
        }
        let since =
            text(header::IF_MODIFIED_SINCE).and_then(|time| httpdate::parse_http_date(time).ok());
        // A date has whole seconds.
        since.is_some_and(|since| self.time() < since + Duration::from_secs(1))
    }

    fn etag(&self) -> String {
        format!("\"{:x}-{:x}\"", self.0.time, self.0.bytes)
    }

    fn time(&self) -> SystemTime {
        let since = Duration::from_micros(u64::try_from(self.0.time).unwrap_or_default());
        SystemTime::UNIX_EPOCH + since
    }

    fn last(&self) -> LastWritten {
        let Kept { bytes, time, written, .. } = &*self.0;
        let records = written.records.iter().map(|(_, count)| count).sum();
        LastWritten { time: *time, bytes: *bytes, records }
    }
}

/// Refuses what would be more than the bound.
struct Bounded<W> {
    out: W,
    bytes: u64,
    most: u64,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes + bytes.len() as u64 > self.most {
            return Err(io::Error::other("the file is larger than data_bytes"));
        }
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
