//! A lost or failed answer of the store never confirms, never gives an attempt back, and never loses a confirmation.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use stepgate_otp::{Status, Verdict};
use stepgate_storage::memory::Fault;
use support::*;

const FAULTS: [Fault; 2] = [Fault::Before, Fault::After];

#[test]
fn whichever_operation_of_a_verify_fails_its_caller_is_told_an_error() {
    for operation in 0..3 {
        for fault in FAULTS {
            let world = World::default();
            let issued = world.issue();
            let id = issued.challenge.id;
            world.store.fail_after(operation, fault);
            refused(world.verify(id, issued.code).map(|_| ()));
            assert!(!world.store.heal(), "operation {operation} was reached");
            // The right code was recorded only if the very last add happened and its answer was lost.
            let recorded = operation == 2 && fault == Fault::After;
            let expected = if recorded { Status::Confirmed } else { Status::Pending };
            assert_eq!(world.status(id).status, expected, "{operation} {fault:?}");
            let again = world.verify(id, issued.code).unwrap().verdict;
            assert_eq!(again == Verdict::ConfirmedAlready, recorded, "{operation} {fault:?}");
        }
    }
}

#[test]
fn no_attempt_comes_back_from_a_fault() {
    for operation in 0..3 {
        for fault in FAULTS {
            let world = World::default();
            let issued = world.issue();
            let id = issued.challenge.id;
            let mut compared = 0;
            for _ in 0..40 {
                world.store.fail_after(operation, fault);
                let _ = world.verify(id, other_than(issued.code));
                world.store.heal();
                compared = world.status(id).attempts;
            }
            assert!(compared <= u32::from(LIMIT), "{operation} {fault:?}: {compared}");
            if operation > 1 || fault == Fault::After && operation == 1 {
                let late = world.verify(id, issued.code).unwrap();
                assert_eq!(late.verdict, Verdict::Refused, "{operation} {fault:?}: every attempt was taken");
            }
        }
    }
}

#[test]
fn a_confirmation_survives_whatever_fails_when_it_is_made_permanent() {
    for operation in 0..5 {
        for fault in FAULTS {
            let world = World::default();
            let issued = world.issue();
            world.verify(issued.challenge.id, issued.code).unwrap();
            let current = || world.core().current(&scope("p1"), &request().entity);
            world.store.fail_after(operation, fault);
            refused(current().map(|_| ()));
            assert!(!world.store.heal());
            assert_eq!(current().unwrap().confirmed, Some(request().payload), "{operation} {fault:?}");
        }
    }
}

#[test]
fn a_link_and_a_status_report_what_the_store_could_not_say() {
    for fault in FAULTS {
        for operation in 0..2 {
            let world = World::default();
            let issued = world.issue();
            world.store.fail_after(operation, fault);
            refused(world.core().open_link(&issued.link_token, &keys()).map(|_| ()));
            world.store.fail_after(operation, fault);
            refused(world.core().status(&scope("p1"), issued.challenge.id).map(|_| ()));
            assert_eq!(world.status(issued.challenge.id).status, Status::Pending);
        }
    }
}
