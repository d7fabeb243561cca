//! Resume tokens: opaque to their holders, bound to a filter and to a history.

use bytes::{BufMut as _, Bytes, BytesMut};
use mpp_core::{Error, Reason, Result};
use sha2::{Digest as _, Sha256};

use crate::mark::Marked;

/// The first byte, so that the form can change.
const FORM: u8 = 2;
/// Form, revision, mark, filter, checksum.
const LENGTH: usize = 1 + 8 + 8 + 8 + 4;

/// The content of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub at: Marked,
    pub filter: [u8; 8],
}

impl Token {
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(LENGTH);
        out.put_u8(FORM);
        out.put_i64(self.at.revision);
        out.put_i64(self.at.mark);
        out.put_slice(&self.filter);
        let check = checksum(&out);
        out.put_slice(&check);
        out.freeze()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (body, check) = bytes.split_at_checked(LENGTH - 4)?;
        if body[0] != FORM || check != checksum(body) {
            return None;
        }
        let number = |from: usize| -> Option<i64> {
            Some(i64::from_be_bytes(body[from..from + 8].try_into().ok()?))
        };
        let at = Marked { revision: number(1)?, mark: number(9)? };
        Some(Self { at, filter: body[17..25].try_into().ok()? })
    }

    /// Reads a token that was given out for `filter`.
    pub fn decode(bytes: &[u8], filter: [u8; 8]) -> Result<Self> {
        let invalid = |what| Error::new(Reason::InvalidResumeToken, what);
        let token = Self::read(bytes).ok_or_else(|| {
            invalid("resume_token is not one of this feed; start with initial_state")
        })?;
        if token.filter != filter {
            return Err(invalid(
                "resume_token belongs to another filter; send that filter or start with \
                 initial_state",
            ));
        }
        Ok(token)
    }
}

/// The revision of a token, whatever the filter; `None` if the bytes are no token of this form.
pub(crate) fn revision_of(bytes: &[u8]) -> Option<i64> {
    Token::read(bytes).map(|token| token.at.revision)
}

/// Tells a damaged token from a whole one; it needs no secret, since a token grants nothing.
fn checksum(body: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(body);
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: Marked = Marked { revision: 42, mark: -7 };

    proptest! {
        #[test]
        fn a_token_reads_back(revision in any::<i64>(), mark in any::<i64>(), filter in any::<[u8; 8]>()) {
            let token = Token { at: Marked { revision, mark }, filter };
            prop_assert_eq!(Token::decode(&token.encode(), filter).expect("own token"), token);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let error = Token::decode(&bytes, [0; 8]).expect_err("random bytes");
            prop_assert_eq!(error.reason(), Reason::InvalidResumeToken);
        }

        #[test]
        fn a_damaged_token_is_refused(at in 0..LENGTH, bit in 0..8u8) {
            let token = Token { at: AT, filter: [1; 8] };
            let mut bytes = token.encode().to_vec();
            bytes[at] ^= 1 << bit;
            prop_assert!(Token::decode(&bytes, [1; 8]).is_err());
        }
    }

    #[test]
    fn a_token_of_another_filter_is_refused() {
        let token = Token { at: AT, filter: [1; 8] };
        let error = Token::decode(&token.encode(), [2; 8]).expect_err("another filter");
        assert!(error.message().contains("another filter"));
    }
}
