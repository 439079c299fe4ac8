//! What every run begins with: the valid requests of each type, as they are and as the base of edits.

use crate::valid;
use serde_json::Value;

/// Inputs by the name of their file.
pub type Inputs = Vec<(String, Vec<u8>)>;

/// The seeds of each target.
#[must_use]
pub fn all() -> Vec<(&'static str, Inputs)> {
    vec![
        ("create_customer", bodies("", &valid::customers())),
        ("update_customer", [bodies("s\0", &valid::updates()), bodies("p\0", &valid::updates())].concat()),
        (
            "submit_code",
            [
                bodies("p\0", &valid::submissions()),
                bodies("s\u{1}", &valid::submissions()),
                lines(&[
                    "p\0{\"code\":<DIGITS>}",
                    "p\0{\"code\":123456}",
                    "s\u{1}{\"code\":123456}",
                    "p\u{1}{\"code\":7}",
                ]),
            ]
            .concat(),
        ),
        ("create_autoramp", bodies("", &valid::autoramps())),
        ("edit_autoramp", [bodies("s\0", &valid::edits()), bodies("p\u{1}", &valid::edits())].concat()),
        ("register_fiat_address", bodies("", &valid::fiat_addresses())),
        ("create_identification", bodies("\0", &valid::identifications())),
        ("review", [bodies("o\0", &valid::reviews()), bodies("s\0", &valid::sandbox_reviews())].concat()),
        ("signings", bodies("\0", &valid::signings())),
        (
            "sandbox_status",
            [bodies("a\0", &valid::autoramp_statuses()), bodies("f\0", &valid::fiat_statuses())].concat(),
        ),
        (
            "operators",
            [
                bodies("a\0", &valid::autoramp_decisions()),
                bodies("f\0", &valid::fiat_decisions()),
                bodies("s\0", &valid::suspensions()),
            ]
            .concat(),
        ),
        (
            "webhooks",
            [
                bodies("r", &valid::webhooks()),
                bodies("c\0", &valid::webhook_changes()),
                bodies("p\0", &valid::pings()),
            ]
            .concat(),
        ),
        (
            "login_mfa",
            lines(&[
                "\0\u{1}{\"email\":\"<EMAIL>\",\"password\":\"<PASSWORD>\",\"mfaCode\":\"123456\",\"rememberDevice\":true}",
                "\0\u{2}{\"refreshToken\":\"rt_AAAA\"}",
                "\u{1}\0{\"email\":\"ben@example.com\",\"password\":\"<PASSWORD>\"}",
                "\u{2}\0{\"email\":\"<EMAIL>\",\"password\":\"<PASSWORD>\",\"emailConfirmCode\":\"123456\",\"userType\":\"a\",\"termsAndConditionsConfirmed\":true,\"termsAndConditionsVersion\":1}",
                "\u{3}\u{3}{}",
                "\u{4}\u{3}{\"confirmationCode\":\"123456\"}",
                "\u{6}\u{3}{\"oldPassword\":\"<PASSWORD>\",\"newPassword\":\"<PASSWORD>x\",\"confirmCode\":\"123456\"}",
                "\u{7}\0{\"email\":\"<EMAIL>\"}",
                "\u{9}\0{\"email\":\"<EMAIL>\",\"newPassword\":\"<PASSWORD>\",\"payload\":\"a.b.c\"}",
            ]),
        ),
        (
            "two_factor_sessions",
            lines(&[
                "\0\0{\"userName\":\"<EMAIL>\",\"password\":\"<PASSWORD>\"}",
                "\u{1}\0{\"email\":\"ben@example.com\",\"password\":\"<PASSWORD>\",\"name\":\"Ben\",\"phone\":\"+15551234567\"}",
                "\u{4}\u{3}{\"code\":\"123456\",\"method\":\"email\",\"action\":\"login\",\"remember_device\":true}",
                "\u{4}\u{3}{\"code\":\"ABCDE-FGHJK\",\"method\":\"recovery\"}",
                "\u{5}\u{3}{\"two_factor_enabled\":false,\"verification_code\":\"123456\",\"verification_method_id\":\"39a9a210-e6c9-80ce-a3e0-a62d4edc7988\"}",
                "\u{6}\u{3}{\"identifier\":\"ben@example.org\"}",
                "\u{9}\u{3}{\"action\":\"login\"}",
                "\u{a}\u{2}{\"session_id\":\"<SESSION>\"}",
            ]),
        ),
        ("lists", lists()),
        ("headers", headers()),
        ("routes", routes()),
        (
            "confirm_page",
            lines(&[
                "GET <TOKEN>\nPOST <TOKEN>\nGET <TOKEN>\nPOST <TOKEN>",
                "HEAD <TOKEN>\nGET <LINK>\nPOST <LINK>\nPUT <TOKEN>",
                "POST <TOKEN>x\nPOST x\nPOST <TOKEN>?a=b code=123456",
            ]),
        ),
        ("identify_page", identify()),
    ]
}

/// Each body as it is, and unedited in the form that the fuzzer edits.
fn bodies(before: &str, valid: &[Value]) -> Inputs {
    let start = |rest: &[u8]| [before.as_bytes(), rest].concat();
    let name = |kind: &str, nth: usize| {
        let before: String = before.bytes().map(|byte| format!("{byte:02x}-")).collect();
        format!("{before}{kind}-{nth}")
    };
    let mut inputs = Inputs::new();
    for (nth, body) in valid.iter().enumerate() {
        inputs.push((name("body", nth), start(body.to_string().as_bytes())));
        let which = u8::try_from(nth).expect("there are few");
        inputs.push((name("unedited", nth), start(&[0, which, 0])));
        // Three edits of the first kind, each at another place.
        inputs.push((
            name("edited", nth),
            start(&[0, which, 3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0]),
        ));
    }
    inputs
}

fn lines(texts: &[&str]) -> Inputs {
    texts.iter().enumerate().map(|(nth, text)| (format!("text-{nth}"), text.as_bytes().to_vec())).collect()
}

/// The first byte says which list.
fn lists() -> Inputs {
    lines(&[
        "\0",
        "\0page_size=3&sort_order=asc",
        "\0page_size=%2B5",
        "\0search_term=boss&status[]=IdentificationRequired&customer_type[]=Business&has_transactions=false",
        "\0identification_status=Pending&status=Archived&page_size=100",
        "\0cursor=<CUSTOMER>&page_size=2",
        "\0prev_cursor=<BUSINESS>&sort_order=desc",
        "\u{1}page_size=4",
        "\u{1}customer_id=<CUSTOMER>&status=Authorized&autoramp_type=Onramp&source=Standalone&is_batch_payout=false",
        "\u{1}status=Cancelled&cursor=<AUTORAMP>",
        "\u{2}page_size=5",
        "\u{2}cursor=<IDENTIFICATION>",
        "\u{3}status=AuthorizationRequired",
        "\u{3}page_size=1",
        "\u{4}page_size=1&sort_order=asc",
    ])
}

fn headers() -> Inputs {
    lines(&[
        "GET /\nX-API-Key: <WRITER>\n",
        "GET /\nX-API-Key: <READER>\nX-API-Version: 2026-07-01\nX-SUB-PARTNER-ID: <SUB_PARTNER>\n",
        "POST /\nX-API-Key: <WRITER>\nIDEMPOTENCY-KEY: a-1\nContent-Type: application/json; charset=utf-8\n",
        "POST /\nX-API-Key: <OTHER>\nIDEMPOTENCY-KEY: 7b1c\nContent-Type: application/json\nX-Trace-Id: 0123456789abcdef0123456789abcdef\n",
        "POST /\nX-API-Key: <OPERATOR>\nIDEMPOTENCY-KEY: 7b1c\n",
        "GET /\nX-API-Key: <LIMITED>\n",
        "GET /\nX-API-Key: <WRITER>\nX-API-Key: <WRITER>\n",
        "POST /\nX-API-Key: <WRITER>\nContent-Length: 70000\nIDEMPOTENCY-KEY: a\n",
    ])
}

fn routes() -> Inputs {
    let paths = [
        "GET /api/authentication-codes/entity/<CUSTOMER>",
        "PUT /api/authentication-codes/<CODE>",
        "GET /api/customers",
        "GET /api/customers/<CUSTOMER>",
        "GET /api/customers/ext-0/external",
        "GET /api/customers/<CUSTOMER>/email-changes/<CHANGE>",
        "PUT /api/customers/<BUSINESS>/archive",
        "GET /api/customers/<CUSTOMER>/required-signings",
        "POST /api/customers/<CUSTOMER>/signings",
        "GET /api/customers/<CUSTOMER>/identifications",
        "POST /api/customers/<BUSINESS>/identifications/v2",
        "GET /api/identifications/<IDENTIFICATION>",
        "PUT /api/identifications/<IDENTIFICATION>/archive",
        "POST /api/identifications/<IDENTIFICATION>/review",
        "POST /sandbox/identification/<IDENTIFICATION>",
        "POST /api/sandbox/identification/<DECIDED>",
        "GET /api/autoramps",
        "GET /api/autoramps/<AUTORAMP>",
        "PATCH /api/autoramps/<AUTORAMP>",
        "DELETE /api/autoramps/<AUTORAMP>",
        "GET /api/autoramps/ramp-0/external",
        "POST /api/autoramps/<WAITING_AUTORAMP>/retry-auth",
        "GET /api/addresses/fiat",
        "GET /api/addresses/fiat/<CUSTOMER>",
        "GET /api/addresses/fiat/<CUSTOMER>/<FIAT>",
        "DELETE /api/addresses/fiat/<CUSTOMER>/<FIAT>",
        "POST /api/addresses/fiat/<FIAT>/retry-auth",
        "POST /api/sandbox/reset",
        "PUT /api/sandbox/autoramp/<AUTORAMP>",
        "PUT /api/sandbox/fiat-verification/<FIAT>",
        "PUT /api/customers/<CUSTOMER>/suspension",
        "PUT /api/autoramps/<AUTORAMP>/status",
        "PUT /api/addresses/fiat/<FIAT>/status",
        "GET /api/webhooks",
        "POST /api/webhooks/<WEBHOOK>/secret",
        "GET /api/webhooks/<WEBHOOK>/dead-letters?page_size=5&cursor=1",
        "POST /api/webhooks/<WEBHOOK>/dead-letters/1/retry",
        "POST /internal/webhooks/run",
        "GET /confirm/<TOKEN>",
        "GET /identify/<LINK>",
        "POST /identify/<LINK>",
        "GET /inbox",
        "HEAD /inbox.json",
        "GET /",
        "GET /style.css",
        "GET /healthz",
        "OPTIONS /api/customers",
        "GET //api/customers",
        "GET /api/%63ustomers",
        "BREW /api",
    ];
    let with = |path: &&str| format!("{path}\nidempotency-key: a\n\n{{\"type\":\"Link\",\"approved\":true}}");
    paths.iter().enumerate().map(|(nth, path)| (format!("route-{nth}"), with(path).into_bytes())).collect()
}

/// The first byte says which link, the second in which environment.
fn identify() -> Inputs {
    let person = "do=submit&seal=<SEAL>&given_name=Ann&family_name=Archer&date_of_birth=1990-12-31&nationality=DE&\
        street=Street+1&postal_code=10115&city=Town&country=DE&occupation=Archer";
    let business = "do=submit&seal=<BUSINESS_SEAL>&legal_name=Boss+%26+Co&registration_number=7&country=DE&street=Street+1&\
        city=Town&address_country=DE&beneficial_owners=Ann+Archer%0AEve&source_of_funds=Work&account_purpose=Wages";
    lines(&[
        "\0\0do=check&code=<PAGE_CODE>\ndo=submit&seal=x",
        "\0\0do=check&code=123456\ndo=check&code=000000\ndo=send",
        "\0\u{1}do=check&code=123-456\ndo=submit",
        "\0\0do=send\ndo=send\ndo=check&code=111111",
        &format!("\u{1}\0!{person}\n{person}\n{person}"),
        &format!("\u{2}\0{business}"),
        // Without a seal, with another's, and without a session.
        &format!("\u{1}\0{}", person.replace("&seal=<SEAL>", "")),
        &format!("\u{1}\0{}", person.replace("<SEAL>", "<BUSINESS_SEAL>")),
        &format!("\u{2}\0{}\n!{business}", business.replace("<BUSINESS_SEAL>", "<SEAL>")),
        "\u{2}\0do=submit&seal=<BUSINESS_SEAL>&legal_name=%E2%80%AE",
        "\u{1}\0do=send\ndo=check&code=1",
    ])
}
