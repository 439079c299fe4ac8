//! What was revoked comes to every reader, once at least, whatever is written at the same time.

use crate::testing::TestPorts;
use crate::tokens::revocations::{Page, Place, Revoked, note, page};
use core::time::Duration;
use proptest::prelude::*;
use serde_json::json;
use stepgate_storage::idempotency::digest;
use stepgate_storage::memory::Fault;
use stepgate_storage::{CounterKey, RecordKey, Store, Timestamp};
use uuid::Uuid;

const SCOPE: &str = "acme";
const DAY: Duration = Duration::from_secs(86_400);

fn session(number: u128) -> Revoked {
    Revoked::Session(Uuid::from_u128(number))
}

/// Someone who asks for what is new.
#[derive(Default)]
struct Reader {
    place: Option<String>,
    /// The sessions that it was told of, in turn.
    told: Vec<u128>,
    asked: u32,
}

impl Reader {
    /// Asks until there is no more for now.
    fn poll(&mut self, ports: &TestPorts) {
        loop {
            let place = self.place.as_deref().map(|text| Place::parse(text).unwrap());
            let Page { revoked, next, more } = page(ports, SCOPE, place).unwrap();
            for entry in revoked {
                let entry = serde_json::to_value(entry).unwrap();
                self.told.push(entry["sid"].as_str().unwrap().parse::<Uuid>().unwrap().as_u128());
            }
            self.asked += 1;
            self.place = Some(next);
            if !more {
                return;
            }
        }
    }
}

/// Claims a slot as somebody does who has not written it yet. Writing it is the answer.
fn claim(ports: &TestPorts) -> impl FnOnce(&TestPorts, u128) + use<> {
    let day = ports.now.get().day();
    let path = format!("revoked/{}/{}", digest(&[SCOPE]), day.0);
    let slot = ports.store.add(&CounterKey::until(day.plus(8), &format!("{path}/last")), 1).unwrap();
    move |ports, number| {
        let entry = format!("{} 0", Uuid::from_u128(number));
        let key = RecordKey::until(day.plus(8), &format!("{path}/{slot}"));
        ports.store.set(&key, &format!("{slot} {entry}")).unwrap();
    }
}

#[test]
fn a_revocation_says_what_is_revoked_and_when() {
    let ports = TestPorts::default();
    note(&ports, SCOPE, session(7)).unwrap();
    let account = Uuid::from_u128(8);
    note(&ports, SCOPE, Revoked::Before { account, epoch: 3 }).unwrap();
    let told = serde_json::to_value(page(&ports, SCOPE, None).unwrap()).unwrap();
    assert_eq!(
        told["revoked"],
        json!([
            { "sid": "00000000-0000-0000-0000-000000000007", "at": 1_768_472_109_u64 },
            { "sub": "usr:00000000-0000-0000-0000-000000000008", "ep": 3, "at": 1_768_472_109_u64 },
        ])
    );
    assert_eq!(told["more"], false);
}

#[test]
fn what_was_told_is_not_told_again_and_what_is_new_is() {
    let ports = TestPorts::default();
    let mut reader = Reader::default();
    for number in 1..=3 {
        note(&ports, SCOPE, session(number)).unwrap();
        ports.pass(Duration::from_secs(60));
        reader.poll(&ports);
    }
    assert_eq!((reader.told.as_slice(), reader.asked), (&[1, 2, 3][..], 3));
    let before = ports.store.operations();
    reader.poll(&ports);
    assert_eq!(ports.store.operations() - before, 1);
}

#[test]
fn a_tenant_is_told_nothing_of_another() {
    let ports = TestPorts::default();
    note(&ports, "acme2", session(1)).unwrap();
    assert!(page(&ports, SCOPE, None).unwrap().revoked.is_empty());
    assert!(!ports.store.keys().iter().any(|key| key.contains("acme")));
}

/// The one who was slower is not passed by.
#[test]
fn what_is_written_behind_a_slot_that_is_not_there_yet_comes_at_once_and_that_slot_too() {
    let ports = TestPorts::default();
    let mut reader = Reader::default();
    note(&ports, SCOPE, session(1)).unwrap();
    let write = claim(&ports);
    note(&ports, SCOPE, session(3)).unwrap();
    reader.poll(&ports);
    assert_eq!(reader.told, [1, 3]);
    ports.pass(Duration::from_secs(10));
    reader.poll(&ports);
    write(&ports, 2);
    ports.pass(Duration::from_secs(4));
    reader.poll(&ports);
    assert_eq!(reader.told, [1, 3, 3, 2, 3]);
    reader.poll(&ports);
    assert_eq!(reader.told.len(), 5);
}

/// Who asks very often gets past it as well.
#[test]
fn a_slot_whose_writer_died_is_passed_by_when_it_can_no_longer_be_written() {
    for often in [1, 5, 14, 15, 60] {
        let ports = TestPorts::default();
        let mut reader = Reader::default();
        drop(claim(&ports));
        note(&ports, SCOPE, session(2)).unwrap();
        let mut passed = Duration::ZERO;
        reader.poll(&ports);
        while passed < Duration::from_secs(61) {
            let more = Duration::from_secs(often);
            ports.pass(more);
            passed += more;
            reader.poll(&ports);
            // Further holes meanwhile do not keep it there.
            drop(claim(&ports));
        }
        let told = reader.told.len();
        ports.pass(Duration::from_secs(60));
        reader.poll(&ports);
        reader.poll(&ports);
        assert_eq!(reader.told.len(), told, "{often}: {:?}", reader.told);
        assert!(reader.told.iter().all(|number| *number == 2));
    }
}

/// A store that lost many writes in a row.
#[test]
fn any_number_of_dead_slots_hides_nothing_for_longer_than_that() {
    let ports = TestPorts::default();
    let mut reader = Reader::default();
    for _ in 0..1000 {
        drop(claim(&ports));
    }
    note(&ports, SCOPE, session(1)).unwrap();
    reader.poll(&ports);
    assert_eq!(reader.told, []);
    ports.pass(Duration::from_secs(15));
    reader.poll(&ports);
    assert_eq!(reader.told, [1]);
}

#[test]
fn many_revocations_take_several_requests() {
    let ports = TestPorts::default();
    for number in 0..1000 {
        note(&ports, SCOPE, session(number)).unwrap();
    }
    let mut reader = Reader::default();
    let before = ports.store.operations();
    reader.poll(&ports);
    assert_eq!(reader.told, (0..1000).collect::<Vec<_>>());
    assert_eq!(reader.asked, 5);
    assert!(ports.store.operations() - before < 1020);
}

#[test]
fn a_new_reader_is_told_all_that_can_still_matter() {
    let ports = TestPorts::default();
    for number in 0..20 {
        note(&ports, SCOPE, session(number)).unwrap();
        ports.pass(DAY);
        ports.store.sweep(ports.now.get().0 / 1000);
    }
    let mut reader = Reader::default();
    reader.poll(&ports);
    // A week's tokens were revoked on each of the last eight days.
    assert_eq!(reader.told, (12..20).collect::<Vec<_>>());
    // One that was away for long begins anew; one that was not, goes on.
    ports.pass(DAY * 3);
    note(&ports, SCOPE, session(20)).unwrap();
    reader.poll(&ports);
    assert_eq!(*reader.told.last().unwrap(), 20);
    assert_eq!(reader.told.len(), 9);
    ports.pass(DAY * 20);
    note(&ports, SCOPE, session(21)).unwrap();
    reader.poll(&ports);
    assert_eq!((reader.told.len(), *reader.told.last().unwrap()), (10, 21));
}

#[test]
fn nothing_is_lost_at_midnight() {
    let ports = TestPorts::default();
    let midnight = Timestamp(ports.now.get().day().end_seconds() * 1000);
    ports.now.set(midnight - Duration::from_secs(1));
    let mut reader = Reader::default();
    note(&ports, SCOPE, session(1)).unwrap();
    let write = claim(&ports);
    reader.poll(&ports);
    ports.pass(Duration::from_secs(5));
    reader.poll(&ports);
    note(&ports, SCOPE, session(3)).unwrap();
    write(&ports, 2);
    ports.pass(Duration::from_secs(11));
    reader.poll(&ports);
    assert_eq!(reader.told, [1, 2, 3]);
    let before = ports.store.operations();
    reader.poll(&ports);
    assert_eq!((ports.store.operations() - before, reader.told.len()), (1, 3));
}

#[test]
fn all_of_it_is_forgotten() {
    let ports = TestPorts::default();
    note(&ports, SCOPE, session(1)).unwrap();
    page(&ports, SCOPE, None).unwrap();
    ports.pass(DAY * 9);
    ports.store.sweep(ports.now.get().0 / 1000);
    assert_eq!(ports.store.keys(), Vec::<String>::new());
}

/// It was claimed so long ago that a reader may be past it.
#[test]
fn who_is_slow_to_write_claims_anew() {
    let ports = TestPorts::default();
    ports.operation_takes.set(Duration::from_secs(6));
    assert!(note(&ports, SCOPE, session(1)).is_err());
    assert_eq!(ports.store.everything(), []);
    ports.operation_takes.set(Duration::from_secs(5));
    note(&ports, SCOPE, session(1)).unwrap();
    ports.operation_takes.set(Duration::ZERO);
    ports.pass(Duration::from_secs(60));
    let mut reader = Reader::default();
    reader.poll(&ports);
    assert_eq!(reader.told, [1]);
}

#[test]
fn a_store_that_fails_is_said_to_fail() {
    for fault in [Fault::Before, Fault::After] {
        for at in 0..2 {
            let ports = TestPorts::default();
            ports.store.fail_after(at, fault);
            assert!(note(&ports, SCOPE, session(1)).is_err());
            // Made again, it comes.
            note(&ports, SCOPE, session(1)).unwrap();
            let mut reader = Reader::default();
            reader.poll(&ports);
            assert!(reader.told.contains(&1));
            ports.store.fail_after(at, fault);
            assert!(page(&ports, SCOPE, None).is_err());
        }
    }
}

#[test]
fn a_store_that_was_emptied_is_read_from_its_beginning() {
    let mut ports = TestPorts::default();
    let mut reader = Reader::default();
    for number in 1..=3 {
        note(&ports, SCOPE, session(number)).unwrap();
    }
    reader.poll(&ports);
    ports.store = Default::default();
    note(&ports, SCOPE, session(4)).unwrap();
    reader.poll(&ports);
    assert_eq!(reader.told, [1, 2, 3, 4]);
}

#[test]
fn an_entry_that_cannot_be_read_is_not_passed_over() {
    for text in
        ["", "x 1", "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007 1 x"]
    {
        let ports = TestPorts::default();
        let day = ports.now.get().day();
        note(&ports, SCOPE, session(1)).unwrap();
        let key = format!("revoked/{}/{}/1", digest(&[SCOPE]), day.0);
        ports.store.set(&RecordKey::until(day.plus(8), &key), &format!("1 {text}")).unwrap();
        assert!(page(&ports, SCOPE, None).is_err(), "{text}");
    }
}

#[test]
fn a_place_is_two_or_four_numbers() {
    for good in ["20468.0", "20468.7", "20468.7.9.1768472109045", "0.18446744073709551615"] {
        assert!(Place::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        ".",
        "1",
        "1.",
        ".1",
        "1.2.",
        "1.2.3",
        "1.2.3.",
        "1.2.3.4.5",
        "1.+2",
        "1.-2",
        "1. 2",
        "1.18446744073709551616",
        "١.٢",
    ] {
        assert!(Place::parse(bad).is_none(), "{bad}");
    }
}

proptest! {
    /// A reader may send anything for a place. It makes no keys but of days there are, and is never told more or less than a page.
    #[test]
    fn no_place_is_too_strange(
        day in prop_oneof![Just(u64::MAX), 20_455_u64..20_475, any::<u64>()],
        done in prop_oneof![0_u64..5, any::<u64>()],
        seen in prop::option::of((any::<u64>(), any::<u64>())),
    ) {
        let ports = TestPorts::default();
        note(&ports, SCOPE, session(1)).unwrap();
        let text = match seen {
            Some((slots, at)) => format!("{day}.{done}.{slots}.{at}"),
            None => format!("{day}.{done}"),
        };
        let page = page(&ports, SCOPE, Place::parse(&text)).unwrap();
        prop_assert!(Place::parse(&page.next).is_some());
        prop_assert!(page.revoked.len() <= 1);
        prop_assert!(ports.store.keys().len() <= 11);
    }
}
