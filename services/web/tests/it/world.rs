//! A small nation, and the pages over it.

mod life_events;
mod nation;
mod report;
mod standards;
mod steps;

use std::time::Duration;

use axum::Router;
use mpp_client::Endpoint;
use mpp_core::Clock;
use mpp_web::{Options, Policy, PublicAddresses, Running};
use tokio_util::sync::CancellationToken;

use crate::upstream::{Answers, Upstream};

pub use nation::*;

/// The pages over a nation.
pub struct World {
    pub answers: Answers,
    pub clock: Clock,
    pub pages: Router,
    upstream: Option<Upstream>,
    pub shutdown: CancellationToken,
    _running: tokio::task::JoinSet<()>,
}

impl World {
    /// Ready: the first report has come.
    pub async fn start(nation: Nation) -> Self {
        let world = Self::before_the_first_report(nation).await;
        world.until_ready().await;
        world
    }

    /// Ready, and nobody has said by which addresses others reach it.
    pub async fn start_unknown_to_the_public(nation: Nation) -> Self {
        let world = Self::with_addresses(nation, PublicAddresses::default()).await;
        world.until_ready().await;
        world
    }

    pub async fn before_the_first_report(nation: Nation) -> Self {
        let public = PublicAddresses {
            registry: "https://api.mpp.example".into(),
            pages: "https://mpp.example/".into(),
        };
        Self::with_addresses(nation, public).await
    }

    async fn with_addresses(nation: Nation, public: PublicAddresses) -> Self {
        let answers = Answers::new(nation);
        let upstream =
            Upstream::start(answers.clone(), "127.0.0.1:0".parse().expect("an address")).await;
        let clock = Clock::stopped_at(MORNING);
        let shutdown = CancellationToken::new();
        let endpoint =
            Endpoint { address: format!("http://{}", upstream.address), ..Endpoint::default() };
        let policy = Policy {
            listeners: 4,
            address_part: 4,
            upload_sessions: 8,
            pace_millis: 20,
            queues_every_millis: 40,
            records_every_millis: 200,
            downloads: 4,
            ..Policy::default()
        };
        let options = Options {
            registry: endpoint.clone(),
            scheduling: endpoint.clone(),
            reporting: endpoint,
            client: mpp_client::Settings::default(),
            clock: clock.clone(),
            health: mpp_rpc::HealthPolicy::default(),
            policy,
            public,
        };
        let Running { router, tasks, .. } =
            mpp_web::start(options, shutdown.clone()).expect("started");
        Self { answers, clock, pages: router, upstream: Some(upstream), shutdown, _running: tasks }
    }

    async fn until_ready(&self) {
        self.until("/", "id=\"headline\"").await;
    }

    /// Asks for a page again until it holds a text.
    pub async fn until(&self, path: &str, text: &str) -> String {
        let asked = tokio::time::timeout(PATIENCE, async {
            loop {
                let html = crate::browser::open(&self.pages, path).await.html;
                if html.contains(text) {
                    return html;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        asked.await.unwrap_or_else(|_| panic!("{path} never says '{text}'"))
    }

    /// Changes what the services answer, and tells the report.
    pub fn change(&self, change: impl FnOnce(&mut Nation)) {
        let mut nation = self.answers.nation.lock().expect("no panic");
        change(&mut nation);
        self.answers.tell(nation.report.clone());
    }

    /// Cuts the services off.
    pub async fn cut(&mut self) -> std::net::SocketAddr {
        self.upstream.take().expect("running").end().await
    }

    /// They come back at the same address.
    pub async fn back(&mut self, at: std::net::SocketAddr) {
        self.upstream = Some(Upstream::start(self.answers.clone(), at).await);
    }
}
