//! Whether a service is served, as catalogs say it in a column of single words.

use super::words_of;

const ACTIVE: [&str; 12] = [
    "aktif", "active", "ya", "y", "yes", "1", "true", "buka", "dibuka", "open", "berlaku",
    "dilayani",
];
const INACTIVE: [&str; 19] = [
    "nonaktif",
    "non aktif",
    "tidak aktif",
    "tdk aktif",
    "inaktif",
    "inactive",
    "not active",
    "tidak",
    "n",
    "no",
    "0",
    "false",
    "tutup",
    "ditutup",
    "closed",
    "tidak berlaku",
    "tidak dilayani",
    "dihentikan",
    "dinonaktifkan",
];

/// Whether the service is served; `None` if the words say neither.
pub fn is_served(text: &str) -> Option<bool> {
    let words = words_of(text);
    let is_one_of = |list: &[&str]| list.contains(&words.as_str());
    match (is_one_of(&ACTIVE), is_one_of(&INACTIVE)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_neither_is_not_read() {
        for text in ["Aktif", " AKTIF ", "1", "Ya", "TRUE", "Dibuka"] {
            assert_eq!(is_served(text), Some(true), "{text}");
        }
        for text in ["Non-Aktif", "non aktif", "Tidak  Aktif", "0", "tidak_aktif", "Ditutup"] {
            assert_eq!(is_served(text), Some(false), "{text}");
        }
        for text in ["", "draft", "aktif kecuali Jumat", "belum aktif", "2", "t", "aktif?", "-"] {
            assert_eq!(is_served(text), None, "{text}");
        }
    }
}
