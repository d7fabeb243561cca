//! The identity of a record, the same whenever it is read again.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Names a record, the same whenever it is read again.
pub type Identity = u128;

/// The identity of a record that a text names.
pub fn identity(text: &str) -> Identity {
    let digest = Sha256::digest(text);
    digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | Identity::from(*byte))
}

/// The text that names a record: its id, its unit and its title, since two records may share a
/// code.
pub fn names(output: &Value) -> String {
    let Some(fields) = output.as_object() else { return output.to_string() };
    let named = |(name, value): (&String, &Value)| match value {
        Value::Object(body) => {
            let title = ["title", "name", "display_name"].iter().find_map(|key| body.get(*key));
            title.map(ToString::to_string).unwrap_or_default()
        }
        plain => format!("{name}={plain}"),
    };
    fields.iter().map(|field| named(field) + "\n").collect()
}
