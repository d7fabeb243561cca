//! `mpp agent init`: looks at a source, and writes a first configuration and mapping of it.

mod feeding;
mod named;
mod sheets;

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::{Args as ClapArgs, ValueEnum};
use mpp_agent::{
    Above, Input, PlaceKind, Policy, Proposed, Wanted, is_remote, lists, propose, sample,
};
use mpp_core::{Error, FieldCode, Reason, Result};

use self::feeding::feeding;
use super::{config, keeper::Keeper};
use crate::program::{path_word, program};

/// What is written where nothing is named.
const SOURCE: &str = "sources/my-source";
const UNIT: &str = "units/my-unit";
const MALL: &str = "malls/my-mall";

/// Records that are shown as they are mapped.
const SHOWN: usize = 3;

#[derive(ClapArgs)]
pub struct InitArgs {
    /// A file (.csv, .json, .xlsx, .db, .sqlite), a folder of such, an address (https://…), or a
    /// database (postgres://account@host/database, mysql://account@host/database).
    pub origin: String,
    /// The configuration to write; its mapping goes beside it.
    #[arg(long, value_name = "FILE", default_value = "services.toml")]
    pub into: PathBuf,
    /// The source's name at the registry.
    #[arg(long, default_value = SOURCE)]
    pub source: String,
    /// The service that keeps the records: the registry services, scheduling hours rules.
    #[arg(long, value_enum, default_value = "registry")]
    pub(super) service: Keeper,
    /// The records that the registry keeps of it: a list of offices reads like one of services.
    #[arg(long, value_enum, default_value = "service", conflicts_with = "service")]
    kind: InitKind,
    /// The unit that all services belong to; the one above units, the organiser of malls, the one
    /// that serves at counters, where no column says it. Hours rules belong to what they are for.
    #[arg(long, default_value = UNIT)]
    pub unit: String,
    /// The mall of counters, where no column says it.
    #[arg(long, default_value = MALL)]
    pub mall: String,
    /// The table or view of a database.
    #[arg(long)]
    pub table: Option<String>,
    /// The sheet of a workbook.
    #[arg(long)]
    pub sheet: Option<String>,
    /// The file that holds the password of a database's account.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// The kind of the records.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InitKind {
    /// Services of a catalog.
    Service,
    /// Bodies and their offices.
    Unit,
    /// Malls of public services.
    Mall,
    /// Counters of malls.
    Counter,
}

impl InitKind {
    const fn place(self) -> Option<PlaceKind> {
        match self {
            Self::Service => None,
            Self::Unit => Some(PlaceKind::Unit),
            Self::Mall => Some(PlaceKind::Mall),
            Self::Counter => Some(PlaceKind::Counter),
        }
    }
}

/// Looks at the source, writes a configuration and a mapping, and shows what they yield.
///
/// # Errors
/// There is something already where it would write, or the source cannot be read.
pub async fn init(args: InitArgs) -> Result<()> {
    let mapping = args.into.with_extension("jq");
    for file in [&args.into, &mapping] {
        if file.exists() {
            let text = format!("{} is there already; name another with --into", file.display());
            return Err(Error::new(Reason::AlreadyExists, text));
        }
    }
    let policy = Policy::default();
    let section = section(&args, &policy).await?;
    let text = format!("{}\n{section}", heading(&args, &mapping));
    let input = config::input_of(&text, &args.into)?;
    let wanted = Wanted {
        destination: args.service.destination(),
        place: args.kind.place(),
        above: Above { unit: &args.unit, mall: &args.mall },
    };
    let table = named::table(&input);
    let proposed = propose(input, &wanted, &policy).await?;
    let text = text + &named::comments(table.as_deref(), &proposed);
    write(&mapping, &proposed.program)?;
    let others = feeding(&args.source, args.service, &args.into);
    write(&args.into, &text)?;
    tell(&args, &mapping, &proposed)?;
    for other in others {
        say!(
            "  ! {} feeds {} already: join both in one configuration, see services/agent/README.md; each of \
             two tells the other's records as not in its source, and withdraws none of them",
            other.display(),
            args.source
        );
    }
    Ok(())
}

fn heading(args: &InitArgs, mapping: &Path) -> String {
    let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
    format!(
        "# What is read, and how it is mapped; services/agent/README.md lists every setting.\n\
         source = {}\n{}mapping = {}\nstate = {}\n",
        quoted(&args.source),
        args.service.line(),
        quoted(&name(mapping)),
        quoted(&name(&args.into.with_extension("state.db"))),
    )
}

/// A text of JSON is one of TOML as well.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The table `[input]`.
async fn section(args: &InitArgs, policy: &Policy) -> Result<String> {
    let origin = args.origin.as_str();
    let is = |ends: &[&str]| ends.iter().any(|end| origin.to_lowercase().ends_with(end));
    if let Some((kind, listing)) = server(origin) {
        let mut lines = vec![line("type", kind), line("address", origin)];
        if let Some(file) = &args.password_file {
            lines.push(line("password_file", &beside(file, args)?));
        }
        return table(lines, args, listing, policy).await;
    }
    if is_remote(origin) {
        return json(origin.to_owned(), origin, policy).await;
    }
    let path = beside(Path::new(origin), args)?;
    match () {
        () if Path::new(origin).is_dir() => folder(&path, origin, args, policy).await,
        () if is(&[".db", ".sqlite", ".sqlite3"]) => {
            let lines = vec![line("type", "sqlite"), line("path", &path)];
            table(lines, args, SQLITE_TABLES, policy).await
        }
        () if is(&[".json"]) => json(path, origin, policy).await,
        () if is(&[".xlsx"]) => {
            if args.sheet.is_none() {
                sheets::only_one(args, policy).await?;
            }
            let mut lines = vec![line("type", "xlsx"), line("path", &path)];
            lines.extend(args.sheet.as_ref().map(|sheet| line("sheet", sheet)));
            Ok(joined(&lines))
        }
        () => Ok(joined(&[line("type", "csv"), line("path", &path)])),
    }
}

/// The kind of a database's server, and how its tables are listed.
fn server(origin: &str) -> Option<(&'static str, &'static str)> {
    match origin.split("://").next()? {
        "postgres" | "postgresql" => Some(("postgres", POSTGRES_TABLES)),
        "mysql" | "mariadb" => Some(("mysql", MYSQL_TABLES)),
        _ => None,
    }
}

fn line(key: &str, value: &str) -> String {
    format!("{key} = {}", quoted(value))
}

fn joined(lines: &[String]) -> String {
    format!("[input]\n{}\n", lines.join("\n"))
}

/// A path as the configuration names it: as it is given if the configuration lies in this folder,
/// else absolute.
fn beside(path: &Path, args: &InitArgs) -> Result<String> {
    let is_here = args.into.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    if is_here || path.is_absolute() {
        return Ok(path.display().to_string());
    }
    let whole = std::path::absolute(path).map_err(Error::internal)?;
    Ok(whole.display().to_string())
}

/// A folder; if it holds pages, with the place of the list in the first page that can be read.
async fn folder(path: &str, origin: &str, args: &InitArgs, policy: &Policy) -> Result<String> {
    let mut lines = vec![line("type", "folder"), line("path", path)];
    lines.extend(args.sheet.as_ref().map(|sheet| line("sheet", sheet)));
    let entries = fs::read_dir(origin).map_err(Error::internal)?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut pages: Vec<PathBuf> =
        names.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    pages.sort();
    // A bad page is named where each file is looked at.
    for page in pages {
        let page = page.display().to_string();
        let Ok(found) = json(page.clone(), &page, policy).await else { continue };
        lines.extend(found.lines().filter(|line| line.contains("items =")).map(str::to_owned));
        break;
    }
    Ok(joined(&lines))
}

/// The list of a page, and where the next page is.
async fn json(location: String, origin: &str, policy: &Policy) -> Result<String> {
    let (asked, own) = (origin.to_owned(), policy.clone());
    let looking = tokio::task::spawn_blocking(move || lists(&asked, None, &own));
    let found = looking.await.map_err(Error::internal)?.map_err(|fault| fault.error)?;
    let Some((items, _)) = found.items.first() else {
        let text = format!("{location}: the page holds no list of objects");
        return Err(Error::new(Reason::SourceUnreadable, text));
    };
    let mut lines = vec![line("type", "json"), line("location", &location), line("items", items)];
    let others = found.items.iter().skip(1);
    lines.extend(
        others.map(|(place, count)| format!("# items = {}  # {count} items", quoted(place))),
    );
    lines.extend(found.next.map(|next| line("next", &next)));
    Ok(joined(&lines))
}

const POSTGRES_TABLES: &str = "SELECT table_schema || '.' || table_name AS name
    FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1";
const MYSQL_TABLES: &str = "SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = DATABASE() ORDER BY 1";
const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";

/// A table of a database: the one that is named, or the only one.
async fn table(
    mut lines: Vec<String>,
    args: &InitArgs,
    listing: &str,
    policy: &Policy,
) -> Result<String> {
    if let Some(table) = &args.table {
        lines.push(line("table", table));
        return Ok(joined(&lines));
    }
    let asked = [lines.clone(), vec![line("query", listing)]].concat();
    let input: Input = config::input_of(&joined(&asked), &args.into)?;
    let (rows, fault) = sample(input, 10_000, policy).await;
    if let Some(fault) = fault {
        return Err(fault.error);
    }
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    match names.as_slice() {
        [only] => {
            lines.push(line("table", only));
            Ok(joined(&lines))
        }
        [] => Err(Error::field("origin", FieldCode::Required, "the account sees no table there")),
        many => {
            let text = format!("name one of its tables with --table: {}", many.join(", "));
            Err(Error::field("table", FieldCode::Required, text))
        }
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let failed = |error: std::io::Error| {
        let text = format!("{} cannot be written: {error}", path.display());
        Error::new(Reason::Unavailable, text)
    };
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn tell(args: &InitArgs, mapping: &Path, proposed: &Proposed) -> Result<()> {
    let guess = &proposed.guess;
    for choice in &guess.choices {
        let doubt = choice.doubt.as_deref().map_or(String::new(), |why| format!("  ? {why}"));
        say!("  {:<18} {}{doubt}", choice.field.name(), choice.column());
    }
    if !guess.left.is_empty() {
        say!("  not used           {}", guess.left.join(", "));
    }
    for (at, mapped) in proposed.mapped(SHOWN)?.into_iter().enumerate() {
        match mapped {
            Ok(record) => say!("record {}: {record:#}", at + 1),
            Err(error) => say!("record {}: {}", at + 1, error.message()),
        }
    }
    for lack in &proposed.lacks {
        say!("  ! {}", lack.message());
    }
    say!(
        "{} and {} are written, from {} records. Mend what is marked with ?, set source and unit, then \
         try it: {} agent check {}",
        args.into.display(),
        mapping.display(),
        proposed.records.len(),
        program(),
        path_word(&args.into)
    );
    Ok(())
}
