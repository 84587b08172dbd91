//! TLS of control's socket: what certificates say, and new ones that are taken while it runs.
//!
//! Certificates live for weeks. So those that are shown can be exchanged at any time: connections that are open keep
//! theirs, and each new one gets those that are in force when it begins.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use campaign::time::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;

use crate::config::Tls;

/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many clients may be agreeing on TLS at once; others wait to be taken.
const HANDSHAKES: usize = 256;
/// How long to wait where the system takes no connection, as where a process has no files left.
const REFUSED: Duration = Duration::from_millis(100);

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("tls.{field}: {what}")]
pub struct TlsError {
    /// Which field of the configuration.
    pub field: &'static str,
    /// What is wrong with it, and what to do.
    pub what: String,
}

impl TlsError {
    fn new(field: &'static str, what: impl Into<String>) -> TlsError {
        TlsError {
            field,
            what: what.into(),
        }
    }
}

/// Certificates that can be used.
#[derive(Clone)]
pub struct Certificates {
    config: Arc<ServerConfig>,
    /// The SHA-256 of the files that they are of.
    fingerprint: [u8; 32],
    /// From when the server's certificate is good.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
}

/// Two are equal where they are of the same files.
impl PartialEq for Certificates {
    fn eq(&self, other: &Certificates) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificates({} to {})", self.begins, self.ends)
    }
}

impl Certificates {
    /// Of these PEM files.
    ///
    /// # Errors
    /// Where one holds nothing that can be used, or the key is another certificate's.
    pub fn read(tls: &Tls) -> Result<Certificates, TlsError> {
        let chain = certificates("cert", &tls.cert)?;
        let (begins, ends) = lifetime(&chain[0])?;
        let key = PrivateKeyDer::from_pem_slice(&tls.key).map_err(|_| {
            TlsError::new(
                "key",
                "it holds no private key: write it as PEM, without a passphrase",
            )
        })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = match &tls.client_ca {
            None => Arc::new(NoClientAuth),
            Some(ca) => {
                let wrong =
                    |error: &dyn std::fmt::Display| TlsError::new("client_ca", error.to_string());
                let mut roots = RootCertStore::empty();
                for root in certificates("client_ca", ca)? {
                    roots.add(root).map_err(|error| wrong(&error))?;
                }
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                    .build()
                    .map_err(|error| wrong(&error))?
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::new("cert", error.to_string()))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(|error| {
                let what =
                    format!("it is not the key of the first certificate in tls.cert: {error}");
                TlsError::new("key", what)
            })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Certificates {
            config: Arc::new(config),
            fingerprint: fingerprint(tls),
            begins,
            ends,
        })
    }
}

fn fingerprint(tls: &Tls) -> [u8; 32] {
    let mut hash = Sha256::new();
    let parts = [Some(&tls.cert), Some(&tls.key), tls.client_ca.as_ref()];
    for part in parts.into_iter().flatten() {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn certificates(field: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(TlsError::new(
            field,
            "it holds no certificate: write it as PEM",
        )),
        Err(error) => Err(TlsError::new(field, format!("it is no PEM file: {error}"))),
    }
}

fn lifetime(certificate: &CertificateDer<'_>) -> Result<(Timestamp, Timestamp), TlsError> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|error| {
        TlsError::new(
            "cert",
            format!("its first certificate cannot be read: {error}"),
        )
    })?;
    let moment =
        |time: x509_parser::time::ASN1Time| Timestamp(time.timestamp().saturating_mul(1_000));
    let validity = parsed.validity();
    Ok((moment(validity.not_before), moment(validity.not_after)))
}

/// Connections on which TLS was agreed. What is not agreed in time is closed, and holds up nobody.
pub(crate) fn incoming(
    listener: TcpListener,
    certificates: watch::Receiver<Certificates>,
) -> ReceiverStream<io::Result<TlsStream<TcpStream>>> {
    let (agreed, incoming) = mpsc::channel(HANDSHAKES);
    tokio::spawn(async move {
        let under_way = Arc::new(Semaphore::new(HANDSHAKES));
        loop {
            let accepted = tokio::select! {
                () = agreed.closed() => return,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(REFUSED).await;
                continue;
            };
            let Ok(permit) = Arc::clone(&under_way).acquire_owned().await else {
                return;
            };
            let acceptor = TlsAcceptor::from(Arc::clone(&certificates.borrow().config));
            let agreed = agreed.clone();
            tokio::spawn(async move {
                let handshake = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream));
                match handshake.await {
                    Ok(Ok(stream)) => {
                        let _ = agreed.send(Ok(stream)).await;
                    }
                    Ok(Err(error)) => {
                        tracing::debug!(%error, "a client and control did not agree on TLS")
                    }
                    Err(_) => tracing::debug!("a client took too long to agree on TLS"),
                }
                drop(permit);
            });
        }
    });
    ReceiverStream::new(incoming)
}
