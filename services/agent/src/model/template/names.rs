//! What a workbook of the template is known by: its mark and its sheets.

use super::column::Words;

/// The version that this program writes and reads.
pub const VERSION: u32 = 1;
/// What stands before the version in the sheet of the mark.
pub const MARK: &str = "mpp.template";
/// The sheet that holds the mark; it is hidden.
pub const MARK_SHEET: &str = "_mpp";
/// The sheet that is filled in.
pub const SERVICES: Words = Words("Layanan", "Services");
/// The sheet that explains each column.
pub const GUIDE: Words = Words("Petunjuk", "Guide");
/// The sheet with a row as an example.
pub const EXAMPLE: Words = Words("Contoh", "Example");
/// The code of the example, which is no service.
pub const EXAMPLE_CODE: &str = "contoh-ktp-el-baru";

/// True for the code of the example.
pub fn is_example(cell: &str) -> bool {
    cell.trim().eq_ignore_ascii_case(EXAMPLE_CODE)
}

/// True for a sheet that the template itself has.
pub fn is_own_sheet(name: &str) -> bool {
    let is = |words: Words| words.is(name);
    is(SERVICES) || is(GUIDE) || is(EXAMPLE) || name.trim() == MARK_SHEET
}
