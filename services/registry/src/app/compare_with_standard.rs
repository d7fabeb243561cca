//! What the standard of a service says beside what the service says, component by component.

use jiff::civil::Date;
use mpp_api::Document as _;
use mpp_api::registry::{
    CompareWithStandardRequest, Service, Standard, StandardComparison, StandardLink,
    standard_comparison::{Line, line::Standing},
    standard_link::Explanation,
};
use mpp_core::{Error, Reason, Result, check_name};
use mpp_form::{
    announced::{holds, text_on},
    standard::as_service,
};

use super::{Registry, progress::announced, standards::is_confirmed, standing::state_word};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, ComparedPart, PARTS, is_explained},
    },
    model::{
        adoption::{Adoption, ComponentStanding, adoption, explanation, standing},
        divergence::{Openness, Saying},
    },
};

/// A service and its standard, each with its etag, and the link between.
pub struct Pair {
    pub service: (Service, String),
    pub standard: (Standard, String),
    pub link: StandardLink,
}

/// The text of a standard that is asked for: the one that holds, or the announced one.
pub struct Text {
    pub standard: Standard,
    pub is_announced: bool,
    pub today: Date,
}

impl Text {
    /// Whether it holds, or is asked for ahead.
    pub fn counts(&self) -> bool {
        self.is_announced || holds(&self.standard, &self.today.to_string())
    }
}

impl Registry {
    /// What its standard says of a service, and what the service says.
    ///
    /// # Errors
    /// `NOT_FOUND`; `WRONG_STATE` where the service is of no standard, or none is announced;
    /// `UNAVAILABLE` if this replica is behind.
    pub async fn compare_with_standard(
        &self,
        caller: &str,
        asked: &CompareWithStandardRequest,
    ) -> Result<StandardComparison> {
        check_name(&asked.name, Service::COLLECTIONS, "name")?;
        self.memory.wait_for(asked.min_revision).await?;
        let today = self.today()?;
        let pair = pair(&self.memory.read(), &asked.name)?;
        let text = pair.text(asked.announced, today)?;
        self.comparing.run(caller, move |_| pair.comparison(&text)).await
    }
}

impl Pair {
    /// The text that is asked for.
    ///
    /// # Errors
    /// `WRONG_STATE` where none is announced.
    pub fn text(&self, is_announced: bool, today: Date) -> Result<Text> {
        let (standard, _) = &self.standard;
        let day = today.to_string();
        if is_announced && holds(standard, &day) {
            let text = format!("no text of {} is announced; the one it has holds", standard.name);
            return Err(Error::new(Reason::WrongState, text));
        }
        let standard = if is_announced { standard.clone() } else { text_on(standard, &day) };
        Ok(Text { standard, is_announced, today })
    }

    /// The etag of a text of the standard: the one that holds changes at midnight without a write.
    pub fn etag_of(&self, text: &Text) -> String {
        let (standard, etag) = &self.standard;
        match (text.is_announced, holds(standard, &text.today.to_string())) {
            (true, _) => format!("{etag}.announced"),
            (false, true) => etag.clone(),
            (false, false) => format!("{etag}.before"),
        }
    }

    /// How the service stands to a text of its standard.
    pub fn comparison(&self, text: &Text) -> StandardComparison {
        let (service, service_etag) = &self.service;
        let (announced_from, announced_version) = announced(&self.standard.0, text.today);
        let lines = self.lines(text, !announced_from.is_empty());
        let stands: Vec<(ComponentStanding, bool)> =
            lines.iter().map(|(_, stands)| *stands).collect();
        let state = if text.counts() { adoption(&stands) } else { Adoption::Unknown };
        let own = &text.standard;
        let is_now = holds(own, &text.today.to_string());
        StandardComparison {
            service: service.name.clone(),
            standard: own.name.clone(),
            version: own.version.clone(),
            holds_from: if is_now { String::new() } else { own.valid_from.clone() },
            example: own.example,
            state: state_word(state).into(),
            lines: lines.into_iter().map(|(line, _)| line).collect(),
            service_etag: service_etag.clone(),
            standard_etag: self.etag_of(text),
            link: self.link.name.clone(),
            adopted_version: self.link.adopted_version.clone(),
            adopt_time: self.link.adopt_time,
            announced_from,
            announced_version,
        }
    }

    /// Each component; how it stands, and whether that is explained.
    fn lines(&self, text: &Text, announces: bool) -> Vec<(Line, (ComponentStanding, bool))> {
        let (said, day) = (as_service(&text.standard), text.today.to_string());
        let ahead = (announces && !text.is_announced).then(|| as_service(&self.standard.0));
        // What an owner has explained of the text that holds stands until they take the new one.
        let held = text.is_announced.then(|| text_on(&self.standard.0, &day));
        let line = |part: ComparedPart| {
            let of = |standard| explanation(&self.link, part.component(), standard, &day);
            let why = of(&text.standard).or_else(|| held.as_ref().and_then(of));
            line(part, (&said, ahead.as_ref(), &self.service.0), why)
        };
        PARTS.into_iter().map(line).collect()
    }
}

/// The link by which a service is of a standard.
pub fn link_of(state: &RegistryView, service: &str) -> Result<String> {
    if state.records.row::<Service>(service).is_none() {
        return Err(Error::not_found(service));
    }
    let found = state.links_of(service).find(|(_, row)| is_confirmed(row));
    found.map(|(name, _)| name.to_string()).ok_or_else(|| of_none(service))
}

pub fn of_none(service: &str) -> Error {
    let text = format!(
        "nobody has confirmed of which standard {service} is; `mpp suggest {service}` shows some, \
         `mpp link` confirms one"
    );
    Error::new(Reason::WrongState, text)
}

pub fn pair(state: &RegistryView, name: &str) -> Result<Pair> {
    let service = state.records.get::<Service>(name).ok_or_else(|| Error::not_found(name))?;
    let link = link_of(state, name)?;
    let link = state.records.get::<StandardLink>(&link).ok_or_else(|| Error::not_found(name))?.doc;
    let standard = state.records.get::<Standard>(&link.standard);
    let standard = standard.ok_or_else(|| Error::not_found(name))?;
    let (service_etag, standard_etag) = (service.etag(), standard.etag());
    Ok(Pair { service: (service.doc, service_etag), standard: (standard.doc, standard_etag), link })
}

/// A component of the comparison; how it stands, and whether that is explained.
fn line(
    part: ComparedPart,
    (standard, announced, service): (&Service, Option<&Service>, &Service),
    explanation: Option<&Explanation>,
) -> (Line, (ComponentStanding, bool)) {
    let (own, said) = (sayings::of(standard, part), sayings::of(service, part));
    let stands = standing(&own, &said);
    let ahead = stands.differs()
        && announced.is_some_and(|text| standing(&sayings::of(text, part), &said).follows());
    let (now, earlier) = match explanation {
        Some(one) if is_explained(one, part, &said) => (Some(one), None),
        earlier => (None, earlier),
    };
    let texts = |saying: &Saying| saying.lines.iter().map(|line| line.text.clone()).collect();
    let compares = part == ComparedPart::Requirements && stands.differs();
    let lines = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let beyond = |of: &Saying, other| {
        if compares { lines(of.beyond(other)) } else { Vec::new() }
    };
    let line = Line {
        component: part.component().into(),
        standing: word(stands).into(),
        standard_texts: texts(&own),
        service_texts: texts(&said),
        read: own.meaning.is_some() && said.meaning.is_some(),
        field: if changes(stands, &own) { part.field().to_owned() } else { String::new() },
        missing: beyond(&own, &said),
        extra: beyond(&said, &own),
        explanation: now.cloned(),
        earlier_explanation: earlier.cloned(),
        ahead,
    };
    (line, (stands, now.is_some() || ahead))
}

/// Whether adopting writes a component. A standard that leaves a part open takes nothing away of
/// what the owner says of that part.
fn changes(stands: ComponentStanding, standard: &Saying) -> bool {
    match stands {
        ComponentStanding::Differs
        | ComponentStanding::DiffersInWords
        | ComponentStanding::Unstated => true,
        ComponentStanding::Unclear => standard.openness == Openness::No,
        ComponentStanding::Same | ComponentStanding::Within | ComponentStanding::Left => false,
    }
}

fn word(stands: ComponentStanding) -> Standing {
    match stands {
        ComponentStanding::Same => Standing::Same,
        ComponentStanding::Within => Standing::Within,
        ComponentStanding::Differs | ComponentStanding::DiffersInWords => Standing::Differs,
        ComponentStanding::Unstated | ComponentStanding::Unclear => Standing::Unstated,
        ComponentStanding::Left => Standing::Left,
    }
}
