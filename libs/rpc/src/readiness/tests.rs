use super::*;

/// A readiness in which a fault counts only after this many milliseconds.
fn counting_after(fault_counts_millis: u64) -> Readiness {
    Readiness::new(HealthPolicy { fault_counts_millis, ..HealthPolicy::default() })
}

#[test]
fn what_has_not_started_is_missing_by_name() {
    let readiness = Readiness::default();
    let feed = readiness.component("feed");
    assert_eq!(readiness.missing().get("feed").map(String::as_str), Some("starting"));
    feed.up();
    assert!(readiness.is_ready());
}

#[test]
fn a_short_fault_does_not_make_it_flap() {
    let readiness = counting_after(3_600_000);
    let database = readiness.component("database");
    database.up();
    assert!(readiness.is_ready());
    database.down("connection refused");
    assert!(readiness.is_ready(), "not yet for an hour");
}

#[test]
fn a_lasting_fault_counts() {
    let readiness = counting_after(0);
    let database = readiness.component("database");
    database.up();
    assert!(readiness.is_ready());
    database.down("connection refused");
    assert_eq!(readiness.missing()["database"], "connection refused");
    database.up();
    assert!(readiness.is_ready());
}

#[test]
fn a_reason_is_never_empty() {
    let readiness = counting_after(0);
    let database = readiness.component("database");
    database.up();
    assert!(readiness.is_ready());
    database.down("  ");
    assert_eq!(readiness.missing()["database"], "it does not say why");
}

#[test]
fn the_end_of_a_fault_counts_at_once() {
    let readiness = counting_after(0);
    let database = readiness.component("database").for_writes();
    database.up();
    database.down("connection refused");
    assert!(!readiness.is_ready());
    readiness.lock().policy.fault_counts_millis = 3_600_000;
    database.up();
    assert!(readiness.is_ready() && readiness.refused_write().is_none());
}

#[test]
fn before_its_first_time_a_component_holds_up_everything_and_then_what_needs_it() {
    let readiness = counting_after(0);
    let memory = readiness.component("memory");
    let database = readiness.component("database").for_writes();
    let upstream = readiness.component("upstream").for_the_start();
    readiness.component("news").for_nothing().down("nothing was heard yet");
    assert_eq!(readiness.missing_for(Use::Reads).len(), 3);
    assert_eq!(readiness.missing().len(), 4);
    readiness.component("news").for_nothing().up();
    for component in [&memory, &database, &upstream] {
        component.up();
    }
    assert!(readiness.is_ready());
    upstream.down("away");
    assert!(!readiness.is_ready(), "it is told");
    assert!(readiness.is_ready_for(Use::Reads) && readiness.is_ready_for(Use::Writes));
    database.down("refused");
    assert!(readiness.is_ready_for(Use::Reads) && !readiness.is_ready_for(Use::Writes));
    memory.down("a wrong document");
    assert!(!readiness.is_ready_for(Use::Reads));
}

#[test]
fn a_write_is_refused_with_the_reason_and_not_for_a_start_or_a_drain() {
    let readiness = counting_after(0);
    let database = readiness.component("database").for_writes();
    assert!(readiness.refused_write().is_none(), "it waits for the start");
    database.up();
    readiness.drain();
    assert!(readiness.refused_write().is_none(), "it is answered before the end");
    database.down("its disk is full");
    let error = readiness.refused_write().expect("refused");
    assert_eq!(error.reason(), Reason::Unavailable);
    assert_eq!(
        error.message(),
        "no writes are taken now: database: its disk is full; reads are answered"
    );
    assert!(error.retry_after().is_some());
}

#[test]
fn a_draining_server_is_not_ready_whatever_else_is() {
    let readiness = Readiness::default();
    readiness.drain();
    assert_eq!(readiness.missing()["server"], "draining");
    assert!(!readiness.is_ready_for(Use::Reads));
}
