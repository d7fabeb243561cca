//! Life events, and the path through one.

use crate::words::Phrase;

phrases! {
    LIFE_EVENTS: "Peristiwa kehidupan", "Life events";
    LIFE_EVENTS_DESCRIPTION: "Apa yang diurus ketika sesuatu terjadi dalam hidup, langkah demi langkah: anak lahir, menikah, pindah, membuka usaha.",
        "What is to be done when something happens in life, step by step: a birth, a marriage, a move, a new business.";
    LIFE_EVENTS_SAY: "Pilih apa yang terjadi; halamannya menunjukkan semua yang diurus, di gerai mana dan apa yang dibawa.",
        "Choose what has happened; its page shows all that is to be done, at which counters, and what to bring.";
    LIFE_EVENTS_NONE: "Belum ada peristiwa kehidupan.", "There is no life event yet.";
    LIFE_EVENT_DESCRIPTION: "{0}: apa yang diurus, langkah demi langkah, dan apa yang dibawa.",
        "{0}: what is to be done, step by step, and what to bring.";
    LIFE_EVENT_EXAMPLE: "Contoh: belum diterbitkan oleh siapa pun.", "An example: nobody has published it.";
    LIFE_EVENT_GOALS: "Yang diurus: {0}", "To be done: {0}";
    EVENT_MALL: "Mal yang didatangi", "The mall where you go";
    EVENT_NO_MALL: "Belum dipilih", "None chosen";
    EVENT_HAD: "Yang sudah dimiliki", "What you have already";
    EVENT_CHOOSE: "Tampilkan jalurnya", "Show the path";
    EVENT_IN_MALL: "Jalur di {0}.", "The path in {0}.";
    EVENT_ANY_MALL: "Pilih sebuah mal untuk melihat gerainya dan apa yang belum ada di sana.",
        "Choose a mall to see its counters, and what it does not have.";
    EVENT_ORIGIN: "Dibaca dari", "Read from";
    GOALS: "Yang diurus", "What is to be done";
    GOAL_CONDITION: "hanya {0}", "only {0}";
    GOAL_HERE: "ada di mal ini", "at this mall";
    GOAL_AT_MALLS: "ada di mal", "at malls";
    GOAL_ELSEWHERE: "belum ada di mal ini; terdekat {0}", "not at this mall; the nearest is {0}";
    GOAL_ELSEWHERE_AT: "belum ada di mal ini; ada di {0}", "not at this mall; it is at {0}";
    GOAL_ELSEWHERE_UNNAMED: "belum ada di mal ini", "not at this mall";
    GOAL_NO_COUNTER: "belum ada di mal mana pun yang melayani", "at no mall that serves";
    GOAL_HELD: "sudah dimiliki", "you have it";
    GOAL_NOT_RECORDED: "belum tercatat layanan mana yang memberikannya",
        "which service gives it is not recorded yet";
    GOAL_NOT_SERVED: "sedang tidak dilayani", "not served now";
    GOAL_MISSING: "tidak ada di indeks", "not in the index";
    GOAL_ONE_OF: "Cukup salah satu, dari {0} layanan:", "One of these is enough, of {0} services:";
    AT_KILOMETRES: "{0} ({1} km)", "{0} ({1} km)";
    PATH_STEPS: "Urutan langkah", "The steps in order";
    PATH_STEPS_HELP: "Untuk perorangan. Semua layanan yang diurus dan yang hasilnya diminta sebagai syarat, masing-masing sekali.",
        "For a person. All services that are to be done and those whose products are asked for, each once.";
    PATH_STEPS_NONE: "Belum ada langkah yang diketahui.", "No step is known yet.";
    STEP_HERE: "di mal ini", "at this mall";
    STEP_NOWHERE: "belum ada di mal mana pun yang melayani", "at no mall that serves";
    STOPS: "Gerai di mal ini", "Counters at this mall";
    STOP_WINDOWS: "loket: {0}", "windows: {0}";
    STOP_FLOOR: "lantai {0}", "floor {0}";
    DOCUMENTS: "Yang dibawa", "What to bring";
    DOCUMENTS_HELP: "Yang diminta sebagai syarat dan tidak dihasilkan oleh langkah di atas, masing-masing sekali.",
        "What is asked for and no step above gives, each once.";
    DOCUMENT_SOMETIMES: "hanya dalam keadaan tertentu", "in some cases only";
    DOCUMENT_FOR: "untuk {0}", "for {0}";
    DOCUMENTS_MORE: "Selain itu {0} hal lain.", "And {0} more things.";
    FROM_STEPS: "Yang didapat dari satu langkah untuk langkah lain", "What one step gives for another";
    FROM_STEP: "dari langkah {0}: {1}", "from step {0}: {1}";
    AND_MORE: ", dan {0} lainnya", ", and {0} more";
    CASES_MORE: "dan {0} keadaan lain", "and {0} more cases";
    PATH_OPEN: "Waktu dan biaya belum mencakup: {0}.", "Time and fees are without: {0}.";
    PATH_WIDE: "Pilihannya lebih banyak daripada yang dihitung satu per satu: rentangnya dapat lebih lebar daripada seharusnya.",
        "There are more choices than are added up one by one: the ranges may be wider than need be.";
    SEE_LIFE_EVENTS: "Peristiwa kehidupan, langkah demi langkah", "Life events, step by step";
    SEARCH_LIFE_EVENT: "Ini tentang peristiwa kehidupan: {0}. Lihat semua yang diurus, langkah demi langkah.",
        "This is about a life event: {0}. See all that is to be done, step by step.";
}
