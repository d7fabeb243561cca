//! The words that every part of the suite shares: names, region codes, times, and the one
//! [`Error`].
//!
//! Nothing here does I/O. Money and localized texts live in the contract (`mpp-api`), since they
//! have no rules beyond their shape.

#![forbid(unsafe_code)]

mod backoff;
mod clock;
mod digest;
mod error;
mod field_code;
mod hex;
mod identity;
mod label;
mod name;
mod page;
mod policy;
mod reason;
mod region;
pub mod text;

pub use backoff::Backoff;
pub use clock::{Clock, Micros};
pub use digest::{Contents, Difference, Digest, KindSum, proof, row_proof};
pub use error::{Error, FieldViolation, Result};
pub use field_code::FieldCode;
pub use hex::{hex, unhex};
pub use identity::{A_PERSON, Caller, Role, SOMEBODY, as_told, in_words};
pub use label::{Acceptance, Decision, Label, Labels, NATIONAL, Overridden, known_labels};
pub use name::{
    ResourceName, can_begin_id, check_id, check_name, check_parent, id_of, mall_of, parent_of,
    unit_of,
};
pub use page::Sizes;
pub use policy::Setting;
pub use reason::{Code, Reason};
pub use region::{RegionCode, region_code, region_name};
/// For [`policy!`], so that a service needs no line for it.
#[doc(hidden)]
pub use serde;
