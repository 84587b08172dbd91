//! Several changes as one (AIP-234): all of them, or none.

use std::collections::BTreeSet;

use api::errors::CallError;
use prost::Message;
use prost_types::FieldMask;

use super::Authority;
use super::change::Manner;
use crate::resource::Resource;

/// How many changes one batch may hold.
pub const MAX_BATCH: usize = 100;

/// One change of a batch, as it is asked for.
#[derive(Clone, Debug)]
pub struct Item<R> {
    /// What to change, with its new values.
    pub wire: Option<R>,
    /// Which fields.
    pub mask: Option<FieldMask>,
    /// Whether it says for itself what the batch says for all.
    pub speaks_for_itself: bool,
}

impl Authority {
    /// Changes several resources of one kind below `parent`, each once, and words the answer.
    pub fn batch_update<R: Resource, A: Message + Default>(
        &mut self,
        parent: &str,
        items: Vec<Item<R>>,
        manner: &Manner,
        word: impl FnOnce(Vec<R>) -> A,
    ) -> Result<A, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        if items.is_empty() || items.len() > MAX_BATCH {
            let what = format!("write 1 to {MAX_BATCH} changes");
            return Err(CallError::field("requests", "OUT_OF_RANGE", what));
        }
        let parent = self.list_parent::<R>(parent)?;
        let noun = R::KIND.noun();
        let (mut drafts, mut seen) = (Vec::with_capacity(items.len()), BTreeSet::new());
        for (place, item) in items.into_iter().enumerate() {
            let at = format!("requests[{place}]");
            let refused = |field: &str, reason, what: String| {
                Err(CallError::field(&format!("{at}.{field}"), reason, what))
            };
            if item.speaks_for_itself {
                let what = "leave request_id and validate_only to the batch: they hold for all";
                return refused("request_id", "SET_IN_BATCH", what.to_string());
            }
            let draft = self.draft_update(item.wire, item.mask.as_ref());
            let draft = draft.map_err(|error| error.within(&at))?;
            let name = format!("{noun}.name");
            if !parent.holds(&draft.name) {
                let what = format!("{} does not hang below the batch's parent", draft.name);
                return refused(&name, "OTHER_PARENT", what);
            }
            if !seen.insert(draft.name.clone()) {
                let what = format!("{} is changed twice: write one change of it", draft.name);
                return refused(&name, "DUPLICATE", what);
            }
            drafts.push(draft);
        }
        self.carry_out_all(drafts, manner, |shown, _| word(shown))
    }
}
