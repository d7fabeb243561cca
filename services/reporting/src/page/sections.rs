//! A page as a list of sections, each of which is replaced alone when it changes.

use std::sync::Arc;

use super::{
    nation, place,
    text::{self, Lang},
    view::View,
};
use crate::{
    memory::{Current, Memory},
    model::OwnCount,
};

/// A rendered section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Id of its element.
    pub id: &'static str,
    /// The element.
    pub html: String,
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The nation.
    Nation,
    /// A province, by resource name.
    Province(String),
    /// A mall, by resource name.
    Mall(String),
}

impl Page {
    /// The page of a mall by its id.
    pub fn mall(id: String) -> Self {
        Page::Mall(format!("malls/{id}"))
    }

    /// The page of a province by its code.
    pub fn province(id: String) -> Self {
        Page::Province(format!("regions/{id}"))
    }

    /// The page of a resource name; the nation for anything else.
    pub fn parse(name: &str) -> Self {
        match name.split_once('/') {
            Some(("malls", _)) => Page::Mall(name.to_owned()),
            Some(("regions", _)) => Page::Province(name.to_owned()),
            _ => Page::Nation,
        }
    }

    /// Its resource name; empty for the nation.
    pub fn name(&self) -> &str {
        match self {
            Page::Nation => "",
            Page::Province(name) | Page::Mall(name) => name,
        }
    }

    /// Its sections as of now; `None` where nothing of that name is known.
    pub fn sections(&self, memory: &Memory, lang: Lang) -> Option<Arc<Vec<Section>>> {
        self.sections_of(memory, &memory.current(), lang)
    }

    /// Its sections as of a report. Those of the nation are rendered once for all who look.
    pub fn sections_of(
        &self,
        memory: &Memory,
        current: &Current,
        lang: Lang,
    ) -> Option<Arc<Vec<Section>>> {
        if *self == Page::Nation {
            let render = || Arc::new(self.render(memory, current, lang).unwrap_or_default());
            return Some(current.nation(lang).get_or_init(render).clone());
        }
        self.render(memory, current, lang).map(Arc::new)
    }

    fn render(&self, memory: &Memory, current: &Current, lang: Lang) -> Option<Vec<Section>> {
        let markup = memory.read(|state| {
            let whole = |count: i32| usize::try_from(count).unwrap_or_default();
            let ours = current.report.published.iter();
            let own: Vec<_> = ours
                .map(|row| OwnCount {
                    malls: whole(row.own_malls),
                    regions: whole(row.own_regions),
                })
                .collect();
            let view = View { report: &current.report, state, own: &own };
            match self {
                Page::Nation => Some(nation::sections(&view, lang)),
                Page::Province(name) => place::province(&view, name, lang),
                Page::Mall(name) => place::mall(&view, name, lang),
            }
        })?;
        Some(
            markup.into_iter().map(|(id, html)| Section { id, html: html.into_string() }).collect(),
        )
    }

    /// The document's title.
    pub fn title(&self, memory: &Memory, lang: Lang) -> String {
        let own = memory.read(|state| match self {
            Page::Nation => None,
            Page::Province(name) => state.regions.get(name).map(|row| row.title.clone()),
            Page::Mall(name) => state.malls.get(name).map(|row| match lang {
                Lang::En if !row.title.en.is_empty() => row.title.en.clone(),
                Lang::En | Lang::Id => row.title.id.clone(),
            }),
        });
        match own {
            Some(own) => format!("{own} · {}", text::SITE.of(lang)),
            None => text::TITLE.of(lang).to_owned(),
        }
    }
}
