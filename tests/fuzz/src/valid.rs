//! Bodies that are taken, in every form the contract has. `<NAME>` stands for what the world calls so.

use serde_json::{Value, json};

/// `POST /api/customers`
#[must_use]
pub fn customers() -> Vec<Value> {
    vec![
        json!({ "customer_type": "Person", "email": "eve@example.com", "name": "Eve", "external_id": "e-1" }),
        json!({ "customer_type": "Business", "email": "office@example.co.uk" }),
    ]
}

/// `PUT /api/customers/{id}`
#[must_use]
pub fn updates() -> Vec<Value> {
    vec![
        json!({ "email": "eve@example.com", "external_id": "e-1" }),
        // The address it has: withdraws the change that waits.
        json!({ "email": "customer0@example.com" }),
    ]
}

/// `PUT /api/authentication-codes/{id}`; neither is the code that was sent.
#[must_use]
pub fn submissions() -> Vec<Value> {
    vec![json!({ "code": 0 }), json!({ "code": 999_999 })]
}

/// `POST /api/autoramps`
#[must_use]
pub fn autoramps() -> Vec<Value> {
    let euros = json!({ "type": "Fiat", "code": "EUR" });
    let on_base = json!({ "type": "Crypto", "token": "USDC", "blockchain": "Base" });
    let mut all = vec![
        json!({
            "customer_id": "<CUSTOMER>",
            "source_currencies": [euros],
            "destination_currency": on_base,
            "recipient_account": wallets()[0],
        }),
        json!({
            "customer_id": "<CUSTOMER>",
            "source_currencies": [on_base, { "type": "Crypto", "token": "USDC", "blockchain": "Solana" }],
            "destination_currency": euros,
            "recipient_account": {
                "type": "Fiat",
                "account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
            },
            "name": "Salary",
            "external_id": "salary",
            "fee_profile_id": "<ABSENT>",
            "source_is_third_party": false,
            "batch_payout": true,
            "pay_by_reference": true,
            "sepa_payment_reference": "Invoice 1",
            "wire_message": "x",
            "type": "market",
        }),
    ];
    for (wallet, blockchain) in wallets().into_iter().zip(["Base", "Solana", "Stellar", "Tron"]).skip(1) {
        all.push(json!({
            "customer_id": "<BUSINESS>",
            "source_currencies": [{ "type": "Fiat", "code": "USD" }],
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": blockchain },
            "recipient_account": wallet,
        }));
    }
    all
}

/// `PATCH /api/autoramps/{id}`
#[must_use]
pub fn edits() -> Vec<Value> {
    let solana = json!({ "type": "Crypto", "token": "USDC", "blockchain": "Solana" });
    vec![
        json!({ "customer_id": "<CUSTOMER>", "recipient_account": wallets()[1], "destination_currency": solana }),
        json!({ "customer_id": "<CUSTOMER>", "fee_profile_id": "<ABSENT>" }),
        json!({ "customer_id": "<CUSTOMER>" }),
    ]
}

fn wallets() -> Vec<Value> {
    [
        ("Base", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
        ("Solana", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
        ("Stellar", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"),
        ("Tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ]
    .map(|(chain, address)| json!({ "type": "Crypto", "chain": chain, "address": address }))
    .to_vec()
}

/// `POST /api/addresses/fiat`, one for each rail. The first is registered in the world already, once.
#[must_use]
pub fn fiat_addresses() -> Vec<Value> {
    let address = json!({
        "street": "Street 1", "city": "Town", "state": "BE", "country": { "code": "DE" }, "postal_code": "10115",
    });
    let person = json!({ "type": "Individual", "given_name": "Ann", "family_name": "Archer" });
    let mut sepa = json!({
        "customer_id": "<CUSTOMER>",
        "currency": { "code": "EUR" },
        "label": "main",
        "bank_details": {
            "recipient": person,
            "provider_name": "A Bank",
            "provider_country": { "code": "DE" },
            "account_identifier": { "type": "SEPA", "iban": "DE89370400440532013000" },
            "address": address,
            "is_third_party": false,
        },
    });
    let with = |currency: &str, account: Value, more: &[(&str, Value)]| {
        let mut body = sepa.clone();
        body["currency"] = json!(currency);
        body["bank_details"]["account_identifier"] = account;
        for (name, value) in more {
            body["bank_details"][name] = value.clone();
        }
        body
    };
    let phone = ("phone_number", json!("+1 202 555 0100"));
    let us =
        |rail: &str| json!({ "type": rail, "routing_number": "021000021", "account_number": "123456789" });
    let uk = |rail: &str| json!({ "type": rail, "sort_code": "12-34-56", "account_number": "12345678" });
    let swift = json!({
        "type": "SWIFT", "bic": "DEUTDEFF", "account_number": "0012345", "intermediary_bic": "CHASUS33XXX",
    });
    let business = json!({ "type": "Business", "name": "Boss & Co" });
    let email = json!({ "email": "bank@example.com" });
    let mut all: Vec<Value> = ["ACH", "Wire", "RTP", "FEDNOW"]
        .iter()
        .map(|rail| with("USD", us(rail), std::slice::from_ref(&phone)))
        .collect();
    all.extend(["CHAPS", "FPS"].iter().map(|rail| with("GBP", uk(rail), &[("recipient", business.clone())])));
    all.push(with("CHF", swift, &[("bank_address", address.clone()), ("email_address", email)]));
    let third = with(
        "EUR",
        json!({ "type": "SEPA", "iban": "FR14 2004 1010 0505 0001 3M02 606" }),
        &[("is_third_party", json!(true))],
    );
    all.push(third);
    // Not the account that the world has, for which there is a 409.
    let first = sepa.clone();
    sepa["bank_details"]["account_identifier"]["iban"] = json!("NL91ABNA0417164300");
    all.insert(0, first);
    all.push(sepa);
    all
}

/// `POST /api/customers/{id}/identifications/v2`
#[must_use]
pub fn identifications() -> Vec<Value> {
    vec![json!({ "type": "Link" }), json!({ "type": "Link", "with_edd": true })]
}

/// `POST /api/identifications/{id}/review`
#[must_use]
pub fn reviews() -> Vec<Value> {
    vec![json!({ "approved": true }), json!({ "approved": false, "comment": "The photo cannot be read." })]
}

/// `POST /api/sandbox/identification/{id}`
#[must_use]
pub fn sandbox_reviews() -> Vec<Value> {
    vec![json!({ "approved": true }), json!({ "approved": false })]
}

/// `POST /api/customers/{id}/signings`
#[must_use]
pub fn signings() -> Vec<Value> {
    vec![json!({ "signed": true, "content_id": "<DOCUMENT>" })]
}

/// `PUT /api/sandbox/autoramp/{id}`
#[must_use]
pub fn autoramp_statuses() -> Vec<Value> {
    [
        "Authorized",
        "DepositAccountAdded",
        "Approved",
        "Rejected",
        "Cancelled",
        "AuthorizationRequired",
        "Created",
        "EditPending",
    ]
    .map(Value::from)
    .to_vec()
}

/// `PUT /api/sandbox/fiat-verification/{id}`
#[must_use]
pub fn fiat_statuses() -> Vec<Value> {
    [
        "Registered",
        "RegistrationPending",
        "RegistrationFailed",
        "AuthorizationRequired",
        "AuthorizationFailed",
    ]
    .map(Value::from)
    .to_vec()
}

/// `PUT /api/autoramps/{id}/status`
#[must_use]
pub fn autoramp_decisions() -> Vec<Value> {
    ["Authorized", "DepositAccountAdded", "Approved", "Rejected"].map(Value::from).to_vec()
}

/// `PUT /api/addresses/fiat/{id}/status`
#[must_use]
pub fn fiat_decisions() -> Vec<Value> {
    ["Registered", "RegistrationPending", "RegistrationFailed"].map(Value::from).to_vec()
}

/// `PUT /api/customers/{id}/suspension`
#[must_use]
pub fn suspensions() -> Vec<Value> {
    vec![json!({ "suspended": true }), json!({ "suspended": false })]
}

/// `POST /api/webhooks`
#[must_use]
pub fn webhooks() -> Vec<Value> {
    vec![
        json!({ "url": "https://partner.example/hooks?a=b", "topics": ["IdentificationStatus", "CustomerStatus"] }),
        json!({
            "url": "https://partner.example:8443/", "topics": [], "label": "Second", "enabled": false,
            "signature": "standard-webhooks",
        }),
    ]
}

/// `PATCH /api/webhooks/{id}`
#[must_use]
pub fn webhook_changes() -> Vec<Value> {
    vec![
        json!({}),
        json!({
            "url": "https://other.example/", "topics": ["Ping", "RegisterAutorampStatus"], "label": "New",
            "enabled": true, "signature": "hex",
        }),
    ]
}

/// `POST /api/webhooks/{id}/ping`
#[must_use]
pub fn pings() -> Vec<Value> {
    vec![json!({ "customer_id": "<CUSTOMER>" })]
}
