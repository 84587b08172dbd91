//! What callers may do with tokens.

use api::errors::{CallError, Violations};
use api::names::check_id;
use api::v1;
use campaign::hexadecimal;
use campaign::time::{Span, Timestamp};
use prost::Message;
use store::api_token::{ApiTokenRow, MAX_API_TOKENS};
use store::database::Transaction;
use store::error::StoreError;
use tonic::Code;

use super::{COLLECTION, Token};
use crate::access::keyring;
use crate::access::role::{Binding, EVERYTHING, Node, Permission, Role};
use crate::audit::{Author, field_changes};
use crate::authority::change::Manner;
use crate::authority::{Authority, AuthorityError};
use crate::paging;

/// How long a token lives where nothing is said.
const USUAL_LIFE: Span = Span::days(90);
/// How long a token may live.
const LONGEST_LIFE: Span = Span::days(366);
/// How long a secret may go on beside the one that replaced it.
const LONGEST_OVERLAP: Span = Span::days(7);
/// How many roles one token may have.
const MAX_BINDINGS: usize = 16;
/// How long its title may be, in characters.
const MAX_TITLE: usize = 128;
/// The token that the server makes for whoever starts it.
const FIRST: &str = "first-admin";

impl Authority {
    /// The token of the present caller.
    pub fn who_am_i(&self) -> Result<v1::WhoAmIResponse, CallError> {
        let name = self.caller.token.clone();
        let token = self.token_named(&name)?;
        Ok(v1::WhoAmIResponse {
            api_token: Some(token.present(self.clock.now())),
        })
    }

    /// One token.
    pub fn get_token(&self, name: &str) -> Result<v1::ApiToken, CallError> {
        Ok(self.own_token(name)?.present(self.clock.now()))
    }

    /// A page of tokens, and the token of the next page.
    pub fn list_tokens(
        &self,
        request: &v1::ListApiTokensRequest,
    ) -> Result<v1::ListApiTokensResponse, CallError> {
        let size = paging::size(request.page_size, 50, 1_000)?;
        let shown = if request.show_ended { "all" } else { "good" };
        let question = paging::question(&["api_token", shown, &self.caller.token]);
        let skip = paging::after(&request.page_token, question)?;
        let now = self.clock.now();
        let mut mine = self.tokens.rows.values().filter(|token| {
            (request.show_ended || token.is_good(now)) && self.administers(&token.bindings())
        });
        let before = usize::try_from(skip).unwrap_or(usize::MAX);
        let page: Vec<_> = mine
            .by_ref()
            .skip(before)
            .take(size)
            .map(|token| token.present(now))
            .collect();
        let next = mine
            .next()
            .map(|_| paging::token(question, skip + page.len() as u64));
        Ok(v1::ListApiTokensResponse {
            api_tokens: page,
            next_page_token: next.unwrap_or_default(),
        })
    }

    /// Makes a token.
    pub fn create_token(
        &mut self,
        request: v1::CreateApiTokenRequest,
        manner: &Manner,
    ) -> Result<v1::CreateApiTokenResponse, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let now = self.clock.now();
        let asked = request.api_token.ok_or_else(|| {
            CallError::field("api_token", "REQUIRED", "say what it is for, and its roles")
        })?;
        let expires = self.check_token(&asked, now)?;
        let id = match request.api_token_id.as_str() {
            "" => made_up_id()?,
            id => id.to_string(),
        };
        check_id(&id)
            .map_err(|error| CallError::field("api_token_id", "INVALID_ID", error.to_string()))?;
        if self.tokens.rows.contains_key(&id) {
            let what =
                format!("{COLLECTION}{id} exists, or did: take another api_token_id, or rotate it");
            return Err(CallError::new(Code::AlreadyExists, "ALREADY_EXISTS", what)
                .with("resource", format!("{COLLECTION}{id}")));
        }
        if self.tokens.rows.len() >= MAX_API_TOKENS {
            let what =
                format!("there are {MAX_API_TOKENS} tokens, which is as many as there may be");
            return Err(CallError::new(
                Code::ResourceExhausted,
                "TOO_MANY_TOKENS",
                what,
            ));
        }
        let secret = keyring::secret(&id, random()?);
        let token = Token::read(ApiTokenRow {
            id,
            version: 1,
            hash: keyring::hash(&secret),
            previous: None,
            expires,
            revoked: None,
            last_use: None,
            body: Vec::new(),
        });
        let mut token = token.map_err(|error| self.give_up(&error.into()))?;
        token.wire = v1::ApiToken {
            display_name: asked.display_name,
            bindings: asked.bindings,
            prefix: keyring::prefix(&secret),
            create_time: api::time::write_moment(now),
            rotate_time: api::time::write_moment(now),
            creator: self.caller.token.clone(),
            ..Default::default()
        };
        let answer = |api_token, secret| v1::CreateApiTokenResponse { api_token, secret };
        let shown = self.put_token(token, manner, |shown| answer(Some(shown), String::new()))?;
        Ok(answer(Some(shown), secret_unless(manner, secret)))
    }

    /// Gives a token a new secret.
    pub fn rotate_token(
        &mut self,
        request: &v1::RotateApiTokenRequest,
        manner: &Manner,
    ) -> Result<v1::RotateApiTokenResponse, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let now = self.clock.now();
        let mut token = self.own_token(&request.name)?.clone();
        check_token_etag(&token, &request.etag)?;
        if token.row.revoked.is_some() {
            return Err(ended(&token));
        }
        let overlap = api::time::span(request.overlap.as_ref());
        if overlap < Span(0) || overlap > LONGEST_OVERLAP {
            return Err(CallError::field(
                "overlap",
                "OUT_OF_RANGE",
                "write 0 to 7 days",
            ));
        }
        let secret = self.renew(&mut token, overlap, now)?;
        let answer = |api_token, secret| v1::RotateApiTokenResponse { api_token, secret };
        let shown = self.put_token(token, manner, |shown| answer(Some(shown), String::new()))?;
        Ok(answer(Some(shown), secret_unless(manner, secret)))
    }

    /// Ends a token.
    pub fn revoke_token(
        &mut self,
        request: &v1::RevokeApiTokenRequest,
        manner: &Manner,
    ) -> Result<v1::ApiToken, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let now = self.clock.now();
        let mut token = self.own_token(&request.name)?.clone();
        check_token_etag(&token, &request.etag)?;
        if token.row.revoked.is_some() {
            return Ok(token.present(now));
        }
        let others = self
            .tokens
            .rows
            .values()
            .filter(|it| it.row.id != token.row.id);
        if rules_all(&token) && !others.clone().any(|it| it.is_good(now) && rules_all(it)) {
            let what = format!(
                "{} is the last admin of everything: make another one first",
                token.name()
            );
            return Err(CallError::new(Code::FailedPrecondition, "LAST_ADMIN", what));
        }
        token.row.version += 1;
        token.row.revoked = Some(now);
        self.put_token(token, manner, |shown| shown)
    }

    /// The token of whoever starts the server: `known` if it still is an admin of everything, or a new secret of
    /// [`FIRST`].
    pub fn first_token(&mut self, known: Option<&str>) -> Result<String, CallError> {
        let now = self.clock.now();
        let keys = self.tokens.keyring.borrow().clone();
        if let Some(known) = known
            && let Ok(key) = keys.open(known, now)
            && key.bindings.iter().any(is_root)
        {
            return Ok(known.to_string());
        }
        let manner = Manner::default();
        let Some(mut token) = self.tokens.rows.get(FIRST).cloned() else {
            let request = v1::CreateApiTokenRequest {
                api_token_id: FIRST.to_string(),
                api_token: Some(v1::ApiToken {
                    display_name: "First admin (made by the server)".to_string(),
                    bindings: vec![v1::RoleBinding {
                        role: v1::Role::Admin as i32,
                        resource: EVERYTHING.to_string(),
                    }],
                    expire_time: api::time::write_moment(now + LONGEST_LIFE),
                    ..Default::default()
                }),
                ..Default::default()
            };
            return Ok(self.create_token(request, &manner)?.secret);
        };
        let secret = self.renew(&mut token, Span(0), now)?;
        token.row.revoked = None;
        token.row.expires = now + LONGEST_LIFE;
        self.put_token(token, &manner, |shown| shown)?;
        Ok(secret)
    }

    /// A new secret, and a new life of the former length.
    fn renew(&self, token: &mut Token, overlap: Span, now: Timestamp) -> Result<String, CallError> {
        let secret = keyring::secret(&token.row.id, random()?);
        let began = token
            .wire
            .rotate_time
            .as_ref()
            .map_or(now, api::time::moment);
        let life = (token.row.expires - began).clamp(Span(1), LONGEST_LIFE);
        token.row.version += 1;
        token.row.previous = (overlap > Span(0)).then(|| (token.row.hash, now + overlap));
        token.row.hash = keyring::hash(&secret);
        token.row.expires = now + life;
        token.wire.prefix = keyring::prefix(&secret);
        token.wire.rotate_time = api::time::write_moment(now);
        Ok(secret)
    }

    /// Everything that is wrong with a token that is asked for; tells when it is to end.
    fn check_token(&self, asked: &v1::ApiToken, now: Timestamp) -> Result<Timestamp, CallError> {
        let mut wrong = Violations::default();
        let title = asked.display_name.trim();
        if title.is_empty() || title.chars().count() > MAX_TITLE {
            let what =
                format!("say who holds it or what it is for, in at most {MAX_TITLE} characters");
            wrong.add("api_token.display_name", "REQUIRED", what);
        }
        if asked.bindings.is_empty() || asked.bindings.len() > MAX_BINDINGS {
            let what = format!("write 1 to {MAX_BINDINGS} roles, each with where it is held");
            wrong.add("api_token.bindings", "REQUIRED", what);
        }
        let mut bindings = Vec::new();
        for (place, wire) in asked.bindings.iter().enumerate() {
            let path = format!("api_token.bindings[{place}]");
            match Binding::read(wire) {
                Some(binding) => bindings.push(binding),
                None => {
                    let what = "write a role such as ROLE_MANAGER, and a resource: - or advertisers/{advertiser}";
                    wrong.add(&path, "INVALID_BINDING", what);
                }
            }
        }
        let expires = match &asked.expire_time {
            None => now + USUAL_LIFE,
            Some(wire) => api::time::moment(wire),
        };
        if expires <= now || expires > now + LONGEST_LIFE {
            wrong.add(
                "api_token.expire_time",
                "OUT_OF_RANGE",
                "write a time within the next 366 days",
            );
        }
        wrong.or(())?;
        for binding in &bindings {
            self.caller
                .check(&[Permission::Administer], node_name(&binding.node))?;
        }
        Ok(expires)
    }

    /// Writes a token and the answer that a repetition gets, and tells the gate.
    fn put_token<A: Message>(
        &mut self,
        mut token: Token,
        manner: &Manner,
        word: impl FnOnce(v1::ApiToken) -> A,
    ) -> Result<v1::ApiToken, CallError> {
        let now = self.clock.now();
        token.row.body = token.wire.encode_to_vec();
        let shown = token.present(now);
        if manner.validate_only {
            return Ok(shown);
        }
        let answer = word(shown.clone());
        let former = self.tokens.rows.get(&token.row.id);
        let former = former.map(|former| former.present(now));
        let author = Author::new(&self.caller, manner, now);
        let written = self.store.transaction::<_, AuthorityError>(|transaction| {
            transaction.put_api_token(&token.row)?;
            note_token(transaction, &author, former, &shown, token.row.version)?;
            if let Some(call) = &manner.call {
                call.remember(transaction, &answer, now)?;
            }
            Ok(())
        });
        written.map_err(|error| self.give_up(&error))?;
        self.tokens.rows.insert(token.row.id.clone(), token);
        self.tokens.tell();
        Ok(shown)
    }

    fn token_named(&self, name: &str) -> Result<&Token, CallError> {
        let id = name
            .strip_prefix(COLLECTION)
            .filter(|id| check_id(id).is_ok());
        let id = id.ok_or_else(|| {
            CallError::field("name", "INVALID_NAME", "write it as apiTokens/{api_token}")
        })?;
        self.tokens.rows.get(id).ok_or_else(|| {
            let what = format!("{name} does not exist: list what does, or create it");
            CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name)
        })
    }

    /// A token that the caller may see and change.
    fn own_token(&self, name: &str) -> Result<&Token, CallError> {
        let token = self.token_named(name)?;
        if self.administers(&token.bindings()) {
            return Ok(token);
        }
        Err(self.caller.refused(&[Permission::Administer], name))
    }

    /// Whether the caller is an admin wherever these are held.
    fn administers(&self, bindings: &[Binding]) -> bool {
        let own = |it: &Binding| self.caller.may(Permission::Administer, node_name(&it.node));
        bindings.iter().all(own)
    }
}

/// Notes what became of a token. When it was shown is no change of it.
fn note_token(
    transaction: &Transaction<'_>,
    author: &Author,
    former: Option<v1::ApiToken>,
    shown: &v1::ApiToken,
    version: u64,
) -> Result<(), StoreError> {
    let told = |token: &v1::ApiToken| {
        let token = v1::ApiToken {
            last_use_time: None,
            etag: String::new(),
            ..token.clone()
        };
        token.encode_to_vec()
    };
    let action = match &former {
        None => v1::ChangeAction::Created,
        Some(_) => v1::ChangeAction::Changed,
    };
    let old = former.as_ref().map(told);
    let changes = field_changes("ApiToken", old.as_deref(), Some(&told(shown)))?;
    author.append(transaction, &shown.name, action, changes, None, version)
}

fn node_name(node: &Node) -> &str {
    match node {
        Node::Everything => "",
        Node::Advertiser(name) => name,
    }
}

fn is_root(binding: &Binding) -> bool {
    binding.role == Role::Admin && binding.node == Node::Everything
}

fn rules_all(token: &Token) -> bool {
    token.bindings().iter().any(is_root)
}

/// What is only rehearsed opens nothing.
fn secret_unless(manner: &Manner, secret: String) -> String {
    if manner.validate_only {
        String::new()
    } else {
        secret
    }
}

fn check_token_etag(token: &Token, etag: &str) -> Result<(), CallError> {
    let present = format!("v{}", token.row.version);
    if etag.is_empty() || etag == present {
        return Ok(());
    }
    let what = format!(
        "{} was changed in between: its etag is {present}, not {etag}. Read it again, and change that",
        token.name()
    );
    Err(CallError::new(Code::Aborted, "ETAG_MISMATCH", what).with("etag", present))
}

fn ended(token: &Token) -> CallError {
    let what = format!("{} was revoked, for good: make another one", token.name());
    CallError::new(Code::FailedPrecondition, "REVOKED", what).with("resource", token.name())
}

fn random() -> Result<[u8; 32], CallError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        let what = format!("the system has no random bytes: {error}");
        CallError::new(Code::Internal, "NO_RANDOM_BYTES", what)
    })?;
    Ok(bytes)
}

fn made_up_id() -> Result<String, CallError> {
    let digits = hexadecimal::write(&random()?[..6]);
    Ok(format!("token-{digits}"))
}
