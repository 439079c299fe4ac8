//! Requests as they come over the wire: cut off, in pieces, or with heads that are too large. The code in them is right, so whoever reads
//! half of one as a whole one signs somebody in.

use super::*;
use serde_json::json;
use stepgate_tests::{Raw, raw_http};

stepgate_tests::suite! {
    half_a_request_signs_nobody_in,
    a_body_that_breaks_off_signs_nobody_in,
    a_body_in_pieces_is_one_body,
    a_body_without_end_is_cut_off,
    heads_that_are_too_large_are_refused,
}

/// A request of each API whose code is right.
fn requests(witness: &Witness) -> [(&'static str, String, String); 2] {
    let (token, verify) = ("/reg/v1/auth/token", "/auth/two_factor/verify");
    let sign_in = json!({
        "email": witness.person.email, "password": stepgate_tests::PASSWORD, "mfaCode": witness.of_token.code,
    });
    let code = json!({ "code": witness.of_pending.code, "method": "email", "action": "login" });
    let of_partner = format!("partnerId: {PARTNER_ID}\r\ngrantType: password_email");
    let of_session = format!("X-Session-ID: {}", witness.pending);
    [(token, of_partner, sign_in.to_string()), (verify, of_session, code.to_string())]
}

fn head(path: &str, headers: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n{more}\r\n\r\n"
    )
}

async fn half_a_request_signs_nobody_in(host: Host) {
    let witness = Witness::new(host).await;
    for (path, headers, body) in requests(&witness) {
        let request = head(path, &headers, &format!("Content-Length: {}", body.len())) + &body;
        for length in (1..request.len()).step_by(9).chain([request.len() - 1]) {
            let mut raw = Raw::connect(witness.app.address()).await;
            raw.send(&request.as_bytes()[..length]).await;
            drop(raw);
        }
    }
    witness.untouched().await;
}

async fn a_body_that_breaks_off_signs_nobody_in(host: Host) {
    let witness = Witness::new(host).await;
    for (path, headers, body) in requests(&witness) {
        for (framing, sent) in [
            (format!("Content-Length: {}", body.len() + 1), body.clone()),
            ("Transfer-Encoding: chunked".into(), format!("{:x}\r\n{body}", body.len())),
            ("Transfer-Encoding: chunked".into(), format!("{:x}\r\n{body}\r\n", body.len())),
            ("Transfer-Encoding: chunked".into(), format!("{:x}\r\n{body}\r\nxyz\r\n", body.len())),
        ] {
            let mut raw = Raw::connect(witness.app.address()).await;
            raw.send(head(path, &headers, &framing).as_bytes()).await;
            raw.send(sent.as_bytes()).await;
            raw.finish().await;
            if let Some(answer) = raw.answer().await {
                shaped(path, &answer.expect(400));
            }
        }
    }
    witness.untouched().await;
}

/// One byte at a time, as a proxy may cut it.
async fn a_body_in_pieces_is_one_body(host: Host) {
    let witness = Witness::new(host).await;
    for (path, headers, body) in requests(&witness) {
        let pieces: String = body.chars().map(|one| format!("1\r\n{one}\r\n")).collect();
        let mut raw = Raw::connect(witness.app.address()).await;
        raw.send(head(path, &headers, "Transfer-Encoding: chunked").as_bytes()).await;
        raw.send(format!("{pieces}0\r\n\r\n").as_bytes()).await;
        raw.answer().await.expect("an answer").expect(200);
    }
    assert_eq!(compared_and_wrong(&witness.app), 0);
    assert!(is_active(&witness.app, &witness.pending).await);
}

async fn a_body_without_end_is_cut_off(host: Host) {
    let witness = Witness::new(host).await;
    for (path, headers, _) in requests(&witness) {
        let mut raw = Raw::connect(witness.app.address()).await;
        raw.send(head(path, &headers, "Transfer-Encoding: chunked").as_bytes()).await;
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        for _ in 0..64 {
            raw.send(chunk.as_bytes()).await;
        }
        shaped(path, &raw.answer().await.expect("an answer").expect(413));
    }
    witness.untouched().await;
}

/// security.md: header bombs.
async fn heads_that_are_too_large_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let many: String = (0..1_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let cookies: String = (0..200).map(|n| format!("Cookie: session_id=ses_{n}\r\n")).collect();
    for (path, headers, body) in requests(&witness) {
        let length = format!("Content-Length: {}", body.len());
        for bomb in [
            many.trim_end().to_owned(),
            cookies.trim_end().to_owned(),
            format!("X-Device-Token: {}", "d".repeat(100_000)),
            format!("Authorization: Bearer {}", "a".repeat(100_000)),
        ] {
            let request = head(path, &headers, &format!("{bomb}\r\n{length}")) + &body;
            if let Some(answer) = raw_http(witness.app.address(), request.as_bytes()).await {
                assert!([400, 431].contains(&answer.status.as_u16()), "{path}: {answer:?}");
            }
        }
    }
    witness.untouched().await;
}
