//! Second factors other than mail, in the same flow: ours, beside the contract.

use super::*;
use crate::accounts::methods::{self, recovery, totp};
use crate::accounts::phone::Phone;
use crate::ports::delivery::Channel;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

const SWITCH: &str = "/reg/mfa/authorization/switch";
const CONFIRM: &str = "/reg/mfa/authorization/switch/confirm";

/// Ann's authenticator app, which is set up and counts.
pub(super) struct App(Vec<u8>);

impl App {
    pub(super) fn of(ports: &TestPorts) -> App {
        in_context(ports, |ctx, account| {
            let setup = totp::start(ports, account.id, "Acme", EMAIL, ctx.now).unwrap();
            let app = App(base32(&setup.secret_base32));
            let pending = totp::state(ports, account.id, ctx.now).unwrap().pending.unwrap();
            let code = totp::Code::parse(&app.code(ports)).unwrap();
            pending.check(ports, &code, ctx.now).unwrap().unwrap().activate(ports, ctx.now).unwrap();
            // That code is used up.
            ports.pass(seconds(60));
            app
        })
    }

    /// RFC 6238.
    pub(super) fn code(&self, ports: &TestPorts) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&(ports.now.get().0 / 30_000).to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let word = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }
}

fn base32(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = text.chars().map(|one| format!("{:05b}", ALPHABET.find(one).unwrap())).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

fn recovery_codes(ports: &TestPorts) -> Vec<String> {
    in_context(ports, |ctx, account| recovery::replace(ports, account.id, ctx.now).unwrap().texts())
}

fn by(ports: &TestPorts, method: &str, code: Option<&str>) -> Answer {
    sign_in(ports, &json!({ "mfaMethod": method, "mfaCode": code }))
}

#[test]
fn an_app_is_asked_for_and_nothing_is_sent() {
    let ports = world();
    let app = App::of(&ports);
    // Nothing is sent, so nothing is sent too soon.
    for _ in 0..2 {
        assert_eq!(by(&ports, "totp", None).status, 424);
    }
    assert_eq!(sent(&ports), 0);
    let code = app.code(&ports);
    assert_eq!(by(&ports, "totp", Some(&code)).status, 200);
    // Each code once.
    says(&by(&ports, "totp", Some(&code)), 400, "BAD_REQUEST", &invalid(4));
    says(&by(&ports, "totp", Some("12345")), 400, "BAD_REQUEST", &invalid(4));
}

/// Without a word it is the method that the last code was sent by, or the oldest: mail.
#[test]
fn an_apps_code_is_no_mailed_one() {
    let ports = world();
    let app = App::of(&ports);
    says(&with_code(&ports, &app.code(&ports)), 400, "BAD_REQUEST", EXPIRED);
    let mailed = ask_for_code(&ports);
    says(&by(&ports, "totp", Some(&mailed)), 400, "BAD_REQUEST", &invalid(4));
    assert_eq!(with_code(&ports, &mailed).status, 200);
}

/// §2, counter scope: one budget for all methods.
#[test]
fn all_methods_share_the_attempts() {
    let ports = world();
    let app = App::of(&ports);
    let codes = recovery_codes(&ports);
    let mailed = ask_for_code(&ports);
    says(&with_code(&ports, &wrong(&mailed)), 400, "BAD_REQUEST", &invalid(4));
    says(&by(&ports, "totp", Some(&wrong(&app.code(&ports)))), 400, "BAD_REQUEST", &invalid(3));
    says(&by(&ports, "recovery", Some("00000-00000")), 400, "BAD_REQUEST", &invalid(2));
    says(&with_code(&ports, &wrong(&mailed)), 400, "BAD_REQUEST", &invalid(1));
    says(&by(&ports, "totp", Some(&wrong(&app.code(&ports)))), 423, "LOCKED", LOCKED);
    says(&by(&ports, "recovery", Some(&codes[0])), 423, "LOCKED", LOCKED);
    says(&by(&ports, "totp", Some(&app.code(&ports))), 423, "LOCKED", LOCKED);
}

/// Row 7 does not apply to them; what cannot be one takes no attempt either.
#[test]
fn recovery_codes_work_once_each() {
    let ports = world();
    let codes = recovery_codes(&ports);
    assert_eq!(by(&ports, "recovery", None).status, 424);
    assert_eq!(sent(&ports), 0);
    assert_eq!(by(&ports, "recovery", Some(&codes[0])).status, 200);
    says(&by(&ports, "recovery", Some(&codes[0])), 400, "BAD_REQUEST", &invalid(4));
    for text in ["", "123456", "uuuuu-uuuuu"] {
        says(&by(&ports, "recovery", Some(text)), 400, "BAD_REQUEST", &invalid(4));
    }
    assert_eq!(by(&ports, "recovery", Some(&codes[1].to_uppercase())).status, 200);
    // They are never asked for unasked.
    says(&with_code(&ports, &codes[2]), 400, "BAD_REQUEST", &invalid(5));
}

#[test]
fn a_method_that_the_account_has_not_is_refused() {
    let ports = world();
    for method in ["sms", "totp", "recovery"] {
        names(&by(&ports, method, None), &["mfaMethod"]);
        names(&by(&ports, method, Some("123456")), &["mfaMethod"]);
    }
}

#[test]
fn a_code_by_sms_is_tried_as_what_it_was_sent_as() {
    let ports = world();
    ports.set_setting("sms_countries", "1");
    in_context(&ports, |ctx, account| {
        let method = methods::add_phone(ctx, account.id, &Phone::parse("+15551234567").unwrap()).unwrap();
        methods::activate(ctx, account.id, &method).unwrap();
    });
    assert_eq!(by(&ports, "sms", None).status, 424);
    let message = ports.sent.borrow().last().unwrap().clone();
    assert!(message.channel == Channel::Sms && message.to == "+15551234567");
    let code = message.text.rsplit('#').next().unwrap().to_owned();
    says(&by(&ports, "email", Some(&code)), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(with_code(&ports, &code).status, 200);
    // Where no SMS is sent, it is said.
    ports.set_setting("sms_countries", "44");
    ports.pass(seconds(60));
    let answer = by(&ports, "sms", None);
    says(&answer, 400, "BAD_REQUEST", "No SMS is sent to this country. Use another method.");
}

#[test]
fn an_app_switches_and_only_what_was_asked_for() {
    let ports = world();
    let app = App::of(&ports);
    let tokens = signed_in(&ports);
    let confirm = |tokens: &Value| {
        let body = json!({ "code": app.code(&ports), "mfaMethod": "totp" }).to_string();
        as_user(&ports, tokens, "POST", CONFIRM, &body)
    };
    let start = || as_user(&ports, &tokens, "POST", SWITCH, r#"{"mfaMethod":"totp"}"#).status;
    says(&confirm(&tokens), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(start(), 200);
    ports.pass(seconds(300));
    says(&confirm(&tokens), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(start(), 200);
    let other = signed_in(&ports);
    says(&confirm(&other), 400, "BAD_REQUEST", EXPIRED);
    assert_eq!(confirm(&tokens).status, 200);
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], false);
    ports.pass(seconds(60));
    says(&confirm(&tokens), 400, "BAD_REQUEST", EXPIRED);
    // Without naming it at the end, it is the one it was asked with.
    assert_eq!(start(), 200);
    let body = json!({ "code": app.code(&ports) }).to_string();
    assert_eq!(as_user(&ports, &tokens, "POST", CONFIRM, &body).status, 200);
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], true);
}

/// Of an account that has taken away its last method: the address takes its place again.
#[test]
fn whoever_has_no_method_switches_on_with_their_address() {
    let ports = world();
    let tokens = signed_in(&ports);
    in_context(&ports, |ctx, account| {
        for method in methods::all(ctx, account.id).unwrap() {
            methods::remove(ctx, account.id, &method).unwrap();
        }
    });
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], false);
    assert_eq!(as_user(&ports, &tokens, "POST", SWITCH, "").status, 200);
    let body = json!({ "code": mailed(&ports) }).to_string();
    assert_eq!(as_user(&ports, &tokens, "POST", CONFIRM, &body).status, 200);
    assert_eq!(who(&ports, &tokens).json()["authorizationMfaActive"], true);
    ports.pass(seconds(60));
    ask_for_code(&ports);
}
