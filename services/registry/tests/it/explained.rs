//! Why a service says otherwise than its standard is said of what the service says: once that is
//! another text, the question is open again.

use mpp_api::registry::{
    AdoptStandardRequest, Service, UpdateStandardLinkRequest, adoption::State as Stands,
    divergence::Component,
};
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::{
    adopted::{adopts, because, officer, own, world},
    divergent::costs,
    world::KTP,
};

#[tokio::test]
async fn what_was_explained_of_another_text_counts_as_open_again_and_is_still_told() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut officer = officer(&world);
        let why = vec![because(&[Component::Fees, Component::Requirements])];
        let link = officer.explain(KTP, why.clone()).await.expect("said");
        let then = link.explanations[0].service_text.clone().expect("what was said then");
        let said = Service { fees: own().fees, requirements: own().requirements, ..then.clone() };
        assert_eq!(then, said, "of these components alone");
        assert_eq!((then.time, then.title), (None, None));

        officer.say(Service { fees: costs(10_000, "Rp 10.000,-"), ..own() }).await;
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Explained, "another spelling is no other text");

        officer.say(Service { fees: costs(25_000, "Rp25.000"), ..own() }).await;
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Differs);
        let (fees, needs) = (&found.lines[0], &found.lines[2]);
        assert_eq!((fees.explanation.is_none(), needs.explanation.is_some()), (true, true));
        let earlier = fees.earlier_explanation.as_ref().expect("what was said of Rp10.000");
        assert_eq!(earlier.reason, why[0].reason);
        let looks = AdoptStandardRequest { validate_only: true, ..adopts(KTP, &[]) };
        let would = officer.adopt(looks).await.expect("shown");
        assert_eq!(would.changed_fields, ["fees"], "nobody has explained that price");
    })
    .await;
}

#[tokio::test]
async fn who_says_it_again_says_it_of_the_present_text_and_who_carries_it_along_does_not() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut officer = officer(&world);
        let why = vec![because(&[Component::Fees, Component::Requirements])];
        officer.explain(KTP, why.clone()).await.expect("said");
        officer.say(Service { fees: costs(25_000, "Rp25.000"), ..own() }).await;
        let name = format!("{KTP}/links/ktp-el-baru");
        let read = officer.link(&name).await.expect("the link");
        let back = UpdateStandardLinkRequest {
            standard_link: Some(read.clone()),
            update_mask: Some(FieldMask { paths: vec!["explanations".into()] }),
            ..UpdateStandardLinkRequest::default()
        };
        officer.standards.update_standard_link(back).await.expect("written back");
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Differs, "nobody has said anything anew");

        let anew = officer.explain(KTP, why).await.expect("said");
        let then = anew.explanations[0].service_text.clone().expect("what is said now");
        assert_eq!(then.fees, costs(25_000, "Rp25.000"));
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Explained);
    })
    .await;
}
