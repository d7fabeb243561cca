//! Keeps the guides true: the folder listings of `services/README.md` are those of the tree, every
//! path that a guide of a service names is there, and every link leads to a heading. So are the
//! drawn floor plans. After files have moved, `WRITE_REFERENCE=1 cargo test -p mpp-tests guide`
//! writes the listings anew.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

const SERVICES: [&str; 5] = ["registry", "scheduling", "reporting", "web", "agent"];
/// The rooms of the floor plan, top down; what only one service has follows them.
const ROOMS: [&str; 6] = ["grpc", "app", "model", "memory", "follow", "store"];
/// The architecture, and what those who use a service do day by day.
const GUIDES: [&str; 4] = [
    "services/README.md",
    "services/agent/README.md",
    "services/registry/README.md",
    "services/scheduling/README.md",
];
const START: &str = "<!-- folders -->\n";
const END: &str = "<!-- end of folders -->";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_guide_lists_the_folders_as_they_are() {
    let path = root().join("services/README.md");
    let guide = fs::read_to_string(&path).expect("the guide");
    let (before, rest) = guide.split_once(START).expect("the start of the listing");
    let (_, after) = rest.split_once(END).expect("the end of the listing");
    let current = format!("{before}{START}{}{END}{after}", listing());
    if env::var_os("WRITE_REFERENCE").is_some() {
        fs::write(path, current).expect("the guide can be written");
    } else {
        assert!(current == guide, "run WRITE_REFERENCE=1 cargo test -p mpp-tests guide");
    }
}

#[test]
fn every_path_of_the_guides_is_there() {
    let tops = ["services/", "libs/", "proto/", "tests/", "deploy/"];
    for name in GUIDES {
        let guide = read(&root().join(name));
        let named = guide.split('`').skip(1).step_by(2);
        let paths = named.filter(|text| tops.iter().any(|top| text.starts_with(top)));
        let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{name} names what is not there: {missing:#?}");
    }
}

#[test]
fn every_link_of_the_guides_leads_to_a_heading() {
    for name in GUIDES.into_iter().chain(["README.md", "proto/README.md"]) {
        let path = root().join(name);
        let guide = prose(&read(&path));
        let links = guide.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        let own = links.filter(|link| !link.starts_with("http"));
        let dead: Vec<&str> = own.filter(|link| !leads(&path, link)).collect();
        assert!(dead.is_empty(), "{name} links to what is not there: {dead:#?}");
    }
}

/// Whether a link of the file `from` leads to a file and, where it names one, to a heading of it.
fn leads(from: &Path, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = match file {
        "" => from.to_owned(),
        file => from.parent().expect("a folder").join(file),
    };
    path.exists() && (anchor.is_empty() || anchors(&read(&path)).contains(anchor))
}

/// What a link may name in a file: its headings as GitHub spells them, and marks of its own.
fn anchors(text: &str) -> BTreeSet<String> {
    let marks = text.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
    let marks: Vec<String> = marks.map(str::to_owned).collect();
    let prose = prose(text);
    let headings = prose.lines().filter_map(|line| line.strip_prefix('#'));
    let headings = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let spelt = headings.map(|line| {
        let kept = line.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    });
    spelt.chain(marks).collect()
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a guide")
}

/// The first drawing of a `lib.rs` is its floor plan.
#[test]
fn the_drawn_floor_plans_name_every_room() {
    for service in SERVICES {
        let source = root().join("services").join(service).join("src");
        let text = fs::read_to_string(source.join("lib.rs")).expect("the design");
        let drawing = text.split("```").nth(1).expect("a floor plan");
        let words: BTreeSet<&str> = drawing.split(|c: char| !c.is_alphanumeric()).collect();
        let rooms = fs::read_dir(&source).expect("the rooms").map(|entry| entry.expect("one"));
        let rooms = rooms.map(|room| room.path().with_extension(""));
        let names = rooms.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        let missing: Vec<String> = names
            .filter(|name| !["lib", "sql"].contains(&name.as_str()))
            .filter(|name| !words.contains(name.as_str()))
            .collect();
        assert!(missing.is_empty(), "services/{service}/src/lib.rs draws no {missing:?}");
    }
}

/// The folders of all services side by side.
fn listing() -> String {
    let mut table = format!("| | {} |\n|{}\n", SERVICES.join(" | "), " --- |".repeat(6));
    let own = own_rooms();
    let rooms = ROOMS.into_iter().chain(own.iter().map(String::as_str));
    row(&mut table, "beside `lib.rs`", "");
    rooms.for_each(|room| row(&mut table, &format!("`{room}/`"), room));
    table
}

fn row(table: &mut String, title: &str, room: &str) {
    let cells: Vec<String> = SERVICES
        .iter()
        .map(|service| names(&root().join("services").join(service).join("src").join(room)))
        .collect();
    writeln!(table, "| {title} | {} |", cells.join(" | ")).expect("a string");
}

/// The modules of a folder, those of tests aside; folders among them end in a slash, except at the
/// top, where they have rows of their own.
fn names(folder: &Path) -> String {
    let is_top = folder.ends_with("src");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !is_top && name != "tests" {
            names.insert(format!("{name}/"));
        } else if let Some(module) =
            name.strip_suffix(".rs").filter(|n| !["mod", "lib", "tests"].contains(n))
        {
            names.insert(module.to_owned());
        }
    }
    if names.is_empty() && folder.join("mod.rs").exists() {
        names.insert("mod".to_owned());
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Folders that only some services have, migrations aside.
fn own_rooms() -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for service in SERVICES {
        let folder = root().join("services").join(service).join("src");
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "sql" && !ROOMS.contains(&name.as_str()) {
                rooms.insert(name);
            }
        }
    }
    rooms
}
