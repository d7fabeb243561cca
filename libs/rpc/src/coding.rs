//! The codings that answers are packed in and requests unpacked from, through both doors.

use std::io::{self, Read, Write as _};

use bytes::Bytes;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use mpp_core::{Error, FieldCode, Reason, Result};

/// Answers up to this many bytes fit into one packet; compressing them gains nothing.
pub(crate) const LEAST: u64 = 1024;
/// zstd's quickest usual level, which is about as small as gzip's usual one.
const ZSTD_LEVEL: i32 = 1;
/// Largest window that a sender of zstd may have used, as a power of two: the 8 MiB that RFC 8878
/// asks of every reader. The sender chooses what is set aside for it.
const ZSTD_WINDOW: u32 = 23;

/// A coding that answers may have; the later one is taken if a caller likes both equally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Zstd,
}

impl Coding {
    pub const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    pub fn packed(self, plain: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
                packer.write_all(plain)?;
                packer.finish()
            }
            Self::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL),
        }
    }

    /// Unpacks a message of at most `most` bytes, so that a few bytes cannot become many. `field`
    /// names the message in errors.
    ///
    /// # Errors
    /// It is not packed like this, or is larger.
    pub fn unpacked(self, packed: &[u8], most: usize, field: &str) -> Result<Bytes> {
        let plain = match self {
            Self::Gzip => read(MultiGzDecoder::new(packed), most),
            Self::Zstd => zstd::stream::read::Decoder::new(packed).and_then(|mut reader| {
                reader.window_log_max(ZSTD_WINDOW)?;
                read(reader, most)
            }),
        };
        let plain = plain.map_err(|error| {
            let text = format!("is not {}: {error}", self.name());
            Error::field(field, FieldCode::Unreadable, text)
        })?;
        if plain.len() > most { Err(too_large(field, most)) } else { Ok(plain.into()) }
    }
}

fn read(reader: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut plain)?;
    Ok(plain)
}

/// The refusal of a `field` that is larger than `most` bytes.
pub(crate) fn too_large(field: &str, most: usize) -> Error {
    let text = format!("the {field} is larger than {most} bytes; send less at once");
    Error::new(Reason::TooLarge, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_read_as_it_was() {
        let plain = "Mal Pelayanan Publik ".repeat(1000).into_bytes();
        for coding in Coding::ALL {
            let packed = coding.packed(&plain).expect("packs");
            assert!(packed.len() < plain.len() / 10);
            assert_eq!(coding.unpacked(&packed, plain.len(), "body").expect("unpacks"), plain);
        }
    }

    #[test]
    fn a_few_bytes_cannot_become_many() {
        for coding in Coding::ALL {
            let packed = coding.packed(&vec![b' '; 64 * 1024 * 1024]).expect("packs");
            assert!(packed.len() < 1024 * 1024);
            let error = coding.unpacked(&packed, 1000, "body").expect_err("a bomb");
            assert_eq!(error.reason(), Reason::TooLarge);
            assert!(error.message().contains("1000 bytes"), "{}", error.message());
        }
    }

    #[test]
    fn what_is_not_packed_is_said_to_be_none() {
        for coding in Coding::ALL {
            let whole = coding.packed(b"{}").expect("packs");
            for broken in [&b"{}"[..], &whole[..whole.len() - 1], &[&whole[..], b"rest"].concat()] {
                let error = coding.unpacked(broken, 1000, "body").expect_err("broken");
                assert_eq!(error.violations()[0].field, "body");
            }
        }
    }
}
