//! Tables: CSV files and sheets of workbooks, read row by row from their heading on.

pub(super) mod before;
pub(super) mod cell;
pub(super) mod columns;
pub(super) mod csv;
pub(super) mod habit;
pub(super) mod heading;
pub(super) mod held_back;
pub(super) mod hidden;
pub(super) mod kinds;
pub(super) mod lines;
pub(super) mod row;
pub(super) mod rows;
pub(super) mod runs;
pub(super) mod shape;
pub(super) mod sheet;
pub(super) mod table;
pub(super) mod workbook;
