//! An organiser's day: the guide of `services/scheduling`, as it is printed.

use mpp_tests::{
    program::{Said, path, shell},
    wait::{PATIENCE, eventually, that},
};

use super::{Up, sh_blocks};

const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang";

#[tokio::test]
async fn an_organisers_day_goes_as_the_guide_says() {
    let up = Up::start(&["--demo", "--at", "2026-11-25"]).await;
    let blocks = sh_blocks(include_str!("../../../services/scheduling/README.md"));
    assert!(blocks.len() >= 4, "the guide's blocks: {blocks:?}");
    let program = path().display().to_string();
    for block in blocks {
        let script = format!("set -e\n{block}").replace("\nmpp ", &format!("\n{program} "));
        let said = Said::by(shell(up.home.path(), &script)).await;
        assert_eq!(said.code, 0, "as printed:\n{script}\n{}{}", said.out, said.err);
    }
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
