//! The way to a service, step by step.

use crate::words::Phrase;

phrases! {
    STEPS_TITLE: "Langkah demi langkah", "Step by step";
    STEPS_HELP: "Layanan yang hasilnya diminta sebagai syarat, dari yang pertama. Hanya syarat yang menyebut layanannya yang dihitung.",
        "Services whose products are asked for, the first one first. Only requirements that name a service count.";
    STEP_PLACES: "disediakan di {0} tempat", "offered at {0} places";
    STEP_MISSING: "tidak ada di indeks", "not in the index";
    STEP_NOT_LOOKED_UP: "belum dapat diperiksa apakah dipindahkan", "whether it has moved could not be checked";
    STEP_INACTIVE: "sedang tidak dilayani", "not served now";
    STEP_CONDITIONAL: "hanya dalam keadaan tertentu", "in some cases only";
    STEP_IN_CIRCLE: "saling meminta", "need each other";
    STEPS_TIME: "Waktu seluruhnya", "Time in all";
    STEPS_COST: "Biaya seluruhnya", "Fees in all";
    STEPS_ONE_BY_ONE: "{0} bila satu per satu", "{0} one after another";
    STEPS_SIDE_BY_SIDE: "{0} bila yang tidak saling menunggu diurus bersamaan, tiap ukuran untuk dirinya",
        "{0} where those that do not wait for each other are done side by side, each measure by itself";
    STEPS_NO_TIME: "Belum ada waktu yang diketahui", "No time is known";
    STEPS_NO_FEE: "Belum ada biaya yang diketahui", "No fee is known";
    STEPS_UNKNOWN: "Belum termasuk yang tidak diketahui: {0}", "Without those of which it is not known: {0}";
    STEPS_NOT_WHOLE: "Belum lengkap", "Not complete";
    STEPS_CIRCLE: "Saling meminta, sehingga tidak ada yang dapat menjadi yang pertama: {0}.",
        "These need each other, so that none can be first: {0}.";
    STEPS_TWICE: "Diminta lebih dari sekali", "Asked for more than once";
    STEPS_TWICE_BY: "{0}: {1}", "{0}: {1}";
    STEPS_TWICE_BY_WORDS: "{0} (menurut kata-katanya): {1}", "{0} (by its words): {1}";
    STEPS_NOT_LINKED: "Syarat yang tidak menyebut layanan: {0}.", "Requirements that name no service: {0}.";
    STEPS_LEFT_OUT: "Layanan yang tidak ditampilkan karena terlalu banyak: paling sedikit {0}.",
        "Services that are not shown, since there are too many: {0} at least.";
}
