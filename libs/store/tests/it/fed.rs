//! Every kind of record is fed just as it is stored: without what answers add, and with all else.

use mpp_api::{Document, document, json};
use mpp_store::{Expect, Filter, Labels, Start};
use mpp_testkit::on_both;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use crate::kit::{SCHEMA, Served, changes_to, officer};

/// How deep messages are filled: some hold themselves.
const DEPTH: usize = 3;

/// A message in which every field is set.
fn filled(message: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut all = DynamicMessage::new(message.clone());
    if depth > 0 {
        message.fields().for_each(|field| all.set_field(&field, value(&field, depth)));
    }
    all
}

fn value(field: &FieldDescriptor, depth: usize) -> Value {
    let one = match field.kind() {
        Kind::Message(within) => Value::Message(filled(&within, depth - 1)),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::String => Value::String("1".into()),
        Kind::Bool => Value::Bool(true),
        Kind::Bytes => Value::Bytes(vec![1].into()),
        Kind::Double => Value::F64(1.0),
        Kind::Int32 => Value::I32(1),
        Kind::Int64 => Value::I64(1),
        other => panic!("{}: fill in {other:?} here as well", field.full_name()),
    };
    if field.is_list() { Value::List(vec![one]) } else { one }
}

/// The fields of a document that are set, and all that its kind has.
fn set_and_all(kind: &str, doc: &[u8]) -> (Vec<String>, Vec<String>) {
    let descriptor = json::descriptor(kind).expect("a kind of the contract");
    let doc = DynamicMessage::decode(descriptor.clone(), doc).expect("a document");
    let name = |field: FieldDescriptor| field.name().to_owned();
    let set = descriptor.fields().filter(|field| doc.has_field(field)).map(name).collect();
    (set, descriptor.fields().map(name).collect())
}

async fn is_fed_as_it_is_stored<D: Document>(served: &Served) {
    let descriptor = json::descriptor(D::KIND).expect("a kind of the contract");
    let whole: D = filled(&descriptor, DEPTH).transcode_to().expect("the same message");
    let filter = Filter::kinds([D::KIND]);
    let mut follower = served.feed.subscribe(Start::Now, filter.clone()).await.unwrap();
    let mut tx = served.db.begin(&officer()).await.unwrap();
    tx.put("a", &whole, Labels::new(), Expect::New).await.unwrap();
    tx.put_many(vec![("b".to_owned(), whole.clone(), Labels::new())]).await.unwrap();
    let revision = tx.commit().await.unwrap();

    let (told, _) = changes_to(&mut follower, revision).await;
    let mut from_state = served.feed.subscribe(Start::State, filter).await.unwrap();
    let (state, _) = changes_to(&mut from_state, revision).await;
    let mut read = served.db.read().await.unwrap();
    assert_eq!((told.len(), state.len()), (2, 2), "{}", D::KIND);
    for change in told.iter().chain(&state) {
        let stored = read.get::<D>(&change.name).await.unwrap().expect("stored").doc;
        assert_eq!(change.doc, stored.encode_to_vec(), "{} is fed as it is stored", D::KIND);
        let (mut set, all) = set_and_all(D::KIND, &change.doc);
        set.extend(D::ADDED.iter().map(|field| (*field).to_owned()));
        set.sort();
        let mut all = all;
        all.sort();
        assert_eq!(set, all, "{}: just what answers add is not fed", D::KIND);
    }
    let again = served.db.begin(&officer()).await.unwrap();
    is_no_change_without_what_answers_add(again, whole).await;
}

/// Fields that only answers fill in are not stored: a record that differs in them alone has not
/// changed.
async fn is_no_change_without_what_answers_add<D: Document>(mut tx: mpp_store::Tx, whole: D) {
    let mut bare = whole;
    bare.strip();
    let put = tx.put("a", &bare, Labels::new(), Expect::Any).await.unwrap();
    assert_eq!((put.changed, put.version), (false, 1), "{}", D::KIND);
}

macro_rules! each_kind {
    ($served:expr, $($kind:ty),*) => {{
        $(is_fed_as_it_is_stored::<$kind>($served).await;)*
        [$(<$kind>::KIND),*]
    }};
}

#[tokio::test]
async fn a_record_of_every_kind_is_fed_as_it_is_stored() {
    use mpp_api::{
        registry::{
            Counter, LifeEvent, Mall, Offering, Region, Service, Standard, StandardLink, Unit,
            Window,
        },
        reporting::CatalogChange,
        scheduling::{Appointment, Deviation, HoursRule, Ticket},
        sync::Source,
    };
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let served = Served::over(db, mpp_store::FeedOptions::default()).await;
        #[rustfmt::skip]
        let told = each_kind!(
            &served, Region, Unit, Mall, Counter, Window, Service, Offering, Standard,
            StandardLink, LifeEvent, Source, HoursRule, Deviation, Appointment, Ticket, CatalogChange
        );
        assert_eq!(told, document::KINDS, "a new kind is listed here, too");
        served.stop().await;
    })
    .await;
}
