//! The documents that a requirement names, and those that a service gives, as words that compare.

use mpp_api::registry::Service;

use crate::{
    model::likeness::{Likeness, Portrait, Title, likeness},
    search::{documents, is_act, telling, worded},
};

/// Stems that say how a document is brought, who it is for or that it is one, but not which.
const PAPERS: [&str; 21] = [
    "asli",
    "bawa",
    "berkas",
    "catat",
    "copy",
    "dokumen",
    "fotokopi",
    "kutip",
    "laku",
    "legalisasi",
    "lembar",
    "lengkap",
    "milik",
    "mohon",
    "rangkap",
    "salin",
    "sangkut",
    "scan",
    "serah",
    "surat",
    "terang",
];

/// Words by which a requirement asks for something that no service gives: "belum menikah" is no
/// marriage, and an old card does not come from where one gets a new one.
const DENIALS: [&str; 6] = ["belum", "bukan", "lama", "selain", "tanpa", "tidak"];

/// Documents beside those that have a short name: what both texts say must be one of either.
const DOCUMENTS: [&str; 3] = ["akta", "buku", "paspor"];

/// Words for people whose document it is: somebody else's document is no step for the applicant.
const OTHERS: [&str; 8] = ["ayah", "ibu", "istri", "kuasa", "saksi", "suami", "tua", "wali"];

/// The documents of a requirement; empty if it names none of the applicant's, or denies something.
pub fn named(text: &str) -> Vec<Portrait> {
    let pieces = worded(text);
    let is_none_of_theirs = |word: &str| DENIALS.contains(&word) || OTHERS.contains(&word);
    if pieces.iter().flatten().any(|word| is_none_of_theirs(word)) {
        return Vec::new();
    }
    let titles = pieces.iter().map(|piece| telling_words(&piece.join(" ")));
    let titles = titles.filter(|title| !title.is_empty());
    titles.map(|title| called(title, Vec::new())).collect()
}

/// What a service gives. The keywords and the product of one that does an act to a document say
/// less than its title: "KTP hilang" gives a KTP, and is not where one comes from.
pub fn given(service: &Service) -> Portrait {
    let title = service.title.as_ref().map(|title| telling_words(&title.id)).unwrap_or_default();
    let acts = title.keys().any(|word| is_act(word));
    let also = service.keywords.iter().chain([&service.product]).map(|text| telling_words(text));
    let keywords = if acts { Vec::new() } else { also.filter(|words| !words.is_empty()).collect() };
    called(title, keywords)
}

fn called(title: Title, keywords: Vec<Title>) -> Portrait {
    let all = title.keys().chain(keywords.iter().flat_map(Title::keys));
    Portrait {
        documents: documents(title.keys()),
        all_documents: documents(all),
        title,
        keywords,
        ..Portrait::default()
    }
}

/// How far a service gives a document; not at all if nothing that both say is the name of one.
pub fn alike(document: &Portrait, given: &Portrait) -> Likeness {
    let found = likeness(document, given);
    let words = found.reasons.iter().flat_map(|reason| &reason.words);
    let is_named = !documents(words.clone()).is_empty()
        || words.into_iter().any(|word| DOCUMENTS.contains(&word.as_str()));
    if is_named { found } else { Likeness::default() }
}

/// The words of a document by which to search for the services that give it.
pub fn question(document: &Portrait) -> String {
    document.title.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn telling_words(text: &str) -> Title {
    let mut words = telling(text);
    let is_number = |word: &str| word.bytes().next().is_some_and(|first| first.is_ascii_digit());
    words.retain(|word, _| !PAPERS.contains(&word.as_str()) && !is_number(word));
    words
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;
    use crate::Policy;

    fn titled(title: &str, product: &str) -> Portrait {
        let title = Some(LocalizedText { id: title.into(), en: String::new() });
        given(&Service { title, product: product.into(), ..Service::default() })
    }

    /// Whether a requirement of one document names what a service gives.
    fn names(text: &str, title: &str, product: &str) -> bool {
        let named = named(text);
        let [document] = named.as_slice() else { return false };
        let percent = alike(document, &titled(title, product)).percent;
        percent >= Policy::default().suggest_least_percent
    }

    #[test]
    fn a_copy_of_a_document_names_the_service_that_gives_it() {
        for text in
            ["Fotokopi KK", "Kartu Keluarga asli", "fc. KK pemohon (2 lembar)", "Salinan KK"]
        {
            assert!(names(text, "Penerbitan Kartu Keluarga Baru", ""), "{text}");
        }
        let birth = "Pencatatan kelahiran dan penerbitan kutipan akta kelahiran";
        assert!(names("Fotokopi akta kelahiran", birth, ""));
        assert!(names("Kutipan Akta Kelahiran asli", "Kelahiran", "Kutipan akta kelahiran"));
        assert!(names("SKCK yang masih berlaku", "Surat Keterangan Catatan Kepolisian", "SKCK"));
        assert!(names("NPWP", "Pendaftaran NPWP orang pribadi", "Kartu NPWP"));
    }

    #[test]
    fn nothing_is_named_that_no_service_gives() {
        assert!(!names("Surat pengantar RT", "Surat pengantar SKCK", "Surat pengantar"));
        assert!(!names("Surat keterangan belum menikah", "Pendaftaran nikah", "Buku nikah"));
        assert!(!names("Surat keterangan sehat", "Surat keterangan pindah", "Surat keterangan"));
        assert!(!names("Pas foto 4x6", "Kartu Identitas Anak", "KIA"));
        assert!(!names("Nomor ponsel aktif", "Aktivasi NPWP orang pribadi", "NPWP"));
        assert!(!names("Data atau akta perubahan", "Perubahan data peserta", ""));
        assert!(!names("Paspor lama", "Paspor baru", "Paspor"));
        assert!(!names("Mengisi formulir", "Penerbitan Kartu Keluarga Baru", "KK"));
    }

    #[test]
    fn a_document_comes_from_where_it_is_issued_first() {
        assert!(names("KTP-el", "Penerbitan KTP elektronik baru", "KTP-el"));
        assert!(!names("KTP-el", "Penggantian KTP-el hilang atau rusak", "KTP-el"));
        assert!(!names("KK", "Penambahan anggota keluarga dalam Kartu Keluarga", "KK"));
        assert!(!names("KTP orang tua", "Penerbitan KTP elektronik baru", "KTP-el"), "another's");
    }

    #[test]
    fn each_document_of_a_list_is_one() {
        assert_eq!(named("KTP, KK dan akta kelahiran").len(), 3);
        assert!(named("Surat keterangan asli").is_empty());
    }
}
