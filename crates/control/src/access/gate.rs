//! The gate: every call passes here before a service sees it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use api::errors::CallError;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use campaign::time::Clock;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tonic::{Code, Status};

use super::caller::{CALLER, Caller};
use super::keyring::{self, Keyring, unauthenticated};
use super::request::{messages, texts};
use super::role::Permission;
use super::rules::{Known, On, Rule, Rules};

/// What asks for everything that one may read.
const ANY_ADVERTISER: &str = "advertisers/-";

/// What the gate knows.
pub struct Gate {
    rules: Rules,
    keys: watch::Receiver<Arc<Keyring>>,
    clock: Arc<dyn Clock>,
    /// The longest request, in bytes, with its frame.
    longest: usize,
}

impl Gate {
    /// A gate that these keys open.
    ///
    /// # Panics
    /// Where the table of rules is not of this contract; a test holds it to that.
    pub fn new(keys: watch::Receiver<Arc<Keyring>>, clock: Arc<dyn Clock>, longest: usize) -> Gate {
        let rules = Rules::new().unwrap_or_else(|wrong| panic!("the table of rules: {wrong}"));
        Gate {
            rules,
            keys,
            clock,
            longest,
        }
    }

    /// Who shows this, as the caller of `method`.
    ///
    /// # Errors
    /// UNAUTHENTICATED.
    pub fn caller(&self, headers: &HeaderMap, method: &str) -> Result<Caller, CallError> {
        let missing = || {
            let what = "show a token: `authorization: Bearer TOKEN`. `outbid dev` writes one beside its data, and \
                        `outbid context add` keeps one for the command line";
            unauthenticated("TOKEN_MISSING", what)
        };
        let mut shown = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (shown.next(), shown.next()) else {
            return Err(missing());
        };
        let secret = value.to_str().ok().and_then(|text| {
            let (scheme, secret) = text.split_once(' ')?;
            scheme
                .eq_ignore_ascii_case("bearer")
                .then_some(secret.trim())
        });
        let keys = self.keys.borrow().clone();
        let secret = secret.ok_or_else(missing)?;
        let key = keys.open(secret, self.clock.now())?;
        Ok(Caller {
            token: key.name.clone(),
            display_name: key.display_name.clone(),
            bindings: key.bindings.clone(),
            method: method.to_string(),
            shown: Some(keyring::hash(secret)),
        })
    }

    /// Lets a call in, or says why not. `None` for a caller where none is needed.
    async fn admit(&self, request: Request) -> Result<(Request, Option<Caller>), CallError> {
        let path = request.uri().path();
        let known = self.rules.of(path);
        if let Known::Open = known {
            return Ok((request, None));
        }
        let method = path.rsplit_once('.').map_or(path, |(_, method)| method);
        let caller = self.caller(request.headers(), method)?;
        let (rule, fields) = match known {
            Known::Method(rule, fields) => (rule, fields),
            Known::WithoutRule => {
                let what = format!(
                    "{method} has no row in the table of rules, so nobody may call it: that is a defect"
                );
                return Err(
                    CallError::new(Code::PermissionDenied, "NO_RULE", what).with("method", method)
                );
            }
            Known::Open | Known::Foreign => {
                let what = format!("there is no method {path}: see the contract by reflection");
                return Err(CallError::new(Code::Unimplemented, "UNKNOWN_METHOD", what));
            }
        };
        let request = match rule.on {
            On::Nothing => request,
            On::Everything => {
                caller.check(rule.needs, "")?;
                request
            }
            On::Somewhere => {
                somewhere(&caller, rule)?;
                request
            }
            On::Field(_) | On::List(_) => {
                // Nothing is read of the body of one who has no such role anywhere.
                somewhere(&caller, rule)?;
                let (head, body) = request.into_parts();
                let body = to_bytes(body, self.longest).await.map_err(|_| {
                    let what = format!(
                        "the request cannot be read, or is longer than {} bytes",
                        self.longest
                    );
                    CallError::new(Code::ResourceExhausted, "REQUEST_TOO_LONG", what)
                })?;
                check_named(&caller, rule, fields, &body)?;
                Request::from_parts(head, Body::from(body))
            }
        };
        Ok((request, Some(caller)))
    }
}

fn somewhere(caller: &Caller, rule: &Rule) -> Result<(), CallError> {
    if rule.needs.iter().any(|it| caller.may_somewhere(*it)) {
        return Ok(());
    }
    Err(caller.refused(rule.needs, "any resource"))
}

/// Every resource that the request names must be the caller's. Where it names none, or cannot be read, it takes a role
/// at the root, and the service says what is wrong.
fn check_named(
    caller: &Caller,
    rule: &Rule,
    fields: &[u32],
    body: &Bytes,
) -> Result<(), CallError> {
    let named = messages(body).and_then(|messages| {
        let each = messages.into_iter().map(|message| texts(message, fields));
        each.collect::<Option<Vec<_>>>()
    });
    let named: Vec<String> = named.unwrap_or_default().into_iter().flatten().collect();
    if named.is_empty() {
        return caller.check(rule.needs, "");
    }
    let listed = matches!(rule.on, On::List(_)) && caller.may_somewhere(Permission::Read);
    for name in &named {
        let any = name
            .strip_prefix(ANY_ADVERTISER)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if !(listed && any) {
            caller.check(rule.needs, name)?;
        }
    }
    Ok(())
}

/// The middleware.
pub async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match gate.admit(request).await {
        Ok((request, None)) => next.run(request).await,
        Ok((request, Some(caller))) => {
            let caller = Arc::new(caller);
            let response = CALLER.scope(Arc::clone(&caller), next.run(request)).await;
            response.map(|body| Body::new(Scoped { body, caller }))
        }
        Err(error) => Status::from(error).into_http::<Body>(),
    }
}

/// An answer, and who gets it: what makes a stream's next message asks the authority as its caller.
struct Scoped {
    body: Body,
    caller: Arc<Caller>,
}

impl http_body::Body for Scoped {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let body = Pin::new(&mut this.body);
        CALLER.sync_scope(Arc::clone(&this.caller), || body.poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
