//! Standard services, and where the services of one differ.

use crate::words::Phrase;

phrases! {
    STANDARDS: "Layanan standar", "Standard services";
    STANDARD: "Layanan standar", "Standard service";
    STANDARDS_DESCRIPTION: "Layanan yang sama di berbagai daerah, dan di mana isinya berbeda.",
        "The same service in different places, and where it differs.";
    STANDARDS_CAPTION: "Layanan standar: berapa layanan termasuk di dalamnya, dan berapa komponen yang isinya berbeda, dari yang disebut paling sedikit dua kali",
        "Standard services: how many services are of each, and in how many components they differ, of those that are stated at least twice";
    STANDARDS_NONE: "Belum ada layanan standar.", "There is no standard service yet.";
    STANDARDS_ALONE: "Layanannya belum dibandingkan saat ini; muat ulang nanti.",
        "Their services were not compared just now; load the page again later.";
    STANDARDS_NEXT: "Halaman berikutnya", "Next page";
    STANDARD_SERVICES: "Layanan", "Services";
    STANDARD_DIFFERS: "Komponen berbeda", "Components that differ";
    STANDARD_DESCRIPTION: "{0}: teks nasionalnya, dan di mana layanan daerah berbeda.",
        "{0}: its national text, and where local services differ.";
    STANDARD_EXAMPLE: "Contoh: teks ini belum diterbitkan oleh siapa pun.",
        "An example: nobody has published this text.";
    STANDARD_EXAMPLE_MARK: "contoh", "example";
    STANDARD_ORIGIN: "Dibaca dari", "Read from";
    STANDARD_READ_ON: "{0}, dibaca {1}", "{0}, read on {1}";
    STANDARD_KEPT_BY: "Dikelola oleh", "Kept by";
    STANDARD_VERSION: "Versi", "Version";
    STANDARD_NOT_YET: "Teks standar baru berlaku mulai {0}; sampai saat itu layanan hanya dibandingkan satu sama lain.",
        "The standard's text holds from {0} on; until then services are only compared with each other.";
    STANDARD_SINCE: "Berlaku mulai", "Valid from";
    STANDARD_ANNOUNCED: "Teks yang diumumkan", "The announced text";
    STANDARD_ANNOUNCED_SAY: "Berlaku mulai {0}; sampai saat itu teks di atas yang berlaku.",
        "It holds from {0} on; until then the text above does.";
    DIVERGENCES_TITLE: "Di mana isinya berbeda", "Where it differs";
    DIVERGENCES_SAY: "Layanan yang dinyatakan termasuk standar ini: {0}.",
        "Services confirmed to be of this standard: {0}.";
    DIVERGENCES_NONE: "Di antara {0} komponen yang disebut paling sedikit dua kali tidak ada perbedaan.",
        "Of {0} components that are stated at least twice, none differs.";
    NOTHING_TO_COMPARE: "Belum ada yang dapat dibandingkan: tidak ada komponen yang disebut paling sedikit dua kali.",
        "There is nothing to compare yet: no component is stated at least twice.";
    DIVERGENCES_LEFT_OUT: "Layanan yang belum dibandingkan karena terlalu banyak: {0}.",
        "Services that were not compared, since there are too many: {0}.";
    DIFFER_OF: "{0} dari {1}", "{0} of {1}";
    VARIANT_CAPTION: "{0}: apa yang disebut, dan oleh siapa", "{0}: what is said, and by whom";
    VARIANT_TEXT: "Bunyinya", "What it says";
    VARIANT_BY: "Menurut", "Said by";
    VARIANT_STANDARD: "standar", "the standard";
    VARIANT_MISSING: "Baris standar yang tidak ditemukan dalam kata-kata ini: {0}",
        "Lines of the standard that are not found in these words: {0}";
    VARIANT_EXTRA: "Baris yang tidak ditemukan dalam kata-kata standar: {0}",
        "Lines that are not found in the standard's words: {0}";
    VARIANT_WORDS: "dibandingkan menurut kata-katanya; maksudnya mungkin sama",
        "compared by its words; what is meant may be the same";
    VARIANT_MORE: "dan {0} layanan lain", "and {0} more services";
    VARIANTS_LEFT_OUT: "Bunyi lain yang lebih jarang: {0}.", "Rarer variants: {0}.";
    SERVICE_STANDARD: "Layanan standar", "Standard service";
    SEE_STANDARDS: "Layanan yang sama, berbeda menurut tempat", "The same service, by place";
}
