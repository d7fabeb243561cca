//! The settings file: numbers that an operator may question, one table for each service.
//!
//! Each service declares its own in its `policy.rs`, with unit, reason, default and range; here
//! they are read together, so that one file serves every process, and printed.

use std::{fmt::Write as _, fs, path::Path};

use mpp_core::{Error, FieldCode, Result, Setting};
use serde::Deserialize;

/// Every service's settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    pub registry: mpp_registry::Policy,
    pub scheduling: mpp_scheduling::Policy,
    pub reporting: mpp_reporting::Policy,
    pub web: mpp_web::Policy,
    /// The database of every service.
    pub database: mpp_store::DatabasePolicy,
    /// The feed of every service.
    pub feed: mpp_store::FeedPolicy,
    /// The memory of every service that answers reads from one.
    pub memory: mpp_resource::memory::MemoryPolicy,
    /// Federation, of every service that takes what sources send.
    pub sync: mpp_sync::Policy,
    /// The server of every service.
    pub server: mpp_rpc::ServerPolicy,
    /// Readiness of every process, the pages' too.
    pub health: mpp_rpc::HealthPolicy,
    /// The calls of every process to the services.
    pub client: mpp_client::ClientPolicy,
}

/// The tables of the file.
const TABLES: [(&str, &[Setting]); 11] = [
    ("registry", mpp_registry::Policy::SETTINGS),
    ("scheduling", mpp_scheduling::Policy::SETTINGS),
    ("reporting", mpp_reporting::Policy::SETTINGS),
    ("web", mpp_web::Policy::SETTINGS),
    ("database", mpp_store::DatabasePolicy::SETTINGS),
    ("feed", mpp_store::FeedPolicy::SETTINGS),
    ("memory", mpp_resource::memory::MemoryPolicy::SETTINGS),
    ("sync", mpp_sync::Policy::SETTINGS),
    ("server", mpp_rpc::ServerPolicy::SETTINGS),
    ("health", mpp_rpc::HealthPolicy::SETTINGS),
    ("client", mpp_client::ClientPolicy::SETTINGS),
];

impl Policies {
    /// Reads a settings file; without one every number is the usual one.
    ///
    /// # Errors
    /// It cannot be read, names a table or a key that does not exist, or a number is out of its
    /// range or does not fit another.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        file.map_or_else(|| Ok(Self::default()), |path| Self::parse(path, &read(path)?))
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let policies: Self = toml::from_str(text).map_err(|error| unusable(path, &error))?;
        policies.registry.check().map_err(|error| error.within("registry"))?;
        policies.scheduling.check().map_err(|error| error.within("scheduling"))?;
        policies.reporting.check().map_err(|error| error.within("reporting"))?;
        policies.web.check().map_err(|error| error.within("web"))?;
        policies.database.check().map_err(|error| error.within("database"))?;
        policies.feed.check().map_err(|error| error.within("feed"))?;
        policies.memory.check().map_err(|error| error.within("memory"))?;
        policies.sync.check().map_err(|error| error.within("sync"))?;
        policies.server.check().map_err(|error| error.within("server"))?;
        policies.health.check().map_err(|error| error.within("health"))?;
        policies.client.check().map_err(|error| error.within("client"))?;
        policies.check_silence()?;
        Ok(policies)
    }

    /// A feed that bookmarks as it should must not look dead.
    fn check_silence(&self) -> Result<()> {
        let bookmark = self.feed.bookmark_seconds;
        for (field, silence) in [
            ("reporting.feed_silence_seconds", self.reporting.feed_silence_seconds),
            ("client.feed_silence_seconds", self.client.feed_silence_seconds),
        ] {
            if silence <= bookmark {
                let text = format!(
                    "is {silence}; with feed.bookmark_seconds = {bookmark} it must be more"
                );
                return Err(Error::field(field, FieldCode::OutOfRange, text));
            }
        }
        Ok(())
    }
}

/// All settings as a file of their own, as comments; or those that `file` gives, as it gives them.
/// Each with its reason.
///
/// # Errors
/// The same as [`Policies::load`].
pub fn print(file: Option<&Path>) -> Result<()> {
    let text = match file {
        Some(path) => {
            let text = read(path)?;
            Policies::parse(path, &text)?;
            given(&toml::from_str(&text).map_err(|error| unusable(path, &error))?)
        }
        None => all(),
    };
    crate::output::print(format_args!("{text}"));
    Ok(())
}

fn all() -> String {
    let mut text = String::from(
        "# The services' settings: `mpp serve SERVICE --policy FILE` and `mpp up --policy FILE` read\n\
         # them. What is left out is as shown here.\n",
    );
    for (table, settings) in TABLES {
        let _ = writeln!(text, "\n[{table}]");
        settings.iter().for_each(|setting| write_setting(&mut text, setting, None));
    }
    text
}

fn given(given: &toml::Table) -> String {
    let mut text = String::from(
        "# What the file sets; all else is as `mpp policy` shows it without a file.\n",
    );
    for (table, settings) in TABLES {
        let given = given.get(table).and_then(toml::Value::as_table);
        let Some(given) = given.filter(|given| !given.is_empty()) else { continue };
        let _ = writeln!(text, "\n[{table}]");
        for setting in settings {
            if let Some(own) = given.get(setting.name) {
                write_setting(&mut text, setting, Some(own));
            }
        }
    }
    text
}

/// Writing to a text does not fail.
fn write_setting(text: &mut String, setting: &Setting, given: Option<&toml::Value>) {
    let Setting { name, reason, default, range } = setting;
    for line in reason.lines() {
        let _ = writeln!(text, "# {}", line.trim());
    }
    let (low, high) = range.split_once("..=").unwrap_or((range, range));
    let _ = match given {
        Some(value) => {
            // A number looks alike in TOML and JSON.
            let value = serde_json::json!(value);
            writeln!(text, "# {low} to {high}, usually {default}.\n{name} = {value}")
        }
        None => writeln!(text, "# {low} to {high}.\n# {name} = {default}"),
    };
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    let text =
        format!("{} cannot be used: {error}; `mpp policy` prints what can be set", path.display());
    Error::field("policy", FieldCode::Unreadable, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Policies> {
        Policies::parse(Path::new("policy.toml"), text)
    }

    #[test]
    fn what_is_printed_is_a_file_that_changes_nothing() {
        let text = all();
        assert!(text.contains("[scheduling]") && text.contains("# days_ahead = 92"), "{text}");
        let policies = parse(&text).expect("a file");
        assert_eq!(policies.scheduling, mpp_scheduling::Policy::default());
    }

    #[test]
    fn what_a_file_gives_holds_and_is_printed_alone() {
        let text = "[scheduling]\ndays_ahead = 31\n";
        assert_eq!(parse(text).expect("a file").scheduling.days_ahead, 31);
        let shown = given(&toml::from_str(text).expect("TOML"));
        assert!(shown.contains("# 1 to 366, usually 92.\ndays_ahead = 31\n"), "{shown}");
        assert!(!shown.contains("[registry]") && !shown.contains("slot_list_days ="), "{shown}");
    }

    #[test]
    fn a_misspelt_key_or_table_and_a_number_that_does_not_fit_are_named() {
        for (text, words) in [
            ("[scheduling]\nday_ahead = 31\n", "expected one of `days_ahead`"),
            ("[booking]\ndays_ahead = 31\n", "unknown field `booking`"),
            ("[scheduling]\ndays_ahead = 0\n", "scheduling.days_ahead: is 0; allowed is 1..=366"),
            ("[scheduling]\ndays_ahead = 'all'\n", "policy.toml cannot be used"),
            (
                "[sync]\nlease_seconds = 10\nkeep_alive_millis = 20000\n",
                "sync.keep_alive_millis: is 20000; with lease_seconds = 10 at most 5000",
            ),
            (
                "[feed]\nbookmark_seconds = 10\n",
                "reporting.feed_silence_seconds: is 8; with feed.bookmark_seconds = 10",
            ),
            (
                "[client]\nfeed_silence_seconds = 3\n",
                "client.feed_silence_seconds: is 3; with feed.bookmark_seconds = 3",
            ),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.message().contains(words), "{error}");
        }
    }
}
