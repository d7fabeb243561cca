//! The roles that may call each method: one table, read line by line.
//!
//! Every method of the contract has a line; a method without one is refused, and a test fails. The
//! administrator may call every method and is left out of the lines. *Any* lets the role call the
//! method for any record; *Own* lets it pass this layer, and the service then asks [`Grant::check`]
//! with the names that the record belongs to, since only the service knows them.

use std::{collections::HashMap, sync::LazyLock};

use mpp_core::{Caller, Error, Reason, Result, Role};
use tonic::Request;

use crate::caller;

/// For which records a role may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Only records inside one of the caller's namespaces.
    Own,
    /// For all records.
    Any,
}

use Role::{Auditor, CounterOfficer, Organiser, Publisher, Reader, Service, UnitOfficer};
use Scope::{Any, Own};

pub(crate) type Allowed = (&'static str, &'static [(Role, Scope)]);

/// The roles that may call what everybody may call.
const EVERYONE: &[(Role, Scope)] = &[
    (Reader, Any),
    (Publisher, Any),
    (UnitOfficer, Any),
    (CounterOfficer, Any),
    (Organiser, Any),
    (Role::ProvincialObserver, Any),
    (Role::Verifier, Any),
    (Auditor, Any),
    (Service, Any),
];
/// Only the administrator.
const NOBODY: &[(Role, Scope)] = &[];
/// The body whose catalog or entry it is.
const OWNER: &[(Role, Scope)] = &[(UnitOfficer, Own)];
/// The publisher of the source.
const SOURCE: &[(Role, Scope)] = &[(Publisher, Own)];
/// The publisher of the source, and the officers of its unit.
const SOURCE_AND_UNIT: &[(Role, Scope)] = &[(Publisher, Own), (UnitOfficer, Own)];
/// The mall's organiser.
const MALL: &[(Role, Scope)] = &[(Organiser, Own)];
/// The mall's organiser and the verifiers of malls; the registry knows who decides which field.
const MALL_RECORD: &[(Role, Scope)] = &[(Organiser, Own), (Role::Verifier, Any)];
/// The counter's officers and its mall's organiser.
const COUNTER: &[(Role, Scope)] = &[(CounterOfficer, Own), (Organiser, Own)];
/// An app that acts for citizens, and the counter itself.
const BOOKING: &[(Role, Scope)] = &[(Reader, Any), (CounterOfficer, Own), (Organiser, Own)];
/// Documents hold no personal data, so that readers may follow too.
const FOLLOWERS: &[(Role, Scope)] = &[(Reader, Any), (Auditor, Any), (Service, Any)];

pub(crate) const TABLE: &[Allowed] = &[
    ("/mpp.registry.v1.DirectoryService/GetRegion", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/ListRegions", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/GetUnit", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/ListUnits", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/CreateUnit", NOBODY),
    ("/mpp.registry.v1.DirectoryService/UpdateUnit", OWNER),
    ("/mpp.registry.v1.DirectoryService/GetMall", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/ListMalls", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/CreateMall", NOBODY),
    ("/mpp.registry.v1.DirectoryService/UpdateMall", MALL_RECORD),
    ("/mpp.registry.v1.DirectoryService/GetCounter", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/ListCounters", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/CreateCounter", MALL),
    ("/mpp.registry.v1.DirectoryService/UpdateCounter", MALL),
    ("/mpp.registry.v1.DirectoryService/GetWindow", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/ListWindows", EVERYONE),
    ("/mpp.registry.v1.DirectoryService/CreateWindow", MALL),
    ("/mpp.registry.v1.DirectoryService/UpdateWindow", MALL),
    ("/mpp.registry.v1.CatalogService/GetService", EVERYONE),
    ("/mpp.registry.v1.CatalogService/GetWithdrawnService", EVERYONE),
    ("/mpp.registry.v1.CatalogService/ListServices", EVERYONE),
    ("/mpp.registry.v1.CatalogService/CreateService", OWNER),
    ("/mpp.registry.v1.CatalogService/UpdateService", OWNER),
    // Only an administrator hands single fields of a source's service back: registry's
    // `app/services.rs`.
    ("/mpp.registry.v1.CatalogService/HandBackService", OWNER),
    ("/mpp.registry.v1.CatalogService/DeleteService", OWNER),
    ("/mpp.registry.v1.CatalogService/GetOffering", EVERYONE),
    ("/mpp.registry.v1.CatalogService/ListOfferings", EVERYONE),
    ("/mpp.registry.v1.CatalogService/CreateOffering", OWNER),
    ("/mpp.registry.v1.CatalogService/UpdateOffering", OWNER),
    ("/mpp.registry.v1.CatalogService/AcceptOffering", MALL),
    ("/mpp.registry.v1.CatalogService/DeleteOffering", OWNER),
    ("/mpp.registry.v1.StandardService/GetStandard", EVERYONE),
    ("/mpp.registry.v1.StandardService/ListStandards", EVERYONE),
    ("/mpp.registry.v1.StandardService/CreateStandard", NOBODY),
    ("/mpp.registry.v1.StandardService/UpdateStandard", OWNER),
    ("/mpp.registry.v1.StandardService/DeleteStandard", OWNER),
    ("/mpp.registry.v1.StandardService/GetStandardLink", EVERYONE),
    ("/mpp.registry.v1.StandardService/ListStandardLinks", EVERYONE),
    ("/mpp.registry.v1.StandardService/CreateStandardLink", OWNER),
    ("/mpp.registry.v1.StandardService/UpdateStandardLink", OWNER),
    ("/mpp.registry.v1.StandardService/DeleteStandardLink", OWNER),
    ("/mpp.registry.v1.StandardService/SuggestStandards", EVERYONE),
    ("/mpp.registry.v1.StandardService/SuggestServices", EVERYONE),
    ("/mpp.registry.v1.StandardService/ListDivergences", EVERYONE),
    ("/mpp.registry.v1.StandardService/CompareWithStandard", EVERYONE),
    ("/mpp.registry.v1.StandardService/AdoptStandard", OWNER),
    ("/mpp.registry.v1.StandardService/CountAdoption", EVERYONE),
    ("/mpp.registry.v1.LifeEventService/GetLifeEvent", EVERYONE),
    ("/mpp.registry.v1.LifeEventService/ListLifeEvents", EVERYONE),
    ("/mpp.registry.v1.LifeEventService/CreateLifeEvent", NOBODY),
    ("/mpp.registry.v1.LifeEventService/UpdateLifeEvent", OWNER),
    ("/mpp.registry.v1.LifeEventService/DeleteLifeEvent", OWNER),
    ("/mpp.registry.v1.LifeEventService/PlanLifeEvent", EVERYONE),
    ("/mpp.registry.v1.SearchService/SearchServices", EVERYONE),
    ("/mpp.registry.v1.ProcessService/PlanSteps", EVERYONE),
    ("/mpp.registry.v1.ProcessService/SuggestSatisfiers", EVERYONE),
    ("/mpp.registry.v1.ProcessService/ListBrokenRequirements", EVERYONE),
    // Own is the source; which units it may write is `check_unit` in registry's `model/source.rs`,
    // and for which targets `may_write` in scheduling's `memory/directory/sources.rs`.
    ("/mpp.sync.v1.SyncService/Sync", SOURCE),
    ("/mpp.sync.v1.SyncService/OpenSession", SOURCE),
    ("/mpp.sync.v1.SyncService/PushBatch", SOURCE),
    ("/mpp.sync.v1.SyncService/KeepSession", SOURCE),
    ("/mpp.sync.v1.SyncService/EndSession", SOURCE),
    ("/mpp.sync.v1.SyncService/ReconcileRecords", SOURCE),
    ("/mpp.sync.v1.SyncService/PreviewRecords", SOURCE),
    ("/mpp.sync.v1.SyncService/CreateSource", NOBODY),
    ("/mpp.sync.v1.SyncService/UpdateSource", NOBODY),
    ("/mpp.sync.v1.SyncService/DeleteSource", NOBODY),
    ("/mpp.sync.v1.SyncService/GetSource", EVERYONE),
    ("/mpp.sync.v1.SyncService/ListSources", EVERYONE),
    ("/mpp.sync.v1.SyncService/ListWaitingRecords", EVERYONE),
    ("/mpp.sync.v1.SyncService/RedriveRecords", SOURCE_AND_UNIT),
    ("/mpp.sync.v1.SyncService/UndoSession", OWNER),
    ("/mpp.feed.v1.FeedService/Watch", FOLLOWERS),
    ("/mpp.feed.v1.FeedService/GetFeed", FOLLOWERS),
    ("/mpp.feed.v1.HistoryService/GetRecordVersion", EVERYONE),
    ("/mpp.feed.v1.HistoryService/ListRecordVersions", EVERYONE),
    ("/mpp.feed.v1.HistoryService/CompareRecordVersions", EVERYONE),
    ("/mpp.feed.v1.CopyService/ListCopies", &[(Auditor, Any)]),
    ("/mpp.feed.v1.CopyService/RepairCopy", NOBODY),
    ("/mpp.scheduling.v1.HoursService/GetHours", EVERYONE),
    ("/mpp.scheduling.v1.HoursService/GetHoursRule", EVERYONE),
    ("/mpp.scheduling.v1.HoursService/ListHoursRules", EVERYONE),
    ("/mpp.scheduling.v1.HoursService/CreateHoursRule", COUNTER),
    ("/mpp.scheduling.v1.HoursService/UpdateHoursRule", COUNTER),
    ("/mpp.scheduling.v1.HoursService/DeleteHoursRule", COUNTER),
    ("/mpp.scheduling.v1.HoursService/ListDeviations", EVERYONE),
    ("/mpp.scheduling.v1.BookingService/ListSlots", EVERYONE),
    ("/mpp.scheduling.v1.BookingService/BookAppointment", BOOKING),
    ("/mpp.scheduling.v1.BookingService/CancelAppointment", BOOKING),
    ("/mpp.scheduling.v1.BookingService/GetAppointment", BOOKING),
    ("/mpp.scheduling.v1.BookingService/ListAppointments", COUNTER),
    ("/mpp.scheduling.v1.QueueService/IssueTicket", COUNTER),
    ("/mpp.scheduling.v1.QueueService/CallNext", COUNTER),
    ("/mpp.scheduling.v1.QueueService/CompleteTicket", COUNTER),
    ("/mpp.scheduling.v1.QueueService/GetQueue", EVERYONE),
    ("/mpp.reporting.v1.ReportService/GetReport", EVERYONE),
    ("/mpp.reporting.v1.ReportService/WatchReport", EVERYONE),
    ("/mpp.reporting.v1.ReportService/GetMallReport", EVERYONE),
    ("/mpp.reporting.v1.ReportService/VerifyProjections", &[(Auditor, Any)]),
];

/// Services that need no identity: probes and tools ask before they have one.
const OPEN: [&str; 2] = ["/grpc.health.v1.Health/", "/grpc.reflection.v1.ServerReflection/"];

static LINES: LazyLock<HashMap<&str, &[(Role, Scope)]>> =
    LazyLock::new(|| TABLE.iter().copied().collect());

/// True for health and reflection, which anyone may ask.
pub fn is_open(path: &str) -> bool {
    OPEN.iter().any(|prefix| path.starts_with(prefix))
}

/// The roles that may call the method at `path` beside the administrator, and for which records.
pub fn roles(path: &str) -> &'static [(Role, Scope)] {
    LINES.get(path).copied().unwrap_or_default()
}

/// For which records `role` may call the method at `path`; `None` if it may not.
pub fn scope(path: &str, role: Role) -> Option<Scope> {
    let line = LINES.get(path)?;
    if role == Role::Administrator {
        return Some(Any);
    }
    line.iter().find(|(allowed, _)| *allowed == role).map(|(_, scope)| *scope)
}

/// The rights that the table gives a caller for one call.
#[derive(Clone, Debug)]
pub struct Grant {
    caller: Caller,
    scope: Scope,
    /// True if one of the roles is that of an owner, whatever wider scope another role gives.
    owns: bool,
}

impl Grant {
    /// The rights of `caller` at the method `path`: the widest scope of its roles.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, naming the roles that may call it.
    pub fn find(path: &str, caller: &Caller) -> Result<Self> {
        let scopes = || caller.roles.iter().filter_map(|role| scope(path, *role));
        match scopes().max() {
            Some(scope) => {
                Ok(Self { caller: caller.clone(), scope, owns: scopes().any(|scope| scope == Own) })
            }
            None => Err(denied(path, caller)),
        }
    }

    /// True for the administrator, and for a caller who owns the record: one who holds one of
    /// `names` in a role that this method treats as an owner's. Scope `any` is not enough. For
    /// fields of a record that only its owner may see.
    pub fn is_owner(&self, names: &[&str]) -> bool {
        let holds = || names.iter().any(|name| self.caller.holds(name));
        self.caller.is(Role::Administrator) || (self.owns && holds())
    }

    /// Passes if the scope is any, or if the caller holds one of `names`: those that the
    /// record belongs to, such as a service's owner unit and its ancestors, a mall, a counter.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, saying what the caller holds and what it would need.
    pub fn check(&self, names: &[&str]) -> Result<()> {
        if self.scope == Any || names.iter().any(|name| self.caller.holds(name)) {
            return Ok(());
        }
        let needs = match names {
            [] => "an administrator".to_owned(),
            names => format!("one of {}", names.join(", ")),
        };
        let held = listed(&self.caller.namespaces);
        let text = format!("{} holds {held}, and this needs {needs}", self.caller.subject);
        Err(Error::new(Reason::PermissionDenied, text))
    }
}

/// The owners of a mall, and of everything in it, the same in every service: a caller holds one of
/// these names. `units` are the mall's organiser and the units above that one, from itself upward.
pub fn mall_owners(mall: &str, units: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(mall.to_owned()).chain(units).collect()
}

/// The grant that the authorization layer found for this call. Without that layer, as in a test
/// that calls a handler directly, it covers the names that the caller holds.
pub fn grant<T>(request: &Request<T>) -> Grant {
    let found = request.extensions().get::<Grant>().cloned();
    found.unwrap_or_else(|| Grant { caller: caller(request), scope: Own, owns: true })
}

fn denied(path: &str, caller: &Caller) -> Error {
    let may: Vec<&str> = LINES
        .get(path)
        .into_iter()
        .flat_map(|line| line.iter().map(|(role, _)| role.as_str()))
        .chain([Role::Administrator.as_str()])
        .collect();
    let roles: Vec<String> = caller.roles.iter().map(|role| role.as_str().to_owned()).collect();
    let text = format!(
        "{} has the roles {}; {} needs one of {}",
        caller.subject,
        listed(&roles),
        path.rsplit('/').next().unwrap_or(path),
        may.join(", ")
    );
    Error::new(Reason::PermissionDenied, text)
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPT: &str = "/mpp.registry.v1.CatalogService/AcceptOffering";

    fn caller(roles: &[Role], namespaces: &[&str]) -> Caller {
        Caller {
            subject: "users/siti".into(),
            roles: roles.to_vec(),
            namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn an_organiser_accepts_in_its_own_mall_only() {
        let grant = Grant::find(ACCEPT, &caller(&[Organiser], &["malls/banyuwangi"])).expect("may");
        assert!(grant.check(&["malls/banyuwangi"]).is_ok());
        assert!(grant.check(&["malls/banyuwangi/counters/dukcapil"]).is_ok());
        let error = grant.check(&["malls/sidoarjo"]).expect_err("another's mall");
        assert_eq!(error.reason(), Reason::PermissionDenied);
        assert!(error.message().contains("malls/sidoarjo"));
    }

    #[test]
    fn the_widest_of_several_roles_counts() {
        let grant =
            Grant::find(ACCEPT, &caller(&[Organiser, Role::Administrator], &[])).expect("may");
        assert!(grant.check(&["malls/sidoarjo"]).is_ok(), "though it is organiser of none");
    }

    #[test]
    fn who_may_call_for_any_record_does_not_own_it() {
        const GET: &str = "/mpp.scheduling.v1.BookingService/GetAppointment";
        let counter = ["malls/banyuwangi/counters/dukcapil"];
        let owns = |roles: &[Role], namespaces: &[&str]| {
            let grant = Grant::find(GET, &caller(roles, namespaces)).expect("may");
            grant.is_owner(&counter)
        };
        assert!(!owns(&[Reader], &[]));
        assert!(!owns(&[Reader], &["malls/banyuwangi"]), "not as a reader");
        assert!(!owns(&[CounterOfficer], &["malls/sidoarjo"]));
        assert!(owns(&[Reader, CounterOfficer], &counter));
        assert!(owns(&[Organiser], &["malls/banyuwangi"]));
        assert!(owns(&[Role::Administrator], &[]));
    }

    #[test]
    fn a_refusal_names_the_roles_that_may() {
        let error = Grant::find(ACCEPT, &caller(&[Reader], &[])).expect_err("a reader");
        assert!(error.message().contains("organiser, administrator"), "{error}");
    }

    #[test]
    fn a_method_without_a_line_is_refused_to_the_administrator_too() {
        assert_eq!(scope("/mpp.registry.v1.CatalogService/Unheard", Role::Administrator), None);
    }
}
