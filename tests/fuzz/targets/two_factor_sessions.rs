//! The bodies of `contracts/two-factor-sessions.md`, and whatever is none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepgate_fuzz::accounts;

fuzz_target!(|input: &[u8]| accounts::run(accounts::TWO_FACTOR_SESSIONS, input));
