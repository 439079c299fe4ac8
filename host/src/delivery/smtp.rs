//! E-mail over SMTP.

use super::{Channel, Delivery, DeliveryError, Message};
use futures::future::{BoxFuture, FutureExt};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, PoolConfig};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long the server may take for one command. Shorter than the guest's fence of 10 s: an answer after that would
/// not be believed.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Connections kept open to the server.
const MAX_CONNECTIONS: u32 = 8;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all. For a server on the same machine.
    None,
    /// Upgraded before anything is said; a server that cannot is refused.
    StartTls,
    /// From the first byte.
    Tls,
}

/// Where mail goes out. Has no `Debug`, because it holds the password.
#[derive(Clone)]
pub struct SmtpOptions {
    /// The server's name.
    pub host: String,
    /// Its port: commonly 25 or 587 for `StartTls`, 465 for `Tls`.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// User name and password, if the server asks for them.
    pub credentials: Option<(String, String)>,
    /// The sender, as in `Acme <no-reply@acme.example>`.
    pub from: String,
}

/// What is wrong with [`SmtpOptions`].
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The sender is no address.
    #[error("`from` is not an e-mail address")]
    From,
    /// The host is no name that a certificate could be checked against, or the machine has no root certificates.
    #[error("TLS cannot be set up for this host: {0}")]
    Tls(String),
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Sends e-mail through one SMTP server; a few connections are kept open.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    from: Mailbox,
    /// Made by the first message: its connections belong to the runtime that message is sent in.
    transport: OnceLock<(Handle, Transport)>,
}

impl Smtp {
    /// Checks the options. Connects when the first message is sent.
    ///
    /// # Errors
    /// [`SmtpError`] names what is wrong.
    pub fn new(options: SmtpOptions) -> Result<Self, SmtpError> {
        let from = options.from.parse().map_err(|_| SmtpError::From)?;
        let parameters =
            || TlsParameters::new(options.host.clone()).map_err(|error| SmtpError::Tls(error.to_string()));
        let tls = match options.tls {
            SmtpTls::None => Tls::None,
            SmtpTls::StartTls => Tls::Required(parameters()?),
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
        };
        Ok(Self {
            host: options.host,
            port: options.port,
            tls,
            credentials: options.credentials.map(|(user, password)| Credentials::new(user, password)),
            from,
            transport: OnceLock::new(),
        })
    }

    fn transport(&self) -> &Transport {
        let (_, transport) = self.transport.get_or_init(|| {
            let mut builder = Transport::builder_dangerous(&self.host)
                .port(self.port)
                .tls(self.tls.clone())
                .timeout(Some(TIMEOUT))
                .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS));
            if let Some(credentials) = &self.credentials {
                builder = builder.credentials(credentials.clone());
            }
            (Handle::current(), builder.build())
        });
        transport
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        if let Some((runtime, transport)) = self.transport.take() {
            // lettre says goodbye from a task, also where the last owner is no task.
            let _guard = runtime.enter();
            drop(transport);
        }
    }
}

impl Delivery for Smtp {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        async move {
            match message.channel {
                Channel::Email => {}
                Channel::Sms => return Err(DeliveryError::Unconfigured),
            }
            let to: Address =
                message.to.parse().map_err(|_| DeliveryError::Refused("not an e-mail address".into()))?;
            let mail = lettre::Message::builder()
                .from(self.from.clone())
                .to(Mailbox::new(None, to))
                .subject(message.subject)
                .message_id(None)
                .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(message.text))
                .map_err(|_| DeliveryError::Refused("the message has no valid form".into()))?;
            match tokio::time::timeout(TIMEOUT, self.transport().send(mail)).await {
                Ok(Ok(_)) => Ok(()),
                // What the server says is left out: it may quote the recipient, or the text.
                Ok(Err(error)) if error.is_permanent() => {
                    Err(DeliveryError::Refused("the mail server refused it".into()))
                }
                Ok(Err(error)) if error.is_transient() => {
                    Err(DeliveryError::Unavailable("the mail server asks to try again later".into()))
                }
                Ok(Err(_)) => Err(DeliveryError::Unavailable("the mail server cannot be talked to".into())),
                Err(_) => Err(DeliveryError::Unavailable("the mail server does not answer".into())),
            }
        }
        .boxed()
    }
}
