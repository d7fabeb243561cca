//! A database's address and account, and how messages show them: without account and password.

use std::{fmt, path::PathBuf};

use super::limit::Dialect;

/// A password. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The password in a file's text, without the line's end.
    pub fn of(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The password as text, for the connection only.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(a password)")
    }
}

/// How far a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// The server's certificate is checked, also against its name.
    Verified,
    /// The connection is encrypted, whoever answers.
    Encrypted,
    /// The connection is not encrypted.
    Off,
}

/// A database server's address and account.
#[derive(Clone, Debug)]
pub struct Server {
    /// The host's name; not used with a `socket`.
    pub host: String,
    /// The port; `None`: the usual one.
    pub port: Option<u16>,
    /// The folder (PostgreSQL) or the file (MySQL) of its local socket.
    pub socket: Option<PathBuf>,
    /// The account; empty: the one that the program runs under.
    pub user: String,
    /// The account's password.
    pub password: Option<Secret>,
    /// The name of the database.
    pub database: String,
    /// How far the connection is encrypted.
    pub tls: Tls,
    /// Certificates (PEM) of the authority that has to have signed the server's; `None`: the public
    /// ones.
    pub tls_ca: Option<PathBuf>,
}

/// One of the databases.
#[derive(Clone, Debug)]
pub enum Access {
    /// A PostgreSQL server.
    Postgres(Server),
    /// MySQL or MariaDB.
    Mysql(Server),
    /// An SQLite file.
    Sqlite {
        /// The path of the file.
        path: PathBuf,
        /// Nobody writes it meanwhile, so it is read without a lock, even from a folder that cannot
        /// be written to.
        immutable: bool,
    },
}

impl Access {
    /// Its address, for messages: without account and password.
    pub fn place(&self) -> String {
        match self {
            Self::Postgres(server) => server.place("postgres"),
            Self::Mysql(server) => server.place("mysql"),
            Self::Sqlite { path, .. } => path.display().to_string(),
        }
    }

    /// How its statements are written.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Mysql(_) => Dialect::Mysql,
            Self::Postgres(_) | Self::Sqlite { .. } => Dialect::Standard,
        }
    }
}

impl Server {
    fn place(&self, scheme: &str) -> String {
        let Self { host, database, .. } = self;
        match (&self.socket, self.port) {
            (Some(socket), _) => format!("{scheme}://{}/{database}", socket.display()),
            (None, Some(port)) => format!("{scheme}://{host}:{port}/{database}"),
            (None, None) => format!("{scheme}://{host}/{database}"),
        }
    }
}
