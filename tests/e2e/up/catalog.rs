//! Somebody's own catalog: the README's chapter as printed, and what `mpp apply`, `delete` and
//! `accept` promise.

use std::fs;

use mpp_tests::{
    program::{Said, path, shell},
    wait::{PATIENCE, eventually},
};
use serde_json::Value;

use super::{Up, sh_blocks};

const CHAPTER: &str = "## Your own catalog";
const OFFERING: &str = "malls/pacitan/counters/dukcapil/offerings/kk";

#[tokio::test]
async fn from_nothing_to_a_mall_that_offers_two_services() {
    let up = Up::start(&[]).await;
    let readme = include_str!("../../../README.md");
    let blocks = shell_blocks(readme);
    assert!(blocks.len() >= 4, "the chapter's blocks: {blocks:?}");
    for block in blocks {
        let script = block.replace("target/release/mpp", &path().display().to_string());
        let said = Said::by(shell(up.home.path(), &format!("set -e\n{script}"))).await;
        assert_eq!(said.code, 0, "as printed:\n{script}\n{}{}", said.out, said.err);
    }
    both_services_are_found_in_the_mall(&up).await;
    what_is_applied_again_is_unchanged(&up).await;
    a_dry_run_shows_each_field_and_writes_nothing(&up).await;
    faults_are_told_with_file_record_and_path(&up).await;
    whoever_may_not_is_told_who_may(&up).await;
    what_needs_a_refused_record_is_left_and_the_rest_is_done(&up).await;
    what_a_get_prints_can_be_applied(&up).await;
    what_is_not_there_yet_is_told_and_what_the_source_leaves_out_too(&up).await;
    an_offering_is_deleted_and_a_mall_is_not(&up).await;
}

/// The shell blocks of the chapter.
fn shell_blocks(readme: &str) -> Vec<&str> {
    let (_, chapter) = readme.split_once(CHAPTER).expect("the chapter");
    sh_blocks(chapter.split("\n## ").next().expect("its text"))
}

async fn both_services_are_found_in_the_mall(up: &Up) {
    for (query, service) in [("bikin ktp baru", "ktp"), ("kartu keluarga baru", "kk")] {
        let answer = &up.json(&["search", query]).await[0];
        let hits = answer["hits"].as_array().expect("hits");
        let wanted = format!("units/disdukcapil-pacitan/services/{service}");
        let hit = hits.iter().find(|hit| hit["service"] == wanted.as_str());
        let hit = hit.unwrap_or_else(|| panic!("'{query}' does not find {wanted}: {answer}"));
        assert_eq!(hit["places"][0]["mall"], "malls/pacitan", "{hit}");
    }
    let offerings = up.json(&["list", "offerings", "--parent", "malls/pacitan"]).await;
    assert!(offerings.iter().all(|offering| offering["state"] == "STATE_ACCEPTED"));
}

async fn what_is_applied_again_is_unchanged(up: &Up) {
    let before = up.json(&["get", "malls/pacitan"]).await;
    for file in ["directory.yaml", "counter.yaml", "offerings.yaml"] {
        let applied = up.json(&["apply", file]).await;
        assert!(applied.iter().all(|line| line["outcome"] == "unchanged"), "{applied:?}");
    }
    assert_eq!(up.json(&["get", "malls/pacitan"]).await, before);
}

async fn a_dry_run_shows_each_field_and_writes_nothing(up: &Up) {
    let text = r#"[
        {"name": "malls/pacitan", "displayName": {"id": "MPP Pacitan"}},
        {"name": "malls/pacitan/counters/bpjs/windows/1", "displayName": {"id": "Loket B"}},
        {"name": "malls/pacitan/counters/bpjs", "displayName": {"id": "BPJS"}, "unit": "units/pacitan",
         "regime": "REGIME_OWN", "ticketPrefix": "B"}]"#;
    fs::write(up.home.path().join("next.json"), text).expect("a file");
    let before = up.json(&["get", "malls/pacitan"]).await;
    let lines = up.json(&["apply", "--dry-run", "next.json"]).await;
    let told: Vec<_> = lines.iter().map(|line| (&line["name"], &line["outcome"])).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    let mall = &lines[0];
    assert_eq!(mall["outcome"], "update");
    let changes = mall["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["path"], "displayName.id");
    assert_eq!(changes[0]["before"], "Mal Pelayanan Publik Kabupaten Pacitan");
    assert_eq!(changes[0]["after"], "MPP Pacitan");
    let window = &lines[2];
    assert_eq!(window["name"], "malls/pacitan/counters/bpjs/windows/1", "after its counter");
    assert_eq!((&window["outcome"], &window["checked"]), (&"create".into(), &false.into()));
    assert!(window["needs"].as_str().is_some_and(|needs| needs.contains("organiser")));
    assert_eq!(up.json(&["get", "malls/pacitan"]).await, before);
    assert_eq!(up.run(&["get", "malls/pacitan/counters/bpjs"]).await.code, 3);
}

async fn faults_are_told_with_file_record_and_path(up: &Up) {
    let text =
        "- name: malls/pacitan\n  sites: [{adress: Jl. A}]\n- name: units/new\n  kind: OFFICE\n";
    fs::write(up.home.path().join("wrong.yaml"), text).expect("a file");
    let said = up.run(&["apply", "wrong.yaml"]).await;
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    for words in [
        "wrong.yaml, record 1 (malls/pacitan): sites[0].adress",
        "wrong.yaml, record 2 (units/new): kind",
        "KIND_OFFICE",
    ] {
        assert!(said.err.contains(words), "'{words}' is missing: {}", said.err);
    }
    assert_eq!(up.run(&["get", "units/new"]).await.code, 3, "nothing was written");
}

async fn whoever_may_not_is_told_who_may(up: &Up) {
    let text = "name: malls/pacitan/counters/dukcapil\nticketPrefix: Z\n";
    fs::write(up.home.path().join("prefix.yaml"), text).expect("a file");
    for who in [["--token-file", "officer.jwt"], ["--as", "organiser"]] {
        let said = up.run(&[&["apply", "prefix.yaml"], &who[..]].concat()).await;
        assert_eq!(said.code, 4, "{who:?}: {}{}", said.out, said.err);
        assert!(said.out.contains("prefix.yaml, record 1: PERMISSION_DENIED"), "{}", said.out);
        assert!(said.out.contains("organiser"), "who may: {}", said.out);
        assert!(said.out.contains(" token --role "), "the way out: {}", said.out);
    }
}

async fn what_needs_a_refused_record_is_left_and_the_rest_is_done(up: &Up) {
    let text = "
- {name: units/left, displayName: {id: Tertinggal}, kind: KIND_OFFICE, parent: units/wrong}
- {name: units/wrong, displayName: {id: Salah}, kind: KIND_OFFICE, region: regions/99.99}
- {name: units/good, displayName: {id: Benar}, kind: KIND_OFFICE, parent: units/pacitan}
";
    fs::write(up.home.path().join("mixed.yaml"), text).expect("a file");
    let said = up.run(&["apply", "mixed.yaml", "--output", "json"]).await;
    assert_ne!(said.code, 0, "{}{}", said.out, said.err);
    let lines: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let outcome = |name: &str| {
        let line = lines.iter().find(|line| line["name"] == name).expect("a line");
        line["outcome"].as_str().expect("a word").to_owned()
    };
    assert_eq!(outcome("units/wrong"), "refused");
    assert_eq!(outcome("units/left"), "not sent");
    assert_eq!(outcome("units/good"), "created");
    assert!(said.err.contains("1 created, 0 updated, 0 unchanged, 1 refused, 1 not sent"));
    let mended = text.replace("regions/99.99", "regions/35.01");
    fs::write(up.home.path().join("mixed.yaml"), mended).expect("a file");
    let again = up.run(&["apply", "mixed.yaml"]).await.succeeded();
    assert!(again.contains("2 created, 0 updated, 1 unchanged"), "{again}");
}

async fn what_a_get_prints_can_be_applied(up: &Up) {
    let program = path().display().to_string();
    let edit = format!(
        "{program} get malls/pacitan -o json | sed s/Pacitan/Pacitan-2/ | {program} apply - && \
         {program} list counters --parent malls/pacitan -o json | {program} apply -"
    );
    let said = Said::by(shell(up.home.path(), &edit)).await.succeeded();
    assert!(said.contains("updated   malls/pacitan"), "{said}");
    assert!(said.contains("unchanged malls/pacitan/counters/dukcapil"), "{said}");
}

async fn what_is_not_there_yet_is_told_and_what_the_source_leaves_out_too(up: &Up) {
    let text = "
name: units/disdukcapil-pacitan/services/pindah-domisili
title: {id: 'Pindah  Domisili'}
category: population
requirements: [{text: Kartu Keluarga, satisfiedBy: units/disdukcapil-pacitan/services/nowhere}]
";
    fs::write(up.home.path().join("pindah.yaml"), text).expect("a file");
    let said = up.run(&["apply", "pindah.yaml"]).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    for words in
        ["warning: service.requirements[0].satisfied_by", "services/nowhere does not exist yet"]
    {
        assert!(said.err.contains(words), "'{words}' is missing: {}", said.err);
    }
    let said = eventually(PATIENCE, "search has followed", async || {
        let said = up.run(&["search", "pindah domisili"]).await;
        if said.out.contains("1. Pindah Domisili") { Ok(said) } else { Err(said.out) }
    })
    .await;
    for words in ["fee not stated by its source", "time not stated by its source"] {
        assert!(said.out.contains(words), "'{words}' is missing: {}", said.out);
    }
    let name = "units/disdukcapil-pacitan/services/pindah-domisili";
    let successor = "units/disdukcapil-pacitan/services/nowhere";
    let said = up.run(&["delete", name, "--moved-to", successor]).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.err.contains("warning: tombstone.successor"), "{}", said.err);
}

async fn an_offering_is_deleted_and_a_mall_is_not(up: &Up) {
    let said = up.run(&["delete", OFFERING, "--token-file", "officer.jwt"]).await.succeeded();
    assert!(said.contains("deleted"), "{said}");
    assert_eq!(up.run(&["get", OFFERING]).await.code, 3);
    let said = up.run(&["delete", "malls/pacitan"]).await;
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("STAGE_CLOSED"), "what to do instead: {}", said.err);
}
