//! Roles, what each allows, and the nodes of the account tree at which they are held.

use api::names::{Kind, Name};
use api::v1;

/// What a method may ask of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// To see it.
    Read,
    /// To raise or cut what an advertiser may spend.
    Bill,
    /// To change campaigns, ads, creatives and their budgets.
    Manage,
    /// To make and delete advertisers, tokens, and what all advertisers share.
    Administer,
}

/// What a token is allowed, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads, and moves advertisers' budgets.
    Billing,
    /// Reads, and changes all that spends an advertiser's budget.
    Manager,
    /// All of it.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Reader, Role::Billing, Role::Manager, Role::Admin];

    /// What it allows.
    pub const fn allows(self, permission: Permission) -> bool {
        match (self, permission) {
            (Role::Admin, _) | (_, Permission::Read) => true,
            (Role::Billing, Permission::Bill) => true,
            (Role::Manager, Permission::Manage) => true,
            (Role::Reader | Role::Billing | Role::Manager, _) => false,
        }
    }

    /// How people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Reader => "READER",
            Role::Billing => "BILLING",
            Role::Manager => "MANAGER",
            Role::Admin => "ADMIN",
        }
    }

    /// As the contract says it; `None` for what is no role.
    pub fn read(wire: v1::Role) -> Option<Role> {
        match wire {
            v1::Role::Unspecified => None,
            v1::Role::Reader => Some(Role::Reader),
            v1::Role::Billing => Some(Role::Billing),
            v1::Role::Manager => Some(Role::Manager),
            v1::Role::Admin => Some(Role::Admin),
        }
    }
}

/// A place in the account tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// The root: everything.
    Everything,
    /// An advertiser, and all that hangs below it.
    Advertiser(String),
}

/// How the root is written.
pub const EVERYTHING: &str = "-";

impl Node {
    /// Reads one: `-`, or `advertisers/{advertiser}`.
    pub fn parse(text: &str) -> Option<Node> {
        if text == EVERYTHING {
            return Some(Node::Everything);
        }
        let name = Name::of(Kind::Advertiser, text).ok()?;
        Some(Node::Advertiser(name.to_string()))
    }

    /// Whether a resource is this node or lies below it. What is of no advertiser lies below the root alone.
    pub fn holds(&self, resource: &str) -> bool {
        match self {
            Node::Everything => true,
            Node::Advertiser(name) => resource
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// A role, and where it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The role.
    pub role: Role,
    /// Where.
    pub node: Node,
}

impl Binding {
    /// Reads one; `None` where it is none.
    pub fn read(wire: &v1::RoleBinding) -> Option<Binding> {
        Some(Binding {
            role: Role::read(wire.role())?,
            node: Node::parse(&wire.resource)?,
        })
    }
}

/// The roles that allow any of these, for messages.
pub fn roles_with(permissions: &[Permission]) -> String {
    let fit = |role: &&Role| permissions.iter().any(|it| role.allows(*it));
    let names: Vec<&str> = Role::ALL.iter().filter(fit).map(|it| it.name()).collect();
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_holds_what_lies_below_it_and_nothing_that_is_only_called_alike() {
        let check = |node: &str, resource: &str, expect: bool| {
            let node = Node::parse(node).unwrap();
            assert_eq!(node.holds(resource), expect, "{node:?} {resource}");
        };
        check("-", "advertisers/acme", true);
        check("-", "", true);
        check("advertisers/acme", "advertisers/acme", true);
        check(
            "advertisers/acme",
            "advertisers/acme/campaigns/x/ads/y",
            true,
        );
        check("advertisers/acme", "advertisers/acme-b", false);
        check("advertisers/acme", "advertisers/-", false);
        check("advertisers/acme", "advertisers", false);
        check("advertisers/acme", "exchanges/demo", false);
        check("advertisers/acme", "", false);
        for bad in [
            "",
            "*",
            "advertisers",
            "advertisers/-",
            "advertisers/a/campaigns/b",
        ] {
            assert_eq!(Node::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn each_role_allows_what_its_line_in_the_table_says() {
        use Permission::{Administer, Bill, Manage, Read};
        let check = |role: Role, expect: [bool; 4]| {
            assert_eq!(
                [Read, Bill, Manage, Administer].map(|it| role.allows(it)),
                expect,
                "{role:?}"
            );
        };
        check(Role::Reader, [true, false, false, false]);
        check(Role::Billing, [true, true, false, false]);
        check(Role::Manager, [true, false, true, false]);
        check(Role::Admin, [true, true, true, true]);
        assert_eq!(roles_with(&[Manage, Bill]), "BILLING or MANAGER or ADMIN");
    }
}
