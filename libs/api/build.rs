//! Compiles `proto/` with protox, so that no protoc is needed.

#[path = "build/comments.rs"]
mod comments;
#[path = "build/methods.rs"]
mod methods;
#[path = "build/texts.rs"]
mod texts;

use std::{env, error::Error, fs, path::PathBuf};

const FILES: [&str; 15] = [
    "mpp/type/v1/type.proto",
    "mpp/feed/v1/feed.proto",
    "mpp/feed/v1/copies.proto",
    "mpp/registry/v1/directory.proto",
    "mpp/registry/v1/catalog.proto",
    "mpp/registry/v1/standards.proto",
    "mpp/registry/v1/search.proto",
    "mpp/registry/v1/processes.proto",
    "mpp/registry/v1/life_events.proto",
    "mpp/sync/v1/sync.proto",
    "mpp/feed/v1/history.proto",
    "mpp/scheduling/v1/hours.proto",
    "mpp/scheduling/v1/booking.proto",
    "mpp/scheduling/v1/queue.proto",
    "mpp/reporting/v1/report.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=build");

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).open_files(FILES.map(|file| root.join(file)))?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // Encoded by the compiler: prost's own types would lose the methods' annotations.
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let mut descriptors = compiler.file_descriptor_set();
    // Read by name, never as messages.
    descriptors.file.retain(|file| file.package() != "google.api");
    fs::write(out.join("methods.rs"), methods::generate(&descriptors))?;
    fs::write(out.join("texts.rs"), texts::generate(&descriptors))?;

    let mut commented = protox::Compiler::new([&root])?;
    commented.include_source_info(true).open_files(FILES.map(|file| root.join(file)))?;
    fs::write(out.join("comments"), comments::generate(&commented.file_descriptor_set()))?;

    let mut config = prost_build::Config::new();
    // Documents are encoded once, when they are written, and handed on without a copy.
    config.bytes(["."]).extern_path(".google.protobuf.Any", "crate::Any");
    let watched = ".mpp.reporting.v1.WatchReportResponse";
    config.extern_path(watched, "crate::report::WatchReportResponse");
    // Maps keep an order, so that the same record always has the same bytes.
    config.btree_map(["."]);
    config.enable_type_names().type_name_domain(["."], "type.googleapis.com");
    config.include_file("mpp.rs");
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}
