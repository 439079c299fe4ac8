//! What each message says, and that none says more than it may.

use super::*;
use crate::accounts::context::AccountSettings;
use crate::accounts::methods::{Kind, Method, MethodId};
use crate::accounts::second_factor::Action;
use crate::http::TraceId;
use crate::settings::{Tenant, tenants};
use crate::testing::TestPorts;
use core::time::Duration;
use http::HeaderMap;

const TENANT: &str = r#"[{"partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","name":"NAME","partner_id":7}]"#;
const MACS: &str = r#"[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;

const LONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 15 January 2026, 10:15:09 UTC.
const NOW: Timestamp = Timestamp(1_768_472_109_045);

struct World {
    ports: TestPorts,
    settings: AccountSettings,
    tenant: Tenant,
    trace: TraceId,
}

impl World {
    fn named(name: &str) -> World {
        let ports = TestPorts::default();
        ports.set_setting("accounts", &TENANT.replace("NAME", name));
        ports.set_setting("mac_keys", MACS);
        ports.set_setting("base_url", "https://2fa.example.com:8443/a/");
        ports.set_setting("sender_name", "Acme Security");
        ports.set_setting("sms_countries", "1");
        let settings = AccountSettings::load(&ports).unwrap();
        let tenant = tenants(&ports).unwrap().remove(0);
        let trace = TraceId::of(&HeaderMap::new(), &ports);
        World { ports, settings, tenant, trace }
    }

    fn ctx(&self) -> Context<'_, TestPorts> {
        Context {
            ports: &self.ports,
            settings: &self.settings,
            tenant: &self.tenant,
            trace: &self.trace,
            now: NOW,
        }
    }

    fn code(&self, asked: Asked, channel: Channel, to: &str) -> Message {
        let destination = Destination::parse(channel, to).unwrap();
        let to = Recipient { destination, on_behalf: For::Proven(account().id) };
        code(&self.ctx(), asked, &account(), &to, &written())
    }
}

fn world() -> World {
    World::named("Acme")
}

fn written() -> Written<'static> {
    Written { code: "012345", long_code: LONG, valid_until: NOW + Duration::from_secs(300) }
}

fn email(text: &str) -> AccountEmail {
    AccountEmail::parse(text).unwrap()
}

fn account() -> Account {
    Account {
        id: Uuid::from_u128(1),
        partner: Uuid::from_u128(2),
        email: email("ann.lee@example.com"),
        user_name: None,
        phone: None,
        name: None,
        last_name: None,
        user_type: None,
        created_at: NOW,
    }
}

fn method(kind: Kind, identifier: &str) -> Method {
    Method {
        id: MethodId::new(account().id, kind, identifier),
        kind,
        identifier: identifier.into(),
        is_active: true,
        created_at: NOW,
    }
}

const ASKED: [Asked; 9] = [
    Asked::SignIn,
    Asked::Switch { on: Some(true) },
    Asked::Switch { on: Some(false) },
    Asked::Switch { on: None },
    Asked::Setup,
    Asked::Removal,
    Asked::PasswordChange,
    Asked::PasswordReset,
    Asked::SignUp,
];

/// Of each kind one, with what there is of details.
fn all_news<'a>(phone: &'a Method, home: &'a Method, app: &'a Method) -> Vec<News<'a>> {
    let until = NOW + Duration::from_secs(1800);
    vec![
        News::Locked { wrong_codes: 5, until: Some(until), is_over: false },
        News::Locked { wrong_codes: 5, until: None, is_over: false },
        News::PasswordChanged,
        News::Switched { on: true },
        News::Switched { on: false },
        News::MethodAdded(phone),
        News::MethodAdded(home),
        News::MethodAdded(app),
        News::MethodRemoved(phone),
        News::MethodRemoved(home),
        News::RecoveryCodes,
        News::DeviceRemembered { until },
        News::AlreadyThere,
        News::NobodyThere,
    ]
}

fn sms() -> Method {
    method(Kind::Sms, "+15551234567")
}

fn home() -> Method {
    method(Kind::Email, "secret.box@example.org")
}

fn app() -> Method {
    method(Kind::Totp, "")
}

#[test]
fn a_mail_with_a_code_says_what_for_until_when_and_what_to_do_if_it_was_not_you() {
    let Message { channel, to, subject, text } =
        world().code(Asked::SignIn, Channel::Email, "second@example.org");
    assert_eq!((channel, to.as_str()), (Channel::Email, "second@example.org"));
    assert_eq!(subject, "Acme: confirm your sign-in");
    for part in [
        "Acme asks you to confirm your sign-in.\n",
        "  Account: a***e@example.com\n  Requested: 15 January 2026, 10:15 UTC\n",
        "Your code: 012345\n",
        "once, until 15 January 2026, 10:20 UTC",
        "change your password now. Please tell Acme about it.",
        "\nAcme Security\n",
    ] {
        assert!(text.contains(part), "{part:?} in:\n{text}");
    }
}

/// WICG SMS codes §3: the last line is exactly `@host #code`, and a host has no port.
#[test]
fn an_sms_binds_the_code_to_the_site_in_its_last_line() {
    for asked in ASKED {
        let Message { channel, to, subject, text } = world().code(asked, Channel::Sms, "+15551234567");
        assert_eq!((channel, to.as_str(), subject.as_str()), (Channel::Sms, "+15551234567", ""));
        assert!(text.ends_with("\n\n@2fa.example.com #012345"), "{text}");
        assert!(text.starts_with("Acme: 012345 confirms "), "{text}");
        assert!(text.contains("(a***e@example.com), until 10:20 UTC. Not you? "), "{text}");
        assert!(text.len() <= 160, "{} in:\n{text}", text.len());
    }
}

#[test]
fn each_thing_a_code_is_asked_for_has_words_of_its_own() {
    let mut subjects: Vec<String> =
        ASKED.iter().map(|asked| world().code(*asked, Channel::Email, "a@b.example").subject).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), ASKED.len());
    let of = [
        (Action::Login, None, Asked::SignIn),
        (Action::Switch, Some(false), Asked::Switch { on: Some(false) }),
        (Action::Setup, None, Asked::Setup),
        (Action::Remove, None, Asked::Removal),
        (Action::PasswordChange, None, Asked::PasswordChange),
    ];
    for (action, target, asked) in of {
        assert_eq!(Asked::of(action, target), asked);
    }
}

#[test]
fn only_what_shows_whose_an_address_is_brings_a_long_code() {
    for why in [Why::SignUp, Why::Registration, Why::PasswordReset] {
        let message = ownership(&world().ctx(), why, &email("ann.lee@example.com"), &written());
        assert_eq!(message.to, "ann.lee@example.com");
        assert!(message.text.contains(&format!("in its place:\n{LONG}\n")), "{}", message.text);
        assert!(message.text.contains("do nothing"), "{}", message.text);
        assert!(!message.subject.contains("012345"), "{}", message.subject);
    }
    for asked in ASKED {
        for (channel, to) in [(Channel::Email, "a@b.example"), (Channel::Sms, "+15551234567")] {
            let Message { text, subject, .. } = world().code(asked, channel, to);
            assert!(!text.contains(LONG) && !text.contains("in its place"), "{text}");
            assert!(!subject.contains("012345"), "{subject}");
        }
    }
}

#[test]
fn a_locked_owner_is_told_why_until_when_and_what_it_means() {
    let text = |until| {
        let what = News::Locked { wrong_codes: 5, until, is_over: false };
        news(&world().ctx(), &account().email, &what)
    };
    let half_an_hour = text(Some(NOW + Duration::from_secs(1800)));
    assert_eq!(half_an_hour.subject, "Acme: your account is locked");
    for part in [
        "because 5 wrong codes were entered",
        // It is 10:45:09, and nobody is sent away a second time at 10:45.
        "opens again by itself on 15 January 2026, 10:46 UTC.",
        "somebody knows your password: set a new one.",
        "  Address: a***e@example.com\n  When: 15 January 2026, 10:15 UTC\n",
    ] {
        assert!(half_an_hour.text.contains(part), "{part:?} in:\n{}", half_an_hour.text);
    }
    let late = News::Locked { wrong_codes: 5, until: Some(NOW), is_over: true };
    let late = news(&world().ctx(), &account().email, &late).text;
    assert!(late.contains("has been signed out. It is open again."), "{late}");
    let for_good = text(None).text;
    assert!(
        for_good.contains("locked until you set a new password") && !for_good.contains("opens"),
        "{for_good}"
    );
    let on_the_minute = text(Some(Timestamp(1_768_473_900_000))).text;
    assert!(on_the_minute.contains("on 15 January 2026, 10:45 UTC."), "{on_the_minute}");
}

#[test]
fn every_news_says_who_when_and_what_to_do_and_holds_no_link_and_no_address_whole() {
    let (phone, home, app) = (sms(), home(), app());
    let mut seen = Vec::new();
    for what in all_news(&phone, &home, &app) {
        let Message { channel, to, subject, text } = news(&world().ctx(), &account().email, &what);
        assert_eq!((channel, to.as_str()), (Channel::Email, "ann.lee@example.com"));
        assert!(subject.starts_with("Acme: ") && !subject.contains('\n'), "{subject}");
        for part in ["Acme", "  When: 15 January 2026, 10:15 UTC\n", " not you", "\nAcme Security\n"] {
            assert!(text.contains(part), "{part:?} in:\n{text}");
        }
        for hidden in ["://", "2fa.example", "ann.lee", "secret.box", "5551234567", "{", "}"] {
            assert!(!text.contains(hidden) && !subject.contains(hidden), "{hidden:?} in:\n{text}");
        }
        assert!(!seen.contains(&text), "said twice:\n{text}");
        seen.push(text);
    }
    let added = |method| news(&world().ctx(), &account().email, &News::MethodAdded(method)).text;
    assert!(added(&phone).contains(": codes by SMS to +1***4567.\n"));
    assert!(added(&home).contains(": codes by mail to s***x@example.org.\n"));
    assert!(added(&app).contains(": an authenticator app.\n"));
}

/// `wit/delivery.wit`: at most 200 bytes, one line.
#[test]
fn a_subject_is_never_longer_than_a_transport_takes() {
    let long = World::named(&"€".repeat(80));
    let (phone, home, app) = (sms(), home(), app());
    let messages = all_news(&phone, &home, &app)
        .into_iter()
        .map(|what| news(&long.ctx(), &account().email, &what))
        .chain(ASKED.iter().map(|asked| long.code(*asked, Channel::Email, "a@b.example")));
    for Message { subject, text, .. } in messages {
        assert!((1..=200).contains(&subject.len()) && subject.starts_with(char::is_uppercase), "{subject}");
        assert!(text.contains("€") && text.len() <= 16 * 1024);
    }
}

#[test]
fn news_that_cannot_be_told_refuse_nothing_and_are_in_the_log_without_the_address() {
    let world = world();
    tell(&world.ctx(), &account(), &News::PasswordChanged);
    assert_eq!(world.ports.sent.borrow().len(), 1);
    world.ports.delivery_fails.set(true);
    tell(&world.ctx(), &account(), &News::Switched { on: false });
    assert!(locked(&world.ctx(), &account(), None).is_err());
    world.ports.delivery_fails.set(false);
    assert!(locked(&world.ctx(), &account(), None).is_ok());
    let log = world.ports.log.borrow().join("\n");
    assert!(log.contains(r#""news":"password-changed","told":true"#), "{log}");
    assert!(log.contains(r#""news":"switched-off","told":false"#), "{log}");
    assert!(!log.contains("example"), "{log}");
}
