//! Standard services, and the links by which a person says that a service is of one.
//!
//! A link lies below its service and is named by its standard, so each pair has one, a sync of the
//! service cannot lose it, and it goes with the service. Who may write the service decides.

use std::sync::Arc;

use mpp_api::{
    registry::{Service, Standard, StandardLink, standard_link::State},
    time::to_timestamp,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Decision, Error, FieldCode, Reason, Result, Role, as_told, parent_of};
use mpp_form::{
    announced::{keep_text, text_on},
    standard::as_service,
};
use mpp_resource::{Call, Filing, Keeps, Serves, derived, memory::MemoryRow};
use mpp_store::{Label, Labels, Tx};

use super::{
    Registry,
    filing::{filing, lineage, owned},
};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, PARTS, is_explained},
    },
    model::{adoption, explanation},
};

impl Serves<Standard> for Registry {}

impl Keeps<Standard> for Registry {
    fn check(standard: &Standard) -> Result<()> {
        mpp_form::standard::check(standard)
    }

    async fn file(
        &self,
        standard: &Standard,
        _before: Option<&Standard>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let unit = lineage(tx, &standard.unit, "standard.unit").await?;
        let labels = [
            (Label::Standard, standard.name.as_str()),
            (Label::Category, &standard.category),
            (Label::Unit, unit.unit()),
            (Label::Agency, unit.agency()),
        ];
        Ok(filing(&labels, owned(&unit)))
    }

    /// It is handed only to a unit that is the caller's, too. The text that holds stays beside one
    /// that begins later.
    fn decide_fields(
        &self,
        standard: &mut Standard,
        before: Option<&Standard>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        keep_text(standard, before, &self.today()?.to_string());
        filing.check_owner(&call.grant)
    }

    /// Only an administrator takes the decisions of all units away with it.
    async fn before_delete(
        &self,
        standard: &Standard,
        why: &Tombstone,
        call: &Call,
        tx: &mut Tx,
    ) -> Result<()> {
        self.memory.catch_up(tx.head().await?).await?;
        let links = names(self.memory.read().links_to(&standard.name));
        if !links.is_empty() && !call.caller.is(Role::Administrator) {
            let text = format!(
                "units have decided of {} services whether they are of {}, which would go with it; \
                 their officers take that back first, or an administrator deletes it",
                links.len(),
                standard.name
            );
            return Err(Error::new(Reason::WrongState, text));
        }
        if why.reason() == Why::Moved && !links.is_empty() {
            self.rename_links(tx, &links, &why.successor).await?;
        }
        derived::withdraw::<StandardLink>(tx, links, Why::Withdrawn).await
    }
}

impl Registry {
    /// A standard with the text that holds today.
    pub(super) fn in_force(&self, standard: &Standard) -> Standard {
        let today = self.today().map(|today| today.to_string());
        text_on(standard, &today.unwrap_or_default())
    }
}

impl Serves<StandardLink> for Registry {
    /// Titles that are the service's and the standard's.
    fn show(&self, state: &RegistryView, link: &mut StandardLink) {
        let service = state.records.get::<Service>(service_of(link));
        let standard = state.records.get::<Standard>(&link.standard);
        link.service_title = service.and_then(|found| found.doc.title);
        let standard = standard.map(|found| found.doc).unwrap_or_default();
        let standard = self.in_force(&standard);
        (link.standard_title, link.standard_example) = (standard.title, standard.example);
    }
}

impl Keeps<StandardLink> for Registry {
    const RETURNS: bool = true;

    fn check(link: &StandardLink) -> Result<()> {
        mpp_form::standard::check_link(link)
    }

    /// The service is locked as for a write of its own, so that of two that confirm at once the
    /// second finds what the first has said.
    async fn file(
        &self,
        link: &StandardLink,
        _before: Option<&StandardLink>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let service = tx.living::<Service>(service_of(link)).await?.doc;
        tx.require::<Standard>(&link.standard, "standard_link.standard").await?;
        self.memory.catch_up(tx.head().await?).await?;
        let unit = lineage(tx, parent_of(&service.name), "parent").await?;
        let labels = link_labels(link, unit.unit(), unit.agency());
        Ok(Filing { labels, owners: owned(&unit), ..Filing::default() })
    }

    fn decide_fields(
        &self,
        link: &mut StandardLink,
        before: Option<&StandardLink>,
        _filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        self.check_alone(link)?;
        if before.is_some_and(|before| turns_against(link, before)) {
            let text = "what was said for it does not speak against it; say why it is not";
            return Err(Error::field("standard_link.reason", FieldCode::Required, text));
        }
        self.settle_explanations(link, before, call)?;
        if before.is_some_and(|before| said(before) == said(link)) {
            return Ok(());
        }
        if link.state() != State::Confirmed {
            (link.adopted_version, link.adopt_time) = (String::new(), None);
            link.adopted_components.clear();
        }
        // What was said against it does not speak for it.
        if link.state() == State::Confirmed && before.is_some_and(|one| one.reason == link.reason) {
            link.reason.clear();
        }
        link.decided_version = self.standard_of(link)?.version;
        as_told(&call.caller.subject).clone_into(&mut link.decided_by);
        link.decide_time = Some(to_timestamp(self.now()));
        Ok(())
    }
}

impl Registry {
    /// Refuses a link that may not be confirmed beside what is said of its service.
    fn check_alone(&self, link: &StandardLink) -> Result<()> {
        let service = service_of(link);
        let confirmed = confirmed_links(&self.memory.read(), service);
        let Some(other) = rival(link, &confirmed) else { return Ok(()) };
        let text = format!(
            "{service} is of {} already, and a service is of one standard; reject that link first, \
             and say why",
            other.standard
        );
        Err(Error::new(Reason::WrongState, text))
    }

    /// The standard of a link, with the text that holds. The memory knows it: it caught up while
    /// that was kept from changing.
    fn standard_of(&self, link: &StandardLink) -> Result<Standard> {
        let found = self.memory.read().records.get::<Standard>(&link.standard);
        let standard = found.map(|found| found.doc).unwrap_or_default();
        Ok(text_on(&standard, &self.today()?.to_string()))
    }

    /// What is said of why the service says otherwise.
    fn settle_explanations(
        &self,
        link: &mut StandardLink,
        before: Option<&StandardLink>,
        call: &Call,
    ) -> Result<()> {
        let known = before.map(|before| before.explanations.as_slice()).unwrap_or_default();
        if link.explanations.is_empty() {
            return Ok(());
        }
        let standard = self.standard_of(link)?;
        let text = as_service(&standard);
        let service = self.memory.read().records.get::<Service>(service_of(link));
        let service = service.map(|found| found.doc).unwrap_or_default();
        let saying = explanation::StatedTexts {
            standard: &standard,
            states: &|component| {
                let part = PARTS.into_iter().find(|part| part.component() == component);
                part.is_some_and(|part| adoption::demands(&sayings::of(&text, part)))
            },
            is_of_now: &|one| {
                let parts =
                    PARTS.iter().filter(|part| one.components.contains(&part.component().into()));
                parts.copied().all(|part| is_explained(one, part, &sayings::of(&service, part)))
            },
            text: &|components| sayings::text_of(&service, components),
        };
        let by = (as_told(&call.caller.subject), self.now());
        explanation::complete(link, known, &saying, by)
    }

    /// How many links were decided so.
    pub fn linked(&self, state: Decision) -> usize {
        let view = self.memory.read();
        let links = view.records.rows::<StandardLink>("");
        links.filter(|(_, row)| row.label(Label::State) == state.as_str()).count()
    }

    /// A service goes: nothing is said of it any more. The memory must have caught up while the
    /// service was locked.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a race was lost.
    pub async fn withdraw_links_of(&self, tx: &mut Tx, service: &str, why: Why) -> Result<()> {
        derived::withdraw::<StandardLink>(tx, self.links_of(service), why).await
    }

    /// The links of a service.
    pub fn links_of(&self, service: &str) -> Vec<String> {
        names(self.memory.read().links_of(service).map(|(name, _)| name))
    }
}

/// The service that a link is of.
pub fn service_of(link: &StandardLink) -> &str {
    parent_of(&link.name)
}

/// Whether a person has found that the service of this link is of its standard.
pub fn is_confirmed(row: &MemoryRow) -> bool {
    row.label(Label::State) == Decision::Confirmed.as_str()
}

/// The links by which a person has found of which standard a service is.
pub fn confirmed_links(state: &RegistryView, service: &str) -> Vec<ConfirmedLink> {
    let confirmed = state.links_of(service).filter(|(_, row)| is_confirmed(row));
    let link = |(name, row): (&Arc<str>, &MemoryRow)| ConfirmedLink {
        name: name.to_string(),
        standard: row.label(Label::Standard).to_owned(),
    };
    confirmed.map(link).collect()
}

/// A link that is confirmed.
pub struct ConfirmedLink {
    pub name: String,
    pub standard: String,
}

/// The link, if it says of which standard its service is.
pub fn confirmed_by(link: StandardLink) -> Option<ConfirmedLink> {
    let is_confirmed = link.state() == State::Confirmed;
    is_confirmed.then_some(ConfirmedLink { name: link.name, standard: link.standard })
}

/// The other link that says of which standard the service is, if this one says so, too: a service
/// is of one standard at most.
pub fn rival<'a>(link: &StandardLink, confirmed: &'a [ConfirmedLink]) -> Option<&'a ConfirmedLink> {
    let mut others = confirmed.iter().filter(|other| other.name != link.name);
    if link.state() == State::Confirmed { others.next() } else { None }
}

/// What a link is filed under: it lies where its service does.
pub fn link_labels(link: &StandardLink, unit: &str, agency: &str) -> Labels {
    let labels = [
        (Label::Service, service_of(link)),
        (Label::Standard, &link.standard),
        (Label::State, state_label(link)),
        (Label::Unit, unit),
        (Label::Agency, agency),
    ];
    filing(&labels, Vec::new()).labels
}

fn state_label(link: &StandardLink) -> &'static str {
    match link.state() {
        State::Confirmed => Decision::Confirmed.as_str(),
        State::Rejected | State::Unspecified => Decision::Rejected.as_str(),
    }
}

/// What a person has said.
pub fn said(link: &StandardLink) -> (i32, &str) {
    (link.state, &link.reason)
}

/// Whether a confirmation becomes a rejection with the reason that it had.
fn turns_against(link: &StandardLink, before: &StandardLink) -> bool {
    let turns = before.state() == State::Confirmed && link.state() != State::Confirmed;
    turns && link.reason == before.reason
}

fn names<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Vec<String> {
    names.map(|name| name.to_string()).collect()
}
