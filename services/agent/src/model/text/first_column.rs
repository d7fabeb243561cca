//! The numbers of a table's first column, as a list that was copied from one still has them: in a
//! line of their own, or before a tab. Written as numbers of a list ("1."), they are read as such;
//! numbers that do not run from 1 on are content, and so are those before a mere blank, which may
//! be amounts: "1 meterai", "2 foto", "3 amplop".

/// Numbers have at most so many digits.
const DIGITS: usize = 3;

/// The text with a dot behind each number of a first column, and without that column's heading.
pub fn with_dots(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let dotted = [before_tabs, alone].iter().find_map(|read| read(&lines));
    dotted.map_or_else(|| text.to_owned(), |lines| lines.join("\n"))
}

/// "1\tKTP".
fn before_tabs(lines: &[&str]) -> Option<Vec<String>> {
    let numbered = |line: &&str| line.split_once('\t').and_then(|(first, _)| number(first));
    runs(lines.iter().filter_map(numbered))?;
    let is_heading = |line: &str| line.split_once('\t').is_some_and(|(first, _)| is_title(first));
    let below = match lines {
        [heading, below @ ..] if is_heading(heading) => below,
        all => all,
    };
    let dotted = |line: &&str| match line.split_once('\t').filter(|_| numbered(line).is_some()) {
        Some((first, rest)) => format!("{} {rest}", dot(first)),
        None => (*line).to_owned(),
    };
    Some(below.iter().map(dotted).collect())
}

/// Each number in its line, what it numbers below it.
fn alone(lines: &[&str]) -> Option<Vec<String>> {
    let is_numbered = |pair: &[&str]| number(pair[0]).is_none() || number(pair[1]).is_none();
    let begins = lines.first().is_some_and(|first| number(first).is_some());
    let numbers = lines.iter().filter_map(|line| number(line));
    runs(numbers).filter(|()| begins && lines.windows(2).all(is_numbered))?;
    lines.last().filter(|last| number(last).is_none())?;
    let dotted = |line: &&str| number(line).map_or_else(|| (*line).to_owned(), |_| dot(line));
    Some(lines.iter().map(dotted).collect())
}

/// Whether the numbers run 1, 2, 3; one alone runs nowhere.
fn runs(numbers: impl Iterator<Item = u32>) -> Option<()> {
    let mut count = 0;
    for number in numbers {
        count += 1;
        (number == count).then_some(())?;
    }
    (count >= 2).then_some(())
}

/// The number that a cell holds, and nothing else.
pub fn number(cell: &str) -> Option<u32> {
    let digits = cell.trim().trim_end_matches('.');
    let is_one = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_one.then(|| digits.parse().ok())?
}

/// The heading of such a column.
pub fn is_title(cell: &str) -> bool {
    let letters = cell.trim().trim_end_matches('.').to_lowercase();
    ["no", "nomor", "#", "no urut"].contains(&letters.as_str())
}

fn dot(number: &str) -> String {
    format!("{}.", number.trim().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::super::list_items;

    #[test]
    fn numbers_of_a_first_column_are_no_items() {
        for (text, items) in [
            ("1\tKTP\n2\tKK\n3\tPas foto", "KTP | KK | Pas foto"),
            ("No\tPersyaratan\n1\tKTP\n2\tKK", "KTP | KK"),
            ("1\nKTP\n2\nKK", "KTP | KK"),
            ("1\nSurat keterangan\ndari lurah\n2\nKK", "Surat keterangan dari lurah | KK"),
            (
                "<table><tr><td>1</td><td>KTP</td></tr><tr><td>2</td><td>KK</td></tr></table>",
                "KTP | KK",
            ),
            (
                "<table><tr><th>No.</th><th>Syarat</th></tr><tr><td><p>1</p></td><td><p>KTP</p></td></tr>\
                 <tr><td><p>2</p></td><td><p>KK</p></td></tr></table>",
                "KTP | KK",
            ),
            ("<table><tr><td>1<td>KTP<tr><td>2<td>KK</table>", "KTP | KK"),
        ] {
            assert_eq!(list_items(text).join(" | "), items, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_content() {
        for (text, items) in [
            ("2 lembar foto\n3 lembar materai", "2 lembar foto | 3 lembar materai"),
            (
                "1 lembar KTP\n2 lembar foto\n3 lembar KK",
                "1 lembar KTP | 2 lembar foto | 3 lembar KK",
            ),
            ("1 lembar KTP\n2 map\n3 foto", "1 lembar KTP | 2 map | 3 foto"),
            ("1 KTP\n2 foto", "1 KTP | 2 foto"),
            ("1 meterai\n2 foto\n3 amplop", "1 meterai | 2 foto | 3 amplop"),
            ("110\n112", "110 | 112"),
            ("1\n2\n3", "1 | 2 | 3"),
            (
                "<table><tr><td>2</td><td>foto</td></tr><tr><td>4</td><td>materai</td></tr></table>",
                "2 foto | 4 materai",
            ),
        ] {
            assert_eq!(list_items(text).join(" | "), items, "{text}");
        }
    }
}
