//! Beyond e-mail and SMS, all through the same routes: authenticator apps, recovery codes, remembered devices. Ours:
//! docs/accounts.md.

use super::*;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

/// What an app would show, from the secret it was given: RFC 6238 and RFC 4226, written anew here.
pub(super) fn app_code(secret: &str, world: &World) -> String {
    let mut bits = 0_u64;
    let (mut held, mut key) = (0, Vec::new());
    for letter in secret.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("{secret} is not base 32"),
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    let step = world.ports.now.get().0 / 30_000;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Sets an app up. Answers its secret and its method's id.
pub(super) fn add_app(world: &World, session: &str) -> (String, String) {
    let answer = world.post(session, "/auth/two_factor/totp/setup", Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let data = answer.json()["data"].clone();
    let (secret, id) = (data["secret"].as_str().unwrap(), data["method_id"].as_str().unwrap());
    let body = json!({ "code": app_code(secret, world), "method_id": id, "action": "setup" });
    let done = world.post(session, "/auth/two_factor/verify", body);
    assert_eq!(done.status, 200, "{}", done.text());
    (secret.to_owned(), id.to_owned())
}

fn recovery_codes(world: &World, session: &str) -> Vec<String> {
    let answer = world.post(session, "/auth/two_factor/recovery/setup", Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let codes = answer.json()["data"]["codes"].as_array().unwrap().clone();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

fn verify_with(world: &World, session: &str, method: &str, code: &str) -> Answer {
    let body = json!({ "code": code, "method": method, "action": "login" });
    world.post(session, "/auth/two_factor/verify", body)
}

#[test]
fn an_app_is_set_up_and_signs_in_and_is_listed_like_any_other() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let setup = world.post(&active, "/auth/two_factor/totp/setup", Value::Null).json();
    let data = &setup["data"];
    let secret = data["secret"].as_str().unwrap();
    assert_eq!(
        (&data["method"], &data["status"], &data["expires_in"]),
        (&json!("totp"), &json!("pending_setup"), &json!(600))
    );
    assert!(
        data["otpauth_uri"]
            .as_str()
            .unwrap()
            .starts_with(&format!("otpauth://totp/Acme:ann%40example.com?secret={secret}&"))
    );
    assert!(data["qr_code"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    assert_eq!(setup["method_id"], data["method_id"]);
    // It is no factor before its first code.
    assert_eq!(world.login(ANN).json()["available_methods"], json!(["email"]));
    let body = json!({ "code": app_code(secret, &world), "method": "totp", "action": "setup" });
    assert_eq!(world.post(&active, "/auth/two_factor/verify", body).status, 200);
    assert_eq!(world.login(ANN).json()["available_methods"], json!(["email", "totp"]));
    // The code that set it up is used up; the next is not.
    let session = world.pending(ANN);
    let used = verify_with(&world, &session, "totp", &app_code(secret, &world));
    assert_eq!(used.json()["code"], "INVALID_CODE");
    world.wait(Duration::from_secs(30));
    let code = app_code(secret, &world);
    world.wait(Duration::from_secs(30));
    // One step back at most.
    assert_eq!(verify_with(&world, &session, "totp", &code).status, 200);
    let session = world.pending(ANN);
    let again = verify_with(&world, &session, "totp", &code);
    assert_eq!(again.json()["code"], "INVALID_CODE");
    let listed = world.methods(&active);
    assert_eq!((&listed[1]["id"], &listed[1]["method"]), (&data["method_id"], &json!("totp")));
    assert_eq!(listed[1]["identifier"], Value::Null);
}

#[test]
fn a_setup_that_is_older_than_600_seconds_is_not_confirmed() {
    let world = World::new();
    let session = world.join(ANN);
    let setup = world.post(&session, "/auth/two_factor/totp/setup", Value::Null).json();
    let (secret, id) = (setup["data"]["secret"].as_str().unwrap(), &setup["method_id"]);
    let late = world.fork();
    world.wait(10 * MINUTE - MOMENT);
    let body = |world: &World| json!({ "code": app_code(secret, world), "method_id": id, "action": "setup" });
    assert_eq!(world.post(&session, "/auth/two_factor/verify", body(&world)).status, 200);
    late.wait(10 * MINUTE);
    let answer = late.post(&session, "/auth/two_factor/verify", body(&late));
    assert_refused(&answer, 404, "METHOD_NOT_FOUND", "Method not found");
}

#[test]
fn an_apps_code_is_sent_to_nobody_and_starting_says_where_it_is() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    add_app(&world, &active);
    let session = world.pending(ANN);
    let before = world.sent();
    let answer = world.post(&session, "/auth/two_factor/totp/start", json!({ "action": "login" }));
    let data = answer.json()["data"].clone();
    assert_eq!(
        (answer.status, &data["verification_sent"], &data["status"]),
        (200, &json!(false), &json!("pending"))
    );
    assert_eq!(world.sent(), before);
}

#[test]
fn wrong_codes_of_an_app_count_with_all_others() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let (secret, _) = add_app(&world, &active);
    let codes = recovery_codes(&world, &active);
    world.wait(MINUTE);
    let session = world.pending(ANN);
    let wrong = World::other_than(&app_code(&secret, &world));
    assert_eq!(verify_with(&world, &session, "totp", &wrong).json()["attempts_remaining"], 4);
    let wrong = World::other_than(&world.code());
    assert_eq!(world.verify(&session, &wrong).json()["attempts_remaining"], 3);
    assert_eq!(verify_with(&world, &session, "recovery", "aaaaa-aaaaa").json()["attempts_remaining"], 2);
    // A right one gives them all back.
    assert_eq!(verify_with(&world, &session, "recovery", &codes[0]).status, 200);
    let session = world.pending(ANN);
    assert_eq!(world.verify(&session, &World::other_than(&world.code())).json()["attempts_remaining"], 4);
}

#[test]
fn a_recovery_code_signs_in_once_whatever_it_is_called() {
    let world = World::new();
    let active = world.join_with_two_factor(ANN);
    let codes = recovery_codes(&world, &active);
    assert_eq!(codes.len(), 10);
    for (number, code) in codes.iter().take(3).enumerate() {
        let session = world.pending(ANN);
        let body = match number {
            0 => json!({ "code": code, "method": "recovery", "action": "login" }),
            1 => json!({ "code": code.to_uppercase(), "action": "login" }),
            _ => json!({ "code": code.replace('-', " ") }),
        };
        assert_eq!(world.post(&session, "/auth/two_factor/verify", body.clone()).status, 200, "{body}");
        let again = world.pending(ANN);
        assert_eq!(verify_with(&world, &again, "recovery", code).json()["code"], "INVALID_CODE");
    }
    let listed = world.methods(&active).into_iter().find(|method| method["method"] == "recovery").unwrap();
    assert_eq!((&listed["status"], &listed["metadata"]), (&json!("active"), &json!({ "remaining": 7 })));
    assert_eq!(world.login(ANN).json()["available_methods"], json!(["email", "recovery"]));
    // A new set takes the place of the old.
    let new = recovery_codes(&world, &active);
    let session = world.pending(ANN);
    assert_eq!(verify_with(&world, &session, "recovery", &codes[5]).json()["code"], "INVALID_CODE");
    assert_eq!(verify_with(&world, &session, "recovery", &new[5]).status, 200);
    // A code of another form is none, and takes no attempt.
    let session = world.pending(ANN);
    for wrong in ["123456", "aaaaa", "aaaaa-aaaaaa", "aaaaa-aaaau"] {
        assert_eq!(verify_with(&world, &session, "recovery", wrong).json()["code"], "VALIDATION_ERROR");
    }
    assert_eq!(verify_with(&world, &session, "email", &new[6]).json()["code"], "VALIDATION_ERROR");
}

#[test]
fn recovery_codes_are_shown_to_somebody_who_gave_the_second_factor() {
    let world = World::new();
    // Began before the switch was on, and then without a factor.
    world.join(ANN);
    let unverified = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
    let other = world.login(ANN).json()["session_id"].as_str().unwrap().to_owned();
    world.post(&other, "/auth/two_factor/toggle", json!({ "enabled": true }));
    for kind in ["recovery", "totp"] {
        let answer = world.post(&unverified, &format!("/auth/two_factor/{kind}/setup"), Value::Null);
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("TWO_FACTOR_REQUIRED")));
    }
    let answer =
        world.post(&unverified, "/auth/two_factor/email/setup", json!({ "email": "eve@example.com" }));
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("TWO_FACTOR_REQUIRED")));
    // It gives one, and ten minutes later has to again.
    world.post(&unverified, "/auth/two_factor/email/start", json!({ "action": "remove" }));
    let body = json!({ "code": world.code(), "method": "email", "action": "remove" });
    assert_eq!(world.post(&unverified, "/auth/two_factor/verify", body).status, 200);
    let again =
        |world: &World| world.post(&unverified, "/auth/two_factor/recovery/setup", Value::Null).status;
    world.wait(10 * MINUTE - MOMENT);
    let late = world.fork();
    late.wait(MOMENT);
    assert_eq!(again(&late), 403);
    // It is good for one set.
    recovery_codes(&world, &unverified);
    assert_eq!(again(&world), 403);
    recovery_codes(&world, &other);
}

/// Signs in with `remember_device`. Answers the device's token.
fn remembered(world: &World) -> String {
    remembered_by(world, "remember_device")
}

fn remembered_by(world: &World, name: &str) -> String {
    let session = world.pending(ANN);
    let headers = [
        ("x-session-id", session.as_str()),
        ("user-agent", "Ann's browser"),
        ("content-type", "application/json"),
    ];
    let body = json!({ "code": world.code(), "method": "email", "action": "login", name: true });
    let answer = world.ports.send_with(&headers, "POST", "/auth/two_factor/verify", body.to_string());
    let token = answer.json()["data"]["device_token"].as_str().unwrap().to_owned();
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(
        cookies[1],
        format!("device_token={token}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")
    );
    token
}

#[test]
fn a_device_is_remembered_under_either_name_of_the_field() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let token = remembered_by(&world, "rememberDevice");
    assert_eq!(login_on(&world, ("x-device-token", &token)).json()["success"], true);
}

fn login_on(world: &World, header: (&'static str, &str)) -> Answer {
    let body = json!({ "email": ANN, "password": PASSWORD }).to_string();
    world.ports.send_with(&[header, ("content-type", "application/json")], "POST", "/auth/login", body)
}

#[test]
fn on_a_remembered_device_no_code_is_asked_for_for_thirty_days() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let token = remembered(&world);
    let cookie = format!("device_token={token}");
    for header in [("x-device-token", token.as_str()), ("cookie", cookie.as_str())] {
        let body = login_on(&world, header).json();
        assert_eq!((&body["success"], body.get("requires_2fa")), (&json!(true), None));
        // Nothing was given in this session.
        let me = world.get(body["session_id"].as_str().unwrap(), "/auth/me").json();
        assert_eq!(me["data"]["two_factor_verified"], 0);
    }
    assert_eq!(world.login(ANN).json()["requires_2fa"], true);
    world.wait(Duration::from_secs(30 * 86_400) - MOMENT);
    assert_eq!(login_on(&world, ("x-device-token", &token)).json()["success"], true);
    world.wait(MOMENT);
    assert_eq!(login_on(&world, ("x-device-token", &token)).json()["requires_2fa"], true);
}

#[test]
fn a_device_is_of_no_use_without_the_password_or_to_somebody_else() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    world.join_with_two_factor("ben@example.com");
    let token = remembered(&world);
    let body = json!({ "email": ANN, "password": "wrong horse" }).to_string();
    let headers = [("x-device-token", token.as_str()), ("content-type", "application/json")];
    assert_eq!(world.ports.send_with(&headers, "POST", "/auth/login", body).status, 401);
    let body = json!({ "email": "ben@example.com", "password": PASSWORD }).to_string();
    let answer = world.ports.send_with(&headers, "POST", "/auth/login", body);
    assert_eq!(answer.json()["requires_2fa"], true);
}

#[test]
fn devices_are_listed_and_revoked_by_their_owner() {
    let world = World::new();
    let session = world.join_with_two_factor(ANN);
    let ben = world.join("ben@example.com");
    let token = remembered(&world);
    let list =
        |session: &str| world.get(session, "/auth/two_factor/devices").json()["data"]["devices"].clone();
    let device = list(&session)[0].clone();
    assert_eq!(
        (&device["label"], &device["created_at"]),
        (&json!("Ann's browser"), &json!("2026-01-15T10:15:09.045Z"))
    );
    assert_eq!(device["expires_at"], "2026-02-14T10:15:09.045Z");
    assert_eq!(list(&ben), json!([]));
    let path = format!("/auth/two_factor/devices/{}", device["id"].as_str().unwrap());
    assert_refused(&world.delete(&ben, &path, Value::Null), 404, "DEVICE_NOT_FOUND", "Device not found");
    let gone = world.delete(&session, &path, Value::Null);
    assert_eq!(gone.json()["data"], json!({ "removed": true, "id": device["id"] }));
    assert_eq!(world.delete(&session, &path, Value::Null).status, 404);
    assert_eq!(
        (list(&session), login_on(&world, ("x-device-token", &token)).json()["requires_2fa"].clone()),
        (json!([]), json!(true))
    );
}

#[test]
fn a_lock_forgets_devices_and_lets_nobody_in_on_one() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let token = remembered(&world);
    let session = world.pending(ANN);
    let wrong = World::other_than(&world.code());
    for _ in 0..5 {
        world.verify(&session, &wrong);
    }
    assert_eq!(login_on(&world, ("x-device-token", &token)).status, 423);
    world.wait(30 * MINUTE);
    assert_eq!(login_on(&world, ("x-device-token", &token)).json()["requires_2fa"], true);
}

/// Somebody who is kept out by a stranger who guesses passwords: docs/accounts.md, "What guessing can do".
#[test]
fn passwords_tried_by_strangers_do_not_keep_an_owner_from_a_known_device() {
    let world = World::new();
    world.join_with_two_factor(ANN);
    let token = remembered(&world);
    for _ in 0..10 {
        world.open("POST", "/auth/login", json!({ "email": ANN, "password": "wrong horse" }));
    }
    assert_eq!(world.login(ANN).status, 429);
    assert_eq!(login_on(&world, ("x-device-token", &token)).json()["success"], true);
}
