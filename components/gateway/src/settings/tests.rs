//! Every setting that can be wrong, and what stands where nothing is set.

use super::accounts::SANDBOX_BRIDGE_SECRET;
use super::api::SANDBOX_API_KEY;
use super::mac_keys::SANDBOX_MAC_KEY_ID;
use super::token_keys::SANDBOX_SEED;
use super::*;
use crate::accounts::phone::Phone;
use crate::testing::TestPorts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use sha2::{Digest as _, Sha256};

const KEYS: &str = r#"[{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","name":"Acme","role":"read-only"}]"#;
const MACS: &str = r#"[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;

const FIRST_SEED: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const TOKENS: &str = r#"[{"id":"T1","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},
    {"id":"t-0","seed":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="}]"#;

const TENANT: &str = r#"[{"partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","partner_id":7,"name":"Acme"}]"#;

fn with(name: &str, value: &str) -> TestPorts {
    let ports = TestPorts::default();
    ports.set_setting("environment", "production");
    ports.set_setting("api_keys", KEYS);
    ports.set_setting("mac_keys", MACS);
    ports.set_setting("base_url", "https://2fa.example.com/");
    ports.set_setting(name, value);
    ports
}

fn load(ports: &TestPorts) -> Result<(), SettingError> {
    let api = ApiSettings::load(ports)?;
    IssueSettings::load(ports, api.environment)?;
    IdentificationSettings::load(ports, api.environment)?;
    MessageLimits::load(ports, api.environment)?;
    idempotency_key_required(ports)?;
    if token_keys_are_set(ports)? {
        token_keys(ports, api.environment)?;
    }
    TokenLifetimes::load(ports)?;
    if accounts_are_on(ports)? {
        tenants(ports)?;
    }
    required_signings(ports).map(drop)
}

#[test]
fn unset_means_production_and_the_defaults() {
    let ports = with("environment", "");
    let api = ApiSettings::load(&ports).ok().unwrap();
    assert_eq!(api.environment, Environment::Production);
    assert_eq!(api.api_keys[0].role, Role::ReadOnly);
    let issue = IssueSettings::load(&ports, api.environment).ok().unwrap();
    assert_eq!((issue.policy.lifetime_seconds, issue.policy.attempts), (600, 5));
    assert_eq!((issue.policy.cooldown_seconds, issue.policy.sandbox), (30, false));
    assert_eq!(issue.base_url.confirmation("t"), "https://2fa.example.com/confirm/t");
}

#[test]
fn a_wrong_setting_is_named_and_its_value_is_not() {
    let secret = "c2VjcmV0";
    for (name, value) in [
        ("environment", secret),
        ("api_keys", secret),
        ("api_keys", r#"[{"sha256":"c2VjcmV0","partner":"x","name":"x","role":"read-only"}]"#),
        ("api_keys", r#"[{"sha256":"","partner":"","name":"x","role":"c2VjcmV0"}]"#),
        ("mac_keys", secret),
        ("mac_keys", "[]"),
        ("mac_keys", ""),
        ("mac_keys", r#"[{"id":"k","secret":"c2VjcmV0"}]"#),
        ("mac_keys", r#"[{"id":"k","secret":["c2VjcmV0"]}]"#),
        ("mac_keys", r#"[{"id":"k1","seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#),
        ("mac_keys", r#"[{"id":"k1"}]"#),
        ("base_url", ""),
        ("base_url", "c2VjcmV0"),
        ("base_url", "http://2fa.example.com"),
        ("base_url", "https://2fa.example.com/?c2VjcmV0"),
        ("base_url", "https://c2VjcmV0@2fa.example.com/"),
        ("code_lifetime_seconds", "3601"),
        ("code_attempts", "11"),
        ("code_attempts", "0"),
        ("resend_cooldown_seconds", "-1"),
        ("sender_name", "a\r\nBcc: c2VjcmV0"),
        ("identification_lifetime_days", "0"),
        ("identification_lifetime_days", "366"),
        ("emails_per_hour", "0"),
        ("emails_per_hour", "1001"),
        ("sms_per_day", "0"),
        ("sms_per_day", "c2VjcmV0"),
        ("sms_countries", "*"),
        ("sms_countries", "1,,44"),
        ("sms_countries", "+1"),
        ("sms_countries", "01"),
        ("sms_countries", "12345678"),
        ("sms_countries", "1,c2VjcmV0"),
        ("token_keys", secret),
        ("token_keys", "[]"),
        ("token_keys", r#"[{"id":"k","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#),
        ("token_keys", r#"[{"id":"c2VjcmV0.","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]"#),
        ("token_keys", r#"[{"id":"k","seed":"c2VjcmV0"}]"#),
        (
            "token_keys",
            r#"[{"id":"k","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","secret":"c2VjcmV0"}]"#,
        ),
        ("token_keys", r#"[{"id":"k","seed":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"}]"#),
        ("token_keys", r#"[{"id":"k","seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#),
        ("access_token_seconds", "59"),
        ("access_token_seconds", "604801"),
        ("refresh_token_days", "0"),
        ("refresh_token_days", "91"),
        ("accounts", secret),
        ("accounts", r#"[{"partner":"c2VjcmV0","partner_id":7,"name":"Acme"}]"#),
        (
            "accounts",
            r#"[{"partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","partner_id":"c2VjcmV0","name":"A"}]"#,
        ),
        ("idempotency_key_required", secret),
        ("required_signings", secret),
        ("required_signings", r#"[{"id":"c2VjcmV0","url":"https://a.b","display_name":"A"}]"#),
    ] {
        let error = load(&with(name, value)).unwrap_err();
        assert_eq!(error.name, name, "{value}");
        assert!(!error.why.contains(secret), "{name}: {}", error.why);
    }
    assert_eq!(load(&with("sender_name", "Acme")), Ok(()));
}

#[test]
fn production_refuses_what_the_sandbox_comes_with() {
    let known = base16ct::lower::encode_string(&Sha256::digest(SANDBOX_API_KEY));
    let api_keys = KEYS.replace(&"a".repeat(64), &known);
    let mac_keys = MACS.replace("k1", SANDBOX_MAC_KEY_ID);
    let known = TOKENS.replace("T1", SANDBOX_MAC_KEY_ID);
    let renamed = TOKENS.replace(FIRST_SEED, &STANDARD.encode(SANDBOX_SEED));
    let known_secret = base16ct::lower::encode_string(&Sha256::digest(SANDBOX_BRIDGE_SECRET));
    let accounts =
        TENANT.replace("\"Acme\"", &format!("\"Acme\",\"bridge_secret_sha256\":\"{known_secret}\""));
    for (name, value) in [
        ("api_keys", &api_keys),
        ("mac_keys", &mac_keys),
        ("token_keys", &known),
        ("token_keys", &renamed),
        ("accounts", &accounts),
    ] {
        assert_eq!(load(&with(name, value)).unwrap_err().name, name);
        let ports = with(name, value);
        ports.set_setting("environment", "sandbox");
        assert_eq!(load(&ports), Ok(()));
    }
}

/// `contracts/login-mfa.md` §4: "2FA on for all users; optional only if the operator allows it".
#[test]
fn a_second_factor_is_mandatory_unless_the_operator_says_otherwise() {
    let mfa = |more: &str| {
        let text = TENANT.replace(r#""partner_id":7"#, &format!(r#""partner_id":7{more}"#));
        tenants(&with("accounts", &text)).map(|tenants| tenants[0].mfa).map_err(|error| error.name)
    };
    assert_eq!(mfa(""), Ok(Mfa::Mandatory));
    assert_eq!(mfa(r#","mfa":"optional""#), Ok(Mfa::Optional));
    // What is mandatory cannot be switched off for all.
    assert_eq!(mfa(r#","mfa":"mandatory","two_factor":false"#), Err("accounts"));
    assert_eq!(mfa(r#","two_factor":false"#), Err("accounts"));
    assert_eq!(mfa(r#","mfa":"optional","two_factor":false"#), Ok(Mfa::Optional));
}

/// Clients leave the usual port out, and requests are looked up without it: such an entry would get nothing.
#[test]
fn a_host_stands_without_the_usual_port() {
    let loaded = |host: &str| {
        let text = TENANT.replace(r#""partner_id":7"#, &format!(r#""partner_id":7,"hosts":["{host}"]"#));
        tenants(&with("accounts", &text)).is_ok()
    };
    for (host, fits) in
        [("a.example", true), ("a.example:8443", true), ("a.example:443", false), ("a.example:80", false)]
    {
        assert_eq!(loaded(host), fits, "{host}");
    }
}

#[test]
fn an_sms_goes_nowhere_unless_a_country_is_named() {
    let reached = |value: &str, environment| {
        let limits = MessageLimits::load(&with("sms_countries", value), environment).ok().unwrap();
        let numbers = ["+15551234567", "+18765551234", "+442079460958", "+4930123456"];
        let reached = numbers.map(|number| limits.reaches(&Phone::parse(number).unwrap()));
        (limits.sms_is_offered(), reached)
    };
    for environment in [Environment::Production, Environment::Sandbox] {
        for nothing in ["", " "] {
            assert_eq!(reached(nothing, environment), (false, [false; 4]));
        }
        assert_eq!(reached("44", environment), (true, [false, false, true, false]));
        assert_eq!(reached(" 1, 49 ", environment), (true, [true, true, false, true]));
        assert_eq!(reached("1555", environment), (true, [true, false, false, false]));
    }
    assert_eq!(reached("*", Environment::Sandbox), (true, [true; 4]));
}

#[test]
fn a_base_url_names_its_origin_as_browsers_do() {
    for (text, origin, path, is_https) in [
        ("https://2fa.example.com", "https://2fa.example.com", "", true),
        ("HTTPS://2FA.example.com:443/", "https://2fa.example.com", "", true),
        ("https://example.com:8443/a/b/", "https://example.com:8443", "/a/b", true),
        ("https://example.com:80", "https://example.com:80", "", true),
        ("http://127.0.0.1:80/x", "http://127.0.0.1", "/x", false),
        ("http://[::1]:3000", "http://[::1]:3000", "", false),
    ] {
        let url = BaseUrl::load(&with("base_url", text), Environment::Sandbox).unwrap();
        assert_eq!((url.origin().as_str(), url.path(), url.is_https()), (origin, path, is_https), "{text}");
    }
}

#[test]
fn a_base_url_names_its_site_without_a_port() {
    for (text, host) in [
        ("https://2fa.example.com", "2fa.example.com"),
        ("https://2fa.example.com:8443/a:1/b", "2fa.example.com"),
        ("http://127.0.0.1:3000/", "127.0.0.1"),
        ("http://[::1]:3000", "[::1]"),
        ("http://[::1]", "[::1]"),
    ] {
        let url = BaseUrl::load(&with("base_url", text), Environment::Sandbox).unwrap();
        assert_eq!(url.host(), host, "{text}");
    }
}

#[test]
fn the_sandbox_may_do_without_tls() {
    let ports = with("base_url", "http://127.0.0.1:3000");
    ports.set_setting("environment", "sandbox");
    assert_eq!(load(&ports), Ok(()));
}

#[test]
fn token_keys_differ_in_id_and_seed_and_the_newest_stands_first() {
    let load = |text: &str| token_keys(&with("token_keys", text), Environment::Production);
    let keys = load(TOKENS).ok().unwrap();
    assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["T1", "t-0"]);
    assert_eq!(keys[0].seed, [1; 32]);
    let many: Vec<String> =
        (1..12).map(|n| format!(r#"{{"id":"k{n}","seed":"{}"}}"#, STANDARD.encode([n; 32]))).collect();
    assert!(load(&format!("[{}]", many[..10].join(","))).is_ok());
    for wrong in [
        TOKENS.replace("t-0", "T1"),
        TOKENS.replace("AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=", FIRST_SEED),
        format!("[{}]", many.join(",")),
    ] {
        assert_eq!(load(&wrong).err().unwrap().name, "token_keys");
    }
}

/// `contracts/login-mfa.md` §3: `expires_in` 604800.
#[test]
fn access_tokens_live_a_week_and_there_are_none_without_keys() {
    let ports = with("token_keys", " ");
    assert_eq!(token_keys_are_set(&ports), Ok(false));
    ports.set_setting("token_keys", TOKENS);
    assert_eq!(token_keys_are_set(&ports), Ok(true));
    let lifetimes = TokenLifetimes::load(&ports).unwrap();
    assert_eq!(lifetimes.access, Duration::from_secs(604_800));
    assert_eq!(lifetimes.refresh, Duration::from_secs(30 * 86_400));
}
