//! A mall, its hall, a ticket and a service.

use crate::words::Phrase;

phrases! {
    // Mall
    MALL_DESCRIPTION: "Buka atau tidak sekarang, jam hari ini, antrean, layanan, dan alamat {0}.",
        "Whether {0} is open now, today's hours, the queue, services and address.";
    NOW: "Keadaan sekarang", "Now";
    OPEN_OR_SHUT: "Buka atau tutup", "Open or closed";
    OPEN_NOW: "Buka sekarang", "Open now";
    UNTIL: "sampai pukul {0} {1}", "until {0} {1}";
    UNTIL_WITH_BREAK: "sampai pukul {0} {1}, istirahat pukul {2}", "until {0} {1}, with a break at {2}";
    ON_A_BREAK: "Istirahat, buka lagi pukul {0}", "On a break, open again at {0}";
    OPENS_TODAY: "Belum buka, buka hari ini pukul {0}", "Not open yet, opens today at {0}";
    SHUT_UNTIL: "Tutup, buka lagi {0} pukul {1}", "Closed, open again on {0} at {1}";
    SHUT_NOW: "Tutup", "Closed";
    HOURS_OF_TODAY_UNKNOWN: "Jam hari ini belum diketahui", "Hours of today are not known";
    NOT_SERVING: "Belum melayani", "Not serving yet";
    NO_LONGER_SERVING: "Tidak melayani", "Not serving";
    COUNTERS_OPEN: "{0} dari {1} gerai buka.", "{0} of {1} counters are open.";
    ADDRESS: "Alamat", "Address";
    QUEUE: "Antrean sekarang", "Queue now";
    QUEUE_CAPTION: "Orang yang menunggu di tiap gerai", "People who wait at each counter";
    QUEUE_UNKNOWN: "Antrean belum diketahui: penjadwalan tidak menjawab.", "The queue is not known: scheduling does not answer.";
    QUEUE_NONE: "Belum ada gerai yang tercatat.", "No counter is recorded yet.";
    WAITING: "Antre", "Waiting";
    HOURS_TODAY: "Jam hari ini", "Hours today";
    CALLED_TO: "Dipanggil {0} ke {1}", "{0} called to {1}";
    CLOSED: "tutup", "closed";
    SERVICES_HERE: "Layanan di mal ini", "Services at this mall";
    SEARCH_HERE: "Cari layanan di mal ini", "Search the services of this mall";
    SEARCH: "Cari", "Search";
    SEARCH_FOUND: "{0} layanan cocok dengan “{1}”.", "{0} services match “{1}”.";
    SEARCH_CLEAR: "Tampilkan semua layanan", "Show all services";
    GROUP: "{0} ({1})", "{0} ({1})";
    NO_SERVICES: "Belum ada layanan yang tercatat.", "No service is recorded yet.";
    ALL_SERVICES: "Semua {0} layanan menurut abjad", "All {0} services from A to Z";
    SERVICES_CAPTION: "Layanan menurut abjad, dengan gerai dan biaya", "Services from A to Z, with counter and fee";
    SERVICE: "Layanan", "Service";
    FEE: "Biaya", "Fee";
    FEE_SEVERAL: "biaya menurut jenis", "fee by kind";
    OPENING_HOURS: "Jam layanan", "Opening hours";
    HOURS_WEEK_CAPTION: "Jam mal pekan ini, waktu {0}", "Hours of the mall this week, {0}";
    HOURS_UNANSWERED: "Jam belum diketahui: penjadwalan tidak menjawab.", "The hours are not known: scheduling does not answer.";
    DAY: "Hari", "Day";
    OPEN: "Buka", "Open";
    TODAY_MARK: "{0}, hari ini", "{0}, today";
    AND: "{0} dan {1}", "{0} and {1}";
    DAY_AND_WHY: "{0}: {1}", "{0}: {1}";
    ADDRESS_AND_STAGE: "Alamat dan pengelola", "Address and organiser";
    SITE_OF: "Tempat {0}", "Site {0}";
    ORGANISER: "Pengelola", "Organiser";
    OPERATING_SINCE: "Beroperasi sejak {0}.", "Operating since {0}.";
    INAUGURATED_ON: "Diresmikan {0}.", "Inaugurated on {0}.";
    KEEP_MALL_HOURS: "Pekan ini {0} dari {1} gerai mengikuti jam mal.", "This week {0} of {1} counters keep the mall's hours.";
    ALL_KEEP_MALL_HOURS: "Pekan ini semua {0} gerai yang jamnya diketahui mengikuti jam mal.",
        "This week all {0} counters whose hours are known keep the mall's hours.";
    OTHER_YARDSTICKS: "Dibandingkan dengan jam standar nasional dan ketentuan lembaga", "Compared with the national standard hours and the bodies' own rules";
    NUMBERS_CALLED: "Panggilan", "Calls";
    HALL_LINK: "Layar antrean", "Queue display";
    HISTORY_LINK: "Riwayat mal di daerah ini", "History of the malls in this region";

    // Hall display
    HALL_TITLE: "Layar antrean", "Queue display";
    HALL_DESCRIPTION: "Nomor yang dipanggil di {0}.", "Numbers called at {0}.";
    NOW_CALLING: "Sedang dipanggil", "Now calling";
    NOBODY_CALLED: "Belum ada", "None yet";
    CALLED_BEFORE: "Panggilan sebelumnya", "Called before";
    CALLED_BEFORE_CAPTION: "Panggilan sebelumnya, yang terbaru dahulu", "Called before, the newest first";
    TICKET_NUMBER: "Nomor", "Number";
    PLACE: "Tempat", "Place";
    BY_COUNTER: "Menurut gerai", "By counter";
    COMES_NEXT: "berikutnya {0}", "next {0}";
    PEOPLE_WAITING: "{0} orang menunggu", "{0} waiting";
    NOBODY_WAITING: "tidak ada yang menunggu", "nobody is waiting";
    MORE_COUNTERS: "{0} gerai lain tidak ditampilkan.", "{0} more counters are not shown.";
    NO_WAIT: "langsung", "no wait";
    WINDOW: "Loket {0}", "Window {0}";
    BREAK_TODAY: "Istirahat pukul {0} sampai {1}.", "Break from {0} to {1}.";
    OPEN_TODAY: "Buka hari ini pukul {0}.", "Open today {0}.";

    // Ticket
    TICKET_TITLE: "Nomor antrean {0}", "Number {0}";
    TICKET_DESCRIPTION: "Nomor antrean Anda dan berapa orang sebelum Anda.", "Your number and how many people are before you.";
    YOUR_NUMBER: "Nomor antrean Anda", "Your number";
    AT_COUNTER: "gerai {0}", "counter {0}";
    BEFORE_YOU: "orang sebelum Anda", "people before you";
    YOUR_TURN: "Giliran Anda. Silakan ke {0}.", "Your turn. Please go to {0}.";
    NOT_IN_QUEUE: "Nomor ini tidak sedang menunggu di antrean hari ini. Tanyakan ke meja informasi.",
        "This number is not waiting in today's queue. Ask at the information desk.";
    CALLED_NOW: "Sekarang {0}, dipanggil {1}.", "Now {0}, {1} was called.";
    IT_IS_NOW: "Sekarang {0}.", "Now {0}.";
    UPDATES_ITSELF: "Halaman ini memperbarui diri.", "This page updates itself.";
    WHERE_TO: "Ke mana", "Where to go";
    GO_TO: "Silakan ke {0}.", "Please go to {0}.";
    NONE_YET: "belum ada", "none yet";
    WAIT_AT: "Tunggu di gerai {0}, {1}.", "Wait at the counter {0}, {1}.";
    PASSED_OVER: "Nomor dapat melompat: janji temu dan prioritas dipanggil lebih dahulu.",
        "Numbers may be passed over: appointments and priority come first.";
    NO_PERSONAL_DATA: "Halaman ini tidak menyimpan nama atau NIK Anda.", "This page keeps neither your name nor your NIK.";

    // A service
    SERVICE_DESCRIPTION: "{0}: unit, sumber, biaya, waktu, dan syarat, serta isian yang ditetapkan pengelola indeks.",
        "{0}: unit, source, fee, time and requirements, and the fields that the keepers of the index have set.";
    SERVICE_UNIT: "Unit", "Unit";
    SERVICE_SOURCE: "Diterbitkan oleh", "Published by";
    SERVICE_BY_HAND: "Unitnya sendiri, langsung di indeks", "Its unit, in the index itself";
    SERVICE_TIME: "Waktu", "Time";
    SERVICE_REQUIREMENTS: "Syarat", "Requirements";
    SERVICE_PLACES: "Disediakan di", "Offered at";
    SERVICE_PLACES_MANY: "Jumlah mal: {0}.", "Malls: {0}.";
    WITHDRAWN_TITLE: "Layanan yang tidak ada lagi", "A service that is no longer there";
    WITHDRAWN_DESCRIPTION: "{0}: sejak kapan tidak ada lagi, oleh siapa, dan apa penggantinya.",
        "{0}: since when it is gone, by whom, and what takes its place.";
    WITHDRAWN: "Layanan ini telah dicabut dari indeks.", "This service was withdrawn from the index.";
    WITHDRAWN_SUPERSEDED: "Layanan ini telah diganti.", "Another service has taken the place of this one.";
    WITHDRAWN_MOVED: "Layanan ini telah pindah ke unit lain.", "This service has moved to another unit.";
    WITHDRAWN_UNDONE: "Layanan ini telah ditarik kembali bersama kiriman data yang membuatnya.",
        "This service was taken back with the sync that had made it.";
    WITHDRAWN_WHEN: "Sejak", "Since";
    WITHDRAWN_BY: "Oleh", "By";
    AN_OFFICER: "Petugas yang berwenang", "An authorised person";
    WITHDRAWN_SUCCESSOR: "Penggantinya", "In its place";
    WITHDRAWN_NO_SUCCESSOR: "Tidak ada yang dicatat", "None is recorded";
    OVERRIDES_TITLE: "Ditetapkan pengelola indeks", "Set by the keepers of the index";
    OVERRIDES_DESCRIPTION: "Isian layanan yang ditetapkan pengelola indeks di atas isian sumbernya: oleh siapa, kapan dan mengapa, dan apa kata sumbernya sekarang.",
        "Fields of services that the keepers of the index have set over their sources': by whom, when and why, and what the source says now.";
    OVERRIDES_DRIFTING: "Sumbernya berubah sejak itu", "Their sources have changed since";
    OVERRIDES_DRIFT_SAY: "{0} layanan perlu dilihat: sumbernya telah mengubah isian yang ditetapkan di sini.",
        "Services to look at: {0}. Their sources have changed a field that is set here.";
    OVERRIDES_NONE_DRIFT: "Tidak ada sumber yang mengubah isian yang ditetapkan di sini.",
        "No source has changed a field that is set here.";
    OVERRIDES_CUT: "Ditampilkan {0} dari {1} layanan.", "Services shown: {0} of {1}.";
    OVERRIDES_ALL: "Semua isian yang ditetapkan", "All fields that are set";
    OVERRIDES_NONE: "Tidak ada: semua layanan menampilkan isian sumbernya.",
        "None: all services show what their sources say.";
    SEE_OVERRIDES: "Semua isian yang ditetapkan pengelola indeks", "All fields set by the keepers of the index";
    OVERRIDES_CAPTION: "Isian yang berlaku di sini alih-alih isian sumbernya, dan apa kata sumbernya",
        "Fields that stand here instead of the source's, and what the source says";
    OVERRIDE_FIELD: "Isian", "Field";
    OVERRIDE_BY: "Oleh, kapan", "By, when";
    OVERRIDE_WHY: "Alasan", "Reason";
    OVERRIDE_STANDS: "Yang berlaku di sini", "What stands here";
    OVERRIDE_SOURCE_SAYS: "Kata sumber", "The source says";
    OVERRIDE_DRIFTS: "Sumber berubah sejak itu", "The source has changed since";
    OVERRIDE_NOTHING: "tidak ada isian", "nothing";
    FIELD_TITLE: "Judul", "Title";
    FIELD_CATEGORY: "Kategori", "Category";
    FIELD_KEYWORDS: "Kata kunci", "Keywords";
    FIELD_REQUIREMENTS: "Persyaratan", "Requirements";
    FIELD_PROCEDURE: "Prosedur", "Procedure";
    FIELD_TIME: "Jangka waktu", "Time";
    FIELD_FEES: "Biaya", "Fees";
    FIELD_PRODUCT: "Produk", "Product";
    FIELD_COMPLAINTS: "Pengaduan", "Complaints";
    FIELD_LEGAL_BASIS: "Dasar hukum", "Legal basis";
    FIELD_FACILITIES: "Sarana", "Facilities";
    FIELD_COMPETENCE: "Kompetensi", "Competence";
    FIELD_SUPERVISION: "Pengawasan", "Supervision";
    FIELD_STAFF: "Jumlah pelaksana", "Staff";
    FIELD_SERVICE_GUARANTEE: "Jaminan pelayanan", "Guarantee of service";
    FIELD_SAFETY_GUARANTEE: "Jaminan keamanan", "Guarantee of safety";
    FIELD_EVALUATION: "Evaluasi", "Evaluation";
    FIELD_LICENCE: "Perizinan", "Licence";
    FIELD_STATE: "Status layanan", "State";
    FIELD_CHANNELS: "Kanal layanan", "Channels";
    FIELD_FORMS: "Formulir", "Forms";
    FIELD_PRODUCT_VALIDITY: "Masa berlaku", "Validity";
    FIELD_PRODUCED_DOCUMENTS: "Dokumen yang diterima", "Documents that one gets";
    FIELD_SERVICE_PLEDGE: "Maklumat pelayanan", "Service pledge";
    FIELD_NOTES: "Catatan", "Notes";
    SERVICE_INACTIVE: "Menurut pemiliknya, layanan ini sedang tidak dilayani.",
        "Its owner says that this service is not served now.";
    SERVICE_INACTIVE_MARK: "tidak dilayani saat ini", "not served now";
    REQUIREMENT_CASE: "hanya {0}", "only: {0}";
    CHANNEL_COUNTER: "Di loket", "At a counter";
    CHANNEL_ONLINE: "Daring", "Online";
    CHANNEL_MOBILE: "Jemput bola", "The office comes to you";
    CHANNEL_POST: "Lewat pos", "By post";
    CHANNEL_TELEPHONE: "Lewat telepon atau pesan", "By telephone or messages";
    ON_FLOOR: "Lantai {0}", "Floor {0}";
    CONTACT_TELEPHONE: "Telepon", "Telephone";
    CONTACT_WHATSAPP: "WhatsApp", "WhatsApp";
    CONTACT_EMAIL: "Surel", "Email";
    CONTACT_WEBSITE: "Situs web", "Website";
    CONTACT_SOCIAL: "Media sosial", "Social media";
    FACILITIES: "Fasilitas", "Facilities";
    FACILITIES_HELP: "Yang tidak disebut di sini mungkin tetap ada.",
        "What is not named here may be there all the same.";
    FACILITY_PARKING: "Parkir", "Parking";
    FACILITY_WAITING_ROOM: "Ruang tunggu", "Waiting room";
    FACILITY_TOILET: "Toilet", "Toilet";
    FACILITY_PRAYER_ROOM: "Musala", "Prayer room";
    FACILITY_NURSING_ROOM: "Ruang laktasi", "Nursing room";
    FACILITY_PLAY_AREA: "Ruang bermain anak", "Play area";
    FACILITY_WIFI: "Wi-Fi", "Wi-Fi";
    FACILITY_ATM: "ATM", "Cash machine";
    FACILITY_CANTEEN: "Kantin", "Canteen";
    FACILITY_CHARGING: "Pengisian daya gawai", "Charging of phones";
    FACILITY_COPIES: "Fotokopi", "Copies";
    FACILITY_STEP_FREE: "Bebas anak tangga (ramp atau lift)", "No steps (ramp or lift)";
    FACILITY_WHEELCHAIRS: "Kursi roda", "Wheelchairs";
    FACILITY_ACCESSIBLE_TOILET: "Toilet disabilitas", "Accessible toilet";
    FACILITY_ACCESSIBLE_PARKING: "Parkir disabilitas", "Accessible parking";
    FACILITY_TACTILE_PATH: "Jalur pemandu tunanetra", "Tactile path";
    FACILITY_SIGN_LANGUAGE: "Bahasa isyarat", "Sign language";
    FACILITY_BRAILLE_OR_AUDIO: "Braille atau suara", "Braille or audio";
    FACILITY_PRIORITY: "Layanan prioritas", "Priority service";
}
