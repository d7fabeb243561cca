//! Compares triggers, functions and indexes with the steps that have made them: if somebody has
//! dropped or disabled one, writes miss the feed or are not counted, and nothing else says so.

use std::collections::BTreeMap;

use mpp_core::Result;
use sqlx::{Row as _, any::AnyRow};

use super::{Disagreement, Statement, indexes};
use crate::{Conn, Migration, db_error, dialect::Engine, schema::STORE};

/// A trigger, a function or an index, and its name. Functions come before triggers that call them.
type Key = (&'static str, String);
type Steps = BTreeMap<Key, Made>;

/// Something that a step has made.
struct Made {
    statement: String,
    /// What it does, so that it can be compared.
    text: String,
}

/// Something as the database shows it.
struct There {
    text: String,
    /// Turns it on again, where it is off; empty for an index that was not built to its end.
    turn_on: Option<String>,
}

/// Nothing is compared if a newer program has made the last step, which may have replaced any of
/// them.
pub(super) async fn disagreements(
    conn: &mut Conn,
    (service, steps): (&'static str, &[Migration]),
) -> Result<Vec<Disagreement>> {
    for (track, steps) in [("store", STORE), (service, steps)] {
        let last = steps.last().map_or(0, |step| step.version);
        let text = "select count(*) as newer from migration where track = $1 and version > $2";
        let query = sqlx::query(text).bind(track).bind(last);
        let row = query.fetch_one(&mut *conn).await.map_err(db_error)?;
        if row.try_get::<i64, _>("newer").map_err(db_error)? > 0 {
            return Ok(Vec::new());
        }
    }
    let engine = conn.dialect().engine;
    let mut made = Steps::new();
    for step in STORE.iter().chain(steps) {
        read_step(&step.statements.on(engine), &mut made);
    }
    let there = there(conn, engine).await?;
    let wrong = |(key, made): (&Key, &Made)| match key.0 {
        "index" => wrong_index(engine, &key.1, made, there.get(key)),
        _ => wrong(key, made, there.get(key)),
    };
    Ok(made.iter().filter_map(wrong).collect())
}

/// The tables that the steps have made, except that of the records.
pub(super) fn tables(steps: &[Migration]) -> Vec<&'static str> {
    let texts = STORE.iter().chain(steps).flat_map(|step| step.statements.sqlite());
    let lines = texts.flat_map(str::lines);
    let names = lines.filter_map(|line| line.strip_prefix("create table ")?.split(' ').next());
    names.filter(|name| *name != "record").collect()
}

/// Notes what a step makes, and what it removes.
fn read_step(text: &str, made: &mut Steps) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split([' ', '(']).collect();
        let (what, name) = match words.as_slice() {
            ["drop", "trigger", name, ..] => {
                made.remove(&("trigger", name.trim_end_matches(';').to_owned()));
                continue;
            }
            ["create", "trigger", name, ..] => ("trigger", name),
            ["create", "function", name, ..]
            | ["create", "or", "replace", "function", name, ..] => ("function", name),
            ["create", "index", name, ..] | ["create", "unique", "index", name, ..] => {
                ("index", name)
            }
            _ => continue,
        };
        let mut statement = line.to_owned();
        while !is_whole(what, &statement) {
            let Some(line) = lines.next() else { break };
            statement = format!("{statement}\n{line}");
        }
        let text = match what {
            "index" => indexes::plain(&statement),
            "function" => single_spaced(body(&statement)),
            _ => single_spaced(statement.split_once(*name).map_or("", |(_, after)| after)),
        };
        made.insert((what, (*name).to_owned()), Made { statement, text });
    }
}

fn is_whole(what: &str, statement: &str) -> bool {
    match what {
        "function" => statement.matches("$$").count() == 2 && statement.ends_with(';'),
        // On SQLite a trigger has statements of its own.
        "trigger" if statement.contains("begin") => statement.ends_with("\nend;"),
        "trigger" if !statement.contains("execute") => false,
        _ => statement.ends_with(';'),
    }
}

fn body(statement: &str) -> &str {
    statement.split("$$").nth(1).unwrap_or_default()
}

fn single_spaced(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches(';').to_owned()
}

async fn there(conn: &mut Conn, engine: Engine) -> Result<BTreeMap<Key, There>> {
    let text = match engine {
        Engine::Sqlite => {
            "select 'trigger' as what, name, substr(sql, instr(sql, name) + length(name)) as text, null as turn_on
             from sqlite_master where type = 'trigger'
             union all select 'index', name, sql, null from sqlite_master
             where type = 'index' and sql is not null"
        }
        Engine::Postgres => {
            "select 'trigger' as what, cast(t.tgname as text) as name, cast(null as text) as text,
             case when t.tgenabled <> 'O' then
             'alter table ' || c.relname || ' enable trigger ' || t.tgname end as turn_on
             from pg_trigger t join pg_class c on c.oid = t.tgrelid
             join pg_namespace n on n.oid = c.relnamespace
             where not t.tgisinternal and n.nspname = current_schema()
             union all select 'function', cast(p.proname as text), p.prosrc, null from pg_proc p
             join pg_namespace n on n.oid = p.pronamespace where n.nspname = current_schema()
             union all select 'index', cast(c.relname as text), pg_get_indexdef(i.indexrelid),
             case when not i.indisvalid and not exists (select 1 from pg_stat_progress_create_index b
             where b.index_relid = i.indexrelid) then '' end from pg_index i
             join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = current_schema()"
        }
    };
    let rows = sqlx::query(text).fetch_all(conn).await.map_err(db_error)?;
    let one = |row: &AnyRow| -> sqlx::Result<_> {
        let text = row.try_get::<Option<String>, _>("text")?.unwrap_or_default();
        let what = match row.try_get::<String, _>("what")?.as_str() {
            "trigger" => "trigger",
            "function" => "function",
            _ => "index",
        };
        let text = if what == "index" { indexes::plain(&text) } else { single_spaced(&text) };
        Ok(((what, row.try_get("name")?), There { text, turn_on: row.try_get("turn_on")? }))
    };
    rows.iter().map(|row| one(row).map_err(db_error)).collect()
}

fn wrong((kind, name): &Key, made: &Made, there: Option<&There>) -> Option<Disagreement> {
    let Made { statement, text } = made;
    let (what, mend) = match there {
        None => (format!("{name} is gone"), statement.clone()),
        Some(There { turn_on: Some(turn_on), .. }) => {
            (format!("{name} is turned off"), turn_on.clone())
        }
        // PostgreSQL does not keep the text of a trigger as it was written.
        Some(There { text: there, .. }) if !there.is_empty() && there != text => {
            let what = format!("{name} does something else than the program has set up");
            (what, anew(kind, name, statement))
        }
        Some(_) => return None,
    };
    let what = format!("{what}: writes miss the feed, or are not counted");
    Some(Disagreement::new(kind, what, Statement::new(mend)))
}

fn wrong_index(
    engine: Engine,
    name: &str,
    made: &Made,
    there: Option<&There>,
) -> Option<Disagreement> {
    let is = match there {
        None => "is gone",
        Some(There { turn_on: Some(_), .. }) => "was not built to its end",
        Some(There { text, .. }) if *text != made.text => "is of other columns or rows",
        Some(_) => return None,
    };
    Some(indexes::wrong(engine, (name, is), &made.statement, there.is_some()))
}

/// Makes it again, in place of another one.
fn anew(kind: &str, name: &str, statement: &str) -> String {
    match kind {
        "function" => statement.replacen("create function", "create or replace function", 1),
        _ => format!("drop {kind} {name};\n{statement}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_has_made_lasts_until_another_makes_it_anew_or_drops_it() {
        let mut made = Steps::new();
        for step in STORE {
            read_step(&step.statements.on(Engine::Sqlite), &mut made);
        }
        let of = |what, name: &str| (what, name.to_owned());
        let updated = &made[&of("trigger", "record_updated")];
        assert!(updated.text.starts_with("after update on record begin"), "{}", updated.text);
        assert!(updated.text.contains("version_before"), "that of the last step");
        assert!(updated.text.ends_with("end"), "{}", updated.text);
        assert!(made.contains_key(&of("index", "revision_tx")));
        let mut made = Steps::new();
        for step in STORE {
            read_step(&step.statements.on(Engine::Postgres), &mut made);
        }
        let commit = &made[&of("function", "feed_commit")];
        assert!(commit.text.starts_with("declare"), "{}", commit.text);
        assert!(commit.text.contains("newest"), "that of the last step");
        assert!(made.contains_key(&of("trigger", "record_form")));
        assert!(made.contains_key(&of("function", "record_form")));
    }
}
