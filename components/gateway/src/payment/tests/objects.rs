//! `contracts/authentication-codes.md` §5.2: the objects in a request, in the store, in an answer, and in a mail.

use crate::payment::recipient::BankAccount;
use crate::payment::{
    Account, AccountIdentifier, Coded, Country, Currency, Field, Fields, Recipient, Wallet,
};
use serde_json::{Value, json};

fn read<T: crate::payment::fields::FromJson>(value: &Value) -> Result<T, String> {
    let body = json!({ "x": value });
    Fields::of(&body, "").unwrap().parse("x").map_err(|error| error.to_string())
}

fn fiat(account_identifier: Value) -> Value {
    json!({"type": "Fiat", "account_identifier": account_identifier})
}

/// Each kind of account, as it is stored and as a mail shows it.
fn accounts() -> Vec<(Value, &'static str)> {
    let us = |rail| json!({"type": rail, "routing_number": "021000021", "account_number": "123456789"});
    let uk = |rail| json!({"type": rail, "sort_code": "20-00-00", "account_number": "55779911"});
    vec![
        (fiat(json!({"type": "SEPA", "iban": "DE89370400440532013000"})), "SEPA DE89 **** 3000"),
        (fiat(us("ACH")), "ACH 021000021 **** 6789"),
        (fiat(us("Wire")), "Wire 021000021 **** 6789"),
        (fiat(us("RTP")), "RTP 021000021 **** 6789"),
        (fiat(us("FEDNOW")), "FEDNOW 021000021 **** 6789"),
        (
            fiat(json!({"type": "SWIFT", "bic": "CHASUS33XXX", "account_number": "1234567890"})),
            "SWIFT CHASUS33XXX **** 7890",
        ),
        (
            fiat(json!({
                "type": "SWIFT", "bic": "DEUTDEFF", "account_number": "DE89370400440532013000",
                "intermediary_bic": "CHASUS33",
            })),
            "SWIFT DEUTDEFF DE89 **** 3000 via CHASUS33",
        ),
        (fiat(uk("CHAPS")), "CHAPS 20-00-00 **** 9911"),
        (fiat(uk("FPS")), "FPS 20-00-00 **** 9911"),
        (
            json!({"type": "Crypto", "chain": "Base", "address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}),
            "Base 0x5aAeb6…1BeAed",
        ),
    ]
}

#[test]
fn an_account_is_stored_as_it_was_sent_and_masked_in_mails() {
    for (sent, masked) in accounts() {
        let account: Account = read(&sent).unwrap();
        assert_eq!(serde_json::to_value(&account).unwrap(), sent);
        assert_eq!(serde_json::from_value::<Account>(sent.clone()).unwrap(), account);
        assert_eq!(account.masked(), masked);
    }
}

#[test]
fn neither_masks_nor_debug_output_are_enough_to_use_an_account() {
    for (sent, _) in accounts() {
        let account: Account = read(&sent).unwrap();
        let shown = format!("{} {account:?} {:?}", account.masked(), Recipient::from(account.clone()));
        for secret in ["iban", "account_number", "address"] {
            let values = [&sent[secret], &sent["account_identifier"][secret]];
            for text in values.into_iter().filter_map(Value::as_str) {
                assert!(!shown.contains(text), "{shown}");
            }
        }
        assert!(!format!("{account:?}").contains("3000"), "{account:?}");
    }
}

#[test]
fn an_account_is_stored_in_one_spelling() {
    for (sent, stored) in [
        (
            json!({"type": "SEPA", "iban": "de89 3704 0044 0532 0130 00", "extra": 1}),
            json!({"type": "SEPA", "iban": "DE89370400440532013000"}),
        ),
        (
            json!({"type": "FPS", "sort_code": "200000", "account_number": "55779911"}),
            json!({"type": "FPS", "sort_code": "20-00-00", "account_number": "55779911"}),
        ),
        (
            json!({"type": "SWIFT", "bic": "chasus33", "account_number": "1234567890", "intermediary_bic": null}),
            json!({"type": "SWIFT", "bic": "CHASUS33", "account_number": "1234567890"}),
        ),
    ] {
        let read: AccountIdentifier = read(&sent).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), stored);
    }
}

#[test]
fn a_refused_account_says_which_field_and_why() {
    let rails = "x.account_identifier.type must be SEPA, ACH, Wire, RTP, FEDNOW, SWIFT, CHAPS or FPS.";
    for (sent, refused) in [
        (json!("DE89370400440532013000"), "x must be a JSON object."),
        (json!({}), "x.type must be given."),
        (json!({"type": null}), "x.type must be given."),
        (json!({"type": "fiat"}), "x.type must be Fiat or Crypto."),
        (json!({"type": ["Fiat"]}), "x.type must be Fiat or Crypto."),
        (json!({"type": "Pix", "id": "1"}), "x.type must be Fiat or Crypto: Pix accounts are not supported."),
        (json!({"type": "Fiat"}), "x.account_identifier must be given."),
        (fiat(json!([])), "x.account_identifier must be a JSON object."),
        (fiat(json!({})), "x.account_identifier.type must be given."),
        (fiat(json!({"type": "Sepa"})), rails),
        (fiat(json!({"type": 1})), rails),
        (fiat(json!({"type": "SEPA"})), "x.account_identifier.iban must be given."),
        (
            fiat(json!({"type": "SEPA", "iban": 89})),
            "x.account_identifier.iban must be an IBAN, as a JSON string.",
        ),
        (
            fiat(json!({"type": "ACH", "routing_number": 21000021, "account_number": "123456789"})),
            "x.account_identifier.routing_number must be a routing number, as a JSON string.",
        ),
        (
            fiat(json!({"type": "Wire", "routing_number": "021000022", "account_number": "123456789"})),
            "x.account_identifier.routing_number must be a routing number: its check digit does not fit.",
        ),
        (
            fiat(json!({"type": "RTP", "routing_number": "021000021", "account_number": "123"})),
            "x.account_identifier.account_number must be an account number of 4 to 17 digits and capital letters.",
        ),
        (
            fiat(json!({"type": "FEDNOW", "routing_number": "021000021"})),
            "x.account_identifier.account_number must be given.",
        ),
        (
            fiat(json!({"type": "SWIFT", "bic": "CHASZZ33", "account_number": "1234"})),
            "x.account_identifier.bic must be a BIC with a country's code as its fifth and sixth letter.",
        ),
        (
            fiat(
                json!({"type": "SWIFT", "bic": "CHASUS33", "account_number": "1234", "intermediary_bic": false}),
            ),
            "x.account_identifier.intermediary_bic must be a BIC, as a JSON string.",
        ),
        (
            fiat(json!({"type": "CHAPS", "sort_code": "20-00-0", "account_number": "55779911"})),
            "x.account_identifier.sort_code must be a sort code of 6 digits.",
        ),
        (
            fiat(json!({"type": "FPS", "sort_code": "200000", "account_number": "5577991"})),
            "x.account_identifier.account_number must be a UK account number of 8 digits.",
        ),
        (json!({"type": "Crypto", "blockchain": "Base", "address": "0x"}), "x.chain must be given."),
        (json!({"type": "Crypto", "chain": "Tron"}), "x.address must be given."),
        (
            json!({"type": "Crypto", "chain": "Tron", "address": 7}),
            "x.address must be an address, as a JSON string.",
        ),
        (
            json!({"type": "Crypto", "chain": "Base", "address": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}),
            "x.address must be an address whose capitals and small letters fit (EIP-55).",
        ),
    ] {
        assert_eq!(read::<Account>(&sent).unwrap_err(), refused, "{sent}");
    }
}

#[test]
fn a_currency_is_a_token_on_a_chain_or_a_countrys_money() {
    for (sent, shown) in [
        (json!({"type": "Crypto", "token": "USDC", "blockchain": "Solana"}), "USDC on Solana"),
        (json!({"type": "Fiat", "code": "EUR"}), "EUR"),
    ] {
        let currency: Currency = read(&sent).unwrap();
        assert_eq!(serde_json::to_value(&currency).unwrap(), sent);
        assert_eq!(serde_json::from_value::<Currency>(sent).unwrap(), currency);
        assert_eq!(currency.to_string(), shown);
    }
    for (sent, refused) in [
        (json!("EUR"), "x must be a JSON object."),
        (json!({"type": "fiat", "code": "EUR"}), "x.type must be Crypto or Fiat."),
        (json!({"type": "Fiat"}), "x.code must be given."),
        (json!({"type": "Fiat", "code": "XXX"}), "x.code must be an ISO 4217 currency code in capitals."),
        (
            json!({"type": "Crypto", "token": "usdc", "blockchain": "Solana"}),
            "x.token must be a token's ticker of 2 to 12 capital letters and digits.",
        ),
        (json!({"type": "Crypto", "token": "USDC", "chain": "Solana"}), "x.blockchain must be given."),
    ] {
        assert_eq!(read::<Currency>(&sent).unwrap_err(), refused);
    }
}

#[test]
fn a_record_in_a_withdrawn_currency_stays_readable() {
    let sent = json!({"type": "Fiat", "code": "HRK"});
    assert_eq!(
        read::<Currency>(&sent).unwrap_err(),
        "x.code must be an ISO 4217 currency code that is still in use."
    );
    let stored: Currency = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(serde_json::to_value(stored).unwrap(), sent);
    for bad in [
        json!({"type": "Fiat"}),
        json!({"type": "Crypto", "code": "EUR"}),
        json!({"type": "Fiat", "code": "XXX"}),
    ] {
        assert!(serde_json::from_value::<Currency>(bad).is_err());
    }
}

#[test]
fn an_answer_says_blockchain_where_the_request_said_chain() {
    let wallet = json!({"type": "Crypto", "chain": "Tron", "address": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"});
    let iban = json!({"type": "SEPA", "iban": "DE89370400440532013000"});
    for (sent, answered) in [
        (
            wallet.clone(),
            json!({"type": "Wallet", "blockchain": "Tron", "address": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"}),
        ),
        (fiat(iban.clone()), json!({"type": "BankAccount", "account_identifier": iban})),
    ] {
        let account: Account = read(&sent).unwrap();
        assert_eq!(serde_json::to_value(Recipient::from(account)).unwrap(), answered);
    }
    // Whoever knows more of a bank account answers more.
    let details: Recipient<Value> =
        Recipient::BankAccount(json!({"account_identifier": iban, "is_third_party": true}));
    assert_eq!(
        serde_json::to_value(details).unwrap(),
        json!({"type": "BankAccount", "account_identifier": iban, "is_third_party": true})
    );
    let wallet: Recipient<BankAccount> = Recipient::Wallet(read::<Wallet>(&wallet).unwrap());
    assert_eq!(serde_json::to_value(wallet).unwrap()["blockchain"], "Tron");
}

#[test]
fn a_code_is_wrapped_as_it_was() {
    let sent = json!({"code": "DE"});
    let country: Coded<Country> = read(&sent).unwrap();
    assert_eq!(serde_json::to_value(country).unwrap(), sent);
    assert_eq!(serde_json::from_value::<Coded<Country>>(sent).unwrap(), country);
}

#[test]
fn a_record_that_was_tampered_with_is_not_read() {
    for (sent, _) in accounts() {
        let text = sent.to_string();
        for (from, to) in [
            ("DE89370400440532013000", "DE89370400440532013001"),
            ("021000021", "021000022"),
            ("CHASUS33XXX", "CHASZZ33XXX"),
            ("20-00-00", "20-00-0"),
            ("0x5aA", "0x5aB"),
        ] {
            if text.contains(from) {
                assert!(serde_json::from_str::<Account>(&text.replace(from, to)).is_err(), "{from}");
            }
        }
    }
}

#[test]
fn entries_of_a_list_are_named_by_their_place() {
    let body = json!({"outer": {"list": [{"type": "Fiat", "code": "EUR"}, {"type": "Fiat", "code": "EUX"}]}});
    let entries = Fields::of(&body["outer"], "outer").unwrap().list("list", 1..=9).unwrap();
    let read: Result<Vec<Currency>, _> = entries.iter().map(Field::parse).collect();
    assert_eq!(read.unwrap_err().field, "outer.list[1].code");
}
