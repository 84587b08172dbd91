//! What was deleted comes back (AIP-164): a record, and what was deleted along with it.

use api::errors::CallError;
use api::names::Name;
use campaign::ad::State;
use tonic::Code;

use super::Authority;
use super::change::{Draft, Manner, Target, deleted_along};
use super::load::meaning;
use super::records::check_etag;
use crate::catalog::PAUSED;
use crate::resource::Resource;

impl Authority {
    /// Brings a deleted resource back as it was, paused where it was paused, and with it all below it that was deleted
    /// at the same moment.
    pub fn undelete<R: Resource>(
        &mut self,
        name: &str,
        etag: &str,
        manner: &Manner,
    ) -> Result<R, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let draft = self.draft_to_undelete(name, etag)?;
        self.carry_out(draft, manner, |wire: R, _| wire)
    }

    /// The return of a deleted resource, checked.
    pub(super) fn draft_to_undelete<R: Resource>(
        &self,
        name: &str,
        etag: &str,
    ) -> Result<Draft<R>, CallError> {
        let entry = self.find::<R>(name)?;
        check_etag(&entry.record, etag)?;
        if !entry.is_deleted() {
            let what = format!("{name} is not deleted: there is nothing to bring back");
            return Err(
                CallError::new(Code::AlreadyExists, "NOT_DELETED", what).with("resource", name)
            );
        }
        self.check_living(entry.name.parent())?;
        let state = match entry.record.state.as_str() {
            PAUSED => State::Paused,
            _ => State::Active,
        };
        let draft = Draft {
            name: entry.name.clone(),
            target: Target::Back(entry.record.clone()),
            state,
            wire: self.stored::<R>(entry)?,
            book: R::KIND.is_in_book(),
        };
        self.check_noun(&draft)?;
        for id in deleted_along(&self.catalog, &entry.record) {
            self.check_return(id.0)?;
        }
        Ok(draft)
    }

    /// What was deleted may speak of what is gone by now; what comes back may not.
    fn check_return(&self, number: u64) -> Result<(), CallError> {
        let Some(entry) = self.catalog.numbered(number) else {
            return Ok(());
        };
        let mut record = entry.record.clone();
        record.deleted = None;
        let means = meaning(&self.catalog, &entry.name, &record);
        means.map(drop).map_err(|why| outdated(&entry.name, &why))
    }
}

fn outdated(name: &Name, why: &str) -> CallError {
    let what = format!("{name} would come back with it, and means nothing any more: {why}");
    CallError::new(Code::FailedPrecondition, "OUTDATED", what).with("resource", name.as_str())
}
