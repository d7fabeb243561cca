//! Whether the counters of a path are open now, as scheduling tells it. The plan knows no hours.

use maud::{Markup, html};
use mpp_api::registry::{mall::Stage, plan_life_event_response::Goal};
use mpp_core::parent_of;
use mpp_form::stage;

use crate::{
    components::Look,
    pages::{
        PageView,
        hours::{self, OpeningState},
        mall::now::{stage_of, state_words},
    },
    upstream::PathData,
    words::{Phrase, format, table as words},
};

/// What a citizen has to know of the stage of the mall; nothing of one that serves.
pub fn stage(view: &PageView, data: &PathData) -> Option<Phrase> {
    match stage_of(view, &data.records) {
        _ if data.mall.is_empty() => None,
        stage if stage::serves(stage) => None,
        Stage::Unspecified => None,
        Stage::Returned | Stage::Suspended | Stage::Closed => Some(words::NO_LONGER_SERVING),
        _ => Some(words::NOT_SERVING),
    }
}

/// Whether a counter is open now, and until or from when.
pub fn now(look: Look, view: &PageView, data: &PathData, counter: &str) -> Markup {
    let (zone, state) = (data.records.zone(), state_of(view, data, counter));
    state_words(look, &state, format::local(view.now, zone).date(), zone)
}

fn state_of<'a>(view: &PageView, data: &'a PathData, counter: &str) -> OpeningState<'a> {
    let days = data.hours.get(counter).map(Vec::as_slice).unwrap_or_default();
    hours::at(days, format::local(view.now, data.records.zone()))
}

/// Until when the counters are closed that give a goal, if all of them are.
pub fn shut(look: Look, view: &PageView, data: &PathData, goal: &Goal) -> Option<Markup> {
    let places = goal.ways.iter().filter_map(|way| way.place.as_ref());
    let counters: Vec<&str> = places.map(|place| parent_of(&place.offering)).collect();
    let is_shut =
        |counter: &&str| matches!(state_of(view, data, counter), OpeningState::Shut { .. });
    let first = counters.first().filter(|_| counters.iter().all(is_shut))?;
    Some(html! { (now(look, view, data, first)) })
}
