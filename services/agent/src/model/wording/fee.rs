//! Fees: "Rp. 350.000,-", "GRATIS", "Sesuai Perda No. 1 Tahun 2024".

use mpp_api::types::{Fee, fee::Kind};
use mpp_form::limits::SHORT;
use winnow::{
    Parser, Result as Read,
    combinator::{alt, eof, fail, opt, preceded, repeat, terminated},
};

use super::{
    cases::{self, LabelledReading},
    clause::{self, BY, BY_TARIFF, Clause},
    counter::is_at_a_counter,
    foreign::foreign,
    formula::formula,
    money::{Amount, amount},
    phrase::{attempt, bracketed, digits, end, mark, one_of, word_of},
    price::Price,
    regulation::regulation,
    sum::{self, Combination},
    token::{Kind as Made, Text, Tokens},
};

/// A price and the clauses beside it.
#[derive(Clone, Debug, PartialEq)]
struct ReadFee<'t> {
    price: Price<'t>,
    clauses: Vec<Clause<'t>>,
}

/// The fee that a text tells, or else its words, marked.
pub fn read(source: &str) -> Fee {
    let text = Text::new(source);
    let tokens = text.tokens();
    let plain = || whole.parse(&tokens[..]).ok().map(|reading| reading.into_fee(&text));
    let found = plain().or_else(|| by_case(&text, &tokens));
    let found = found.filter(fits);
    let unread = Fee { kind: Kind::Unparsed.into(), ..Fee::default() };
    Fee { source_text: text.all(), ..found.unwrap_or(unread) }
}

/// True if the contract's fields hold the words; a record with a longer one would be lost.
fn fits(fee: &Fee) -> bool {
    let texts = [&fee.label, &fee.unit, &fee.regulation, &fee.formula, &fee.condition];
    let short = |text: &String| text.chars().count() <= SHORT;
    texts.into_iter().chain(&fee.notes).all(short) && fee.cases.iter().chain(&fee.parts).all(fits)
}

/// One price that holds for all, to the text's end.
fn whole<'t>(input: &mut Tokens<'t>) -> Read<ReadFee<'t>> {
    alt((
        to_the_end_of(free, clause::of_free),
        to_the_end(priced),
        to_the_end(by_regulation).verify(is_of_one_body),
        in_another_currency,
        to_the_end(charged),
        charged_by_name,
        none_of_it,
        zero,
        to_the_end(formula),
    ))
    .parse_next(input)
}

/// "Sesuai PP 28 Tahun 2019, Perda 3 Tahun 2011" is the nation's or the region's: nobody knows.
fn is_of_one_body(reading: &ReadFee) -> bool {
    let Price::Regulation(_, local) = reading.price else { return true };
    let is_other = |one: &Clause| matches!(one, Clause::Regulation(_, other) if *other != local);
    !reading.clauses.iter().any(is_other)
}

fn to_the_end<'t>(
    price: impl FnMut(&mut Tokens<'t>) -> Read<Price<'t>>,
) -> impl FnMut(&mut Tokens<'t>) -> Read<ReadFee<'t>> {
    to_the_end_of(price, clause::of_fee_for_one)
}

fn to_the_end_of<'t>(
    mut price: impl FnMut(&mut Tokens<'t>) -> Read<Price<'t>>,
    clause: fn(&mut Tokens<'t>) -> Read<Clause<'t>>,
) -> impl FnMut(&mut Tokens<'t>) -> Read<ReadFee<'t>> {
    move |input| {
        headings(input);
        let price = price(input)?;
        let clauses = clause::all(clause, input);
        end(input)?;
        Ok(ReadFee { price, clauses })
    }
}

/// "Biaya: 0" and no further word: beside others a bare zero may be anything, and alone it is what
/// an empty cell of a column of numbers may hold.
fn zero<'t>(input: &mut Tokens<'t>) -> Read<ReadFee<'t>> {
    let named = attempt(heading_of_a_fee, input).is_some();
    if !named && input.first().is_some_and(|first| first.kind == Made::Number) {
        return fail.parse_next(input);
    }
    terminated(amount.verify(|amount: &Amount| amount.is_none()), eof).parse_next(input)?;
    Ok(ReadFee { price: Price::Free, clauses: Vec::new() })
}

/// "Biaya: tidak ada": without the heading, "there is none" would not say of what.
fn none_of_it<'t>(input: &mut Tokens<'t>) -> Read<ReadFee<'t>> {
    let none = one_of("tidak ada | tdk ada | tidak dipungut | tidak dikenakan | tidak perlu");
    (heading_of_a_fee, none, end).parse_next(input)?;
    Ok(ReadFee { price: Price::Free, clauses: Vec::new() })
}

fn heading_of_a_fee(input: &mut Tokens) -> Read<()> {
    let marks = repeat(0.., one_of(": | =").void()).map(|()| ());
    let rest = repeat(0.., one_of(NAMED).void()).map(|()| ());
    (marks, one_of(OF_A_FEE), rest).void().parse_next(input)
}

/// Headings that speak of a fee and of nothing else; there may be none of any number or total.
const OF_A_FEE: &str = "\
    biaya | tarif | retribusi | pnbp | biaya pelayanan | biaya layanan | tarif pelayanan | \
     tarif layanan | besaran biaya | besaran tarif | biaya / tarif | total biaya";

/// Headings that only name the fee, and do not say that there is one.
const NAMED: &str = "\
    biaya | tarif | retribusi | pnbp | : | = | biaya pelayanan | biaya layanan | tarif pelayanan | \
     tarif layanan | besaran biaya | besaran tarif | biaya / tarif | total | total biaya | jumlah";

/// "Dikenakan biaya": what else is a heading.
fn charged_by_name<'t>(input: &mut Tokens<'t>) -> Read<ReadFee<'t>> {
    subject(input);
    let price = charged(input)?;
    let clauses = clause::all(clause::of_fee, input);
    end(input)?;
    Ok(ReadFee { price, clauses })
}

/// "dikenakan biaya (100 USD per bulan per orang)".
fn in_another_currency<'t>(input: &mut Tokens<'t>) -> Read<ReadFee<'t>> {
    headings(input);
    let (price, unit) = foreign(input)?;
    let mut clauses: Vec<Clause> = unit.into_iter().map(Clause::Unit).collect();
    clauses.extend(clause::all(clause::of_fee, input));
    end(input)?;
    Ok(ReadFee { price, clauses })
}

/// "Biaya:", "Total", "Tarif sebesar".
fn headings(input: &mut Tokens) {
    while attempt(one_of(HEADINGS), input).is_some() {}
}

const HEADINGS: &str = "\
    biaya | tarif | total | jumlah | sebesar | sejumlah | adalah | biayanya | retribusi \
     | pnbp | : | = | biaya / tarif | biaya pelayanan | biaya layanan | tarif pelayanan | \
     tarif layanan | besaran | harga | total biaya | dikenakan biaya | dikenakan tarif | \
     dikenakan pnbp | dikenakan retribusi | membayar | biaya pnbp | tarif pnbp | biaya \
     retribusi | tarif retribusi | dengan biaya | dengan tarif | senilai | besaran tarif \
     | besaran biaya | sewa | biaya sewa | tarif sewa | penerimaan negara bukan pajak | ( pnbp ) | seharga | bayar | rp :";

/// "Gratis", "Rp 0", "tidak dipungut biaya (gratis)", said once or several times.
fn free<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    subject(input);
    // "0 (gratis)".
    let said = bracketed(one_of("gratis | nihil | cuma - cuma | free"));
    let bare = (digits.verify(|raw: &str| raw == "0"), said).void();
    alt((free_once, bare)).parse_next(input)?;
    let joint = || opt(word_of(", | . | / | - | ; | alias | atau | ="));
    let again = alt(((joint(), bracketed(free_once)).void(), (joint(), free_once).void()));
    let _: () = repeat(0.., again).parse_next(input)?;
    Ok(Price::Free)
}

fn free_once(input: &mut Tokens) -> Read<()> {
    let zero = amount.verify(|amount: &Amount| amount.is_none() && amount.marked).void();
    alt((one_of(FREE).void(), no_charge, zero)).parse_next(input)
}

const FREE: &str = "\
    gratis | gratis 100 % | 100 % gratis | cuma - cuma | secara cuma - cuma | secara \
     gratis | nihil | free | free of charge | rp nihil | rp . nihil | gratis biaya | \
     gratis tanpa biaya | digratiskan | no charge | free of cost | no fee | rp nol | rp . nol | \
     diberikan gratis | diberikan secara gratis | diberikan secara cuma - cuma";

/// "tidak dikenakan biaya apa pun".
fn no_charge(input: &mut Tokens) -> Read<()> {
    let none = one_of(
        "tidak dikenakan biaya | tidak dikenakan tarif | tidak dikenai biaya | tidak dipungut \
     biaya | tidak dipungut bayaran | tidak ada biaya | tidak ada pungutan | tidak ada \
     pungutan biaya | tidak ada tarif | tidak ada retribusi | tidak dipungut retribusi | tidak berbayar | tidak bayar | tidak membayar | \
     tidak berbiaya | tidak memungut biaya | tidak dibebankan biaya | tanpa biaya | tanpa \
     dipungut biaya | tanpa pungutan | tanpa pungutan biaya | tanpa dikenakan biaya | \
     tanpa bayar | tanpa tarif | bebas biaya | bebas dari biaya | bebas tarif | bebas \
     pungutan | tdk dipungut biaya | tdk dikenakan biaya | tdk ada biaya | tidak di \
     pungut biaya | tidak di kenakan biaya | tidak dipungut biaya / gratis | tidak perlu \
     membayar | tidak perlu bayar | tidak usah bayar | tdk perlu bayar | tidak perlu biaya",
    );
    let at_all =
        one_of("apa pun | apapun | sama sekali | sepeser pun | sepeserpun | apa - apa | / tarif");
    (none, opt(at_all)).void().parse_next(input)
}

/// "Penerbitan kartu ini", "Seluruh layanan": the service itself, and no part of it.
fn subject(input: &mut Tokens) {
    let this = |input: &mut Tokens| {
        let names = repeat(1..=4, word_of(OF_THE_SERVICE).void()).map(|()| ());
        (names, mark("ini")).void().parse_next(input)
    };
    let mut all = one_of(
        "semua pelayanan | semua layanan | seluruh pelayanan | seluruh layanan | seluruh \
     jenis pelayanan | seluruh proses pelayanan | semua jenis pelayanan | semua jenis \
     layanan | seluruh jenis layanan | pelayanan | layanan | seluruh pelayanan \
     administrasi kependudukan",
    );
    if attempt(this, input).is_none() {
        attempt(&mut all, input);
    }
}

const OF_THE_SERVICE: &str = "\
    penerbitan | pengurusan | pembuatan | pelayanan | layanan | permohonan | kartu | \
     surat | izin | dokumen | akta | sertifikat | rekomendasi | keterangan | proses | \
     kegiatan | pengajuan";

/// An amount or a range of amounts; "hanya Rp 50.000" is "Rp 50.000 saja".
fn priced<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    opt(one_of("hanya | cukup")).parse_next(input)?;
    amount.verify(|amount: &Amount| !amount.is_none()).map(Price::Amount).parse_next(input)
}

/// "Sesuai Perda No. 1 Tahun 2024", "Retribusi dipungut berdasarkan Peraturan Daerah".
fn by_regulation<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    attempt(
        one_of(
            "dipungut | dipungut biaya | ditetapkan | diatur | yang berlaku | ditentukan | \
     berbayar",
        ),
        input,
    );
    opt(mark(",")).parse_next(input)?;
    opt(alt((one_of(BY_TARIFF), one_of(BY)))).parse_next(input)?;
    regulation.map(|(name, local)| Price::Regulation(name, local)).parse_next(input)
}

/// "Berbiaya", "Bukan layanan gratis; dikenakan PNBP": there is a price, and that is all.
fn charged<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    one_of(CHARGED).parse_next(input)?;
    let joint = || opt(word_of(", | . | ; | / | - | dan"));
    let again =
        alt(((joint(), bracketed(one_of(CHARGED))).void(), (joint(), one_of(CHARGED)).void()));
    let _: () = repeat(0.., again).parse_next(input)?;
    Ok(Price::Charged)
}

const CHARGED: &str = "\
    berbiaya | berbayar | dikenakan biaya | dikenakan tarif | dikenakan pnbp | dikenakan \
     retribusi | dikenai biaya | dikenakan biaya pnbp | dikenakan tarif pnbp | dikenakan \
     biaya retribusi | dipungut biaya | dipungut retribusi | ada biaya | membayar pnbp | \
     membayar biaya | membayar retribusi | wajib membayar pnbp | wajib membayar biaya | \
     wajib membayar retribusi | harus membayar pnbp | harus membayar biaya | tidak gratis | bukan gratis | bukan layanan \
     gratis | bukan pelayanan gratis | tidak cuma - cuma | tidak bebas biaya | pnbp | \
     sesuai tarif | sesuai ketentuan tarif yang berlaku | sesuai tarif yang berlaku | sesuai tarif berlaku | sesuai tarif pnbp \
     | sesuai pnbp | sesuai tarif pnbp yang berlaku | sesuai tarif retribusi | sesuai \
     tarif retribusi yang berlaku | sesuai dengan tarif yang berlaku | sesuai dengan \
     tarif pnbp | sesuai retribusi yang berlaku | sesuai tarif retribusi daerah | sesuai \
     tarif retribusi daerah yang berlaku | sesuai dengan tarif retribusi yang berlaku | \
     sesuai dengan tarif pnbp yang berlaku | dikenakan biaya sesuai tarif yang berlaku | \
     dikenakan tarif sesuai ketentuan yang berlaku | dikenakan biaya sesuai ketentuan \
     yang berlaku | dikenakan biaya sesuai ketentuan | dikenakan retribusi sesuai \
     ketentuan yang berlaku";

const LEADING: &str = "\
    biaya : | tarif : | pnbp | pnbp : | biaya pnbp | biaya pnbp : | sebesar | biaya sebesar | tarif sebesar | dikenakan | membayar | dikenakan \
     biaya | dikenakan biaya sebesar | dikenakan tarif | dikenakan tarif sebesar | dikenakan sebesar";

/// A price in one of several cases: never a formula or another currency.
fn in_a_case<'t>(input: &mut Tokens<'t>, bare: bool) -> Read<ReadFee<'t>> {
    let certain = |price: &Price| match price {
        Price::Amount(amount) => bare || amount.marked,
        _ => true,
    };
    let led = preceded(one_of(LEADING), alt((free, priced, by_regulation)));
    let price =
        alt((led, free, priced, by_regulation, charged)).verify(certain).parse_next(input)?;
    let clauses = match price {
        Price::Free => clause::in_a_case(clause::of_free, input),
        _ => clause::in_a_case(clause::of_fee, input),
    };
    Ok(ReadFee { price, clauses: clauses? })
}

fn by_case(text: &Text, tokens: Tokens) -> Option<Fee> {
    let pieces = cases::pieces(tokens, in_a_case)?;
    let free = |piece: &LabelledReading<ReadFee>| {
        piece.reading.as_ref().is_some_and(|reading| reading.price == Price::Free)
    };
    if pieces.iter().any(|piece| is_at_a_counter(piece, free(piece))) {
        return None;
    }
    let (kind, pieces) = match sum::outcome(pieces)? {
        Combination::Cases(pieces) => (Kind::Cases, pieces),
        Combination::Parts(pieces) => (Kind::Parts, pieces),
    };
    // If a part of a sum is free, one of the parts holds for some only.
    if kind == Kind::Parts && pieces.iter().any(free) {
        return None;
    }
    let several = pieces.into_iter().map(|piece| one(text, unread_stamp(piece), kind)).collect();
    let fee = Fee { kind: kind.into(), ..Fee::default() };
    Some(match kind {
        Kind::Cases => Fee { cases: several, ..fee },
        _ => Fee { parts: several, ..fee },
    })
}

/// "+ materai Rp 10.000", as "+ materai": whether the applicant brings it or pays for it at the
/// office is not said, so it is a part that was not read.
fn unread_stamp<'t>(piece: LabelledReading<'t, ReadFee<'t>>) -> LabelledReading<'t, ReadFee<'t>> {
    let stamp = piece.label.is_some_and(cases::is_stamp_duty);
    LabelledReading { reading: piece.reading.filter(|_| !stamp), ..piece }
}

/// One case or part.
fn one(text: &Text, piece: LabelledReading<ReadFee>, of: Kind) -> Fee {
    let unread = Fee { kind: Kind::Unparsed.into(), ..Fee::default() };
    let mut fee = piece.reading.map_or(unread, |reading| reading.into_fee(text));
    let label = piece.label.map(|label| text.words(label)).unwrap_or_default();
    match of {
        Kind::Cases => fee.condition = label,
        _ => fee.label = label,
    }
    Fee { source_text: text.words(piece.text), ..fee }
}

impl ReadFee<'_> {
    fn into_fee(self, text: &Text) -> Fee {
        let mut fee = self.price.to_fee(text);
        for clause in self.clauses {
            match clause {
                Clause::Note(words) | Clause::Basis(words) => fee.notes.push(text.words(words)),
                Clause::Unit(words) => fee.unit = text.words(words),
                Clause::Regulation(words, _) if fee.regulation.is_empty() => {
                    fee.regulation = text.words(words);
                }
                Clause::Regulation(words, _) => fee.notes.push(text.words(words)),
            }
        }
        fee
    }
}
