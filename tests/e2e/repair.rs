//! One command mends however much is wrong: it goes on where a call's time ended, says how far it
//! is, and ends once nothing is left.

use std::fs;

use mpp_testkit::{Backend, alter_records, execute};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, keys::ADMINISTRATOR, program::Said, wait::that,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

/// A registry, each of whose calls mends for a few seconds at the most.
async fn registry(backend: Backend) -> Suite {
    let mut suite = Suite::prepare(backend, Default::default()).await;
    let policy = suite.home().join("policy.toml");
    fs::write(&policy, "[feed]\ncompare_seconds = 5\n").expect("a file");
    suite.migrate(Service::Registry).await.succeeded();
    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_POLICY_FILE", &policy);
    suite.launch_by(Service::Registry, serve);
    suite.ready(Service::Registry).await;
    suite
}

async fn count(suite: &Suite, which: &str) -> i64 {
    let mut conn = AnyConnection::connect(suite.database(Service::Registry)).await.expect("it");
    let text = AssertSqlSafe(format!("select count(*) from {which}"));
    sqlx::query(text).fetch_one(&mut conn).await.expect("a count").get(0)
}

async fn repair(suite: &Suite, copy: &str) -> Said {
    suite.run(ADMINISTRATOR, &["repair", "registry", copy]).await
}

#[tokio::test]
async fn one_command_puts_back_all_values_of_another_type() {
    const MANY: i64 = 30_000;
    let suite = registry(Backend::Sqlite).await;
    let many = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {MANY})
         insert into request select 'a', 'b', i, 'd', x'',
         cast(strftime('%s', 'now') as integer) * 1000000, 0 from n"
    );
    execute(suite.database(Service::Registry), &many).await;
    let done = repair(&suite, "bookkeeping").await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert_eq!(count(&suite, "request where typeof(digest) <> 'blob'").await, 0);
}

/// A record that somebody holds ends the first call's time; the command goes on after that.
#[tokio::test]
async fn a_repair_that_is_held_up_says_how_many_are_mended_and_goes_on() {
    let mut suite = registry(Backend::Postgres).await;
    let database = suite.database(Service::Registry).to_owned();
    alter_records(&database, "update record set labels = 'no labels' where kind = 'region'").await;
    let all = count(&suite, "record where kind = 'region'").await;
    let mut held = AnyConnection::connect(&database).await.expect("the database");
    let hold = "begin; select 1 from record where name = 'regions/51' for update";
    sqlx::raw_sql(hold).execute(&mut held).await.expect("held");
    let command = suite.command(ADMINISTRATOR, &["repair", "registry", "records"]);
    let done = tokio::spawn(Said::by(command));
    eventually(PATIENCE, "the first call has ended", async || {
        that(suite.log(Service::Registry).contains("remaining="), "not yet")
    })
    .await;
    held.close().await.expect("let go");
    let done = done.await.expect("no panic");
    let (out, err) = (&done.out, &done.err);
    assert!(done.code == 0 && out.contains(&format!("{all} in all")), "{out}{err}");
    assert!(err.contains("mended so far"), "{err}");
    assert_eq!(count(&suite, "record where kind = 'region' and labels = 'no labels'").await, 0);
    assert!(repair(&suite, "records").await.out.starts_with("0 put back"));
}
