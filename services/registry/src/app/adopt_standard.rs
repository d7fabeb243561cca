//! How a service adopts its standard: a write of the service by its own rules, and of the link,
//! which keeps what was adopted.

use std::collections::BTreeSet;

use jiff::civil::Date;
use mpp_api::{
    Document as _,
    registry::{
        AdoptStandardRequest, AdoptStandardResponse, Service, Standard, StandardComparison,
        StandardLink,
        divergence::Component,
        standard_comparison::{Line, line::Standing},
        standard_link::State,
    },
    time::to_timestamp,
};
use mpp_core::{Error, FieldCode, Reason, Result, check_name};
use mpp_form::standard::as_service;
use mpp_resource::{
    Call, Serves,
    command::{self, Done},
    write,
};
use mpp_store::Tx;

use super::{
    Registry,
    compare_with_standard::{Pair, Text, link_of, of_none},
    follow_standard,
};
use crate::{
    memory::sayings::{ComparedPart, PARTS},
    model::{adoption, provenance},
};

impl Registry {
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
        let today = self.today()?;
        let work = async |tx: &mut Tx| self.adopt(tx, call, asked, &named, today).await;
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
        named: &[ComparedPart],
        today: Date,
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
        let text = pair.text(asked.announced, today)?;
        check_seen(&pair, &text, asked)?;
        check_counts(&text)?;
        let comparison = pair.comparison(&text);
        let parts = taken(&comparison, named)?;
        let call = reasoned(call, &text.standard, &parts);
        let after = follow_standard::service(&service.doc, &as_service(&text.standard), &parts);
        let unlinked_services = follow_standard::unlinked(&service.doc, &after);
        let service = write::change(self, &call, tx, service, after, &asked.etag).await?;
        let after = self.noted(&link.doc, &text.standard, &parts);
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
    fn noted(
        &self,
        link: &StandardLink,
        standard: &Standard,
        parts: &[ComparedPart],
    ) -> StandardLink {
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

/// The components that a request names.
fn named(components: &[i32]) -> Result<Vec<ComparedPart>> {
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

/// Nobody adopts over, or takes, what they have not seen.
fn check_seen(pair: &Pair, text: &Text, asked: &AdoptStandardRequest) -> Result<()> {
    let (service, service_etag) = (&pair.service.0.name, &pair.service.1);
    let (standard, standard_etag) = (&pair.standard.0.name, pair.etag_of(text));
    for (name, seen, now) in
        [(standard, &asked.standard_etag, &standard_etag), (service, &asked.etag, service_etag)]
    {
        if !seen.is_empty() && seen != now {
            let text = format!(
                "{name} has changed since it was compared: it is at etag {now}, not {seen}; nothing \
                 was adopted; compare again"
            );
            return Err(Error::new(Reason::EtagMismatch, text));
        }
    }
    Ok(())
}

/// A text that does not hold yet is adopted only where the request asks for it.
fn check_counts(text: &Text) -> Result<()> {
    if text.counts() {
        return Ok(());
    }
    let (name, from) = (&text.standard.name, &text.standard.valid_from);
    let text = format!("{name} holds from {from} on; adopt it on that day, or ahead: `announced`");
    Err(Error::new(Reason::WrongState, text))
}

/// The components that will be written: of those named, or else of all that nobody has explained,
/// those that do not say the same already.
fn taken(comparison: &StandardComparison, named: &[ComparedPart]) -> Result<Vec<ComparedPart>> {
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
        true => line.explanation.is_none() && !line.ahead,
        false => wanted.contains(&line.component()),
    };
    let changes = comparison.lines.iter().filter(|line| !line.field.is_empty()).filter(takes);
    let fields: BTreeSet<&str> = changes.map(|line| line.field.as_str()).collect();
    Ok(PARTS.into_iter().filter(|part| fields.contains(part.field())).collect())
}

/// The call, with the reason of what it overrides.
fn reasoned(call: &Call, standard: &Standard, parts: &[ComparedPart]) -> Call {
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
