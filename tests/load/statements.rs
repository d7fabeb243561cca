//! The statements of a booking, taken from PostgreSQL's own log and turned into scripts for
//! pgbench: so it runs the same ones, and not those that somebody thought they were.
//!
//! Parameters that are equal in two bookings of the same slot stay as they are; those that differ
//! (names, digests, documents) are made anew for each transaction, in the same type and length.

use std::collections::BTreeMap;

use serde_json::Value;

/// A statement with its parameters, as PostgreSQL prints them.
#[derive(Clone, Debug)]
pub struct Statement {
    text: String,
    parameters: Vec<Option<String>>,
}

/// The transactions in a log that hold `mark`, in order.
pub fn transactions(log: &str, mark: &str) -> Vec<Vec<Statement>> {
    let mut open: BTreeMap<u64, Vec<Statement>> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let Some(statement) = statement(&entry) else {
            continue;
        };
        let session = entry["pid"].as_u64().unwrap_or_default();
        let word = statement.text.trim_start().to_lowercase();
        if word.starts_with("begin") {
            open.insert(session, vec![statement]);
        } else if let Some(transaction) = open.get_mut(&session) {
            transaction.push(statement);
            if word.contains("commit") {
                found.extend(open.remove(&session));
            }
        }
    }
    found.retain(|transaction| transaction.iter().any(|statement| statement.text.contains(mark)));
    found
}

fn statement(entry: &Value) -> Option<Statement> {
    let message = entry["message"].as_str()?;
    let text = match message.strip_prefix("execute ") {
        Some(named) => named.split_once(": ")?.1,
        None => message.strip_prefix("statement: ")?,
    };
    let detail = entry["detail"].as_str().and_then(|detail| detail.strip_prefix("parameters: "));
    Some(Statement {
        text: text.to_owned(),
        parameters: detail.map(parameters).unwrap_or_default(),
    })
}

/// Reads `$1 = 'it''s', $2 = NULL`.
fn parameters(detail: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = detail;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value;
            continue;
        };
        let mut end = 0;
        while let Some(quote) = quoted[end..].find('\'') {
            end += quote;
            if !quoted[end + 1..].starts_with('\'') {
                break;
            }
            end += 2;
        }
        found.push(Some(quoted[..end].replace("''", "'")));
        rest = &quoted[end + 1..];
    }
    found
}

/// A script with the statements of `one`, in which the values that differ in `other` are new each
/// time.
pub fn script(one: &[Statement], other: &[Statement]) -> String {
    let mut fresh: BTreeMap<&str, usize> = BTreeMap::new();
    for (a, b) in one.iter().zip(other) {
        for (a, b) in a.parameters.iter().zip(&b.parameters) {
            if let Some(value) = a.as_deref().filter(|_| a != b) {
                let next = fresh.len();
                fresh.entry(value).or_insert(next);
            }
        }
    }
    let mut script = "\\set a random(1, 4000000000000000000)\n".to_owned();
    for statement in one {
        let text = bound(statement, &fresh);
        // Commands that have no parameters may go in one message, as `begin` does with the one
        // behind it; they stay one round trip.
        let commands: Vec<&str> = match statement.parameters.is_empty() {
            true => text.trim_end_matches(';').split("; ").collect(),
            false => vec![&text],
        };
        match commands.as_slice() {
            [one] => script.push_str(&format!("{one};\n")),
            several => {
                let lines = several.join(";\n");
                script.push_str(&format!("\\startpipeline\n{lines};\n\\endpipeline\n"));
            }
        }
    }
    script
}

/// The statement with its parameters in their places, on one line.
fn bound(statement: &Statement, fresh: &BTreeMap<&str, usize>) -> String {
    let mut text = statement.text.split_whitespace().collect::<Vec<_>>().join(" ");
    // From the last to the first, so that $1 is not found in $12.
    for (index, value) in statement.parameters.iter().enumerate().rev() {
        let literal = match value {
            None => "null".to_owned(),
            Some(value) => match fresh.get(value.as_str()) {
                Some(number) => anew(value, *number),
                None => quoted(value),
            },
        };
        text = text.replace(&format!("${}", index + 1), &literal);
    }
    text
}

fn quoted(value: &str) -> String {
    // A colon before a word would be a variable of pgbench.
    format!("'{}'", value.replace('\'', "''").replace(':', "' || chr(58) || '"))
}

/// An expression of the same type and length that no other transaction has.
fn anew(value: &str, number: usize) -> String {
    let random = format!("md5((:a)::text || '-{number}')");
    if let Some(hex) = value.strip_prefix("\\x") {
        return format!(
            "decode(left(repeat({random}, {}), {}), 'hex')",
            hex.len() / 32 + 1,
            hex.len()
        );
    }
    if value.parse::<i64>().is_ok() {
        return quoted(value); // A time, or what a row's contents add up to: no key.
    }
    let kept = value.rfind('/').map_or("", |slash| &value[..=slash]);
    let length = value.len() - kept.len();
    format!("({} || left(repeat({random}, {}), {length}))", quoted(kept), length / 32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pid: u64, message: &str, detail: &str) -> String {
        serde_json::json!({ "pid": pid, "message": message, "detail": detail }).to_string()
    }

    fn booking(pid: u64, name: &str, digest: &str) -> String {
        let parameters = format!(
            "parameters: $1 = 'malls/a/appointments/{name}', $2 = '\\x{digest}', $3 = NULL, $4 = 'it''s'"
        );
        [
            entry(pid, "statement: begin; select 1", ""),
            entry(pid, "execute s1: insert into applicant\n values ($1, $2, $3, $4)", &parameters),
            entry(pid, "statement: COMMIT", ""),
        ]
        .join("\n")
    }

    #[test]
    fn a_number_stays_one_whatever_its_length() {
        assert_eq!(anew("-9223372036854775807", 0), "'-9223372036854775807'");
    }

    #[test]
    fn a_script_keeps_what_is_equal_and_makes_anew_what_differs() {
        let others = entry(9, "statement: select 1", "");
        let log = [booking(1, "aaaa", "0011"), others, booking(2, "bbbb", "2233")].join("\n");
        let found = transactions(&log, "insert into applicant");
        assert_eq!(found.len(), 2);
        let script = script(&found[0], &found[1]);
        let lines: Vec<_> = script.lines().collect();
        assert_eq!(lines[1..5], ["\\startpipeline", "begin;", "select 1;", "\\endpipeline"]);
        assert_eq!(lines[6], "COMMIT;");
        assert_eq!(
            lines[5],
            "insert into applicant values (('malls/a/appointments/' || left(repeat(md5((:a)::text || '-0'), 1), 4)), \
             decode(left(repeat(md5((:a)::text || '-1'), 1), 4), 'hex'), null, 'it''s');"
        );
    }
}
