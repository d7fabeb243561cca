//! Pages with a whole table.

use super::{says, says_not};
use crate::world::{World, nation};

#[tokio::test]
async fn whole_tables_come_fifty_rows_at_a_time() {
    let mut all = nation();
    let first = all.report.regions[0].clone();
    let more = (10..90).map(|number| mpp_api::reporting::RegionReport {
        region: format!("regions/31.{number}"),
        display_name: format!("Kota {number}"),
        ..first.clone()
    });
    all.report.regions.splice(0..1, more);
    let world = World::start(all).await;
    says(&world, "/regions", &["Baris 1 sampai 50 dari 82", "Kota 10", "Berikutnya"]).await;
    says_not(&world, "/regions", &["Kota 60"]).await;
    says(&world, "/regions?halaman=2", &["Baris 51 sampai 82 dari 82", "Kota 60"]).await;
    says_not(&world, "/regions?provinsi=35", &["Kota 10"]).await;
    says(&world, "/regions?provinsi=35", &["Kabupaten Banyuwangi"]).await;
}

#[tokio::test]
async fn the_hours_of_one_province_stand_alone() {
    let world = World::start(nation()).await;
    says(&world, "/hours?provinsi=35", &["Semua provinsi", "Tutup pukul 11:00"]).await;
    says_not(&world, "/hours?provinsi=11", &["Tutup pukul 11:00"]).await;
}
