//! Texts as real catalogs hold them: numbered lists, and HTML.

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
    if (numbered || lettered) && spaced { rest.trim_start() } else { line }
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
        let tag = rest[start + 1..start + end].trim_start_matches('/').to_lowercase();
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
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
    lines.lines().map(squeeze).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn after_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let Some(at) = rest.to_ascii_lowercase().find(&end) else {
        return "";
    };
    rest[at..].find('>').map_or("", |close| &rest[at + close + 1..])
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
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_lose_their_markers_and_nothing_else() {
        let items = list_items(
            "1. KTP asli\n2) Surat pengantar RT 05. RW 02\n- a. Fotokopi KK; b. Pas foto\n\n",
        );
        assert_eq!(
            items,
            ["KTP asli", "Surat pengantar RT 05. RW 02", "a. Fotokopi KK", "Pas foto"]
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
        fn no_text_makes_us_panic(text in ".{0,300}") {
            list_items(&text);
            html_text(&text);
        }
    }
}
