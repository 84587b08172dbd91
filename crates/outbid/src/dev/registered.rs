//! The run as a context of the command line, for as long as it runs: so that the next commands need no address and no
//! token.

use std::net::SocketAddr;

use crate::contexts::{Context, Contexts, USUAL_SERVER};
use crate::session::note;

/// A context that goes away when this is dropped.
pub struct Registered {
    name: String,
    server: String,
    former: Option<String>,
}

impl Registered {
    /// Keeps the run as a context and takes it into use. Where that cannot be, says so and goes on without.
    pub fn keep(control: SocketAddr, token: &str) -> Option<Registered> {
        let server = format!("http://{control}");
        let name = match server == USUAL_SERVER {
            true => "dev".to_string(),
            false => format!("dev-{}", control.port()),
        };
        let context = Context {
            server: server.clone(),
            token: Some(token.to_string()),
            ..Context::default()
        };
        let kept = Contexts::read().and_then(|mut contexts| {
            contexts.contexts.insert(name.clone(), context);
            let former = contexts.current.replace(name.clone());
            contexts.write()?;
            Ok(former.filter(|former| *former != name))
        });
        match kept {
            Ok(former) => Some(Registered {
                name,
                server,
                former,
            }),
            Err(failure) => {
                note(&format!(
                    "the command line keeps no context of this run: {failure}"
                ));
                None
            }
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The context that was in use before.
    pub fn former(&self) -> Option<&str> {
        self.former.as_deref()
    }

    fn forget(&self) -> Result<(), crate::failure::Failure> {
        let mut contexts = Contexts::read()?;
        // Somebody may have taken the name for another server meanwhile.
        let own = contexts.contexts.get(&self.name);
        if own.is_none_or(|own| own.server != self.server) {
            return Ok(());
        }
        contexts.contexts.remove(&self.name);
        if contexts.current.as_deref() == Some(&self.name) {
            let former = self.former.clone();
            contexts.current = former.filter(|former| contexts.contexts.contains_key(former));
        }
        contexts.write()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        if let Err(failure) = self.forget() {
            note(&format!(
                "the context {} could not be forgotten: {failure}",
                self.name
            ));
        }
    }
}
