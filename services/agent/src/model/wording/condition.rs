//! Conditions: the words that say who or what a reading holds for. They are kept in the source's
//! words, so any noun may stand in one; but none that takes back, restricts or goes on with what
//! the case says: such a text is not read.

use super::{
    phrase::lists,
    token::{Kind, Tokens},
    ways::is_step,
    words,
};

/// True for a condition that says only what a case holds for, whether or not it begins with a word
/// that opens one.
pub fn is_plain(condition: Tokens) -> bool {
    let begun = match condition {
        [only, next, ..] if only.text == "hanya" => {
            words::opens(next.text) || words::names_alternative(next.text)
        }
        [only] => !words::opens(only.text),
        [_, ..] => true,
        [] => false,
    };
    let headed = usize::from(lists("kecuali | selain | hanya", condition[0].text));
    let goes_on = |at: usize| {
        let (before, said) = (condition[at - 1].text, condition[at].text);
        let step = lists("untuk | bagi", before) && at > 1 && is_step(said);
        step || lists(GOING_ON, said) && before != "yang"
    };
    begun && !turns_back(condition, headed) && (1..condition.len()).all(|at| !goes_on(at))
}

/// Words with which a sentence goes on to what happens then, or to another cost.
const GOING_ON: &str = "\
    sesuai | menyesuaikan | tergantung | wajib | harus | hubungi | lihat | silakan | silahkan | akan \
    | dapat | bisa | perlu | maka | adalah | diperpanjang | perpanjang | bertambah | molor | mundur \
    | ditunda | dijadwalkan | diberitahukan | dihubungi | dihitung | ditentukan | biaya | biayanya | \
    ongkos | ongkir | selesai | dianggap | menghubungi | melapor | ditolak | gugur | otomatis";

/// "di tambah", "di samping", "pada prinsipnya": behind these only a place or a time that is known
/// as one makes a condition.
fn is_elsewhere(words: Tokens, at: usize) -> bool {
    let next = words.get(at + 1).map_or("", |next| next.text);
    lists("di | pada", words[at].text) && !lists(PLACES, next) && !lists(TIMES, next)
}

const PLACES: &str = "\
    kantor | kelurahan | desa | kecamatan | kabupaten | kota | provinsi | dinas | dalam | luar | atas \
    | bawah | rumah | puskesmas | pustu | posyandu | rsud | rs | klinik | mpp | mal | kua | balai | \
    wilayah | daerah | lokasi | lapangan | gedung | sekolah | jawa | pulau | bandara | pelabuhan | \
    terminal | pasar | samsat | polres | polsek | polda | perairan | darat | laut | kawasan | zona | \
    jalan | ruang | laboratorium | loket | tempat | unit | upt | uptd | dpmptsp | disdukcapil";

const TIMES: &str = "\
    hari | jam | waktu | senin | selasa | rabu | kamis | jumat | sabtu | minggu | ahad | pagi | siang \
    | sore | malam | musim | kunjungan | tahun | semester | akhir";

/// True if words, from one of them on, restrict what stands beside them once more: an exception, a
/// negation, a minimum, an unknown place. Bounds with their numbers ("lebih dari 10 Ha") and states
/// ("belum memiliki") are a condition's own.
pub fn turns_back(words: Tokens, from: usize) -> bool {
    let own = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before].text);
        let counted = at > 0 && words[at - 1].kind == Kind::Number;
        lists(OWN, words[at].text)
            || is_bound(words, at)
            || denies_a_state(words, at)
            || words[at].text == "x" && counted
            || before == "ke"
    };
    let turned = |at: usize| {
        let said = words[at].text;
        let turned = lists(RESTRICTING, said) || words::turns(said) && !own(at);
        turned || is_elsewhere(words, at) || is_outside(words, at)
    };
    (from..words.len()).any(turned)
}

/// "di luar waktu pengiriman": such an exclusion is no condition; one of a place or of hours is.
pub fn is_outside(words: Tokens, at: usize) -> bool {
    let word = |at: usize| words.get(at).map_or("", |token| token.text);
    let of_work = word(at + 1) == "hari" && word(at + 2) == "kerja";
    lists("luar | diluar", word(at)) && !of_work && !lists(OUTSIDE_OF, word(at + 1))
}

/// Places and hours outside of which a service is another one's case.
const OUTSIDE_OF: &str = "\
    kota | daerah | wilayah | kabupaten | provinsi | kecamatan | kelurahan | desa | domisili | negeri \
    | jawa | pulau | gedung | kantor | loket | jam | nikah | dinas | panti | jaringan | ruang | ruangan \
    | sekolah | rumah | lingkungan | kua | balai | puskesmas | rsud | pasar | kawasan";

const RESTRICTING: &str = "\
    termasuk | terkecuali | dikecualikan | pengecualian | tiap | setiap | masing | asal | asalkan | \
    prinsipnya | umumnya | dasarnya | rata | target | perkiraan | estimasi";

/// Words that turn a price or a time, but not the name of a thing or of people.
const OWN: &str = "ke | modal | operasional | tahunan | bantuan | jaminan | tempo | pelaporan";

const BOUNDS: &str = "\
    lebih | kurang | atas | bawah | diatas | dibawah | sampai | hingga | melebihi | mulai | maksimal \
    | maksimum | maks | max | minimal | minimum | min | paling | sedikitnya | lewat";

/// "lebih dari 10 Ha", "paling banyak 5 orang", "di bawah umur".
fn is_bound(words: Tokens, at: usize) -> bool {
    let [bound, rest @ ..] = &words[at..] else { return false };
    let counted = rest.iter().take(4).any(|token| token.kind == Kind::Number);
    let before = at.checked_sub(1).map_or("", |before| words[before].text);
    let of_place = lists("atas | bawah", bound.text) && lists("di | ke", before);
    let of_state = rest.first().is_some_and(|next| lists("mampu | lengkap", next.text));
    lists(BOUNDS, bound.text) && (counted || of_place || of_state)
}

/// "jika tidak hadir", "yang belum menikah", "masyarakat tidak mampu".
fn denies_a_state(words: Tokens, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| words[before].text);
    let next = words.get(at + 1).map_or("", |next| next.text);
    lists("tidak | tdk | tak | belum | bukan", words[at].text)
        && (words::opens(before) || before == "yang" || lists(STATES, next))
}

const STATES: &str = "\
    mampu | lengkap | memenuhi | lebih | melebihi | hadir | punya | memiliki | terdaftar | bekerja | \
    sekolah | bersekolah | menikah | kawin";
