//! What operators decide where nobody plays the bank: in production too.

mod autoramps;
mod fiat_addresses;
mod suspension;

use crate::testing::{Answer, TestPorts};
use serde_json::json;

/// Every route that is for operators, with `ID` where its id stands.
const ROUTES: [(&str, &str, &str); 4] = [
    ("POST", "/api/identifications/ID/review", r#"{"approved":true}"#),
    ("PUT", "/api/autoramps/ID/status", "\"Approved\""),
    ("PUT", "/api/addresses/fiat/ID/status", "\"Registered\""),
    ("PUT", "/api/customers/ID/suspension", r#"{"suspended":true}"#),
];

impl TestPorts {
    /// Sets a status as the operator.
    fn decide(&self, path: &str, status: &str) -> Answer {
        self.call("operator", "PUT", path, &json!(status).to_string())
    }
}

/// The customer's keys may not, nor may a key that only reads; and operators may nothing else.
#[test]
fn nobody_but_an_operator_decides_and_operators_do_nothing_else() {
    let ports = crate::testing::with_operator();
    let customer = ports.customer("ann@example.com");
    let ids = [
        ports
            .call(
                "acme",
                "POST",
                &format!("/api/customers/{customer}/identifications/v2"),
                r#"{"type":"Link"}"#,
            )
            .json()["id"]
            .as_str()
            .unwrap()
            .to_owned(),
        ports.autoramp(&customer)["id"].as_str().unwrap().to_owned(),
        ports.registered(&customer, crate::testing::IBAN),
        customer.clone(),
    ];
    ports.set_setting("environment", "production");
    for ((method, path, body), id) in ROUTES.into_iter().zip(&ids) {
        let path = path.replace("ID", id);
        for key in ["acme", "reader"] {
            let answer = ports.call(key, method, &path, body);
            assert_eq!(answer.status, 403, "{key} {path}");
            assert!(answer.text().contains("Only an operator's API key may do this."), "{}", answer.text());
        }
        // Somebody else's operator hears what it hears of nothing at all.
        let theirs = ports.call("other-operator", method, &path, body);
        let nothing = ports.call("other-operator", method, &path.replace(id, "x"), body);
        assert_eq!((theirs.status, nothing.status), (404, 404), "{path}");
        assert_eq!(ports.call("stranger", method, &path, body).status, 401);
        assert_eq!(ports.call("operator", method, &path, body).status, 200, "{path}");
    }
    for (method, path) in [
        ("PATCH", format!("/api/autoramps/{}", ids[1])),
        ("DELETE", format!("/api/autoramps/{}", ids[1])),
        ("POST", "/api/autoramps".to_owned()),
        ("POST", "/api/addresses/fiat".to_owned()),
        ("DELETE", format!("/api/addresses/fiat/{customer}/{}", ids[2])),
        ("PUT", format!("/api/customers/{customer}")),
    ] {
        assert_eq!(ports.call("operator", method, &path, "{}").status, 403, "{method} {path}");
    }
    assert_eq!(ports.call("operator", "GET", &format!("/api/autoramps/{}", ids[1]), "").status, 200);
}
