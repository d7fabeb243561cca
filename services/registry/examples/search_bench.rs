//! How fast a full national catalog is searched: 100,000 services and 300,000 offerings at 300
//! malls.
//!
//! `cargo run --release -p mpp-registry --example search_bench`

use std::time::{Duration, Instant};

use mpp_registry::Policy;
use mpp_registry::search::{Engine, OfferingDoc, Query, ServiceDoc, Update};

const SERVICES: usize = 100_000;
const OFFERINGS: usize = 300_000;
const MALLS: usize = 300;
const ROUNDS: usize = 2_000;

const ACTS: [&str; 8] = [
    "Penerbitan",
    "Perpanjangan",
    "Perubahan data",
    "Penggantian karena hilang",
    "Pencabutan",
    "Legalisasi",
    "Pengaduan",
    "Pendaftaran",
];
const OBJECTS: [&str; 24] = [
    "KTP-el",
    "Kartu Keluarga",
    "akta kelahiran",
    "akta kematian",
    "SKCK",
    "SIM",
    "STNK",
    "paspor",
    "NPWP",
    "Nomor Induk Berusaha",
    "izin reklame",
    "izin praktik dokter",
    "izin apotek",
    "sertifikat tanah",
    "Persetujuan Bangunan Gedung",
    "izin trayek angkutan",
    "Kartu Identitas Anak",
    "surat keterangan pindah",
    "BPJS Kesehatan",
    "kartu pencari kerja",
    "izin usaha perikanan",
    "sertifikat laik fungsi",
    "izin penelitian",
    "pajak bumi dan bangunan",
];
const BODY: &str = "Fotokopi KTP dan Kartu Keluarga; surat permohonan bermeterai; pas foto 4x6; formulir yang telah diisi; \
    surat pengantar dari kelurahan; bukti pembayaran; datang ke loket dan mengambil nomor antrean";
const QUESTIONS: [(&str, &str); 9] = [
    ("two slips and a region", "perpanjagn paspot"),
    ("two long slips and a region", "sertifkat bangnan"),
    ("a question", "kalau ktp hilang gimana"),
    ("a chat with a place", "min mau tanya syarat2 bikin ktp di kab. sleman brp lama ya"),
    ("what nothing answers", "resep rendang daging sapi"),
    ("English", "how do i replace a lost id card in jakarta"),
    ("common words", "penerbitan izin baru"),
    ("an abbreviation", "skck"),
    (
        "twelve words",
        "perpanjangan penggantian perubahan pencabutan izin reklame apotek dokter akta kelahiran paspor pindah",
    ),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::start(16, (&Policy::default()).into())?;
    let (services, offerings): (Vec<_>, Vec<_>) = (
        (0..SERVICES).map(service).collect(),
        (0..OFFERINGS).map(offering).chain([Update::Revision(1)]).collect(),
    );
    let started = Instant::now();
    engine.apply(services).await?;
    println!("services handed over after {:.1?}", started.elapsed());
    engine.apply(offerings).await?;
    engine.search(Query { min_revision: 1, page_size: 1, ..Query::default() }).await?;
    println!(
        "{SERVICES} services, {OFFERINGS} offerings: loaded in {:.1?}, {}",
        started.elapsed(),
        memory()
    );

    for (what, text) in QUESTIONS {
        let query = |round: usize| Query {
            text: text.into(),
            near: Some(at(round % MALLS)),
            region: Some(format!("{}", 11 + round % 60)),
            ..Query::default()
        };
        measure(what, &engine, ROUNDS, query).await?;
    }
    let everywhere = |_| Query { text: "penerbitan izin".into(), ..Query::default() };
    measure("common words, no filter", &engine, ROUNDS / 4, everywhere).await?;
    measure("no words, no filter", &engine, ROUNDS / 4, |_| Query::default()).await?;
    freshness(&engine).await
}

async fn measure(
    what: &str,
    engine: &Engine,
    rounds: usize,
    query: impl Fn(usize) -> Query,
) -> Result<(), mpp_registry::search::Error> {
    let mut times = Vec::with_capacity(rounds);
    let mut total = 0;
    for round in 0..rounds {
        let started = Instant::now();
        total = engine.search(query(round)).await?.total;
        times.push(started.elapsed());
    }
    println!(
        "{what:<28} p50 {:>9.2?}  p99 {:>9.2?}  ({total} found)",
        percentile(&mut times, 50),
        percentile(&mut times, 99)
    );
    Ok(())
}

/// From the hand-over of a changed service to the first search that finds it.
async fn freshness(engine: &Engine) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    for round in 0..200 {
        let revision = 2 + round as i64;
        let started = Instant::now();
        engine.apply(vec![service(round), Update::Revision(revision)]).await?;
        engine
            .search(Query { text: "paspor".into(), min_revision: revision, ..Query::default() })
            .await?;
        times.push(started.elapsed());
    }
    println!(
        "{:<28} p50 {:>9.2?}  p90 {:>9.2?}  p99 {:>9.2?}",
        "change to search",
        percentile(&mut times, 50),
        percentile(&mut times, 90),
        percentile(&mut times, 99)
    );
    println!("{}", memory());
    Ok(())
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn service(number: usize) -> Update {
    let (act, object) = (ACTS[number % 8], OBJECTS[number / 8 % 24]);
    let region = number / (8 * 24);
    Update::PutService(Box::new(ServiceDoc {
        name: format!("services/{number:06}"),
        unit: format!("units/region-{region}"),
        agency: format!("units/agency-{}", number / 8 % 24 / 2),
        title_id: format!("{act} {object} Kabupaten {}", coined(region)),
        category: format!("category-{}", number % 12),
        keywords: vec![coined(number), object.to_lowercase()],
        body: vec![BODY.into(), format!("Peraturan Daerah {} Nomor {number}", coined(region))],
        ..ServiceDoc::default()
    }))
}

/// A word that looks Indonesian, another one for each number: real catalogs have long tails.
fn coined(number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ci", "da", "gu", "ja", "ko", "la", "mi", "no", "pu", "ra", "si", "ta", "wo", "ya",
        "ban", "den", "gar", "lam", "tir",
    ];
    let mixed = number.wrapping_mul(2_654_435_761) >> 7;
    (0..4).map(|place| SYLLABLES[mixed / 20usize.pow(place) % 20]).collect()
}

fn offering(number: usize) -> Update {
    let mall = number % MALLS;
    Update::PutOffering(Box::new(OfferingDoc {
        name: format!("offerings/{number:06}"),
        service: format!("services/{:06}", number / 3),
        mall: format!("malls/{mall:03}"),
        region_code: format!("{}.{:02}", 11 + mall % 60, 1 + mall / 60),
        location: Some(at(mall)),
    }))
}

/// The location of a mall: somewhere in the archipelago.
fn at(mall: usize) -> (f64, f64) {
    (-8.0 + (mall * 37 % 120) as f64 / 10.0, 96.0 + (mall * 53 % 440) as f64 / 10.0)
}

/// Resident memory, where the system tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).map(str::trim);
    format!("{} resident", resident.unwrap_or("unknown"))
}
