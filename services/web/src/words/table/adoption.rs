//! How far services follow their standard, and where one differs from it.

use crate::words::Phrase;

phrases! {
    ADOPTION_TITLE: "Sejauh mana standar diikuti", "How far the standard is followed";
    ADOPTION_SAY: "{0} layanan dibandingkan dengan standar: {1} mengikuti, {2} berbeda, {5} berbeda kata-katanya, {3} berbeda dengan penjelasan, {4} belum diketahui.",
        "{0} services were compared with the standard: {1} follow it, {2} differ, {5} differ in their words, {3} differ and say why, {4} are not known.";
    ADOPTION_AHEAD: "{0} sudah sesuai dengan teks yang diumumkan.",
        "{0} say already what the announced text does.";
    ADOPTION_NONE: "Belum ada layanan yang dinyatakan termasuk standar ini.",
        "No service is confirmed to be of this standard yet.";
    ADOPTION_BY_WORDS: "Berbeda kata", "Other words";
    ADOPTION_HELP: "Dihitung dari isi layanan sekarang. “Berbeda kata”: yang dibandingkan hanya kata-katanya; maksudnya mungkin sama. “Belum diketahui”: tidak semua yang disebut standar juga disebut layanan dan dapat dibandingkan, atau standar belum berlaku. Layanan yang belum dinyatakan termasuk standar tidak dihitung.",
        "Counted from what services say now. “Other words”: only words were compared; what is meant may be the same. “Not known”: a service does not state all that the standard does, or not all of it compares, or the standard does not hold yet. Services that nobody has confirmed to be of it are not counted.";
    ADOPTION_BY_PROVINCE: "Menurut provinsi", "By province";
    ADOPTION_BY_AGENCY: "Menurut instansi", "By body";
    ADOPTION_PROVINCE: "Provinsi", "Province";
    ADOPTION_AGENCY: "Instansi", "Body";
    ADOPTION_NATION: "Nasional", "The nation's own";
    ADOPTION_SERVICES: "Layanan", "Services";
    ADOPTION_FOLLOWS: "Mengikuti", "Follow";
    ADOPTION_DIFFERS: "Berbeda", "Differ";
    ADOPTION_EXPLAINED: "Dijelaskan", "Explained";
    ADOPTION_UNKNOWN: "Belum diketahui", "Not known";
    ADOPTION_COUNTING: "Baru sebagian provinsi yang terhitung. Jumlah nasional belum diketahui.",
        "Only some of the provinces are counted so far. The nation's number is not known.";
    ADOPTION_MORE: "Instansi lain tidak ditampilkan di sini: mpp adoption --by agency.",
        "Other bodies are not shown here: mpp adoption --by agency.";
    ADOPTION_LEFT_OUT: "Layanan yang belum dibandingkan karena terlalu banyak: {0}.",
        "Services that were not compared, since there are too many: {0}.";
    COMPARED_TITLE: "Dibandingkan dengan standar", "Compared with the standard";
    COMPARED_CAPTION: "Apa yang disebut standar, dan apa yang disebut layanan ini",
        "What the standard says, and what this service says";
    COMPARED_FIELD: "Komponen", "Component";
    COMPARED_STANDARD: "Menurut standar", "The standard says";
    COMPARED_SERVICE: "Menurut layanan", "The service says";
    COMPARED_STANDING: "Keterangan", "How it stands";
    COMPARED_FOLLOWS: "Layanan ini mengikuti standar.", "This service follows the standard.";
    COMPARED_DIFFERS: "Layanan ini berbeda dari standar.", "This service differs from the standard.";
    COMPARED_EXPLAINED: "Layanan ini berbeda dari standar, dan pemiliknya menjelaskan mengapa.",
        "This service differs from the standard, and its owner says why.";
    COMPARED_UNKNOWN: "Belum diketahui apakah layanan ini mengikuti standar.",
        "Whether this service follows the standard is not known.";
    COMPARED_HOLDS_FROM: "Standar ini berlaku mulai {0}.", "The standard holds from {0} on.";
    COMPARED_ADOPTED: "Teks standar terakhir diambil {0}.", "The standard's text was last adopted {0}.";
    COMPARED_ADOPTED_VERSION: "Teks standar versi {1} terakhir diambil {0}.",
        "Version {1} of the standard was last adopted {0}.";
    STANDS_SAME: "sama", "the same";
    STANDS_DIFFERS: "berbeda", "differs";
    STANDS_WITHIN: "dalam batas standar", "within what the standard sets";
    STANDS_AHEAD: "sesuai dengan teks yang diumumkan", "says what the announced text does";
    EXPLAINED_EARLIER: "Penjelasan untuk isi layanan yang lama; sekarang terbuka lagi:",
        "Explained of an earlier text of the service, and open again:";
    COMPARED_ANNOUNCED: "Diumumkan: teks baru berlaku mulai {0}.",
        "Announced: a new text holds from {0} on.";
    COMPARED_ANNOUNCED_VERSION: "Diumumkan: versi {1} berlaku mulai {0}.",
        "Announced: version {1} holds from {0} on.";
    STANDS_UNCLEAR: "belum diketahui: sebagian menurut aturan lain",
        "not known: a part is left to other rules";
    STANDS_UNSTATED: "tidak disebut layanan", "not stated by the service";
    STANDS_LEFT: "diserahkan kepada pemilik", "left to the owner";
    EXPLAINED_BY: "Alasan: {0} Dasar hukum: {1}", "Why: {0} Legal basis: {1}";
    EXPLAINED_WHO: "Dijelaskan: {0}, {1}.", "Explained: {0}, {1}.";
    DECIDED_SAY: "Dinyatakan termasuk standar: {0}, {1}.",
        "Confirmed to be of the standard: {0}, {1}.";
    DECIDED_VERSION: "Dinyatakan termasuk standar versi {2}: {0}, {1}.",
        "Confirmed to be of version {2} of the standard: {0}, {1}.";
    DECIDED_REASON: "Alasan: {0}", "Why: {0}";
    EXPLAINED_UNTIL: "berlaku sampai {0}", "until {0}";
}
