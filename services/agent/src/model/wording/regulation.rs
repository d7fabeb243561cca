//! A regulation's name: "Peraturan Daerah Kabupaten Banyuwangi Nomor 1 Tahun 2024 tentang
//! Retribusi".

use winnow::{
    Parser, Result as Read,
    combinator::{alt, opt, peek, repeat},
    token::any,
};

use super::{
    phrase::{bracketed, lists, mark, one_of, taken, word_of},
    token::{Kind, Token, Tokens},
    words,
};

/// The tokens of the name, and whether a local body set the regulation.
pub fn regulation<'t>(input: &mut Tokens<'t>) -> Read<(Tokens<'t>, bool)> {
    let whole = *input;
    repeat(0.., (article, opt(mark(",")))).map(|()| ()).parse_next(input)?;
    let (name, local) =
        alt((one_of(LOCAL).map(|name| (name, true)), one_of(NATIONAL).map(|name| (name, false))))
            .parse_next(input)?;
    if name.last().is_some_and(|last| lists(HEADS, last.text)) {
        // "Peraturan Bupati Banyuwangi Nomor 10".
        opt(named_area).parse_next(input)?;
    }
    let behind = (opt(mark(",")), article).void();
    repeat(0.., alt((held, title, qualified))).map(|()| ()).parse_next(input)?;
    opt(bare_number).parse_next(input)?;
    repeat(0.., alt((numbered, held, title, qualified, behind))).map(|()| ()).parse_next(input)?;
    Ok((taken(whole, input), local))
}

const LOCAL: &str = "\
    perda | peraturan daerah | pergub | peraturan gubernur | perbup | peraturan bupati | \
     perwali | perwal | perwako | peraturan walikota | peraturan wali kota | qanun | \
     perdes | perkades | peraturan desa | peraturan kepala desa | keputusan bupati | sk bupati | keputusan walikota | \
     keputusan wali kota | sk walikota | keputusan gubernur | sk gubernur | \
     perdasus | perdasi | perkada | peraturan kepala daerah | peraturan daerah ( perda ) \
     | ketentuan perda | tarif perda | retribusi perda";

/// Heads of regions, whose region's name may follow at once.
const HEADS: &str = "\
    bupati | walikota | kota | gubernur | perbup | perwali | perwal | perwako | pergub";

const NATIONAL: &str = "\
    pp | peraturan pemerintah | perpres | peraturan presiden | permen | peraturan \
     menteri | permenkes | permendagri | permenkeu | permenhub | permenkumham | permendag \
     | permenpan | permenaker | permenpanrb | permentan | permen atr | permenag | \
     permenperin | permenkominfo | pmk | uu | undang - undang | undang undang | keputusan \
     menteri | kepmen | kepmenkes | keppres | keputusan presiden | peraturan kepala | \
     perkap | perka | peraturan kapolri | peraturan kepolisian | perpol | perma | \
     peraturan bpom | peraturan badan | peraturan pemerintah ( pp ) | peraturan \
     kementerian";

/// "Pasal 12 ayat (1)".
fn article(input: &mut Tokens) -> Read<()> {
    let verse = (one_of("ayat"), alt((number, bracketed(number))));
    let letter = any
        .verify(|token: &Token| token.kind == Kind::Word && token.text.len() == 1 && !token.spaced);
    (
        one_of("pasal | ketentuan pasal | lampiran | lampiran i | lampiran ii"),
        opt((number, opt(letter))),
        opt(verse),
    )
        .void()
        .parse_next(input)
}

fn number(input: &mut Tokens) -> Read<()> {
    any.verify(|token: &Token| token.kind == Kind::Number && token.text.len() <= 5)
        .void()
        .parse_next(input)
}

/// "No. 11", "Nomor 3/2019", "Tahun 2021", "No. 148/PMK.010/2015".
fn numbered(input: &mut Tokens) -> Read<()> {
    let name = one_of("no | no . | nomor | nomor : | no : | no . : | tahun | th | th . | thn");
    (name, number, opt(path)).void().parse_next(input)
}

/// "76/2020", "76 Tahun 2020".
fn bare_number(input: &mut Tokens) -> Read<()> {
    let year = (one_of("tahun | th | th . | thn"), number).void();
    (number, alt((path, year))).void().parse_next(input)
}

/// "/2019", "/PMK.010/2015": to a number.
fn path(input: &mut Tokens) -> Read<()> {
    let word =
        || any.verify(|token: &Token| token.kind == Kind::Word && token.text.len() <= 12).void();
    let more = (word_of(". | -"), alt((number, word())));
    let office = (mark("/"), word(), repeat(0..=3, more).map(|()| ())).void();
    (repeat(0..=2, office).map(|()| ()), mark("/"), number).void().parse_next(input)
}

/// "Kabupaten Banyuwangi", "Kota Bandar Lampung", "Menteri Keuangan Republik Indonesia". At a
/// text's end a name has one word, and others only from a closed list, since a condition may stand
/// there.
fn qualified(input: &mut Tokens) -> Read<()> {
    // "Hukum dan HAM"; behind another "dan" comes another regulation.
    let more = || alt((word_of(BODIES).void(), (word_of("dan"), word_of(BODIES)).void()));
    let area =
        (word_of("kabupaten | kab | kota | provinsi | prov"), opt(mark(".")), opt(area)).void();
    let body = (
        word_of(
            "republik | ri | daerah | pemerintah | menteri | nasional | negara | atr | bpn | \
     desa | dki | polri | kepala",
        ),
        repeat(0.., more()).map(|()| ()),
    );
    let ministry = repeat(1.., more()).map(|()| ());
    alt((area, body.void(), ministry)).parse_next(input)
}

/// A region's name.
fn area(input: &mut Tokens) -> Read<()> {
    let listed = (
        repeat(0..=1, word_of(BEFORE_A_NAME)).map(|()| ()),
        free_word,
        repeat(0..=2, word_of(BEHIND_A_NAME)).map(|()| ()),
    );
    alt((named_area, listed.void())).parse_next(input)
}

/// A region's name with the regulation's number or matter behind it.
fn named_area(input: &mut Tokens) -> Read<()> {
    let names = repeat(1..=3, free_word).map(|()| ());
    let next = word_of("no | nomor | tahun | tentang | ttg").void();
    (names, peek(next)).void().parse_next(input)
}

const BEFORE_A_NAME: &str = "\
    bandar | banda | tanjung | pangkal | kepulauan | nusa | aceh | jawa | sumatera | \
     kalimantan | sulawesi | papua | maluku | lubuk | padang | sungai | batu | bukit | muara \
     | musi | ogan | hulu | gunung | kutai | deli | lampung | lombok | tapanuli | hulu | \
     bangka | bolaang | kota | toba | teluk | pulau | bengkulu | minahasa";

const BEHIND_A_NAME: &str = "\
    timur | barat | utara | selatan | tengah | tenggara | daya | laut | jaya | raya | besar \
     | agung";

/// Tasks of state bodies, as their regulations name them.
const BODIES: &str = "\
    keuangan | kesehatan | dalam | negeri | hukum | ham | hak | asasi | manusia | \
     perhubungan | perdagangan | agama | pertanian | perindustrian | ketenagakerjaan | agraria \
     | tata | ruang | republik | indonesia | ri | pertanahan | nasional | kepolisian | negara | \
     pendidikan | kelautan | perikanan | sosial | pariwisata | kehutanan | lingkungan";

/// "yang berlaku", "tersebut di atas" behind a name.
fn held(input: &mut Tokens) -> Read<()> {
    one_of(
        "yang berlaku | berlaku | ( perda ) | ( pp ) | ( pnbp ) | tersebut | dan perubahannya \
     | masing - masing | masing - masing daerah | setempat | kabupaten / kota | terkait | \
     terbaru",
    )
    .void()
    .parse_next(input)
}

/// "tentang Pajak Daerah dan Retribusi Daerah": any words if the regulation's number closes them,
/// else words of a closed list, since a condition may stand there.
fn title(input: &mut Tokens) -> Read<()> {
    word_of("tentang | ttg").parse_next(input)?;
    let closed = |input: &mut Tokens| {
        let names = repeat(1..=24, free_word).map(|()| ());
        (names, one_of("no | no . | nomor"), number).void().parse_next(input)
    };
    let joints = || repeat(0.., word_of(JOINTS)).map(|()| ());
    let listed = repeat(1.., (joints(), word_of(MATTERS))).map(|()| ());
    alt((closed, listed)).parse_next(input)
}

const JOINTS: &str = "dan | atas | yang | pada | bidang | di | dari | serta";

/// Subjects of regulations about fees.
const MATTERS: &str = "\
    pajak | retribusi | daerah | jasa | umum | usaha | perizinan | tertentu | jenis | tarif | \
     penerimaan | negara | bukan | pnbp | ( pnbp ) | berlaku | kementerian | hukum | ham | hak | \
     asasi | manusia | agraria | tata | ruang | badan | pertanahan | nasional | kepolisian | \
     republik | indonesia | perhubungan | keuangan | administrasi | kependudukan | pencatatan | \
     sipil | penyelenggaraan | pelayanan | publik | kesehatan | persampahan | kebersihan | parkir \
     | pasar | pengujian | bermotor | bangunan | gedung | perubahan | kedua | ketiga | pertama | \
     persetujuan | pengelolaan | lingkungan | penanaman | modal | terpadu | satu | pintu";

/// A word of a name: none that could be a negation, an exception, a minimum, an amount or a time,
/// nor one that speaks of people.
fn free_word(input: &mut Tokens) -> Read<()> {
    let free = |token: &Token| {
        token.kind == Kind::Word
            && !words::turns(token.text)
            && !words::counts(token.text)
            && !words::opens(token.text)
            && !words::pays(token.text)
            && !words::cancels(token.text)
            && !lists(PEOPLE, token.text)
            && !matches!(
                token.text,
                "no" | "nomor" | "tahun" | "tentang" | "ttg" | "dan" | "atau" | "serta" | "yang"
            )
    };
    any.verify(free).void().parse_next(input)
}

/// People that a price may be for.
const PEOPLE: &str = "\
    warga | masyarakat | penduduk | pasien | pelajar | mahasiswa | siswa | lansia | anak | bayi | \
     dewasa | umum | wni | wna | asn | pns | tni | polri | pemegang | pemilik | peserta | pemohon | \
     pengguna | pelaku | umkm | bpjs | ktp | kk | miskin | mampu | difabel | disabilitas | veteran | \
     pensiunan | karyawan | pegawai | guru | santri | balita | ibu | luar | saja | sendiri | asing | \
     perorangan | perusahaan | kunjungan | baru | lama | pertama | kedua | hilang | rusak | biaya | \
     senin | selasa | rabu | kamis | jumat | sabtu | ahad";
