//! Every word and sentence of the pages, in Indonesian and in English. Indonesian is the original;
//! English follows it.

pub mod adoption;
pub mod calendar;
pub mod data;
pub mod life_event;
pub mod mall;
pub mod nation;
pub mod search;
pub mod source;
pub mod standard;
pub mod steps;
pub mod upload;

pub use self::{
    adoption::*, calendar::*, data::*, life_event::*, mall::*, nation::*, search::*, source::*,
    standard::*, steps::*, upload::*,
};
