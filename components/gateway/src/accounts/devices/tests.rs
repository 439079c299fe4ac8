//! What a remembered device is good for, and until when.

use super::*;
use crate::ports::Surroundings as _;
use crate::testing::TestPorts;
use stepgate_storage::Store;
use stepgate_storage::memory::Fault;

const ANN: Uuid = Uuid::from_u128(0xa0);
const BEN: Uuid = Uuid::from_u128(0xb0);
const EPOCH: u64 = 3;
const MOMENT: Duration = Duration::from_millis(1);

fn remembered(ports: &TestPorts, account: Uuid) -> Token {
    remember(ports, account, EPOCH, "Browser", ports.now()).unwrap()
}

fn recognised(ports: &TestPorts, account: Uuid, token: &Token) -> bool {
    recognise(ports, account, EPOCH, token.text(), ports.now()).unwrap().is_some()
}

fn listed(ports: &TestPorts, account: Uuid) -> Vec<Uuid> {
    list(ports, account, EPOCH, ports.now()).unwrap().iter().map(|device| device.id).collect()
}

fn id(token: &Token) -> Uuid {
    Token::parse(PREFIX, token.text()).unwrap().id
}

#[test]
fn a_device_is_remembered_for_thirty_days() {
    let ports = TestPorts::default();
    let token = remembered(&ports, ANN);
    let made = ports.now();
    ports.pass(LIFETIME - MOMENT);
    assert!(recognised(&ports, ANN, &token));
    let devices = list(&ports, ANN, EPOCH, ports.now()).unwrap();
    let device =
        Device { id: id(&token), label: "Browser".into(), created_at: made, expires_at: made + LIFETIME };
    assert_eq!(devices, [device]);
    // A store that forgets what it may has not forgotten it by then.
    ports.store.sweep(ports.now().0 / 1000);
    assert!(recognised(&ports, ANN, &token));
    ports.pass(MOMENT);
    assert!(!recognised(&ports, ANN, &token));
    assert!(listed(&ports, ANN).is_empty());
    ports.pass(Duration::from_secs(3 * 86_400));
    ports.store.sweep(ports.now().0 / 1000);
    // The counter, and the place.
    assert_eq!(ports.store.keys().len(), 2);
}

#[test]
fn a_device_is_good_for_its_account_only() {
    let ports = TestPorts::default();
    let (ann, ben) = (remembered(&ports, ANN), remembered(&ports, BEN));
    assert!(recognised(&ports, ANN, &ann) && recognised(&ports, BEN, &ben));
    assert!(!recognised(&ports, BEN, &ann) && !recognised(&ports, ANN, &ben));
    assert!(matches!(revoke(&ports, BEN, id(&ann)), Err(ApiError::NotFound)));
    assert!(recognised(&ports, ANN, &ann));
    assert_eq!((listed(&ports, ANN), listed(&ports, BEN)), (vec![id(&ann)], vec![id(&ben)]));
}

#[test]
fn a_record_of_another_account_does_not_help() {
    // Somebody who could move records: the place of one's own account names another device.
    let ports = TestPorts::default();
    let (ann, ben) = (remembered(&ports, ANN), remembered(&ports, BEN));
    let record = ports.get(&key(ANN, id(&ann), ports.now())).unwrap().unwrap();
    Store::set(&ports, &key(BEN, id(&ann), ports.now()), &record).unwrap();
    assert!(!recognised(&ports, BEN, &ann) && recognised(&ports, BEN, &ben));
}

#[test]
fn a_change_to_the_account_ends_all_its_devices() {
    let ports = TestPorts::default();
    let token = remembered(&ports, ANN);
    for epoch in [EPOCH - 1, EPOCH + 1, 0, u64::MAX] {
        assert!(recognise(&ports, ANN, epoch, token.text(), ports.now()).unwrap().is_none());
        assert_eq!(list(&ports, ANN, epoch, ports.now()).unwrap(), []);
    }
    assert!(recognised(&ports, ANN, &token));
}

#[test]
fn a_revoked_device_is_forgotten_and_no_other() {
    let ports = TestPorts::default();
    let (first, second) = (remembered(&ports, ANN), remembered(&ports, ANN));
    revoke(&ports, ANN, id(&first)).unwrap();
    assert!(!recognised(&ports, ANN, &first) && recognised(&ports, ANN, &second));
    assert_eq!(listed(&ports, ANN), [id(&second)]);
    for gone in [id(&first), Uuid::from_u128(1), Uuid::nil()] {
        assert!(matches!(revoke(&ports, ANN, gone), Err(ApiError::NotFound)), "{gone}");
    }
}

#[test]
fn the_newest_twenty_are_remembered_and_the_store_does_not_grow() {
    let ports = TestPorts::default();
    let mut tokens = Vec::new();
    for _ in 0..47 {
        ports.pass(MOMENT);
        tokens.push(remembered(&ports, ANN));
    }
    let mut newest: Vec<Uuid> = tokens[27..].iter().map(id).collect();
    newest.reverse();
    assert_eq!(listed(&ports, ANN), newest);
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(recognised(&ports, ANN, token), number >= 27, "{number}");
    }
    ports.pass(Duration::from_secs(33 * 86_400));
    ports.store.sweep(ports.now().0 / 1000);
    assert_eq!(ports.store.keys().len(), 21);
}

#[test]
fn whatever_happens_meanwhile_none_is_good_that_is_not_listed() {
    // One that was slow: while it is being remembered, so many others are, at each of its steps.
    for others in [1, 19, 20, 21, 40] {
        for step in 0..3 {
            let ports = TestPorts::default();
            let mut tokens: Vec<Token> = (0..20).map(|_| remembered(&ports, ANN)).collect();
            let made = std::rc::Rc::new(core::cell::RefCell::new(Vec::new()));
            let elsewhere = made.clone();
            *ports.before_operation.borrow_mut() = Some((
                step,
                Box::new(move |ports| {
                    elsewhere.borrow_mut().extend((0..others).map(|_| remembered(ports, ANN)));
                }),
            ));
            tokens.push(remembered(&ports, ANN));
            tokens.extend(made.take());
            let listed = listed(&ports, ANN);
            let good = tokens.iter().filter(|token| recognised(&ports, ANN, token));
            let mut good: Vec<Uuid> = good.map(id).collect();
            good.sort_unstable_by(|one, other| other.cmp(one));
            assert_eq!(good, listed, "{others} at {step}");
            assert_eq!(good.len(), 20);
        }
    }
}

#[test]
fn one_that_died_on_its_way_leaves_none_that_is_good_and_not_listed() {
    for step in 0..3 {
        for fault in [Fault::Before, Fault::After] {
            let ports = TestPorts::default();
            let mut tokens: Vec<Token> = (0..20).map(|_| remembered(&ports, ANN)).collect();
            ports.store.fail_after(step, fault);
            assert!(remember(&ports, ANN, EPOCH, "", ports.now()).is_err());
            tokens.extend((0..19).map(|_| remembered(&ports, ANN)));
            let listed = listed(&ports, ANN);
            for token in &tokens {
                assert_eq!(recognised(&ports, ANN, token), listed.contains(&id(token)), "{step} {fault:?}");
            }
        }
    }
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    for fault in [Fault::Before, Fault::After] {
        let ports = TestPorts::default();
        let token = remembered(&ports, ANN);
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(recognise(&ports, ANN, EPOCH, token.text(), ports.now()).is_err(), "{step} {fault:?}");
            ports.store.fail_after(step, fault);
            assert!(list(&ports, ANN, EPOCH, ports.now()).is_err());
        }
        for step in 0..2 {
            ports.store.fail_after(step, fault);
            assert!(revoke(&ports, ANN, id(&token)).is_err(), "{step} {fault:?}");
        }
        // The last of them had done it before its answer was lost.
        assert_eq!(recognised(&ports, ANN, &token), fault == Fault::Before);
    }
}

#[test]
fn what_it_costs() {
    let ports = TestPorts::default();
    let cost = |does: &dyn Fn()| {
        let before = ports.store.operations();
        does();
        ports.store.operations() - before
    };
    assert_eq!(cost(&|| drop(remembered(&ports, ANN))), 3);
    let token = remembered(&ports, ANN);
    assert_eq!(cost(&|| assert!(recognised(&ports, ANN, &token))), 2);
    assert_eq!(cost(&|| assert!(!recognised(&ports, BEN, &token))), 1);
    assert_eq!(cost(&|| assert!(recognise(&ports, ANN, EPOCH, "dev_", ports.now()).unwrap().is_none())), 0);
    assert_eq!(cost(&|| assert_eq!(listed(&ports, ANN).len(), 2)), 22);
}

#[test]
fn a_label_is_short_and_plain_and_the_token_is_nowhere() {
    let ports = TestPorts::default();
    let agent = format!("Browser\r\n\t\u{7f}\u{85}é{}", "x".repeat(200));
    let token = remember(&ports, ANN, EPOCH, &agent, ports.now()).unwrap();
    let label = list(&ports, ANN, EPOCH, ports.now()).unwrap().remove(0).label;
    assert_eq!(label, format!("Browseré{}", "x".repeat(72)));
    let secret = &token.text()[token.text().len() - 40..];
    for (key, value) in ports.store.everything() {
        assert!(!key.contains(secret) && !value.contains(secret), "{key} {value}");
    }
    assert_eq!(*ports.log.borrow(), [""; 0]);
}

#[test]
fn one_character_off_is_nobody() {
    let ports = TestPorts::default();
    let token = remembered(&ports, ANN);
    let text = token.text();
    for at in PREFIX.len()..text.len() {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        let mut changed = text.to_owned();
        changed.replace_range(at..=at, other);
        assert!(recognise(&ports, ANN, EPOCH, &changed, ports.now()).unwrap().is_none(), "{at}");
    }
}
