//! The frame, the nation, its tables and regions.

use crate::words::Phrase;

phrases! {
    // Frame
    SITE: "Indeks Mal Pelayanan Publik", "Index of public service malls";
    SKIP: "Langsung ke isi", "Skip to the content";
    MENU: "Menu utama", "Main menu";
    CRUMBS: "Letak halaman", "You are here";
    OTHER_LANGUAGE: "English", "Bahasa Indonesia";
    NATION: "Nasional", "Nation";
    REGIONS: "Daerah", "Regions";
    SERVICES: "Layanan", "Services";
    MALLS: "Mal", "Malls";
    SOURCES: "Sumber", "Sources";
    SAMPLE_NOTICE: "Pemberitahuan data contoh", "Notice of sample data";
    SAMPLE: "Data contoh.", "Sample data.";
    SAMPLE_TEXT: "Angka, gerai, jam, dan antrean di halaman ini rekaan untuk peragaan, bukan keadaan sebenarnya.",
        "Figures, counters, hours and queues on this page are invented for demonstration and are not the real state.";
    SAMPLE_NATION: "Hanya angka resmi yang diumumkan yang sebenarnya; angka lain rekaan untuk peragaan.",
        "Only the officially announced figures are real; all others are invented for demonstration.";
    SAMPLE_MALL: "Gerai, antrean, biaya, dan jam di halaman ini rekaan untuk peragaan. Jangan datang berdasarkan halaman ini.",
        "Counters, queues, fees and hours on this page are invented for demonstration. Do not go there because of this page.";
    SAMPLE_TICKET: "Nomor ini tidak berlaku.", "This number is not valid.";
    SAMPLE_SHORT: "Data contoh", "Sample data";
    SAMPLE_MARK: "contoh", "sample";
    AS_OF: "Keadaan per {0}", "As of {0}";
    DAY_AND_TIME: "{0}, pukul {1} {2}", "{0}, {1} {2}";
    TIME_IN_ZONE: "pukul {0} {1}", "{0} {1}";
    LIVE: "langsung", "live";
    LOST: "Sambungan terputus. Angka terakhir pukul {0} {1}.", "Connection lost. Last figures at {0} {1}.";
    LOST_UPSTREAM: "Sambungan ke sumber angka terputus.", "The connection to the source of the figures is lost.";
    INCOMPLETE: "Data belum lengkap:", "Not complete:";
    SOURCE_LINE: "Sumber: registri dan penjadwalan Mal Pelayanan Publik, diperbarui langsung.",
        "Source: registry and scheduling of the public service malls, updated live.";
    SOURCE_PUBLISHED: "Angka yang diumumkan: siaran pers Kementerian PANRB dan Kementerian Dalam Negeri.",
        "Announced figures: press releases of the ministries of administrative reform (PANRB) and of home affairs.";
    MALL_SOURCE_LINE: "Jam, antrean, dan layanan dikirim langsung oleh mal dan gerainya.",
        "Hours, queues and services come straight from the mall and its counters.";
    WITHOUT_SCRIPT: "Tanpa JavaScript halaman ini dimuat ulang setiap 30 detik.", "Without JavaScript this page reloads every 30 seconds.";
    UNKNOWN: "belum diketahui", "not known";
    NOT_RECORDED: "belum tercatat", "not recorded yet";
    OF_WHOLE: "dari {0} ({1})", "of {0} ({1})";
    OUT_OF: "{0} dari {1}", "{0} of {1}";
    SHARE: "Bagian", "Share";
    NUMBER: "Jumlah", "Number";
    DATE: "Tanggal", "Date";
    NOT_FOUND: "Halaman tidak ditemukan", "Page not found";
    NOT_FOUND_HELP: "Alamat ini tidak menunjuk daerah, mal, atau layanan yang dikenal indeks.",
        "This address names no region, mall or service that the index knows.";
    GONE: "Tidak ada lagi", "No longer there";
    GONE_HELP: "Yang dicari pernah ada di indeks ini dan telah dicabut.",
        "What this address names was in this index and has been withdrawn.";
    UNREACHABLE: "Sedang tidak terjangkau", "Currently unreachable";
    UNREACHABLE_HELP: "Layanan yang mengetahui jawabannya sedang tidak menjawab. Itu tidak berarti bahwa tidak ada. Cobalah lagi sebentar lagi.",
        "The service that knows the answer does not respond at the moment. That does not mean that there is none. Please try again in a moment.";
    REFUSED: "Pertanyaan ini tidak dapat dicari", "This question cannot be looked for";
    REFUSED_HELP: "Pertanyaan paling panjang 200 huruf, dan halaman berikutnya hanya dapat dibuka dari jawabannya. Tulislah lebih singkat atau mulai dari awal.",
        "A question has at most 200 characters, and its next page opens from its answer only. Write it shorter, or start again.";
    TOO_BUSY: "Terlalu banyak halaman sedang dibuka", "Too many pages are being opened";
    TOO_BUSY_HELP: "Layanan ini sedang melayani banyak permintaan dari jaringan Anda atau dari semua pengunjung. Cobalah lagi sebentar lagi.",
        "Many requests of your network, or of all visitors, are being answered. Try again in a moment.";
    NOT_READY: "Angka belum dapat ditampilkan", "The figures cannot be shown yet";
    NOT_READY_HELP: "Halaman ini belum menerima data dari layanannya. Cobalah lagi sebentar lagi.",
        "This page has not received data from its services yet. Please try again in a moment.";
    TO_NATION: "Ke halaman nasional", "To the nation's page";
    PREVIOUS: "Sebelumnya", "Previous";
    NEXT: "Berikutnya", "Next";
    ROWS_SHOWN: "Baris {0} sampai {1} dari {2}", "Rows {0} to {1} of {2}";
    PAGES: "Halaman tabel", "Pages of the table";
    FILTER: "Tampilkan", "Show";
    PROVINCE: "Provinsi", "Province";
    ALL_PROVINCES: "Semua provinsi", "All provinces";

    // Nation
    NATION_TITLE: "Mal Pelayanan Publik: keadaan nasional", "Public service malls: the national picture";
    NATION_DESCRIPTION: "Berapa kabupaten dan kota yang sudah memiliki mal pelayanan publik, dan bagaimana mal-mal itu melayani.",
        "How many regencies and cities have a public service mall, and how the malls serve.";
    COVERED: "Kabupaten dan kota yang memiliki mal beroperasi, menurut indeks ini",
        "Regencies and cities with an operating mall, by this index";
    EXTENT_TAG: "Indeks memuat {0} dari {1} mal", "The index holds {0} of {1} malls";
    EXTENT_SAY: "Diumumkan {0} mal beroperasi per {1}. Daerah lain belum tercatat di sini, bukan berarti belum memiliki mal.",
        "{0} operating malls were announced as of {1}. Other regions are not recorded here yet, which does not mean that they have no mall.";
    EXTENT_UNKNOWN: "Berapa mal yang beroperasi di seluruh Indonesia belum diketahui; yang dihitung di sini hanya mal yang tercatat.",
        "How many malls operate in the whole of Indonesia is not known; only malls on record are counted here.";
    OF_AUTONOMOUS: "Dari {0} daerah otonom, tanpa wilayah administrasi Jakarta: {1} ({2}).",
        "Of the {0} autonomous regions, without the administrative units of Jakarta: {1} ({2}).";
    BAR: "{0} dari {1}", "{0} of {1}";
    GROWTH: "Dari {0} ({1}) menjadi {2} ({3})", "From {0} ({1}) to {2} ({3})";
    GROWTH_NOTE: "Mal yang beroperasi: angka resmi yang diumumkan.", "Malls that operate: officially announced figures.";
    GROWTH_TITLE: "Grafik garis: mal yang beroperasi menurut angka yang diumumkan", "Line chart: malls that operate, by announced figures";
    GROWTH_TEXT: "Dari {0} pada {1} menjadi {2} pada {3}. Seluruhnya {4} kabupaten dan kota.",
        "From {0} on {1} to {2} on {3}. In all {4} regencies and cities.";
    ALL_REGIONS: "seluruh kabupaten dan kota", "all regencies and cities";
    NO_FIGURES: "tidak ada angka", "no figures";
    OTHER_BODY: "Hitungan lembaga lain", "Another body's count";
    AS_TABLE: "Angka grafik ini dalam tabel", "The figures of this chart as a table";
    PUBLISHED_CAPTION: "Mal yang beroperasi menurut tanggal dan lembaga, di samping yang tercatat di indeks ini untuk tanggal yang sama",
        "Malls that operate, by date and body, beside those that this index records for the same day";
    BY_BODY: "Menurut", "By";
    OWN_COUNT: "Indeks ini", "This index";
    OWN_COUNT_REGIONS: "{0} mal di {1} daerah", "{0} malls in {1} regions";
    NOT_STATED: "tidak disebut", "not stated";
    BY_PROVINCE: "Menurut provinsi", "By province";
    MAP_SAY: "Daerah dengan mal beroperasi: lengkap di {0} provinsi, sebagian di {1}, belum tercatat di {2}.",
        "Regions with an operating mall: all in {0} provinces, some in {1}, not recorded yet in {2}.";
    MAP_LABEL: "Peta petak {0} provinsi", "Tile map of the {0} provinces";
    LEGEND: "Keterangan warna", "What the colours mean";
    BELOW_25: "di bawah 25%", "below 25%";
    ALL_OF_THEM: "lengkap", "all";
    MAP_AS_TABLE: "Peta ini dalam tabel", "This map as a table";
    MAP_CAPTION: "Cakupan menurut provinsi, yang terendah dahulu", "Coverage by province, the lowest first";
    UNIFORMITY: "Keseragaman jam layanan", "Uniformity of hours";
    UNIFORM_SAY: "{0} ({1}) buka pada jam yang sama dengan mal dan jam standar nasional.",
        "{0} ({1}) keep the hours of their mall and the national standard hours.";
    COUNTERS_OF: "{0} dari {1} gerai", "{0} of {1} counters";
    HOURS_UNKNOWN_OF: "Jam {0} gerai belum diketahui.", "The hours of {0} counters are not known.";
    HOURS_ALL_UNKNOWN: "Jam gerai belum diketahui.", "The hours of the counters are not known.";
    DIFFERENT_CAPTION: "Gerai dengan jam berbeda pekan ini, yang terbaru dahulu", "Counters with other hours this week, the newest first";
    DIFFERENCE: "Perbedaan", "Difference";
    SEE_ALL_DIFFERENT: "Lihat semua {0} gerai dengan jam berbeda", "See all {0} counters with other hours";
    NO_DIFFERENCE: "Tidak ada gerai dengan jam berbeda yang diketahui.", "No counter with other hours is known.";
    CHANGES: "Perubahan terbaru", "Latest changes";
    NO_CHANGES: "Belum ada perubahan layanan yang tercatat.", "No change of a service is recorded yet.";
    SEE_CHANGES: "Lihat {0} perubahan terakhir dari {1}", "See the last {0} of {1} changes";
    TODAY_AT: "Hari ini, {0}", "Today, {0}";
    CHANGED: "{0} berubah.", "{0} changed.";
    CHANGED_TITLE: "{0}: nama baru, semula {1}.", "{0}: a new name, before it {1}.";
    CHANGED_FEES: "{0}: biaya berubah dari {1} menjadi {2}.", "{0}: the fee changes from {1} to {2}.";
    SET_FEES: "{0}: biaya {2}.", "{0}: the fee is {2}.";
    CHANGED_TIME: "{0}: jangka waktu berubah dari {1} menjadi {2}.", "{0}: the time changes from {1} to {2}.";
    SET_TIME: "{0}: jangka waktu {2}.", "{0}: the time is {2}.";
    CHANGED_REQUIREMENTS: "{0}: persyaratan diperbarui.", "{0}: the requirements were revised.";
    PUBLISHED_SERVICE: "{0}: layanan diterbitkan.", "{0}: the service was published.";
    WITHDRAWN_SERVICE: "{0}: layanan ditarik.", "{0}: the service was withdrawn.";
    NOTHING: "tidak tercantum", "not stated";
    STAGES: "Menurut tahap", "By stage";
    STAGES_CAPTION: "Mal yang tercatat menurut tahap terakhir yang dicapai", "Malls on record by the last stage that they reached";
    STAGE: "Tahap", "Stage";
    NO_STAGE: "tahap belum tercatat", "stage not recorded yet";
    SINCE: "sejak {0}", "since {0}";
    TODAY: "Hari ini di mal", "Today at the malls";
    TICKETS_SAY: "{0} nomor antrean selesai dilayani dari {1} yang diambil; {2} janji temu.",
        "{0} tickets served of {1} that were taken; {2} appointments.";
    NO_TICKETS: "Hari ini belum ada nomor antrean yang diambil dan belum ada janji temu.",
        "No tickets were taken and no appointments are booked today yet.";
    SEE_ALL_MALLS: "Lihat semua {0} mal", "See all {0} malls";
    FRESHNESS: "Kemutakhiran data", "How fresh the data are";
    FRESH_LIVE: "Data diterima langsung, terakhir {0}.", "Data come in live, last at {0}.";
    FRESH_LOST: "Sambungan ke {0} terputus; data terakhir {1}.", "The connection to the {0} is lost; last data at {1}.";
    FRESH_BEHIND: "Data {0} tertinggal: terbaca sampai revisi {1} dari {2}.", "The {0}'s data lag: read up to revision {1} of {2}.";
    FRESH_NEVER: "Belum ada data dari {0}.", "No data from the {0} yet.";
    SOURCES_SAY: "Katalog: {0} dari {1} sumber tepat waktu.", "Catalogs: {0} of {1} sources on time.";
    SOURCES_INCOMPLETE: "{0} tidak terbaca seluruhnya", "{0} not read whole";
    SOURCES_LATE: "{0} terlambat", "{0} late";
    SOURCES_UNHEARD: "{0} belum diketahui", "{0} not known yet";
    NO_SOURCES: "Belum ada sumber katalog yang tercatat.", "No source of a catalog is recorded yet.";
    METHOD: "Cara menghitung", "How it is counted";
    METHOD_TEXT: "Cakupan menghitung kabupaten dan kota, bukan mal: dua mal di satu kota dihitung satu. Sebuah mal dihitung beroperasi sejak melayani warga, selama tidak dihentikan atau ditutup. Gerai seragam bila jamnya pekan ini tidak berbeda dari jam malnya dan jam standar nasional. Yang tidak tercatat di indeks ini belum diketahui, bukan nol.",
        "Coverage counts regencies and cities, not malls: two malls in one city count once. A mall counts as operating since it serves citizens, as long as it is not suspended or closed. A counter is uniform where its hours this week differ neither from its mall's nor from the national standard hours. What this index does not record is not known; it is not zero.";
    TECHNICAL: "Rincian teknis", "Technical details";
    FEED: "umpan", "feed";
    REGISTRY: "registri", "registry";
    SCHEDULING: "penjadwalan", "scheduling";
    REVISION_OF: "Revisi {0}", "Revision of the {0}";
    KNOWN_ON: "Diketahui per", "Known as of";

    // Tables of their own
    REGIONS_TITLE: "Kabupaten dan kota", "Regencies and cities";
    REGIONS_CAPTION: "Kabupaten dan kota dengan mal yang tercatat dan tahapnya", "Regencies and cities with their malls on record and the stage";
    REGION: "Daerah", "Region";
    MALL: "Mal", "Mall";
    MALLS_TITLE: "Mal yang tercatat", "Malls on record";
    MALLS_CAPTION: "Mal yang tercatat, tahap, gerai, dan antrean hari ini", "Malls on record, their stage, counters and today's queue";
    COUNTERS: "Gerai", "Counters";
    OFFERINGS: "Layanan", "Services";
    UNIFORM: "Jam seragam", "Uniform hours";
    SERVED_TODAY: "Selesai dari diambil hari ini", "Served of taken today";
    APPOINTMENTS_TODAY: "Janji temu hari ini", "Appointments today";
    HOURS_TITLE: "Gerai dengan jam berbeda", "Counters with other hours";
    HOURS_CAPTION: "Gerai yang jamnya pekan ini berbeda dari mal, dari jam standar nasional, atau dari ketentuan lembaganya",
        "Counters whose hours this week differ from their mall, from the national standard hours or from their body's own rules";
    HOURS_CUT: "{0} dari {1} gerai ditampilkan. Semuanya ada di halaman malnya.", "{0} of {1} counters are shown. All are on the pages of their malls.";
    FINDINGS_LEFT_OUT: "{0} perbedaan lain dari gerai ini tidak ditampilkan.", "{0} more differences of these counters are not shown.";
    COUNTER: "Gerai", "Counter";
    AGAINST: "dibandingkan dengan {0}", "compared with {0}";
    YARDSTICK_MALL: "jam mal", "the mall's hours";
    YARDSTICK_NATIONAL: "jam standar nasional", "the national standard hours";
    YARDSTICK_BASELINE: "ketentuan lembaganya", "its body's own rules";
    CHANGES_TITLE: "Perubahan layanan terbaru", "Latest changes of services";
    CHANGES_CAPTION: "Perubahan layanan yang terasa oleh warga, yang terbaru dahulu", "Changes of services that citizens notice, the newest first";
    TIME: "Waktu", "Time";
    CHANGE: "Perubahan", "Change";
    SOURCES_TITLE: "Sumber katalog", "Sources of catalogs";
    SOURCES_CAPTION: "Sumber katalog dan kemutakhirannya. Yang ditolak, yang menunggu, dan yang tidak terbaca adalah keadaan saat ini; kolom sesudahnya menjumlahkan semua pembacaan sejak awal, dan di situ setiap catatan dijawab: diterima, tidak berubah, ditolak, atau menunggu data lain.",
        "Sources of catalogs and how fresh they are. What is rejected, what waits and what is not read is as of now; the columns after them sum up all runs from the beginning, and there each record is answered: accepted, unchanged, rejected, or waiting for other data.";
    SOURCE: "Sumber", "Source";
    STATE: "Keadaan", "State";
    LATE: "sumber terlambat", "source late";
    ON_TIME: "tepat waktu", "on time";
    FRESH_UNKNOWN: "belum diketahui", "not known yet";
    LAST_SUCCESS: "Terakhir berhasil", "Last success";
    NEVER: "belum pernah", "never yet";
    REJECTED_NOW: "Ditolak saat ini, perlu diperbaiki", "Rejected now, to be mended";
    WAITING_NOW: "Menunggu data lain saat ini", "Waiting for other data now";
    UNREAD: "Baris tidak terbaca saat ini", "Rows not read now";
    INCOMPLETE_RUN: "tidak terbaca seluruhnya", "not read whole";
    INCOMPLETE_UNREACHABLE: "sumber tidak dapat dihubungi", "the source cannot be reached";
    INCOMPLETE_UNREADABLE: "yang dijawab sumber bukan katalog", "what the source answered is no catalog";
    INCOMPLETE_TORN: "sebagian sumber rusak atau hilang", "a part of the source is damaged or missing";
    INCOMPLETE_NOTHING_READ: "tidak satu baris pun terbaca", "not one row could be read";
    INCOMPLETE_SHRUNK: "banyak catatan yang dulu ada kini hilang", "many records of before are missing";
    INCOMPLETE_CONFIGURATION: "pengaturan atau pemetaan sumber perlu diperbaiki", "the source's configuration or mapping needs mending";
    INCOMPLETE_NOTHING_SENT: "tidak satu catatan pun dikirim", "not one record was sent";
    INCOMPLETE_NOTHING_TAKEN: "tidak satu catatan pun diterima", "not one record was accepted";
    INCOMPLETE_ALL_WAITING: "semua catatannya menunggu data lain", "all its records wait for other data";
    EVERY: "Seharusnya setiap", "Due every";
    RECEIVED: "Catatan", "Records";
    ACCEPTED: "Diterima", "Accepted";
    UNCHANGED: "Tidak berubah", "Unchanged";
    REJECTED: "Ditolak sejak awal", "Rejected, in all";
    WAITING_FOR_DATA: "Menunggu, sejak awal", "Waiting, in all";
    NO_ROWS: "Tidak ada baris untuk pilihan ini.", "No rows for this choice.";

    // Differences of hours
    OTHER_HOURS: "Jam berbeda", "Other hours";
    MISSING_DAY: "Ada hari kerja tanpa layanan", "A working day without service";
    CLOSED_WITHOUT_REFERRAL: "Tutup tanpa rujukan", "Closed without a referral";
    OPENS_LATE: "Buka lebih lambat", "Opens later";
    CLOSES_EARLY: "Tutup lebih awal", "Closes earlier";
    SHORT_HOURS: "Jam lebih pendek", "Shorter hours";
    EXTRA_DAY: "Hari tambahan", "An additional day";
    EXTRA_HOURS: "Jam lebih panjang", "Longer hours";

    // Region
    REGION_DESCRIPTION: "Di mana {0} berada menuju mal pelayanan publik.", "Where {0} stands on its way to a public service mall.";
    PROVINCE_OF: "Provinsi {0}.", "Province of {0}.";
    PROVINCE_REGIONS_CAPTION: "Kabupaten dan kota di {0}, dengan mal yang tercatat", "Regencies and cities in {0}, with the malls on record";
    PROVINCE_HOURS: "{0} mal tercatat dengan {1} gerai; {2} gerai dengan jam berbeda.", "{0} malls on record with {1} counters; {2} counters with other hours.";
    STAGE_OF: "Tahap {0} dari 9: {1}", "Stage {0} of 9: {1}";
    STAGE_HALTED: "Keadaan mal: {0}", "State of the mall: {0}";
    STAGE_UNKNOWN: "Tahap belum tercatat", "Stage not recorded yet";
    HAS_MALL: "Memiliki mal yang beroperasi.", "Has an operating mall.";
    HAS_NO_MALL_OPERATING: "Belum memiliki mal yang beroperasi.", "Has no operating mall yet.";
    NO_MALL_RECORDED: "Mal di daerah ini belum tercatat di indeks. Itu tidak berarti bahwa belum ada.",
        "No mall in this region is recorded in the index yet. That does not mean that there is none.";
    STEP_DONE: "selesai {0}", "done {0}";
    STEP_NOW: "tahap terakhir yang dicapai, {0}", "the last stage reached, {0}";
    STEP_NOT_RECORDED: "tidak tercatat", "not recorded";
    STEP_TODO: "belum", "not yet";
    HISTORY: "Riwayat", "History";
    MALL_HERE: "Mal", "Malls";

    // Stages
    STAGE_COMMITTED: "Berkomitmen", "Committed";
    STAGE_PROPOSED: "Diusulkan", "Proposed";
    STAGE_VERIFIED: "Diverifikasi", "Verified";
    STAGE_APPROVED: "Disetujui", "Approved";
    STAGE_AGREED: "Kerja sama disepakati", "Agreements signed";
    STAGE_PREPARING: "Disiapkan", "In preparation";
    STAGE_OPERATING: "Beroperasi", "Operating";
    STAGE_INAUGURATED: "Diresmikan", "Inaugurated";
    STAGE_EVALUATED: "Dievaluasi", "Evaluated";
    STAGE_RETURNED: "Dikembalikan", "Returned";
    STAGE_SUSPENDED: "Dihentikan sementara", "Suspended";
    STAGE_CLOSED: "Ditutup", "Closed";
}
