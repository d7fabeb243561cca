//! The agent's configuration file, in TOML.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mpp_agent::{Input, Next, Pages, Policy, Run, Setting, Table, Way, Withdraw, Workbook};
use mpp_core::{Error, FieldCode, Result};
use serde::Deserialize;

use super::{
    places::Places,
    sql::{MysqlConfig, PostgresConfig, SqliteConfig},
};

/// The agent's configuration file. Paths are relative to the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// "sources/kemendagri".
    source: String,
    /// The jq program.
    mapping: PathBuf,
    /// The file in which the agent remembers the registry's answers.
    state: PathBuf,
    /// How to treat rows that look like trials.
    #[serde(default)]
    trial_rows: TrialRows,
    /// The unit of bare numbers, by column: `units.biaya = "Rp"`.
    #[serde(default)]
    units: BTreeMap<String, String>,
    input: InputConfig,
    #[serde(default)]
    policy: Policy,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum TrialRows {
    #[default]
    Refuse,
    Apply,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
enum InputConfig {
    Csv(CsvConfig),
    Xlsx(XlsxConfig),
    Json(JsonConfig),
    Postgres(PostgresConfig),
    Mysql(MysqlConfig),
    Sqlite(SqliteConfig),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CsvConfig {
    path: PathBuf,
    /// Found by itself if it is not given.
    delimiter: Option<char>,
    /// Such as "windows-1252"; UTF-8, or as the file is marked, where it is not given.
    encoding: Option<String>,
    /// Found by itself if it is not given.
    heading_line: Option<usize>,
    #[serde(default)]
    trust_quotes: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct XlsxConfig {
    path: PathBuf,
    /// The only sheet that is shown and not empty, if none is given.
    sheet: Option<String>,
    /// Found by itself if it is not given.
    heading_row: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonConfig {
    location: String,
    #[serde(default)]
    items: String,
    #[serde(default)]
    next: String,
    /// The parameter of the address that takes a page's number or cursor.
    #[serde(default)]
    page_parameter: String,
    #[serde(default)]
    ignore_totals: bool,
    /// Where the number of all records stands.
    #[serde(default)]
    complete: String,
    /// Places of what counts no records, and speaks of no further ones.
    #[serde(default)]
    ignore: Vec<String>,
    /// The environment variable that holds the bearer token.
    token_env: Option<String>,
}

/// Reads a configuration.
///
/// # Errors
/// Names the file, and the key that is missing or wrong.
pub fn load(path: &Path) -> Result<Run> {
    let unreadable = |path: &Path, what: &dyn std::fmt::Display| {
        Error::field(
            "config",
            FieldCode::Unreadable,
            format!("{} cannot be used: {what}", path.display()),
        )
    };
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let config: Config = toml::from_str(&text).map_err(|error| unreadable(path, &error))?;
    config.policy.check().map_err(|error| error.within("policy"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mapping = folder.join(&config.mapping);
    let program = fs::read_to_string(&mapping).map_err(|error| unreadable(&mapping, &error))?;
    Ok(Run {
        source: config.source,
        input: input(config.input, folder, &Places { file: path, text: &text })?,
        way: Way {
            program,
            apply_trials: config.trial_rows == TrialRows::Apply,
            units: config.units,
            ..Way::default()
        },
        state: folder.join(config.state),
        take_over: false,
        accept_missing: false,
        accept_moves: false,
        reconcile: false,
        withdraw: Withdraw::Nothing,
        withdraw_later: false,
        policy: config.policy,
    })
}

/// What a configuration's table `[input]` describes, without the rest of it.
///
/// # Errors
/// Names the key that is missing or wrong.
pub(super) fn input_of(text: &str, file: &Path) -> Result<Input> {
    #[derive(Deserialize)]
    struct Part {
        input: InputConfig,
    }
    let part: Part = toml::from_str(text)
        .map_err(|error| Error::field("input", FieldCode::Unreadable, error.to_string()))?;
    input(part.input, file.parent().unwrap_or(Path::new(".")), &Places { file, text })
}

fn input(config: InputConfig, folder: &Path, places: &Places<'_>) -> Result<Input> {
    match config {
        InputConfig::Csv(config) => table(config, folder).map(Input::Csv),
        InputConfig::Xlsx(XlsxConfig { path, sheet, heading_row }) => {
            Ok(Input::Sheet(Workbook { path: folder.join(path), sheet, heading_row }))
        }
        InputConfig::Json(config) => pages(config, folder, places).map(Input::Json),
        InputConfig::Postgres(config) => config.database(folder, places).map(Input::Sql),
        InputConfig::Mysql(config) => config.database(folder, places).map(Input::Sql),
        InputConfig::Sqlite(config) => config.database(folder, places).map(Input::Sql),
    }
}

fn table(config: CsvConfig, folder: &Path) -> Result<Table> {
    if config.delimiter.is_some_and(|sign| sign.is_alphanumeric() || "\"\r\n ".contains(sign)) {
        let text = "give a sign that parts columns, such as , or ;";
        return Err(Error::field("input.delimiter", FieldCode::Format, text));
    }
    let encoding = config.encoding.map(|label| {
        encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            let text = format!("'{label}' is no encoding; give windows-1252, utf-16le or utf-8");
            Error::field("input.encoding", FieldCode::UnknownValue, text)
        })
    });
    Ok(Table {
        path: folder.join(config.path),
        delimiter: config.delimiter,
        encoding: encoding.transpose()?,
        heading_line: config.heading_line,
        trust_quotes: config.trust_quotes,
    })
}

fn pages(config: JsonConfig, folder: &Path, places: &Places<'_>) -> Result<Pages> {
    let token = config.token_env.map(|name| {
        std::env::var(&name).map_err(|_| {
            let text = format!("the variable {name} is not set");
            Error::field("input.token_env", FieldCode::Required, text)
        })
    });
    let location = if mpp_agent::is_remote(&config.location) {
        config.location
    } else {
        folder.join(config.location).display().to_string()
    };
    let set = |key, text| Setting { text, place: places.of(key) };
    Ok(Pages {
        location,
        items: set("items", config.items),
        next: Next { link: set("next", config.next), parameter: config.page_parameter },
        ignore_totals: config.ignore_totals,
        complete: set("complete", config.complete),
        ignore: config.ignore,
        token: token.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named() {
        let error = toml::from_str::<Config>("sauce = 'x'").err().expect("misspelt").to_string();
        assert!(error.contains("sauce"), "{error}");
    }
}
