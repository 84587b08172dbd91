//! Who asks, as far as it matters once the token is known.

use std::sync::Arc;

use api::errors::CallError;
use campaign::time::Timestamp;
use store::api_token::SecretHash;
use tonic::Code;

use super::keyring::Keyring;
use super::role::{Binding, Node, Permission, Role, roles_with};

tokio::task_local! {
    /// Who makes the call that this task answers. The gate sets it around the service and around its answer's stream;
    /// a task that a service starts beside has none.
    pub static CALLER: Arc<Caller>;
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `apiTokens/{api_token}`; empty for the server itself.
    pub token: String,
    /// What the token is called.
    pub display_name: String,
    /// What it allows, and where.
    pub bindings: Vec<Binding>,
    /// What is called: `CampaignService/PauseCampaign`. Empty for the server itself.
    pub method: String,
    /// What is kept of the token as it was shown; none for the server itself.
    pub shown: Option<SecretHash>,
}

impl Caller {
    /// The server itself, which may do everything.
    pub fn server() -> Caller {
        Caller {
            token: String::new(),
            display_name: "the server".to_string(),
            bindings: vec![Binding {
                role: Role::Admin,
                node: Node::Everything,
            }],
            method: String::new(),
            shown: None,
        }
    }

    /// Whether the token of a call that goes on is still good.
    ///
    /// # Errors
    /// UNAUTHENTICATED where it has ended.
    pub fn still(&self, keys: &Keyring, now: Timestamp) -> Result<(), CallError> {
        let id = self.token.rsplit('/').next().unwrap_or_default();
        match &self.shown {
            Some(shown) => keys.look(id, shown, now).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Whether any role allows this there.
    pub fn may(&self, permission: Permission, resource: &str) -> bool {
        let fit = |it: &Binding| it.role.allows(permission) && it.node.holds(resource);
        self.bindings.iter().any(fit)
    }

    /// Whether any role allows this anywhere.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        self.bindings.iter().any(|it| it.role.allows(permission))
    }

    /// Refuses what none of these permissions allows there.
    ///
    /// # Errors
    /// PERMISSION_DENIED, with the roles that would do and where one is missing.
    pub fn check(&self, permissions: &[Permission], resource: &str) -> Result<(), CallError> {
        if permissions.iter().any(|it| self.may(*it, resource)) {
            return Ok(());
        }
        let place = match resource {
            "" => "everything",
            named => named,
        };
        Err(self.refused(permissions, place))
    }

    /// The refusal of a call that needs one of these on that place.
    pub fn refused(&self, permissions: &[Permission], place: &str) -> CallError {
        let roles = roles_with(permissions);
        let what = format!(
            "{} ({}) may not call {} on {place}: that needs the role {roles} there. Ask an admin for a token that has it",
            self.token, self.display_name, self.method
        );
        CallError::new(Code::PermissionDenied, "ROLE_MISSING", what)
            .with("method", &self.method)
            .with("resource", place)
            .with("roles", roles)
            .with("token", &self.token)
    }
}
