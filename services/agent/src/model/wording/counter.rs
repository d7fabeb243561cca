//! Places of payment: a price that holds at a counter only says that one pays elsewhere.

use super::{cases::LabelledReading, phrase::lists};

/// "Tidak bayar di loket": one pays elsewhere. Free at one of [`PLACES`] may be a case.
pub fn is_at_a_counter<R>(piece: &LabelledReading<R>, free: bool) -> bool {
    match piece.label {
        Some([at, place, rest @ ..]) if matches!(at.text, "di" | "pada") => {
            let pays = piece.text.iter().any(|token| lists("bayar | membayar", token.text));
            let elsewhere = at.text == "di" && free && (pays || !lists(PLACES, place.text));
            let counter = rest.iter().chain([place]).any(|token| lists(COUNTERS, token.text));
            elsewhere || counter
        }
        _ => false,
    }
}

/// Places where a service may be free while elsewhere it is not.
const PLACES: &str = "\
    kelurahan | desa | kecamatan | kantor | dinas | dalam | luar | rumah | puskesmas | rsud | mpp | \
    kabupaten | kota | kua | balai | wilayah | atas | bawah";

const COUNTERS: &str = "\
    loket | kasir | konter | counter | teller | bank | atm | meja | tempat | muka | depan | awal | \
    akhir | petugas | pos | lokasi | sini | situ | sana | lain | lainnya";
