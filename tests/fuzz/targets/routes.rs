//! Paths and methods, with any body: what is there is answered as its route does, and the rest is not found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::check::visit;
use stepgate_fuzz::contract;
use stepgate_fuzz::request::Sent;
use stepgate_fuzz::world::WRITER;

fuzz_target!(|input: &[u8]| {
    visit(|visit| {
        let mut sent = Sent::parse(&visit.world.fill_in(input));
        if sent.values("x-api-key").is_empty() {
            sent = sent.with("x-api-key", WRITER);
        }
        let Some(request) = sent.request() else { return };
        let path = request.uri().path().to_owned();
        let Some(answer) = visit.send(&sent) else { return };
        let statuses = contract::place(&sent.method, &path).statuses;
        if statuses == [404] || statuses == [405] {
            assert!(
                statuses.contains(&answer.status) || contract::is_api(&path) && answer.status != 200,
                "{} {path}: {}",
                sent.method,
                answer.status
            );
        }
    });
});
