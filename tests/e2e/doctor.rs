//! Records, copies and projections that were altered in the databases: `mpp doctor` names them,
//! while the services run and after a kill, and `mpp repair` mends them. A frozen service holds up
//! no other.

use mpp_api::registry::GetServiceRequest;
use mpp_testkit::{Backend, alter_records, execute};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::{ADMINISTRATOR, APP, ORGANISER},
    process::Signal,
    program::Said,
    proxy::{Proxy, Weather},
    town::{self, KTP_HILANG, catalog_of},
    wait::that,
};

/// Everything that is kept, as the doctor names it, service by service.
const KEPT: [(&str, &[&str]); 3] = [
    ("registry", &["records", "memory", "search", "bookkeeping"]),
    (
        "scheduling",
        &["records", "memory", "registry-feed", "directory", "bookings", "queue", "bookkeeping"],
    ),
    (
        "reporting",
        &["records", "registry-inbox", "scheduling-inbox", "projections", "nation", "bookkeeping"],
    ),
];

async fn doctor(suite: &Suite) -> Said {
    suite.run(ADMINISTRATOR, &["doctor", "-o", "json"]).await
}

/// A check's outcome, and the doctor's detail of it.
fn told(said: &Said, service: &str, check: &str) -> (String, String) {
    let lines = said.out.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut lines = lines
        .filter(|line: &serde_json::Value| line["service"] == service && line["check"] == check);
    let line = lines.next().unwrap_or_default();
    let text = |key: &str| line[key].as_str().unwrap_or("").to_owned();
    (text("outcome"), text("detail"))
}

pub async fn all_is_well(suite: &Suite) {
    eventually(PATIENCE, "the doctor finds all well", async || {
        let said = doctor(suite).await;
        for (service, kept) in KEPT {
            for name in kept {
                let (outcome, detail) = told(&said, service, name);
                that(outcome == "ok", format!("{service} {name}: {outcome} {detail}"))?;
            }
        }
        that(said.code == 0, format!("{}{}", said.out, said.err))
    })
    .await;
}

/// The doctor fails, on this check, and says these words.
async fn is_found(suite: &Suite, service: &str, check: &str, words: &[&str]) {
    let said = doctor(suite).await;
    let (outcome, detail) = told(&said, service, check);
    assert_eq!(outcome, "FAILS", "{service} {check}: {}", said.out);
    assert_ne!(said.code, 0, "{}", said.out);
    for words in words {
        assert!(detail.contains(words), "{words}: {detail}");
    }
}

async fn repair(suite: &Suite, service: &str, copy: &str) {
    suite.run(ADMINISTRATOR, &["repair", service, copy]).await.succeeded();
}

/// Its title in Indonesian.
async fn title(suite: &Suite) -> String {
    let request = GetServiceRequest { name: KTP_HILANG.into(), ..Default::default() };
    let answer = catalog_of(suite, APP).get_service(request).await.expect("a service");
    let service = answer.into_inner().service.unwrap_or_default();
    service.title.unwrap_or_default().id
}

#[tokio::test]
async fn what_is_spoilt_beneath_the_services_is_named_and_mended_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_is_spoilt_beneath_the_services_is_named_and_mended_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::prepare(backend, Default::default()).await;
    // Copies that hear of their feed mend themselves; here they hear of it when the story wants.
    let way = Proxy::to(vec![suite.socket(Service::Registry)]).await;
    suite.see_registry_at(way.url());
    suite.run_all().await;
    town::open(&suite).await;
    all_is_well(&suite).await;
    records_are_altered(&mut suite).await;
    rules_are_altered(&suite).await;
    way.set(Weather::Cut);
    a_copied_feed_is_altered(&mut suite, &way).await;
    all_is_well(&suite).await;
    projections_are_altered(&mut suite).await;
    small_tables_are_altered(&suite).await;
    an_organiser_asks(&suite).await;
    one_is_frozen(&mut suite).await;
}

/// Another service's document, under the same version; while it runs, and found again after a kill.
async fn records_are_altered(suite: &mut Suite) {
    let before = title(suite).await;
    let database = suite.database(Service::Registry).to_owned();
    let update = format!(
        "update record set labels = 'no labels',
                doc = (select doc from record where kind = 'service'
                       and name <> '{KTP_HILANG}' order by name limit 1)
                where name = '{KTP_HILANG}'"
    );
    alter_records(&database, &update).await;
    let words = ["1 service altered in the database", KTP_HILANG, "mpp repair registry records"];
    is_found(suite, "registry", "records", &words).await;
    suite.kill(Service::Registry).await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    is_found(suite, "registry", "records", &words).await;
    assert!(suite.log(Service::Registry).contains("records were altered in the database"));

    repair(suite, "registry", "records").await;
    all_is_well(suite).await;
    assert_eq!(title(suite).await, before, "the feed still had it");
}

/// Small tables are altered in each service, found and repaired; an altered head of the inbox is
/// set right by the next event, without a repair.
async fn small_tables_are_altered(suite: &Suite) {
    for (service, name, table, fault) in [
        (Service::Registry, "registry", "sync_lease", "update sync_lease set sequence = 4711"),
        (Service::Registry, "registry", "feed", "update feed set compacted = 4711"),
        (Service::Scheduling, "scheduling", "migration", "delete from migration where version = 3"),
        (Service::Reporting, "reporting", "feed", "update feed set floor = 4711"),
        (Service::Scheduling, "scheduling", "index", "drop index slot_by_day"),
    ] {
        let database = suite.database(service);
        if table == "sync_lease" {
            let source = "insert into sync_lease (source, fencing, session, holder, until,
                          mapping_version, resend, sequence, position)
                          values ('sources/x', 0, '', '', 0, '', 0, 0, '')
                          on conflict (source) do nothing";
            execute(database, source).await;
        }
        execute(database, fault).await;
        if table == "index" && !database.starts_with("sqlite:") {
            an_index_is_built_beside_all_writers(suite, name, database).await;
        } else {
            let words = [table, "mpp repair", "bookkeeping"];
            is_found(suite, name, "bookkeeping", &words).await;
            let said = suite.run(ADMINISTRATOR, &["repair", name, "bookkeeping"]).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        }
        all_is_well(suite).await;
    }
    let database = suite.database(Service::Reporting);
    execute(database, "update inbox_head set seq = 1").await;
    town::set_hours(suite, ADMINISTRATOR, "longer", town::MALL, ("00:00", "24:00")).await;
    all_is_well(suite).await;
}

/// No repair builds it within its transaction: the doctor has the statement that does not need one.
async fn an_index_is_built_beside_all_writers(suite: &Suite, name: &str, database: &str) {
    let said = doctor(suite).await;
    let (outcome, detail) = told(&said, name, "bookkeeping");
    assert_eq!(outcome, "FAILS", "{}", said.out);
    let mut texts = detail.split('`');
    let wanted = texts.find(|text| text.starts_with("create index concurrently"));
    execute(database, wanted.unwrap_or_else(|| panic!("no statement: {detail}"))).await;
}

/// A caller who may not ask for all of it is told so, and sees no fault.
async fn an_organiser_asks(suite: &Suite) {
    let said = suite.run(ORGANISER, &["doctor", "-o", "json"]).await;
    let (outcome, detail) = told(&said, "registry", "copies");
    assert_eq!(outcome, "not asked", "{}", said.out);
    assert!(detail.contains("auditor"), "{detail}");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

/// A service's own records are looked through in each service alike: one that cannot be read, too.
async fn rules_are_altered(suite: &Suite) {
    let database = suite.database(Service::Scheduling);
    let nothing = match database.starts_with("sqlite:") {
        true => "x'ffff'",
        false => "'\\xffff'::bytea",
    };
    let update = format!("update record set doc = {nothing} where kind = 'hours_rule'");
    alter_records(database, &update).await;
    let words = ["hours_rule altered", "hours_rule that cannot be read", "mpp repair scheduling"];
    is_found(suite, "scheduling", "records", &words).await;
    repair(suite, "scheduling", "records").await;
    all_is_well(suite).await;
}

async fn a_copied_feed_is_altered(suite: &mut Suite, way: &Proxy) {
    let database = suite.database(Service::Scheduling).to_owned();
    execute(&database, "update upstream_record set version = 0 where kind = 'mall'").await;
    is_found(suite, "scheduling", "registry-feed", &["1 mall altered in the copy"]).await;
    // An alteration that also fits the proof is found by comparing with the feed.
    execute(&database, "delete from upstream_record where kind in ('mall', 'counter')").await;
    let words = ["1 counter too few", "1 mall too few", "mpp repair scheduling registry-feed"];
    is_found(suite, "scheduling", "registry-feed", &words).await;
    is_found(suite, "scheduling", "directory", &["mall", "counter"]).await;

    let inbox = suite.database(Service::Reporting).to_owned();
    execute(&inbox, "update inbox set labels = '[]' where kind = 'unit' and feed = 'registry'")
        .await;
    let words = ["unit altered in the copy", "mpp repair reporting registry-inbox"];
    is_found(suite, "reporting", "registry-inbox", &words).await;
    suite.kill(Service::Reporting).await;
    suite.launch(Service::Reporting);
    suite.ready(Service::Reporting).await;
    is_found(suite, "reporting", "registry-inbox", &words).await;

    way.set(Weather::Fair);
    repair(suite, "scheduling", "registry-feed").await;
    repair(suite, "reporting", "registry-inbox").await;
}

/// A projection that cannot be read does not keep the service down: it follows from the inbox.
async fn projections_are_altered(suite: &mut Suite) {
    let database = suite.database(Service::Reporting);
    let spoilt = "update projection set value = 'no row' where name = 'mall'";
    execute(database, spoilt).await;
    is_found(suite, "reporting", "projections", &["1 mall other"]).await;
    suite.kill(Service::Reporting).await;
    suite.launch(Service::Reporting);
    suite.ready(Service::Reporting).await;
    all_is_well(suite).await;
    assert!(suite.log(Service::Reporting).contains("they are made anew"));

    let database = suite.database(Service::Reporting);
    execute(database, "delete from projection where name = 'mall'").await;
    let words = ["1 mall other than what they follow from", "mpp repair reporting projections"];
    is_found(suite, "reporting", "projections", &words).await;
    is_found(suite, "reporting", "nation", &["1 mall other"]).await;
    repair(suite, "reporting", "projections").await;
    all_is_well(suite).await;

    let database = suite.database(Service::Reporting);
    let invented = "insert into projection (name, key, value, seq)
                    select name, 'malls/none', value, seq from projection where name = 'mall'";
    execute(database, invented).await;
    is_found(suite, "reporting", "projections", &["1 mall other"]).await;
    repair(suite, "reporting", "projections").await;
    all_is_well(suite).await;
}

async fn one_is_frozen(suite: &mut Suite) {
    suite.process(Service::Scheduling).signal(Signal::Stop).await;
    let said = doctor(suite).await;
    suite.process(Service::Scheduling).signal(Signal::Continue).await;
    let (outcome, detail) = told(&said, "scheduling", "scheduling");
    assert_eq!((said.code, outcome.as_str()), (6, "FAILS"), "{}", said.out);
    assert!(detail.contains("frozen"), "{detail}");
    assert_eq!(told(&said, "registry", "memory").0, "ok", "{}", said.out);
    let (outcome, detail) = told(&said, "reporting", "scheduling-inbox");
    assert_eq!(outcome, "UNKNOWN", "nobody says what it should hold: {detail}");
    all_is_well(suite).await;
}
