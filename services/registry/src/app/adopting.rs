//! What the standard of a service says beside what the service says, and how a service adopts it:
//! a write of the service by its own rules, and of the link, which keeps what was adopted.

use std::collections::BTreeSet;

use mpp_api::{
    registry::{
        AdoptStandardRequest, AdoptStandardResponse, CompareWithStandardRequest, Service, Standard,
        StandardComparison, StandardLink,
        divergence::Component,
        standard_comparison::{Line, line::Standing},
        standard_link::{Explanation, State},
    },
    time::to_timestamp,
};
use mpp_core::{Error, FieldCode, Reason, Result, check_name};
use mpp_form::standard::as_service;
use mpp_resource::{
    Call, Kind as _, Serves,
    command::{self, Done},
    write,
};
use mpp_store::Tx;

use super::{Registry, adopted, judge::state_word, standards::is_confirmed};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, PARTS, Part},
    },
    model::{
        adoption::{self, Standing as Found, adoption, explanation, standing},
        divergence::{Openness, Saying},
        provenance,
    },
};

/// A service and its standard, each with its etag, and the link between.
struct Pair {
    service: (Service, String),
    standard: (Standard, String),
    link: StandardLink,
}

impl Registry {
    /// What its standard says of a service, and what the service says.
    ///
    /// # Errors
    /// `NOT_FOUND`; `WRONG_STATE` where the service is of no standard; `UNAVAILABLE` if this
    /// replica is behind.
    pub async fn compare_with_standard(
        &self,
        caller: &str,
        asked: &CompareWithStandardRequest,
    ) -> Result<StandardComparison> {
        check_name(&asked.name, Service::COLLECTIONS, "name")?;
        self.memory.wait_for(asked.min_revision).await?;
        let today = self.today()?.to_string();
        let pair = pair(&self.memory.read(), &asked.name)?;
        self.comparing.run(caller, move |_| comparison(&pair, &today)).await
    }

    /// Writes what its standard says into a service, and into the link that it did.
    ///
    /// # Errors
    /// `WRONG_STATE` where the service is of no standard, or that does not hold yet; a component
    /// that the standard leaves to the owner; those of an update of the service.
    pub async fn adopt_standard(
        &self,
        call: &mut Call,
        asked: &AdoptStandardRequest,
    ) -> Result<Done<AdoptStandardResponse>> {
        check_name(&asked.name, Service::COLLECTIONS, "name")?;
        let named = named(&asked.components)?;
        call.reason = provenance::reason(&asked.reason)?;
        let today = self.today()?.to_string();
        let work = async |tx: &mut Tx| self.adopt(tx, call, asked, &named, &today).await;
        let Done { mut answer, revision } = command::run(&self.db, call, work).await?;
        self.memory.see(revision, call.deadline).await;
        answer.revision = revision;
        if let Some(link) = &mut answer.standard_link {
            self.show(&self.memory.read(), link);
        }
        Ok(Done { answer, revision })
    }

    async fn adopt(
        &self,
        tx: &mut Tx,
        call: &Call,
        asked: &AdoptStandardRequest,
        named: &[Part],
        today: &str,
    ) -> Result<AdoptStandardResponse> {
        self.memory.catch_up(tx.head().await?).await?;
        let link = link_of(&self.memory.read(), &asked.name)?;
        // First the link and then its service, as whoever decides about the link does.
        let link = tx.living::<StandardLink>(&link).await?;
        if link.doc.state() != State::Confirmed {
            return Err(of_none(&asked.name));
        }
        let service = tx.living::<Service>(&asked.name).await?;
        let standard = tx.require::<Standard>(&link.doc.standard, "standard").await?;
        let (service_etag, standard_etag) = (service.etag(), standard.etag());
        let pair = Pair {
            service: (service.doc.clone(), service_etag),
            standard: (standard.doc, standard_etag),
            link: link.doc.clone(),
        };
        check_standard(&pair, &asked.standard_etag, today)?;
        let comparison = comparison(&pair, today);
        let parts = taken(&comparison, named)?;
        let call = reasoned(call, &pair.standard.0, &parts);
        let after = adopted::service(&service.doc, &as_service(&pair.standard.0), &parts);
        let unlinked_services = adopted::unlinked(&service.doc, &after);
        let service = write::change(self, &call, tx, service, after, &asked.etag).await?;
        let after = self.noted(&link.doc, &pair.standard.0, &parts);
        let link = write::change(self, &call, tx, link, after, "").await?;
        Ok(AdoptStandardResponse {
            service: Some(service),
            standard_link: Some(link),
            comparison: Some(comparison),
            changed_fields: parts.iter().map(|part| part.field().to_owned()).collect(),
            revision: 0,
            unlinked_services,
        })
    }

    /// The link once these components say what the standard does; as it was where none had to
    /// change.
    fn noted(&self, link: &StandardLink, standard: &Standard, parts: &[Part]) -> StandardLink {
        if parts.is_empty() {
            return link.clone();
        }
        let now: Vec<i32> = parts.iter().map(|part| part.component().into()).collect();
        let is_of_now = link.adopt_time.is_some() && link.adopted_version == standard.version;
        let earlier = if is_of_now { &link.adopted_components[..] } else { &[] };
        let all: BTreeSet<i32> = earlier.iter().chain(&now).copied().collect();
        StandardLink {
            explanations: adoption::without(&link.explanations, &now),
            adopted_version: standard.version.clone(),
            adopt_time: Some(to_timestamp(self.now())),
            adopted_components: all.into_iter().collect(),
            ..link.clone()
        }
    }
}

/// The link by which a service is of a standard.
fn link_of(state: &RegistryView, service: &str) -> Result<String> {
    if state.records.row::<Service>(service).is_none() {
        return Err(Error::not_found(service));
    }
    let found = state.links_of(service).find(|(_, row)| is_confirmed(row));
    found.map(|(name, _)| name.to_string()).ok_or_else(|| of_none(service))
}

fn of_none(service: &str) -> Error {
    let text = format!(
        "nobody has confirmed of which standard {service} is; `mpp suggest {service}` shows some, \
         `mpp link` confirms one"
    );
    Error::new(Reason::WrongState, text)
}

fn pair(state: &RegistryView, name: &str) -> Result<Pair> {
    let service = state.records.get::<Service>(name).ok_or_else(|| Error::not_found(name))?;
    let link = link_of(state, name)?;
    let link = state.records.get::<StandardLink>(&link).ok_or_else(|| Error::not_found(name))?.doc;
    let standard = state.records.get::<Standard>(&link.standard);
    let standard = standard.ok_or_else(|| Error::not_found(name))?;
    let (service_etag, standard_etag) = (service.etag(), standard.etag());
    Ok(Pair { service: (service.doc, service_etag), standard: (standard.doc, standard_etag), link })
}

fn comparison(pair: &Pair, today: &str) -> StandardComparison {
    let Pair { service: (service, service_etag), standard: (standard, standard_etag), link } = pair;
    let said = as_service(standard);
    let line = |part| line(part, (&said, service), explained(link, part, standard, today));
    let (lines, stands): (Vec<Line>, Vec<(Found, bool)>) = PARTS.into_iter().map(line).unzip();
    let holds = adoption::holds(standard, today);
    let state = if holds { adoption(&stands) } else { adoption::Adoption::Unknown };
    StandardComparison {
        service: service.name.clone(),
        standard: standard.name.clone(),
        version: standard.version.clone(),
        holds_from: if holds { String::new() } else { standard.valid_from.clone() },
        example: standard.example,
        state: state_word(state).into(),
        lines,
        service_etag: service_etag.clone(),
        standard_etag: standard_etag.clone(),
        link: link.name.clone(),
        adopted_version: link.adopted_version.clone(),
        adopt_time: link.adopt_time,
    }
}

fn explained<'a>(
    link: &'a StandardLink,
    part: Part,
    standard: &Standard,
    today: &str,
) -> Option<&'a Explanation> {
    explanation(link, part.component(), standard, today)
}

/// A component of the comparison; how it stands, and whether that is explained.
fn line(
    part: Part,
    (standard, service): (&Service, &Service),
    explanation: Option<&Explanation>,
) -> (Line, (Found, bool)) {
    let (own, said) = (sayings::of(standard, part), sayings::of(service, part));
    let stands = standing(&own, &said);
    let texts = |saying: &Saying| saying.lines.iter().map(|line| line.text.clone()).collect();
    let compares = part == Part::Requirements && stands == Found::Differs;
    let lines = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let beyond = |of: &Saying, other| {
        if compares { lines(of.beyond(other)) } else { Vec::new() }
    };
    // A standard that leaves a part open takes nothing away of what the owner says of that part.
    let changes = match stands {
        Found::Differs | Found::Unstated => true,
        Found::Unclear => own.openness == Openness::No,
        Found::Same | Found::Left => false,
    };
    let line = Line {
        component: part.component().into(),
        standing: word(stands).into(),
        standard_texts: texts(&own),
        service_texts: texts(&said),
        read: own.meaning.is_some() && said.meaning.is_some(),
        field: if changes { part.field().to_owned() } else { String::new() },
        missing: beyond(&own, &said),
        extra: beyond(&said, &own),
        explanation: explanation.cloned(),
    };
    (line, (stands, explanation.is_some()))
}

fn word(stands: Found) -> Standing {
    match stands {
        Found::Same => Standing::Same,
        Found::Differs => Standing::Differs,
        Found::Unstated | Found::Unclear => Standing::Unstated,
        Found::Left => Standing::Left,
    }
}

/// The components that a request names.
fn named(components: &[i32]) -> Result<Vec<Part>> {
    let part = |(place, component): (usize, &i32)| {
        let found = PARTS.into_iter().find(|part| i32::from(part.component()) == *component);
        found.ok_or_else(|| {
            let field = format!("components[{place}]");
            let text = "must be a component that compares, such as COMPONENT_FEES";
            Error::field(field, FieldCode::UnknownValue, text)
        })
    };
    components.iter().enumerate().map(part).collect()
}

/// Nobody adopts a text that does not hold yet, nor one that they have not seen.
fn check_standard(pair: &Pair, etag: &str, today: &str) -> Result<()> {
    let (standard, own) = &pair.standard;
    if !etag.is_empty() && etag != own {
        let text = format!("{} is at etag {own}, not {etag}; compare again", standard.name);
        return Err(Error::new(Reason::EtagMismatch, text));
    }
    if !adoption::holds(standard, today) {
        let (name, from) = (&standard.name, &standard.valid_from);
        let text = format!("{name} holds from {from} on; adopt it on that day");
        return Err(Error::new(Reason::WrongState, text));
    }
    Ok(())
}

/// The components that will be written: of those named, or else of all that nobody has explained,
/// those that do not say the same already.
fn taken(comparison: &StandardComparison, named: &[Part]) -> Result<Vec<Part>> {
    let wanted: BTreeSet<Component> = named.iter().map(|part| part.component()).collect();
    let is_owners = |line: &Line| match line.standing() {
        Standing::Left => Some("it"),
        Standing::Unstated if line.field.is_empty() => Some("a part of it"),
        _ => None,
    };
    let mut asked = comparison.lines.iter().filter(|line| wanted.contains(&line.component()));
    if let Some((line, what)) = asked.find_map(|line| Some((line, is_owners(line)?))) {
        let place = named.iter().position(|part| part.component() == line.component());
        let field = format!("components[{}]", place.unwrap_or_default());
        let text = format!("{} leaves {what} to the owner of the service", comparison.standard);
        return Err(Error::field(field, FieldCode::NotAllowed, text));
    }
    let takes = |line: &&Line| match named.is_empty() {
        true => line.explanation.is_none(),
        false => wanted.contains(&line.component()),
    };
    let changes = comparison.lines.iter().filter(|line| !line.field.is_empty()).filter(takes);
    let fields: BTreeSet<&str> = changes.map(|line| line.field.as_str()).collect();
    Ok(PARTS.into_iter().filter(|part| fields.contains(part.field())).collect())
}

/// The call, with the reason of what it overrides.
fn reasoned(call: &Call, standard: &Standard, parts: &[Part]) -> Call {
    let version = match standard.version.as_str() {
        "" => String::new(),
        version => format!(" versi {version}"),
    };
    let mut call = call.clone();
    if call.reason.is_empty() {
        call.reason = format!("mengikuti {}{version}", standard.name);
    }
    call.reasoned = parts.iter().map(|part| part.field().to_owned()).collect();
    call
}
