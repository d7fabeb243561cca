//! Indonesian texts of real catalogs: fees, times, numbered lists, HTML.
//!
//! Everything keeps the source's words. What cannot be read is marked as unparsed; nothing is
//! guessed.

use serde_json::{Value, json};

/// A fee from a text such as "Rp50.000,-", "GRATIS" or "Sesuai Perda".
pub fn rupiah(text: &str) -> Value {
    let words = squeeze(text);
    let lower = words.to_lowercase();
    let amounts = amounts(&lower);
    let (kind, amount, max) = match amounts.as_deref() {
        Some([]) if is_free(&lower) => ("FREE", 0, 0),
        Some([]) if is_local_regulation(&lower) => ("LOCAL_REGULATION", 0, 0),
        Some([0]) => ("FREE", 0, 0),
        Some([amount]) if is_only_amount(&lower) => ("FIXED", *amount, 0),
        Some([low, high]) if low < high && is_only_amount(&lower) => ("RANGE", *low, *high),
        _ => ("UNPARSED", 0, 0),
    };
    json!({ "kind": kind, "amount_rupiah": amount, "max_rupiah": max, "source_text": words })
}

fn is_free(lower: &str) -> bool {
    [
        "gratis",
        "tidak dipungut",
        "tanpa biaya",
        "bebas biaya",
        "tidak ada biaya",
        "nihil",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

fn is_local_regulation(lower: &str) -> bool {
    [
        "perda",
        "peraturan daerah",
        "perbup",
        "perwali",
        "retribusi daerah",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// True where nothing but amounts and the words of a range stand in the text: a further word may
/// be a condition ("per meter", "per tahun") that the amount alone would hide.
fn is_only_amount(lower: &str) -> bool {
    lower
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .all(|word| {
            matches!(
                word,
                "rp" | "idr" | "rupiah" | "s" | "d" | "sd" | "sampai" | "dengan" | "hingga"
            )
        })
}

/// The amounts of a text in whole rupiah; `None` where a number is not one ("1,5 juta").
fn amounts(lower: &str) -> Option<Vec<i64>> {
    if ["juta", "ribu", "%", "persen"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return None;
    }
    lower
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map(|number| number.trim_matches(['.', ',']))
        .filter(|number| !number.is_empty())
        .map(amount)
        .collect()
}

/// "50.000", "50000" or "50.000,00": dots part thousands, a comma parts cents of zero.
fn amount(number: &str) -> Option<i64> {
    let whole = match number.split_once(',') {
        Some((whole, cents)) if cents.bytes().all(|cent| cent == b'0') => whole,
        Some(_) => return None,
        None => number,
    };
    let mut groups = whole.split('.');
    let first = groups.next().filter(|group| !group.is_empty())?;
    let rest: Vec<&str> = groups.collect();
    let well_grouped =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() <= 3);
    let digits = std::iter::once(first).chain(rest).collect::<String>();
    digits
        .parse()
        .ok()
        .filter(|_| well_grouped && digits.len() <= 15)
}

/// A time from a text such as "Maksimal 20 (dua puluh) hari" or "1 x 24 jam".
///
/// Plain "hari" is a calendar day, as in the national catalog's own list of units, which keeps
/// "hari kerja" beside it. Months and mixed units are left unparsed.
pub fn service_time(text: &str) -> Value {
    let words = squeeze(text);
    let lower = without_brackets(&words.to_lowercase());
    let at_most = [
        "maksimal",
        "paling lama",
        "selambat",
        "paling lambat",
        "maks",
    ]
    .iter()
    .any(|word| lower.contains(word));
    match time(&lower) {
        Some((value, unit)) => {
            json!({ "value": value, "unit": unit, "at_most": at_most, "source_text": words })
        }
        None => json!({ "value": 0, "unit": "UNPARSED", "at_most": at_most, "source_text": words }),
    }
}

fn time(lower: &str) -> Option<(i64, &'static str)> {
    let tokens: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    let tokens = tokens.as_slice();
    let numbers: Vec<i64> = tokens
        .iter()
        .filter_map(|token| token.parse().ok())
        .collect();
    let glued = tokens.iter().any(|token| {
        token.bytes().any(|byte| byte.is_ascii_digit())
            && token.parse::<i64>().is_err()
            && *token != "1x24"
    });
    let unit = unit(tokens)?;
    match (numbers.as_slice(), unit) {
        ([24], "HOURS") if tokens.contains(&"1x24") => Some((24, "HOURS")),
        ([], "HOURS") if tokens.contains(&"1x24") => Some((24, "HOURS")),
        ([times, 24], "HOURS") if tokens.contains(&"x") => Some((times * 24, "HOURS")),
        ([value], "WEEKS") if !glued => Some((value * 7, "CALENDAR_DAYS")),
        ([value], unit) if !glued && *value > 0 && unit != "WEEKS" => Some((*value, unit)),
        _ => None,
    }
}

/// The one unit of a text; `None` where there is none or more than one.
fn unit(tokens: &[&str]) -> Option<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).copied().unwrap_or_default();
        match *token {
            "menit" => found.push("MINUTES"),
            "jam" if next != "kerja" => found.push("HOURS"),
            "hari" if next == "kerja" => found.push("WORKING_DAYS"),
            "hari" => found.push("CALENDAR_DAYS"),
            "minggu" => found.push("WEEKS"),
            "jam" | "bulan" | "tahun" | "detik" => return None,
            _ => {}
        }
    }
    match found.as_slice() {
        [unit] => Some(unit),
        _ => None,
    }
}

/// Drops what stands in round brackets: the number in words.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// The items of a numbered, lettered or bulleted list, one a line or run together with numbers.
pub fn list_items(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| line.split(';'))
        .map(|line| squeeze(without_marker(line.trim())))
        .filter(|line| !line.is_empty())
        .collect()
}

/// "1. ", "2) ", "a. ", "- ", "• " before an item.
fn without_marker(line: &str) -> &str {
    let bullet = line.trim_start_matches(['-', '•', '*', '–']);
    if bullet.len() < line.len() {
        return bullet.trim_start();
    }
    let Some(end) = line.find(['.', ')']) else {
        return line;
    };
    let (marker, rest) = (&line[..end], &line[end + 1..]);
    let numbered =
        !marker.is_empty() && marker.len() <= 3 && marker.bytes().all(|b| b.is_ascii_digit());
    let lettered = marker.len() == 1 && marker.bytes().all(|b| b.is_ascii_lowercase());
    let spaced = rest.is_empty() || rest.starts_with(char::is_whitespace);
    if (numbered || lettered) && spaced {
        rest.trim_start()
    } else {
        line
    }
}

/// The text of an HTML fragment: blocks become lines, entities characters, the rest goes.
pub fn html_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        if !rest[start + 1..].starts_with(|c: char| c == '/' || c == '!' || c.is_ascii_alphabetic())
        {
            text.push('<'); // "usia < 17" is a text, not a tag.
            rest = &rest[start + 1..];
            continue;
        }
        let Some(end) = rest[start..].find('>') else {
            text.push_str(&rest[start..]);
            rest = "";
            break;
        };
        let tag = rest[start + 1..start + end]
            .trim_start_matches('/')
            .to_lowercase();
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        rest = &rest[start + end + 1..];
        match name.as_str() {
            "script" | "style" => rest = after_element(rest, &name),
            "br" | "p" | "li" | "div" | "tr" | "ol" | "ul" | "h1" | "h2" | "h3" | "table" => {
                text.push('\n')
            }
            _ => {}
        }
    }
    text.push_str(rest);
    let lines = entities(&text);
    lines
        .lines()
        .map(squeeze)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn after_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let Some(at) = rest.to_ascii_lowercase().find(&end) else {
        return "";
    };
    rest[at..]
        .find('>')
        .map_or("", |close| &rest[at + close + 1..])
}

fn entities(text: &str) -> String {
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// One blank between words, none at the ends.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fees_are_read_as_officers_write_them() {
        let table = [
            ("GRATIS", "FREE", 0, 0),
            ("Rp. 0,-", "FREE", 0, 0),
            ("Tidak dipungut biaya", "FREE", 0, 0),
            ("Rp30.000", "FIXED", 30_000, 0),
            ("Rp. 350.000,-", "FIXED", 350_000, 0),
            ("Rp 50.000,00", "FIXED", 50_000, 0),
            ("50000", "FIXED", 50_000, 0),
            ("Rp100.000 s.d. Rp200.000", "RANGE", 100_000, 200_000),
            ("Rp100.000 - Rp200.000", "RANGE", 100_000, 200_000),
            ("Sesuai Perda", "LOCAL_REGULATION", 0, 0),
        ];
        for (text, kind, amount, max) in table {
            let fee = rupiah(text);
            assert_eq!(fee["kind"], kind, "{text}");
            assert_eq!(
                (&fee["amount_rupiah"], &fee["max_rupiah"]),
                (&json!(amount), &json!(max)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_fee_with_a_condition_is_kept_and_not_guessed() {
        for text in [
            "Sesuai tarif PNBP",
            "Rp1,5 juta",
            "Rp5.000 per meter",
            "2% dari NJOP",
            "Rp1.00",
            "",
        ] {
            let fee = rupiah(text);
            assert_eq!(fee["kind"], "UNPARSED", "{text}");
            assert_eq!(fee["source_text"], text);
        }
    }

    #[test]
    fn times_are_read_beside_their_words() {
        let table = [
            ("Maksimal 20 (dua puluh) hari", 20, "CALENDAR_DAYS", true),
            ("3 (tiga) hari kerja", 3, "WORKING_DAYS", false),
            (
                "paling lama 14 (empat belas) Hari Kerja",
                14,
                "WORKING_DAYS",
                true,
            ),
            ("15 menit", 15, "MINUTES", false),
            ("1 x 24 jam", 24, "HOURS", false),
            ("1x24 jam", 24, "HOURS", false),
            ("2 jam", 2, "HOURS", false),
            ("1 minggu", 7, "CALENDAR_DAYS", false),
        ];
        for (text, value, unit, at_most) in table {
            let time = service_time(text);
            assert_eq!(
                (&time["value"], &time["unit"]),
                (&json!(value), &json!(unit)),
                "{text}"
            );
            assert_eq!(time["at_most"], at_most, "{text}");
        }
    }

    #[test]
    fn a_time_that_says_two_things_is_kept_and_not_guessed() {
        for text in [
            "1 hari sampai 2 minggu",
            "3 bulan",
            "sesuai antrean",
            "2-3 hari",
            "1 jam 30 menit",
            "3hari",
        ] {
            assert_eq!(service_time(text)["unit"], "UNPARSED", "{text}");
        }
    }

    #[test]
    fn lists_lose_their_markers_and_nothing_else() {
        let items = list_items(
            "1. KTP asli\n2) Surat pengantar RT 05. RW 02\n- a. Fotokopi KK; b. Pas foto\n\n",
        );
        assert_eq!(
            items,
            [
                "KTP asli",
                "Surat pengantar RT 05. RW 02",
                "a. Fotokopi KK",
                "Pas foto"
            ]
        );
    }

    #[test]
    fn html_becomes_text() {
        let text = html_text(
            "<p>Syarat&nbsp;:</p><ul><li>KTP &amp; KK</li><li>Usia < 17</li></ul><script>x</script>",
        );
        assert_eq!(text, "Syarat :\nKTP & KK\nUsia < 17");
        assert_eq!(html_text("usia 5 < 17 tahun"), "usia 5 < 17 tahun");
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_none_makes_us_panic(text in ".{0,300}") {
            let fee = rupiah(&text);
            prop_assert_eq!(fee["source_text"].as_str().unwrap(), squeeze(&text));
            service_time(&text);
            list_items(&text);
            html_text(&text);
        }

        #[test]
        fn an_amount_is_read_back_as_it_is_written(amount in 1i64..1_000_000_000_000) {
            let digits = amount.to_string();
            let grouped = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect::<Vec<_>>().join(".");
            prop_assert_eq!(&rupiah(&format!("Rp{grouped},-"))["amount_rupiah"], &json!(amount));
        }
    }
}
