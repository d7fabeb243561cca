//! The unit that a time or a fee is counted by: "per sertipikat", "/ orang / hari".

use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt},
};

use super::{
    each::{EACH_OF, EACH_TIME},
    phrase::{attempt, lists, one_of, taken, word_of},
    token::Tokens,
};

/// "/ pemohon", "per berkas" of a time.
pub fn unit_of_time<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    one_of(EACH).parse_next(input)?;
    let unit = one_of(EACH_OF).parse_next(input)?;
    // "Baru: 7 hari / perpanjangan: 3 hari" goes on with another case.
    if input.first().is_some_and(|next| lists(": | =", next.text)) {
        return fail.parse_next(input);
    }
    Ok(unit)
}

/// "untuk 1 (satu) orang pemohon".
pub fn unit_for_one<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    one_of("untuk 1 | untuk satu | untuk 1 ( satu )").parse_next(input)?;
    one_of(ONE_OF).parse_next(input)
}

const ONE_OF: &str = "\
    orang | orang pemohon | pemohon | berkas | berkas permohonan | permohonan | dokumen | pasien | \
    kendaraan | lembar";

const EACH: &str =
    "/ | per | per 1 | per satu | tiap | setiap | untuk setiap | untuk tiap | / 1 | per -";

/// "per sertipikat", "/ Bulan", "/orang/hari", "per meter persegi", "per 5 tahun".
pub fn unit_of_fee<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    each_of(input)?;
    let whole = *input;
    one_each(input)?;
    while attempt(|input| (each_of, one_each).void().parse_next(input), input).is_some() {}
    let unit = taken(whole, input);
    // "Baru Rp 100.000 / Perpanjangan Rp 75.000" goes on with another case.
    if input.first().is_some_and(|next| lists(": | = | rp | idr | gratis", next.text)) {
        fail.parse_next(input)
    } else {
        Ok(unit)
    }
}

/// "per lembar" behind "gratis". "Per tahun" would limit how often the service is free, which is a
/// condition.
pub fn unit_of_free<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    one_of("per | /").parse_next(input)?;
    one_of(EACH_OF).parse_next(input)
}

/// "per orang", but not "setiap Minggu", which is every Sunday as well as every week.
fn each_of(input: &mut Tokens) -> Read<()> {
    let each = one_of(EACH).parse_next(input)?;
    let often = each.iter().any(|word| matches!(word.text, "tiap" | "setiap"));
    if often && input.first().is_some_and(|next| next.text == "minggu") {
        return fail.parse_next(input);
    }
    Ok(())
}

fn one_each(input: &mut Tokens) -> Read<()> {
    let square =
        opt(word_of("persegi | kubik | lari | hak | orang | keluarga | tanah | uji | air"));
    (alt((word_of(EACH_OF), word_of(EACH_TIME))), square).void().parse_next(input)
}
