//! The pages: the nation, each region, each mall, the display in its hall.
//!
//! A client of the three services, and nothing else: it owns no record, and keeps nothing but the
//! live report, which one stream brings for all pages of a process, and for some minutes what a
//! visitor uploads and the catalog as files. It is public and shows nothing
//! of a person. Nothing comes from another host, nothing is inline, and everything that a record
//! says is escaped by the templates (maud).
//!
//! ```text
//! lib.rs       design and wiring
//! http.rs      address → page → answer  security.rs  what a browser may do with it
//! upload/      a catalog from a workbook, by its visitor's own token
//! data/        the catalog as files for others
//! missing.rs   what is not there as an answer
//! document.rs  the document around a page's parts
//! live/        pages kept drawn while somebody looks; streams of changes
//! render.rs    what a page is drawn from, and drawing it
//! pages/       one file each: what the services say → parts with an id
//! components/  the pieces of all pages
//! follow.rs    the present report       upstream/    questions to the three services
//! words/       both languages, numbers, times
//! policy.rs    numbers that an operator may question   metrics.rs  what it tells of itself
//! ```
//! Arrows run down only.
//!
//! # How a change reaches a browser
//! Reporting sends what changed, at most once a second → [`follow`] holds the present report
//! → each page that somebody looks at is drawn again, once for each language → parts that read as
//! before are the same parts → each listener is sent the others' bytes, which were encoded once.
//! A mall's queues are asked for while somebody looks at it.
//!
//! # What a page lacks
//! A part that the page can do without is shown as not known. The record that the page is about
//! decides the answer (`upstream::Missing`, told in `http.rs`): 404 only if the service that owns
//! it knows no such record, 503 while that service is silent, 400 for a question that cannot be
//! asked. A mall has a page as long as any service knows of it.
//!
//! # Rejected
//! - *A page framework in the browser:* the pages must be whole without script, and then the same
//!   templates can say what changed.
//! - *A database of its own:* a page that shows what a service no longer says is wrong, and one
//!   that says "not known" is not.
//! - *Whole tables live:* rows would move under the reader's eyes; a table says when it was drawn.

#![forbid(unsafe_code)]

mod components;
mod data;
mod document;
mod follow;
mod http;
mod live;
mod metrics;
mod missing;
mod pages;
mod policy;
mod render;
mod security;
mod upload;
mod upstream;
mod words;

use std::sync::Arc;

use axum::Router;
use mpp_client::{Endpoint, Settings, connect_with};
use mpp_core::{Clock, Result};
use mpp_rpc::{HealthPolicy, Readiness};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use metrics::METRICS;
pub use policy::Policy;
pub use security::POLICY as CONTENT_SECURITY_POLICY;

/// How the pages are set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directory and catalog.
    pub registry: Endpoint,
    /// Hours and queues.
    pub scheduling: Endpoint,
    /// The address of reporting, which sends the report.
    pub reporting: Endpoint,
    /// Deadlines and retries of the calls to them.
    pub client: Settings,
    /// The time, which decides what is open.
    pub clock: Clock,
    /// When the pages count as ready.
    pub health: HealthPolicy,
    /// Numbers that an operator may question.
    pub policy: Policy,
    /// The addresses that others know.
    pub public: PublicAddresses,
}

/// The addresses by which others reach the suite, which stand in what they keep. A request's own
/// host is not taken for one: whoever asks could then write it into everybody's file.
#[derive(Clone, Debug, Default)]
pub struct PublicAddresses {
    /// Of the registry, "https://api.mpp.example"; empty: it is not known, and there is no linked
    /// data, in which each record has an address.
    pub registry: String,
    /// Of the pages, "https://mpp.example"; empty: it is not known, and nothing leads to them.
    pub pages: String,
}

/// The pages, running.
pub struct Running {
    /// For an HTTP server: public, plain.
    pub router: Router,
    /// Names what is missing: "report" until the first one has come.
    pub readiness: Readiness,
    /// The background tasks; they end after the shutdown was asked for.
    pub tasks: JoinSet<()>,
}

/// Starts to follow the report. That a service is away is no error: the pages say so.
///
/// # Errors
/// Says what is wrong with an endpoint or a public address.
pub fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    let Options { registry, scheduling, reporting, client, clock, health, policy, public } =
        options;
    let patience = policy.patience();
    metrics::begin();
    let (uploads_to, data_from) = (registry.clone(), registry.clone());
    let upstream = upstream::Upstream::new(&registry, &scheduling, &reporting, client, patience)?;
    let readiness = Readiness::new(health);
    let (tell, report) = watch::channel(None);
    let follower = follow::Follower {
        reports: upstream.reports.clone(),
        backoff: client.backoff(),
        clock: clock.clone(),
        tell,
        component: readiness.component("report").for_the_start(),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(follower.run(shutdown.clone()));
    let part = policy.address_part;
    let listeners = live::permits::Permits::new(policy.listeners, part);
    let drawing = live::permits::Permits::new(policy.pages, part);
    let renderer = render::Renderer { upstream, report, policy: Arc::new(policy), clock };
    let uploads = uploads(&renderer, uploads_to, &shutdown);
    tasks.spawn(uploads.sessions.clone().sweep(shutdown.clone()));
    let boards = live::boards::OpenPages::default();
    let catalog = connect_with(&data_from, client)?;
    let files = data::DataFiles::new(catalog, &public, renderer.clone(), shutdown.clone())?;
    let downloads = live::permits::Permits::new(renderer.policy.downloads, part);
    let data = data::Data { files, downloads };
    let site = http::Site { renderer, boards, listeners, drawing, shutdown };
    let router = http::router(site, uploads, data);
    Ok(Running { router, readiness, tasks })
}

/// Where visitors upload catalogs.
fn uploads(
    renderer: &render::Renderer,
    registry: Endpoint,
    shutdown: &CancellationToken,
) -> upload::Uploads {
    let Policy { address_part: part, uploads, upload_sessions, .. } = *renderer.policy;
    let permits = live::permits::Permits::new;
    let sessions = upload::Sessions::new(
        permits(upload_sessions, part),
        renderer.clock.clone(),
        renderer.policy.upload_session(),
    );
    upload::Uploads {
        renderer: renderer.clone(),
        registry,
        sessions,
        entering: permits(upload_sessions, part),
        working: permits(uploads, 1),
        shutdown: shutdown.clone(),
    }
}
