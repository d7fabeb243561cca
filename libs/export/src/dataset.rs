//! The data set as statements: what it is, its services, and the offices and places that these
//! name.

use std::{collections::BTreeSet, io::Write};

use jiff::Timestamp;
use mpp_api::{registry::Service, types::LocalizedText};
use mpp_core::{Error, FieldCode, Result};
use oxrdf::{Literal, NamedNode, vocab::xsd};

use crate::{
    cpsv::{self, Names},
    graph::{Graph, Node, Notation},
    surroundings::Surroundings,
    vocabulary::{
        ACCESS_URL, AGENT, CONFORMS_TO, CPSV_AP, DATASET, DESCRIPTION, DISTRIBUTION, DOCUMENT,
        DOWNLOAD_URL, GOVERNMENT, HAS_DISTRIBUTION, HAS_MEDIA_TYPE, IDENTIFIER, INDONESIA,
        INDONESIAN, LANDING_PAGE, LANGUAGE, LINGUISTIC_SYSTEM, LOCATION, MEDIA_TYPE, MODIFIED,
        PUBLISHER, REQUIRES, SPATIAL, THEME, TITLE,
    },
};

/// Who publishes the data set, and where.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Where records are found by their names: "https://index.example/v1/".
    pub base: String,
    /// The unit whose services it holds, with those of the units below it; "units/-": all.
    pub unit: String,
    /// The unit that publishes it; empty: whoever answers at `base`.
    pub publisher: String,
    /// The address of the pages; empty: none is known.
    pub landing_page: String,
    /// The files that it is given out as; empty: none are known.
    pub downloads: Vec<Download>,
    /// Its records are known to be made up, which it says of itself.
    pub sample: bool,
}

/// A file that the data set is given out as.
#[derive(Clone, Debug)]
pub struct Download {
    /// Where anybody gets it.
    pub address: String,
    /// "text/turtle".
    pub media_type: &'static str,
    /// What it holds and how, in both languages.
    pub title: LocalizedText,
}

impl Dataset {
    /// That its addresses are some, before anything is read.
    ///
    /// # Errors
    /// An address that is none (`base`, `landing_page`).
    pub fn check(&self) -> Result<()> {
        Names::new(&self.base, &self.unit)?;
        if !self.landing_page.is_empty() {
            address("landing_page", &self.landing_page)?;
        }
        for download in &self.downloads {
            address("downloads", &download.address)?;
        }
        Ok(())
    }
}

/// A data set that is being written as linked data.
pub struct Linked<W: Write> {
    graph: Graph<W>,
    names: Names,
    about: Dataset,
    newest: Timestamp,
    /// Written so far, by name.
    services: BTreeSet<String>,
    /// Who asks for the product of which other service.
    asked: Vec<(String, String)>,
}

impl<W: Write> Linked<W> {
    /// Opens the document and writes what services refer to.
    ///
    /// # Errors
    /// An address that is none (`base`), a unit that is not there (`unit`, `publisher`); the
    /// writer's.
    pub fn begin(
        notation: Notation,
        about: Dataset,
        around: &Surroundings,
        out: W,
    ) -> Result<Self> {
        let names = Names::new(&about.base, &about.unit)?;
        check_unit("unit", if names.is_whole() { "" } else { &about.unit }, around)?;
        check_unit("publisher", &about.publisher, around)?;
        let graph = Graph::begin(notation, out)?;
        let mut linked = Self {
            graph,
            names,
            about,
            newest: Timestamp::MIN,
            services: BTreeSet::new(),
            asked: Vec::new(),
        };
        for node in cpsv::surroundings(&linked.names, around) {
            linked.graph.write(&node).map_err(unwritable)?;
        }
        Ok(linked)
    }

    /// Writes a service with all that belongs to it alone.
    ///
    /// # Errors
    /// The writer's.
    pub fn service(&mut self, service: &Service, around: &Surroundings) -> Result<()> {
        let changed = service.update_time.as_ref().and_then(cpsv::timestamp);
        self.newest = self.newest.max(changed.unwrap_or(Timestamp::MIN));
        for requirement in &service.requirements {
            if !requirement.satisfied_by.is_empty() {
                self.asked.push((service.name.clone(), requirement.satisfied_by.clone()));
            }
        }
        self.services.insert(service.name.clone());
        for node in cpsv::service(&self.names, service, around) {
            self.write(&node)?;
        }
        Ok(())
    }

    /// Writes what the data set is and closes the document.
    ///
    /// # Errors
    /// An address that is none (`landing_page`); the writer's.
    pub fn end(mut self, around: &Surroundings) -> Result<W> {
        for node in self.links() {
            self.write(&node)?;
        }
        for node in self.description(around)? {
            self.write(&node)?;
        }
        self.graph.end().map_err(unwritable)
    }

    fn write(&mut self, node: &Node) -> Result<()> {
        self.graph.write(node).map_err(unwritable)
    }

    /// What services ask of each other, as far as both are in the data set.
    fn links(&mut self) -> Vec<Node> {
        let asked: BTreeSet<(String, String)> = self.asked.drain(..).collect();
        let both = asked.iter().filter(|(_, other)| self.services.contains(other));
        let link = |(service, other): &(String, String)| {
            let mut node = Node::more(self.names.record(service));
            node.link(REQUIRES, &self.names.record(other));
            node
        };
        both.map(link).collect()
    }

    fn description(&self, around: &Surroundings) -> Result<Vec<Node>> {
        let mut nodes = Vec::new();
        let mut dataset = Node::new(self.names.dataset(), DATASET);
        dataset.text(TITLE, &self.title(around));
        let note = |note: &str, about: &str| {
            if self.about.sample { format!("{note} {about}") } else { about.to_owned() }
        };
        let (id, en) = (note(SAMPLE_ID, ABOUT_ID), note(SAMPLE_EN, ABOUT_EN));
        dataset.text(DESCRIPTION, &cpsv::localized(&id, &en));
        dataset.link(CONFORMS_TO, CPSV_AP);
        dataset.link(SPATIAL, INDONESIA);
        dataset.link(LANGUAGE, INDONESIAN);
        dataset.link(THEME, GOVERNMENT);
        if self.newest > Timestamp::MIN {
            let newest = Literal::new_typed_literal(self.newest.to_string(), xsd::DATE_TIME);
            dataset.literal(MODIFIED, newest);
        }
        let publisher = self.publisher(around);
        dataset.link(PUBLISHER, publisher.iri());
        nodes.push(publisher);
        if !self.about.landing_page.is_empty() {
            let page = Node::new(address("landing_page", &self.about.landing_page)?, DOCUMENT);
            dataset.link(LANDING_PAGE, page.iri());
            nodes.push(page);
        }
        let mut media_types = BTreeSet::new();
        for (number, download) in self.about.downloads.iter().enumerate() {
            let name = self.names.part(&format!("download-{}", number + 1));
            dataset.link(HAS_DISTRIBUTION, &name);
            nodes.push(distribution(name, download)?);
            media_types.insert(download.media_type);
        }
        nodes.extend(media_types.into_iter().map(|kind| Node::new(media_type(kind), MEDIA_TYPE)));
        nodes.push(dataset);
        nodes.push(Node::new(INDONESIA.into_owned(), LOCATION));
        nodes.push(Node::new(INDONESIAN.into_owned(), LINGUISTIC_SYSTEM));
        Ok(nodes)
    }

    /// That of a part names whose it is.
    fn title(&self, around: &Surroundings) -> LocalizedText {
        if self.names.is_whole() {
            return cpsv::localized(TITLE_ID, TITLE_EN);
        }
        let unit = around.unit_name(&self.about.unit);
        let english = if unit.en.is_empty() { &unit.id } else { &unit.en };
        let (id, en) = (format!("{TITLE_ID}: {}", unit.id), format!("{TITLE_EN}: {english}"));
        LocalizedText { id, en }
    }

    fn publisher(&self, around: &Surroundings) -> Node {
        if self.about.publisher.is_empty() {
            let mut agent = Node::new(self.names.part("publisher"), AGENT);
            agent.literal(IDENTIFIER, Literal::new_simple_literal(self.names.base()));
            agent.indonesian(TITLE, &format!("Registri di {}", self.names.base()));
            return agent;
        }
        let mut agent = Node::new(self.names.record(&self.about.publisher), AGENT);
        agent.literal(IDENTIFIER, Literal::new_simple_literal(&self.about.publisher));
        agent.text(TITLE, &around.unit_name(&self.about.publisher));
        agent
    }
}

const TITLE_ID: &str = "Katalog layanan Mal Pelayanan Publik";
const TITLE_EN: &str = "Services of Indonesia's public service malls";
const SAMPLE_ID: &str = "Data contoh: rekaan untuk peragaan, bukan keadaan sebenarnya.";
const SAMPLE_EN: &str = "Sample data: made up for a demonstration, not the real state.";
const ABOUT_ID: &str = "Layanan yang diterbitkan kementerian, lembaga, dan pemerintah daerah dalam \
indeks bersama Mal Pelayanan Publik: persyaratan, waktu, biaya, produk, dasar hukum, dan tempat \
layanan itu ditawarkan.";
const ABOUT_EN: &str = "Services that ministries, agencies and local governments publish in the \
shared index of public service malls: requirements, time, fees, product, legal basis and the places \
that offer them.";

/// A file of the data set.
fn distribution(name: NamedNode, download: &Download) -> Result<Node> {
    let file = address("downloads", &download.address)?;
    let mut node = Node::new(name, DISTRIBUTION);
    node.text(TITLE, &download.title);
    node.link(ACCESS_URL, &file);
    node.link(DOWNLOAD_URL, &file);
    node.link(HAS_MEDIA_TYPE, &media_type(download.media_type));
    Ok(node)
}

/// As IANA has registered it.
fn media_type(kind: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("https://www.iana.org/assignments/media-types/{kind}"))
}

/// A unit that is named is there: an address is made of its name, and a title of its own.
fn check_unit(field: &str, unit: &str, around: &Surroundings) -> Result<()> {
    if unit.is_empty() || around.units.contains_key(unit) {
        return Ok(());
    }
    let text = format!("there is no unit '{unit}'; `mpp list units` shows all");
    Err(Error::field(field, FieldCode::UnknownValue, text))
}

/// An address as others link to it.
fn address(field: &str, text: &str) -> Result<NamedNode> {
    let wrong = |error| {
        let text = format!("'{text}' is no address ({error}); write it whole: https://…");
        Error::field(field, FieldCode::Format, text)
    };
    NamedNode::new(text).map_err(wrong)
}

pub(crate) fn unwritable(error: std::io::Error) -> Error {
    Error::field("file", FieldCode::Unwritable, format!("the export cannot be written: {error}"))
}
