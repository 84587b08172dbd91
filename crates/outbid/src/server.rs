//! The calls to the control process, each by the kind of what it is about.

use std::time::Duration;

use api::bearer::Bearer;
use tonic::Status;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

use crate::contexts::Context;
use crate::failure::Failure;

/// How long to wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long to wait for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The largest answer: a page of 1,000 ads with long lists in their targeting.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// A connection to the control process.
pub struct Server {
    /// Each call through it shows the token.
    channel: InterceptedService<Channel, Bearer>,
    url: String,
    /// Whether changes are only checked.
    rehearsing: bool,
}

/// One call: the client, the method, what it is asked.
macro_rules! call {
    ($server:expr, $client:ident . $method:ident ( $request:expr )) => {
        $client::new($server.channel.clone())
            .max_decoding_message_size(MAX_ANSWER_BYTES)
            .$method($request)
            .await
            .map(tonic::Response::into_inner)
            .map_err(|status| $server.failure(&status))
    };
}

mod change;
mod identity;
mod look;
mod read;
mod tls;

pub use read::Wanted;

impl Server {
    /// Connects to where the control process listens, and shows the token with every call. An address without a scheme
    /// is taken for `http`.
    pub async fn connect(target: &Context) -> Result<Server, Failure> {
        let address = target.server.as_str();
        let (url, secured) = match address.split_once("://") {
            None => (format!("http://{address}"), false),
            Some(("http", _)) => (address.to_string(), false),
            Some(("https", _)) => (address.to_string(), true),
            Some((scheme, _)) => {
                return Err(Failure::usage(format!(
                    "--server {address}: {scheme} is not spoken here, write https://HOST:PORT or http://HOST:PORT"
                )));
            }
        };
        let mut endpoint = Endpoint::from_shared(url.clone())
            .map_err(|_| {
                Failure::usage(format!(
                    "--server {address} is no address: write https://HOST:PORT or http://HOST:PORT"
                ))
            })?
            .connect_timeout(CONNECT_LIMIT)
            .timeout(ANSWER_LIMIT);
        if secured {
            let wrong = |error| {
                Failure::usage(format!(
                    "the certificates cannot be used: {}",
                    tls::chain(&error)
                ))
            };
            endpoint = endpoint.tls_config(tls::config(target)?).map_err(wrong)?;
        }
        let bearer = match &target.token {
            None => Bearer::none(),
            Some(token) => Bearer::new(token).ok_or_else(|| {
                Failure::usage(
                    "the token has characters that no token has: copy it again, without line breaks",
                )
            })?,
        };
        match endpoint.connect().await {
            Ok(channel) => {
                let channel = InterceptedService::new(channel, bearer);
                Ok(Server {
                    channel,
                    url,
                    rehearsing: false,
                })
            }
            Err(error) => {
                Err(tls::refused(&error, &url).unwrap_or_else(|| Failure::no_server(&url)))
            }
        }
    }

    /// The same server, asked only what would be: nothing is changed by the calls made through this.
    pub fn rehearsal(&self) -> Server {
        Server {
            channel: self.channel.clone(),
            url: self.url.clone(),
            rehearsing: true,
        }
    }

    fn failure(&self, status: &Status) -> Failure {
        tls::refused(status, &self.url).unwrap_or_else(|| Failure::of_call(status, &self.url))
    }
}
