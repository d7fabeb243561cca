//! Several readings of one text: alternatives, or parts that add up.

use super::{
    boundary::Join,
    cases::LabelledReading,
    label::names_a_case,
    phrase::lists,
    token::{Kind, Tokens},
    ways::{DOCUMENTS, SERVICES, WAYS, WORK, is_step},
};

/// How several readings belong together.
pub enum Combination<'t, R> {
    Cases(Vec<LabelledReading<'t, R>>),
    Parts(Vec<LabelledReading<'t, R>>),
}

/// Decides what the pieces are: a sum only if the text says so or all labels are steps of work.
pub fn outcome<R>(pieces: Vec<LabelledReading<R>>) -> Option<Combination<R>> {
    let first = pieces.first()?;
    if leaves_open(&pieces) {
        return None;
    }
    if pieces.len() == 1 {
        let label = first.label.filter(|label| !is_part(label))?;
        let opened = label.first().is_some_and(|word| lists(IF, word.text));
        let fits = (opened || !first.led) && first.reading.is_some();
        return fits.then_some(Combination::Cases(pieces));
    }
    let sums = pieces.iter().skip(1).filter(|piece| piece.join == Some(Join::Plus)).count();
    if sums > 0 {
        return (sums + 1 == pieces.len()).then_some(Combination::Parts(pieces));
    }
    let mut read = pieces.iter().filter(|piece| piece.reading.is_some());
    let labels: Vec<Tokens> = read.clone().filter_map(|piece| piece.label).collect();
    if labels.is_empty() || read.any(|piece| piece.label.is_none()) {
        return None;
    }
    let all_read = labels.len() == pieces.len();
    if all_read && pieces.len() > 1 && labels.iter().all(is_stage) {
        return Some(Combination::Parts(pieces));
    }
    match labels.iter().filter(|label| is_work(label)).count() {
        0 => are_alternatives(&pieces).then_some(Combination::Cases(pieces)),
        work if work == labels.len() && all_read => of_work(&labels, pieces),
        _ => (!all_read && !goes_on(&pieces)).then_some(Combination::Cases(pieces)),
    }
}

/// True if a reading holds for all but some, and no other reading says what these have: "gratis
/// kecuali duplikat" may leave out a cost as well as people, and nobody knows how much.
fn leaves_open<R>(pieces: &[LabelledReading<R>]) -> bool {
    let told = |at: usize, left_out: &[&str]| {
        let mut others = pieces.iter().enumerate().filter(|(other, _)| *other != at);
        others.any(|(_, other)| {
            other.reading.is_some() && other.label.is_some_and(|label| said(label) == left_out)
        })
    };
    let mut pieces = pieces.iter().enumerate();
    pieces.any(|(at, piece)| match piece.label {
        Some(label @ [except, next, ..]) if lists("kecuali | selain", except.text) => {
            let others = lists("itu | tersebut", next.text) && at > 0;
            !others && !told(at, &said(label))
        }
        _ => false,
    })
}

/// The people or things of a condition.
fn said<'t>(label: Tokens<'t>) -> Vec<&'t str> {
    let words = label.iter().map(|token| token.text);
    words.filter(|word| !lists("kecuali | selain | untuk | bagi | yang", word)).collect()
}

/// Words with which one condition alone may stand first: "jika lengkap 3 hari".
const IF: &str = "untuk | bagi | khusus | jika | apabila | bila | kalau";

/// True if each reading's label is known to name a case, and none of the rest names a step.
fn are_alternatives<R>(pieces: &[LabelledReading<R>]) -> bool {
    let led = |piece: &&LabelledReading<R>| piece.reading.is_some() && piece.led;
    let known = |piece: &LabelledReading<R>| piece.label.is_some_and(names_a_case);
    pieces.iter().filter(led).all(known) && !goes_on(pieces)
}

/// True if a piece that is not read names a step of work: it would add up.
fn goes_on<R>(pieces: &[LabelledReading<R>]) -> bool {
    pieces.iter().any(|piece| piece.reading.is_none() && is_work(&piece.text))
}

/// Steps of one course, or the same step for several cases: a sum only if all steps differ and none
/// speaks of one of several ways.
fn of_work<'t, R>(
    labels: &[Tokens],
    pieces: Vec<LabelledReading<'t, R>>,
) -> Option<Combination<'t, R>> {
    let mut heads: Vec<&str> = labels.iter().filter_map(|label| head(label)).collect();
    let service = heads.iter().filter(|head| lists(SERVICES, head)).count();
    heads.sort_unstable();
    heads.dedup();
    if heads.len() == 1 && service > 0 {
        return Some(Combination::Cases(pieces));
    }
    let with = |list| {
        let holds = |label: &&Tokens| label.iter().any(|token| lists(list, token.text));
        labels.iter().filter(holds).count()
    };
    let either = pieces.iter().any(|piece| piece.join == Some(Join::Either));
    let sum = heads.len() == labels.len() && service < labels.len();
    let one_way = with(WAYS) == 0 && with(DOCUMENTS) < 2;
    (sum && one_way && !either).then_some(Combination::Parts(pieces))
}

/// "Tahap I", "tahap II": stages that are counted are steps of one course.
fn is_stage(label: &Tokens) -> bool {
    const COUNTED: &str = "1 | 2 | 3 | 4 | 5 | i | ii | iii | iv | v | pertama | kedua | ketiga";
    matches!(label, [stage, which] if stage.text == "tahap" && lists(COUNTED, which.text))
}

/// The first thing that a label names.
fn head<'t>(label: Tokens<'t>) -> Option<&'t str> {
    let skipped = |word: &str| {
        matches!(word, "biaya" | "tarif" | "uang" | "proses" | "untuk" | "di" | "tahap")
    };
    let word = label.iter().find(|token| token.kind == Kind::Word && !skipped(token.text))?;
    Some(word.text)
}

/// True for a label that names a step of work or a part of a price: "verifikasi", "biaya sumpah".
fn is_work(label: &Tokens) -> bool {
    head(label).is_some_and(|word| lists(WORK, word) || lists(SERVICES, word))
}

/// "untuk verifikasi": one step of a course, or one part of a price, is no case.
fn is_part(label: &Tokens) -> bool {
    head(label).is_some_and(is_step)
}

/// True for pieces that only their order shows to be one course: steps beside an unknown one, or
/// offices and desks one after the other. They may add up, or be alternatives.
pub fn may_follow<R>(pieces: &[LabelledReading<R>]) -> bool {
    let labels = || pieces.iter().filter_map(|piece| piece.label);
    let open = pieces.iter().any(|piece| piece.reading.is_none());
    let at = |label: &Tokens| !is_stage(label) && is_at_a_station(label);
    // One station alone is one stretch of the way: "3 hari di kecamatan".
    let stretch = |label: &Tokens| {
        pieces.len() > 1 || label.first().is_some_and(|first| lists("di | pada", first.text))
    };
    (open && labels().any(|label| is_work(&label)))
        || labels().any(|label| stretch(&label) && at(&label))
}

/// "Kantor desa", "di kecamatan"; not "warga desa" or "dalam kota".
fn is_at_a_station(label: Tokens) -> bool {
    let before = |at: usize| at.checked_sub(1).map_or("", |before| label[before].text);
    (0..label.len()).any(|at| lists(STATIONS, label[at].text) && !lists(NOT_THE_OFFICE, before(at)))
}

const NOT_THE_OFFICE: &str = "dalam | luar | warga | penduduk | masyarakat | ktp | antar | jalan | sekolah | pegawai | rumah";

/// The stations of a file on its way through the offices, and words that only count.
const STATIONS: &str = "\
    desa | kelurahan | kecamatan | lurah | camat | dinas | pusat | provinsi | kabupaten | kota | \
    kementerian | bupati | walikota | sekda | bpn | bank | notaris | rt | rw | loket | meja | pos | \
    ruang | backoffice | back | front | frontoffice | petugas | kepala | kasi | kabid | sekretaris | \
    pejabat | verifikator | operator | admin | dpmptsp | disdukcapil | staf | staff | kabag | \
    kasubag | sekretariat | bagian | bidang | seksi | tim | fo | bo | cs | teller | kasir | customer \
    | pertama | kedua | ketiga | \
    keempat | langkah | step";
