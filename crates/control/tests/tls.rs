//! TLS: callers know whom they speak to, and where it is wanted the server knows them by a certificate too.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::error::Error;

use api::bearer::Bearer;
use api::v1;
use api::v1::identity_service_client::IdentityServiceClient;
use control::config::Tls;
use control::secure::Certificates;
use harness::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// Somebody who signs certificates.
fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, and its key.
fn signed(by: &Authority, name: &str) -> (Vec<u8>, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_string()]).unwrap();
    let cert = params.signed_by(&key, by).unwrap();
    (cert.pem().into_bytes(), key.serialize_pem().into_bytes())
}

fn tls(by: &Authority, client_ca: Option<&Authority>) -> Tls {
    let (cert, key) = signed(by, "localhost");
    Tls {
        cert,
        key,
        client_ca: client_ca.map(|ca| ca.pem().into_bytes()),
    }
}

/// Asks who one is over TLS: what the server says, or all that the error says.
async fn ask(port: u16, token: &str, config: ClientTlsConfig) -> Result<String, String> {
    let chain = |error: &(dyn Error + 'static)| {
        let mut text = format!("{error} {error:?}");
        let mut next = error.source();
        while let Some(source) = next {
            text += &format!(": {source} {source:?}");
            next = source.source();
        }
        text
    };
    let endpoint = Channel::from_shared(format!("https://localhost:{port}")).unwrap();
    let endpoint = endpoint.tls_config(config).unwrap();
    let channel = endpoint.connect().await.map_err(|error| chain(&error))?;
    let calls = InterceptedService::new(channel, Bearer::new(token).unwrap());
    let told = IdentityServiceClient::new(calls)
        .who_am_i(v1::WhoAmIRequest {})
        .await;
    let told = told.map_err(|status| chain(&status))?.into_inner();
    Ok(told.api_token.unwrap().name)
}

fn trusting(ca: &Authority) -> ClientTlsConfig {
    ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca.pem()))
}

#[tokio::test]
async fn callers_know_whom_they_speak_to() {
    let directory = tempfile::tempdir().unwrap();
    let (ca, other) = (authority(), authority());
    let (control, _kept, token) = start_secured(directory.path(), tls(&ca, None)).await;
    let port = control.local_addr().port();
    assert_eq!(
        ask(port, &token, trusting(&ca)).await.unwrap(),
        "apiTokens/first-admin"
    );
    // The token is asked for as ever.
    let told = ask(port, "nonsense", trusting(&ca)).await.unwrap_err();
    assert!(told.contains("not known here"), "{told}");
    let told = ask(port, &token, trusting(&other)).await.unwrap_err();
    assert!(
        told.contains("UnknownIssuer") || told.contains("BadSignature"),
        "{told}"
    );
    // Who speaks no TLS gets no answer.
    let plain = Channel::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
    let plain = plain.connect().await.unwrap();
    let calls = InterceptedService::new(plain, Bearer::new(&token).unwrap());
    IdentityServiceClient::new(calls)
        .who_am_i(v1::WhoAmIRequest {})
        .await
        .unwrap_err();
    control.shutdown().await;
}

#[tokio::test]
async fn a_caller_without_a_certificate_is_refused_where_one_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let (ca, clients, other) = (authority(), authority(), authority());
    let (control, _kept, token) = start_secured(directory.path(), tls(&ca, Some(&clients))).await;
    let port = control.local_addr().port();
    let with = |by: &Authority| {
        let (cert, key) = signed(by, "ann");
        trusting(&ca).identity(Identity::from_pem(cert, key))
    };
    assert_eq!(
        ask(port, &token, with(&clients)).await.unwrap(),
        "apiTokens/first-admin"
    );
    let told = ask(port, &token, trusting(&ca)).await.unwrap_err();
    assert!(told.contains("CertificateRequired"), "{told}");
    ask(port, &token, with(&other)).await.unwrap_err();
    control.shutdown().await;
}

#[tokio::test]
async fn certificates_are_renewed_while_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let (ca, next) = (authority(), authority());
    let (control, _kept, token) = start_secured(directory.path(), tls(&ca, None)).await;
    let port = control.local_addr().port();
    ask(port, &token, trusting(&ca)).await.unwrap();
    let broken = Tls {
        cert: b"nonsense".to_vec(),
        ..tls(&next, None)
    };
    let told = Certificates::read(&broken).unwrap_err();
    assert_eq!(told.field, "cert");
    // The former are shown until there are others that can be.
    ask(port, &token, trusting(&ca)).await.unwrap();
    let renewed = Certificates::read(&tls(&next, None)).unwrap();
    assert!(control.renew_certificates(renewed));
    ask(port, &token, trusting(&next)).await.unwrap();
    ask(port, &token, trusting(&ca)).await.unwrap_err();
    control.shutdown().await;
}

#[tokio::test]
async fn who_says_nothing_holds_up_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let ca = authority();
    let (control, _kept, token) = start_secured(directory.path(), tls(&ca, None)).await;
    let port = control.local_addr().port();
    let silent = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    ask(port, &token, trusting(&ca)).await.unwrap();
    drop(silent);
    control.shutdown().await;
}

#[test]
fn certificates_that_are_none_are_told_before_anything_starts() {
    let ca = authority();
    let check = |tls: &Tls| {
        let told = Certificates::read(tls).unwrap_err().to_string();
        assert!(told.contains("tls.key"), "{told}");
    };
    let broken = Tls {
        key: b"nonsense".to_vec(),
        ..tls(&ca, None)
    };
    check(&broken);
    let mixed = Tls {
        key: signed(&ca, "localhost").1,
        ..tls(&ca, None)
    };
    check(&mixed);
}
