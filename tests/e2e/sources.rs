//! Sources as offices keep them: what cannot be read is told by the agent, in its exit status, at
//! the registry and with a word what to do, and a part never passes for the whole.

use mpp_api::sync::{
    GetSourceRequest, Source, incomplete::Reason, sync_service_client::SyncServiceClient,
};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    keys::APP,
    town::{self, Ministry, SOURCE, row},
};

async fn source(suite: &Suite) -> Source {
    let channel = suite.channel(Service::Registry, APP);
    let request = GetSourceRequest { name: SOURCE.into() };
    let answer = SyncServiceClient::new(channel).get_source(request).await.expect("a source");
    answer.into_inner().source.expect("a source")
}

fn hundred() -> Vec<town::Row> {
    (1..=100).map(|n| row(&format!("L-{n}"), &format!("Layanan nomor {n}"), "Gratis")).collect()
}

#[tokio::test]
async fn a_part_never_passes_for_the_whole_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_part_never_passes_for_the_whole_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    let ministry = town::open(&suite).await;
    ministry.publish(&hundred());
    // The three of the beginning are withdrawn.
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    let whole = source(&suite).await;
    assert!(whole.incomplete.is_none());

    two_stray_quotes(&suite, &ministry, &whole).await;
    no_file(&suite, &ministry, &whole).await;
    rows_that_are_none(&suite, &ministry, &whole).await;
    nothing_readable(&suite, &ministry).await;
    known_rows_that_cannot_be_read(&suite, &ministry).await;
    a_heading_is_renamed(&suite, &ministry).await;

    ministry.publish(&hundred());
    ministry.sync(&suite).await.succeeded();
    let mended = source(&suite).await;
    assert!(mended.incomplete.is_none() && mended.last_success_time != whole.last_success_time);
}

async fn two_stray_quotes(suite: &Suite, ministry: &Ministry, whole: &Source) {
    let plain = |n: usize| format!("L-{n},Layanan nomor {n},Gratis,1 hari kerja");
    let mut lines: Vec<String> = (1..=100).map(plain).collect();
    for at in [40, 46] {
        lines[at] = lines[at].replace("1 hari kerja", "\"1 hari kerja");
    }
    lines.insert(0, "kode,nama,biaya,waktu".into());
    ministry.publish_text(&(lines.join("\r\n") + "\r\n"));
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("row at line 42") && said.out.contains("row at line 48"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("no longer in the source"), "nothing counts as gone:\n{}", said.out);
    assert!(!said.err.contains("mpp up"), "the registry is not at fault: {}", said.err);
    let told = source(suite).await;
    assert_eq!(told.incomplete.expect("told").reason(), Reason::Torn);
    assert_eq!(told.last_session.expect("counted").unread, 7);
    assert_eq!(told.last_success_time, whole.last_success_time, "it does not look fresh");
    let problems = ministry.problems(suite).await.succeeded();
    assert!(problems.contains("TORN") && problems.contains("remove a stray quote"), "{problems}");
}

async fn no_file(suite: &Suite, ministry: &Ministry, whole: &Source) {
    ministry.withdraws_its_file();
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    assert!(said.err.contains("services.csv") && !said.err.contains("mpp up"), "{}", said.err);
    let told = source(suite).await;
    assert_eq!(told.incomplete.expect("told").reason(), Reason::Unreachable);
    assert_eq!(told.last_success_time, whole.last_success_time);
}

async fn rows_that_are_none(suite: &Suite, ministry: &Ministry, whole: &Source) {
    let mut rows = hundred();
    rows.push(row("A-1", "#REF!", "Gratis"));
    rows.push(row("A-2", "Ketik disini", "Gratis"));
    rows.push(row("L-1", "Layanan nomor 1 lagi", "Gratis"));
    ministry.publish(&rows);
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    assert!(said.out.contains("invalid 1 + duplicate 1 + suspicious 1"), "{}", said.out);
    let problems = ministry.problems(suite).await.succeeded();
    for words in
        ["ERROR_VALUE", "SUSPICIOUS", "DUPLICATE", "row at line 104 (l-1)", "at row at line 2"]
    {
        assert!(problems.contains(words), "'{words}' is missing: {problems}");
    }
    let told = source(suite).await;
    let unread = told.last_session.expect("counted").unread;
    assert_eq!(unread, 3, "also the one whose id came before, and that says something else");
    assert!(told.incomplete.is_none() && told.last_success_time != whole.last_success_time);
}

async fn known_rows_that_cannot_be_read(suite: &Suite, ministry: &Ministry) {
    let mut rows = hundred();
    rows[..20].iter_mut().for_each(|row| row[2] = "#REF!".into());
    ministry.publish(&rows);
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    assert!(said.out.contains("invalid 20"), "{}", said.out);
    assert!(!said.out.contains("no longer in"), "their rows are there:\n{}", said.out);
}

async fn a_heading_is_renamed(suite: &Suite, ministry: &Ministry) {
    let before = source(suite).await.last_success_time;
    ministry.publish_text("kode,nama,biaya,lama\nL-1,Layanan nomor 1,Gratis,1 jam\n");
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    assert!(said.err.contains(".waktu") && said.err.contains("biaya, kode, lama"), "{}", said.err);
    let told = source(suite).await;
    assert_eq!(told.incomplete.expect("told").reason(), Reason::Configuration);
    assert_eq!(told.last_success_time, before);
    assert_eq!(told.last_session.expect("counted").received, 0, "nothing was sent");
}

async fn nothing_readable(suite: &Suite, ministry: &Ministry) {
    let before = source(suite).await.last_success_time;
    ministry.publish_text("kode,nama,biaya,waktu\n#N/A,#N/A,#N/A,#N/A\n");
    let said = ministry.sync(suite).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    let told = source(suite).await;
    assert_eq!(told.incomplete.expect("told").reason(), Reason::NothingRead);
    assert_eq!(told.last_success_time, before);
}

#[tokio::test]
async fn what_looks_like_a_trial_is_held_until_a_person_releases_it() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    let with = |title: &str| {
        let mut rows = town::catalog();
        rows.push(row("L-1", title, "Gratis"));
        rows
    };
    ministry.publish(&with("Layanan 1"));
    let said = ministry.sync(&suite).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    assert!(said.out.contains("suspicious 1"), "{}", said.out);
    let problems = ministry.problems(&suite).await.succeeded();
    assert!(problems.contains("(l-1)") && problems.contains("mpp agent release"), "{problems}");

    let other = ministry.release(&suite, &["kk"]).await;
    assert!(other.err.contains("held back are l-1"), "{}{}", other.out, other.err);
    ministry.release(&suite, &["l-1"]).await.succeeded();
    let said = ministry.sync(&suite).await.succeeded();
    assert!(said.contains("applied 1") && !said.contains("suspicious"), "{said}");

    ministry.publish(&with("Hapus saja"));
    let said = ministry.sync(&suite).await;
    assert!(said.out.contains("suspicious 1"), "it was released as what it was:\n{}", said.out);
    assert!(!said.out.contains("no longer in the source"), "it has not gone:\n{}", said.out);
    ministry.release(&suite, &["l-1", "--undo"]).await.succeeded();
}
