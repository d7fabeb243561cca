//! A regency without a system of its own: it fills in the template, uploads it, and its services
//! are in the index as those of any other source.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use mpp_api::sync::{GetSourceRequest, Source, sync_service_client::SyncServiceClient};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    keys::{ADMINISTRATOR, APP, Who},
    program::Said,
};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

pub const REGENCY: Who = Who {
    subject: "users/pacitan",
    role: "publisher",
    namespaces: "sources/pacitan,units/pacitan",
};
/// A publisher of something else.
pub const NEIGHBOUR: Who =
    Who { subject: "users/madiun", role: "publisher", namespaces: "sources/madiun,units/madiun" };
const DIRECTORY: &str = "
- {name: units/pacitan, displayName: {id: Kabupaten Pacitan}, kind: KIND_LOCAL_GOVERNMENT}
- {name: units/madiun, displayName: {id: Kabupaten Madiun}, kind: KIND_LOCAL_GOVERNMENT}
- name: sources/pacitan
  displayName: {id: Katalog Pacitan}
  unit: units/pacitan
  freshnessTargetSeconds: 86400
";

/// How the system of the office is mapped.
const SYSTEM: &str = r#"{source_id: (.kode | ascii_downcase), unit: "units/pacitan",
 service: {title: {id: .nama}}}"#;

/// The office with its workbook.
pub struct Office<'a> {
    suite: &'a Suite,
    template: PathBuf,
    pub file: PathBuf,
}

/// A row by its headings.
pub type Row<'a> = &'a [(&'a str, &'a str)];

impl<'a> Office<'a> {
    pub async fn open(suite: &'a Suite) -> Self {
        let home = suite.home();
        let directory = home.join("directory.yaml");
        std::fs::write(&directory, DIRECTORY).expect("a file");
        let directory = directory.display().to_string();
        suite.run(ADMINISTRATOR, &["apply", &directory]).await.succeeded();
        for who in [REGENCY, NEIGHBOUR] {
            suite.keys.issue(home, who.subject, who).await;
        }
        let template = home.join("templat.xlsx");
        let path = template.display().to_string();
        suite.run(REGENCY, &["template", &path]).await.succeeded();
        Self { suite, template, file: home.join("katalog.xlsx") }
    }

    /// Fills the template in.
    pub fn fill(&self, rows: &[Row<'_>]) {
        let mut filled = Workbook::new();
        for name in ["Layanan", "_mpp"] {
            let cells = cells(&self.template, name);
            let sheet = filled.add_worksheet().set_name(name).expect("a name");
            for (at, cell) in (0..).zip(&cells[0]) {
                sheet.write_string(0, at, cell).expect("a heading");
            }
            let rows = if name == "_mpp" { &[] } else { rows };
            for (row, filled) in (1..).zip(rows) {
                for (heading, text) in *filled {
                    let at = cells[0].iter().position(|own| own == heading).expect(heading);
                    sheet.write_string(row, at as u16, *text).expect("a cell");
                }
            }
        }
        filled.save(&self.file).expect("a workbook");
    }

    /// A system of its own beside the workbook, with services of these codes.
    async fn has_a_system(&self, codes: &[&str]) {
        let folder = self.suite.home().join("sistem");
        std::fs::create_dir_all(&folder).expect("a folder");
        let rows = codes.iter().map(|code| format!("{code},Layanan {code}\n"));
        let table = "kode,nama\n".to_owned() + &rows.collect::<String>();
        std::fs::write(folder.join("katalog.csv"), table).expect("a file");
        std::fs::write(folder.join("map.jq"), SYSTEM).expect("a file");
        let config = "source = \"sources/pacitan\"\nmapping = \"map.jq\"\nstate = \"state.db\"\n\n\
                      [input]\ntype = \"csv\"\npath = \"katalog.csv\"\n";
        let path = folder.join("agent.toml");
        std::fs::write(&path, config).expect("a file");
        let path = path.display().to_string();
        self.suite.run(REGENCY, &["agent", "run", &path]).await.succeeded();
    }

    async fn upload(&self, flags: &[&str]) -> Said {
        self.upload_as(REGENCY, flags).await
    }

    async fn upload_as(&self, who: Who, flags: &[&str]) -> Said {
        let file = self.file.display().to_string();
        let own = ["upload", &file, "--source", "sources/pacitan"];
        self.suite.run(who, &[&own[..], flags].concat()).await
    }

    pub async fn service(&self, id: &str) -> Value {
        let name = format!("units/pacitan/services/{id}");
        let said = self.suite.run(APP, &["get", &name, "--output", "json"]).await.succeeded();
        serde_json::from_str(&said).expect("JSON")
    }

    pub async fn is_gone(&self, id: &str) -> bool {
        let name = format!("units/pacitan/services/{id}");
        self.suite.run(APP, &["get", &name]).await.code == 3
    }

    pub async fn source(&self) -> Source {
        let channel = self.suite.channel(Service::Registry, APP);
        let request = GetSourceRequest { name: "sources/pacitan".into() };
        let answer = SyncServiceClient::new(channel).get_source(request).await.expect("a source");
        answer.into_inner().source.expect("a source")
    }
}

fn cells(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = workbook.worksheet_range(sheet).expect("the sheet");
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

pub const KTP: Row<'static> = &[
    ("Kode", "KTP"),
    ("Nama layanan", "Penerbitan KTP elektronik baru"),
    ("Status", "Aktif"),
    ("Persyaratan", "Kartu keluarga\nSurat kuasa | jika dikuasakan"),
    ("Jangka waktu", "Paling lama 1 hari kerja"),
    ("Biaya", "Gratis"),
    ("Kanal: loket", "Ya"),
];
pub const KK: Row<'static> = &[
    ("Kode", "kk"),
    ("Nama layanan", "Penerbitan kartu keluarga baru"),
    ("Biaya", "50000"),
    ("Dasar hukum", "UU No. 24 Tahun 2013"),
];
pub const AKTA: Row<'static> = &[("Kode", "akta"), ("Nama layanan", "Akta kelahiran")];
const KIA: Row<'static> = &[("Kode", "kia"), ("Nama layanan", "Kartu identitas anak")];
const PINDAH: Row<'static> = &[("Kode", "pindah"), ("Nama layanan", "Surat pindah datang")];

#[tokio::test]
async fn a_regency_without_a_system_publishes_by_a_workbook_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_regency_without_a_system_publishes_by_a_workbook_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    let office = Office::open(&suite).await;
    it_is_published_field_by_field(&office).await;
    a_row_that_cannot_be_read_stands_by_itself(&office).await;
    what_has_gone_is_withdrawn_when_that_is_asked_for(&office).await;
    nobody_else_may(&office).await;
}

async fn it_is_published_field_by_field(office: &Office<'_>) {
    office.fill(&[KTP, KK, AKTA, KIA, PINDAH]);
    let said = office.upload(&["--dry-run"]).await.succeeded();
    assert!(said.contains("new: units/pacitan/services/ktp") && said.contains("new 5"), "{said}");
    assert!(said.contains("Nothing was sent"), "{said}");
    assert!(office.source().await.last_session.is_none(), "nothing was");
    let said = office.upload(&[]).await.succeeded();
    assert!(said.contains("applied 5"), "{said}");
    let ktp = office.service("ktp").await;
    assert_eq!(ktp["title"]["id"], "Penerbitan KTP elektronik baru");
    assert_eq!(
        (&ktp["source"], &ktp["state"]),
        (&json!("sources/pacitan"), &json!("STATE_ACTIVE"))
    );
    assert_eq!(ktp["requirements"][1]["condition"], "jika dikuasakan");
    assert_eq!((&ktp["time"]["value"], &ktp["time"]["atMost"]), (&json!("1"), &json!(true)));
    assert_eq!(ktp["channels"], json!([{"kind": "KIND_COUNTER"}]));
    let kk = office.service("kk").await;
    assert_eq!(kk["fees"][0]["amountRupiah"], "50000");
    assert_eq!(kk["legalBasis"], json!(["UU No. 24 Tahun 2013"]));

    let (before, etag) = (office.source().await, ktp["etag"].clone());
    let said = office.upload(&[]).await.succeeded();
    assert!(said.contains("known 5") && said.contains("applied 0"), "the same file twice: {said}");
    assert_eq!(office.service("ktp").await["etag"], etag, "nothing changed");
    assert_ne!(office.source().await.last_success_time, before.last_success_time, "it is fresh");
}

async fn a_row_that_cannot_be_read_stands_by_itself(office: &Office<'_>) {
    let wrong = [KK, &[("Status", "libur")]].concat();
    let unknown = [AKTA, &[("Unit", "nowhere")]].concat();
    let ktp = [&[("Biaya", "Rp 5.000")], &KTP[..5]].concat();
    office.fill(&[&ktp, &wrong, &unknown, KIA, PINDAH]);
    let said = office.upload(&[]).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    for words in ["Layanan, row 3, column G (Status)", "\"libur\" is none of", "row 4"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(said.err.contains("upload it again"), "{}", said.err);
    let source = office.source().await;
    assert_eq!(source.last_session.as_ref().expect("counted").unread, 1);
    assert!(source.incomplete.is_none());
    assert_eq!(office.service("ktp").await["fees"][0]["amountRupiah"], "5000", "it was sent");
    assert_eq!(office.service("kk").await["fees"][0]["amountRupiah"], "50000", "it stays");
}

async fn what_has_gone_is_withdrawn_when_that_is_asked_for(office: &Office<'_>) {
    office.fill(&[KTP, KK, AKTA, KIA]);
    let said = office.upload(&[]).await.succeeded();
    assert!(said.contains("! pindah: ") && said.contains("--withdraw pindah"), "{said}");
    office.service("pindah").await;
    let before = office.source().await.last_end_time;
    let said = office.upload(&["--withdraw", "pindah"]).await;
    assert_eq!(said.code, 5, "it asks: {}{}", said.out, said.err);
    assert_eq!(office.source().await.last_end_time, before, "and sends nothing");
    let said = office.upload(&["--withdraw", "pindah", "--yes"]).await.succeeded();
    assert!(said.contains("in all malls: pindah"), "{said}");

    office.has_a_system(&["NIB", "KIA"]).await;
    office.fill(&[KTP, KK]);
    let said = office.upload(&["--dry-run"]).await.succeeded();
    assert!(said.contains("services/akta is not in the workbook"), "{said}");
    assert!(said.contains("2 more of the source"), "{said}");
    let said = office.upload(&["--withdraw-gone", "--yes"]).await.succeeded();
    assert!(said.contains("in all malls: akta\n"), "nobody else has sent it: {said}");
    for id in ["nib", "kia"] {
        office.service(id).await;
        let said = office.upload(&["--withdraw", id, "--yes"]).await;
        assert_eq!(said.code, 9, "{}{}", said.out, said.err);
        assert!(said.out.contains("another configuration of the source sends it"), "{}", said.out);
        office.service(id).await;
    }
    // It has sent this one as well, and who feeds it from now on nobody knows.
    office.fill(&[KTP, KK, KIA]);
    office.upload(&[]).await.succeeded();
    office.fill(&[KTP, KK]);
    let said = office.upload(&["--withdraw-gone", "--yes"]).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    assert!(said.out.contains("by its id: kia"), "{}", said.out);
    assert!(said.out.contains("with --withdraw CODE for each"), "{}", said.out);
    office.service("kia").await;

    office.fill(&[]);
    let said = office.upload(&["--withdraw-gone", "--yes"]).await;
    assert_eq!(said.code, 8, "an empty sheet withdraws nothing: {}{}", said.out, said.err);
    office.service("ktp").await;
}

async fn nobody_else_may(office: &Office<'_>) {
    office.fill(&[KTP]);
    let said = office.upload_as(NEIGHBOUR, &[]).await;
    assert_eq!(said.code, 4, "{}{}", said.out, said.err);
    std::fs::write(&office.file, "kode,nama\n").expect("a file");
    let said = office.upload(&[]).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    assert!(said.err.contains("fetch the template anew"), "{}", said.err);
}
