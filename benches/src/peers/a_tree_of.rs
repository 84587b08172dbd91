//! The A-Tree of the crate `a-tree`, given every ad's clauses in its own language.

use a_tree::{ATree, AttributeDefinition, Event};

use super::says::{Attribute, Clause, Values};

/// The ads of a book as an A-Tree.
pub struct Tree(ATree<u32>);

impl Tree {
    /// Of these ads' clauses; an ad's number is its place.
    pub fn build(ads: &[Vec<Clause>]) -> Tree {
        let definitions = Attribute::ALL.map(|attribute| {
            let name = name(attribute);
            if attribute.is_single() {
                AttributeDefinition::string(&name)
            } else {
                AttributeDefinition::string_list(&name)
            }
        });
        let mut tree = ATree::new(&definitions).expect("the attributes' names differ");
        for (number, clauses) in (0_u32..).zip(ads) {
            let text: Vec<String> = clauses.iter().map(written).collect();
            let text = text.join(" and ");
            if let Err(error) = tree.insert(&number, &text) {
                panic!("a-tree does not take `{text}`: {error}");
            }
        }
        Tree(tree)
    }

    /// An event of the tree's own kind, made beforehand: what is measured is the search alone.
    pub fn event(&self, event: &[Values]) -> Event {
        let mut builder = self.0.make_event();
        for (attribute, values) in event {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let name = name(*attribute);
            let set = if attribute.is_single() {
                // Said to be empty, not left unsaid: an exclusion shuts out what is known.
                builder.with_string(&name, values.first().copied().unwrap_or_default())
            } else {
                builder.with_string_list(&name, &values)
            };
            set.expect("every attribute is defined");
        }
        builder.build().expect("every attribute is there")
    }

    /// How many ads want the event.
    pub fn count(&self, event: &Event) -> usize {
        let report = self.0.search(event).expect("the event is of this tree");
        report.matches().len()
    }

    /// The ads that want the event, in order.
    pub fn search(&self, event: &Event) -> Vec<u32> {
        let report = self.0.search(event).expect("the event is of this tree");
        let mut found: Vec<u32> = report.matches().iter().map(|number| **number).collect();
        found.sort_unstable();
        found
    }
}

fn name(attribute: Attribute) -> String {
    format!("{attribute:?}").to_lowercase()
}

fn written(clause: &Clause) -> String {
    let parts: Vec<String> = clause
        .any
        .iter()
        .map(|(attribute, values)| {
            let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
            let operator = match (attribute.is_single(), clause.not) {
                (true, false) => "in",
                (true, true) => "not in",
                (false, false) => "one of",
                (false, true) => "none of",
            };
            format!("{} {operator} [{}]", name(*attribute), values.join(", "))
        })
        .collect();
    let joined = parts.join(if clause.not { " and " } else { " or " });
    if parts.len() > 1 {
        format!("({joined})")
    } else {
        joined
    }
}
