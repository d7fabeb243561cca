//! Malls: their place, who may change which field, and the labels below one that moves.

use mpp_api::registry::{Mall, Region, mall::StageEntry};
use mpp_core::{Error, Reason, Result, Role, region_code};
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, known_region, lineage, new_region, owned},
    published::file_published,
    relabel,
};
use crate::{memory::RegistryView, model};

impl Serves<Mall> for Registry {
    /// The stage depends on the day, the time zone is the region's.
    fn show(&self, state: &RegistryView, mall: &mut Mall) {
        let Some(region) = state.records.get::<Region>(&mall.region) else {
            return;
        };
        if let Ok(today) = model::region::today(&region.doc, self.now()) {
            let reached = mpp_form::stage::reached(&mall.stages, today);
            mall.set_stage(reached.map(StageEntry::stage).unwrap_or_default());
        }
        mall.time_zone = region.doc.time_zone;
    }
}

impl Keeps<Mall> for Registry {
    fn check(mall: &Mall) -> Result<()> {
        mpp_form::mall::check(mall)
    }

    async fn file(&self, mall: &Mall, before: Option<&Mall>, tx: &mut Tx) -> Result<Filing> {
        let known = before.map(|mall| mall.region.as_str());
        let region = new_region(tx, &mall.region, known, "mall.region").await?;
        model::region::check_not_province(&region, "mall.region")?;
        for (index, served) in mall.serves_regions.iter().enumerate() {
            known_region(tx, served, &format!("mall.serves_regions[{index}]")).await?;
        }
        let organiser = lineage(tx, &mall.organiser, "mall.organiser").await?;
        let owners = mpp_rpc::mall_owners(&mall.name, owned(&organiser));
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Region, region_code(&mall.region)),
            (Label::Organiser, &mall.organiser),
        ];
        let mut filing = filing(&labels, owners);
        file_published(tx, (mall, before), &organiser, &mut filing).await?;
        Ok(filing)
    }

    /// An organiser cannot set whether its mall was verified, nor its organiser; a verifier sets
    /// only the former.
    fn decide_fields(
        &self,
        mall: &mut Mall,
        before: Option<&Mall>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        if let Some(before) = before {
            // What a source does not say is set by calls: `model::mall::of_calls`.
            self.check_published(before, mall, call, |before, after| {
                model::mall::own_difference(before, after).is_none()
            })?;
        }
        let Some(before) = before.filter(|_| !call.caller.is(Role::Administrator)) else {
            return Ok(());
        };
        let verifier = call.caller.is(Role::Verifier);
        let owners: Vec<&str> = filing.owners.iter().map(String::as_str).collect();
        if !verifier && let Some(field) = model::mall::verified_difference(before, mall) {
            return Err(not_theirs(&field, "a verifier"));
        }
        if !call.grant.is_owner(&owners)
            && let Some(field) = model::mall::own_difference(before, mall)
        {
            return Err(not_theirs(&field, "the mall's organiser"));
        }
        Ok(())
    }

    async fn after_change(
        &self,
        mall: &Mall,
        before: &Mall,
        _filing: &Filing,
        tx: &mut Tx,
    ) -> Result<()> {
        if before.region == mall.region {
            return Ok(());
        }
        relabel::mall(self, tx, &mall.name, region_code(&mall.region)).await
    }
}

fn not_theirs(field: &str, whose: &str) -> Error {
    let message = format!("{field} is changed by {whose} or an administrator");
    Error::new(Reason::PermissionDenied, message)
}
