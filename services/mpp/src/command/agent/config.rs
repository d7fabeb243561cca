//! The agent's configuration file, in TOML.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mpp_agent::{
    CsvFile, Folder, Input, Next, Pages, Policy, Run, Setting, Way, Withdraw, Workbook,
};
use mpp_core::{Error, FieldCode, Result, check_name};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    keeper::Keeper,
    places::SettingPlaces,
    sql::{MysqlConfig, PostgresConfig, SqliteConfig},
};

/// The agent's configuration file. Paths are relative to the file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// The source's name, such as "sources/kemendagri".
    source: String,
    /// The service that keeps its records; if not given, the registry.
    #[serde(default)]
    service: Keeper,
    /// The jq program.
    mapping: PathBuf,
    /// The file in which the agent remembers the service's answers.
    state: PathBuf,
    /// How to treat rows that look like trials.
    #[serde(default)]
    trial_rows: TrialRows,
    /// The unit of bare numbers, by column: `units.biaya = "Rp"`.
    #[serde(default)]
    units: BTreeMap<String, String>,
    /// The catalog's files, pages or database.
    input: InputConfig,
    #[serde(default)]
    #[schemars(schema_with = "super::numbers::schema")]
    policy: Policy,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
enum TrialRows {
    /// They are held back until they are released.
    #[default]
    Refuse,
    /// They are sent.
    Apply,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
enum InputConfig {
    Csv(CsvConfig),
    Xlsx(XlsxConfig),
    Json(JsonConfig),
    Postgres(PostgresConfig),
    Mysql(MysqlConfig),
    Sqlite(SqliteConfig),
    Folder(FolderConfig),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CsvConfig {
    /// The path of the CSV file.
    path: PathBuf,
    /// The character between cells; found by itself if not given.
    delimiter: Option<char>,
    /// Such as "windows-1252"; if not given, UTF-8 or as the file is marked.
    encoding: Option<String>,
    /// The line with the column names; found by itself if not given.
    heading_line: Option<usize>,
    /// Cells may hold lines that look like rows.
    #[serde(default)]
    trust_quotes: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct XlsxConfig {
    /// The path of the workbook.
    path: PathBuf,
    /// The sheet; if not given, the only one that is shown and not empty.
    sheet: Option<String>,
    /// The row with the column names; found by itself if not given.
    heading_row: Option<usize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct JsonConfig {
    /// An address (https://...) or a file.
    location: String,
    /// The place of the list: a key, a path ("data.instansi") or a pointer; empty: all of it.
    #[serde(default)]
    items: String,
    /// The place of the next page's address; empty: the `Link` header.
    #[serde(default)]
    next: String,
    /// The parameter of the address that takes a page's number or cursor.
    #[serde(default)]
    page_parameter: String,
    /// Do not heed what the source says of how much it has.
    #[serde(default)]
    ignore_totals: bool,
    /// The place of the number of all records; no other count is heeded then.
    #[serde(default)]
    complete: String,
    /// Places that neither count these records nor tell of further ones.
    #[serde(default)]
    ignore: Vec<String>,
    /// The environment variable that holds the bearer token.
    token_env: Option<String>,
}

/// A folder of files; a setting for a kind of file holds for each file of that kind.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FolderConfig {
    /// The path of the folder.
    path: PathBuf,
    /// Which of its files: "*.csv", "2026/*.xlsx", "**/*.json"; if not given, all that can be read.
    files: Option<String>,
    /// The character between cells of CSV files; found by itself in each if not given.
    delimiter: Option<char>,
    /// The encoding of CSV files; if not given, UTF-8 or as each is marked.
    encoding: Option<String>,
    /// The line with the column names in CSV files; found by itself in each if not given.
    heading_line: Option<usize>,
    /// Cells of CSV files may hold lines that look like rows.
    #[serde(default)]
    trust_quotes: bool,
    /// The sheet of workbooks; if not given, the only one that is shown and not empty.
    sheet: Option<String>,
    /// The row with the column names in workbooks; found by itself in each if not given.
    heading_row: Option<usize>,
    /// The place of the list in JSON files; empty: all of the file.
    #[serde(default)]
    items: String,
    /// Do not heed what JSON files say of how much there is.
    #[serde(default)]
    ignore_totals: bool,
    /// The place of the number of all records of a JSON file; no other count is heeded then.
    #[serde(default)]
    complete: String,
    /// Places in JSON files that neither count these records nor tell of further ones.
    #[serde(default)]
    ignore: Vec<String>,
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
    let places = SettingPlaces { file: path, text: &text };
    let read = toml::from_str(&text);
    let config: Config =
        read.map_err(|error| unreadable(path, &places.unread::<Config>(&error)))?;
    check_name(&config.source, &["sources"], "source").map_err(|error| places.with_line(error))?;
    config.policy.check().map_err(|error| places.with_line(error.within("policy")))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mapping = folder.join(&config.mapping);
    let program = fs::read_to_string(&mapping).map_err(|error| unreadable(&mapping, &error))?;
    Ok(Run {
        source: config.source,
        input: input(config.input, folder, &places).map_err(|error| places.with_line(error))?,
        way: Way {
            destination: config.service.destination(),
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
        rows: None,
        policy: config.policy,
    })
}

/// The input that a configuration's table `[input]` describes; the rest may be missing.
///
/// # Errors
/// Names the key that is missing or wrong.
pub(super) fn input_of(text: &str, file: &Path) -> Result<Input> {
    #[derive(Deserialize)]
    struct OnlyInput {
        input: InputConfig,
    }
    let places = SettingPlaces { file, text };
    let part: OnlyInput = toml::from_str(text).map_err(|error| {
        Error::field("input", FieldCode::Unreadable, places.unread::<OnlyInput>(&error))
    })?;
    let read = input(part.input, file.parent().unwrap_or(Path::new(".")), &places);
    read.map_err(|error| places.with_line(error))
}

fn input(config: InputConfig, folder: &Path, places: &SettingPlaces<'_>) -> Result<Input> {
    match config {
        InputConfig::Csv(config) => table(config, folder).map(Input::Csv),
        InputConfig::Xlsx(XlsxConfig { path, sheet, heading_row }) => {
            Ok(Input::Sheet(Workbook { path: folder.join(path), sheet, heading_row }))
        }
        InputConfig::Json(config) => pages(config, folder, places).map(Input::Json),
        InputConfig::Postgres(config) => config.database(folder, places).map(Input::Sql),
        InputConfig::Mysql(config) => config.database(folder, places).map(Input::Sql),
        InputConfig::Sqlite(config) => config.database(folder, places).map(Input::Sql),
        InputConfig::Folder(config) => files(config, folder, places).map(Input::Folder),
    }
}

fn files(config: FolderConfig, folder: &Path, places: &SettingPlaces<'_>) -> Result<Folder> {
    let FolderConfig { delimiter, encoding, heading_line, trust_quotes, .. } = config;
    let path = config.path;
    let rows = CsvConfig { path: path.clone(), delimiter, encoding, heading_line, trust_quotes };
    let pattern = config.files.map(|text| {
        mpp_agent::pattern(&text).map_err(|why| {
            let text = format!("'{text}' names no files ({why}); give such as *.csv");
            Error::field("input.files", FieldCode::Format, text)
        })
    });
    let set = |key, text| Setting { text, place: places.of(key) };
    Ok(Folder {
        path: folder.join(&path),
        files: pattern.transpose()?,
        table: table(rows, folder)?,
        workbook: Workbook { sheet: config.sheet, heading_row: config.heading_row, path },
        pages: Pages {
            items: set("items", config.items),
            ignore_totals: config.ignore_totals,
            complete: set("complete", config.complete),
            ignore: config.ignore,
            ..Pages::default()
        },
    })
}

fn table(config: CsvConfig, folder: &Path) -> Result<CsvFile> {
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
    Ok(CsvFile {
        path: folder.join(config.path),
        delimiter: config.delimiter,
        encoding: encoding.transpose()?,
        heading_line: config.heading_line,
        trust_quotes: config.trust_quotes,
    })
}

fn pages(config: JsonConfig, folder: &Path, places: &SettingPlaces<'_>) -> Result<Pages> {
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

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dinas.toml");
        fs::write(folder.path().join("dinas.jq"), ".").expect("a mapping");
        let head = "source = 'sources/dinas'\nmapping = 'dinas.jq'\nstate = 'dinas.db'\n[input]\n";
        let csv = "type = 'csv'\npath = 'a.csv'";
        for (input, line, told) in [
            ("type = 'csv'\npth = 'a.csv'", 6, "pth"),
            ("type = 'excel'\npath = 'a.csv'", 5, "excel"),
            ("type = 'csv'\npath = 'a.csv'\ndelimiter = 'x'", 7, "parts columns"),
            ("type = 'folder'\npath = '.'\nfiles = '***'", 7, "names no files"),
            ("type = 'mysql'\naddress = 'mysql://db.test/k'\ntable = 'a'", 6, "no account"),
            ("type = 'sqlite'\npath = 'a.db'\nlisten = 'x'", 7, "listen"),
            (&format!("{csv}\n[policy]\npage_tries = 0"), 8, "allowed is"),
            (&format!("{csv}\n[policy]\npage_trys = 1"), 8, "page_trys"),
            (&format!("{csv}\nheading_line = 'x'"), 7, "a whole number"),
            ("type = 'folder'\npath = '.'\nfiles = ['a.csv', 'b.csv']", 7, "a text in quotes"),
            (&format!("{csv}\nx ="), 7, "TOML"),
        ] {
            fs::write(&path, format!("{head}{input}\n")).expect("a configuration");
            let error = load(&path).expect_err(input).to_string();
            assert!(error.contains(&format!("line {line}")), "{input}: {error}");
            assert!(error.contains("dinas.toml") && error.contains(told), "{input}: {error}");
        }
        let named = head.replace("sources/dinas", "Dinas Kota");
        fs::write(&path, format!("{named}{csv}\n")).expect("a configuration");
        let error = load(&path).expect_err("no name of a source").to_string();
        assert!(error.contains("line 1") && error.contains("sources/"), "{error}");
    }
}
