//! Fees that are worked out: "Luas Bangunan x Koefisien x Tarif Retribusi".

use winnow::{
    Parser, Result as Read,
    combinator::{alt, opt, repeat, separated},
    token::any,
};

use super::{
    money::{Amount, amount},
    phrase::{lists, mark, one_of, taken, word_of},
    price::Price,
    token::{Kind, Token, Tokens},
    unit::unit_of_fee,
    words,
};

pub fn formula<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    opt(one_of(
        "rumus | rumus : | rumus perhitungan : | dihitung dengan rumus | dihitung dengan \
     rumus : | perhitungan :",
    ))
    .parse_next(input)?;
    let whole = *input;
    alt((product, by_measure)).parse_next(input)?;
    Ok(Price::Formula(taken(whole, input)))
}

/// Factors with "x" between them, one of them a measure at least.
fn product(input: &mut Tokens) -> Read<()> {
    let whole = *input;
    let times = mark("x");
    let _: Vec<()> = separated(2..=8, factor, times).parse_next(input)?;
    let measured =
        |token: &Token| matches!(token.text, "tarif" | "harga") || lists(MEASURES, token.text);
    if taken(whole, input).iter().any(measured) {
        return Ok(());
    }
    winnow::combinator::fail.parse_next(input)
}

/// "Tarif Retribusi", "5%".
fn factor(input: &mut Tokens) -> Read<()> {
    let names = repeat(1..=5, name).map(|()| ());
    let short = any.verify(|token: &Token| token.kind == Kind::Word && token.text.len() <= 5);
    let bracket = (mark("("), short, mark(")"));
    alt((percent, rate, (names, opt(bracket)).void())).parse_next(input)
}

/// "Rp 5.000/m2": so much for each of what is measured.
fn rate(input: &mut Tokens) -> Read<()> {
    let priced = amount.verify(|amount: &Amount| amount.marked && !amount.is_none());
    (priced, opt(unit_of_fee)).void().parse_next(input)
}

fn percent(input: &mut Tokens) -> Read<()> {
    let number = any.verify(|token: &Token| token.kind == Kind::Number && token.text.len() <= 5);
    (number, word_of("% | persen")).void().parse_next(input)
}

fn name(input: &mut Tokens) -> Read<()> {
    let plain = |token: &Token| {
        token.kind == Kind::Word
            && token.text != "x"
            && !words::turns(token.text)
            && !words::counts(token.text)
            && !words::opens(token.text)
    };
    any.verify(plain).void().parse_next(input)
}

/// "dihitung berdasarkan luas bidang", "2% dari nilai transaksi".
fn by_measure(input: &mut Tokens) -> Read<()> {
    let by = one_of(
        "dihitung berdasarkan | dihitung sesuai | dihitung dari | dihitung menurut | \
     ditentukan berdasarkan | ditetapkan berdasarkan | berdasarkan | tergantung | \
     tergantung pada | tergantung dari | disesuaikan dengan | bergantung pada | \
     menyesuaikan | menyesuaikan dengan | sesuai dengan | sesuai | dihitung berdasar | \
     berdasarkan perhitungan | dihitung per | berdasarkan hasil perhitungan",
    );
    let share = (percent, one_of("dari | x")).void();
    let measure = (word_of(MEASURES), repeat(0..=6, name).map(|()| ()));
    (alt((by.void(), share)), measure).void().parse_next(input)
}

/// Quantities that are measured or counted.
const MEASURES: &str = "\
    luas | luasan | nilai | jumlah | volume | jarak | njop | njkb | npop | npoptkp | \
     koefisien | indeks | hsbgn | hsbg | shst | panjang | lebar | tinggi | berat | bobot \
     | ukuran | lama | kapasitas | tonase | gt | omzet | dpp | zona | ketinggian | nsr | \
     njopr | it | lt";
