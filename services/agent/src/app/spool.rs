//! Records that wait in a file until it is known whether they are to be sent: a catalog of any size
//! takes little memory. The file has no name, so that it goes with its process; it lies beside the
//! state, where there is room for what an agent keeps.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read as _, Seek as _, Write as _},
    path::Path,
};

use mpp_api::sync::Record;
use mpp_core::{Error, Reason, Result};
use prost::Message as _;

/// Records in the order in which they came.
pub struct Spool {
    file: BufWriter<File>,
    bytes: u64,
}

impl Spool {
    /// An empty spool beside the agent's state.
    pub fn beside(state: &Path) -> Result<Self> {
        let folder = state.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::tempfile_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        Ok(Self { file: BufWriter::new(file), bytes: 0 })
    }

    /// Appends a record.
    pub fn push(&mut self, record: &Record) -> Result<()> {
        let bytes = record.encode_to_vec();
        let length = u32::try_from(bytes.len()).map_err(Error::internal)?;
        self.file.write_all(&length.to_be_bytes()).map_err(failed)?;
        self.bytes += 4 + u64::from(length);
        self.file.write_all(&bytes).map_err(failed)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads all records.
    pub fn read(self) -> Result<impl Iterator<Item = Result<Record>>> {
        let mut file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        let mut left = file.stream_position().map_err(failed)?;
        file.rewind().map_err(failed)?;
        let mut file = BufReader::new(file);
        Ok(std::iter::from_fn(move || {
            (left > 0).then(|| {
                let mut length = [0; 4];
                file.read_exact(&mut length).map_err(failed)?;
                let length = u32::from_be_bytes(length);
                let mut bytes = vec![0; length as usize];
                file.read_exact(&mut bytes).map_err(failed)?;
                left = left.saturating_sub(4 + u64::from(length));
                Record::decode(bytes.as_slice()).map_err(Error::internal)
            })
        }))
    }
}

fn failed(error: std::io::Error) -> Error {
    let text = "what was read of the source cannot be kept beside the agent's state until it is \
                compared; make room there, and run again";
    Error::new(Reason::Unavailable, text).with_context(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_out_as_they_went_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let record = |id: usize| Record { source_id: "a".repeat(id), ..Record::default() };
        let mut spool = Spool::beside(&folder.path().join("state.db")).expect("a file");
        (0..2_000).for_each(|id| spool.push(&record(id)).expect("kept"));
        let read: Vec<_> = spool.read().expect("reads").map(|one| one.expect("whole")).collect();
        assert_eq!(read, (0..2_000).map(record).collect::<Vec<_>>());
        assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "it has no name");
    }
}
