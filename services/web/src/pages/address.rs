//! Addresses: which page a path names, and in which language.

use super::Listing;
use crate::words::Lang;

/// An address, without its language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// The page of the whole nation, where visitors arrive.
    Nation,
    /// A province, regency or city, by its code.
    Region(String),
    /// A mall, by its id.
    Mall(String),
    /// The display in a mall's hall.
    Hall(String),
    /// A number of today's queue: the mall's id, and the number.
    Ticket(String, String),
    /// All services of a mall from A to Z.
    Services(String),
    /// A citizen's question over all services.
    Search,
    /// A service: its unit's id, and its own.
    Service(String, String),
    /// All standard services.
    Standards,
    /// A standard service, by its id.
    Standard(String),
    /// Fields that curators have set over the sources of services.
    Overrides,
    /// All life events.
    LifeEvents,
    /// A life event, by its id.
    LifeEvent(String),
    /// A source of a catalog, by its id.
    Source(String),
    /// A whole table.
    Table(Listing),
    /// A catalog from a workbook.
    Upload,
    /// The catalog as files.
    Data,
    /// The API: all services, or one by its name.
    Docs(Option<String>),
}

/// How the document looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The whole page, with menu and footer.
    Page,
    /// One column, one number.
    Ticket,
    /// Read from 8 m.
    Hall,
}

impl Style {
    /// The body's class.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Style::Page => None,
            Style::Ticket => Some("ticket"),
            Style::Hall => Some("hall"),
        }
    }
}

/// An entry of the main menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The whole nation.
    Nation,
    /// Services, by a question.
    Services,
    /// Regencies and cities.
    Regions,
    /// Malls, in a table.
    Malls,
    /// Sources of catalogs.
    Sources,
}

impl Address {
    /// Language and page of a path; `None` if it names no page of ours.
    pub fn parse(path: &str) -> Option<(Lang, Self)> {
        let (lang, path) = match path.strip_prefix(Lang::En.prefix()) {
            Some("") => (Lang::En, "/"),
            Some(rest) if rest.starts_with('/') => (Lang::En, rest),
            _ => (Lang::Id, path),
        };
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if parts.iter().any(|part| !is_plain(part)) {
            return (path == "/").then_some((lang, Self::Nation));
        }
        let owned = |text: &str| text.to_owned();
        let page = match parts[..] {
            ["regions", code] => Self::Region(owned(code)),
            ["malls", id] => Self::Mall(owned(id)),
            ["malls", id, "layar"] => Self::Hall(owned(id)),
            ["malls", id, "layanan"] => Self::Services(owned(id)),
            ["malls", id, "tiket", number] => Self::Ticket(owned(id), owned(number)),
            ["units", unit, "services", id] => Self::Service(owned(unit), owned(id)),
            ["standards"] => Self::Standards,
            ["standards", id] => Self::Standard(owned(id)),
            ["overrides"] => Self::Overrides,
            ["lifeEvents"] => Self::LifeEvents,
            ["lifeEvents", id] => Self::LifeEvent(owned(id)),
            ["sources", id] => Self::Source(owned(id)),
            ["layanan" | "services"] => Self::Search,
            ["unggah"] => Self::Upload,
            ["data"] => Self::Data,
            ["docs"] => Self::Docs(None),
            ["docs", service] => Self::Docs(Some(owned(service))),
            [table] => Self::Table(Listing::parse(table)?),
            _ => return None,
        };
        Some((lang, page))
    }

    /// Its path, without the language.
    pub fn path(&self) -> String {
        match self {
            Self::Nation => "/".to_owned(),
            Self::Region(code) => format!("/regions/{code}"),
            Self::Mall(id) => format!("/malls/{id}"),
            Self::Hall(id) => format!("/malls/{id}/layar"),
            Self::Services(id) => format!("/malls/{id}/layanan"),
            Self::Search => "/layanan".to_owned(),
            Self::Service(unit, id) => format!("/units/{unit}/services/{id}"),
            Self::Standards => "/standards".to_owned(),
            Self::Standard(id) => format!("/standards/{id}"),
            Self::Overrides => "/overrides".to_owned(),
            Self::LifeEvents => "/lifeEvents".to_owned(),
            Self::LifeEvent(id) => format!("/lifeEvents/{id}"),
            Self::Ticket(id, number) => format!("/malls/{id}/tiket/{number}"),
            Self::Source(id) => format!("/sources/{id}"),
            Self::Table(listing) => format!("/{}", listing.path()),
            Self::Upload => "/unggah".to_owned(),
            Self::Data => "/data".to_owned(),
            Self::Docs(None) => "/docs".to_owned(),
            Self::Docs(Some(service)) => format!("/docs/{service}"),
        }
    }

    /// How its document looks.
    pub fn style(&self) -> Style {
        match self {
            Self::Hall(_) => Style::Hall,
            Self::Ticket(..) => Style::Ticket,
            _ => Style::Page,
        }
    }

    /// False for pages that do not change while they are read: whole tables, services, answers,
    /// the API.
    pub fn is_live(&self) -> bool {
        matches!(
            self,
            Self::Nation | Self::Region(_) | Self::Mall(_) | Self::Hall(_) | Self::Ticket(..)
        )
    }

    /// Its entry of the main menu.
    pub fn menu(&self) -> Option<Menu> {
        match self {
            Self::Nation => Some(Menu::Nation),
            Self::Region(_) | Self::Table(Listing::Regions) => Some(Menu::Regions),
            Self::Mall(_) | Self::Services(_) | Self::Table(Listing::Malls) => Some(Menu::Malls),
            Self::Source(_) | Self::Upload | Self::Overrides | Self::Table(Listing::Sources) => {
                Some(Menu::Sources)
            }
            Self::Search
            | Self::Service(..)
            | Self::Standards
            | Self::Standard(_)
            | Self::LifeEvents
            | Self::LifeEvent(_) => Some(Menu::Services),
            Self::Table(_) | Self::Hall(_) | Self::Ticket(..) | Self::Docs(_) | Self::Data => None,
        }
    }
}

/// True if the text has only characters of ids, codes and numbers; nothing else gets into a
/// resource name.
fn is_plain(part: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    !part.is_empty() && part.len() <= 80 && part != ".." && part != "." && part.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for path in [
            "/",
            "/regions/35",
            "/regions/35.10",
            "/malls/banyuwangi",
            "/malls/banyuwangi/layar",
            "/malls/banyuwangi/layanan",
            "/malls/banyuwangi/tiket/A-017",
            "/layanan",
            "/units/kemendagri/services/ktp-el-baru",
            "/standards",
            "/standards/ktp-el-baru",
            "/overrides",
            "/lifeEvents",
            "/lifeEvents/kelahiran",
            "/regions",
            "/malls",
            "/hours",
            "/changes",
            "/sources",
            "/sources/kemendagri",
            "/unggah",
            "/data",
            "/docs",
            "/docs/SearchService",
        ] {
            let (lang, address) = Address::parse(path).expect(path);
            assert_eq!((lang, address.path().as_str()), (Lang::Id, path));
            let english = if path == "/" { "/en".to_owned() } else { format!("/en{path}") };
            assert_eq!(Address::parse(&english), Some((Lang::En, address)));
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for path in [
            "",
            "/en2",
            "/malls/",
            "/malls/..",
            "/malls/a%2fb",
            "/malls/a/b",
            "/regions/<b>",
            "/wp-login.php",
            "//",
            "/malls/a/tiket",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
