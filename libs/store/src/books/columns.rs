//! A table of SQLite: its columns, and how a row of it is found again, whatever its values are.

use mpp_core::Result;
use sqlx::{Row as _, any::AnyRow};

use super::Statement;
use crate::{Conn, db_error};

/// A column of a table.
pub(super) struct Column {
    pub name: String,
    /// The type of its values, as SQLite names it; `None` if it may be any.
    pub class: Option<&'static str>,
    pub is_key: bool,
}

/// A table, with the columns that are written and compared.
pub(super) struct ComparedTable {
    pub name: &'static str,
    pub columns: Vec<Column>,
    /// True if its rows have a number (SQLite's rowid) beside their key.
    has_rowid: bool,
}

/// The place of a row.
pub(super) struct RowPlace<'a> {
    pub table: &'a ComparedTable,
    /// Its key, for people.
    pub shown: String,
    id: Id,
}

enum Id {
    Number(i64),
    WholeKey(String),
}

impl Column {
    fn read(row: &AnyRow) -> sqlx::Result<Self> {
        let declared: String = row.try_get("type")?;
        let class = match declared.to_lowercase().as_str() {
            "bigint" | "integer" => Some("integer"),
            "text" => Some("text"),
            "blob" | "bytea" => Some("blob"),
            _ => None,
        };
        let is_key = row.try_get::<i64, _>("pk")? > 0;
        Ok(Self { name: row.try_get("name")?, class, is_key })
    }

    /// The condition for values of another type; `None` if the column may have any.
    pub fn is_wrong(&self) -> Option<String> {
        let class = self.class?;
        Some(format!("typeof({}) not in ('{class}', 'null')", self.name))
    }

    /// The condition for texts that are not plain ASCII: only those can be other than UTF-8.
    fn may_be_garbled(&self) -> String {
        let name = &self.name;
        format!(
            "typeof({name}) = 'text' and ({name} glob '*[^' || char(1) || '-' || char(127) || ']*'
             or length({name}) <> length(cast({name} as blob)))"
        )
    }
}

impl ComparedTable {
    /// `None` if a later step has taken it away.
    pub async fn read(conn: &mut Conn, name: &'static str) -> Result<Option<Self>> {
        let text = "select name, type, pk from pragma_table_info($1)";
        let query = sqlx::query(text).bind(name);
        let rows = query.fetch_all(&mut *conn).await.map_err(db_error)?;
        let columns = rows.iter().map(Column::read).collect::<sqlx::Result<Vec<_>>>();
        let text = "select wr from pragma_table_list where name = $1";
        let row = sqlx::query(text).bind(name).fetch_optional(conn).await.map_err(db_error)?;
        let without: Option<i64> =
            row.map(|row| row.try_get("wr")).transpose().map_err(db_error)?;
        let columns = columns.map_err(db_error)?;
        Ok(without.map(|without| Self { name, columns, has_rowid: without == 0 }))
    }

    /// Reads each row that may have a value of a wrong type, with the place of the row, and of each
    /// such value its type, its bytes and whether the row has a twin. One look at the table.
    pub fn select_wrong(&self) -> String {
        let (mut read, mut which) = (self.keys(), vec!["0".to_owned()]);
        for (number, column) in self.columns.iter().enumerate() {
            let Some(wrong) = column.is_wrong() else { continue };
            let (name, twin) = (&column.name, self.twin(column));
            let may_be = match column.class {
                Some("text") => format!("({wrong} or {})", column.may_be_garbled()),
                _ => format!("({wrong})"),
            };
            read += &format!(
                ", case when {may_be} then typeof({name}) end as class_{number},
                 case when {may_be} then cast({name} as blob) end as bytes_{number},
                 case when {wrong} then {twin} else 0 end as twin_{number}"
            );
            which.push(may_be);
        }
        format!("select {read} from {} one where {}", self.name, which.join(" or "))
    }

    /// Counts the values of another type; `None` if each column may have any.
    pub fn count_wrong(&self) -> Option<String> {
        let wrong = self.columns.iter().filter_map(Column::is_wrong);
        let sums = wrong.map(|wrong| format!("coalesce(sum({wrong}), 0)")).collect::<Vec<_>>();
        (!sums.is_empty()).then(|| format!("select {} from {}", sums.join(" + "), self.name))
    }

    fn key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_key)
    }

    /// The columns that [`ComparedTable::at`] reads.
    fn keys(&self) -> String {
        let shown: Vec<_> =
            self.key().map(|key| format!("coalesce(quote({}), '')", key.name)).collect();
        let shown = if shown.is_empty() { "rowid".to_owned() } else { shown.join(" || ' ' || ") };
        let id = if self.has_rowid { "rowid".to_owned() } else { self.whole_key() };
        format!("cast({shown} as blob) as shown, {id} as id")
    }

    /// The key as plain text, whatever types and bytes it has.
    fn whole_key(&self) -> String {
        let whole = self.key().map(|key| format!("typeof({0}) || hex({0})", key.name));
        whole.collect::<Vec<_>>().join(" || ' ' || ")
    }

    /// The condition that another row has the key that row `one` would get if the column were
    /// converted to its type.
    fn twin(&self, column: &Column) -> String {
        let Some(class) = column.class.filter(|_| column.is_key) else { return "0".into() };
        let same = self.key().map(|key| {
            let name = &key.name;
            match *name == column.name {
                true => format!("o.{name} = cast(one.{name} as {class})"),
                false => format!("o.{name} = one.{name}"),
            }
        });
        let same = same.collect::<Vec<_>>().join(" and ");
        format!("exists (select 1 from {} o where {same})", self.name)
    }

    /// The place of a row that was read with [`ComparedTable::select_wrong`].
    pub fn at(&self, row: &AnyRow) -> sqlx::Result<RowPlace<'_>> {
        let shown: Vec<u8> = row.try_get("shown")?;
        let id = match self.has_rowid {
            true => Id::Number(row.try_get("id")?),
            false => Id::WholeKey(row.try_get("id")?),
        };
        Ok(RowPlace { table: self, shown: String::from_utf8_lossy(&shown).into_owned(), id })
    }
}

impl RowPlace<'_> {
    /// A statement about this row alone, as long as the condition still holds: it may be run later
    /// than the row was read. Its first value is the row's place.
    pub fn statement(&self, does: &str, set: &str, still: &str) -> Statement {
        let Self { table, id, .. } = self;
        let to = |key: &str| {
            let text = format!("{does} {} {set} where {key} = $1 and {still}", table.name);
            Statement::new(text)
        };
        match id {
            Id::Number(number) => to("rowid").number(*number),
            Id::WholeKey(key) => to(&table.whole_key()).text(key),
        }
    }
}
