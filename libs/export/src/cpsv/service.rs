//! A service with all that belongs to it alone.

use mpp_api::{
    registry::{
        Service,
        service::{Channel, State, channel::Kind as Way},
    },
    types::{Fee, ServiceTime, fee::Kind, service_time::Unit},
    wording::{self, Language},
};
use oxrdf::{Literal, NamedNode, NamedNodeRef, vocab::xsd};

use super::{Names, concept, named};
use crate::{
    graph::Node,
    surroundings::Surroundings,
    vocabulary::{
        CHANNEL, COST, CURRENCY, DESCRIPTION, DOCUMENT, FOLLOWS, HAS_CHANNEL,
        HAS_COMPETENT_AUTHORITY, HAS_COST, HAS_LEGAL_RESOURCE, HAS_VALUE, HOLDS_REQUIREMENT,
        IF_ACCESSED_THROUGH, INDONESIAN, IS_PART_OF, KEYWORD, LANGUAGE, LEGAL_RESOURCE, NOTE,
        OUTPUT, PAGE, PREF_LABEL, PROCESSING_TIME, PRODUCES, PUBLIC_ORGANISATION, PUBLIC_SERVICE,
        REQUIREMENT, RULE, RUPIAH, STATUS, THEMATIC_AREA, TITLE, TYPE,
    },
};

/// The service, and its costs, requirements, products, laws and ways as things of their own.
pub fn service(names: &Names, service: &Service, around: &Surroundings) -> Vec<Node> {
    let node = named(names.record(&service.name), PUBLIC_SERVICE, &service.name);
    let mut writer = Writer { names, service, node, parts: Vec::new() };
    writer.what_it_is(around);
    writer.time();
    writer.costs();
    writer.requirements();
    writer.procedure();
    writer.products();
    writer.laws();
    writer.ways(around);
    let Writer { node, mut parts, .. } = writer;
    parts.insert(0, node);
    parts
}

struct Writer<'a> {
    names: &'a Names,
    service: &'a Service,
    node: Node,
    parts: Vec<Node>,
}

impl Writer<'_> {
    fn what_it_is(&mut self, around: &Surroundings) {
        let service = self.service;
        let title = service.title.clone().unwrap_or_default();
        self.node.text(TITLE, &title);
        match service.product.as_str() {
            "" => self.node.text(DESCRIPTION, &title),
            product => self.node.indonesian(DESCRIPTION, product),
        }
        self.node.link(LANGUAGE, INDONESIAN);
        self.node.link(IS_PART_OF, &self.names.dataset());
        for keyword in &service.keywords {
            self.node.indonesian(KEYWORD, keyword);
        }
        let unit = service.name.split("/services/").next().unwrap_or_default();
        let office = self.names.record(unit);
        self.node.link(HAS_COMPETENT_AUTHORITY, &office);
        if !around.units.contains_key(unit) {
            self.parts.push(unknown_office(office, unit));
        }
        if !service.category.is_empty() {
            let area = self.names.part(&format!("category-{}", service.category));
            self.node.link(THEMATIC_AREA, &area);
            self.parts.push(concept(area, "", &service.category));
        }
        let served = match service.state() {
            State::Inactive => "not-served",
            State::Active | State::Unspecified => "served",
        };
        self.node.link(STATUS, &self.names.part(served));
        for note in &service.notes {
            self.node.indonesian(NOTE, note);
        }
    }

    fn time(&mut self) {
        let Some(time) = &self.service.time else { return };
        if let Some(duration) = duration(time) {
            self.node.literal(PROCESSING_TIME, Literal::new_typed_literal(duration, xsd::DURATION));
        }
        let words = wording::plain_time(time, Language::Indonesian);
        self.node.indonesian(NOTE, &format!("Waktu penyelesaian: {words}"));
    }

    fn costs(&mut self) {
        for (number, fee) in (1..).zip(&self.service.fees) {
            let cost = self.part("cost", number, COST, HAS_COST);
            self.parts.push(priced(cost, fee));
        }
    }

    fn requirements(&mut self) {
        for (number, requirement) in (1..).zip(&self.service.requirements) {
            let mut node = self.part("requirement", number, REQUIREMENT, HOLDS_REQUIREMENT);
            node.indonesian(TITLE, &requirement.text);
            if !requirement.condition.is_empty() {
                node.indonesian(DESCRIPTION, &requirement.condition);
            }
            self.parts.push(node);
        }
    }

    fn procedure(&mut self) {
        if self.service.procedure.is_empty() {
            return;
        }
        let mut rule = self.part("procedure", 1, RULE, FOLLOWS);
        rule.indonesian(TITLE, "Sistem, mekanisme, dan prosedur");
        let steps = (1..).zip(&self.service.procedure);
        let lines: Vec<String> = steps.map(|(number, step)| format!("{number}. {step}")).collect();
        rule.indonesian(DESCRIPTION, &lines.join("\n"));
        self.parts.push(rule);
    }

    fn products(&mut self) {
        let product = Some(&self.service.product).filter(|product| !product.is_empty());
        let all = product.into_iter().chain(&self.service.produced_documents);
        for (number, product) in (1..).zip(all) {
            let mut output = self.part("output", number, OUTPUT, PRODUCES);
            output.indonesian(TITLE, product);
            self.parts.push(output);
        }
    }

    fn laws(&mut self) {
        for (number, law) in (1..).zip(&self.service.legal_basis) {
            let mut node = self.part("law", number, LEGAL_RESOURCE, HAS_LEGAL_RESOURCE);
            node.indonesian(PREF_LABEL, law);
            self.parts.push(node);
        }
    }

    /// The counters that offer it, with the fees that hold only there, and the ways that its owner
    /// names.
    fn ways(&mut self, around: &Surroundings) {
        let mut number = self.service.fees.len();
        for (counter, fees) in around.counters_of(&self.service.name) {
            let counter = self.names.record(&counter.name);
            self.node.link(HAS_CHANNEL, &counter);
            for fee in fees {
                number += 1;
                let mut cost = self.part("cost", number, COST, HAS_COST);
                cost.link(IF_ACCESSED_THROUGH, &counter);
                self.parts.push(priced(cost, fee));
            }
        }
        for (number, way) in (1..).zip(&self.service.channels) {
            let mut node = self.part("channel", number, CHANNEL, HAS_CHANNEL);
            if let Some(kind) = kind(way) {
                node.link(TYPE, &self.names.part(kind));
            }
            node.indonesian(DESCRIPTION, &way.note);
            if let Ok(address) = NamedNode::new(&way.uri) {
                node.link(PAGE, &address);
                self.parts.push(Node::new(address, DOCUMENT));
            }
            self.parts.push(node);
        }
    }

    /// A thing that the service alone has, already linked to it.
    fn part(
        &mut self,
        word: &str,
        number: usize,
        class: NamedNodeRef<'_>,
        by: NamedNodeRef<'_>,
    ) -> Node {
        let iri = self.names.of(&self.service.name, word, number);
        self.node.link(by, &iri);
        named(iri, class, &format!("{}#{word}-{number}", self.service.name))
    }
}

/// A cost in words, and its sum where one was surely read.
fn priced(mut cost: Node, fee: &Fee) -> Node {
    cost.indonesian(DESCRIPTION, &wording::plain(&wording::fee(fee, Language::Indonesian)));
    if let Some(rupiah) = sum(fee) {
        cost.literal(HAS_VALUE, Literal::new_typed_literal(rupiah.to_string(), xsd::DOUBLE));
        cost.link(CURRENCY, RUPIAH);
    }
    cost
}

/// The office of a service whose office is not there: where it works is not known.
fn unknown_office(iri: NamedNode, unit: &str) -> Node {
    let mut node = named(iri, PUBLIC_ORGANISATION, unit);
    node.indonesian(PREF_LABEL, unit);
    node
}

/// True for a time that was surely read, for all of it and everybody: no estimate, no cases.
pub fn is_one_time(time: &ServiceTime) -> bool {
    let read =
        matches!(time.unit(), Unit::Minutes | Unit::Hours | Unit::WorkingDays | Unit::CalendarDays);
    read && !time.approximate && time.per.is_empty() && time.value > 0
}

/// `xsd:duration` where the time is one fixed length: the longest of a range is no length, and a
/// working day is no fixed number of hours.
fn duration(time: &ServiceTime) -> Option<String> {
    let fixed = is_one_time(time) && time.min_value == 0 && !time.at_most;
    let value = fixed.then_some(time.value)?;
    match time.unit() {
        Unit::Minutes => Some(format!("PT{value}M")),
        Unit::Hours => Some(format!("PT{value}H")),
        Unit::CalendarDays => Some(format!("P{value}D")),
        _ => None,
    }
}

/// The sum where one was surely read, for the whole and for everybody.
pub fn sum(fee: &Fee) -> Option<i64> {
    let plain = fee.unit.is_empty() && fee.condition.is_empty() && !fee.approximate;
    match fee.kind() {
        Kind::Free => Some(0),
        Kind::Fixed if plain => Some(fee.amount_rupiah),
        _ => None,
    }
}

fn kind(way: &Channel) -> Option<&'static str> {
    match way.kind() {
        Way::Counter => Some("counter"),
        Way::Online => Some("online"),
        Way::Mobile => Some("mobile"),
        Way::Post => Some("post"),
        Way::Telephone => Some("telephone"),
        Way::Unspecified => None,
    }
}
