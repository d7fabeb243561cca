//! Databases in the agent's configuration.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mpp_agent::{Access, Ask, Database, Noticed, Secret, Server, Setting, Tls};
use mpp_core::{Error, FieldCode, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::places::SettingPlaces;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostgresConfig {
    /// "postgres://reader@db.dinas.go.id/katalog": without the password.
    address: String,
    /// The file that holds the account's password.
    password_file: Option<PathBuf>,
    /// If not given: "off" for a server on this machine, else "verified".
    tls: Option<TlsConfig>,
    /// Certificates (PEM) of the authority that signed the server's.
    tls_ca: Option<PathBuf>,
    /// A table or a view, all of it.
    table: Option<String>,
    /// A query, instead of a table.
    query: Option<String>,
    /// Whatever the query or the account's rights leave out is meant to be left out.
    #[serde(default)]
    whole: bool,
    /// A column that grows with each change, or "xmin".
    #[serde(default)]
    changed: String,
    /// The channel on which a trigger notifies of each change.
    #[serde(default)]
    listen: String,
    /// The column whose value each notification carries, of which the record's id is made: only the
    /// rows that are named are read then, and all of them every so often.
    #[serde(default)]
    listen_key: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MysqlConfig {
    /// "mysql://reader@db.dinas.go.id/katalog": without the password.
    address: String,
    /// The file that holds the account's password.
    password_file: Option<PathBuf>,
    /// If not given: "off" for a server on this machine, else "verified".
    tls: Option<TlsConfig>,
    /// Certificates (PEM) of the authority that signed the server's.
    tls_ca: Option<PathBuf>,
    /// A table or a view, all of it.
    table: Option<String>,
    /// A query, instead of a table.
    query: Option<String>,
    /// Whatever the query or a view leaves out is meant to be left out.
    #[serde(default)]
    whole: bool,
    /// A column that grows with each change, or "checksum".
    #[serde(default)]
    changed: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SqliteConfig {
    /// The path of the database file.
    path: PathBuf,
    /// A table or a view, all of it.
    table: Option<String>,
    /// A query, instead of a table.
    query: Option<String>,
    /// Whatever the query leaves out is meant to be left out.
    #[serde(default)]
    whole: bool,
    /// Nobody writes the file while it is read.
    #[serde(default)]
    immutable: bool,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum TlsConfig {
    /// The server's certificate and name are checked.
    Verified,
    /// Encrypted, whoever answers.
    Encrypted,
    /// Plain text, on this machine.
    Off,
}

impl PostgresConfig {
    /// The source that it describes.
    ///
    /// # Errors
    /// Names the key that is wrong.
    pub(super) fn database(self, folder: &Path, places: &SettingPlaces<'_>) -> Result<Database> {
        let url = address(&self.address, &["postgres", "postgresql"], "host")?;
        let socket = url.query_pairs().find(|(name, _)| name == "host");
        let socket = socket.map(|(_, folder)| PathBuf::from(folder.as_ref()));
        let server = Server {
            tls: tls(self.tls, &url, socket.is_some()),
            tls_ca: self.tls_ca.map(|file| folder.join(file)),
            password: password(self.password_file, folder)?,
            ..server(&url, socket)?
        };
        let Self { changed, listen, listen_key, .. } = self;
        let noticed = Noticed { changed, listen, listen_key };
        if !noticed.listen_key.is_empty() && noticed.listen.is_empty() {
            let text = "no notification carries it: give the channel as listen = \"...\"";
            return Err(wrong("listen_key", text));
        }
        let ask = Ask { is_whole: self.whole, ..ask(self.table, self.query, places)? };
        if noticed.changed == "xmin" && !ask.is_table {
            return Err(wrong("changed", "a query has no xmin: name a table, or a column"));
        }
        if noticed.changed == "checksum" {
            return Err(wrong("changed", "checksum is MySQL's; give \"xmin\", or a column"));
        }
        Ok(Database { access: Access::Postgres(server), ask, noticed })
    }
}

impl MysqlConfig {
    /// The source that it describes.
    ///
    /// # Errors
    /// Names the key that is wrong.
    pub(super) fn database(self, folder: &Path, places: &SettingPlaces<'_>) -> Result<Database> {
        let url = address(&self.address, &["mysql", "mariadb"], "socket")?;
        if url.username().is_empty() {
            return Err(wrong(
                "address",
                "it names no account: give mysql://ACCOUNT@HOST/DATABASE",
            ));
        }
        let socket = url.query_pairs().find(|(name, _)| name == "socket");
        let socket = socket.map(|(_, file)| PathBuf::from(file.as_ref()));
        let server = Server {
            tls: tls(self.tls, &url, socket.is_some()),
            tls_ca: self.tls_ca.map(|file| folder.join(file)),
            password: password(self.password_file, folder)?,
            ..server(&url, socket)?
        };
        let noticed = Noticed { changed: self.changed, ..Noticed::default() };
        let ask = Ask { is_whole: self.whole, ..ask(self.table, self.query, places)? };
        if noticed.changed == "checksum" && !ask.is_table {
            let text = "a query has no checksum: name a table, or a column that grows";
            return Err(wrong("changed", text));
        }
        if noticed.changed == "xmin" {
            return Err(wrong("changed", "xmin is PostgreSQL's; give \"checksum\", or a column"));
        }
        Ok(Database { access: Access::Mysql(server), ask, noticed })
    }
}

impl SqliteConfig {
    /// The source that it describes.
    ///
    /// # Errors
    /// Names the key that is wrong.
    pub(super) fn database(self, folder: &Path, places: &SettingPlaces<'_>) -> Result<Database> {
        let Self { path, table, query, whole, immutable } = self;
        let access = Access::Sqlite { path: folder.join(path), immutable };
        let ask = Ask { is_whole: whole, ..ask(table, query, places)? };
        Ok(Database { access, ask, noticed: Noticed::default() })
    }
}

fn wrong(field: &str, text: impl Into<String>) -> Error {
    Error::field(format!("input.{field}"), FieldCode::Format, text.into())
}

/// An address that holds no secret; its one parameter names a local socket.
fn address(text: &str, schemes: &[&str], socket: &str) -> Result<Url> {
    let form = format!("give {}://ACCOUNT@HOST/DATABASE", schemes[0]);
    // Whatever is wrong with it, it is not repeated: it may hold a password.
    let url = Url::parse(text).map_err(|error| wrong("address", format!("{error}; {form}")))?;
    if !schemes.contains(&url.scheme()) {
        return Err(wrong("address", format!("it begins with {}: {form}", url.scheme())));
    }
    if url.password().is_some() {
        let text = "it holds a password, which would be shown wherever the address is: put it \
                    into a file, and name that as password_file";
        return Err(wrong("address", text));
    }
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| name != socket) {
        let text = format!("'{name}' is not set here; see tls, tls_ca and password_file");
        return Err(wrong("address", text));
    }
    Ok(url)
}

fn server(url: &Url, socket: Option<PathBuf>) -> Result<Server> {
    let plain = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        decoded.map(|text| text.into_owned()).map_err(|error| wrong("address", error.to_string()))
    };
    let database = plain(url.path().trim_start_matches('/'))?;
    if database.is_empty() {
        return Err(wrong("address", "it names no database: end it with /DATABASE"));
    }
    Ok(Server {
        host: url.host_str().unwrap_or("localhost").to_owned(),
        port: url.port(),
        socket,
        user: plain(url.username())?,
        password: None,
        database,
        tls: Tls::Off,
        tls_ca: None,
    })
}

/// A password that goes over a network goes encrypted, and only to the server that it is meant for.
fn tls(given: Option<TlsConfig>, url: &Url, is_socket: bool) -> Tls {
    let host = url.host_str().unwrap_or("localhost");
    let is_here = is_socket || ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match given {
        Some(TlsConfig::Verified) => Tls::Verified,
        Some(TlsConfig::Encrypted) => Tls::Encrypted,
        Some(TlsConfig::Off) => Tls::Off,
        None if is_here => Tls::Off,
        None => Tls::Verified,
    }
}

fn password(file: Option<PathBuf>, folder: &Path) -> Result<Option<Secret>> {
    let Some(file) = file.map(|file| folder.join(file)) else { return Ok(None) };
    let text = fs::read_to_string(&file).map_err(|error| {
        let text = format!("{} cannot be read: {error}", file.display());
        Error::field("input.password_file", FieldCode::Unreadable, text)
    })?;
    Ok(Some(Secret::of(&text)))
}

fn ask(table: Option<String>, query: Option<String>, places: &SettingPlaces<'_>) -> Result<Ask> {
    let (text, key, is_table) = match (table, query) {
        (Some(table), None) => (table, "table", true),
        (None, Some(query)) => (query, "query", false),
        _ => return Err(wrong("table", "give either table = \"...\" or query = \"...\"")),
    };
    if text.trim().is_empty() {
        return Err(Error::field(format!("input.{key}"), FieldCode::Required, "it is empty"));
    }
    Ok(Ask { text: Setting { text, place: places.of(key) }, is_table, is_whole: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Database> {
        let config: PostgresConfig = toml::from_str(toml).expect("a configuration");
        let places = SettingPlaces { file: Path::new("x.toml"), text: toml };
        config.database(Path::new("/etc/mpp"), &places)
    }

    #[test]
    fn a_database_elsewhere_is_talked_to_encrypted_and_its_certificate_checked() {
        let tls = |address: &str| {
            let toml = format!("address = '{address}'\ntable = 'layanan'");
            match read(&toml).expect("a source").access {
                Access::Postgres(server) => server.tls,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(tls("postgres://baca@db.dinas.test/katalog"), Tls::Verified);
        assert_eq!(tls("postgres://baca@127.0.0.1:5433/katalog"), Tls::Off);
        assert_eq!(tls("postgres:///katalog?host=/run/postgresql"), Tls::Off);
    }

    #[test]
    fn no_password_stands_in_an_address_or_in_what_is_shown() {
        let said = read("address = 'postgres://baca:RAHASIA@db.test/katalog'\ntable = 'a'");
        let said = said.expect_err("a password").to_string();
        assert!(said.contains("password_file") && !said.contains("RAHASIA"), "{said}");
        let said = read("address = 'postgres://baca:RAHASIA@db.test:x/katalog'\ntable = 'a'");
        assert!(!said.expect_err("no port").to_string().contains("RAHASIA"));
        let shown = format!("{:?}", Secret::of("RAHASIA\n"));
        assert!(!shown.contains("RAHASIA"), "{shown}");
    }

    #[test]
    fn a_table_or_a_query_is_asked_for_and_its_line_known() {
        let address = "address = 'postgres://baca@127.0.0.1/katalog'\n";
        assert!(read(address).is_err());
        assert!(read(&format!("{address}table = 'a'\nquery = 'SELECT 1'")).is_err());
        assert!(read(&format!("{address}table = ' '")).is_err());
        assert!(read("address = 'mysql://baca@127.0.0.1/katalog'\ntable = 'a'").is_err());
        assert!(read("address = 'postgres://baca@127.0.0.1/'\ntable = 'a'").is_err());
        assert!(read("address = 'postgres://a@127.0.0.1/x?sslmode=off'\ntable = 'a'").is_err());
    }

    #[test]
    fn mysql_is_reached_by_account_and_socket_and_its_changes_by_what_it_has() {
        let read = |address: &str, more: &str| {
            let toml = format!("address = '{address}'\ntable = 'layanan'\n{more}");
            let config: MysqlConfig = toml::from_str(&toml).expect("a configuration");
            config
                .database(Path::new("."), &SettingPlaces { file: Path::new("x.toml"), text: &toml })
        };
        let Access::Mysql(server) =
            read("mariadb://baca@localhost/k?socket=/run/my.sock", "").expect("a source").access
        else {
            panic!("another database")
        };
        assert_eq!((server.socket, server.tls), (Some("/run/my.sock".into()), Tls::Off));
        assert!(read("mysql://baca@db.test/k", "changed = 'checksum'").is_ok());
        for (address, more, said) in [
            ("mysql://db.test/k", "", "names no account"),
            ("mysql://baca:RAHASIA@db.test/k", "", "password_file"),
            ("mysql://baca@db.test/k?host=/run", "", "'host' is not set here"),
            ("mysql://baca@db.test/k", "changed = 'xmin'", "PostgreSQL's"),
        ] {
            let error = read(address, more).expect_err(address).to_string();
            assert!(error.contains(said) && !error.contains("RAHASIA"), "{error}");
        }
    }
}
