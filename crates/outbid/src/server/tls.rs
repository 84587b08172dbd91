//! TLS as a client: whose word for the server is taken, and what we show of ourselves.

use std::error::Error;
use std::path::Path;

use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::contexts::Context;
use crate::failure::{Exit, Failure};

/// What a context says of certificates.
pub fn config(target: &Context) -> Result<ClientTlsConfig, Failure> {
    let ca = target.ca.as_deref().ok_or_else(|| {
        Failure::usage("an https server is known by who signed its certificate: say --ca FILE")
            .with_hint("`outbid context add NAME --server URL --ca FILE --token -` keeps it")
    })?;
    let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(ca)?));
    match (&target.cert, &target.key) {
        (None, None) => Ok(config),
        (Some(cert), Some(key)) => Ok(config.identity(Identity::from_pem(read(cert)?, read(key)?))),
        _ => Err(Failure::usage(
            "a certificate of ours needs its key: say both --cert and --key",
        )),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be read: {error}", path.display()),
        )
    })
}

/// An error with all that it comes from, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text += &format!(": {source}");
        next = source.source();
    }
    text
}

/// What TLS had against it; `None` where it was something else.
pub fn refused(error: &(dyn Error + 'static), url: &str) -> Option<Failure> {
    let said = chain(error);
    let (what, hint) = if said.contains("UnknownIssuer") || said.contains("BadSignature") {
        (
            "its certificate is signed by somebody else than --ca says",
            "ask whoever runs the server for the right --ca file; until then nothing was sent",
        )
    } else if said.contains("NotValidForName") {
        (
            "its certificate is for another name",
            "write in --server the name that the certificate is for",
        )
    } else if said.contains("CertificateRequired") || said.contains("certificate required") {
        (
            "it wants a certificate of ours",
            "say --cert FILE and --key FILE",
        )
    } else if said.contains("UnknownCA")
        || said.contains("DecryptError")
        || said.contains("BadCertificate")
    {
        (
            "it does not take our certificate",
            "its client_ca must have signed what --cert holds",
        )
    } else if said.contains("Expired") && said.contains("certificate") {
        (
            "its certificate has expired",
            "whoever runs the server must renew it",
        )
    } else {
        return None;
    };
    Some(Failure::new(Exit::Failed, format!("no safe way to {url}: {what}")).with_hint(hint))
}
