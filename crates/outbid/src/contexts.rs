//! Contexts: which server the command line speaks to, and what it shows there. One file, `outbid/contexts.toml` in the
//! user's configuration directory, that its owner alone reads.
//!
//! **Invariant: a token is shown to the server of its own context and to no other.** So `--server` with another address
//! takes the context of that server, or no token.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};
use crate::private_file;

/// Where a server is looked for where nothing is said.
pub const USUAL_SERVER: &str = "http://127.0.0.1:9090";

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contexts {
    /// Which one is used where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// All of them, by name.
    #[serde(default)]
    pub contexts: BTreeMap<String, Context>,
}

/// A server, and what is shown there.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Where it listens.
    pub server: String,
    /// The token's secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The authority that signed the server's certificate, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Our own certificate, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,
    /// Its key, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let token = self.token.as_ref().map(|_| "redacted");
        write!(f, "Context({}, token {token:?})", self.server)
    }
}

/// Where the file is; none where the user has no such place.
pub fn path() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|text| !text.is_empty());
    let directory = set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(directory.join("outbid/contexts.toml"))
}

impl Contexts {
    /// Reads the file; there are none where there is no file.
    pub fn read() -> Result<Contexts, Failure> {
        let Some(path) = path() else {
            return Ok(Contexts::default());
        };
        let shown = path.display();
        let text = private_file::read(&path).map_err(|error| {
            Failure::new(Exit::Failed, format!("{shown} cannot be read: {error}"))
        })?;
        let Some(text) = text else {
            return Ok(Contexts::default());
        };
        toml::from_str(&text).map_err(|error| {
            Failure::usage(format!("{shown} cannot be understood: {}", error.message()))
                .with_hint("mend it, or delete it and add your contexts again")
        })
    }

    /// Writes the file.
    pub fn write(&self) -> Result<(), Failure> {
        let path = path().ok_or_else(|| {
            Failure::new(
                Exit::Failed,
                "there is no place for contexts: HOME is not set",
            )
            .with_hint("set HOME or XDG_CONFIG_HOME, or use --server and OUTBID_TOKEN")
        })?;
        let text = toml::to_string(self).map_err(|error| {
            Failure::new(Exit::Failed, format!("contexts cannot be written: {error}"))
        })?;
        private_file::write(&path, &text).map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("{} cannot be written: {error}", path.display()),
            )
        })
    }

    /// The context of this name.
    pub fn named(&self, name: &str) -> Result<&Context, Failure> {
        self.contexts.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.contexts.keys().map(String::as_str).collect();
            let hint = match known.as_slice() {
                [] => "there is none yet: `outbid context add NAME --server URL --token -`"
                    .to_string(),
                some => format!("there are: {}", some.join(", ")),
            };
            Failure::new(Exit::NotFound, format!("there is no context \"{name}\"")).with_hint(hint)
        })
    }

    /// The context that is used where none is named.
    pub fn current(&self) -> Option<(&str, &Context)> {
        let name = self.current.as_deref()?;
        Some((name, self.contexts.get(name)?))
    }

    /// The context of a server; the current one first.
    pub fn of_server(&self, server: &str) -> Option<&Context> {
        let wanted = spelled(server);
        let current = self.current().map(|(_, context)| context);
        let mut all = current.into_iter().chain(self.contexts.values());
        all.find(|context| spelled(&context.server) == wanted)
    }
}

/// A server's address in one spelling.
fn spelled(server: &str) -> String {
    let server = server.trim_end_matches('/').to_ascii_lowercase();
    match server.contains("://") {
        true => server,
        false => format!("http://{server}"),
    }
}

/// What the command line says of the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// `--server`.
    pub server: Option<&'a str>,
    /// `--context`.
    pub context: Option<&'a str>,
    /// `--token`.
    pub token: Option<&'a str>,
}

/// Where to connect, and what to show there: what is said, else what the context says.
pub fn target(contexts: &Contexts, said: Said<'_>) -> Result<Context, Failure> {
    let mut target = match (said.context, said.server) {
        (Some(name), server) => {
            let context = contexts.named(name)?.clone();
            if let Some(server) = server
                && spelled(server) != spelled(&context.server)
            {
                let what = format!("--server {server} is not the server of the context \"{name}\"");
                return Err(Failure::usage(what).with_hint("name one of the two"));
            }
            context
        }
        (None, Some(server)) => Context {
            server: server.to_string(),
            ..contexts.of_server(server).cloned().unwrap_or_default()
        },
        (None, None) => match contexts.current() {
            Some((_, context)) => context.clone(),
            None => Context {
                server: USUAL_SERVER.to_string(),
                ..contexts
                    .of_server(USUAL_SERVER)
                    .cloned()
                    .unwrap_or_default()
            },
        },
    };
    if let Some(token) = said.token.filter(|token| !token.is_empty()) {
        target.token = Some(token.to_string());
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(server: &str, token: &str) -> Context {
        Context {
            server: server.to_string(),
            token: Some(token.to_string()),
            ..Context::default()
        }
    }

    #[test]
    fn a_token_goes_to_the_server_of_its_context_and_no_other() {
        let contexts = Contexts {
            current: Some("dev".to_string()),
            contexts: BTreeMap::from([
                ("dev".to_string(), context("http://127.0.0.1:9090", "d")),
                (
                    "prod".to_string(),
                    context("https://bids.example:9090", "p"),
                ),
            ]),
        };
        let check = |said: Said<'_>, server: &str, token: Option<&str>| {
            let target = target(&contexts, said).unwrap();
            assert_eq!(
                (target.server.as_str(), target.token.as_deref()),
                (server, token),
                "{said:?}"
            );
        };
        let nothing = Said::default();
        let to = |server| Said {
            server: Some(server),
            ..nothing
        };
        check(nothing, "http://127.0.0.1:9090", Some("d"));
        check(
            to("https://BIDS.example:9090/"),
            "https://BIDS.example:9090/",
            Some("p"),
        );
        check(to("127.0.0.1:9090"), "127.0.0.1:9090", Some("d"));
        check(
            to("http://evil.example:9090"),
            "http://evil.example:9090",
            None,
        );
        check(
            to("http://bids.example:9090"),
            "http://bids.example:9090",
            None,
        );
        let named = Said {
            context: Some("prod"),
            ..nothing
        };
        check(named, "https://bids.example:9090", Some("p"));
        check(
            Said {
                token: Some("x"),
                ..to("http://other:1")
            },
            "http://other:1",
            Some("x"),
        );
        let both = Said {
            server: Some("http://127.0.0.1:9090"),
            ..named
        };
        assert_eq!(target(&contexts, both).unwrap_err().exit, Exit::Usage);
        let missing = target(
            &contexts,
            Said {
                context: Some("test"),
                ..nothing
            },
        )
        .unwrap_err();
        assert_eq!(missing.exit, Exit::NotFound);
        assert!(
            missing.to_string().contains("there are: dev, prod"),
            "{missing}"
        );
        let none = target(&Contexts::default(), nothing).unwrap();
        assert_eq!((none.server.as_str(), none.token), (USUAL_SERVER, None));
    }
}
