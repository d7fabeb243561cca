//! Standard services, and where the services of one differ.

use crate::words::Phrase;

phrases! {
    STANDARDS: "Layanan standar", "Standard services";
    STANDARD: "Layanan standar", "Standard service";
    STANDARDS_DESCRIPTION: "Layanan yang sama di berbagai daerah, dan di mana isinya berbeda.",
        "The same service in different places, and where it differs.";
    STANDARDS_CAPTION: "Layanan standar: berapa layanan termasuk di dalamnya, dan berapa komponen yang isinya berbeda",
        "Standard services: how many services are of each, and in how many components they differ";
    STANDARDS_NONE: "Belum ada layanan standar.", "There is no standard service yet.";
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
    STANDARD_SINCE: "Berlaku sejak", "Valid since";
    DIVERGENCES_TITLE: "Di mana isinya berbeda", "Where it differs";
    DIVERGENCES_SAY: "Layanan yang dinyatakan termasuk standar ini: {0}.",
        "Services confirmed to be of this standard: {0}.";
    DIVERGENCES_NONE: "Biaya, waktu, syarat, produk, dan kanalnya tidak berbeda, sejauh disebut.",
        "As far as they are stated, fees, time, requirements, product and channels do not differ.";
    VARIANT_CAPTION: "{0}: apa yang disebut, dan oleh siapa", "{0}: what is said, and by whom";
    VARIANT_TEXT: "Bunyinya", "What it says";
    VARIANT_BY: "Menurut", "Said by";
    VARIANT_STANDARD: "standar", "the standard";
    VARIANT_MISSING: "Tidak diminta di sini: {0}", "Not asked for here: {0}";
    VARIANT_EXTRA: "Hanya diminta di sini: {0}", "Asked for only here: {0}";
    VARIANT_WORDS: "dibandingkan menurut kata-katanya", "compared by its words";
    SERVICE_STANDARD: "Layanan standar", "Standard service";
    SEE_STANDARDS: "Layanan yang sama, berbeda menurut tempat", "The same service, by place";
}
