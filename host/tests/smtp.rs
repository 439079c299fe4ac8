//! Delivery by SMTP, against a server that says what it is told to.
#![cfg(feature = "smtp")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;
use stepgate_host::delivery::{
    Channel, Delivery, DeliveryError, Message, Smtp, SmtpError, SmtpOptions, SmtpTls,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const CODE: &str = "314159";
const TO: &str = "ada@example.com";

/// A mail server. `answer` is what it says to RCPT.
struct MailServer {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let lines = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answer, lines.clone()));
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }

    fn smtp(&self, tls: SmtpTls) -> Smtp {
        Smtp::new(options(self.port, tls)).unwrap()
    }
}

async fn talk(stream: TcpStream, rcpt: &'static str, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.unwrap();
    let mut in_message = false;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        let text = line.trim_end().to_owned();
        line.clear();
        heard.lock().unwrap().push(text.clone());
        let answer = match text.as_str() {
            "." => {
                in_message = false;
                "250 taken"
            }
            _ if in_message => continue,
            "DATA" => {
                in_message = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ if text.starts_with("RCPT") => rcpt,
            _ => "250 ok",
        };
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn options(port: u16, tls: SmtpTls) -> SmtpOptions {
    SmtpOptions {
        host: "127.0.0.1".into(),
        port,
        tls,
        credentials: None,
        from: "Acme <no-reply@acme.example>".into(),
    }
}

fn message(to: &str) -> Message {
    Message {
        channel: Channel::Email,
        to: to.into(),
        subject: "Bestätigung".into(),
        text: format!("Your code: {CODE}\n.\nGrüße\n"),
    }
}

fn assert_tells_nothing(error: &DeliveryError) {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(CODE) && !text.contains("ada"), "{text}");
}

#[tokio::test]
async fn a_message_arrives_as_it_is() {
    let server = MailServer::start("250 ok").await;
    server.smtp(SmtpTls::None).send(message(TO)).await.unwrap();
    let heard = server.heard();
    for part in [
        "MAIL FROM:<no-reply@acme.example>",
        "RCPT TO:<ada@example.com>",
        "From: Acme <no-reply@acme.example>",
        "To: ada@example.com",
        "Message-ID: <",
        "Date: ",
        CODE,
    ] {
        assert!(heard.contains(part), "{part} is missing:\n{heard}");
    }
}

#[tokio::test]
async fn what_the_server_says_decides_whether_trying_again_helps() {
    let refusing = MailServer::start("550 no such user ada@example.com").await;
    let error = refusing.smtp(SmtpTls::None).send(message(TO)).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Refused(_)), "{error}");
    assert_tells_nothing(&error);

    let busy = MailServer::start("451 later, ada@example.com").await;
    let error = busy.smtp(SmtpTls::None).send(message(TO)).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Unavailable(_)), "{error}");
    assert_tells_nothing(&error);
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_and_is_found_when_it_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let smtp = Smtp::new(options(port, SmtpTls::None)).unwrap();
    let error = smtp.send(message(TO)).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Unavailable(_)), "{error}");

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        talk(stream, "250 ok", Arc::default()).await;
    });
    smtp.send(message(TO)).await.unwrap();
}

/// Guards against a code that is said in the clear because the server, or somebody between, offers no TLS.
#[tokio::test]
async fn without_the_tls_asked_for_nothing_is_said() {
    for tls in [SmtpTls::StartTls, SmtpTls::Tls] {
        let server = MailServer::start("250 ok").await;
        let smtp = server.smtp(tls);
        let error = timeout(Duration::from_secs(15), smtp.send(message(TO))).await.unwrap().unwrap_err();
        assert_tells_nothing(&error);
        let heard = server.heard();
        assert!(!heard.contains("MAIL") && !heard.contains(CODE), "{tls:?}: {heard}");
    }
}

#[tokio::test]
async fn what_is_no_address_never_gets_to_the_server() {
    let server = MailServer::start("250 ok").await;
    let smtp = server.smtp(SmtpTls::None);
    for to in ["", "ada", "ada@", "a@b.c\r\nBcc: eve@example.com", "a@b.c>\r\nRCPT TO:<eve@example.com"] {
        let error = smtp.send(message(to)).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Refused(_)), "{to:?}: {error}");
    }
    assert_eq!(server.heard(), "");
}

#[tokio::test]
async fn text_messages_go_elsewhere() {
    let server = MailServer::start("250 ok").await;
    let sms = Message { channel: Channel::Sms, to: "+4912345".into(), ..message(TO) };
    assert_eq!(server.smtp(SmtpTls::None).send(sms).await, Err(DeliveryError::Unconfigured));
}

/// Guards against an abort: lettre's pool wants a runtime both when it is made and when it is dropped.
#[test]
fn it_can_be_made_and_dropped_outside_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(MailServer::start("250 ok"));
    let smtp = server.smtp(SmtpTls::None);
    runtime.block_on(smtp.send(message(TO))).unwrap();
    drop(runtime);
    drop(smtp);
}

#[test]
fn a_sender_that_is_no_address_is_refused_at_once() {
    let wrong = SmtpOptions { from: "Acme".into(), ..options(25, SmtpTls::None) };
    assert!(matches!(Smtp::new(wrong), Err(SmtpError::From)));
}
