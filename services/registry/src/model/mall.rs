//! Who decides each field of a mall. Its form is `mpp_form::mall`.

use mpp_api::registry::{
    Mall,
    mall::{Stage, StageEntry},
};

/// A stage that others confer on a mall, when they verify, approve, agree, inaugurate, evaluate or
/// return. The mall states the rest itself.
fn is_conferred(entry: &StageEntry) -> bool {
    matches!(
        entry.stage(),
        Stage::Verified
            | Stage::Approved
            | Stage::Agreed
            | Stage::Inaugurated
            | Stage::Evaluated
            | Stage::Returned
    )
}

/// The first field that changes and that the organiser may not decide: where the mall is filed, the
/// unit that runs it, and the stages that others confer on it, with days and evidence.
pub fn verified_difference(before: &Mall, after: &Mall) -> Option<String> {
    let conferred = |mall: &Mall| -> Vec<StageEntry> {
        let stages = mall.stages.iter().filter(|entry| is_conferred(entry));
        stages.cloned().collect()
    };
    if before.region != after.region {
        Some("mall.region".into())
    } else if before.organiser != after.organiser {
        Some("mall.organiser".into())
    } else if before.organiser_since != after.organiser_since {
        Some("mall.organiser_since".into())
    } else if conferred(before) != conferred(after) {
        Some(first_changed(&before.stages, &after.stages))
    } else {
        None
    }
}

/// The first conferred stage that is not as it was; the whole list if one is gone.
fn first_changed(before: &[StageEntry], after: &[StageEntry]) -> String {
    let new = |entry: &StageEntry| is_conferred(entry) && !before.contains(entry);
    after.iter().position(new).map_or("mall.stages".into(), |index| format!("mall.stages[{index}]"))
}

/// The first field that changes and that only the organiser may decide.
pub fn own_difference(before: &Mall, after: &Mall) -> Option<String> {
    if before.display_name != after.display_name {
        Some("mall.display_name".into())
    } else if before.serves_regions != after.serves_regions {
        Some("mall.serves_regions".into())
    } else if before.sites != after.sites {
        Some("mall.sites".into())
    } else if before.contacts != after.contacts {
        Some("mall.contacts".into())
    } else if before.facilities != after.facilities {
        Some("mall.facilities".into())
    } else {
        None
    }
}

/// A mall as its source sends it, with what is set by calls as it stands.
///
/// # Errors
/// Names the first field that the source would change and may not decide.
pub fn of_calls(given: &Mall, before: &Mall) -> Result<Mall, &'static str> {
    let differs = |given: &str, stands: &str| !given.is_empty() && given != stands;
    if differs(&given.region, &before.region) {
        return Err("mall.region");
    }
    if differs(&given.organiser, &before.organiser) {
        return Err("mall.organiser");
    }
    if differs(&given.organiser_since, &before.organiser_since) {
        return Err("mall.organiser_since");
    }
    if !given.stages.is_empty() && given.stages != before.stages {
        return Err("mall.stages");
    }
    let (organiser_since, stages) = (before.organiser_since.clone(), before.stages.clone());
    Ok(Mall { organiser_since, stages, ..given.clone() })
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::mall::Site,
        types::{LocalizedText, Location},
    };

    use super::*;

    fn entry(stage: Stage, date: &str) -> StageEntry {
        StageEntry { stage: stage.into(), date: date.into(), evidence: String::new() }
    }

    fn mall() -> Mall {
        Mall {
            name: "malls/banyuwangi".into(),
            display_name: Some(LocalizedText { id: "MPP Banyuwangi".into(), en: String::new() }),
            region: "regions/35.10".into(),
            organiser: "units/dpmptsp-banyuwangi".into(),
            sites: vec![Site {
                address: "Jl. Ahmad Yani 57".into(),
                location: Some(Location { latitude: -8.2192, longitude: 114.3691 }),
            }],
            stages: vec![
                entry(Stage::Committed, "2017-01-10"),
                entry(Stage::Operating, "2017-09-01"),
                entry(Stage::Inaugurated, "2017-10-06"),
            ],
            ..Mall::default()
        }
    }

    #[test]
    fn an_organiser_says_what_it_did_and_not_what_others_confer() {
        let changed = |change: fn(&mut Mall)| {
            let mut after = mall();
            change(&mut after);
            verified_difference(&mall(), &after)
        };
        assert_eq!(changed(|mall| mall.sites.clear()), None);
        let closed = |mall: &mut Mall| mall.stages.push(entry(Stage::Closed, "2026-05-01"));
        assert_eq!(changed(closed), None);
        assert_eq!(changed(|mall| mall.stages[1].date.clear()), None);
        let stage = Some("mall.stages[2]".to_owned());
        assert_eq!(changed(|mall| mall.stages[2].date.clear()), stage);
        assert_eq!(changed(|mall| mall.stages[2].evidence = "decree".into()), stage);
        let verified = |mall: &mut Mall| mall.stages[0] = entry(Stage::Verified, "2017-01-10");
        assert_eq!(changed(verified), Some("mall.stages[0]".into()));
        let gone = |mall: &mut Mall| mall.stages.truncate(2);
        assert_eq!(changed(gone), Some("mall.stages".into()));
        let moved = |mall: &mut Mall| mall.region = "regions/35.09".into();
        assert_eq!(changed(moved), Some("mall.region".into()));
    }

    #[test]
    fn what_only_the_organiser_says_is_named() {
        let contacts = vec![mpp_api::types::Contact::default()];
        let told = Mall { contacts, ..mall() };
        assert_eq!(own_difference(&mall(), &told), Some("mall.contacts".into()));
        assert_eq!(own_difference(&mall(), &mall()), None);
    }
}
