//! A cell of a sheet as the text that a person sees in it, as far as that is surely known: a number
//! format may hold the unit, the currency or the zeros of a code.

use calamine::{DataRef, ExcelDateTime, Style};

/// The text of a cell, or why it is not known.
pub fn text(value: &DataRef<'_>, style: Option<&Style>) -> Result<String, String> {
    let format = style.and_then(|style| style.number_format.as_ref());
    let format = format.map_or("General", |format| format.format_code.as_str());
    match value {
        DataRef::Int(number) => shown(&number.to_string(), format),
        DataRef::Float(number) if is_rounded(*number) => Err(format!(
            "the number {} has more than 15 digits, and a sheet keeps 15 of them: write it as text",
            plain(*number)
        )),
        DataRef::Float(number) => shown(&plain(*number), format),
        DataRef::String(text) => Ok(shown_text(unescaped(text), format)),
        DataRef::SharedString(text) => Ok(shown_text(unescaped(text), format)),
        DataRef::Bool(flag) => Ok(flag.to_string().to_uppercase()),
        DataRef::DateTime(at) => Ok(date(at)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::Error(error) => Ok(error.to_string()),
        DataRef::Empty => Ok(String::new()),
    }
}

/// "50000" and "1.5", never "5e4"; beyond what a sheet keeps exactly, as it was stored.
fn plain(number: f64) -> String {
    format!("{number}")
}

/// True for a whole number, such as a long code, of which the last digits may be lost.
fn is_rounded(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() >= 1e15
}

/// Undoes the way in which programs write a line's end within a cell.
fn unescaped(text: &str) -> String {
    text.replace("_x000D_", "").replace("_x000A_", "\n")
}

/// "2026-03-20", "2026-03-20 08:00" or "08:00".
fn date(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}");
    if at.is_duration() {
        // Hours go on beyond a day.
        let minutes = (at.as_f64() * 24.0 * 60.0).round() as i64;
        return format!("{:02}:{:02}", minutes / 60, minutes % 60);
    }
    match at.as_f64() {
        time_alone if time_alone < 1.0 => time,
        whole if whole.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

/// A number in its format: the words and the currency that the format adds belong to it.
fn shown(number: &str, format: &str) -> Result<String, String> {
    let all: Vec<String> = sections(format).collect();
    let parts: Vec<FormatParts> = all.iter().map(|section| FormatParts::of(section)).collect();
    let (chosen, digits) = section_of(number, all.len());
    let (part, has_words) = (&parts[chosen], parts.iter().any(FormatParts::has_words));
    let is_conditional = parts.iter().any(|part| part.is_conditional);
    if (is_conditional || part.is_scaled) && has_words || part.is_split {
        return Err(format!(
            "the number {number} is shown in the format '{format}', and what is seen then is not \
             surely known; write it as text"
        ));
    }
    let is_shown = !part.places.is_empty() || is_general(&all[chosen]) || format.is_empty();
    if !is_shown {
        // Words instead of the number, or nothing at all.
        return Ok(part.before.clone());
    }
    let digits = if part.is_percent { percent(digits)? } else { digits.to_owned() };
    let (minus, digits) = digits.strip_prefix('-').map_or(("", &*digits), |rest| ("-", rest));
    let width = if part.is_code() { part.places.len() } else { 0 };
    let digits = format!("{minus}{:0>width$}", part.rounded(digits));
    let sign = if part.is_percent { "%" } else { "" };
    Ok(format!("{}{digits}{sign}{}", part.before, part.after))
}

/// A text in a format: the fourth section may show words instead of it, or nothing.
fn shown_text(text: String, format: &str) -> String {
    let fourth = sections(format).nth(3).filter(|section| !section.contains('@'));
    fourth.map_or(text, |section| FormatParts::of(&section).before)
}

/// Which section shows a number, and the number as it stands in it: a section of its own for
/// negative numbers brings their sign, too.
fn section_of(number: &str, sections: usize) -> (usize, &str) {
    let value: f64 = number.parse().unwrap_or_default();
    match sections {
        0 | 1 => (0, number),
        _ if value < 0.0 => (1, number.trim_start_matches('-')),
        2 => (0, number),
        _ if value == 0.0 => (2, number),
        _ => (0, number),
    }
}

fn is_general(section: &str) -> bool {
    section.eq_ignore_ascii_case("general") || section == "@"
}

/// Hundredfold, by moving the point.
fn percent(number: &str) -> Result<String, String> {
    let value: f64 = number.parse().map_err(|_| format!("{number} is no number"))?;
    Ok(plain((value * 1e10).round() / 1e8))
}

/// The formats for positive numbers, for negative ones, for nothing.
fn sections(format: &str) -> impl Iterator<Item = String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        quoted ^= sign == '"';
        match sign {
            ';' if !quoted => all.push(String::new()),
            '\\' if !quoted => {
                all.last_mut().into_iter().for_each(|one| one.push(sign));
                let next = signs.next();
                all.last_mut().into_iter().for_each(|one| one.extend(next));
            }
            _ => all.last_mut().into_iter().for_each(|one| one.push(sign)),
        }
    }
    all.into_iter()
}

/// The parts of a format.
#[derive(Default)]
struct FormatParts {
    before: String,
    after: String,
    /// The signs that stand for digits.
    places: String,
    /// Shown in thousands, as a fraction or with an exponent.
    is_scaled: bool,
    is_percent: bool,
    /// Words stand between its digits.
    is_split: bool,
    /// Shown like this only for some numbers.
    is_conditional: bool,
    /// Shown with as many decimals as the number has.
    is_general: bool,
}

impl FormatParts {
    fn of(section: &str) -> Self {
        let mut parts = Self::default();
        if is_general(section) {
            return parts;
        }
        let mut signs = section.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '"' => {
                    let words: String = signs.by_ref().take_while(|sign| *sign != '"').collect();
                    parts.say(&words);
                }
                '\\' => signs.next().into_iter().for_each(|sign| parts.say(&sign.to_string())),
                // Room for a sign, and a sign that fills the cell.
                '_' | '*' => drop(signs.next()),
                '[' => {
                    let code: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                    // "[$Rp-421]" names a currency, "[Red]" says nothing.
                    parts.is_conditional |= code.starts_with(['<', '>', '=']);
                    let currency = code.strip_prefix('$').map(|code| code.split('-').next());
                    currency.flatten().into_iter().for_each(|currency| parts.say(currency));
                }
                '0' | '#' | '?' | '.' => parts.place(sign),
                ',' => parts.is_scaled |= !parts.places.is_empty() && ends_places(&mut signs),
                '%' => parts.is_percent = true,
                'E' | 'e' | '/' => parts.is_scaled = true,
                'G' if signs.clone().take(6).eq("eneral".chars()) => {
                    signs.by_ref().take(6).for_each(drop);
                    parts.is_general = true;
                    parts.place('#');
                }
                other => parts.say(&other.to_string()),
            }
        }
        parts
    }

    fn has_words(&self) -> bool {
        [&self.before, &self.after].iter().any(|text| !text.trim().is_empty())
    }

    /// A number with as many decimals as are seen.
    fn rounded(&self, number: &str) -> String {
        let (Ok(value), false) = (number.parse::<f64>(), self.places.is_empty()) else {
            return number.to_owned();
        };
        let decimals = self.places.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        match number.split_once('.') {
            Some((_, stored)) if stored.len() > decimals && !self.is_general => {
                format!("{value:.decimals$}")
            }
            _ => number.to_owned(),
        }
    }

    /// "000" shows a code with its zeros.
    fn is_code(&self) -> bool {
        !self.places.is_empty() && self.places.chars().all(|sign| sign == '0')
    }

    fn say(&mut self, words: &str) {
        let side = if self.places.is_empty() { &mut self.before } else { &mut self.after };
        side.push_str(words);
    }

    fn place(&mut self, sign: char) {
        self.is_split |= !self.after.trim().is_empty();
        self.places.push(sign);
    }
}

/// True if no place for a digit follows a comma: it then divides by a thousand.
fn ends_places(signs: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    !signs.peek().is_some_and(|next| "0#?,".contains(*next))
        || signs.clone().take_while(|sign| *sign == ',').count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_format_adds_to_a_number_belongs_to_it() {
        for (number, format, seen) in [
            ("50000", "General", "50000"),
            ("50000", "#,##0", "50000"),
            ("50000", "\"Rp\"#,##0", "Rp50000"),
            ("50000", "[$Rp-421]#,##0_);[Red]([$Rp-421]#,##0)", "Rp50000"),
            ("50", "[$$-409]#,##0.00", "$50"),
            ("50", "[$USD] #,##0", "USD 50"),
            ("3", "0\" hari kerja\"", "3 hari kerja"),
            ("3", "General\" jam\"", "3 jam"),
            ("7", "000", "007"),
            ("7", "\\K\\-000", "K-007"),
            ("0.05", "0%", "5%"),
            ("0.055", "0.0%\" per bulan\"", "5.5% per bulan"),
            ("-7", "000", "-007"),
            ("1.5", "0.00", "1.5"),
        ] {
            assert_eq!(shown(number, format).as_deref(), Ok(seen), "{format}");
        }
        assert_eq!(shown("50000", "#,##0,").as_deref(), Ok("50000"), "the number is all of it");
        for format in ["#,##0,\" ribu\"", "0\"-\"00", "[<60]0\" menit\";0\" jam\""] {
            assert!(shown("50000", format).is_err(), "{format}");
        }
    }

    #[test]
    fn a_format_may_show_words_instead_of_a_number() {
        let format = "\"Rp\"#,##0;\"minus \"0;\"sesuai Perda\"";
        assert_eq!(shown("0", format).as_deref(), Ok("sesuai Perda"));
        assert_eq!(shown("5000", format).as_deref(), Ok("Rp5000"));
        assert_eq!(shown("-5", format).as_deref(), Ok("minus 5"));
        assert_eq!(shown("-5", "0").as_deref(), Ok("-5"));
        assert_eq!(shown("5000", ";;;").as_deref(), Ok(""), "nobody sees it");
        assert_eq!(shown("50000", "\"Gratis\"").as_deref(), Ok("Gratis"));
        assert_eq!(shown("2.6", "0\" hari\"").as_deref(), Ok("3 hari"), "as it is seen");
        assert_eq!(shown("2.6", "General\" hari\"").as_deref(), Ok("2.6 hari"));
        assert_eq!(shown_text("Rp 5.000".into(), "0;0;0;\"Gratis\""), "Gratis");
        assert_eq!(shown_text("Rp 5.000".into(), "@"), "Rp 5.000");
        assert_eq!(shown("0", "#,##0_);(#,##0);\"-\"??_)").as_deref(), Ok("-0"));
    }

    #[test]
    fn dates_and_times_are_written_in_one_way() {
        let of = |value, kind| date(&ExcelDateTime::new(value, kind, false));
        let at = |value| of(value, calamine::ExcelDateTimeType::DateTime);
        assert_eq!(at(46101.0), "2026-03-20");
        assert_eq!(at(46101.0 + 1.0 / 3.0), "2026-03-20 08:00");
        assert_eq!(at(1.0 / 3.0), "08:00");
        assert_eq!(of(1.5, calamine::ExcelDateTimeType::TimeDelta), "36:00");
    }

    #[test]
    fn no_number_and_no_format_make_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<(f64, i64, String)>().for_each(
            |(number, whole, format)| {
                let _ = shown(&plain(*number), format);
                let _ = shown(&whole.to_string(), &format!("{format};{format}\"0"));
                shown_text(format.clone(), format);
                unescaped(format);
            },
        );
    }
}
