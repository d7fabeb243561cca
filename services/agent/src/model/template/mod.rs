//! The template: a workbook that an office without a system fills in. Each heading stands for one
//! field, and nothing is guessed.
//!
//! Its version grows whenever an older workbook would be read differently: a heading that means
//! something else, a column that is asked for and was not there.

mod cell;
mod column;
mod columns;
mod delivery;
mod identity;
mod layout;
mod licence;
mod management;
mod more;
mod names;
mod placed;

pub use column::{CellForm, Column, Lang, Words};
pub use columns::{columns, program};
pub use layout::Layout;
pub use names::{EXAMPLE, GUIDE, MARK, MARK_SHEET, SERVICES, VERSION, is_example, is_own_sheet};
pub use placed::Placed;
