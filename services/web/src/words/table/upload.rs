//! A catalog from a workbook.

use mpp_core::FieldCode;

use crate::words::Phrase;

phrases! {
    UPLOAD_TITLE: "Unggah katalog", "Upload a catalog";
    UPLOAD_DESCRIPTION: "Bagi daerah tanpa sistem sendiri: isi templat, unggah, periksa, lalu kirim.",
        "For regencies without a system of their own: fill in the template, upload it, look it through, send it.";
    UPLOAD_LINE: "Token diperiksa oleh registri; halaman ini tidak punya hak apa pun. Berkas dihapus begitu dikirim, dibatalkan, atau waktunya habis.",
        "The registry checks the token; this page has no right of its own. The file is deleted once it is sent, cancelled, or out of time.";
    UPLOAD_SIGN_IN: "Masuk dengan token", "Sign in with a token";
    UPLOAD_SIGN_IN_HELP: "Token penerbit dari pengelola indeks. Sesi berlaku {0} menit.",
        "A publisher's token, from the keeper of the index. The session lasts {0} minutes.";
    UPLOAD_SOURCE: "Sumber", "Source";
    UPLOAD_SOURCE_HELP: "Misalnya sources/disdukcapil-pacitan.", "Such as sources/disdukcapil-pacitan.";
    UPLOAD_TOKEN: "Token", "Token";
    UPLOAD_ENTER: "Masuk", "Sign in";
    UPLOAD_LEAVE: "Keluar", "Sign out";
    UPLOAD_TEMPLATE: "Templat", "Template";
    UPLOAD_TEMPLATE_HELP: "Satu layanan per baris; lembar Petunjuk menjelaskan setiap kolom. Judul kolom jangan diubah.",
        "One service a row; the sheet Guide explains each column. Leave the headings as they are.";
    UPLOAD_TEMPLATE_GET: "Unduh templat (.xlsx)", "Download the template (.xlsx)";
    UPLOAD_FILE: "Pilih berkas", "Choose the file";
    UPLOAD_FOR: "Katalog untuk {0}.", "The catalog of {0}.";
    UPLOAD_FILE_LABEL: "Templat yang sudah diisi", "The template, filled in";
    UPLOAD_FILE_HELP: "Berkas .xlsx, paling besar {0} KiB. Belum ada yang dikirim sebelum Anda setuju.",
        "An .xlsx file of at most {0} KiB. Nothing is sent before you agree.";
    UPLOAD_LOOK: "Periksa", "Look it through";
    UPLOAD_TROUBLE: "Tidak dapat dilanjutkan", "This cannot go on";
    UPLOAD_BAD_TOKEN: "Token tidak dikenal registri, sudah berakhir, atau bukan untuk menerbitkan sumber ini. Mintalah token yang benar kepada pengelola indeks.",
        "The registry does not know the token, its time is over, or it is not for publishing this source. Ask the keeper of the index for the right one.";
    UPLOAD_UNKNOWN_SOURCE: "Sumber dengan nama itu tidak ada. Periksa penulisannya, misalnya sources/disdukcapil-pacitan.",
        "There is no source of that name. Look how it is written, such as sources/disdukcapil-pacitan.";
    UPLOAD_TOO_LARGE: "Berkas lebih besar dari {0} KiB. Hapus gambar dan lembar lain, lalu coba lagi.",
        "The file is larger than {0} KiB. Take out pictures and other sheets, and try again.";
    UPLOAD_NO_FILE: "Tidak ada berkas yang diterima. Pilih templat yang sudah diisi.",
        "No file has come. Choose the template that was filled in.";
    UPLOAD_BROKEN: "Berkas tidak dapat disimpan sementara; ini kesalahan kami. Coba lagi.",
        "The file could not be kept for the moment; that is our fault. Try again.";
    UPLOAD_ENDED: "Sesi sudah berakhir, atau berkas sudah tidak ada. Masuk dan unggah lagi; mengunggah dua kali tidak mengubah apa pun.",
        "The session is over, or the file is no longer there. Sign in and upload it again; uploading twice changes nothing.";
    UPLOAD_FOREIGN: "Formulir ini tidak berasal dari halaman ini, atau sudah usang. Buka halaman ini lagi.",
        "This form is not of this page, or is out of date. Open this page again.";
    UPLOAD_TOLD: "Berkas atau pengiriman ditolak. Rinciannya:", "The file or the upload was refused. In detail:";
    UPLOAD_FOUND: "Isi {0}", "What is in {0}";
    UPLOAD_COUNTS: "{0} baris dibaca, {1} dapat dikirim.", "{0} rows were read, {1} can be sent.";
    UPLOAD_PARTLY: "Baris yang salah tidak dikirim, dan jumlahnya diketahui registri; baris lain dikirim. Yang tidak ada lagi di berkas tetap ada di indeks.",
        "Rows with a fault are not sent, and the registry knows how many they are; the others are. What is no longer in the file stays in the index.";
    UPLOAD_RELEASE: "Baris yang tampak seperti percobaan; centang yang benar-benar layanan",
        "Rows that look like trials; tick those that are services";
    UPLOAD_WITHDRAW: "Tidak ada lagi di berkas; centang yang harus ditarik untuk selamanya, beserta tempat layanannya di semua mal; jangan centang yang dikirim sistem atau berkas lain",
        "No longer in the file; tick what is to be withdrawn for good, with its places in all malls; do not tick what another system or file sends";
    UPLOAD_ACCEPT_MISSING: "Memang benar banyak layanan tidak ada lagi di berkas ini",
        "It is right that many services are no longer in this file";
    UPLOAD_ACCEPT_MOVES: "Memang benar banyak layanan pindah ke unit lain", "It is right that many services move to other units";
    UPLOAD_SEND: "Kirim {0} layanan", "Send {0} services";
    UPLOAD_CANCEL: "Batal", "Cancel";
    UPLOAD_DONE: "{0} sudah dikirim", "{0} was sent";
    UPLOAD_CHANGES: "Yang akan berubah di indeks", "What would change in the index";
    UPLOAD_SERVICE: "Layanan", "Service";
    UPLOAD_CHANGE: "Perubahan", "Change";
    UPLOAD_FIELDS: "Isi, sebelum → sesudah", "Fields, before → after";
    UPLOAD_CREATED: "Baru", "New";
    UPLOAD_UPDATED: "Berubah", "Changed";
    UPLOAD_MOVED: "Pindah unit", "Moves to another unit";
    UPLOAD_DELETED: "Ditarik", "Withdrawn";
    UPLOAD_NO_CHANGE: "Tidak berubah", "No change";
    UPLOAD_APPLIED: "Baru atau berubah", "New or changed";
    UPLOAD_UNCHANGED: "Sama seperti sebelumnya", "As before";
    UPLOAD_WAITING: "Menunggu data lain", "Wait for other data";
    UPLOAD_REFUSED: "Ditolak", "Refused";
    UPLOAD_INCOMPLETE: "Tidak lengkap:", "Not whole:";
    UPLOAD_FAULTS: "Kesalahan dan catatan, menurut tempatnya", "Faults and remarks, by their place";
    UPLOAD_WHERE: "Tempat", "Place";
    UPLOAD_WHAT: "Yang perlu dilakukan", "What to do";
    UPLOAD_DETAIL: "Rincian", "Detail";
    UPLOAD_WEIGHT: "Akibat", "Effect";
    UPLOAD_FAULT: "Tidak dikirim", "Not sent";
    UPLOAD_NOT_TAKEN: "Ditolak atau menunggu di registri", "Refused or waiting at the registry";
    UPLOAD_REMARK: "Hanya catatan", "A remark";
    UPLOAD_ROW: "Lembar {0}, baris {1}", "Sheet {0}, row {1}";
    UPLOAD_COLUMN: ", kolom {0}", ", column {0}";
    UPLOAD_WORKBOOK: "Seluruh berkas", "The whole file";
    FAULT_REQUIRED: "Isi sel ini.", "Fill in this cell.";
    FAULT_CHOICE: "Pilih dari daftar sel itu.", "Choose from the cell's list.";
    FAULT_ID: "Pakai huruf kecil a-z, angka, tanda hubung, dan titik.", "Use a to z, digits, hyphens and dots.";
    FAULT_FORMAT: "Tulis dalam bentuk yang disebut di rincian.", "Write it in the form that the detail names.";
    FAULT_VALUE: "Sel berisi kesalahan rumus; tulis nilainya.", "The cell holds a formula's error; write the value.";
    FAULT_UNREADABLE: "Isi sel tidak pasti; tulis ulang sebagai teks biasa.", "What the cell says is not sure; write it anew as plain text.";
    FAULT_TWICE: "Kode ini sudah dipakai di baris lain; yang pertama berlaku.", "Another row has this code; the first one counts.";
    FAULT_TRIAL: "Tampak seperti percobaan. Hapus barisnya, atau centang bila memang layanan.",
        "It looks like a trial. Take the row out, or tick it where it is a service.";
    FAULT_GONE: "Tidak ada lagi di berkas, masih ada di indeks. Kembalikan ke berkas, atau centang untuk ditarik.",
        "No longer in the file, still in the index. Put it back, or tick it to withdraw it.";
    FAULT_TRIAL_UNNAMED: "Tampak seperti percobaan. Hapus barisnya; bila memang layanan, beri kode, lalu unggah lagi dan centang.",
        "It looks like a trial. Take the row out; where it is a service, give it a code, upload it again, and tick it.";
    FAULT_GONE_STAYS: "Tidak ada lagi di berkas, masih ada di indeks. Kembalikan ke berkas bila masih dilayani.",
        "No longer in the file, still in the index. Put it back where it is still served.";
    FAULT_NOT_READ: "Diterbitkan apa adanya, tanpa dapat dihitung.", "Published as it is written; nothing can reckon with it.";
    FAULT_UNIT: "Unit belum ada atau bukan milik sumber ini; periksa kodenya, atau hubungi pengelola indeks.",
        "There is no such unit, or it is not this source's; look at its code, or ask the keeper of the index.";
    FAULT_GONE_FOR_GOOD: "Kode ini pernah ditarik; pakai kode lain.", "This code was withdrawn once; use another one.";
    FAULT_LEFT_OUT: "Isi yang tidak menyebut apa pun tidak ikut diterbitkan.", "A text that names nothing was left out.";
    FAULT_LONG: "Terlalu panjang atau terlalu banyak; persingkat.", "Too long, or too many; shorten it.";
    FAULT_OTHER: "Lihat rinciannya.", "See the detail.";
}

/// What to do about a fault where the page has nothing to tick for it.
pub fn fault_without_tick(code: &str) -> Phrase {
    match FieldCode::of(code) {
        Some(FieldCode::Suspicious) => FAULT_TRIAL_UNNAMED,
        Some(FieldCode::Gone) => FAULT_GONE_STAYS,
        _ => fault_of_cell(code),
    }
}

/// What to do about a fault, by its stable code.
pub fn fault_of_cell(code: &str) -> Phrase {
    use FieldCode as Code;
    match Code::of(code) {
        Some(Code::Required) => FAULT_REQUIRED,
        Some(Code::UnknownValue) => FAULT_CHOICE,
        Some(Code::Id) => FAULT_ID,
        Some(Code::Format | Code::Name | Code::OutOfRange) => FAULT_FORMAT,
        Some(Code::ErrorValue) => FAULT_VALUE,
        Some(Code::Unreadable | Code::Torn) => FAULT_UNREADABLE,
        Some(Code::Duplicate) => FAULT_TWICE,
        Some(Code::Suspicious) => FAULT_TRIAL,
        Some(Code::Gone) => FAULT_GONE,
        Some(Code::NotRead) => FAULT_NOT_READ,
        Some(Code::UnitNotFound | Code::UnitNotOwned) => FAULT_UNIT,
        Some(Code::Tombstoned) => FAULT_GONE_FOR_GOOD,
        Some(Code::LeftOut) => FAULT_LEFT_OUT,
        Some(Code::TooLong | Code::TooMany | Code::TooLarge) => FAULT_LONG,
        _ => FAULT_OTHER,
    }
}
