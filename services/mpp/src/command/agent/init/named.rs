//! How a table of PostgreSQL names the rows that change: what `init` writes below `[input]`.

use mpp_agent::{Access, Input, Proposed};

/// The table, if it is one of PostgreSQL.
pub(super) fn table(input: &Input) -> Option<String> {
    let Input::Sql(database) = input else { return None };
    let is_table = matches!(database.access, Access::Postgres(_)) && database.ask.is_table;
    is_table.then(|| database.ask.text.text.clone())
}

/// The trigger and the settings, as comments: the table's owner makes the one, and who keeps the
/// agent then takes the others in. Nothing if no column is the id.
pub(super) fn comments(table: Option<&str>, proposed: &Proposed) -> String {
    let id = proposed.guess.choices.iter().find(|choice| choice.field.name() == "source_id");
    match (table, id) {
        (Some(table), Some(id)) => of(table, &id.column()),
        _ => String::new(),
    }
}

fn of(table: &str, column: &str) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let named: Vec<String> = table.split('.').map(quoted).collect();
    let (table, key) = (named.join("."), quoted(column));
    let sql = format!(
        "CREATE FUNCTION katalog_berubah() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n  \
           IF TG_OP IN ('UPDATE', 'DELETE') THEN\n    \
             PERFORM pg_notify('katalog', left(OLD.{key}::text, 250)); END IF;\n  \
           IF TG_OP IN ('INSERT', 'UPDATE') THEN\n    \
             PERFORM pg_notify('katalog', left(NEW.{key}::text, 250)); END IF;\n  \
           IF TG_OP = 'TRUNCATE' THEN NOTIFY katalog; END IF;\n  \
           RETURN NULL; END $$;\n\
         CREATE TRIGGER katalog_berubah AFTER INSERT OR UPDATE OR DELETE ON {table}\n  \
           FOR EACH ROW EXECUTE FUNCTION katalog_berubah();\n\
         CREATE TRIGGER katalog_kosong AFTER TRUNCATE ON {table}\n  \
           FOR EACH STATEMENT EXECUTE FUNCTION katalog_berubah();"
    );
    let sql: String = sql.lines().map(|line| format!("#   {line}\n")).collect();
    let settings = format!("# listen = \"katalog\"\n# listen_key = {}\n", super::quoted(column));
    format!(
        "# An edit leaves at once, and alone, once the table's owner has made this in the database, and\n\
         # the two lines below it are taken in (services/agent/README.md, edits that leave at once):\n\
         {sql}{settings}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_names_the_key_of_its_table_whatever_both_are_called() {
        let text = of("publik.Layanan", "Kode \"A\"");
        assert!(text.contains("DELETE ON \"publik\".\"Layanan\""), "{text}");
        assert!(text.contains("NEW.\"Kode \"\"A\"\"\"::text"), "{text}");
        assert!(text.contains("# listen_key = \"Kode \\\"A\\\"\""), "{text}");
        assert!(text.lines().all(|line| line.starts_with('#')), "{text}");
        assert!(toml::from_str::<toml::Table>(&text.replace("# listen", "listen")).is_ok());
    }
}
