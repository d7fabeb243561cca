//! The pages over services that answer what a story says.

mod accessibility;
mod browser;
mod contrast;
mod data;
mod document;
mod live;
mod pages;
mod security;
mod upload;
mod upstream;
mod world;

/// Every page there is, in Indonesian.
const PATHS: [&str; 25] = [
    "/",
    "/regions/35",
    "/regions/35.10",
    "/regions/35.78",
    "/malls/satu",
    "/malls/satu/layar",
    "/malls/satu/layanan",
    "/malls/satu/tiket/A-018",
    "/units/polri/services/skck",
    "/standards",
    "/standards/skck",
    "/overrides",
    "/lifeEvents",
    "/lifeEvents/kelahiran",
    "/lifeEvents/kelahiran?mal=satu",
    "/layanan",
    "/layanan?cari=skck",
    "/regions",
    "/malls",
    "/hours",
    "/changes",
    "/unggah",
    "/data",
    "/docs",
    "/docs/DirectoryService",
];

/// All of them in both languages, and those of sources.
fn paths() -> Vec<String> {
    let all = PATHS.into_iter().chain(["/sources", "/sources/kemendagri"]);
    let english = |path: &str| if path == "/" { "/en".to_owned() } else { format!("/en{path}") };
    all.flat_map(|path| [path.to_owned(), english(path)]).collect()
}
