//! Compares indexes with the steps that have made them: their columns, their rows, whether they are
//! unique.

use super::{Disagreement, Statement};
use crate::dialect::Engine;

/// An index as its statement has it, however either database writes it down: PostgreSQL adds its
/// method, the schema, types and parentheses.
pub(super) fn plain(statement: &str) -> String {
    let mut text = statement.to_lowercase();
    for added in [" using btree", "::text", "::bigint", "concurrently ", "if not exists "] {
        text = text.replace(added, "");
    }
    let text = without_storage(text);
    let (index, of) = text.split_once(" on ").unwrap_or((&text, ""));
    let table = of.find([' ', '(']).unwrap_or(of.len());
    let schema = of[..table].rfind('.').map_or(0, |dot| dot + 1);
    let whole = format!("{index} on {}", &of[schema..]);
    whole.chars().filter(|one| !one.is_whitespace() && !"();\"".contains(*one)).collect()
}

/// How PostgreSQL stores an index is the operator's choice: `with (fillfactor='70')`.
fn without_storage(text: String) -> String {
    match text.split_once(" with (") {
        Some((before, after)) => format!("{before}{}", after.split_once(')').map_or("", |it| it.1)),
        None => text,
    }
}

/// The fault of an index, and how to make it again. PostgreSQL builds one without blocking
/// writers only outside of a transaction, and a repair is one; SQLite has one writer.
pub(super) fn wrong(
    engine: Engine,
    (name, is): (&str, &str),
    statement: &str,
    is_there: bool,
) -> Disagreement {
    let what = format!("{name} {is}: what it serves reads whole tables, or is not kept unique");
    let is_unique = statement.starts_with("create unique");
    if engine == Engine::Sqlite && !is_unique {
        let first = if is_there { format!("drop index {name};\n") } else { String::new() };
        return Disagreement::new("index", what, Statement::new(first + statement));
    }
    let beside = if engine == Engine::Sqlite { "" } else { " concurrently" };
    let made = statement.trim_end_matches(';').replacen("index", &format!("index{beside}"), 1);
    let once = if is_unique { ", once no two rows are alike" } else { "" };
    let steps = match (is_there, is_unique) {
        (false, _) => format!("`{made}`"),
        (true, false) => format!("`drop index{beside} {name};` and `{made}`"),
        (true, true) if engine == Engine::Sqlite => {
            format!("`begin; drop index {name}; {made}; commit;`")
        }
        // While the index is missing, nothing keeps two rows from being alike.
        (true, true) => format!(
            "`{}`, then `begin; drop index {name}; alter index {name}_new rename to {name}; commit;`",
            made.replacen(name, &format!("{name}_new"), 1)
        ),
    };
    let way_out = format!(
        "run {steps} in the service's database, outside of another transaction, while everybody \
         goes on{once}; then `mpp doctor` again"
    );
    Disagreement::for_a_person("index", what, &way_out)
}

#[cfg(test)]
mod tests {
    use super::{plain, wrong};
    use crate::dialect::Engine;

    #[test]
    fn a_unique_index_is_replaced_without_a_moment_in_which_there_is_none() {
        let statement = "create unique index one on ticket_queue (window_name)";
        let found = wrong(Engine::Postgres, ("one", "is of other rows"), statement, true);
        let told = format!("{found:?}");
        assert!(
            told.contains("create unique index concurrently one_new on ticket_queue"),
            "{told}"
        );
        assert!(told.contains("alter index one_new rename to one"), "{told}");
        let found = wrong(Engine::Sqlite, ("one", "is of other rows"), statement, true);
        let told = format!("{found:?}");
        assert!(told.contains(&format!("begin; drop index one; {statement}; commit;")), "{told}");
    }

    #[test]
    fn an_index_is_the_same_however_it_is_written_down() {
        for (step, there) in [
            (
                "create unique index one_at_a_window on ticket_queue (window_name) where state = 2;",
                "CREATE UNIQUE INDEX one_at_a_window ON public.ticket_queue USING btree \
                 (window_name) WHERE (state = 2)",
            ),
            (
                "create index of_mall on slot (name collate \"C\");",
                "CREATE INDEX of_mall ON public.slot USING btree (name COLLATE \"C\")",
            ),
            (
                "create index one on ticket_queue (appointment) where appointment <> '';",
                "CREATE INDEX one ON x.ticket_queue USING btree (appointment) \
                 WHERE (appointment <> ''::text)",
            ),
        ] {
            assert_eq!(plain(step), plain(there));
        }
        let stored = "CREATE INDEX o ON x.t USING btree (a) WITH (fillfactor='70') WHERE (b = 2)";
        assert_eq!(plain("create index o on t (a) where b = 2"), plain(stored));
    }

    #[test]
    fn other_columns_rows_or_uniqueness_are_another_index() {
        let own = plain("create index one on change (kind, name) where deleted = 1");
        for other in [
            "create index one on change (name, kind) where deleted = 1",
            "create index one on change (kind, name)",
            "create index one on change (kind, name) where deleted = 0",
            "create unique index one on change (kind, name) where deleted = 1",
            "create index one on record (kind, name) where deleted = 1",
            "create index one on change (kind, name desc) where deleted = 1",
        ] {
            assert_ne!(plain(other), own, "{other}");
        }
    }
}
