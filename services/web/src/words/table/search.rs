//! A citizen's question and what answers it.

use crate::words::Phrase;

phrases! {
    SEARCH_TITLE: "Cari layanan", "Find a service";
    SEARCH_DESCRIPTION: "Cari layanan dengan kata-kata sendiri: syarat, biaya, waktu, dan mal yang menyediakannya.",
        "Find a service in your own words: what it asks for, its fee, its time and the malls that offer it.";
    SEARCH_ASK: "Apa yang Anda perlukan?", "What do you need?";
    SEARCH_EXAMPLE: "Tulislah seperti bertanya kepada petugas, misalnya “ktp hilang” atau “bikin skck di Kediri”.",
        "Write as you would ask an officer, for instance “ktp hilang” or “bikin skck di Kediri”.";
    SEARCH_ANSWER: "Jawaban untuk “{0}”", "Answers to “{0}”";
    SEARCH_MANY: "{0} layanan, yang paling sesuai dahulu.", "{0} services, the best answer first.";
    SEARCH_WEAK: "Tidak ada layanan yang benar-benar menjawab pertanyaan ini. Yang di bawah ini hanya mirip kata-katanya.",
        "No service really answers this question. What follows is only near by its words.";
    SEARCH_NONE: "Tidak ada layanan yang cocok. Cobalah kata lain, misalnya nama dokumennya.",
        "No service matches. Try other words, such as the name of the document.";
    SEARCH_UNANSWERED: "Kata yang tidak ada pada layanan mana pun: {0}.", "Words that no service has: {0}.";
    SEARCH_UNCOVERED: "Tidak ada yang menyatakan bahwa jawaban pertama mencakup: {0}.",
        "Nothing says that the first answer covers: {0}.";
    SEARCH_PLACE_UNKNOWN: "“{0}” bukan tempat yang dikenal indeks ini, jadi tidak dapat dikatakan apakah layanan disediakan di sana.",
        "“{0}” is no place that this index knows, so whether a service is offered there cannot be said.";
    SEARCH_DESTINATION: "{0} (“{1}”) dipahami sebagai tujuan, bukan tempat Anda mengurus.",
        "{0} (“{1}”) is taken for where you are going, not for where you ask.";
    SEARCH_DESTINATION_GUESSED: "Mungkin yang dimaksud {0} dengan “{1}”, sebagai tujuan.",
        "“{1}” may mean {0}, as where you are going.";
    SEARCH_AVOIDED: "{0} (“{1}”) dipahami sebagai tempat yang tidak Anda inginkan.",
        "{0} (“{1}”) is taken for where you do not want to ask.";
    SEARCH_ORIGIN: "{0} (“{1}”) dipahami sebagai tempat asal, bukan tempat Anda mengurus.",
        "{0} (“{1}”) is taken for where you come from, not for where you ask.";
    SEARCH_UNCLEAR: "Belum jelas apakah Anda ingin mengurus di {0} (“{1}”) atau justru tidak; tempat itu tidak didahulukan.",
        "Whether you want to ask in {0} (“{1}”) or not is not understood; it is not preferred.";
    SEARCH_PLACE: "Tempat yang dipahami: {0} ({1}).", "The place as understood: {0} ({1}).";
    SEARCH_PLACE_GUESSED: "Mungkin yang dimaksud {0} dengan “{1}”; kata itu juga dicari sebagai kata biasa.",
        "“{1}” may mean {0}; it is looked for as a plain word, too.";
    SEARCH_PLACE_OR: "{0} atau {1}", "{0} or {1}";
    SEARCH_READ_AS: "“{0}” dibaca sebagai “{1}”: itu tebakan.", "“{0}” was read as “{1}”, which is a guess.";
    SEARCH_THERE: "Disediakan di {0}: {1} tempat.", "Offered in {0}: {1} places.";
    SEARCH_ELSEWHERE: "Di tempat lain:", "Elsewhere:";
    SEARCH_NOT_THERE: "Tidak disediakan di {0}; disediakan di:", "Not offered in {0}; offered at:";
    SEARCH_NOWHERE: "Belum tercatat di mal mana pun.", "Not on record at any mall yet.";
    SEARCH_PLACES: "Disediakan di:", "Offered at:";
    SEARCH_MORE_PLACES: "dan {0} tempat lain", "and {0} more places";
    SEARCH_MORE_COUNTERS: "dan {0} gerai lain, di mal ini atau di mal lain",
        "and {0} more counters, at these malls or at others";
    SEARCH_NEXT: "Jawaban berikutnya", "Further answers";
    SEARCH_PAGES: "Halaman jawaban", "Pages of the answer";
    SEARCH_SOURCE_LINE: "Sumber: katalog layanan yang dikirim unit pemiliknya ke registri.",
        "Source: the catalogs that the owning units send to the registry.";
}
