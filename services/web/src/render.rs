//! What a page is drawn from, and drawing it.

use std::sync::Arc;

use mpp_core::Clock;

use crate::{
    components::Look,
    follow::Watched,
    pages::{self, Address, Asked, Drawn, Own, View},
    policy::Policy,
    upstream::Upstream,
    words::Lang,
};

/// Draws any page as of now.
#[derive(Clone)]
pub struct Renderer {
    /// The three services.
    pub upstream: Upstream,
    /// The live report.
    pub report: Watched,
    /// The numbers.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Clock,
}

/// What came of asking for a page.
pub enum Shown {
    /// The page, and what it was drawn from.
    Page { drawn: Arc<Drawn>, own: Own },
    /// The index knows nothing of that name.
    Unknown,
    /// No report has come yet.
    NotReady,
}

impl Renderer {
    /// Draws a page anew.
    pub async fn show(&self, address: &Address, asked: &Asked, lang: Lang) -> Shown {
        if let Address::Docs(service) = address {
            let drawn = pages::docs::draw(self.look(lang), service.as_deref());
            return drawn.map_or(Shown::Unknown, |drawn| Shown::Page {
                drawn: Arc::new(drawn),
                own: Own::Nothing,
            });
        }
        if self.report.borrow().is_none() {
            return Shown::NotReady;
        }
        let Some(own) = self.gather(address).await else { return Shown::Unknown };
        match self.draw(address, asked, lang, own.clone()) {
            Some(drawn) => Shown::Page { drawn: Arc::new(drawn), own },
            None => Shown::Unknown,
        }
    }

    /// What a page asks of the services for itself; `None` where they know no such thing.
    pub async fn gather(&self, address: &Address) -> Option<Own> {
        match address {
            Address::Nation | Address::Table(_) | Address::Docs(_) => Some(Own::Nothing),
            Address::Region(code) => {
                let report = self.report.borrow().as_ref()?.report.clone();
                let name = format!("regions/{code}");
                Some(Own::Region(self.upstream.region(&report, &name).await))
            }
            Address::Service(unit, id) => {
                let name = format!("units/{unit}/services/{id}");
                Some(Own::Service(Arc::new(self.upstream.service(&name).await?)))
            }
            Address::Mall(id)
            | Address::Hall(id)
            | Address::Services(id)
            | Address::Ticket(id, _) => {
                let name = format!("malls/{id}");
                let mall = self.upstream.mall(&name, self.clock.now()).await?;
                Some(Own::Mall(Arc::new(mall)))
            }
        }
    }

    /// Draws a page of the report of now; `None` where the index knows nothing of that name.
    pub fn draw(&self, address: &Address, asked: &Asked, lang: Lang, own: Own) -> Option<Drawn> {
        let current = self.report.borrow().clone()?;
        let now = self.clock.now();
        let view = View {
            report: current.report,
            heard: current.lost.unwrap_or(now),
            lost: current.lost.is_some(),
            now,
            own,
        };
        pages::draw(&view, address, asked, &self.policy, lang)
    }

    /// How pages look now.
    pub fn look(&self, lang: Lang) -> Look {
        let sample = self.report.borrow().as_ref().is_some_and(|now| now.report.sample_data);
        Look { lang, sample, now: self.clock.now() }
    }
}
