//! Attacks that succeeded elsewhere (security.md), through HTTP.

use crate::support::{NEW, OLD, Pending};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stepgate_tests::{App, Host, LIMITED, Setup, wrong_codes};

stepgate_tests::suite! {
    two_hundred_guesses_at_once,
    a_right_code_after_two_hundred_guesses_is_too_late,
    one_right_code_fifty_times_at_once,
    right_and_wrong_codes_at_once,
    the_button_and_the_code_at_once,
    guesses_through_two_keys_and_two_paths_share_one_limit,
    guesses_from_another_partner_spend_nothing,
    guesses_from_another_sub_partner_spend_nothing,
    a_code_of_one_challenge_is_worthless_for_another,
    a_link_of_one_challenge_is_worthless_for_another,
    a_code_is_worthless_after_its_time,
    a_wrong_guess_after_the_end_is_not_compared,
    an_old_code_is_worthless_after_a_new_one,
    a_code_given_while_a_new_one_is_issued_confirms_its_own_change_or_none,
    two_changes_at_once_leave_one_of_them,
    a_change_back_while_the_code_is_given_is_one_or_the_other,
    many_changes_at_once_leave_one_of_them,
    a_hundred_requests_at_once_pass_no_limit_of_a_key,
    no_answer_tells_whose_an_id_is,
    no_answer_holds_a_code_or_token,
    a_path_with_a_slash_too_many_is_another_path,
    a_forwarded_address_changes_nothing,
    every_attempt_is_logged,
}

fn count(codes: &[Value], status: &str) -> usize {
    codes.iter().filter(|code| code["status"] == status).count()
}

/// `contracts/authentication-codes.md` §1, "Rate limit"; RFC 6585 §4. Counted across instances, whatever comes at once.
async fn a_hundred_requests_at_once_pass_no_limit_of_a_key(host: Host) {
    const LIMIT: usize = 20;
    let app = App::sandbox(host).await;
    let limited = app.caller(LIMITED);
    // From the beginning of a minute, so that it does not end under the test.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    app.advance(Duration::from_secs(60 - now % 60));
    let answers = join_all((0..100).map(|_| limited.get("/api/customers"))).await;
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(admitted, LIMIT);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(refused.status, 429);
        assert_eq!(refused.json(), json!("Too many requests with this key."));
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait));
    }
    app.two().get("/api/customers").await.expect(200);
    app.advance(Duration::from_secs(60));
    limited.get("/api/customers").await.expect(200);
}

/// security.md: N guesses sent at once pass a limit that is read, then written. Exactly `limit` compared.
async fn two_hundred_guesses_at_once(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let codes = join_all(wrong_codes(&pending.mail).take(200).map(|code| pending.submit(code))).await;
    assert_eq!(app.verdicts(&pending.change.code_id, "wrong"), 5);
    assert_eq!(app.verdicts(&pending.change.code_id, "refused"), 195);
    assert_eq!(count(&codes, "Confirmed"), 0);
    assert!(codes.iter().all(|code| code["attempts"].as_u64().is_some_and(|attempts| attempts <= 5)));
    let code = pending.confirm().await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Rejected"), &json!(5)));
    assert_eq!(pending.email().await, OLD);
}

/// The same, with the right code behind them all.
async fn a_right_code_after_two_hundred_guesses_is_too_late(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    join_all(wrong_codes(&pending.mail).take(200).map(|code| pending.submit(code))).await;
    assert_eq!(pending.confirm().await["status"], "Rejected");
    app.visitor().send(Method::POST, pending.mail.path(), &[], "").await.expect(410);
    assert_eq!(pending.email().await, OLD);
}

/// security.md: one right code used twice at once opens two sessions. One winner.
async fn one_right_code_fifty_times_at_once(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let codes = join_all((0..50).map(|_| pending.confirm())).await;
    assert_eq!(count(&codes, "Confirmed") + count(&codes, "Pending"), 50);
    // Fifty at once are more than the limit: whoever comes beyond it before the first is through is not compared.
    assert!(count(&codes, "Confirmed") >= 5);
    assert_eq!(app.verdicts(&pending.change.code_id, "confirmed"), 1);
    assert_eq!(pending.confirm().await["status"], "Confirmed");
    assert_eq!(pending.email().await, NEW);
}

/// Whatever the order, the outcome is one: confirmed if the right code was compared, else rejected, and for good.
async fn right_and_wrong_codes_at_once(host: Host) {
    let app = App::production(host).await;
    for round in 0..10 {
        let from = format!("ada.round.{round}@old.example");
        let pending = Pending::of(&app, app.one(), &from, NEW).await;
        let wrong: Vec<u32> = wrong_codes(&pending.mail).take(8).collect();
        let mut given = wrong;
        given.insert(round % 9, pending.mail.number());
        let codes = join_all(given.iter().map(|code| pending.submit(*code))).await;
        let last = pending.submit(given[8 - round % 9]).await;
        let confirmed = app.verdicts(&pending.change.code_id, "confirmed");
        assert!(app.verdicts(&pending.change.code_id, "wrong") + confirmed <= 5, "{codes:?}");
        match last["status"].as_str() {
            Some("Confirmed") => {
                assert_eq!((confirmed, count(&codes, "Rejected")), (1, 0), "{codes:?}");
                assert_eq!(pending.email().await, NEW);
            }
            Some("Rejected") => {
                assert_eq!((confirmed, count(&codes, "Confirmed")), (0, 0), "{codes:?}");
                assert_eq!(pending.email().await, from);
            }
            _ => panic!("nine codes leave nothing open: {last}"),
        }
    }
}

/// One winner between the two ways to confirm.
async fn the_button_and_the_code_at_once(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let press = || app.visitor().send(Method::POST, pending.mail.path(), &[], "");
    let presses = join_all((0..2).map(|_| press()));
    let codes = join_all((0..2).map(|_| pending.confirm()));
    let (pages, codes) = tokio::join!(presses, codes);
    assert!(pages.iter().all(|page| page.status == 200));
    assert_eq!(count(&codes, "Confirmed"), 2);
    assert_eq!(app.verdicts(&pending.change.code_id, "confirmed"), 1);
    assert_eq!(pending.email().await, NEW);
}

/// security.md: the limit counts per address only; addresses rotate. Here it belongs to the challenge.
async fn guesses_through_two_keys_and_two_paths_share_one_limit(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let rotated = app.caller(stepgate_tests::ONE_ROTATED);
    let upper = pending.change.code_id.to_uppercase();
    let mut wrong = wrong_codes(&pending.mail);
    let mut next = || wrong.next().expect("there are many");
    pending.submit(next()).await;
    rotated.submit(&pending.change.code_id, next()).await.expect(200);
    rotated.submit(&upper, next()).await.expect(200);
    pending.caller.submit(&upper, next()).await.expect(200);
    let code = pending.submit(next()).await;
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Rejected"), &json!(5)));
}

/// A partner's rival cannot use up the attempts of its customers.
async fn guesses_from_another_partner_spend_nothing(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    for code in wrong_codes(&pending.mail).take(10) {
        app.two().submit(&pending.change.code_id, code).await.expect_string(404);
    }
    assert_eq!(pending.confirm().await["attempts"], 1);
}

/// The same between sub-partners.
async fn guesses_from_another_sub_partner_spend_nothing(host: Host) {
    let app = App::production(host).await;
    let sub = app.one().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa");
    let pending = Pending::of(&app, sub, OLD, NEW).await;
    let other = app.one().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9abb");
    let same_id_elsewhere = app.two().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa");
    for caller in [other, same_id_elsewhere] {
        for code in wrong_codes(&pending.mail).take(6).chain([pending.mail.number()]) {
            caller.submit(&pending.change.code_id, code).await.expect_string(404);
        }
    }
    assert_eq!(pending.confirm().await["attempts"], 1);
}

/// design.md §3, property 5: replayed elsewhere, a code is worthless.
async fn a_code_of_one_challenge_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let first = Pending::new(&app).await;
    let mut second = Pending::of(&app, app.one(), "eve@old.example", "eve@new.example").await;
    while second.mail.code == first.mail.code {
        second = Pending::of(&app, app.one(), "eve@old.example", "eve@new.example").await;
    }
    assert_eq!(second.submit(first.mail.number()).await["status"], "Pending");
    first.confirm().await;
    assert_eq!(second.submit(first.mail.number()).await["status"], "Pending");
    assert_eq!(second.email().await, "eve@old.example");
}

/// The same for links: one's challenge with the other's secret.
async fn a_link_of_one_challenge_is_worthless_for_another(host: Host) {
    let app = App::production(host).await;
    let first = Pending::new(&app).await;
    let second = Pending::of(&app, app.one(), "eve@old.example", "eve@new.example").await;
    let (a, b) = (first.mail.token(), second.mail.token());
    for at in [1, 16, 21, 22, 27, 32, 33, 48] {
        for token in [format!("{}{}", &a[..at], &b[at..]), format!("{}{}", &b[..at], &a[at..])] {
            if token == a || token == b {
                continue;
            }
            app.visitor().send(Method::POST, &format!("/confirm/{token}"), &[], "").await.expect(404);
        }
    }
    assert_eq!((first.email().await.as_str(), second.email().await.as_str()), (OLD, "eve@old.example"));
}

/// security.md: codes never expire. Tested with a moved clock, far beyond any store's own expiry.
async fn a_code_is_worthless_after_its_time(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    for days in [0, 1, 30, 400] {
        app.advance(Duration::from_secs(600 + days * 24 * 3600));
        let answer = pending.caller.submit(&pending.change.code_id, pending.mail.number()).await;
        // Kept for a month, then forgotten.
        if answer.status != 404 || days < 30 {
            assert_eq!(answer.expect(200).json()["status"], "Expired");
        }
        let page = app.visitor().send(Method::POST, pending.mail.path(), &[], "").await;
        assert!(page.status == 410 || page.status == 404, "{page:?}");
        assert_eq!(pending.email().await, OLD);
    }
}

/// An expired code says nothing about whether a guess is right.
async fn a_wrong_guess_after_the_end_is_not_compared(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    app.advance(Duration::from_secs(600));
    let wrong = wrong_codes(&pending.mail).next().expect("there are many");
    assert_eq!(pending.submit(wrong).await, pending.confirm().await);
    assert_eq!(app.verdicts(&pending.change.code_id, "wrong"), 0);
}

/// security.md: two sends at once mail a code that is already dead; OWASP 2.9: a changed transaction voids the code.
async fn an_old_code_is_worthless_after_a_new_one(host: Host) {
    let app = App::production(host).await;
    let first = Pending::new(&app).await;
    let mut change = first.caller.change_email(&first.customer, "eve@evil.example").await;
    let mut mail = app.mail_to(OLD).await;
    while mail.code == first.mail.code {
        change = first.caller.change_email(&first.customer, "eve@evil.example").await;
        mail = app.mail_to(OLD).await;
    }
    // The old code neither for the old change nor for the new one.
    assert_eq!(first.confirm().await["status"], "Expired");
    let code = first.caller.submit(&change.code_id, first.mail.number()).await.expect(200).json();
    assert_eq!(code["status"], "Pending");
    assert_eq!(first.email().await, OLD);
}

/// The race of the last one: there is no moment at which a code counts for a change it was not sent for.
async fn a_code_given_while_a_new_one_is_issued_confirms_its_own_change_or_none(host: Host) {
    let app = App::production(host).await;
    for round in 0..15 {
        let from = format!("ada.race.{round}@old.example");
        let first = Pending::of(&app, app.one(), &from, NEW).await;
        let second = async {
            if round % 3 == 1 {
                tokio::task::yield_now().await;
            }
            first.caller.put_email(&first.customer, "eve@evil.example").await.expect(204)
        };
        let (answer, second) = tokio::join!(first.confirm(), second);
        let email = first.email().await;
        match answer["status"].as_str() {
            Some("Confirmed") => assert_eq!(email, NEW),
            Some("Expired") => assert_eq!(email, from),
            // It came between the closing of its challenge and the writing of the next one's slot: not compared, and
            // nothing final is said yet (docs/design.md, "Status"). The next answer is final.
            Some("Pending") => {
                assert_eq!(answer["attempts"], 0, "a right code that was compared and is pending: {answer}");
                assert_eq!(first.confirm().await["status"], "Expired");
                assert_eq!(email, from);
            }
            _ => panic!("a right code that was rejected: {answer}"),
        }
        // The second change waits, for the address the customer has by now.
        let change = app.one().get(second.header("location")).await.expect(200).json();
        assert_eq!(change["status"], "AuthorizationRequired");
        let mails = app.mails().await;
        assert_eq!(mails.last().expect("there are many").to, email, "the present owner is asked");
    }
}

/// Two PUTs at once: one change is open, the other dropped; each code confirms its own change or nothing.
async fn two_changes_at_once_leave_one_of_them(host: Host) {
    let app = App::production(host).await;
    for round in 0..10 {
        let from = format!("ada.both.{round}@old.example");
        let customer = app.one().customer(&from).await;
        let (left, right) = (format!("left.{round}@new.example"), format!("right.{round}@new.example"));
        let one = app.one();
        let (first, second) = if round % 2 == 0 {
            tokio::join!(one.put_email(&customer, &left), one.put_email(&customer, &right))
        } else {
            let (second, first) =
                tokio::join!(one.put_email(&customer, &right), one.put_email(&customer, &left));
            (first, second)
        };
        one_of(&app, &customer, &from, [(first.expect(204), &left), (second.expect(204), &right)]).await;
    }
}

/// Of several changes exactly one is open, and its own code, and no other, makes its own address the customer's.
async fn one_of<const N: usize>(
    app: &App,
    customer: &stepgate_tests::Customer,
    from: &str,
    changes: [(stepgate_tests::Answer, &String); N],
) {
    let one = app.one();
    assert_eq!(one.email_of(customer).await, from);
    let mut open = Vec::new();
    for (answer, to) in &changes {
        let change = one.get(answer.header("location")).await.expect(200).json();
        assert_eq!(change["email"], **to);
        match change["status"].as_str() {
            Some("AuthorizationRequired") => open.push((change["id"].clone(), *to)),
            Some("Dropped") => {}
            _ => panic!("{change}"),
        }
    }
    let [(id, to)] = open.as_slice() else { panic!("{} changes are open", open.len()) };
    let code = one.code_of(&customer.id).await.expect(200).json();
    assert_eq!(code["entity_id"], *id);
    let code_id = code["id"].as_str().expect("an id");
    let mails: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.to == from).collect();
    assert_eq!(mails.len(), N);
    let mut confirmed = 0;
    for mail in &mails {
        let answer = one.submit(code_id, mail.number()).await.expect(200).json();
        confirmed += usize::from(answer["status"] == "Confirmed");
        if answer["status"] == "Confirmed" {
            break;
        }
    }
    assert_eq!(confirmed, 1, "the mail of the open change has its code");
    assert_eq!(one.email_of(customer).await, **to);
}

/// A withdrawal and a confirmation at once: the answer and the address agree.
async fn a_change_back_while_the_code_is_given_is_one_or_the_other(host: Host) {
    let app = App::production(host).await;
    for round in 0..15 {
        let from = format!("ada.back.{round}@old.example");
        let pending = Pending::of(&app, app.one(), &from, NEW).await;
        let (code, back) =
            tokio::join!(pending.confirm(), pending.caller.put_email(&pending.customer, &from));
        let back = back.expect(204);
        let email = pending.email().await;
        match code["status"].as_str() {
            // Then to change back is a change of its own, and its owner is asked.
            Some("Confirmed") if !back.header("location").is_empty() => assert_eq!(email, NEW),
            Some("Confirmed") => panic!("it was said to be withdrawn, and it was confirmed"),
            Some("Expired") => assert_eq!(email, from),
            // As above: between the closing and the slot that says so.
            Some("Pending") => {
                assert_eq!(code["attempts"], 0, "{code}");
                assert_eq!(pending.confirm().await["status"], "Expired");
                assert_eq!(email, from);
            }
            _ => panic!("{code}"),
        }
    }
}

/// The same with more of them.
async fn many_changes_at_once_leave_one_of_them(host: Host) {
    let app = App::production(host).await;
    let customer = app.one().customer(OLD).await;
    let to: [String; 5] = std::array::from_fn(|n| format!("ada.many.{n}@new.example"));
    let one = app.one();
    let answers = join_all(to.iter().map(|to| one.put_email(&customer, to))).await;
    let mut answers = answers.into_iter().map(|answer| answer.expect(204));
    let changes = to.each_ref().map(|to| (answers.next().expect("one for each"), to));
    one_of(&app, &customer, OLD, changes).await;
}

/// security.md: an error tells who has an account. Same answer for unknown, somebody else's and malformed.
async fn no_answer_tells_whose_an_id_is(host: Host) {
    let app = App::production(host).await;
    let of_two = Pending::of(&app, app.two(), OLD, NEW).await;
    let unknown = "9a7b6c5d-1111-4222-8333-944455556666";
    let one = app.one();
    let change = |customer: &str, change: &str| format!("/api/customers/{customer}/email-changes/{change}");
    let malformed = "not-an-id";
    let gets = [
        [
            format!("/api/customers/{unknown}"),
            format!("/api/customers/{}", of_two.customer.id),
            format!("/api/customers/{malformed}"),
        ],
        [
            format!("/api/authentication-codes/entity/{unknown}"),
            format!("/api/authentication-codes/entity/{}", of_two.change.id),
            format!("/api/authentication-codes/entity/{malformed}"),
        ],
        [
            change(unknown, unknown),
            change(&of_two.customer.id, &of_two.change.id),
            change(malformed, malformed),
        ],
    ];
    for paths in gets {
        let mut answers = Vec::new();
        for path in &paths {
            answers.push(one.get(path).await.expect(404).indistinguishable());
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{paths:?}");
    }
    let mut submitted = Vec::new();
    let mut updated = Vec::new();
    for (code, customer) in [
        (unknown, unknown),
        (of_two.change.code_id.as_str(), of_two.customer.id.as_str()),
        (malformed, malformed),
    ] {
        submitted.push(one.submit(code, of_two.mail.number()).await.expect(404).indistinguishable());
        let path = format!("/api/customers/{customer}");
        updated.push(
            one.put(&path, json!({ "email": "eve@evil.example" })).await.expect(404).indistinguishable(),
        );
    }
    assert!(submitted.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(updated.windows(2).all(|pair| pair[0] == pair[1]));
}

/// security.md: an API returns the code itself. Every answer of every test is searched when its service ends; this one
/// takes a walk through all of them.
async fn no_answer_holds_a_code_or_token(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    pending.caller.code_of(&pending.change.id).await.expect(200);
    pending.caller.code_of(&pending.customer.id).await.expect(200);
    pending.caller.get(&pending.change.location).await.expect(200);
    pending.caller.look_up(&pending.customer).await.expect(200);
    pending.caller.get("/api/customers").await.expect(200);
    for method in [Method::GET, Method::PUT, Method::POST] {
        app.visitor().send(method, pending.mail.path(), &[], "").await;
    }
    pending.confirm().await;
    assert!(!app.log().is_empty());
}

/// security.md: `//path` escapes a limit keyed by URL.
async fn a_path_with_a_slash_too_many_is_another_path(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    let id = &pending.change.code_id;
    let paths = [
        format!("//api/authentication-codes/{id}"),
        format!("/api//authentication-codes/{id}"),
        format!("/api/authentication-codes//{id}"),
        format!("/api/authentication-codes/{id}/"),
        format!("/api/./authentication-codes/{id}"),
        format!("/api/x/../authentication-codes/{id}"),
        format!("/api/%61uthentication-codes/{id}"),
        format!("/api/authentication-codes/%20{id}"),
        format!("/API/authentication-codes/{id}"),
        format!("/api/authentication-codes/{id};a=b"),
        format!("/api%2Fauthentication-codes%2F{id}"),
    ];
    for path in paths {
        let answer = pending.caller.put(&path, json!({ "code": pending.mail.number() })).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{path}: {answer:?}");
    }
    let code = pending.caller.code_of(&pending.change.id).await.expect(200).json();
    assert_eq!(code["attempts"], 0);
    // A query is no part of the path, and no way around the limit.
    for (n, wrong) in wrong_codes(&pending.mail).take(6).enumerate() {
        let path = format!("/api/authentication-codes/{id}?n={n}");
        pending.caller.put(&path, json!({ "code": wrong })).await.expect(200);
    }
    assert_eq!(pending.confirm().await["status"], "Rejected");
}

/// security.md: spoofed X-Forwarded-For. Nothing here is counted per address, so there is nothing to gain.
async fn a_forwarded_address_changes_nothing(host: Host) {
    let app = App::production(host).await;
    let pending = Pending::new(&app).await;
    for (n, wrong) in wrong_codes(&pending.mail).take(5).enumerate() {
        let caller = pending
            .caller
            .with("X-Forwarded-For", &format!("198.51.100.{n}"))
            .with("X-Real-IP", "::ffff:1.2.3.4");
        caller.submit(&pending.change.code_id, wrong).await.expect(200);
    }
    assert_eq!(pending.confirm().await["status"], "Rejected");
}

/// ASVS 16.3.1, 16.2.5: every attempt is logged, with who, what and how it ended; no code ever is.
async fn every_attempt_is_logged(host: Host) {
    let app = Setup::production(host).setting("code_attempts", "2").start().await;
    let pending = Pending::new(&app).await;
    let mut wrong = wrong_codes(&pending.mail);
    pending.submit(wrong.next().expect("many")).await;
    app.two().submit(&pending.change.code_id, pending.mail.number()).await.expect(404);
    let answer = pending.caller.submit(&pending.change.code_id, pending.mail.number()).await.expect(200);
    pending.submit(wrong.next().expect("many")).await;
    app.visitor().send(Method::POST, "/confirm/nonsense", &[], "").await.expect(404);

    let lines = app.attempts(&pending.change.code_id);
    let verdicts: Vec<&str> = lines.iter().map(|line| line["verdict"].as_str().expect("text")).collect();
    assert_eq!(verdicts, ["wrong", "not-found", "confirmed", "confirmed-already"]);
    assert_eq!(lines[2]["trace_id"], answer.header("x-trace-id"));
    assert_eq!(lines[2]["scope"], stepgate_tests::ONE.partner);
    assert_eq!(lines[1]["scope"], stepgate_tests::TWO.partner);
    assert_eq!(app.events("attempt").len(), 5, "the link's too");
}
