//! Bad input (security.md): a clear error, no attempt spent, no 5xx, nothing lost, and the service goes on.

use crate::support::{NEW, OLD, Pending};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, Caller, Host, ONE, Raw, raw_http};

stepgate_tests::suite! {
    a_body_of_64_kib_is_read_and_one_more_byte_is_not,
    a_body_that_grows_without_an_announced_length_is_cut_off,
    text_that_is_no_json_object_is_refused,
    invalid_utf_8_is_refused,
    numbers_of_ten_thousand_digits_are_refused,
    numbers_that_only_look_like_integers_are_refused,
    a_field_that_comes_twice_is_refused,
    nesting_without_end_is_refused,
    unknown_fields_are_ignored,
    a_nul_is_no_part_of_a_name,
    an_id_of_any_length_is_not_found,
    percent_encoding_reaches_nothing_else,
    unknown_methods_and_paths_are_refused,
    a_wrong_content_type_is_refused,
    headers_without_end_are_refused,
    half_a_request_spends_nothing,
    a_body_that_breaks_off_spends_nothing,
    requests_that_are_no_http_are_refused,
    two_lengths_are_one_too_many,
    a_pipeline_is_answered_in_order,
}

/// A challenge that must not notice anything, and the service around it.
struct Witness {
    app: App,
    pending: Pending,
}

impl Witness {
    async fn new(host: Host) -> Witness {
        let app = App::production(host).await;
        let pending = Pending::new(&app).await;
        Witness { app, pending }
    }

    fn path(&self) -> String {
        format!("/api/authentication-codes/{}", self.pending.change.code_id)
    }

    /// Sends a body wherever one is read, and expects each route to refuse it.
    async fn refuse(&self, body: impl Into<Bytes>, status: u16) {
        let body: Bytes = body.into();
        let caller = self.caller();
        for (method, path) in [
            (Method::PUT, self.path()),
            (Method::PUT, format!("/api/customers/{}", self.pending.customer.id)),
            (Method::POST, "/api/customers".to_owned()),
        ] {
            let answer = caller.send(method, &path, body.clone()).await;
            shaped(&answer.expect(status));
        }
    }

    fn caller(&self) -> Caller {
        let key = uuid::Uuid::new_v4().to_string();
        self.app.one().with("Content-Type", "application/json").with("IDEMPOTENCY-KEY", &key)
    }

    /// Nothing was spent, nothing was changed, and everything still works.
    async fn untouched(self) {
        let code = self.pending.caller.code_of(&self.pending.change.id).await.expect(200).json();
        assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(0)));
        assert_eq!(self.pending.email().await, OLD);
        let customers = self.app.one().get("/api/customers").await.expect(200).json();
        assert_eq!(customers["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(self.app.mails().await.len(), 1);
        assert_eq!(self.app.events("failure"), Vec::<Value>::new());
        assert_eq!(self.pending.confirm().await["status"], "Confirmed");
        assert_eq!(self.pending.email().await, NEW);
    }
}

/// One of the shapes of authentication-codes.md §7, and nothing of a parser's own words.
#[track_caller]
fn shaped(answer: &Answer) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {answer:?}"));
    let traced = body["message"].is_string() && body["trace_id"].is_string();
    assert!(body.is_string() || traced, "{body}");
    for word in ["line 1", "column", "expected", "serde", "panicked"] {
        assert!(!answer.text().contains(word), "{body}");
    }
}

/// A field that is ignored, so that a body has exactly this many bytes.
fn padded(mut fields: Value, length: usize) -> String {
    fields["padding"] = "".into();
    let missing = length - fields.to_string().len();
    fields["padding"] = "x".repeat(missing).into();
    fields.to_string()
}

/// security.md: bodies over 64 KiB.
async fn a_body_of_64_kib_is_read_and_one_more_byte_is_not(host: Host) {
    const MOST: usize = 64 * 1024;
    let witness = Witness::new(host).await;
    let right = json!({ "code": witness.pending.mail.number(), "customer_type": "Person", "email": NEW });
    witness.refuse(padded(right.clone(), MOST + 1), 413).await;
    witness.refuse(padded(right.clone(), 3 * MOST), 413).await;
    let wrong = stepgate_tests::wrong_codes(&witness.pending.mail).next().expect("there are many");
    let read =
        witness.caller().send(Method::PUT, &witness.path(), padded(json!({ "code": wrong }), MOST)).await;
    assert_eq!(read.expect(200).json()["attempts"], 1);
}

/// The same without a content-length.
async fn a_body_that_grows_without_an_announced_length_is_cut_off(host: Host) {
    let witness = Witness::new(host).await;
    let mut raw = Raw::connect(witness.app.address()).await;
    raw.send(head(&witness.path(), "Transfer-Encoding: chunked").as_bytes()).await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for _ in 0..64 {
        raw.send(chunk.as_bytes()).await;
    }
    shaped(&raw.answer().await.expect("an answer").expect(413));
    witness.untouched().await;
}

fn head(path: &str, more: &str) -> String {
    format!(
        "PUT {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n{more}\r\n\r\n",
        ONE.secret
    )
}

/// security.md: wrong types, missing fields, an empty body.
async fn text_that_is_no_json_object_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let code = &witness.pending.mail.code;
    for body in [
        String::new(),
        " ".into(),
        "{".into(),
        "}".into(),
        "{}".into(),
        "null".into(),
        "[]".into(),
        "\"\"".into(),
        code.clone(),
        format!("[{{\"code\":{code}}}]"),
        format!("{{\"code\":{code}"),
        format!("{{\"code\":{code}}}x"),
        format!("{{\"code\":{code}}}{{}}"),
        format!("{{'code':{code}}}"),
        format!("{{\"code\":{code},}}"),
        format!("code={code}"),
        format!("\u{feff}{{\"code\":{code}}}"),
        "/* */{}".into(),
        "NaN".into(),
    ] {
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// security.md: invalid UTF-8.
async fn invalid_utf_8_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let valid = format!(
        "{{\"code\":{},\"customer_type\":\"Person\",\"email\":\"{NEW}\",\"name\":\"?\"}}",
        witness.pending.mail.number()
    );
    for bytes in [&b"\xff"[..], b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"] {
        let at = valid.find('?').expect("it is there");
        let body = [&valid.as_bytes()[..at], bytes, &valid.as_bytes()[at + 1..]].concat();
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// security.md: 10,000-digit numbers.
async fn numbers_of_ten_thousand_digits_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let code = &witness.pending.mail.code;
    for number in
        ["1".repeat(10_000), format!("{}{code}", "0".repeat(10_000)), format!("-{}", "9".repeat(10_000))]
    {
        witness.refuse(format!("{{\"code\":{number},\"email\":{number}}}"), 400).await;
    }
    witness.refuse(format!("{{\"code\":1e{}}}", "9".repeat(10_000)), 400).await;
    witness.refuse(format!("{{\"code\":0.{}}}", "0".repeat(10_000)), 400).await;
    witness.untouched().await;
}

/// authentication-codes.md §3.2: the seed insists on an integer.
async fn numbers_that_only_look_like_integers_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let right = witness.pending.mail.number();
    for number in [
        format!("{right}.0"),
        format!("{right}e0"),
        format!("{right}E+0"),
        format!("{right}.00000000000000000001"),
        "1e5".into(),
        "-1".into(),
        "-0".into(),
        format!("-{right}"),
        format!("+{right}"),
        format!("0{right}"),
        format!("0x{right:x}"),
        format!("{}", u64::from(right) + (1 << 32)),
        "18446744073709551616".into(),
        "Infinity".into(),
    ] {
        let body = format!("{{\"code\":{number}}}");
        let answer = witness.caller().send(Method::PUT, &witness.path(), body).await;
        assert_eq!(answer.status, 400, "{number}");
        shaped(&answer);
    }
    witness.untouched().await;
}

/// Two readers of one body must not see two different values.
async fn a_field_that_comes_twice_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let code = witness.pending.mail.number();
    for body in [
        format!("{{\"code\":{code},\"code\":{code}}}"),
        format!("{{\"code\":1,\"code\":{code}}}"),
        format!("{{\"code\":{code},\"\\u0063ode\":{code}}}"),
    ] {
        let answer = witness.caller().send(Method::PUT, &witness.path(), body).await;
        shaped(&answer.expect(400));
    }
    let body = format!("{{\"email\":\"{NEW}\",\"email\":\"eve@evil.example\",\"customer_type\":\"Person\"}}");
    let path = format!("/api/customers/{}", witness.pending.customer.id);
    shaped(&witness.caller().send(Method::PUT, &path, body.clone()).await.expect(400));
    shaped(&witness.caller().send(Method::POST, "/api/customers", body).await.expect(400));
    witness.untouched().await;
}

/// A parser that goes down with every bracket runs out of stack.
async fn nesting_without_end_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 4_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            witness.refuse(nested.clone(), 400).await;
            witness.refuse(format!("{{\"code\":{nested},\"email\":{nested}}}"), 400).await;
        }
    }
    witness.untouched().await;
}

/// security.md: unknown fields.
async fn unknown_fields_are_ignored(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({
        "customer_type": "Person", "email": OLD, "status": "Active", "id": "x", "partner_id": "x",
        "__proto__": { "admin": true }, "": null, "deep": { "a": [1, 2, { "b": null }] },
    });
    let made = witness.app.one().post("/api/customers", body).await.expect(201).json();
    assert_eq!(made["status"], "IdentificationRequired");
    assert_eq!(made["partner_id"], ONE.partner);
    let code = witness.pending.mail.number();
    let body = json!({ "code": code, "attempts": 0, "status": "Confirmed", "sandbox": true });
    let answer = witness.app.one().put(&witness.path(), body).await.expect(200).json();
    assert_eq!((&answer["status"], &answer["attempts"]), (&json!("Confirmed"), &json!(1)));
}

/// Control characters end up in logs, mails and headers.
async fn a_nul_is_no_part_of_a_name(host: Host) {
    let witness = Witness::new(host).await;
    for text in ["a\u{0}b", "a\nb", "a\r\nX: y", "\u{1b}[31m", "a\u{85}b"] {
        for field in ["name", "external_id", "email"] {
            let mut body = json!({ "customer_type": "Person", "email": OLD });
            body[field] = text.into();
            witness.app.one().post("/api/customers", body).await.expect_string(400);
        }
    }
    witness.untouched().await;
}

/// security.md: huge ids.
async fn an_id_of_any_length_is_not_found(host: Host) {
    let witness = Witness::new(host).await;
    for length in [1, 35, 36, 37, 300, 4_000] {
        let id = "a".repeat(length);
        for path in [
            format!("/api/customers/{id}"),
            format!("/api/customers/{id}/external"),
            format!("/api/customers/{id}/email-changes/{id}"),
            format!("/api/authentication-codes/entity/{id}"),
        ] {
            witness.app.one().get(&path).await.expect_string(404);
        }
        witness.app.one().submit(&id, 1).await.expect_string(404);
        witness.app.visitor().send(Method::POST, &format!("/confirm/{id}"), &[], "").await.expect(404);
    }
    witness.untouched().await;
}

/// What is encoded is the id's text, never a way to another path or key.
async fn percent_encoding_reaches_nothing_else(host: Host) {
    let witness = Witness::new(host).await;
    let id = &witness.pending.customer.id;
    for id in [
        "%00".to_owned(),
        "%".into(),
        "%zz".into(),
        "%ff%fe".into(),
        "%2e%2e%2f".into(),
        format!("{id}%00"),
        format!("{id}%2F"),
        format!("%20{id}"),
        id.replace('-', "%2D"),
    ] {
        for path in [
            format!("/api/customers/{id}"),
            format!("/api/customers/{id}/external"),
            format!("/api/authentication-codes/entity/{id}"),
        ] {
            witness.app.one().get(&path).await.expect_string(404);
        }
    }
    witness.untouched().await;
}

/// security.md: unknown methods and paths.
async fn unknown_methods_and_paths_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let path = witness.path();
    let customer = format!("/api/customers/{}", witness.pending.customer.id);
    for (method, path, allowed) in [
        ("GET", path.as_str(), "PUT"),
        ("POST", &path, "PUT"),
        ("PATCH", &path, "PUT"),
        ("DELETE", &path, "PUT"),
        ("BREW", &path, "PUT"),
        ("DELETE", &customer, "GET, HEAD, PUT"),
        ("PUT", "/api/customers", "GET, HEAD, POST"),
    ] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method's name");
        let body = json!({ "code": witness.pending.mail.number(), "email": NEW });
        let answer = witness.caller().send(method, path, body.to_string()).await;
        assert_eq!(answer.header("allow"), allowed);
        answer.expect_string(405);
    }
    for path in
        ["/api/nothing", "/api", "/api/", "/api/customers/", "/api/authentication-codes", "/api/v2/customers"]
    {
        witness.app.one().get(path).await.expect_string(404);
    }
    witness.untouched().await;
}

/// security.md: a form or an image is no JSON, whatever is in it.
async fn a_wrong_content_type_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({ "code": witness.pending.mail.number() }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "\\"]
    {
        let caller = witness.app.one().with("Content-Type", kind);
        let answer = caller.send(Method::PUT, &witness.path(), body.clone()).await;
        shaped(&answer.expect(415));
    }
    witness.untouched().await;
}

/// security.md: header bombs. Refused below the API, so in HTTP's own shape.
async fn headers_without_end_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({ "code": witness.pending.mail.number() }).to_string();
    for bomb in [
        "X-A: b\r\n".repeat(500),
        format!("X-A: {}\r\n", "b".repeat(200_000)),
        format!("{}: b\r\n", "A".repeat(70_000)),
    ] {
        let request =
            format!("{}{body}", head(&witness.path(), &format!("{bomb}Content-Length: {}", body.len())));
        if let Some(answer) = raw_http(witness.app.address(), request.as_bytes()).await {
            assert!((400..500).contains(&answer.status.as_u16()), "{answer:?}");
        }
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000));
    if let Some(answer) = raw_http(witness.app.address(), long.as_bytes()).await {
        assert!((400..500).contains(&answer.status.as_u16()), "{answer:?}");
    }
    witness.untouched().await;
}

/// security.md: half-sent requests. Cut at every so many bytes, and hung up.
async fn half_a_request_spends_nothing(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({ "code": witness.pending.mail.number() }).to_string();
    let request = format!("{}{body}", head(&witness.path(), &format!("Content-Length: {}", body.len())));
    for length in (1..request.len()).step_by(7) {
        let mut raw = Raw::connect(witness.app.address()).await;
        raw.send(&request.as_bytes()[..length]).await;
        drop(raw);
    }
    witness.untouched().await;
}

/// The same where the client waits for an answer: there is one, or none, but nothing is done.
async fn a_body_that_breaks_off_spends_nothing(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({ "code": witness.pending.mail.number() }).to_string();
    for framing in [format!("Content-Length: {}", body.len() + 1), "Transfer-Encoding: chunked".into()] {
        let mut raw = Raw::connect(witness.app.address()).await;
        raw.send(head(&witness.path(), &framing).as_bytes()).await;
        raw.send(
            if framing.starts_with('C') { body.clone() } else { format!("{:x}\r\n{body}", body.len()) }
                .as_bytes(),
        )
        .await;
        raw.finish().await;
        if let Some(answer) = raw.answer().await {
            shaped(&answer.expect(400));
        }
    }
    witness.untouched().await;
}

/// Whatever comes over the port.
async fn requests_that_are_no_http_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  /api/customers HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/api/customers HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut raw = Raw::connect(witness.app.address()).await;
        raw.send(bytes).await;
        raw.finish().await;
        if let Some(answer) = raw.answer().await {
            assert!((400..500).contains(&answer.status.as_u16()), "{bytes:?}: {answer:?}");
        }
    }
    witness.untouched().await;
}

/// Request smuggling: a proxy before us and we ourselves must agree where a request ends.
async fn two_lengths_are_one_too_many(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({ "code": witness.pending.mail.number() }).to_string();
    let length = body.len();
    for framing in [
        format!("Content-Length: {length}\r\nContent-Length: {}", length + 1),
        format!("Content-Length: {length}, {}", length + 1),
        format!("Content-Length: +{length}"),
        format!("Content-Length: -{length}"),
        format!("Transfer-Encoding: gzip\r\nContent-Length: {length}"),
    ] {
        let request = format!("{}{body}", head(&witness.path(), &framing));
        if let Some(answer) = raw_http(witness.app.address(), request.as_bytes()).await {
            assert!((400..500).contains(&answer.status.as_u16()), "{framing}: {answer:?}");
        }
    }
    witness.untouched().await;
}

/// Several requests on one connection, sent at once.
async fn a_pipeline_is_answered_in_order(host: Host) {
    let witness = Witness::new(host).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n", ONE.secret);
    let mut raw = Raw::connect(witness.app.address()).await;
    raw.send(format!("{}{}{}", get("/api/nothing"), get("/healthz"), get("/api/customers")).as_bytes()).await;
    for status in [404, 200, 200] {
        raw.answer().await.expect("an answer").expect(status);
    }
    witness.untouched().await;
}
