//! Every sentence of the page, in Indonesian and in English.

use mpp_api::{
    registry::mall::Stage, reporting::catalog_change::Field, scheduling::deviation::Yardstick,
};

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Bahasa Indonesia.
    Id,
    /// English.
    En,
}

impl Lang {
    /// Both.
    #[cfg(test)]
    pub const ALL: [Lang; 2] = [Lang::Id, Lang::En];

    /// For the `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }

    /// The other language.
    pub fn other(self) -> Self {
        match self {
            Lang::Id => Lang::En,
            Lang::En => Lang::Id,
        }
    }

    /// What stands before every path of the page in this language.
    pub fn prefix(self) -> &'static str {
        match self {
            Lang::Id => "",
            Lang::En => "/en",
        }
    }

    /// The language of a `lang` parameter; Indonesian where it is none.
    pub fn parse(text: &str) -> Self {
        if text == "en" { Lang::En } else { Lang::Id }
    }
}

/// A sentence or word.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    id: &'static str,
    en: &'static str,
}

impl Phrase {
    /// In a language.
    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.id,
            Lang::En => self.en,
        }
    }
}

macro_rules! phrases {
    ($($name:ident: $id:literal, $en:literal;)*) => {
        $(pub const $name: Phrase = Phrase { id: $id, en: $en };)*
        #[cfg(test)]
        const ALL: &[Phrase] = &[$($name),*];
    };
}

phrases! {
    TITLE: "Mal Pelayanan Publik: kemajuan nasional", "Public service malls: national progress";
    SITE: "Indeks Mal Pelayanan Publik", "Index of public service malls";
    LEAD: "Di mana setiap kabupaten dan kota berada, langsung dari registri dan penjadwalan.",
        "Where each regency and city stands, live from the registry and from scheduling.";
    SKIP: "Langsung ke isi", "Skip to the content";
    OTHER_LANGUAGE: "English", "Bahasa Indonesia";
    HOME: "Nasional", "Nation";
    AS_OF: "Keadaan per", "As of";
    UPDATED: "diperbarui", "updated";
    LIVE: "Langsung", "Live";
    LIVE_LOST: "Sambungan terputus, mencoba lagi", "Connection lost, trying again";
    LIVE_WITHOUT: "Tanpa JavaScript halaman ini dimuat ulang setiap 30 detik.",
        "Without JavaScript this page reloads every 30 seconds.";
    INCOMPLETE: "Data belum lengkap", "The data are not complete";

    HEADLINE: "Ringkasan", "At a glance";
    COVERED_AUTONOMOUS: "Daerah otonom yang memiliki mal beroperasi", "Autonomous regions with an operating mall";
    COVERED_ALL: "Semua kabupaten dan kota", "All regencies and cities";
    OF: "dari", "of";
    OPERATING_MALLS: "Mal yang beroperasi", "Malls that operate";
    KNOWN_MALLS: "mal yang tercatat", "malls on record";
    UNIFORM_HOURS: "Jam layanan seragam", "Uniform hours";
    TICKETS_TODAY: "Antrean selesai hari ini", "Tickets completed today";
    ISSUED: "nomor diambil", "issued";
    APPOINTMENTS_TODAY: "janji temu hari ini", "appointments today";
    NO_DATA: "belum ada data", "no data yet";

    MAP: "Peta provinsi", "Map of provinces";
    MAP_HELP: "Bagian kabupaten dan kota tiap provinsi yang memiliki mal beroperasi. Pilih provinsi untuk rinciannya.",
        "Share of each province's regencies and cities with an operating mall. Choose a province for its details.";
    REGIONS_COVERED: "kabupaten/kota terlayani", "regencies and cities covered";
    LEGEND: "Keterangan warna", "Legend";

    STAGES: "Tahap", "Stages";
    STAGES_HELP: "Setiap mal pada tahap terakhir yang dicapai.", "Each mall at the last stage that it reached.";
    STAGE: "Tahap", "Stage";
    NO_STAGE: "Belum ada tahap", "No stage yet";
    SINCE: "sejak", "since";
    EVIDENCE: "Bukti", "Evidence";
    DATE: "Tanggal", "Date";

    MALLS: "Mal", "Malls";
    MALL: "Mal", "Mall";
    REGION: "Kabupaten/kota", "Regency or city";
    COUNTERS: "Gerai", "Counters";
    HOURS: "Jam seragam", "Uniform hours";
    SERVICES: "Layanan", "Services";
    QUEUE: "Antrean hari ini", "Tickets today";
    QUEUE_HELP: "selesai / diambil", "completed / issued";
    APPOINTMENTS: "Janji temu", "Appointments";
    NO_MALLS: "Belum ada mal yang tercatat.", "No mall is on record yet.";
    NO_MALL_HERE: "Belum ada mal", "No mall yet";

    DEVIATIONS: "Penyimpangan jam layanan", "Deviations of hours";
    DEVIATIONS_HELP: "Gerai yang jamnya berbeda dari mal, templat nasional, atau ketentuan lembaganya pada pekan berjalan.",
        "Counters whose hours this week differ from their mall, the national template or their body's own rules.";
    NO_DEVIATIONS: "Tidak ada penyimpangan yang diketahui.", "No deviation is known.";
    COUNTERS_SHOWN: "gerai ditampilkan.", "counters shown.";
    ALL_DEVIATIONS: "Semuanya: perintah mpp deviations, atau HoursService.ListDeviations pada penjadwalan.",
        "All of them: the command mpp deviations, or scheduling's HoursService.ListDeviations.";
    FINDINGS_LEFT_OUT: "temuan lain dari gerai ini tidak ditampilkan.", "more findings of these counters are not shown.";
    AGAINST: "terhadap", "against";
    YARDSTICK_MALL: "mal", "the mall";
    YARDSTICK_NATIONAL: "templat nasional", "the national template";
    YARDSTICK_BASELINE: "ketentuan lembaganya", "its body's own rules";
    COUNTER: "Gerai", "Counter";
    FINDING: "Temuan", "Finding";
    WEEK: "Pekan mulai", "Week of";
    UNIFORM: "seragam", "uniform";
    DEVIATING: "menyimpang", "deviating";
    UNKNOWN: "belum diketahui", "not known";

    CHANGES: "Perubahan katalog terbaru", "Recent catalog changes";
    CHANGES_SHOWN: "perubahan ditampilkan, yang terbaru dahulu. Yang lebih lama: mpp report --known-on WAKTU, atau GetReport dengan known_on yang lebih awal.",
        "changes shown, newest first. Older ones: mpp report --known-on TIME, or GetReport with an earlier known_on.";
    NO_CHANGES: "Belum ada perubahan.", "No change yet.";
    TIME: "Waktu", "Time";
    SERVICE: "Layanan", "Service";
    CHANGE: "Perubahan", "Change";
    BEFORE: "Sebelum", "Before";
    AFTER: "Sesudah", "After";
    NOTHING: "tidak ada", "nothing";

    SOURCES: "Kesehatan sumber", "Health of sources";
    SOURCES_HELP: "Setiap rekaman yang diterima dijawab: diterapkan, tetap, ditolak, atau dikarantina.",
        "Each record received is answered: applied, unchanged, rejected or quarantined.";
    NO_SOURCES: "Belum ada sumber.", "No source yet.";
    SOURCE: "Sumber", "Source";
    LAST_SUCCESS: "Berhasil terakhir", "Last success";
    TARGET: "Target", "Target";
    EVERY: "setiap", "every";
    STATUS: "Status", "Status";
    LATE: "Terlambat", "Late";
    ON_TIME: "Tepat waktu", "On time";
    NEVER: "belum pernah", "never";
    RECEIVED: "Diterima", "Received";
    APPLIED: "Diterapkan", "Applied";
    UNCHANGED: "Tetap", "Unchanged";
    REJECTED: "Ditolak", "Rejected";
    QUARANTINED: "Dikarantina", "Quarantined";

    PUBLISHED: "Hitungan yang diterbitkan", "Published counts";
    PUBLISHED_HELP: "Angka lembaga lain apa adanya, di samping hitungan indeks ini per tanggal yang sama. Dua lembaga yang berbeda tetap ditampilkan keduanya.",
        "Other bodies' figures as they stand, beside this index's own count as of the same day. Where two bodies differ, both stay.";
    PUBLISHER: "Penerbit", "Publisher";
    THEIR_COUNT: "Mal beroperasi", "Operating malls";
    DENOMINATOR: "Penyebut", "Denominator";
    OUR_COUNT: "Hitungan indeks ini", "This index's count";
    IN_REGIONS: "daerah", "regions";
    NOTE: "Catatan", "Note";
    NOT_STATED: "tidak disebut", "not stated";

    FRESHNESS: "Kebaruan data", "Freshness";
    FEED_REGISTRY: "Registri", "Registry";
    FEED_SCHEDULING: "Penjadwalan", "Scheduling";
    REVISION: "revisi", "revision";
    LAST_CHANGE: "perubahan terakhir", "last change";
    CONNECTED: "tersambung", "connected";
    DISCONNECTED: "terputus", "not connected";

    METHOD: "Cara menghitung", "How it is counted";
    METHOD_TEXT: "Cakupan menghitung kabupaten dan kota yang berbeda, bukan mal: dua mal di satu kota dihitung satu. Sebuah mal beroperasi sejak tahap beroperasi, diresmikan, atau dievaluasi, selama tidak dihentikan atau ditutup. Penyebut pertama adalah daerah otonom; yang kedua menambahkan wilayah administrasi Jakarta.",
        "Coverage counts distinct regencies and cities, not malls: two malls in one city count once. A mall operates from the stage operating, inaugurated or evaluated, while it is not suspended or closed. The first denominator is the autonomous regions; the second adds Jakarta's administrative units.";
    NOT_FOUND: "Halaman tidak ditemukan", "Page not found";
    NOT_FOUND_HELP: "Alamat ini tidak menunjuk mal atau provinsi yang dikenal.", "This address names no mall or province that is known.";

    STAGE_COMMITTED: "Berkomitmen", "Committed";
    STAGE_PROPOSED: "Diusulkan", "Proposed";
    STAGE_VERIFIED: "Diverifikasi", "Verified";
    STAGE_APPROVED: "Disetujui", "Approved";
    STAGE_AGREED: "Kerja sama disepakati", "Agreed";
    STAGE_PREPARING: "Disiapkan", "Preparing";
    STAGE_OPERATING: "Beroperasi", "Operating";
    STAGE_INAUGURATED: "Diresmikan", "Inaugurated";
    STAGE_EVALUATED: "Dievaluasi", "Evaluated";
    STAGE_RETURNED: "Dikembalikan", "Returned";
    STAGE_SUSPENDED: "Dihentikan sementara", "Suspended";
    STAGE_CLOSED: "Ditutup", "Closed";

    FIELD_FEES: "Biaya", "Fees";
    FIELD_TIME: "Jangka waktu", "Time";
    FIELD_REQUIREMENTS: "Persyaratan", "Requirements";
    FIELD_TITLE: "Nama", "Title";
    FIELD_PUBLISHED: "Diterbitkan", "Published";
    FIELD_WITHDRAWN: "Ditarik", "Withdrawn";
}

/// The label of a stage.
pub fn stage(stage: Stage) -> Phrase {
    match stage {
        Stage::Unspecified => NO_STAGE,
        Stage::Committed => STAGE_COMMITTED,
        Stage::Proposed => STAGE_PROPOSED,
        Stage::Verified => STAGE_VERIFIED,
        Stage::Approved => STAGE_APPROVED,
        Stage::Agreed => STAGE_AGREED,
        Stage::Preparing => STAGE_PREPARING,
        Stage::Operating => STAGE_OPERATING,
        Stage::Inaugurated => STAGE_INAUGURATED,
        Stage::Evaluated => STAGE_EVALUATED,
        Stage::Returned => STAGE_RETURNED,
        Stage::Suspended => STAGE_SUSPENDED,
        Stage::Closed => STAGE_CLOSED,
    }
}

/// What a finding is measured against; `None` where it is not known.
pub fn yardstick(yardstick: Yardstick) -> Option<Phrase> {
    match yardstick {
        Yardstick::Unspecified => None,
        Yardstick::Mall => Some(YARDSTICK_MALL),
        Yardstick::National => Some(YARDSTICK_NATIONAL),
        Yardstick::Baseline => Some(YARDSTICK_BASELINE),
    }
}

/// The label of a catalog change's field.
pub fn field(field: Field) -> Phrase {
    match field {
        Field::Unspecified => CHANGE,
        Field::Title => FIELD_TITLE,
        Field::Fees => FIELD_FEES,
        Field::Time => FIELD_TIME,
        Field::Requirements => FIELD_REQUIREMENTS,
        Field::Published => FIELD_PUBLISHED,
        Field::Withdrawn => FIELD_WITHDRAWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_missing_in_either_language() {
        for phrase in ALL {
            assert!(
                Lang::ALL.into_iter().all(|lang| !phrase.of(lang).trim().is_empty()),
                "{phrase:?}"
            );
        }
    }
}
