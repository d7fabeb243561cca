//! The messages in which a database's rows reach their reader, one after the other.

use std::{future::Future, time::Duration};

use mpp_core::{Backoff, Error, FieldCode};
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use super::amiss::{StatementPlace, may_pass};
use crate::{policy::Policy, source::fault::Fault};

/// A message about the rows.
pub enum Told {
    /// The names of the columns, before the first row.
    Columns(Vec<String>),
    /// A row as a JSON object, in text: the mapping's own values cannot leave the reader's thread.
    Row(String),
    /// Why the rows may be a part.
    Part(String),
    /// A row that cannot be read.
    Refused(Error),
    /// The end: all rows were told, and this is how many the database counts.
    Whole(u64),
}

/// The way to the reader.
pub struct Out(pub mpsc::Sender<Told>);

impl Out {
    /// Sends a message; false if nobody reads any more.
    pub async fn tell(&self, told: Told) -> bool {
        self.0.send(told).await.is_ok()
    }
}

/// A row; `value` gives the JSON text of each column's value.
pub fn row(columns: &[String], mut value: impl FnMut(usize) -> Result<String, String>) -> Told {
    let mut fields = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        match value(at) {
            Ok(value) => fields.push(format!("{}:{value}", text(column))),
            Err(why) => return refused_row(format!("column {column}: {why}")),
        }
    }
    Told::Row(format!("{{{}}}", fields.join(",")))
}

/// The reason for refusing a row that is too large.
pub fn too_large(bytes: usize) -> String {
    format!("the row is larger than max_row_bytes, with {bytes} bytes here")
}

/// A row that cannot be read, and why.
pub fn refused_row(why: String) -> Told {
    Told::Refused(Error::field("row", FieldCode::Unreadable, why))
}

/// A text as JSON.
pub fn text(text: &str) -> String {
    Value::from(text).to_string()
}

/// A number with all its digits; a text if no number is written like that, such as 007.
pub fn number(digits: &str) -> String {
    let is_number = serde_json::from_str::<serde_json::Number>(digits).is_ok();
    if is_number { digits.to_owned() } else { text(digits) }
}

/// A column of bytes: no catalog has one, and no mapping could read it.
pub fn unfit(at: &StatementPlace, column: &str, kind: &str) -> Fault {
    let text =
        format!("column {column} holds bytes ({kind}); give a query that names the other columns");
    Fault::config(&at.asked, text)
}

/// A column of amounts in the format of the server's settings: 1.234 may be more than a thousand or
/// little more than one.
pub fn locale(at: &StatementPlace, column: &str) -> Fault {
    let text = format!(
        "column {column} is of the type money, which each server writes in its own way; give a \
         query with {column}::numeric AS {column}"
    );
    Fault::config(&at.asked, text)
}

/// Connects, and tries again if that may help, until the policy's patience ends.
///
/// # Errors
/// No connection came about after as many tries as the policy says.
pub async fn reach<T>(
    at: &StatementPlace,
    policy: &Policy,
    connect: impl AsyncFn() -> sqlx::Result<T>,
) -> Result<T, Fault> {
    let first = Duration::from_millis(policy.page_first_wait_millis);
    let mut backoff = Backoff::new(first, policy.longest_source_wait().max(first));
    let (begun, mut tries) = (Instant::now(), 0);
    loop {
        tries += 1;
        let tried = within(policy.greeting_timeout(), at, connect()).await;
        let is_last = tries >= policy.page_tries || begun.elapsed() >= policy.patience();
        match tried {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) if is_last || !may_pass(&error) => return Err(at.fault(&error)),
            Err(silent) if is_last => return Err(silent),
            Ok(Err(_)) | Err(_) => sleep(backoff.pause()).await,
        }
    }
}

/// Waits no longer than that.
///
/// # Errors
/// Nothing came.
pub async fn within<T>(
    limit: Duration,
    at: &StatementPlace,
    work: impl Future<Output = T>,
) -> Result<T, Fault> {
    timeout(limit, work).await.map_err(|_| {
        let text = format!("no answer in {} s", limit.as_secs());
        Fault::unreachable(&at.place, text)
    })
}
