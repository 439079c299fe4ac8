//! Whom the guest's requests trust: the machine's root certificates, and those that were given.

use rustls_native_certs::load_native_certs;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use wasmtime_wasi_http::Error;

/// Servers whose last session is remembered.
const SESSIONS: usize = 64;

/// What is wrong with root certificates.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// There is none, or the text is no PEM.
    #[error("holds no certificate in PEM form")]
    Empty,
    /// One of them is no root that can be used. Counted from 1.
    #[error("its certificate {0} cannot be used")]
    Unusable(usize),
}

/// The roots of the machine are read by the first request that needs them: they take up memory.
#[derive(Default)]
pub(super) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    connector: OnceCell<TlsConnector>,
}

impl Tls {
    pub(super) fn trust(&mut self, pem: &[u8]) -> Result<(), RootsError> {
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| RootsError::Empty)?;
            found += 1;
            RootCertStore::empty().add(certificate.clone()).map_err(|_| RootsError::Unusable(found))?;
            self.extra.push(certificate);
        }
        if found == 0 { Err(RootsError::Empty) } else { Ok(()) }
    }

    /// Shakes hands with `host`, whose certificate must be for that name or address.
    pub(super) async fn connect(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, Error> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::HttpRequestUriInvalid)?;
        let connector = self.connector.get_or_try_init(|| self.prepare()).await?;
        connector.connect(name, stream).await.map_err(|error| reason(&error))
    }

    async fn prepare(&self) -> Result<TlsConnector, Error> {
        let extra = self.extra.clone();
        let config = tokio::task::spawn_blocking(move || {
            let mut roots = RootCertStore::empty();
            let native = load_native_certs();
            let (read, _) = roots.add_parsable_certificates(native.certs);
            if read == 0 {
                let errors = native.errors.len();
                tracing::warn!(errors, "the machine has no root certificates that can be read");
            }
            roots.add_parsable_certificates(extra);
            config(roots)
        });
        match config.await {
            Ok(Ok(config)) => Ok(Arc::new(config).into()),
            Ok(Err(error)) => {
                tracing::error!(%error, "TLS cannot be set up");
                Err(Error::ConfigurationError)
            }
            Err(_) => Err(Error::InternalError(None)),
        }
    }
}

fn config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    // The provider by name: with several linked in, rustls would not choose.
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

fn reason(error: &std::io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Error::TlsCertificateError
        }
        _ => Error::TlsProtocolError,
    }
}
