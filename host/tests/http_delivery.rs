//! Delivery by HTTP, to a service that answers what it is told to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use stepgate_host::delivery::{
    ByChannel, Channel, Delivery, DeliveryError, HttpDelivery, Message, NoDelivery,
};
use stepgate_host::{Outbound, OutboundLimits};
use support::receiver::{Authority, Receiver, Reply};

const CODE: &str = "314159";
const TO: &str = "+15551234567";
const TOKEN: &str = "a-token-that-nobody-knows";

fn message() -> Message {
    Message {
        channel: Channel::Sms,
        to: TO.into(),
        subject: String::new(),
        text: format!("Grüße, \"Acme\":\n{CODE}\n@confirm.example #{CODE}"),
    }
}

fn mail() -> Message {
    Message {
        channel: Channel::Email,
        to: "ada@example.com".into(),
        subject: "Bestätigung".into(),
        text: CODE.into(),
    }
}

fn delivery(receiver: &Receiver) -> HttpDelivery {
    HttpDelivery::new(&receiver.url("/send?via=stepgate"), Some(TOKEN)).unwrap()
}

fn status(line: &str) -> Reply {
    Reply::Text(format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n"))
}

fn body(request: &str) -> Value {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

fn assert_tells_nothing(error: &DeliveryError) {
    let text = format!("{error} {error:?}");
    for secret in [CODE, TO, TOKEN, "127.0.0.1", "/send"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_message_arrives_as_it_is() {
    let service = Receiver::start(status("202 Accepted")).await;
    let delivery = delivery(&service);
    delivery.send(message()).await.unwrap();
    delivery.send(mail()).await.unwrap();
    let heard = service.heard();
    let head = heard[0].to_ascii_lowercase();
    assert!(head.starts_with("post /send?via=stepgate http/1.1\r\n"), "{head}");
    for header in [
        format!("host: {}\r\n", service.address),
        "content-type: application/json\r\n".into(),
        format!("authorization: bearer {TOKEN}\r\n"),
    ] {
        assert_eq!(head.matches(&header).count(), 1, "{header} in {head}");
    }
    assert_eq!(head.matches("content-length: ").count(), 1, "{head}");
    let text = message().text;
    assert_eq!(body(&heard[0]), json!({ "channel": "sms", "to": TO, "subject": "", "text": text }));
    assert_eq!(
        body(&heard[1]),
        json!({ "channel": "email", "to": "ada@example.com", "subject": "Bestätigung", "text": CODE })
    );
    service.deserted().await;
}

#[tokio::test]
async fn without_a_token_there_is_no_such_header() {
    let service = Receiver::start(status("200 OK")).await;
    HttpDelivery::new(&service.url("/"), None).unwrap().send(message()).await.unwrap();
    assert!(!service.heard()[0].to_ascii_lowercase().contains("authorization"));
}

#[tokio::test]
async fn what_the_service_says_decides_whether_trying_again_helps() {
    for line in ["400 Bad Request", "413 Too Large", "422 Unprocessable"] {
        let service = Receiver::start(status(line)).await;
        let error = delivery(&service).send(message()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Refused(_)), "{line}: {error}");
        assert_tells_nothing(&error);
    }
    for line in ["401 Unauthorized", "404 Not Found", "429 Later", "500 Broken", "503 Later"] {
        let service = Receiver::start(status(line)).await;
        let error = delivery(&service).send(message()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Unavailable(_)), "{line}: {error}");
        assert_tells_nothing(&error);
    }
}

/// Guards against a code that is carried elsewhere.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Receiver::start(status("200 OK")).await;
    for line in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let location = other.url("/");
        let reply = format!("HTTP/1.1 {line}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let service = Receiver::start(Reply::Text(reply)).await;
        let error = delivery(&service).send(message()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Unavailable(_)), "{line}: {error}");
    }
    assert!(other.heard().is_empty());
}

#[tokio::test]
async fn a_service_that_is_down_or_cut_off_has_taken_nothing() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let to_nobody = HttpDelivery::new(&format!("http://{address}/"), Some(TOKEN)).unwrap();
    let error = to_nobody.send(message()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Unavailable(_)), "{error}");
    assert_tells_nothing(&error);
    for half in ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le", "220 smtp.example ESMTP\r\n"] {
        let service = Receiver::start(Reply::Text(half.into())).await;
        let error = delivery(&service).send(message()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Unavailable(_)), "{half}: {error}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_given_up() {
    let service = Receiver::start(Reply::Silence).await;
    let time = Duration::from_millis(300);
    let brisk = Outbound::new(OutboundLimits { total_time: time, ..OutboundLimits::default() });
    let sending = delivery(&service).through(brisk);
    let error = tokio::time::timeout(Duration::from_secs(20), sending.send(message())).await;
    let error = error.unwrap().unwrap_err();
    assert_eq!(error, DeliveryError::Unavailable("the delivery service did not answer in time".into()));
    service.deserted().await;
}

#[tokio::test]
async fn over_tls_it_has_to_be_the_host_that_was_named() {
    let authority = Authority::new();
    let trusting = || Outbound::default().extra_roots(authority.pem().as_bytes()).unwrap();
    let service = Receiver::start_tls(status("200 OK"), &authority, "localhost").await;
    let port = service.address.port();
    let to = |host: &str| HttpDelivery::new(&format!("https://{host}:{port}/"), Some(TOKEN)).unwrap();
    to("localhost").through(trusting()).send(message()).await.unwrap();
    assert_eq!(service.heard().len(), 1);
    // Another name than its certificate's; and nobody who is trusted.
    for delivery in [to("127.0.0.1").through(trusting()), to("localhost")] {
        let error = delivery.send(message()).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Unavailable(_)), "{error}");
        assert_tells_nothing(&error);
    }
    assert_eq!(service.heard().len(), 1, "it was told something");
}

#[tokio::test]
async fn each_channel_has_a_transport_of_its_own() {
    let service = Receiver::start(status("200 OK")).await;
    let both = ByChannel { email: Arc::new(NoDelivery), sms: Arc::new(delivery(&service)) };
    assert_eq!(both.send(mail()).await, Err(DeliveryError::Unconfigured));
    both.send(message()).await.unwrap();
    assert_eq!(service.heard().len(), 1);
}
