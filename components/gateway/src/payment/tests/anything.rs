//! Whatever is sent: no panic, no value in the refusal, and what is read can be written and read again.

use crate::email::Email;
use crate::payment::fields::FromJson;
use crate::payment::{
    Account, AccountIdentifier, AccountNumber, Bic, Blockchain, Country, Currency, CurrencyCode, Fields,
    Iban, RoutingNumber, SortCode, SwiftAccountNumber, Text, Token, UkAccountNumber, Wallet,
};
use core::fmt::{Debug, Display};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Runs a check for each kind of text.
macro_rules! for_each_text {
    ($check:ident($($argument:expr),*)) => {
        $check::<AccountNumber>($($argument),*);
        $check::<Bic>($($argument),*);
        $check::<Blockchain>($($argument),*);
        $check::<Country>($($argument),*);
        $check::<CurrencyCode>($($argument),*);
        $check::<Iban>($($argument),*);
        $check::<RoutingNumber>($($argument),*);
        $check::<SortCode>($($argument),*);
        $check::<SwiftAccountNumber>($($argument),*);
        $check::<Token>($($argument),*);
        $check::<UkAccountNumber>($($argument),*);
    };
}

/// What is read is written and read again, by `Display` and by serde; what is refused is refused in words of its own.
fn holds<T: Text + Display + Debug + PartialEq + Serialize + DeserializeOwned>(text: &str) {
    match T::parse(text) {
        Ok(value) => {
            assert_eq!(T::parse(&value.to_string()).as_ref(), Ok(&value));
            let stored = serde_json::to_string(&value).unwrap();
            assert_eq!(stored, json!(value.to_string()).to_string());
            assert_eq!(serde_json::from_str::<T>(&stored).unwrap(), value);
        }
        Err(why) => {
            assert!(why.starts_with("must be ") && !why.ends_with('.'), "{why}");
            assert!(text.len() < 16 || !why.contains(text), "{why}");
        }
    }
}

fn is_refused<T: Text>(text: &str) {
    assert!(T::parse(text).is_err(), "{} takes {text:?}", T::IS);
}

/// Text of the kind that these values are made of, so that some of it is right.
fn likely() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[0-9A-Z]{0,36}",
        "[0-9]{6,9}",
        "[0-9]{2}-[0-9]{2}-[0-9]{2}",
        "[A-Z]{2,3}",
        "[A-Z]{4}(DE|US|GB|XK|ZZ)[A-Z0-9]{2}([A-Z0-9]{3})?",
        "(DE|GB|NO|PK|HN)[0-9]{2}[A-Z]{0,4}[0-9]{8,24}",
        "0x[0-9a-fA-F]{38,42}",
        "0x([0-9a-f]{40}|[0-9A-F]{40})",
        "[1-9A-HJ-NP-Za-km-z]{30,45}",
        "[GM][A-Z2-7]{55}",
        prop::sample::select(vec![
            "DE89370400440532013000",
            "021000021",
            "EUR",
            "DE",
            "USDC",
            "Tron",
            "Base"
        ])
        .prop_map(str::to_owned),
    ]
}

fn likely_json() -> impl Strategy<Value = Value> {
    let word =
        prop::sample::select(vec!["Fiat", "Crypto", "Pix", "SEPA", "ACH", "SWIFT", "FPS", "Base", "Tron"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
        likely().prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "type",
        "type",
        "account_identifier",
        "iban",
        "chain",
        "address",
        "routing_number",
        "account_number",
        "bic",
        "sort_code",
        "code",
        "token",
        "blockchain",
        "intermediary_bic",
    ]);
    leaf.prop_recursive(3, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

fn read<T: FromJson>(value: &Value) -> Result<T, String> {
    let body = json!({ "field": value });
    Fields::of(&body, "").unwrap().parse("field").map_err(|error| error.to_string())
}

fn object_holds<T: FromJson + Debug + PartialEq + Serialize + DeserializeOwned>(value: &Value) {
    match read::<T>(value) {
        Ok(read) => {
            assert_eq!(serde_json::from_value::<T>(serde_json::to_value(&read).unwrap()).unwrap(), read)
        }
        Err(why) => assert!(why.starts_with("field") && why.ends_with('.'), "{why}"),
    }
}

proptest! {
    #[test]
    fn is_read_or_refused(text in likely()) {
        for_each_text!(holds(&text));
        let _ = Email::parse(&text);
        for chain in Blockchain::ALL {
            if let Ok(wallet) = Wallet::parse(chain, &text) {
                prop_assert_eq!(Wallet::parse(chain, wallet.address()), Ok(wallet));
            }
        }
    }

    #[test]
    fn is_an_object_or_refused(value in likely_json()) {
        object_holds::<Account>(&value);
        object_holds::<AccountIdentifier>(&value);
        object_holds::<Currency>(&value);
        object_holds::<Wallet>(&value);
    }

    #[test]
    fn a_fitting_account_is_read(digits in "[0-9]{8}", number in "[0-9A-Z]{4,17}", sort_code in "[0-9]{6}") {
        let uk = json!({"type": "FPS", "sort_code": sort_code, "account_number": digits});
        let us = json!({"type": "ACH", "routing_number": "021000021", "account_number": number});
        prop_assert!(read::<AccountIdentifier>(&uk).is_ok());
        prop_assert!(read::<AccountIdentifier>(&us).is_ok());
    }
}

#[test]
fn hostile_text_is_refused_by_every_kind() {
    let huge =
        ["1", "A", "é", "\u{0}", "DE89", " ", "T", "12-34-56"].map(|part| part.repeat(65_536 / part.len()));
    let odd = [
        "",
        " ",
        "\u{0}",
        "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        "１２３４５６７８",
        "٠١٢٣٤٥٦٧٨",
        "𝟎𝟏𝟐𝟑",
        "\u{202e}00012000021",
        "021000021\u{200f}",
        "\u{feff}EUR",
        "ЕUR",
        "D\u{0301}E",
        "'; DROP TABLE accounts; --",
        "${jndi:ldap://x}",
        "EUR\r\nBcc: x@y.com",
    ];
    for text in huge.iter().map(String::as_str).chain(odd) {
        for_each_text!(is_refused(text));
        for chain in Blockchain::ALL {
            assert!(Wallet::parse(chain, text).is_err(), "{chain}");
        }
    }
}

/// A value in an error ends in a log.
#[test]
fn a_refusal_never_repeats_the_value() {
    for kind in ["Fiat", "Crypto", "sesame-sesame-sesame"] {
        for value in
            [json!("sesame-sesame-sesame"), json!(["sesame-sesame-sesame"]), json!({"sesame": "sesame"})]
        {
            let body = json!({
                "type": kind, "account_identifier": {"type": "SEPA", "iban": value}, "chain": "Tron", "address": value,
                "code": value, "token": value, "blockchain": value, "sesame-sesame-sesame": 1,
            });
            for refused in [
                read::<Account>(&body).unwrap_err(),
                read::<AccountIdentifier>(&body).unwrap_err(),
                read::<Currency>(&body).unwrap_err(),
            ] {
                assert!(!refused.contains("sesame"), "{refused}");
            }
        }
    }
}
