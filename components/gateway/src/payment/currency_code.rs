//! Currencies of countries: ISO 4217, from `iso_currency`.

use super::text::stored_as_text;
use super::{Text, Why};
use core::fmt;

/// A currency that people pay with. Metals, units of account, funds and the codes for tests and for nothing are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CurrencyCode(iso_currency::Currency);

impl Text for CurrencyCode {
    const IS: &'static str = "an ISO 4217 currency code";
    const LONGEST: usize = 3;

    fn check(text: &str) -> Result<CurrencyCode, Why> {
        let code = CurrencyCode::restore(text)?;
        if code.is_withdrawn() {
            return Err("must be an ISO 4217 currency code that is still in use".into());
        }
        Ok(code)
    }

    /// Also reads what was withdrawn since.
    fn restore(text: &str) -> Result<CurrencyCode, Why> {
        iso_currency::Currency::from_code(text)
            .filter(|code| !code.is_special() && !code.is_fund())
            .map(CurrencyCode)
            .ok_or("must be an ISO 4217 currency code in capitals".into())
    }
}

impl CurrencyCode {
    /// The library has VES superseded by VED. ISO 4217 lists both, and VES is the one in use.
    fn is_withdrawn(self) -> bool {
        self.0 != iso_currency::Currency::VES && self.0.is_superseded().is_some()
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code())
    }
}

stored_as_text!(CurrencyCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_pay_with_is_a_currency() {
        for text in ["EUR", "USD", "GBP", "BRL", "CHF", "JPY", "XOF", "XCG", "VES", "SLE", "ZWG"] {
            assert_eq!(CurrencyCode::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "", "EU", "EURO", "eur", "Eur", "978", "XXX", "XTS", "XAU", "XDR", "BOV", "CHE", "USN", "USDC",
            "AAA", "DEM", "EU\u{0}", "ＥＵ", "€", "EUR ",
        ] {
            assert!(CurrencyCode::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_withdrawn_currency_is_refused_but_its_records_stay_readable() {
        for text in ["HRK", "BGN", "SLL"] {
            assert!(CurrencyCode::parse(text).unwrap_err().contains("in use"), "{text}");
            let stored: CurrencyCode = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(stored.to_string(), text);
        }
        assert!(serde_json::from_str::<CurrencyCode>("\"XXX\"").is_err());
    }
}
