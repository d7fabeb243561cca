//! Ways to reach an office, and addresses of what is online.

use mpp_api::types::{Contact, contact::Kind};
use mpp_core::FieldCode;
use url::Url;

use crate::{Check, limits::SHORT};

/// The most contacts of one record.
const MAX_CONTACTS: usize = 20;
/// Longest address, in characters.
pub const LONGEST_URI: usize = 2000;
/// Digits of a telephone number: the shortest are those of emergencies, the longest have a country.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=20;

/// Checks the contacts of a record.
pub fn contacts(check: &mut Check, field: &str, given: &[Contact]) {
    check.each(field, given, MAX_CONTACTS, contact);
}

fn contact(check: &mut Check, contact: &Contact) {
    check.required("value", &contact.value, LONGEST_URI);
    check.text("label", &contact.label, SHORT);
    match Kind::try_from(contact.kind) {
        Ok(Kind::Telephone | Kind::Whatsapp) => telephone(check, &contact.value),
        Ok(Kind::Email) => mailbox(check, &contact.value),
        Ok(Kind::Website | Kind::Social) => uri(check, "value", &contact.value),
        Ok(Kind::Unspecified) | Err(_) => {
            let kinds = "must be telephone, WhatsApp, email, website or social";
            check.fail("kind", FieldCode::UnknownValue, kinds);
        }
    }
}

fn telephone(check: &mut Check, number: &str) {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = number.bytes().all(|sign| b"0123456789 +-().".contains(&sign));
    let plus = number.rfind('+');
    if !is_plain || !DIGITS.contains(&digits) || plus.is_some_and(|at| at > 0) {
        let hint = "must be one number, such as +62 333 412345; words about it stand in label";
        check.fail("value", FieldCode::Format, hint);
    }
}

/// Reads an address for its parts: in a host that has letters of other scripts, the parser expects
/// small ones.
fn read(address: &str) -> Option<Url> {
    Url::parse(&address.to_ascii_lowercase()).ok()
}

fn mailbox(check: &mut Check, mailbox: &str) {
    let is_word = |text: &str| {
        !text.is_empty() && !text.contains(|sign: char| sign.is_whitespace() || sign == '@')
    };
    let parts = mailbox.split_once('@');
    // A page links to the address, and in a link these signs begin a message to be sent or a
    // further address.
    let is_plain = !mailbox.contains(|sign: char| "?&#/:;,%<>\"'()[]\\".contains(sign));
    let fits = |(name, host): (&str, &str)| {
        let is_host = read(&format!("https://{host}/")).is_some_and(|url| url.domain().is_some());
        is_plain && is_word(name) && is_word(host) && host.contains('.') && is_host
    };
    if !parts.is_some_and(fits) {
        check.fail("value", FieldCode::Format, "must be one mailbox, such as mpp@example.go.id");
    }
}

/// An address that a page may link to, where there is one: nothing that a browser would run, and
/// no password.
pub fn uri(check: &mut Check, field: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    check.text(field, text, LONGEST_URI);
    let fits = read(text).is_some_and(|url| {
        let is_web = matches!(url.scheme(), "https" | "http");
        is_web && url.host().is_some() && url.username().is_empty() && url.password().is_none()
    });
    // A parser forgives blanks and missing slashes; programs that compare addresses do not.
    let begins =
        |start: &str| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let is_plain = begins("https://") || begins("http://");
    if !fits || !is_plain || text.contains(char::is_whitespace) {
        let hint = "must be one address that begins with https:// or http://, without a password";
        check.fail(field, FieldCode::Format, hint);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_right(kind: Kind, value: &str) -> bool {
        let mut check = Check::new("unit");
        let given = Contact { kind: kind.into(), value: value.into(), label: String::new() };
        contacts(&mut check, "contacts", &[given]);
        check.finish().is_ok()
    }

    #[test]
    fn a_number_is_one_that_can_be_dialled() {
        for right in ["110", "(0333) 412345", "+62 812-3456-7890", "1500 005", "0812.3456.789"] {
            assert!(is_right(Kind::Telephone, right) && is_right(Kind::Whatsapp, right), "{right}");
        }
        for wrong in
            ["", "12", "0333 412345 ext 12", "0812+345", "hubungi loket", "0812345/0813456"]
        {
            assert!(!is_right(Kind::Telephone, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_mailbox_is_one_and_has_a_host() {
        for right in ["mpp@banyuwangikab.go.id", "layanan.publik+mpp@bkpm.go.id"] {
            assert!(is_right(Kind::Email, right), "{right}");
        }
        let wrong = [
            "",
            "mpp",
            "mpp@",
            "@go.id",
            "a@b",
            "a@b.id, c@d.id",
            "a@b@c.id",
            "a@b.id/x",
            "a@b.id?bcc=x%40evil.id&body=halo",
            "a?bcc=x@b.id",
            "a@b.id#x",
            "a@b.id:25",
            "@A🌀",
        ];
        for wrong in wrong {
            assert!(!is_right(Kind::Email, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_page_links_to_nothing_that_runs_or_holds_a_password() {
        for right in ["https://oss.go.id", "HTTP://mpp.go.id/a?b=c#d", "https://[::1]:8080/x"] {
            assert!(is_right(Kind::Website, right), "{right}");
        }
        let wrong = [
            "javascript:alert(1)",
            "JaVaScRiPt://oss.go.id/%0aalert(1)",
            "data:text/html,x",
            "//oss.go.id",
            "oss.go.id",
            "https:oss.go.id",
            "https://",
            "https://budi:rahasia@oss.go.id",
            "https://oss.go.id atau loket",
            "ftp://oss.go.id",
        ];
        for wrong in wrong {
            assert!(!is_right(Kind::Website, wrong) && !is_right(Kind::Social, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_kind_must_be_said() {
        assert!(!is_right(Kind::Unspecified, "110"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(kind in 0..7_i32, value in "\\PC{0,60}") {
            let given = Contact { kind, value, label: String::new() };
            contacts(&mut Check::new("unit"), "contacts", &[given]);
        }
    }
}
