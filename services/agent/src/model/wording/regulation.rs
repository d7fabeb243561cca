//! A regulation's name: "Peraturan Daerah Kabupaten Banyuwangi Nomor 1 Tahun 2024 tentang Retribusi".

use winnow::{
    Parser, Result as Read,
    combinator::{alt, opt, repeat},
    token::any,
};

use super::{
    phrase::{bracketed, mark, one_of, taken, word_of},
    token::{Kind, Token, Tokens},
    words,
};

/// The tokens of the name, and whether a local body set the regulation.
pub fn regulation<'t>(input: &mut Tokens<'t>) -> Read<(Tokens<'t>, bool)> {
    let whole = *input;
    repeat(0.., article).map(|()| ()).parse_next(input)?;
    let local =
        alt((one_of(LOCAL).value(true), one_of(NATIONAL).value(false))).parse_next(input)?;
    repeat(0.., alt((numbered, held, title, qualified))).map(|()| ()).parse_next(input)?;
    Ok((taken(whole, input), local))
}

const LOCAL: &str = "\
    perda | peraturan daerah | pergub | peraturan gubernur | perbup | peraturan bupati | \
     perwali | perwal | perwako | peraturan walikota | peraturan wali kota | qanun | \
     perdes | peraturan desa | keputusan bupati | sk bupati | keputusan walikota | \
     keputusan wali kota | sk walikota | keputusan gubernur | sk gubernur | raperda | \
     perdasus | perdasi | perkada | peraturan kepala daerah | peraturan daerah ( perda ) \
     | ketentuan perda | tarif perda | retribusi perda";

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
    (
        one_of("pasal | ketentuan pasal | lampiran | lampiran i | lampiran ii"),
        opt(number),
        opt(verse),
        opt(mark(",")),
    )
        .void()
        .parse_next(input)
}

fn number(input: &mut Tokens) -> Read<()> {
    any.verify(|token: &Token| token.kind == Kind::Number && token.text.len() <= 5)
        .void()
        .parse_next(input)
}

/// "No. 11", "Nomor 3/2019", "Tahun 2021".
fn numbered(input: &mut Tokens) -> Read<()> {
    let name = one_of("no | no . | nomor | nomor : | no : | no . : | tahun | th | th . | thn");
    let letter = any.verify(|token: &Token| token.kind == Kind::Word && token.text.len() <= 12);
    let path = repeat(0.., (mark("/"), alt((number, letter.void())))).map(|()| ());
    (name, number, path).void().parse_next(input)
}

/// "Kabupaten Banyuwangi", "Menteri Keuangan Republik Indonesia".
fn qualified(input: &mut Tokens) -> Read<()> {
    let head = word_of(
        "kabupaten | kab | kota | provinsi | prov | republik | ri | daerah | pemerintah | \
     menteri | nasional | negara | atr | bpn | desa | dki | polri | kepala",
    );
    let names = repeat(0..=4, free_word).map(|()| ());
    (head, opt(mark(".")), names).void().parse_next(input)
}

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

/// "tentang Pajak Daerah dan Retribusi Daerah": to the end of the clause.
fn title(input: &mut Tokens) -> Read<()> {
    (word_of("tentang | ttg"), repeat(1..=24, free_word).map(|()| ())).void().parse_next(input)
}

/// A word of a name: none that could be a negation, an exception, a minimum, an amount or a time.
fn free_word(input: &mut Tokens) -> Read<()> {
    let free = |token: &Token| {
        token.kind == Kind::Word
            && !words::turns(token.text)
            && !words::counts(token.text)
            && !words::opens(token.text)
            && !matches!(token.text, "no" | "nomor" | "tahun" | "tentang" | "ttg")
    };
    any.verify(free).void().parse_next(input)
}
