//! What counting, comparing and the graph of requirements cost at the nation's size: 100,000
//! services of 2,000 standards in 514 places, each naming up to four others; and how long a write
//! waits meanwhile until it can be read here.
//!
//! ```text
//! cargo run --release -p mpp-registry --example adoption_bench -- sqlite:bench.db
//! ```
//! A number behind it is that of the services.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use mpp_api::{
    Document,
    registry::{
        CountAdoptionRequest, LifeEvent, ListBrokenRequirementsRequest, ListDivergencesRequest,
        PlanLifeEventRequest, PlanStepsRequest, Region, Service, Standard, StandardLink, Unit,
        count_adoption_request::Group, life_event::Goal, service::Requirement,
        standard_link::State,
    },
    types::{Fee, LocalizedText, ServiceTime, fee, service_time},
};
use mpp_core::{Clock, Decision};
use mpp_registry::{Options, Registry};
use mpp_resource::page;
use mpp_store::{Actor, Label, Labels};
use tokio_util::sync::CancellationToken;

const OF_EACH: usize = 50;
const PLACES: usize = 514;
const CALLS: usize = 200;
const CHUNK: usize = 500;
const ALL: &str = "standards/-";
const UNIT: &str = "units/bench";
const EVENT: &str = "lifeEvents/bench";

type Outcomes<T> = Result<T, Box<dyn Error>>;
type NewRecord<D> = (String, D, Labels);

#[tokio::main]
async fn main() -> Outcomes<()> {
    let url = std::env::args().nth(1).ok_or("name an empty database: sqlite:bench.db")?;
    let services = std::env::args().nth(2).map_or(Ok(100_000), |number| number.parse())?;
    let database = mpp_store::Options::new(url, 16, Clock::system());
    let shutdown = CancellationToken::new();
    let options = Options { migrate: true, ..Options::new(database) };
    let registry = mpp_registry::start(options, shutdown.clone()).await?.registry;
    write(&registry, services).await?;

    print_times("write, alone", &writes(&registry, 50).await?);
    let began = Instant::now();
    let (province, pages) = pages(&registry, Group::Province).await?;
    println!("count by province, nothing known: {province:?} in {pages} pages");
    let compared = registry.measure_adoption().await?;
    println!("first look: {compared} pairs, {:?} since", began.elapsed());
    let began = Instant::now();
    registry.measure_adoption().await?;
    println!("look without a change: {:?}", began.elapsed());
    for group in [Group::Standard, Group::Province, Group::Agency] {
        let (took, pages) = self::pages(&registry, group).await?;
        println!("count {}: {took:?} in {pages} pages", group.as_str_name());
    }
    let began = Instant::now();
    let looked = divergences(&registry).await?;
    println!("divergences, a page of {looked} standards: {:?}", began.elapsed());

    graph(&registry, services).await?;
    let counting = tokio::spawn(repeated(registry.clone()));
    print_times("write, beside counting", &writes(&registry, 50).await?);
    counting.abort();
    shutdown.cancel();
    registry.db.close().await;
    Ok(())
}

async fn repeated(registry: Registry) {
    while pages(&registry, Group::Province).await.is_ok() {}
}

/// All pages of a count.
async fn pages(registry: &Registry, group: Group) -> Outcomes<(Duration, usize)> {
    let mut asked = CountAdoptionRequest {
        parent: ALL.into(),
        group: group.into(),
        page_size: 100,
        ..CountAdoptionRequest::default()
    };
    let (began, mut pages) = (Instant::now(), 0);
    loop {
        let answer = page::answer(&asked, page::OF_FINDINGS, |page| {
            registry.count_adoption("users/bench", &asked, page)
        })
        .await?;
        pages += 1;
        if answer.next_page_token.is_empty() {
            return Ok((began.elapsed(), pages));
        }
        asked.page_token = answer.next_page_token;
    }
}

/// What leads nowhere: alone, after each write that leads elsewhere, and after each that does not;
/// and the way to a service.
async fn graph(registry: &Registry, services: usize) -> Outcomes<()> {
    for (what, changes, leads) in [
        ("broken, nothing changed", false, false),
        ("broken, a text changed before each", true, false),
        ("broken, a lead changed before each", true, true),
    ] {
        let mut took = Vec::with_capacity(CALLS);
        for number in 0..CALLS {
            if changes {
                put(registry, vec![changed(services - 1, number, leads)]).await?;
            }
            let asked = ListBrokenRequirementsRequest { page_size: 100, ..Default::default() };
            let began = Instant::now();
            let broken = |page| registry.list_broken_requirements("users/bench", &asked, page);
            page::answer(&asked, page::OF_FINDINGS, broken).await?;
            took.push(began.elapsed());
        }
        told_calls(what, took);
    }
    let mut took = Vec::with_capacity(CALLS);
    for number in 0..CALLS {
        let (_, name) = place_of(services - 1 - number * 7 % services);
        let began = Instant::now();
        let asked = PlanStepsRequest { name, ..PlanStepsRequest::default() };
        registry.plan_steps("users/bench", asked).await?;
        took.push(began.elapsed());
    }
    told_calls("steps to a service", took);
    put(registry, vec![event(services)]).await?;
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let began = Instant::now();
        let asked = PlanLifeEventRequest { name: EVENT.into(), ..Default::default() };
        registry.plan_life_event("users/bench", asked).await?;
        took.push(began.elapsed());
    }
    told_calls("path through a life event of 20 goals", took);
    Ok(())
}

/// Ten goals name a service, ten a standard of which fifty services are confirmed.
fn event(services: usize) -> NewRecord<LifeEvent> {
    let by_service = |at: usize| Goal { service: place_of(services - 1 - at).1, ..Goal::default() };
    let by_standard = |at: usize| Goal { standard: format!("standards/s{at}"), ..Goal::default() };
    let event = LifeEvent {
        name: EVENT.into(),
        title: text("Membuka usaha"),
        goals: (0..10).flat_map(|at| [by_service(at), by_standard(at)]).collect(),
        example: true,
        ..LifeEvent::default()
    };
    (EVENT.to_owned(), event, Labels::default())
}

fn told_calls(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("{what}: p50 {:?}, p99 {:?} of {} calls", at(50), at(99), took.len());
}

/// A service that says something else, and leads elsewhere or where it did.
fn changed(number: usize, turn: usize, leads: bool) -> NewRecord<Service> {
    let (name, service, labels) = service(number);
    let mut service = Service { product: format!("Izin {turn}"), ..service };
    if leads && turn.is_multiple_of(2) {
        service.requirements[0].satisfied_by = String::new();
    }
    (name, service, labels)
}

async fn divergences(registry: &Registry) -> Outcomes<usize> {
    let asked = ListDivergencesRequest { parent: ALL.into(), ..ListDivergencesRequest::default() };
    let divergences = |page| registry.divergences("users/bench", &asked, page);
    Ok(page::answer(&asked, page::OF_FINDINGS, divergences).await?.looked.len())
}

/// How long a write takes until this replica shows it.
async fn writes(registry: &Registry, many: usize) -> Outcomes<Vec<Duration>> {
    let mut took = Vec::with_capacity(many);
    for number in 0..many {
        let began = Instant::now();
        let name = format!("Bench {number} {}", registry.memory.revision());
        put(registry, vec![(UNIT.to_owned(), unit(&name), Labels::default())]).await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

fn print_times(what: &str, took: &[Duration]) {
    println!("{what}: median {:?}, longest {:?}", took[took.len() / 2], took[took.len() - 1]);
}

/// Writes records in one transaction, and waits until memory shows them.
async fn put<D: Document>(registry: &Registry, items: Vec<NewRecord<D>>) -> Outcomes<()> {
    let mut tx = registry.db.begin(&Actor::new("api", "users/bench")).await?;
    tx.put_many(items).await?;
    let revision = tx.commit().await?;
    registry.memory.see(revision, None).await;
    Ok(())
}

async fn write(registry: &Registry, services: usize) -> Outcomes<()> {
    registry.memory.wait_for(1).await?;
    let regions: Vec<String> = {
        let state = registry.memory.read();
        let all = state.records.rows::<Region>("").map(|(name, _)| name.to_string());
        all.filter_map(|name| name.strip_prefix("regions/").map(str::to_owned))
            .filter(|code| code.contains('.'))
            .take(PLACES)
            .collect()
    };
    put(registry, regions.iter().enumerate().map(|(at, code)| place(at, code)).collect()).await?;
    for chunk in (0..services / OF_EACH).collect::<Vec<_>>().chunks(CHUNK) {
        put(registry, chunk.iter().map(|number| standard(*number)).collect()).await?;
    }
    for chunk in (0..services).collect::<Vec<_>>().chunks(CHUNK) {
        put(registry, chunk.iter().map(|number| service(*number)).collect()).await?;
        put(registry, chunk.iter().map(|number| link(*number)).collect()).await?;
    }
    println!("{services} services of {} standards", services / OF_EACH);
    Ok(())
}

fn text(id: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.into(), en: String::new() })
}

fn unit(name: &str) -> Unit {
    Unit { name: UNIT.into(), display_name: text(name), ..Unit::default() }
}

fn labels(all: &[(Label, &str)]) -> Labels {
    all.iter().map(|(label, value)| (*label, (*value).to_owned())).collect()
}

fn place(number: usize, code: &str) -> NewRecord<Unit> {
    let name = format!("units/p{number}");
    let unit = Unit {
        name: name.clone(),
        display_name: text(&format!("Dinas {number}")),
        region: format!("regions/{code}"),
        ..Unit::default()
    };
    (name, unit, labels(&[(Label::Region, code)]))
}

fn requirements(many: usize) -> Vec<Requirement> {
    let one = |number: usize| Requirement {
        text: format!("Fotokopi dokumen nomor {number} yang masih berlaku"),
        ..Requirement::default()
    };
    (0..many).map(one).collect()
}

fn free(words: &str) -> Vec<Fee> {
    vec![Fee { kind: fee::Kind::Free.into(), source_text: words.into(), ..Fee::default() }]
}

fn days(value: i64, words: &str) -> Option<ServiceTime> {
    let unit = service_time::Unit::WorkingDays.into();
    Some(ServiceTime { value, unit, source_text: words.into(), ..ServiceTime::default() })
}

fn standard(number: usize) -> NewRecord<Standard> {
    let name = format!("standards/s{number}");
    let standard = Standard {
        name: name.clone(),
        title: text(&format!("Izin usaha bidang {number}")),
        version: "1".into(),
        example: true,
        requirements: requirements(8),
        time: days(3, "Paling lama 3 (tiga) hari kerja"),
        fees: free("Gratis"),
        product: "Izin".into(),
        ..Standard::default()
    };
    (name.clone(), standard, labels(&[(Label::Standard, &name)]))
}

fn place_of(number: usize) -> (String, String) {
    let unit = format!("units/p{}", number % PLACES);
    let service = format!("{unit}/services/s{number}");
    (unit, service)
}

/// What a service asks for: four of its documents come from services with half its number and
/// less, one in a thousand closes a circle, and one names a service that is not there.
fn linked_requirements(number: usize) -> Vec<Requirement> {
    let mut all = requirements(8);
    for (place, asked) in all.iter_mut().take(4).enumerate() {
        let to = number / (place + 2);
        let to = if number.is_multiple_of(1_000) { number + 1 } else { to };
        asked.satisfied_by = place_of(to).1;
    }
    if number % 1_000 == 1 {
        all[0].satisfied_by = place_of(number - 1).1;
    }
    if number % 1_000 == 2 {
        all[1].satisfied_by = format!("{UNIT}/services/gone");
    }
    all
}

/// A service of about 2 KB; one in three takes longer than its standard says.
fn service(number: usize) -> NewRecord<Service> {
    let (unit, name) = place_of(number);
    let sentence =
        format!("Pemohon {number} melengkapi berkas lalu menunggu pemeriksaan petugas. ");
    let service = Service {
        name: name.clone(),
        title: text(&format!("Izin usaha bidang {}", number / OF_EACH)),
        requirements: linked_requirements(number),
        procedure: (0..10).map(|_| sentence.clone()).collect(),
        time: days(if number.is_multiple_of(3) { 5 } else { 3 }, "hari kerja"),
        fees: free("Tidak dipungut biaya"),
        product: "Izin".into(),
        ..Service::default()
    };
    (name, service, labels(&[(Label::Unit, &unit), (Label::Agency, &unit)]))
}

fn link(number: usize) -> NewRecord<StandardLink> {
    let (unit, service) = place_of(number);
    let standard = format!("standards/s{}", number / OF_EACH);
    let name = format!("{service}/links/s{}", number / OF_EACH);
    let link = StandardLink {
        name: name.clone(),
        standard: standard.clone(),
        state: State::Confirmed.into(),
        ..StandardLink::default()
    };
    let labels = labels(&[
        (Label::Service, &service),
        (Label::Standard, &standard),
        (Label::State, Decision::Confirmed.as_str()),
        (Label::Unit, &unit),
        (Label::Agency, &unit),
    ]);
    (name, link, labels)
}
