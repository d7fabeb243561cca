//! The signing key of a suite, and tokens for the people of its stories.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::program::{Said, command};

/// A caller: a role and the names that it holds.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The name that the feed tells as actor.
    pub subject: &'static str,
    /// The role, for `mpp token --role`.
    pub role: &'static str,
    /// The namespaces, for `mpp token --namespace`, joined by commas.
    pub namespaces: &'static str,
}

const fn who(subject: &'static str, role: &'static str, namespaces: &'static str) -> Who {
    Who { subject, role, namespaces }
}

/// The platform's own staff.
pub const ADMINISTRATOR: Who = who("users/administrator", "administrator", "");
/// An app that acts for citizens.
pub const APP: Who = who("users/app", "reader", "");
/// The agent beside the ministry's system.
pub const PUBLISHER: Who = who("users/agent", "publisher", "sources/kemendagri,units/kemendagri");
/// The mall's own system, which sends its hours.
pub const MALL_SYSTEM: Who = who("users/sistem-mal", "publisher", "sources/mal-banyuwangi");
/// The civil registration office of the regency.
pub const OFFICER: Who = who("users/disdukcapil", "unit-officer", "units/disdukcapil-banyuwangi");
/// The licensing office, which runs the mall.
pub const ORGANISER: Who =
    who("users/dpmptsp", "organiser", "units/dpmptsp-banyuwangi,malls/banyuwangi");
/// The officer at the counter.
pub const COUNTER: Who =
    who("users/loket", "counter-officer", "malls/banyuwangi/counters/dukcapil");
/// The auditor, who may read everything.
pub const AUDITOR: Who = who("users/auditor", "auditor", "");
/// Scheduling, as a follower.
pub const SCHEDULING: Who = who("services/scheduling", "service", "");
/// Reporting, as a follower.
pub const REPORTING: Who = who("services/reporting", "service", "");
/// The pages, which read as anybody may.
pub const WEB: Who = who("services/web", "reader", "");

const ALL: [Who; 11] = [
    ADMINISTRATOR,
    APP,
    PUBLISHER,
    MALL_SYSTEM,
    OFFICER,
    ORGANISER,
    COUNTER,
    AUDITOR,
    SCHEDULING,
    REPORTING,
    WEB,
];

/// A folder with a signing key, its public half, and a token for each.
#[derive(Debug)]
pub struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Makes the key and the tokens, as the handbook says.
    pub async fn make(home: &Path) -> Self {
        let keys = Self { folder: home.join("keys") };
        let mut make = command(home);
        make.args(["token", "--new-key"]).arg(&keys.folder);
        Said::by(make).await.succeeded();
        let applicants = format!("k1 {}\n", "5e".repeat(32));
        fs::write(keys.applicants(), applicants).expect("a file");
        for who in ALL {
            keys.issue(home, who.subject, who).await;
        }
        keys
    }

    /// Writes a token for `who` under another subject, and gives its file.
    pub async fn issue(&self, home: &Path, subject: &str, who: Who) -> PathBuf {
        let mut token = command(home);
        token
            .args(["token", "--role", who.role, "--subject", subject, "--key"])
            .arg(self.signing());
        if !who.namespaces.is_empty() {
            token.args(["--namespace", who.namespaces]);
        }
        let path = self.path_of(subject);
        fs::write(&path, Said::by(token).await.succeeded()).expect("a file");
        path
    }

    /// The file of somebody's token.
    pub fn token(&self, who: Who) -> PathBuf {
        self.path_of(who.subject)
    }

    /// The private key.
    pub fn signing(&self) -> PathBuf {
        self.folder.join("signing.pem")
    }

    /// The public keys, as servers read them.
    pub fn jwks(&self) -> PathBuf {
        self.folder.join("jwks.json")
    }

    /// The secret with which scheduling hashes applicants.
    pub fn applicants(&self) -> PathBuf {
        self.folder.join("applicants.keys")
    }

    fn path_of(&self, subject: &str) -> PathBuf {
        self.folder.join(format!("{}.jwt", subject.replace('/', "-")))
    }
}
