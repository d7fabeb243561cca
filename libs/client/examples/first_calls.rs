//! First calls to the registry: search, read, change what was read, and follow what changes.
//!
//! With `mpp up --demo` running, in the folder where it runs:
//! `cargo run -p mpp-client --example first_calls`

use std::{error::Error, path::PathBuf, time::Duration};

use mpp_api::{
    feed::Filter,
    registry::{
        Counter, GetCounterRequest, SearchServicesRequest, UpdateCounterRequest,
        directory_service_client::DirectoryServiceClient,
        search_service_client::SearchServiceClient,
    },
};
use mpp_client::{Cache, Channel, Endpoint, TokenSource, connect, error_of};
use mpp_core::Reason;
use tokio::time::timeout;

const COUNTER: &str = "malls/banyuwangi/counters/dukcapil";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keys = PathBuf::from("mpp-data/keys");
    run("http://127.0.0.1:7401", keys.join("reader.jwt"), keys.join("organiser.jwt")).await
}

/// Makes all the calls, as an app that reads and as the mall's organiser, who writes.
pub async fn run(address: &str, app: PathBuf, organiser: PathBuf) -> Result<(), Box<dyn Error>> {
    let (app, organiser) = (channel(address, app)?, channel(address, organiser)?);
    search(&app).await?;

    // A local copy of the mall's counters: the state first, then every change.
    let mut filter = Filter { kinds: vec!["counter".into()], ..Filter::default() };
    filter.labels.insert("mall".into(), "malls/banyuwangi".into());
    let counters = Cache::follow("counters", app, filter);
    let fresh = timeout(Duration::from_secs(10), counters.whole()).await?;
    println!("{} counters at revision {}", counters.count::<Counter>(), fresh.revision);

    let revision = rename(&organiser, "Gerai Dukcapil, lantai 1").await?;
    timeout(Duration::from_secs(10), counters.reached(revision)).await?;
    let kept = counters.get::<Counter>(COUNTER)?.ok_or("a counter that is there")?;
    let name = kept.document.display_name.unwrap_or_default().id;
    println!("{COUNTER} is now '{name}', by {}, etag {}", kept.actor, kept.etag);
    Ok(())
}

/// The token is read again when its file changes. With TLS: `tls: Some(ClientTls { ca, .. })`.
fn channel(address: &str, token: PathBuf) -> mpp_core::Result<Channel> {
    let token = Some(TokenSource::File(token));
    connect(&Endpoint { address: address.into(), token, tls: None })
}

async fn search(registry: &Channel) -> Result<(), Box<dyn Error>> {
    let query = "kalau ktp hilang gimana".into();
    let request = SearchServicesRequest { query, page_size: 3, ..Default::default() };
    let found = SearchServiceClient::new(registry.clone()).search_services(request).await?;
    for hit in found.into_inner().hits {
        println!("{}, at {} places", hit.title.unwrap_or_default().id, hit.place_count);
    }
    Ok(())
}

/// Changes the counter's name if nobody else has changed it since it was read; answers the
/// revision. No request id is given, so the client makes one: sent twice, it is done once.
async fn rename(registry: &Channel, name: &str) -> Result<i64, Box<dyn Error>> {
    let mut directory = DirectoryServiceClient::new(registry.clone());
    loop {
        let request = GetCounterRequest { name: COUNTER.into(), ..Default::default() };
        let mut counter = directory.get_counter(request).await?.into_inner().counter;
        if let Some(counter) = &mut counter {
            counter.display_name.get_or_insert_default().id = name.into();
        }
        let update_mask = Some(prost_types::FieldMask { paths: vec!["display_name".into()] });
        let request = UpdateCounterRequest { counter, update_mask, ..Default::default() };
        match directory.update_counter(request).await {
            Ok(done) => return Ok(done.into_inner().revision),
            // Somebody was faster: read it again.
            Err(status) if error_of(&status).is(Reason::EtagMismatch) => {}
            Err(status) => return Err(status.into()),
        }
    }
}
