//! Prices in a fee's text, and the form in which the contract holds them.

use mpp_api::types::{
    Fee,
    fee::{Foreign, Kind},
};

use super::{
    money::Amount,
    token::{Text, Tokens},
};

/// A price, as a text gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price<'t> {
    Free,
    Amount(Amount),
    Charged,
    Regulation(Tokens<'t>, bool),
    Formula(Tokens<'t>),
    Foreign { currency: &'static str, hundredths: i64 },
}

impl Price<'_> {
    /// The price as the contract's message.
    pub fn to_fee(self, text: &Text) -> Fee {
        let mut fee = Fee::default();
        match self {
            Price::Free => fee.set_kind(Kind::Free),
            Price::Charged => fee.set_kind(Kind::Charged),
            Price::Amount(amount) => {
                fee.set_kind(if amount.is_range() { Kind::Range } else { Kind::Fixed });
                (fee.amount_rupiah, fee.max_rupiah) = amount.rupiah();
                fee.approximate = amount.approximate;
            }
            Price::Regulation(name, local) => {
                fee.set_kind(if local { Kind::LocalRegulation } else { Kind::Regulation });
                fee.regulation = text.words(name);
            }
            Price::Formula(words) => {
                fee.set_kind(Kind::Formula);
                fee.formula = text.words(words);
            }
            Price::Foreign { currency, hundredths } => {
                fee.set_kind(Kind::Foreign);
                fee.foreign = Some(Foreign {
                    currency: currency.to_owned(),
                    units: hundredths / 100,
                    cents: (hundredths % 100) as i32,
                });
            }
        }
        fee
    }
}
