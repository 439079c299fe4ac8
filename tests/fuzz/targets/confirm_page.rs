//! The page behind a confirmation link: a look changes nothing, and only the button of the right link confirms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::check::visit;
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::world::WRITER;

/// More than the attempts of a code: a token that is not right may not use them up.
const MOST: usize = 8;

// Each line is `METHOD TOKEN`, and behind a second space a body.
fuzz_target!(|input: &[u8]| {
    visit(|visit| {
        let input = visit.world.fill_in(input);
        let token = visit.world.id("TOKEN").to_owned();
        let mut confirmed = false;
        for line in String::from_utf8_lossy(&input).lines().take(MOST) {
            let mut parts = line.splitn(3, ' ');
            let (Some(method), Some(sent_token)) = (parts.next(), parts.next()) else { continue };
            let sent = Sent::new(method, &format!("/confirm/{sent_token}"))
                .with("content-type", "application/x-www-form-urlencoded")
                .with_body(parts.next().unwrap_or_default());
            let Some(request) = sent.request() else { continue };
            let right = request.uri().path() == format!("/confirm/{token}");
            let before = confirmed;
            // Once it is confirmed there is no code that waits, which the checks of every exchange ask for.
            let answer = if before { exchange(visit, &sent) } else { visit.send(&sent) };
            let Some(answer) = answer else { continue };
            confirmed |= right && method == "POST";
            match (right, method, before) {
                (true, "POST", _) | (true, "GET" | "HEAD", false) => {
                    assert_eq!(answer.status, 200, "{}", answer.text())
                }
                (true, "GET" | "HEAD", true) => assert_eq!(answer.status, 410),
                (_, "POST" | "GET" | "HEAD", _) => assert_eq!(answer.status, 404),
                _ => assert!(matches!(answer.status, 404 | 405)),
            }
        }
        let path = format!("/api/customers/{}", visit.world.id("CUSTOMER"));
        let read = Sent::new("GET", &path).with("x-api-key", WRITER);
        let customer = exchange(visit, &read).expect("it is a request").json();
        assert_eq!(customer["email"], if confirmed { "new@example.org" } else { "customer0@example.com" });
    });
});

fn exchange(visit: &stepgate_fuzz::check::Visit<'_>, sent: &Sent) -> Option<stepgate_fuzz::check::Answer> {
    visit.exchange(sent)
}
