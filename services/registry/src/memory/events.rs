//! The updates of the index of life events, which has their titles and the words that people use
//! for them as services have titles and keywords. It is an index of its own: beside some hundred
//! thousand services an event would be lost, and no event takes the place of a service.

use mpp_api::registry::LifeEvent;

use super::view::RegistryView;
use crate::search::{ServiceDoc, Update};

/// The update that follows from a changed event, given the state after the change.
pub fn update(state: &RegistryView, name: &str) -> Update {
    let Some(found) = state.records.get::<LifeEvent>(name) else {
        return Update::DeleteService(name.to_owned());
    };
    let title = found.doc.title.unwrap_or_default();
    Update::PutService(Box::new(ServiceDoc {
        name: name.to_owned(),
        title_id: title.id,
        title_en: title.en,
        keywords: found.doc.keywords,
        ..ServiceDoc::default()
    }))
}

/// The updates from one whole state to another.
pub fn replaced(before: &RegistryView, after: &RegistryView) -> Vec<Update> {
    let gone = before.records.rows::<LifeEvent>("").map(|(name, _)| name);
    let gone = gone.filter(|name| after.records.row::<LifeEvent>(name).is_none());
    let there = after.records.rows::<LifeEvent>("").map(|(name, _)| name);
    gone.chain(there).map(|name| update(after, name)).collect()
}
