//! How much memory the catalog needs: 100,000 services of about 2 KB and 300,000 offerings, as the
//! feed brings them, without and with the search index.
//!
//! ```text
//! cargo run --release -p mpp-registry --example memory_bench
//! ```

use std::{error::Error, fs, time::Instant};

use bytes::Bytes;
use mpp_api::{
    Document,
    registry::{Mall, Offering, Service, offering::State as Acceptance},
    types::LocalizedText,
};
use mpp_registry::{
    Policy,
    memory::{RegistryView, searchable, updates},
    search::{Engine, Query, Update},
};
use mpp_resource::memory::View;
use mpp_store::{Change, Label, Labels, Op};

const SERVICES: usize = 100_000;
const OFFERINGS: usize = 300_000;
const MALLS: usize = 300;
const UNITS: usize = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("empty                {:>6} MB", resident()?);
    let started = Instant::now();
    let mut state = RegistryView::default();
    for number in 0..MALLS {
        apply(
            &mut state,
            &format!("malls/m{number}"),
            &Mall::default(),
            &[(Label::Region, "35.10")],
        )?;
    }
    for number in 0..SERVICES {
        service(&mut state, number)?;
    }
    println!("services             {:>6} MB", resident()?);
    for number in 0..OFFERINGS {
        offering(&mut state, number)?;
    }
    println!("and offerings        {:>6} MB after {:?}", resident()?, started.elapsed());
    let engine = Engine::start(16, (&Policy::default()).into())?;
    for part in searchable(&state).chunks(1_000) {
        let part = part.iter().flat_map(|(kind, name)| updates(&state, kind, name));
        engine.apply(part.collect()).await?;
    }
    engine.apply(vec![Update::Revision(1)]).await?;
    engine.search(Query { text: "izin".into(), min_revision: 1, ..Query::default() }).await?;
    println!("and the search index {:>6} MB after {:?}", resident()?, started.elapsed());
    Ok(())
}

fn service(state: &mut RegistryView, number: usize) -> Result<(), Box<dyn Error>> {
    let unit = format!("units/u{}", number % UNITS);
    let name = format!("{unit}/services/s{number}");
    let sentence =
        format!("Pemohon {number} melengkapi berkas lalu menunggu pemeriksaan petugas. ");
    let doc = Service {
        name: name.clone(),
        title: Some(LocalizedText { id: format!("Izin usaha bidang {number}"), en: String::new() }),
        category: "licensing".into(),
        procedure: (0..14).map(|_| sentence.repeat(2)).collect(),
        ..Service::default()
    };
    let labels = [
        (Label::Unit, unit.as_str()),
        (Label::Agency, &unit),
        (Label::Category, "licensing"),
        (Label::Source, "sources/a"),
    ];
    apply(state, &name, &doc, &labels)
}

fn offering(state: &mut RegistryView, number: usize) -> Result<(), Box<dyn Error>> {
    let mall = format!("malls/m{}", number % MALLS);
    let counter = format!("{mall}/counters/c{}", number / MALLS % 20);
    let unit = format!("units/u{}", number % UNITS);
    let service = format!("{unit}/services/s{}", number % SERVICES);
    let name = format!("{counter}/offerings/o{number}");
    let doc = Offering {
        name: name.clone(),
        service: service.clone(),
        state: Acceptance::Accepted.into(),
        slot_minutes: 15,
        slot_capacity: 2,
        ..Offering::default()
    };
    let labels = [
        (Label::Mall, mall.as_str()),
        (Label::Counter, &counter),
        (Label::Service, &service),
        (Label::Unit, &unit),
        (Label::Agency, &unit),
        (Label::Region, "35.10"),
        (Label::State, mpp_core::Acceptance::Accepted.as_str()),
    ];
    apply(state, &name, &doc, &labels)
}

fn apply<D: Document>(
    state: &mut RegistryView,
    name: &str,
    doc: &D,
    labels: &[(Label, &str)],
) -> Result<(), Box<dyn Error>> {
    let labels: Labels = labels.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    let change = Change {
        kind: D::KIND.to_owned(),
        name: name.to_owned(),
        version: 1,
        op: Op::Put,
        doc: Bytes::from(doc.encode_to_vec()),
        tombstone: None,
        labels,
        labels_before: None,
        origin: String::new(),
        actor: String::new(),
        session: String::new(),
        at: 0,
        create_time: 0,
        update_time: 0,
        revision: 1,
    };
    Ok(state.apply(D::KIND, &change)?)
}

/// Resident memory in MB, as the kernel tells it.
fn resident() -> Result<usize, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: usize = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
    Ok(kilobytes / 1024)
}
