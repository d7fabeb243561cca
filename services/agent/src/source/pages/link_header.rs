//! The `Link` fields of an answer (RFC 8288), which lead to the next page, in whatever order and
//! with whatever quotes the parameters come. A field that cannot be read and speaks of a next page
//! is an error: it must not end the list in silence.

use std::{iter::Peekable, str::Chars};

use crate::source::fault::excerpt;

/// The target of the link that is the next page's; `fields` are all fields of the answer, joined by
/// commas.
///
/// # Errors
/// It speaks of a next page in a way that the standard does not allow, or of two.
pub fn next(fields: &str) -> Result<Option<String>, String> {
    let unclear = |why: &str| format!("the Link header {why}: {}", excerpt(fields));
    let Some(links) = links(fields) else {
        return match fields.to_lowercase().contains("next") {
            true => Err(unclear("cannot be read")),
            false => Ok(None),
        };
    };
    let mut found = links.into_iter().filter(|link| link.is_next).map(|link| link.target);
    let first = found.next();
    match found.find(|other| Some(other) != first.as_ref()) {
        Some(_) => Err(unclear("names two pages as the next")),
        None => Ok(first),
    }
}

/// The target of the link that is the last page's.
pub fn last(fields: &str) -> Option<String> {
    links(fields)?.into_iter().find(|link| link.is_last).map(|link| link.target)
}

struct Link {
    target: String,
    is_next: bool,
    is_last: bool,
}

/// All links; `None` if a sign stands where none may.
fn links(fields: &str) -> Option<Vec<Link>> {
    let mut signs = fields.chars().peekable();
    let mut links = Vec::new();
    loop {
        while signs.next_if(|sign| *sign == ',' || sign.is_whitespace()).is_some() {}
        if signs.peek().is_none() {
            return Some(links);
        }
        links.push(link(&mut signs)?);
    }
}

/// `<target>; name=value; name="value"`, up to the comma.
fn link(signs: &mut Peekable<Chars<'_>>) -> Option<Link> {
    signs.next_if_eq(&'<')?;
    let mut link = Link { target: up_to('>', signs)?, is_next: false, is_last: false };
    let mut has_rel = false;
    loop {
        blanks(signs);
        match signs.peek() {
            None | Some(',') => return Some(link),
            Some(';') => drop(signs.next()),
            Some(_) => return None,
        }
        let (name, value) = parameter(signs)?;
        // The first of several counts.
        if name.eq_ignore_ascii_case("rel") && !has_rel {
            has_rel = true;
            let is = |rel| value.split_whitespace().any(|word| word.eq_ignore_ascii_case(rel));
            (link.is_next, link.is_last) = (is("next"), is("last"));
        }
    }
}

fn parameter(signs: &mut Peekable<Chars<'_>>) -> Option<(String, String)> {
    blanks(signs);
    let name = word(signs);
    blanks(signs);
    if signs.next_if_eq(&'=').is_none() {
        return Some((name, String::new()));
    }
    blanks(signs);
    let value = match signs.next_if_eq(&'"') {
        Some(_) => quoted(signs)?,
        None => word(signs),
    };
    Some((name, value))
}

fn blanks(signs: &mut Peekable<Chars<'_>>) {
    while signs.next_if(|sign| sign.is_whitespace()).is_some() {}
}

fn word(signs: &mut Peekable<Chars<'_>>) -> String {
    let ends = |sign: &char| matches!(sign, ',' | ';' | '=' | '"') || sign.is_whitespace();
    std::iter::from_fn(|| signs.next_if(|sign| !ends(sign))).collect()
}

fn quoted(signs: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match signs.next()? {
            '"' => return Some(text),
            '\\' => text.push(signs.next()?),
            sign => text.push(sign),
        }
    }
}

fn up_to(end: char, signs: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match signs.next()? {
            sign if sign == end => return Some(text.trim().to_owned()),
            sign => text.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_however_the_parameters_come() {
        for fields in [
            "<?page=2>; rel=\"next\"",
            "<?page=2>; rel=next",
            "<?page=2>;rel=NEXT",
            "<?page=2> ; rel = next",
            "<?page=2>; rel=\"prev next\"",
            "<?page=2>; title=\"a, b; rel=prev >\"; rel=\"next\"",
            "<?page=2>; title=\"say \\\"next\\\"\"; REL=\"next last\"",
            "<?page=2>; crossorigin; rel=next",
            "<?page=1>; rel=\"prev\", <?page=2>; rel=\"next\", <?page=9>; rel=last",
            "<?page=1>; rel=prev,<?page=2>; rel=next",
            "<?page=2>; rel=next, <?page=2>; rel=\"next\"",
            "<?page=2>; rel=next; rel=prev",
        ] {
            assert_eq!(next(fields), Ok(Some("?page=2".to_owned())), "{fields}");
        }
        let commas = "<http://a.test/x?ids=1,2;3&page=2>; rel=\"next\"";
        assert_eq!(next(commas), Ok(Some("http://a.test/x?ids=1,2;3&page=2".to_owned())));
    }

    #[test]
    fn what_leads_elsewhere_is_no_next_page() {
        for fields in [
            "",
            "<?page=1>; rel=\"prev\"",
            "<?page=1>; rel=\"first last\"",
            "</style.css>; rel=preload; title=next",
            "<?page=2>; rel=\"nextish\"",
            "<?page=2>; rel=prev; rel=next",
        ] {
            assert_eq!(next(fields), Ok(None), "{fields}");
        }
    }

    #[test]
    fn what_cannot_be_read_and_speaks_of_a_next_page_does_not_end_the_list() {
        for fields in [
            "http://a.test/x?page=2; rel=\"next\"",
            "<?page=2; rel=\"next\"",
            "<?page=2>; rel=\"next",
            "<?page=2> rel=next",
        ] {
            assert!(next(fields).expect_err(fields).contains("cannot be read"));
        }
        let two = "<?page=2>; rel=next, <?page=3>; rel=next";
        assert!(next(two).expect_err(two).contains("two pages"));
        assert_eq!(next("no link at all"), Ok(None));
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let _ = next(text);
        });
    }
}
