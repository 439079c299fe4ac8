//! The link, for the hosted pages: `by_token` and `submit`.

use super::{DAY, id, one_customer, token, trace};
use crate::identifications::{Link, Status, Submitted, by_token, submit};
use crate::testing::ready;

#[test]
fn a_link_leads_to_its_identification_as_long_as_that_is_open() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let Link::Open(open) = ports.open(&made) else { panic!("not open") };
    assert_eq!((open.id.to_string().as_str(), open.customer_id.to_string()), (id(&made), customer.clone()));

    let submitted = ports.identify(&customer);
    assert_eq!(ports.fill_in(&submitted), Submitted::Taken);
    let approved = ports.identify(&customer);
    ports.sandbox_review(id(&approved), true);
    let archived = ports.identify(&customer);
    ports.call("acme", "PUT", &format!("/api/identifications/{}/archive", id(&archived)), "");
    for (made, status) in
        [(&submitted, Status::PendingReview), (&approved, Status::Approved), (&archived, Status::Archived)]
    {
        let Link::Over(found, is) = ports.open(made) else { panic!("{status:?}") };
        assert_eq!((found.id.to_string().as_str(), is), (id(made), status));
    }
    ports.pass(30 * DAY);
    assert_eq!(ports.open(&made), Link::Over(open, Status::Expired));
}

#[test]
fn what_is_no_token_leads_nowhere() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let token = token(&made);
    let other = if token.starts_with('A') { "B" } else { "A" };
    let forged = format!("{other}{}", &token[1..]);
    let long = "A".repeat(10_000);
    for text in [
        "",
        "x",
        id(&made),
        &token[1..],
        &token.to_lowercase(),
        &forged,
        &format!("{token}A"),
        &long,
        "%00",
        "ä",
    ] {
        if text != token {
            assert_eq!(by_token(&ports, text).unwrap(), Link::Unknown, "{text}");
        }
    }
}

#[test]
fn answers_are_taken_once_and_only_while_the_link_is_open() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let Link::Open(open) = ports.open(&made) else { panic!("not open") };
    let send = |answers: &str| ready(submit(&ports, &trace(&ports), &open, answers));
    for wrong in ["", "[]", "null", "{", "{}x", &format!("{{\"a\":\"{}\"}}", "x".repeat(60_000))] {
        assert!(send(wrong).is_err());
    }
    assert_eq!(ports.status(id(&made)), "Pending");
    assert_eq!(send(r#"{"name":"Ann"}"#).unwrap(), Submitted::Taken);
    assert_eq!(send(r#"{"name":"Ben"}"#).unwrap(), Submitted::Over(Status::PendingReview));
    let kept = |text: &str| ports.store.everything().iter().any(|(_, value)| value.contains(text));
    assert!(kept(r#"{"name":"Ann"}"#) && !kept("Ben"));
    assert!(!ports.log.borrow().join("\n").contains("Ann"));
    assert_eq!(ports.announced().len(), 2);

    for end in ["approve", "archive", "expire"] {
        let made = ports.identify(&customer);
        let Link::Open(open) = ports.open(&made) else { panic!("not open") };
        let status = match end {
            "approve" => {
                ports.sandbox_review(id(&made), true);
                Status::Approved
            }
            "archive" => {
                ports.call("acme", "PUT", &format!("/api/identifications/{}/archive", id(&made)), "");
                Status::Archived
            }
            _ => {
                ports.pass(30 * DAY);
                Status::Expired
            }
        };
        let late = ready(submit(&ports, &trace(&ports), &open, "{}")).unwrap();
        assert_eq!(late, Submitted::Over(status), "{end}");
    }
}
