//! The heading of a list that stands within its cell.

/// Headings of lists, which are no items of them: letters only.
const HEADINGS: &[&str] = &[
    "alur",
    "berkas",
    "berkaspersyaratan",
    "dasarhukum",
    "dokumenpersyaratan",
    "fasilitas",
    "kelengkapan",
    "kelengkapanberkas",
    "langkahlangkah",
    "mekanisme",
    "mekanismedanprosedur",
    "persyaratan",
    "persyaratanadministrasi",
    "persyaratanlayanan",
    "persyaratanpelayanan",
    "procedure",
    "produklayanan",
    "prosedur",
    "requirements",
    "sistemmekanismedanprosedur",
    "syarat",
    "syaratdanketentuan",
    "syaratsyarat",
];

/// The items without the heading before the first: "Persyaratan: 1. KTP 2. KK". One alone stays:
/// nobody knows what it heads.
pub fn without_heading(mut items: Vec<String>) -> Vec<String> {
    let Some(first) = items.first_mut() else { return items };
    let is_heading = |text: &str| {
        let letters = text.chars().filter(|sign| sign.is_alphanumeric());
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        HEADINGS.contains(&letters.as_str())
    };
    let behind = first.split_once(':').filter(|(heading, _)| is_heading(heading));
    match behind.map(|(_, item)| item.trim().to_owned()) {
        Some(item) if !item.is_empty() => *first = item,
        _ if items.len() > 1 && is_heading(&items[0]) => drop(items.remove(0)),
        _ => {}
    }
    items
}
