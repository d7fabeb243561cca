//! Standard services, and the links by which officers say which service is of which.

use mpp_api::registry::{
    CreateStandardLinkRequest, CreateStandardRequest, DeleteServiceRequest,
    DeleteStandardLinkRequest, DeleteStandardRequest, GetStandardLinkRequest, GetStandardRequest,
    ListStandardLinksRequest, ListStandardsRequest, Service, Standard, StandardLink,
    UpdateStandardLinkRequest, UpdateStandardRequest, standard_link::State,
};
use mpp_core::Role;
use mpp_testkit::on_both;
use tonic::Status;

use crate::{
    catalog::withdrawn,
    world::{BKPM, Clients, DUKCAPIL, KEMENDAGRI, KTP, World, reason, refused, service, text},
};

pub const NEW_CARD: &str = "standards/ktp-el-baru";
pub const LOST_CARD: &str = "standards/ktp-el-hilang";

type Answer<T> = Result<T, Status>;

/// An example of a standard that Kemendagri keeps.
pub fn standard(title: &str) -> Standard {
    Standard {
        title: text(title),
        category: "population".into(),
        unit: KEMENDAGRI.into(),
        example: true,
        ..Standard::default()
    }
}

impl Clients {
    pub async fn create_standard(&mut self, id: &str, standard: Standard) -> Answer<Standard> {
        let request = CreateStandardRequest {
            standard_id: id.into(),
            standard: Some(standard),
            ..CreateStandardRequest::default()
        };
        let made = self.standards.create_standard(request).await?;
        Ok(made.into_inner().standard.expect("a standard"))
    }

    /// Says for the first time whether a service is of a standard; a rejection says why.
    pub async fn decide(
        &mut self,
        service: &str,
        standard: &str,
        state: State,
    ) -> Answer<StandardLink> {
        let why = if state == State::Rejected { "Itu layanan lain" } else { "" };
        let link = StandardLink {
            standard: standard.into(),
            state: state.into(),
            reason: why.into(),
            ..StandardLink::default()
        };
        let request = CreateStandardLinkRequest {
            parent: service.into(),
            standard_link_id: standard.trim_start_matches("standards/").into(),
            standard_link: Some(link),
            ..CreateStandardLinkRequest::default()
        };
        let made = self.standards.create_standard_link(request).await?;
        Ok(made.into_inner().standard_link.expect("a link"))
    }

    /// Decides against a link that is there.
    pub async fn reject(&mut self, name: &str, why: &str) -> Answer<StandardLink> {
        let link = StandardLink {
            name: name.into(),
            state: State::Rejected.into(),
            reason: why.into(),
            ..StandardLink::default()
        };
        let request = UpdateStandardLinkRequest {
            standard_link: Some(link),
            ..UpdateStandardLinkRequest::default()
        };
        let changed = self.standards.update_standard_link(request).await?;
        Ok(changed.into_inner().standard_link.expect("a link"))
    }

    pub async fn link(&mut self, name: &str) -> Answer<StandardLink> {
        let request = GetStandardLinkRequest { name: name.into(), min_revision: 0 };
        let found = self.standards.get_standard_link(request).await?;
        Ok(found.into_inner().standard_link.expect("a link"))
    }

    /// The names of the links below a parent, to a standard where one is named.
    pub async fn links(&mut self, parent: &str, standard: &str) -> Vec<String> {
        let request = ListStandardLinksRequest {
            parent: parent.into(),
            standard: standard.into(),
            ..ListStandardLinksRequest::default()
        };
        let listed = self.standards.list_standard_links(request).await.expect("a list");
        listed.into_inner().standard_links.into_iter().map(|link| link.name).collect()
    }
}

/// Banyuwangi, with two standards.
pub async fn with_standards(database: &mpp_testkit::TestDatabase) -> World {
    let world = World::with_source(database).await;
    let mut admin = world.admin();
    admin.create_standard("ktp-el-baru", standard("KTP elektronik baru")).await.expect("made");
    admin.create_standard("ktp-el-hilang", standard("KTP elektronik hilang")).await.expect("made");
    world
}

#[tokio::test]
async fn the_nation_makes_a_standard_and_the_unit_that_it_names_keeps_it() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let given = standard("KTP elektronik baru");
        let early = officer.create_standard("ktp-el-baru", given.clone()).await;
        assert_eq!(reason(early), "PERMISSION_DENIED", "only an administrator makes one");
        let unread = Standard { example: false, ..given.clone() };
        let fault = refused(world.admin().create_standard("ktp-el-baru", unread).await);
        assert_eq!(fault.fields[0].0, "standard.origin", "nobody invents a law");
        world.admin().create_standard("ktp-el-baru", given).await.expect("made");

        let change = |unit: &str, product: &str| UpdateStandardRequest {
            standard: Some(Standard {
                name: NEW_CARD.into(),
                unit: unit.into(),
                product: product.into(),
                ..Standard::default()
            }),
            ..UpdateStandardRequest::default()
        };
        let changed = officer.standards.update_standard(change("", "KTP-el")).await;
        let changed = changed.expect("its own").into_inner().standard.expect("a standard");
        assert_eq!(
            (changed.product.as_str(), changed.title),
            ("KTP-el", text("KTP elektronik baru"))
        );
        let given_away = officer.standards.update_standard(change(BKPM, "")).await;
        assert_eq!(reason(given_away), "PERMISSION_DENIED", "it is not theirs to give");
        let mut others = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let taken = others.standards.update_standard(change("", "Kartu")).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED");

        let list = ListStandardsRequest { unit: BKPM.into(), ..ListStandardsRequest::default() };
        let listed = others.standards.list_standards(list).await.expect("a list").into_inner();
        assert_eq!(listed.total_size, 0);
        let all = others.standards.list_standards(ListStandardsRequest::default()).await;
        assert_eq!(all.expect("a list").into_inner().standards[0].name, NEW_CARD);
    })
    .await;
}

#[tokio::test]
async fn an_officer_of_the_unit_says_which_standard_a_service_is_of() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut others = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let taken = others.decide(KTP, NEW_CARD, State::Confirmed).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED", "it is Kemendagri's service");
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let nowhere = officer.decide(KTP, "standards/nowhere", State::Confirmed).await;
        assert_eq!(reason(nowhere), "REFERENCE_INVALID");
        let mute = StandardLink {
            standard: LOST_CARD.into(),
            state: State::Rejected.into(),
            ..StandardLink::default()
        };
        let request = CreateStandardLinkRequest {
            parent: KTP.into(),
            standard_link_id: "ktp-el-hilang".into(),
            standard_link: Some(mute),
            ..CreateStandardLinkRequest::default()
        };
        let mute = refused(officer.standards.create_standard_link(request).await);
        assert_eq!(mute.fields[0].0, "standard_link.reason", "a rejection says why");

        let link = officer.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
        assert_eq!(link.name, format!("{KTP}/links/ktp-el-baru"));
        assert_eq!((link.decided_by.as_str(), link.decide_time.is_some()), ("users/-", true));
        assert_eq!(link.service_title, text("KTP elektronik baru"));
        assert!(link.standard_example, "nobody has published its text");
        let second = officer.decide(KTP, LOST_CARD, State::Confirmed).await;
        assert_eq!(reason(second), "WRONG_STATE", "it is of one standard already");
        officer.decide(KTP, LOST_CARD, State::Rejected).await.expect("that it is not");
        assert_eq!(officer.links(KTP, "").await.len(), 2);
        assert_eq!(officer.links("units/-/services/-", NEW_CARD).await, [link.name]);
    })
    .await;
}

#[tokio::test]
async fn whoever_decides_otherwise_takes_the_reason_back() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let rejected = officer.decide(KTP, NEW_CARD, State::Rejected).await.expect("rejected");
        assert_eq!(rejected.reason, "Itu layanan lain");
        let otherwise = StandardLink {
            name: rejected.name.clone(),
            state: State::Confirmed.into(),
            etag: rejected.etag.clone(),
            ..StandardLink::default()
        };
        let request = UpdateStandardLinkRequest {
            standard_link: Some(otherwise),
            ..UpdateStandardLinkRequest::default()
        };
        let again = request.clone();
        let changed = officer.standards.update_standard_link(request).await.expect("decided");
        let changed = changed.into_inner().standard_link.expect("a link");
        assert_eq!((changed.state(), changed.reason.as_str()), (State::Confirmed, ""));
        let against = StandardLink {
            name: changed.name.clone(),
            state: State::Rejected.into(),
            ..StandardLink::default()
        };
        let mask = Some(prost_types::FieldMask { paths: vec!["state".into()] });
        let mute = UpdateStandardLinkRequest {
            standard_link: Some(against),
            update_mask: mask,
            ..UpdateStandardLinkRequest::default()
        };
        let mute = refused(officer.standards.update_standard_link(mute).await);
        assert_eq!(mute.fields[0].0, "standard_link.reason", "it says why");
        let stale = officer.standards.update_standard_link(again).await;
        assert_eq!(reason(stale), "ETAG_MISMATCH", "another has decided meanwhile");
        let second = officer.decide(KTP, LOST_CARD, State::Confirmed).await;
        assert_eq!(reason(second), "WRONG_STATE");
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_a_decision_back_leaves_the_pair_open() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let made = officer.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
        let request = DeleteStandardLinkRequest {
            name: made.name.clone(),
            etag: made.etag.clone(),
            tombstone: withdrawn(),
            ..DeleteStandardLinkRequest::default()
        };
        let mut others = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let taken = others.standards.delete_standard_link(request.clone()).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED");
        officer.standards.delete_standard_link(request).await.expect("taken back");
        assert_eq!(reason(officer.link(&made.name).await), "NOT_FOUND");
        let open = officer.suggested_standards(KTP).await;
        assert!(open.iter().any(|one| one.standard == NEW_CARD), "{open:?}");
        let again = officer.decide(KTP, NEW_CARD, State::Rejected).await.expect("decided anew");
        assert_eq!(officer.link(&made.name).await.expect("a link"), again);
        assert_ne!(again.etag, made.etag, "whoever saw the first must look again");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_confirm_at_once_one_is_told_of_the_other() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let (mut one, mut other) = (world.admin(), world.admin());
        let (first, second) = tokio::join!(
            one.decide(KTP, NEW_CARD, State::Confirmed),
            other.decide(KTP, LOST_CARD, State::Confirmed)
        );
        let refusals: Vec<String> =
            [first, second].into_iter().filter(Result::is_err).map(reason).collect();
        assert_eq!(refusals, ["WRONG_STATE"]);
    })
    .await;
}

#[tokio::test]
async fn what_goes_takes_its_links_along() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        admin.create_service(BKPM, "lain", service("KTP elektronik")).await.expect("a service");
        let other = format!("{BKPM}/services/lain");
        admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
        admin.decide(&other, NEW_CARD, State::Confirmed).await.expect("confirmed");
        let request =
            DeleteServiceRequest { name: other, tombstone: withdrawn(), ..Default::default() };
        admin.catalog.delete_service(request).await.expect("deleted");
        let left = admin.links("units/-/services/-", NEW_CARD).await;
        assert_eq!(left, [format!("{KTP}/links/ktp-el-baru")]);

        let request = DeleteStandardRequest {
            name: NEW_CARD.into(),
            tombstone: withdrawn(),
            ..DeleteStandardRequest::default()
        };
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let refusal = officer.standards.delete_standard(request.clone()).await;
        assert_eq!(reason(refusal), "WRONG_STATE", "what units have decided is not its keeper's");
        admin.standards.delete_standard(request).await.expect("deleted");
        assert!(admin.links(KTP, "").await.is_empty());
        let get = GetStandardRequest { name: NEW_CARD.into(), min_revision: 0 };
        let gone = refused(admin.standards.get_standard(get).await);
        assert_eq!(gone.reason, "NOT_FOUND");
        assert!(gone.message.contains("was withdrawn on"), "{}", gone.message);
        admin.decide(KTP, LOST_CARD, State::Confirmed).await.expect("it is of none any more");
        let unchanged = admin.service(KTP).await.expect("the service stays");
        assert_eq!(unchanged.title, Service { ..service("KTP elektronik baru") }.title);
    })
    .await;
}
