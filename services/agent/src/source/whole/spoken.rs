//! Names of fields next to a page's rows that do not announce further rows: those that describe a
//! catalog, its keeper, a request or an answer.

/// Texts that describe.
const TEXTS: &str = " title judul nama name names label display deskripsi description desc uraian abstract \
    abstrak summary ringkasan keterangan catatan note notes info information informasi about tentang help \
    bantuan doc docs documentation dokumentasi license licence lisensi rights hak publisher penerbit creator \
    author authors penyusun pembuat sumber source instansi opd dinas skpd organisasi organization agency \
    lembaga pemilik owner wilayah region provinsi kabupaten kab kota kecamatan daerah desa kelurahan id ids \
    uuid guid version versi ver schema skema type tipe kind jenis format bahasa language lang locale \
    timezone tz zona currency charset encoding content media mime tanggal date time waktu timestamp created \
    updated modified dibuat diperbarui published issued generated server host hostname env environment app \
    application aplikasi system sistem api endpoint path url uri href self link method request req trace \
    correlation transaction query q search cari filter filters sort order urut group params parameters param \
    parameter context base jsonapi odata tema theme category kategori tag tags keyword keywords frequency \
    frekuensi dasar hukum regulation peraturan perbup perda perwali slogan motto copyright icon logo image \
    website homepage crs srs spatial resource dataset collection geometry wkt hash checksum etag signature \
    digest runtime elapsed duration durasi execution slug object model table tabel draw echo layanan service \
    services dataset entity protocol feed dimension field at on by oleh pejabat alamat address email \
    telepon telp phone hp fax jam hari buka tutup pimpinan visi misi semboyan latitude longitude akses access \
    klasifikasi sifat periode tahun bulan kode rel templated tz user username role peran status_text \
    user_agent client session csrf token_type scope kepala jabatan nip pengelola penanggung jawab \
    kontributor moto profil facebook instagram twitter youtube whatsapp wa hotline maps peta banner foto gambar \
    icon color warna maintainer pemelihara narahubung cp sambutan alias singkatan abbreviation short ";
/// Texts that are remarks and may say anything of the data.
const REMARKS: &str = " keterangan catatan note notes info information informasi ";
/// Messages: they may say anything, and so only those of success are known.
const MESSAGES: &str = " message messages msg pesan detail details status state stat hasil result results \
    outcome response respon respons responsemessage statustext reason alasan relation availability \
    kelengkapan completeness remark remarks ket tampilan selesai done finished complete completed lengkap \
    utuh success successful sukses berhasil ok valid verdict keadaan coverage cakupan ";
const WARNINGS: &str =
    " warning warnings peringatan alert alerts perhatian caution danger deprecation awas ";
/// Marks of a place in the list, from which it may go on.
const MARKS: &str = " cursor continuation continue scroll bookmark resumption resume after marker mark tanda \
    penanda posisi position pos offset lanjut lanjutan kelanjutan lanjutkan pointer penunjuk checkpoint tail \
    since anchor ";
/// With one of `KEYS` these make a mark, too: "last_id".
const LASTS: &str = " last terakhir end akhir final max sampai until hingga evaluated ";
const KEYS: &str = " id ids key kunci kode hash seen row record item baris uuid nomor ";
/// Objects whose members describe somebody or something other than the list.
const ASIDE: &str = " instansi dinas opd skpd kontak contact alamat address organisasi organization agency \
    publisher author creator owner license lisensi params parameters parameter request query filter filters \
    config configuration settings server host sort crs srs properties jsonapi curies extensions cost throttle \
    profile jadwal schedule hours jam lokasi location geo koordinat spatial reference style styles theme tema \
    user session rate ratelimit limits quota kuota facets facet aggregations aggregation kategori categories \
    category tags counts pengunjung statistik stats statistics mall mpp shards shard debug metrics timing \
    timings performance bbox extent search form forms field profil actions template templates mapping queries \
    headers ";
/// Flags that say nothing of the list, whether they are true or not.
const FLAGS: &str = " first pertama empty sorted unsorted paged unpaged active aktif cached cache cacheable \
    debug public publik open terbuka authenticated authorized login logged verified terverifikasi enabled \
    secure pretty templated include included previous prev sebelumnya back deprecated maintenance test beta \
    production compressed gzip encrypted internal private locked archived featured readonly editable \
    connected terhubung ssl https required ";
/// Flags that are true in a good answer, and false in a bad one.
const RIGHT: &str = " success successful succeeded ok sukses berhasil valid status state result hasil \
    response exact batchcomplete exhaustive available tersedia ";
/// Flags that are false in a good answer, and true in a bad one.
const WRONG: &str = " error errors fail failed failure gagal estimated kesalahan galat exception invalid \
    timeout ";
/// Numbers that count nothing, beside those of [`super::others`].
const NUMBERS: &str = " draw echo secho qtime wkid srid from dari number nomor position took status state \
    success ok result ttl jsonrpc jumlah_hari index priority dpi port ";
/// Names for how many records came.
const HERE: &str = " n number num returned shown tampil ditampilkan displayed fetched dimuat loaded matched \
    filtered to sampai hingga showing here nhits numfound diterima terbaca rows size ukuran length ";
/// Codes of answers, as letters.
const ANSWERS: &str = " rc rcode rescode respcode responsecode resultcode returncode retcode statuscode \
    koderespon koderespons koderesponse koderesponden kodestatus kodehasil kodebalasan kodejawaban httpcode \
    httpstatus httpstatuscode errno errcode errorcode kodeerror kodekesalahan codestatus returnvalue \
    exitcode ";

/// The kinds of codes, by their names.
pub enum Code {
    /// The outcome of a request.
    Answer,
    /// The outcome of a request, or the code of a thing.
    Any,
    /// It is no code.
    None,
}

/// Whether a list of words holds one.
pub fn holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

fn any(list: &str, words: &[String]) -> bool {
    words.iter().any(|word| holds(list, word))
}

/// True for the name of a warning: something is wrong, in whatever words.
pub fn is_warning(name: &[String]) -> bool {
    any(WARNINGS, name)
}

/// True for the name of a message; its last word decides, so "status_layanan" is not one.
pub fn is_message(name: &[String]) -> bool {
    name.last().is_some_and(|last| holds(MESSAGES, last))
}

/// True for the name of a remark, which may say anything.
pub fn is_remark(name: &[String]) -> bool {
    any(REMARKS, name)
}

/// True for the relation of a link that leads to no further page: "rel": "self".
pub fn leads_elsewhere(name: &[String], said: &str) -> bool {
    let is_relation = name.last().is_some_and(|last| last == "rel" || last == "relation");
    is_relation && holds(ELSEWHERE, &said.trim().to_lowercase())
}

/// True for the name of a mark in the list; a postal code is not one.
pub fn is_mark(name: &[String]) -> bool {
    let is_postal = any("pos", name) && any("kode code", name);
    (any(MARKS, name) && !is_postal) || (any(LASTS, name) && any(KEYS, name))
}

/// True for the name of an offset: the number of records before the page.
pub fn is_offset(name: &[String]) -> bool {
    name == ["offset"] || name == ["skip"]
}

/// True for the name of a description.
pub fn is_text(name: &[String]) -> bool {
    any(TEXTS, name)
}

/// True for a path within an object that describes something other than the list.
pub fn is_aside(path: &[String]) -> bool {
    any(ASIDE, path)
}

/// True for the name of a number that counts nothing.
pub fn is_number(name: &[String]) -> bool {
    any(NUMBERS, name)
}

/// True for the name of a count of the records that came.
pub fn counts_here(name: &[String]) -> bool {
    any(HERE, name)
}

/// True for a flag whose value is known to tell neither of more nor of a fault.
pub fn is_flag(name: &[String], flag: bool) -> bool {
    let is_right = any(RIGHT, name) && flag;
    let is_wrong = any(WRONG, name) && !flag;
    is_right || is_wrong || (any(FLAGS, name) && !any(RIGHT, name) && !any(WRONG, name))
}

/// The kind of code that has this name.
pub fn code_name(name: &[String]) -> Code {
    let letters = name.concat();
    if holds(ANSWERS, &letters) {
        return Code::Answer;
    }
    if ["code", "kode"].contains(&letters.as_str()) { Code::Any } else { Code::None }
}

/// A flag as a text.
pub fn flag(said: &str) -> Option<bool> {
    match said.trim().to_lowercase().as_str() {
        "true" | "yes" | "ya" | "y" | "iya" | "benar" | "betul" => Some(true),
        "false" | "no" | "tidak" | "n" | "salah" | "bukan" => Some(false),
        _ => None,
    }
}

/// Relations of links that lead to no further page.
const ELSEWHERE: &str =
    " self first prev previous collection canonical alternate search item up describedby ";

/// Units of the time or bytes that an answer took.
const MEASURES: &str =
    " ms s sec secs detik seconds milliseconds us ns µs b kb mb gb kib mib gib bytes ";

/// True for a text that can be no mark: a moment, a version, a measure, a mail address.
pub fn is_plain_form(said: &str) -> bool {
    let said = said.trim();
    let is_moment = said.len() >= 8
        && said.starts_with(|sign: char| sign.is_ascii_digit())
        && said.contains([':', '-', '/'])
        && said.chars().all(|sign| sign.is_ascii_digit() || "-/:.+ TZWIBAwib,".contains(sign));
    let version = said.trim_start_matches(['v', 'V']);
    let is_version = version.contains('.')
        && version
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let is_measure = said
        .split_once(|sign: char| !sign.is_ascii_digit() && sign != '.')
        .is_some_and(|(number, _)| {
            let unit = said[number.len()..].trim().to_lowercase();
            !number.is_empty() && holds(MEASURES, &unit)
        });
    let is_mail = said.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    is_moment || is_version || is_measure || (is_mail && !said.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::whole::more::words;

    #[test]
    fn a_flag_is_known_by_its_name_and_its_value() {
        for (name, flag) in [
            ("success", true),
            ("isError", false),
            ("total_was_estimated", false),
            ("hasPreviousPage", true),
            ("hasPreviousPage", false),
            ("numFoundExact", true),
            ("empty", false),
        ] {
            assert!(is_flag(&words(name), flag), "{name} {flag}");
        }
        for (name, flag) in [
            ("masihAda", true),
            ("masihAda", false),
            ("penuh", false),
            ("total_was_estimated", true),
            ("numFoundExact", false),
            ("available", false),
        ] {
            assert!(!is_flag(&words(name), flag), "{name} {flag}");
        }
    }

    #[test]
    fn moments_versions_and_mail_are_no_marks() {
        for said in [
            "2026-11-28",
            "2026-11-28T10:00:00Z",
            "28/11/2026 10:00 WIB",
            "1.1",
            "v2.0.1",
            "a@b.go.id",
            "2MB",
            "0.12 s",
        ] {
            assert!(is_plain_form(said), "{said}");
        }
        for said in ["k-11", "00012", "eyJpZCI6MTJ9", "12", "-", "itrZk2Xb/recQ91"] {
            assert!(!is_plain_form(said), "{said}");
        }
    }
}
