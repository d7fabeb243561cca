//! Records: versions, etags, tombstones, bulk.

use mpp_api::{registry::Mall, types::Tombstone};
use mpp_core::Reason;
use mpp_store::Expect;
use mpp_testkit::on_both;

use crate::kit::{SCHEMA, in_region, mall, officer};

#[tokio::test]
async fn a_mall_is_made_changed_and_deleted_and_its_name_is_not_used_again() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        let mut tx = db.begin(&officer()).await.unwrap();
        let put = tx.put(name, &mall(name, "MPP"), in_region("35.10"), Expect::New).await.unwrap();
        assert_eq!((put.version, put.changed), (1, true));
        assert_eq!(tx.commit().await.unwrap(), 1);

        let mut tx = db.begin(&officer()).await.unwrap();
        let found = tx.get::<Mall>(name).await.unwrap().unwrap();
        assert_eq!(found.etag(), "1");
        let stale = tx.put(name, &mall(name, "X"), in_region("35.10"), Expect::Etag("7")).await;
        assert_eq!(stale.unwrap_err().reason(), Reason::EtagMismatch);
        let put = tx.put(name, &mall(name, "B"), in_region("35.10"), Expect::Etag("1")).await;
        assert_eq!(put.unwrap().version, 2);
        assert_eq!(tx.commit().await.unwrap(), 2);

        let mut tx = db.begin(&officer()).await.unwrap();
        let gone = tx.delete::<Mall>(name, &Tombstone::default(), Expect::Any).await.unwrap();
        assert_eq!(gone, 3);
        assert_eq!(tx.commit().await.unwrap(), 3);

        let mut tx = db.begin(&officer()).await.unwrap();
        for expect in [Expect::New, Expect::Any, Expect::Etag("")] {
            let late = tx.put(name, &mall(name, "late"), in_region("35.10"), expect).await;
            assert_eq!(late.unwrap_err().reason(), Reason::Tombstoned);
        }
        let items = vec![(name.to_owned(), mall(name, "late"), in_region("35.10"))];
        assert!(tx.put_many(items).await.unwrap()[0].tombstoned);
        assert_eq!(tx.commit().await.unwrap(), 3, "nothing changed: the head");

        let mut read = db.read().await.unwrap();
        let history = read.history("mall", name, 0, 10).await.unwrap();
        let versions: Vec<_> = history.iter().map(|change| change.version).collect();
        assert_eq!(versions, [1, 2, 3]);
        assert!(read.get::<Mall>(name).await.unwrap().is_none());
    })
    .await;
}
