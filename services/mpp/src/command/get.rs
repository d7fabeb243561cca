//! `mpp get`: a record by its name, whichever kind the name is of.

use mpp_core::{Error, Result};
use serde_json::Value;

use crate::{client::Client, output::Output, record::Records};

pub async fn run(name: &str, client: &Client, output: Output) -> Result<()> {
    let record = Records::new(client).get(name).await?;
    if output.is_json() {
        say!("{}", serde_json::to_string(&record).map_err(Error::internal)?);
    } else {
        print_value("", &serde_json::to_value(&record).map_err(Error::internal)?);
    }
    Ok(())
}

/// One line for each field, nested ones by their path.
pub(super) fn print_value(path: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let inner_path =
                    if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                print_value(&inner_path, inner);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                print_value(&format!("{path}[{at}]"), item);
            }
        }
        Value::String(text) => say!("{path:28} {}", text.replace('\n', " / ")),
        other => say!("{path:28} {other}"),
    }
}
