//! The facts of a sheet that are known before its rows are read: merged cells, formulas without a
//! value, what is hidden.

use std::{collections::HashSet, fs::File, io::BufReader};

use calamine::{DataRef, Dimensions, Xlsx, XlsxError};

use super::hidden::Hidden;

/// A workbook that is open.
pub type OpenWorkbook = Xlsx<BufReader<File>>;

/// Most merged cells, and most formulas without a value.
const MAX_SPECIAL: usize = 10_000;

/// The place of a cell: row and column from 0.
pub type Spot = (u32, u32);

/// The facts of a sheet that are read before its rows.
#[derive(Default)]
pub struct Before {
    /// Formulas without a stored value.
    pub uncalculated: HashSet<Spot>,
    /// The merged cells, from the last to the first.
    pub merged: Vec<Merged>,
    /// Texts of which a part is struck through, raised or lowered, by [`runs::key`].
    pub formatted: HashSet<String>,
    /// What the sheet hides.
    pub hidden: Hidden,
}

/// Cells that are shown as one: what stands in the first holds for all.
pub struct Merged {
    /// Its first cell.
    pub from: Spot,
    /// Its last cell.
    pub to: Spot,
    /// `None` if its first row could not be read.
    pub text: Option<String>,
}

impl Before {
    /// Looks through a sheet.
    ///
    /// # Errors
    /// It cannot be read, or holds more of these than any catalog has.
    pub fn look(
        workbook: &mut OpenWorkbook,
        sheet: &str,
        formatted: HashSet<String>,
    ) -> Result<Self, String> {
        let merged = workbook.merge_cells_by_sheet_name(sheet).map_err(sheet_fault_text)?;
        if merged.len() > MAX_SPECIAL {
            return Err(format!("it has over {MAX_SPECIAL} merged cells"));
        }
        let mut merged: Vec<_> = merged.into_iter().map(Merged::of).collect();
        merged.sort_by_key(|merged| std::cmp::Reverse(merged.from));
        let mut cells = workbook.worksheet_cells_reader(sheet).map_err(sheet_fault_text)?;
        let mut uncalculated = HashSet::new();
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(sheet_fault_text)? {
            if cell.formula.is_some() && cell.value == DataRef::Empty {
                uncalculated.insert(cell.pos);
            }
            if uncalculated.len() > MAX_SPECIAL {
                return Err(format!("over {MAX_SPECIAL} formulas have no value; {HOW_TO_STORE}"));
            }
        }
        Ok(Self { uncalculated, merged, formatted, hidden: Hidden::default() })
    }

    /// Cells of several columns that are shown as one, below the heading: row and columns.
    pub fn merged_across(&self) -> Option<(u32, u32, u32)> {
        let across = |one: &&Merged| one.from.0 > 0 && one.from.1 != one.to.1;
        let first = self.merged.iter().rev().find(across)?;
        Some((first.from.0, first.from.1, first.to.1))
    }
}

/// The way out for a formula without a value.
pub const HOW_TO_STORE: &str =
    "open the workbook in the program that calculates it, and save it, so that values are stored";

impl Merged {
    fn of(dimensions: Dimensions) -> Self {
        Self { from: dimensions.start, to: dimensions.end, text: None }
    }
}

/// A sheet that cannot be read, in words.
pub fn sheet_fault_text(error: XlsxError) -> String {
    format!("the sheet cannot be read: {error}")
}
