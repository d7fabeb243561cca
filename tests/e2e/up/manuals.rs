//! The manuals of the services, as they are printed: an organiser's day, a curator's, and the first
//! day of who operates an agent.

use mpp_tests::{
    program::{Said, path, shell},
    wait::{PATIENCE, eventually, that},
};

use super::{Up, sh_blocks};

const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang";

#[tokio::test]
async fn an_organisers_day_goes_as_the_guide_says() {
    let up = Up::start(&["--demo", "--at", "2026-11-25"]).await;
    let said = as_printed(&up, include_str!("../../../services/scheduling/README.md")).await;
    assert!(said.len() >= 4, "the guide's blocks: {said:?}");
    let closed =
        up.run(&["hours", "malls/banyuwangi", "--date", "2026-12-23", "--days", "1"]).await;
    assert!(closed.out.contains("Pemeliharaan jaringan listrik"), "{}", closed.out);
    let slots = ["slots", OFFERING, "--date", "2027-01-05", "--days", "1"];
    eventually(PATIENCE, "nothing is sold while the mall is suspended", async || {
        let said = up.run(&slots).await;
        that(said.out.contains("The mall is suspended since 2027-01-04"), said.out)
    })
    .await;
}

#[tokio::test]
async fn a_curators_day_and_an_agents_first_go_as_their_manuals_say() {
    let up = Up::start(&["--demo"]).await;
    let curator = as_printed(&up, include_str!("../../../services/registry/README.md")).await;
    let told = curator.join("\n");
    for said in [
        "\"Sesuai luas dan lama sewa\"",
        "handed back  1 of units/madiun/services/gor",
        "Nothing was written: 0 to create, 1 to update",
        "is not of standards/sip-bidan",
        "adopted  standards/kia contoh-1 (example) of units/disdukcapil-banyumas/services/kia",
        "units/kemenag/services/nikah",
        "No requirement leads nowhere",
    ] {
        assert!(told.contains(said), "{said} is told:\n{told}");
    }
    let operator = as_printed(&up, include_str!("../../../services/agent/README.md")).await;
    assert!(operator.join("\n").contains("trial.toml and trial.jq are written, from 7 records"));
}

/// Runs a manual's blocks one after the other, and gives what each has said.
async fn as_printed(up: &Up, manual: &str) -> Vec<String> {
    let program = path().display().to_string();
    let mut all = Vec::new();
    for block in sh_blocks(manual) {
        let script = format!("set -e\n{block}").replace("\nmpp ", &format!("\n{program} "));
        let said = Said::by(shell(up.home.path(), &script)).await;
        assert_eq!(said.code, 0, "as printed:\n{script}\n{}{}", said.out, said.err);
        all.push(said.out);
    }
    all
}
