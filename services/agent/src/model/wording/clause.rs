//! The clauses of a closed list that leave a reading as it is: when a time starts, that nothing
//! must go wrong, the thing that each fee or time is for, the regulation, opening hours. Each is
//! known to its last word; a clause with any other word is not one of them, and its text is not
//! read.

use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt, repeat, separated},
};

use super::{
    opening::{bare_hours, closed_days, hours, times_of_day},
    phrase::{attempt, bracketed, lists, one_of, taken, word_of},
    regulation::regulation,
    token::Tokens,
    unit::{unit_for_one, unit_of_fee, unit_of_free, unit_of_time},
    words,
};

/// The meaning of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause<'t> {
    /// The clause is kept as text.
    Note(Tokens<'t>),
    /// The unit that the amount is charged for, such as a sheet.
    Unit(Tokens<'t>),
    /// The regulation that it names, and whether a local one.
    Regulation(Tokens<'t>, bool),
    /// Kept as text, too, but alone it might be a price or a time: "sesuai ketentuan", "ditunggu".
    Basis(Tokens<'t>),
}

impl Clause<'_> {
    fn names_no_tariff(&self) -> bool {
        !matches!(self, Clause::Regulation([first, ..], _) if matches!(first.text, "tarif" | "retribusi"))
    }

    /// True for a clause that could be a reading of its own, and not belong to the one before.
    fn may_lead(&self) -> bool {
        matches!(self, Clause::Regulation(..) | Clause::Basis(_))
    }
}

/// A clause of a time.
pub fn of_time<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    let note =
        alt((start, ordinary, hours, one_of("selesai | sudah selesai | jadi | sudah jadi | saja")));
    let unit = unit_of_time.map(Clause::Unit);
    alt((note.map(Clause::Note), unit, by_regulation, basis_of_time.map(Clause::Basis)))
        .parse_next(input)
}

/// A clause of a time that holds for all. Opening hours without a heading are one only there:
/// beside other cases they may be a case's own days.
pub fn of_time_for_all<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    let note = alt((bare_hours, closed_days));
    alt((of_time_for_one, note.map(Clause::Note))).parse_next(input)
}

/// A clause of calendar days: beside "5 hari (Senin-Jumat)" days of the week tell that those are
/// other days, on which an office works or is open.
pub fn of_calendar_days<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    alt((of_time_for_one, times_of_day.map(Clause::Note))).parse_next(input)
}

/// A clause of a time; "untuk 1 orang" is for each only where no case is for two of them.
pub fn of_time_for_one<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    alt((of_time, unit_for_one.map(Clause::Unit))).parse_next(input)
}

/// The same of a fee.
pub fn of_fee_for_one<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    alt((of_fee, unit_for_one.map(Clause::Unit))).parse_next(input)
}

/// A clause of a fee.
pub fn of_fee<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    alt((
        unit_of_fee.map(Clause::Unit),
        by_regulation,
        for_all.map(Clause::Note),
        one_of("saja").map(Clause::Note),
        alt((one_of("pnbp"), by_the_rules)).map(Clause::Basis),
    ))
    .parse_next(input)
}

/// A clause of a service that is free. "Gratis setiap Minggu" is free on Sundays only, and "PNBP"
/// or a tariff is a price.
pub fn of_free<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    alt((
        for_all.map(Clause::Note),
        one_of("saja").map(Clause::Note),
        unit_of_free.map(Clause::Unit),
        named_by(BY).verify(Clause::names_no_tariff),
        by_the_rules.map(Clause::Basis),
    ))
    .parse_next(input)
}

/// Like [`all`], where a condition may follow: of a clause that might lead a reading of its own it
/// would be unsure which of the two it restricts, as in "gratis, sesuai Perda untuk warga lain".
pub fn in_a_case<'t>(
    clause: impl FnMut(&mut Tokens<'t>) -> Read<Clause<'t>>,
    input: &mut Tokens<'t>,
) -> Read<Vec<Clause<'t>>> {
    let whole = *input;
    let found = all(clause, input);
    let bare = taken(whole, input).last().is_some_and(|last| last.text != ")");
    let restricted = input.first().is_some_and(|next| next.text == "(" || words::opens(next.text));
    if bare && restricted && found.iter().any(Clause::may_lead) {
        return fail.parse_next(input);
    }
    Ok(found)
}

/// All clauses to the end of a reading: after a separator or none, in brackets or bare.
pub fn all<'t>(
    mut clause: impl FnMut(&mut Tokens<'t>) -> Read<Clause<'t>>,
    input: &mut Tokens<'t>,
) -> Vec<Clause<'t>> {
    let mut found = Vec::new();
    loop {
        let mut ahead = *input;
        let mut last = "";
        while let Some(mark) = attempt(word_of(", | . | ; | -"), &mut ahead) {
            last = mark.text;
        }
        // "± 10 menit - selesai" is a range without an upper end.
        if last == "-" && ahead.first().is_some_and(|next| lists("selesai | jadi", next.text)) {
            return found;
        }
        if let Some(one) = attempt(&mut clause, &mut ahead) {
            found.push(one);
        } else if let Some(several) = attempt(|input| in_brackets(&mut clause, input), &mut ahead) {
            found.extend(several);
        } else {
            return found;
        }
        *input = ahead;
    }
}

fn in_brackets<'t>(
    clause: &mut impl FnMut(&mut Tokens<'t>) -> Read<Clause<'t>>,
    input: &mut Tokens<'t>,
) -> Read<Vec<Clause<'t>>> {
    let one = |input: &mut Tokens<'t>| {
        let found = clause(input)?;
        opt(word_of(", | ;")).parse_next(input)?;
        Ok(found)
    };
    let mut several = repeat(1.., one);
    bracketed(|input: &mut Tokens<'t>| several.parse_next(input)).parse_next(input)
}

/// "sesuai Perda No. 1 Tahun 2024".
fn by_regulation<'t>(input: &mut Tokens<'t>) -> Read<Clause<'t>> {
    opt(one_of(BY_TARIFF)).parse_next(input)?;
    named_by(BY).parse_next(input)
}

fn named_by<'t>(by: &'static str) -> impl FnMut(&mut Tokens<'t>) -> Read<Clause<'t>> {
    move |input| {
        opt(one_of(by)).parse_next(input)?;
        regulation.map(|(name, local)| Clause::Regulation(name, local)).parse_next(input)
    }
}

/// Words before a regulation's name.
pub const BY: &str = "\
    sesuai | sesuai dengan | berdasarkan | berdasarkan pada | mengacu pada | mengacu | \
     menurut | mengikuti | merujuk pada | diatur dalam | diatur dengan | dasar hukum | \
     dasar hukum : | dasar : | sesuai dengan ketentuan | sesuai ketentuan | sebagaimana \
     diatur dalam | ditetapkan dengan";

/// Words before the regulation that sets a price.
pub const BY_TARIFF: &str =
    "sesuai tarif | sesuai tarif dalam | sesuai tarif pada | berdasarkan tarif";

/// "Setelah berkas lengkap, 3 hari kerja": the same before a time, and a comma.
pub fn before_a_time<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let note = alt((start, ordinary)).parse_next(input)?;
    opt(word_of(", | : | \n")).parse_next(input)?;
    Ok(note)
}

/// "sejak berkas dinyatakan lengkap dan valid", "setelah pembayaran".
fn start<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    one_of(
        "sejak | semenjak | setelah | sesudah | usai | terhitung | terhitung sejak | \
     terhitung setelah | terhitung mulai | terhitung dari | dihitung sejak | dihitung \
     setelah | dihitung mulai | dihitung dari | dari | dari saat | sejak saat | sejak \
     tanggal",
    )
    .parse_next(input)?;
    let joints = || repeat(0.., word_of(JOINTS).void()).map(|()| ());
    let known = || alt((word_of(THINGS), word_of(EVENTS)));
    repeat(1.., (joints(), known()).void()).map(|()| ()).parse_next(input)?;
    Ok(taken(whole, input))
}

/// Things that come to an office, and people in it.
const THINGS: &str = "\
    berkas | berkasnya | dokumen | dokumennya | permohonan | persyaratan | syarat | \
     pengajuan | pendaftaran | pembayaran | data | formulir | surat | laporan | pengaduan \
     | administrasi | teknis | petugas | loket | pemohon | verifikasi | validasi | \
     pemeriksaan | persetujuan | perekaman | pelunasan | retribusi | bukti | kelengkapan \
     | rekomendasi | survei | survey | pnbp";

/// Things that happen to them.
const EVENTS: &str = "\
    dinyatakan | diterima | diterimanya | masuk | lengkap | lengkapnya | valid | benar | \
     sah | lunas | selesai | disetujui | diverifikasi | divalidasi | terverifikasi | \
     dibayar | diajukan | terpenuhi | dipenuhi | dilengkapi | memenuhi | lolos | \
     dilakukan";

const JOINTS: &str = "dan | serta | & | / | secara | oleh | di | yang | telah | sudah | semua | seluruh | tanggal \
     | tgl | saat";

/// "jika tidak ada kendala", "apabila sistem tidak terganggu", "bila berkas lengkap": the ordinary
/// course of things. A condition that holds only for some is a case, not this.
fn ordinary<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    if let Some(words) = attempt(one_of(NORMAL), input) {
        return Ok(words);
    }
    one_of(
        "apabila | bila | bilamana | jika | kalau | jikalau | asal | asalkan | selama | \
     sepanjang | dengan catatan | dengan catatan : | dengan kondisi | dengan syarat | \
     dalam kondisi | dalam keadaan | kondisi",
    )
    .parse_next(input)?;
    let joint = word_of("dan | serta | ,");
    let _: Vec<()> = separated(1.., alt((no_trouble, all_well)), joint).parse_next(input)?;
    Ok(taken(whole, input))
}

const NORMAL: &str = "\
    kondisi normal | dalam kondisi normal | dalam keadaan normal | pada kondisi normal | keadaan normal";

const SYSTEMS: &str = "\
    sistem | system | server | jaringan | internet | aplikasi | listrik | koneksi | \
     sinyal | cuaca | blangko | blanko | pejabat | penandatangan | kondisi | keadaan | \
     pusat | online | berwenang | oss | kepala | dinas | pimpinan | lurah | camat";

const TROUBLES: &str = "\
    kendala | gangguan | hambatan | masalah | permasalahan | antrian | antrean | error | \
     kesalahan | perbaikan | kekurangan | pemadaman";

/// "tidak ada gangguan jaringan", "jaringan tidak terganggu".
fn no_trouble(input: &mut Tokens) -> Read<()> {
    let none = one_of(
        "tidak ada | tidak terdapat | tidak terjadi | tidak mengalami | tanpa | tdk ada | tak \
     ada | tidak ditemukan",
    );
    let broken = one_of(
        "tidak terganggu | tidak error | tidak offline | tidak down | tidak bermasalah | \
     tidak terkendala",
    );
    let joint = || opt(word_of("/ | dan | atau"));
    let qualities = || repeat(0.., (joint(), word_of(SYSTEMS)).void()).map(|()| ());
    let troubles = || {
        let thing = alt((word_of(SYSTEMS), word_of(THINGS)));
        let more = repeat(0.., (joint(), thing).void()).map(|()| ());
        (word_of(TROUBLES), opt((word_of("/ | atau | dan"), word_of(TROUBLES))), more)
    };
    alt((
        (alt((none, one_of("bebas"))), troubles()).void(),
        (word_of(SYSTEMS), qualities(), broken).void(),
        (word_of(SYSTEMS), qualities(), one_of("tidak ada | tidak mengalami"), troubles()).void(),
    ))
    .parse_next(input)
}

/// "jaringan stabil", "berkas sudah lengkap dan benar".
fn all_well(input: &mut Tokens) -> Read<()> {
    let subject = || alt((word_of(SYSTEMS), word_of(THINGS)));
    let good = || {
        let well = word_of(
            "stabil | lancar | normal | baik | aktif | tersedia | online | hadir | lengkap | \
     benar | valid | sah | terpenuhi | lunas | memenuhi | siap",
        );
        (well, opt(one_of("syarat | persyaratan | di tempat")))
    };
    let there = alt((good().void(), one_of("ada di tempat | ada ditempat | ada").void()));
    let more = repeat(0.., (word_of("dan | serta | & | /"), good()).void()).map(|()| ());
    let is = repeat(
        0..,
        word_of("sudah | telah | dinyatakan | dalam | keadaan | kondisi | secara | dan | /"),
    );
    let subjects = repeat(1.., subject().void()).map(|()| ());
    let is = is.map(|()| ());
    (subjects, is, there, more).void().parse_next(input)
}

/// "untuk semua pemohon" restricts nothing.
fn for_all<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    (
        one_of("untuk | bagi"),
        one_of("semua | seluruh"),
        one_of(
            "pemohon | masyarakat | warga | pengguna | pengguna layanan | layanan | jenis layanan \
     | jenis pelayanan | pelayanan | pasien | pengunjung | kalangan | orang",
        ),
    )
        .parse_next(input)?;
    Ok(taken(whole, input))
}

fn basis_of_time<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    one_of(
        "sesuai sop | sesuai standar \
     pelayanan | sesuai ketentuan | sesuai ketentuan yang berlaku | sesuai peraturan yang \
     berlaku | dapat ditunggu | bisa ditunggu | ditunggu | langsung jadi | langsung \
     selesai",
    )
    .parse_next(input)
}

fn by_the_rules<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    one_of(
        "sesuai ketentuan | sesuai ketentuan yang berlaku | sesuai peraturan \
     yang berlaku | sesuai ketentuan peraturan yang berlaku | sesuai ketentuan peraturan \
     perundang - undangan | sesuai ketentuan peraturan perundang - undangan yang berlaku \
     | sesuai peraturan perundang - undangan | sesuai peraturan perundang - undangan yang \
     berlaku",
    )
    .parse_next(input)
}
