//! The process of the pages, over the three services.

use super::Suite;
use crate::{
    PATIENCE, eventually, http, keys::WEB, process::Process, program::command_of, service::Service,
};

impl Suite {
    /// Starts the pages, and does not wait for them.
    pub fn launch_web(&mut self) {
        let local = |port: u16| format!("127.0.0.1:{port}");
        let mut serve = command_of(&self.program, self.home());
        serve
            .args(["serve", "web"])
            .env("MPP_PAGE_LISTEN", local(self.web.pages))
            .env("MPP_HEALTH_LISTEN", local(self.web.health))
            .env("MPP_REGISTRY_ADDRESS", self.address(Service::Registry))
            .env("MPP_SCHEDULING_ADDRESS", self.address(Service::Scheduling))
            .env("MPP_REPORTING_ADDRESS", self.address(Service::Reporting))
            .env("MPP_TOKEN_FILE", self.keys.token(WEB))
            .env("MPP_DRAIN_PAUSE_MILLIS", "200");
        if let Some((authority, _)) = &self.tls {
            serve.env("MPP_TLS_CA", authority);
        }
        let log = self.home().join("web.log");
        self.web.process = Some(Process::start("web", serve, &log));
    }

    /// Waits until the pages have a report to show.
    pub async fn web_ready(&self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.web.health);
        eventually(PATIENCE, "the pages are ready", async || match http::get(&url).await? {
            (200, _) => Ok(()),
            (status, body) => Err(format!("{status}: {body}")),
        })
        .await;
    }

    /// The process that serves the pages.
    ///
    /// # Panics
    /// If it was never started.
    pub fn web(&mut self) -> &mut Process {
        self.web.process.as_mut().expect("pages that were started")
    }
}
