//! Drawing a page: gathering its data and rendering it.

use std::sync::Arc;

use mpp_core::{Clock, region_name};

use crate::{
    components::Look,
    follow::WatchedReport,
    pages::{self, Address, AddressQuery, Drawn, PageData, PageView},
    policy::Policy,
    upstream::{Missing, Upstream},
    words::Lang,
};

/// Draws any page as it is now.
#[derive(Clone)]
pub struct Renderer {
    /// The three services.
    pub upstream: Upstream,
    /// The live report.
    pub report: WatchedReport,
    /// The settings of the pages.
    pub policy: Arc<Policy>,
    /// The clock that pages are drawn by.
    pub clock: Clock,
}

/// A page, and the answers that it was drawn from.
pub struct ShownPage {
    /// The page as it was drawn.
    pub drawn: Arc<Drawn>,
    /// Its own answers from the services.
    pub own: PageData,
}

impl Renderer {
    /// Draws a page anew.
    pub async fn show(
        &self,
        address: &Address,
        asked: &AddressQuery,
        lang: Lang,
    ) -> Result<ShownPage, Missing> {
        if let Address::Docs(service) = address {
            let drawn = pages::docs::draw(self.look(lang), service.as_deref());
            let drawn = Arc::new(drawn.ok_or(Missing::Unknown)?);
            return Ok(ShownPage { drawn, own: PageData::Nothing });
        }
        let own = self.gather(address, asked).await?;
        let drawn = Arc::new(self.draw(address, asked, lang, own.clone())?);
        Ok(ShownPage { drawn, own })
    }

    /// Asks the services for the data that only this page needs.
    pub async fn gather(
        &self,
        address: &Address,
        asked: &AddressQuery,
    ) -> Result<PageData, Missing> {
        let current = self.report.borrow().clone().ok_or(Missing::NotReady)?;
        Ok(match address {
            Address::Nation
            | Address::Table(_)
            | Address::Docs(_)
            | Address::Upload
            | Address::Data => PageData::Nothing,
            Address::Source(id) => {
                let waits = self.upstream.waiting(&format!("sources/{id}")).await;
                PageData::Source(waits.map(Arc::new))
            }
            Address::Region(code) => {
                let name = region_name(code);
                PageData::Region(self.upstream.region(&current.report, &name).await?)
            }
            Address::Service(unit, id) => {
                let name = format!("units/{unit}/services/{id}");
                self.service(&name).await?
            }
            Address::Standards => {
                PageData::Standards(Arc::new(self.upstream.standards(&asked.halaman).await?))
            }
            Address::Standard(id) => {
                let name = format!("standards/{id}");
                PageData::Standard(Arc::new(self.upstream.standard(&name).await?))
            }
            Address::Overrides => {
                PageData::Overrides(Arc::new(self.upstream.overrides(&asked.halaman).await?))
            }
            Address::LifeEvents => {
                let found = self.upstream.life_events(&asked.halaman, &asked.mal).await?;
                PageData::LifeEvents(Arc::new(found))
            }
            Address::LifeEvent(id) => {
                let name = format!("lifeEvents/{id}");
                let now = self.clock.now();
                let path = self.upstream.path(&name, (&asked.mal, &asked.punya), now).await?;
                PageData::LifeEvent(Arc::new(path))
            }
            Address::Search => {
                PageData::Found(Arc::new(self.upstream.search(&asked.cari, &asked.halaman).await?))
            }
            Address::Mall(id)
            | Address::Hall(id)
            | Address::Services(id)
            | Address::Ticket(id, _) => {
                let name = format!("malls/{id}");
                PageData::Mall(Arc::new(self.upstream.mall(&name, self.clock.now()).await?))
            }
        })
    }

    /// A service, or what became of it.
    async fn service(&self, name: &str) -> Result<PageData, Missing> {
        match self.upstream.service(name).await {
            Ok(found) => Ok(PageData::Service(Arc::new(found))),
            Err(Missing::Unknown | Missing::Gone) => {
                Ok(PageData::Withdrawn(Arc::new(self.upstream.withdrawn(name).await?)))
            }
            Err(why) => Err(why),
        }
    }

    /// Draws a page from the present report.
    pub fn draw(
        &self,
        address: &Address,
        asked: &AddressQuery,
        lang: Lang,
        own: PageData,
    ) -> Result<Drawn, Missing> {
        let current = self.report.borrow().clone().ok_or(Missing::NotReady)?;
        let now = self.clock.now();
        let view = PageView {
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
