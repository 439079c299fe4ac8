//! Whom the guest sends to: a server that does with each request what it is told to.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

#[derive(Clone)]
pub enum Reply {
    /// These bytes, then the end of the connection.
    Text(String),
    /// The first, and the second after that time.
    Slow(String, Duration, String),
    /// The first, and then the second again and again.
    Endless(String, String),
    /// Nothing, for as long as the client waits.
    Silence,
}

impl Reply {
    pub fn ok(body: &str) -> Self {
        Self::Text(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }
}

pub struct Receiver {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    open: Arc<AtomicUsize>,
}

impl Receiver {
    pub async fn start(reply: Reply) -> Self {
        Self::listen(reply, None).await
    }

    pub async fn start_tls(reply: Reply, authority: &Authority, name: &str) -> Self {
        Self::listen(reply, Some(authority.acceptor(name))).await
    }

    async fn listen(reply: Reply, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, open) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicUsize>::default());
        let (ears, count) = (heard.clone(), open.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, ears, count, tls) = (reply.clone(), ears.clone(), count.clone(), tls.clone());
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, reply, &ears).await,
                        // Who does not trust the certificate breaks off.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                talk(stream, reply, &ears).await;
                            }
                        }
                    }
                    count.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, heard, open }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Requests so far, each as it was sent.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Waits until nobody is connected.
    pub async fn deserted(&self) {
        let deserted = async {
            while self.open() > 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), deserted).await.expect("a connection stays open");
    }
}

async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: Reply, heard: &Mutex<Vec<String>>) {
    let Some(request) = hear(&mut stream).await else { return };
    heard.lock().unwrap().push(request);
    // Whoever hangs up has heard enough.
    let _ = answer(&mut stream, reply).await;
    let _ = stream.shutdown().await;
}

/// A request with its body, which has a length or comes in chunks.
async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let is_whole = match length {
            Some(length) => body.len() >= length.trim().parse().ok()?,
            None => !head.contains("transfer-encoding: chunked") || body.ends_with("0\r\n\r\n"),
        };
        if is_whole {
            return Some(text.into_owned());
        }
    }
}

async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Text(text) => stream.write_all(text.as_bytes()).await,
        Reply::Slow(first, time, second) => {
            stream.write_all(first.as_bytes()).await?;
            tokio::select! {
                () = sleep(time) => {}
                // There is nothing more to hear: it has hung up.
                _ = stream.read_u8() => return Ok(()),
            }
            stream.write_all(second.as_bytes()).await
        }
        Reply::Endless(first, again) => {
            stream.write_all(first.as_bytes()).await?;
            loop {
                stream.write_all(again.as_bytes()).await?;
                stream.flush().await?;
                tokio::task::yield_now().await;
            }
        }
        Reply::Silence => stream.read_to_end(&mut Vec::new()).await.map(drop),
    }
}

/// Somebody who issues certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config).into()
    }
}
