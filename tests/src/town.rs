//! A small directory to tell stories with: one regency, one mall, one counter, one ministry's
//! catalog. Everybody writes their own records, through the API.

mod names;
mod records;

use std::{fmt::Write as _, fs, path::PathBuf};

use mpp_api::{
    registry::{AcceptOfferingRequest, CreateOfferingRequest, Offering, unit::Kind},
    scheduling::{
        CreateHoursRuleRequest, HoursRule, Interval,
        hours_rule::{Season, Week},
        hours_service_client::HoursServiceClient,
    },
};

use crate::{
    Service, Suite,
    keys::{ADMINISTRATOR, OFFICER, ORGANISER, PUBLISHER, Who},
    program::Said,
};
pub use names::{
    DUKCAPIL, KTP_HILANG, MALL, OFFERING, SOURCE, WINDOW, catalog_of, directory, request_id, text,
};
pub use records::create_unit;
use records::{create_counter, create_mall, create_source};

/// How the ministry's columns become the canonical record.
const MAPPING: &str = r#"
{ source_id: (.kode | ascii_downcase),
  unit: "units/kemendagri",
  service: {
    title: {id: .nama},
    category: "population",
    fees: [.biaya | rupiah],
    time: (.waktu | service_time) } }
"#;

/// The ministry's own system: a CSV file, and the agent beside it.
#[derive(Clone, Debug)]
pub struct Ministry {
    folder: PathBuf,
}

/// A row of its file: code, name, fee, time.
pub type Row = [String; 4];

impl Ministry {
    /// Lays the agent's files out.
    pub fn new(suite: &Suite) -> Self {
        Self::at(suite, "kemendagri")
    }

    /// The same in another folder: another machine's agent for the same source, with a state of its
    /// own.
    pub fn at(suite: &Suite, place: &str) -> Self {
        let folder = suite.home().join(place);
        fs::create_dir_all(&folder).expect("a folder");
        let config = format!(
            "source = \"{SOURCE}\"\nmapping = \"map.jq\"\nstate = \"state.db\"\n\
             [policy]\npatience_seconds = 120\n\n\
             [input]\ntype = \"csv\"\npath = \"services.csv\"\n"
        );
        fs::write(folder.join("agent.toml"), config).expect("a file");
        fs::write(folder.join("map.jq"), MAPPING).expect("a file");
        Self { folder }
    }

    /// Writes the catalog anew.
    pub fn publish(&self, rows: &[Row]) {
        let mut text = "kode,nama,biaya,waktu\n".to_owned();
        for row in rows {
            writeln!(text, "{}", row.each_ref().map(|cell| format!("\"{cell}\"")).join(","))
                .expect("a String");
        }
        // Written beside it and moved, so that no agent reads half of it.
        let (beside, path) = (self.folder.join("services.new"), self.folder.join("services.csv"));
        fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).expect("a file");
    }

    /// Its mapping says this of each service, too, such as `product: .nama`; empty: nothing more.
    pub fn maps_also(&self, more: &str) {
        let more = if more.is_empty() { String::new() } else { format!("{more},\n    ") };
        let mapping = MAPPING.replace("title:", &format!("{more}title:"));
        fs::write(self.folder.join("map.jq"), mapping).expect("a file");
    }

    /// Another mapping with the same results: everything is sent again.
    pub fn changes_its_mapping(&self) {
        let path = self.folder.join("map.jq");
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, format!("# again\n{text}")).expect("a file");
    }

    /// Writes the file as it is, with whatever is wrong with it.
    pub fn publish_text(&self, text: &str) {
        fs::write(self.folder.join("services.csv"), text).expect("a file");
    }

    /// Writes a line at the top of the agent's file.
    pub fn configures(&self, line: &str) {
        let path = self.folder.join("agent.toml");
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, format!("{line}\n{text}")).expect("a file");
    }

    /// What has left its file goes by itself after so long.
    pub fn withdraws_after_hours(&self, hours: u32) {
        let path = self.folder.join("agent.toml");
        let text = fs::read_to_string(&path).expect("a file");
        let policy = format!("[policy]\nwithdraw_absent_hours = {hours}\n");
        fs::write(path, text.replace("[policy]\n", &policy)).expect("a file");
    }

    /// Takes the file away.
    pub fn withdraws_its_file(&self) {
        fs::remove_file(self.folder.join("services.csv")).expect("a file");
    }

    /// Problems with single records that its agent has to report.
    pub async fn problems(&self, suite: &Suite) -> Said {
        let config = self.folder.join("agent.toml").display().to_string();
        suite.run(PUBLISHER, &["agent", "problems", &config]).await
    }

    /// Releases records that were held back as trials, or with `--undo` holds them back again.
    pub async fn release(&self, suite: &Suite, what: &[&str]) -> Said {
        let config = self.folder.join("agent.toml").display().to_string();
        suite.run(PUBLISHER, &[&["agent", "release", &config], what].concat()).await
    }

    /// Lets the agent withdraw these records from the index, if the source no longer has them.
    pub async fn withdraw(&self, suite: &Suite, what: &[&str]) -> Said {
        let config = self.folder.join("agent.toml").display().to_string();
        suite.run(PUBLISHER, &[&["agent", "withdraw", &config, "--yes"], what].concat()).await
    }

    /// Asks which records would go; nothing is deleted.
    pub async fn asks_to_withdraw(&self, suite: &Suite, what: &[&str]) -> Said {
        let config = self.folder.join("agent.toml").display().to_string();
        suite.run(PUBLISHER, &[&["agent", "withdraw", &config], what].concat()).await
    }

    /// The arguments of the agent's command.
    pub fn agent(&self) -> [String; 3] {
        ["agent".to_owned(), "run".to_owned(), self.folder.join("agent.toml").display().to_string()]
    }

    /// Runs the agent once.
    pub async fn sync(&self, suite: &Suite) -> Said {
        self.sync_with(suite, &[]).await
    }

    /// Runs the agent once, with further flags.
    pub async fn sync_with(&self, suite: &Suite, flags: &[&str]) -> Said {
        let args = self.agent();
        let args: Vec<_> = args.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        suite.run(PUBLISHER, &args).await
    }
}

/// A row of the ministry's file.
pub fn row(code: &str, name: &str, fee: &str) -> Row {
    [code, name, fee, "paling lama 1 hari kerja"].map(str::to_owned)
}

/// The catalog at first.
pub fn catalog() -> Vec<Row> {
    vec![
        row("KTP-HILANG", "Penggantian KTP elektronik yang hilang", "Rp 50.000"),
        row("KK-BARU", "Penerbitan Kartu Keluarga baru", "Gratis"),
        row("AKTA-LAHIR", "Penerbitan akta kelahiran", "Gratis"),
    ]
}

/// Units, the mall, its counter, the source: everything before the first sync.
pub async fn found(suite: &Suite) {
    for (id, kind, parent, name) in [
        ("kemendagri", Kind::Ministry, "", "Kementerian Dalam Negeri"),
        ("pemkab-banyuwangi", Kind::LocalGovernment, "", "Pemerintah Kabupaten Banyuwangi"),
        (
            "disdukcapil-banyuwangi",
            Kind::Office,
            "units/pemkab-banyuwangi",
            "Disdukcapil Banyuwangi",
        ),
        ("dpmptsp-banyuwangi", Kind::Office, "units/pemkab-banyuwangi", "DPMPTSP Banyuwangi"),
    ] {
        create_unit(suite, id, kind, parent, name).await;
    }
    create_mall(suite).await;
    create_source(suite).await;
    create_counter(suite).await;
}

/// The whole town: founded, synced, offering, and open at all hours of every day, so that no story
/// depends on when it is told.
pub async fn open(suite: &Suite) -> Ministry {
    found(suite).await;
    let ministry = Ministry::new(suite);
    ministry.publish(&catalog());
    ministry.sync(suite).await.succeeded();
    offer(suite).await;
    set_hours(suite, ADMINISTRATOR, "national", "national", ("00:00", "24:00")).await;
    ministry
}

/// The unit proposes, the organiser accepts: ten places in each half hour.
pub async fn offer(suite: &Suite) {
    let offering = Offering {
        service: KTP_HILANG.into(),
        slot_minutes: 30,
        slot_capacity: 10,
        ..Default::default()
    };
    let request = CreateOfferingRequest {
        parent: DUKCAPIL.into(),
        offering_id: "ktp-hilang".into(),
        offering: Some(offering),
        request_id: request_id(),
        ..Default::default()
    };
    catalog_of(suite, OFFICER).create_offering(request).await.expect("an offering");
    let request = AcceptOfferingRequest {
        name: OFFERING.into(),
        request_id: request_id(),
        ..Default::default()
    };
    catalog_of(suite, ORGANISER).accept_offering(request).await.expect("an accepted offering");
}

/// Gives a target the same hours on every day, holidays too.
pub async fn set_hours(suite: &Suite, who: Who, id: &str, target: &str, hours: (&str, &str)) {
    let day = || vec![Interval { open: hours.0.into(), close: hours.1.into() }];
    let week =
        Week { mon: day(), tue: day(), wed: day(), thu: day(), fri: day(), sat: day(), sun: day() };
    let rule = HoursRule {
        target: target.to_owned(),
        season: Season::Any.into(),
        weekly: Some(week),
        works_national_holidays: true,
        works_collective_leave: true,
        basis: "Surat edaran 1".into(),
        ..Default::default()
    };
    let request = CreateHoursRuleRequest {
        hours_rule_id: id.to_owned(),
        hours_rule: Some(rule),
        request_id: request_id(),
        ..Default::default()
    };
    let mut hours = HoursServiceClient::new(suite.channel(Service::Scheduling, who));
    // At once: a record that was made at the registry a moment ago is not refused here.
    hours.create_hours_rule(request).await.expect("hours of what there is");
}
