//! One appointment for a service a day for each applicant, without storing anybody's identity.
//!
//! Stored is HMAC-SHA-256 under a secret key over NIK, service and date. Since the date is part of
//! it, no two visits of a person can be linked, and the digest is useless once the day is over.
//!
//! **Rotation.** A booking is stored under *every* key in force, and refused if any of them is
//! taken. So a new key is added beside the old one, everywhere, and the old one is taken away once
//! every day that was bookable before the addition has passed; at no point can a duplicate slip
//! between two keys, not even between replicas of which only one has the new key yet. (Storing it
//! under the newest key only was rejected: two replicas with different newest keys would each find
//! nothing.)

use std::fmt;

use jiff::civil::Date;
use mpp_core::{Error, FieldCode, Result};
use ring::hmac;

/// Shortest secret, in bytes.
const MIN_SECRET: usize = 32;
/// If there are more keys than this, old ones were not taken away.
const MAX_KEYS: usize = 4;

/// The keys in force, oldest first.
#[derive(Clone)]
pub struct Keys(Vec<(String, hmac::Key)>);

/// Stands for an applicant under one key, for one service and day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The id of the key.
    pub key_id: String,
    /// The bytes of the HMAC-SHA-256.
    pub bytes: Vec<u8>,
}

impl Keys {
    /// Takes ids and secrets, oldest first; every replica is given the same.
    ///
    /// # Errors
    /// There is no key, there are too many, a secret is short, or an id comes twice.
    pub fn new(keys: &[(String, Vec<u8>)]) -> Result<Self> {
        if keys.is_empty() || keys.len() > MAX_KEYS {
            let hint = format!("{} keys are given; give 1 to {MAX_KEYS}", keys.len());
            return Err(Error::field("applicant_keys", FieldCode::OutOfRange, hint));
        }
        for (index, (id, secret)) in keys.iter().enumerate() {
            let field = format!("applicant_keys[{index}]");
            if secret.len() < MIN_SECRET {
                let hint = format!("key '{id}' has {} bytes; {MIN_SECRET} or more", secret.len());
                return Err(Error::field(field, FieldCode::TooShort, hint));
            }
            if keys[..index].iter().any(|(other, _)| other == id) {
                return Err(Error::field(
                    field,
                    FieldCode::Duplicate,
                    format!("key id '{id}' comes twice"),
                ));
            }
        }
        let key = |secret: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, secret);
        Ok(Self(keys.iter().map(|(id, secret)| (id.clone(), key(secret))).collect()))
    }

    /// The applicant's digests for this service on this day, under every key. They are in the order
    /// of their bytes, so that all transactions lock them in the same order.
    pub fn digests(&self, nik: &Nik, service: &str, date: Date) -> Vec<Digest> {
        let text = format!("{}\n{service}\n{date}", nik.0);
        let mut digests: Vec<Digest> =
            self.0.iter().map(|(id, key)| digest(id, key, text.as_bytes())).collect();
        digests.sort_by(|a, b| a.bytes.cmp(&b.bytes));
        digests
    }

    /// Stands for the NIK when a request's digest is made. It is under the oldest key, which
    /// outlives any retry that began before a rotation.
    pub fn fingerprint(&self, nik: &Nik, request: &str) -> String {
        let text = format!("{}\n{request}", nik.0);
        let bytes = self.0.first().map(|(id, key)| digest(id, key, text.as_bytes()).bytes);
        mpp_core::hex(&bytes.unwrap_or_default())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

fn digest(id: &str, key: &hmac::Key, text: &[u8]) -> Digest {
    Digest { key_id: id.to_owned(), bytes: hmac::sign(key, text).as_ref().to_vec() }
}

/// A citizen's number (Nomor Induk Kependudukan). It has no `Debug` and no `Display`, so that no
/// log can hold it.
pub struct Nik(String);

impl Nik {
    /// Sixteen digits that can be a NIK; whether it was ever given out only the population register
    /// knows.
    ///
    /// # Errors
    /// Names `field` and does not repeat the text.
    pub fn parse(text: &str, field: &str) -> Result<Self> {
        let refused = |hint: &str| Err(Error::field(field, FieldCode::Format, hint));
        if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return refused(
                "is not a NIK; write the 16 digits of the KTP or KK, without spaces or dots",
            );
        }
        match fault(text) {
            Some(hint) => refused(hint),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// Provinces in which a NIK may first have been given out, also those that no longer exist: a
/// person keeps the number through every move and every split of a province. 54 was Timor Timur; 97
/// was reserved in Papua.
const PROVINCES: [std::ops::RangeInclusive<u32>; 8] =
    [11..=19, 21..=21, 31..=36, 51..=54, 61..=65, 71..=76, 81..=82, 91..=97];

/// In place of a province: first registered at a mission abroad. Country and mission follow; no
/// list of them is kept here.
const ABROAD: u32 = 99;

/// Why sixteen digits cannot be a NIK: province, regency and district of the first registration,
/// day, month and year of birth (a woman's day plus 40), and a number that counts from 0001.
/// Foreigners with a residence permit have one of the same form.
fn fault(digits: &str) -> Option<&'static str> {
    let part = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
    if digits.bytes().all(|digit| Some(digit) == digits.bytes().next()) {
        return Some("is one digit sixteen times; write the NIK of the KTP or KK");
    }
    if part(0, 2) != ABROAD && !is_regency(part(0, 2), part(2, 4)) {
        return Some(
            "begins with no code of a province and regency (digits 1 to 4); compare it with the KTP",
        );
    }
    if !is_birthday(part(6, 8), part(8, 10), part(10, 12)) {
        return Some(
            "holds no date of birth (digits 7 to 12: day, month, year; for a woman the day plus 40); \
             compare it with the KTP",
        );
    }
    (part(12, 16) == 0).then_some("ends in 0000, which is never given out; compare it with the KTP")
}

fn is_regency(province: u32, regency: u32) -> bool {
    regency > 0 && PROVINCES.iter().any(|codes| codes.contains(&province))
}

fn is_birthday(day: u32, month: u32, year: u32) -> bool {
    let day = if day > 40 { day - 40 } else { day };
    let small = |number: u32| i8::try_from(number).unwrap_or(0);
    let in_century = |century: i16| {
        let year = century + i16::from(small(year));
        Date::new(year, small(month), small(day)).is_ok()
    };
    in_century(1900) || in_century(2000)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const DAY: Date = date(2026, 11, 25);

    fn keys(ids: &[&str]) -> Keys {
        let secret = |id: &&str| ((*id).to_owned(), id.repeat(32).into_bytes());
        Keys::new(&ids.iter().map(secret).collect::<Vec<_>>()).unwrap()
    }

    fn nik(text: &str) -> Nik {
        Nik::parse(text, "applicant_nik").unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_booking_under_the_old_key_is_found_after_a_rotation() {
        let citizen = nik("3510164107900001");
        let before = keys(&["a"]).digests(&citizen, "s", DAY);
        let after = keys(&["a", "b"]).digests(&citizen, "s", DAY);
        assert!(after.contains(&before[0]));
        assert_eq!(after.len(), 2);
    }

    #[test]
    fn no_two_visits_can_be_linked() {
        let keys = keys(&["a"]);
        let citizen = nik("3510164107900001");
        let first = keys.digests(&citizen, "s", DAY);
        assert_ne!(first, keys.digests(&citizen, "s", date(2026, 11, 26)));
        assert_ne!(first, keys.digests(&citizen, "t", DAY));
        assert_ne!(first, keys.digests(&nik("3510164107900002"), "s", DAY));
    }

    #[test]
    fn what_is_no_nik_is_refused_and_not_repeated() {
        for text in [
            "",
            "351016410790000",
            "35101641079000011",
            "3510164107900a01",
            "３５１０１６４１０７９００００１",
        ] {
            let error = Nik::parse(text, "applicant_nik").err().expect(text);
            assert!(text.is_empty() || !error.to_string().contains(text));
        }
    }

    #[test]
    fn a_nik_keeps_the_place_where_it_was_first_given_out() {
        for (text, whose) in [
            ("3510164107900001", "a woman, born on 1 July 1990"),
            ("3510162902000001", "a man, born on 29 February 2000"),
            ("5401011708760001", "given out in Timor Timur"),
            ("9401010101550001", "given out in Papua"),
            ("3171017112850003", "a woman, born on 31 December 1985"),
            ("9900164107900001", "first registered at a mission abroad"),
        ] {
            assert!(Nik::parse(text, "applicant_nik").is_ok(), "{whose}");
        }
    }

    #[test]
    fn sixteen_digits_that_nobody_was_given_are_told_apart() {
        for (text, hint) in [
            ("1111111111111111", "one digit"),
            ("0000000000000000", "one digit"),
            ("0110164107900001", "province"),
            ("9810164107900001", "province"),
            ("3500164107900001", "province"),
            ("3510163102900001", "date of birth"),
            ("3510167202900001", "date of birth"),
            ("3510160013900001", "date of birth"),
            ("3510164007900001", "date of birth"),
            ("3510162902990001", "date of birth"),
            ("1234567890123456", "date of birth"),
            ("3510164107900000", "0000"),
        ] {
            let error = Nik::parse(text, "applicant_nik").err().expect(text);
            assert!(error.message().contains(hint) && !error.message().contains(text), "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_birthday_of_a_man_and_of_a_woman_is_one(days in 0..36_000_i64, woman in any::<bool>()) {
            let born = date(1920, 1, 1).saturating_add(jiff::Span::new().days(days));
            let (day, month, year) = (born.day() + if woman { 40 } else { 0 }, born.month(), born.year() % 100);
            let text = format!("351016{day:02}{month:02}{year:02}0001");
            prop_assert!(Nik::parse(&text, "applicant_nik").is_ok(), "{}", text);
        }
    }

    #[test]
    fn keys_that_would_not_protect_are_refused() {
        assert!(Keys::new(&[]).is_err());
        assert!(Keys::new(&[("a".into(), vec![7; 31])]).is_err());
        let twice = [("a".into(), vec![7; 32]), ("a".into(), vec![8; 32])];
        assert!(Keys::new(&twice).unwrap_err().message().contains("twice"));
    }
}
