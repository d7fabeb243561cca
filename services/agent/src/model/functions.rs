//! The agent's own filters, as people are told of them.

/// A filter of the agent's own, as `mpp agent functions` lists it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in a program.
    pub name: &'static str,
    /// Its result, in words.
    pub purpose: &'static str,
    /// An example of its input.
    pub from: &'static str,
    /// Wordings that it reads, one of each form.
    pub forms: &'static [&'static str],
}

/// The agent's own filters.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "rupiah",
        purpose: "a fee; its wording is kept, and what is not sure is marked as not read",
        from: "\"Rp. 350.000,-\"",
        forms: FEES,
    },
    Function {
        name: "service_time",
        purpose: "how long a service takes; its wording is kept, too",
        from: "\"Maksimal 20 (dua puluh) hari\"",
        forms: TIMES,
    },
    Function {
        name: "service_state",
        purpose: "whether a service is served; a word that says neither fails the row",
        from: "\"Tidak Aktif\"",
        forms: STATES,
    },
    Function {
        name: "opening_hours",
        purpose: "a day's hours, none where it is closed; what is not read to the last word fails the row",
        from: "\"08.00 - 12.00 dan 13.00 - 16.00\"",
        forms: HOURS,
    },
    Function {
        name: "list_items",
        purpose: "the items of a list, without their numbers and bullets",
        from: "\"1. KTP asli\\n2) Surat pengantar; - Pas foto\"",
        forms: &[],
    },
    Function {
        name: "html_text",
        purpose: "the plain text of a web editor's markup",
        from: "\"<p>KTP &amp; KK</p>\"",
        forms: &[],
    },
];

const STATES: &[&str] = &["Aktif", "Nonaktif", "1", "0"];

const HOURS: &[&str] =
    &["08.00 - 15.00", "8:00 s.d. 12:00, 13:00 s.d. 16:00", "pukul 07.30 s/d 14.00", "tutup"];

const FEES: &[&str] = &[
    "Gratis",
    "Rp 50.000",
    "Rp 50.000 per lembar",
    "Rp 50.000 - Rp 100.000",
    "Maksimal Rp 50.000",
    "Sesuai Perda No. 1 Tahun 2024",
    "Baru Rp 100.000; perpanjangan Rp 75.000",
    "Gratis untuk WNI; Rp 50.000 untuk WNA",
    "Pendaftaran Rp 30.000 + tindakan Rp 15.000",
    "USD 50 per orang",
    "2% dari nilai transaksi",
    "Berbiaya",
];

const TIMES: &[&str] = &[
    "30 menit",
    "2 - 3 jam",
    "3 hari kerja",
    "Maksimal 14 hari",
    "Sekitar 15 menit per berkas",
    "3 hari kerja sejak berkas lengkap",
    "KTP 10 menit; KK 20 menit",
    "3 hari untuk izin baru; 1 hari untuk perpanjangan",
    "Verifikasi 5 menit, pencetakan 10 menit",
];
