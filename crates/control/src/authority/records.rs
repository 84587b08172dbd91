//! The standard methods, for every kind of resource: what is asked for is checked here, in memory, and nothing that a
//! client can get wrong is left for the store to refuse.

use api::errors::{CallError, Violations};
use api::field_mask::{self, Masked};
use api::names::{Kind, Name, Parent};
use campaign::ad::State;
use campaign::hexadecimal;
use prost::Message;
use prost_types::FieldMask;
use sha2::{Digest, Sha256};
use store::record::Record;
use tonic::Code;

use super::Authority;
use super::change::{Draft, Manner, Target, stored};
use crate::access::role::Permission;
use crate::catalog::Entry;
use crate::listing::{Filter, Order};
use crate::paging;
use crate::resource::{Resource, Subject};
use crate::view::View;

/// How many records there may be, deleted ones counted.
pub const MAX_RECORDS: usize = 1_000_000;
/// How long the body of one record may be.
pub const MAX_BODY: usize = 1024 * 1024;

/// What a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// What it hangs below; `None` for what stands by itself.
    pub parent: Option<&'a str>,
    /// How many at most.
    pub page_size: i32,
    /// What the page before said.
    pub page_token: &'a str,
    /// Whether deleted ones too.
    pub show_deleted: bool,
    /// Only these: see [`Filter`].
    pub filter: &'a str,
    /// In this order: see [`Order`].
    pub order_by: &'a str,
}

impl Authority {
    /// Answers one resource, deleted or not.
    pub fn get<R: Resource>(&self, name: &str) -> Result<R, CallError> {
        let entry = self.find::<R>(name)?;
        if !R::is_shown(entry, &self.caller, &self.catalog) {
            return Err(self.caller.refused(&[Permission::Read], name));
        }
        self.show(entry, &self.view())
    }

    /// Answers a page of resources, and the token of the next.
    pub fn list<R: Resource>(&self, asked: &Listing<'_>) -> Result<(Vec<R>, String), CallError> {
        let size = paging::size(asked.page_size, 50, 1_000)?;
        let (filter, order) = (Filter::parse(asked.filter)?, Order::parse(asked.order_by)?);
        let show_deleted = asked.show_deleted || filter.asks_for_deleted();
        let shown = if show_deleted { "all" } else { "living" };
        let parent = asked.parent.unwrap_or_default();
        let asked_for = [R::KIND.noun(), parent, shown, asked.filter, asked.order_by];
        let question = paging::question(&asked_for);
        let after = paging::after(asked.page_token, question)?;
        let parent = asked
            .parent
            .map(|text| self.list_parent::<R>(text))
            .transpose()?;
        let matching = |entry: &&Entry| {
            (show_deleted || !entry.is_deleted())
                && R::is_shown(entry, &self.caller, &self.catalog)
                && parent
                    .as_ref()
                    .is_none_or(|parent| parent.holds(&entry.name))
                && filter.shows(entry)
        };
        // One more tells whether there is another page.
        let found = if order.is_usual() {
            let rest = self.catalog.after(R::KIND, after);
            rest.filter(matching).take(size + 1).collect()
        } else {
            let all = self.catalog.after(R::KIND, 0).filter(matching);
            order.first(all, self.catalog.numbered(after), size + 1)
        };
        let view = self.view();
        let page = found.iter().take(size).map(|entry| self.show(entry, &view));
        let page = page.collect::<Result<_, _>>()?;
        let last = found
            .get(size.saturating_sub(1))
            .filter(|_| found.len() > size);
        let next = last.map(|last| paging::token(question, last.record.id.0));
        Ok((page, next.unwrap_or_default()))
    }

    /// The parent of a list. One that is named in full must exist, so that a slip is not taken for an empty list.
    pub(super) fn list_parent<R: Resource>(&self, text: &str) -> Result<Parent, CallError> {
        let parent = Parent::parse(R::KIND, text)
            .map_err(|error| CallError::field("parent", "INVALID_NAME", error.to_string()))?;
        if let Some(name) = parent.exact(R::KIND)
            && self.catalog.named(&name).is_none()
        {
            return Err(not_found(&name));
        }
        Ok(parent)
    }

    /// Makes a resource.
    pub fn create<R: Resource>(
        &mut self,
        parent: Option<&str>,
        id: &str,
        wire: Option<R>,
        manner: &Manner,
    ) -> Result<R, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let mut wire = wire.ok_or_else(|| required(R::KIND.noun()))?;
        wire.strip();
        wire.begin(&self.catalog);
        let parent = match (R::KIND.parent(), parent) {
            (Some(kind), Some(text)) => Some(self.living(kind, text, "parent")?.name.clone()),
            _ => None,
        };
        let made_up;
        let id = if id.is_empty() {
            made_up = self.make_up_id::<R>(&wire);
            &made_up
        } else {
            id
        };
        let name = Name::child(parent.as_ref(), R::KIND, id).map_err(|error| {
            CallError::field(
                &format!("{}_id", R::KIND.noun()),
                "INVALID_ID",
                error.to_string(),
            )
        })?;
        if let Some(entry) = self.catalog.named(&name) {
            let was = if entry.is_deleted() {
                "was deleted, and its reports still speak of it: undelete it, or"
            } else {
                "exists:"
            };
            let what = format!("{name} {was} take another {}_id", R::KIND.noun());
            return Err(CallError::new(Code::AlreadyExists, "ALREADY_EXISTS", what)
                .with("resource", name.as_str()));
        }
        self.check_room()?;
        let draft = Draft {
            name,
            target: Target::New,
            state: State::Active,
            wire,
            book: R::KIND.is_in_book(),
        };
        self.check_noun(&draft)?;
        self.carry_out(draft, manner, |wire, _| wire)
    }

    /// Changes the fields of a resource that the mask names.
    pub fn update<R: Resource + Masked>(
        &mut self,
        wire: Option<R>,
        mask: Option<&FieldMask>,
        manner: &Manner,
    ) -> Result<R, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let draft = self.draft_update(wire, mask)?;
        self.carry_out(draft, manner, |wire, _| wire)
    }

    /// An update that was checked.
    pub(super) fn draft_update<R: Resource>(
        &self,
        wire: Option<R>,
        mask: Option<&FieldMask>,
    ) -> Result<Draft<R>, CallError> {
        let mut new = wire.ok_or_else(|| required(R::KIND.noun()))?;
        let field = format!("{}.name", R::KIND.noun());
        let (name, etag) = (new.name().to_string(), new.etag().to_string());
        let entry = self.living(R::KIND, &name, &field)?;
        check_etag(&entry.record, &etag)?;
        new.strip();
        let old: R = self.stored(entry)?;
        let mut wrong = Violations::default();
        let wire = field_mask::apply(&old, &new, mask, "update_mask", &mut wrong);
        wire.check_fixed(&old, R::KIND.noun(), &mut wrong);
        wrong.or(())?;
        let draft = Draft {
            name: entry.name.clone(),
            target: Target::Old(entry.record.clone()),
            state: entry.state(),
            wire,
            book: R::KIND.is_in_book(),
        };
        self.check_noun(&draft)?;
        Ok(draft)
    }

    /// Stops a resource, or lets it run again. Doing either twice changes nothing.
    pub fn set_state<R: Resource>(
        &mut self,
        name: &str,
        etag: &str,
        state: State,
        manner: &Manner,
    ) -> Result<R, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let entry = self.living(R::KIND, name, "name")?;
        check_etag(&entry.record, etag)?;
        if entry.state() == state {
            return self.show(entry, &self.view());
        }
        let wire = self.stored(entry)?;
        let target = Target::Old(entry.record.clone());
        let draft = Draft {
            name: entry.name.clone(),
            target,
            state,
            wire,
            book: false,
        };
        self.carry_out(draft, manner, |wire, _| wire)
    }

    /// Replaces what was asked of a resource by what `change` makes of it, in terms that travel without a book, and
    /// words the answer.
    pub fn amend<R: Resource, A: Message + Default>(
        &mut self,
        name: &str,
        etag: &str,
        manner: &Manner,
        change: impl FnOnce(&mut R, &Entry, &View<'_>) -> Result<(), CallError>,
        word: impl FnOnce(R, &View<'_>) -> A,
    ) -> Result<A, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let entry = self.living(R::KIND, name, "name")?;
        check_etag(&entry.record, etag)?;
        let mut wire: R = self.stored(entry)?;
        change(&mut wire, entry, &self.view())?;
        let target = Target::Old(entry.record.clone());
        let draft = Draft {
            name: entry.name.clone(),
            target,
            state: entry.state(),
            wire,
            book: false,
        };
        self.check_noun(&draft)?;
        self.carry_out(draft, manner, word)
    }

    /// Deletes a resource, and with `force` all that hangs below it.
    pub fn delete<R: Resource>(
        &mut self,
        name: &str,
        etag: &str,
        force: bool,
        manner: &Manner,
    ) -> Result<R, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let draft = self.draft_to_delete(name, etag, force)?;
        self.carry_out(draft, manner, |wire: R, _| wire)
    }

    /// The deletion of a resource, checked.
    pub(super) fn draft_to_delete<R: Resource>(
        &self,
        name: &str,
        etag: &str,
        force: bool,
    ) -> Result<Draft<R>, CallError> {
        let entry = self.living(R::KIND, name, "name")?;
        check_etag(&entry.record, etag)?;
        let below = self
            .catalog
            .below(entry.record.id.0)
            .filter(|entry| !entry.is_deleted())
            .count();
        if below > 0 && !force {
            let what = format!(
                "{} still has {below} resources below it: delete them first, or set force",
                entry.name
            );
            return Err(
                CallError::new(Code::FailedPrecondition, "HAS_CHILDREN", what)
                    .with("resource", name),
            );
        }
        Ok(Draft {
            name: entry.name.clone(),
            target: Target::Gone(entry.record.clone()),
            state: State::Deleted,
            wire: self.stored::<R>(entry)?,
            book: R::KIND.is_in_book(),
        })
    }

    /// What was answered to the same call before.
    pub fn earlier<A: Message + Default>(
        &mut self,
        manner: &Manner,
    ) -> Result<Option<A>, CallError> {
        match &manner.call {
            Some(call) => self.read(|transaction| call.earlier(transaction))?,
            None => Ok(None),
        }
    }

    /// The record of this name and kind.
    pub fn find<R: Resource>(&self, name: &str) -> Result<&Entry, CallError> {
        let name = Name::of(R::KIND, name)
            .map_err(|error| CallError::field("name", "INVALID_NAME", error.to_string()))?;
        self.catalog.named(&name).ok_or_else(|| not_found(&name))
    }

    pub(super) fn living(&self, kind: Kind, name: &str, field: &str) -> Result<&Entry, CallError> {
        let name = Name::of(kind, name)
            .map_err(|error| CallError::field(field, "INVALID_NAME", error.to_string()))?;
        let entry = self.catalog.named(&name).ok_or_else(|| not_found(&name))?;
        self.check_living(Some(name))?;
        Ok(entry)
    }

    /// Whether what has this name and all above it lives.
    pub(super) fn check_living(&self, name: Option<Name>) -> Result<(), CallError> {
        let mut above = name;
        while let Some(name) = above {
            if self.catalog.named(&name).is_none_or(Entry::is_deleted) {
                let what =
                    format!("{name} was deleted: it cannot be changed until it is undeleted");
                return Err(CallError::new(Code::FailedPrecondition, "DELETED", what)
                    .with("resource", name.as_str()));
            }
            above = name.parent();
        }
        Ok(())
    }

    /// A record as the contract shows it.
    pub fn show<R: Resource>(&self, entry: &Entry, view: &View<'_>) -> Result<R, CallError> {
        let mut wire: R = self.stored(entry)?;
        wire.present(entry, view);
        Ok(wire)
    }

    pub(super) fn stored<R: Resource>(&self, entry: &Entry) -> Result<R, CallError> {
        stored(&entry.record)
    }

    fn make_up_id<R: Resource>(&self, wire: &R) -> String {
        let mut hash = Sha256::new();
        hash.update(self.catalog.version.to_le_bytes());
        hash.update(self.clock.now().0.to_le_bytes());
        hash.update(wire.encode_to_vec());
        let digits = hexadecimal::write(&hash.finalize()[..6]);
        format!("{}-{digits}", R::KIND.words().replace(' ', "-"))
    }

    fn check_room(&self) -> Result<(), CallError> {
        if self.catalog.len() < MAX_RECORDS {
            return Ok(());
        }
        let what = format!("there are {MAX_RECORDS} records, which is as many as there may be");
        Err(CallError::new(
            Code::ResourceExhausted,
            "TOO_MANY_RECORDS",
            what,
        ))
    }

    /// Says everything that is wrong with what is asked for.
    pub(super) fn check_noun<R: Resource>(&self, draft: &Draft<R>) -> Result<(), CallError> {
        let (number, created) = match &draft.target {
            Target::New => (0, self.clock.now()),
            Target::Old(record) | Target::Gone(record) | Target::Back(record) => {
                (record.id.0, record.created)
            }
        };
        let subject = Subject {
            name: &draft.name,
            number,
            state: draft.state,
            created,
        };
        let mut wrong = Violations::default();
        let (wire, path) = (&draft.wire, R::KIND.noun());
        let noun = wire.noun(&subject, &self.catalog, path, &mut wrong);
        wire.check(&subject, &noun, &self.catalog, path, &mut wrong);
        if wire.encoded_len() > MAX_BODY {
            let what = format!("write at most {MAX_BODY} bytes");
            wrong.add(path, "TOO_LARGE", what);
        }
        Ok(wrong.or(())?)
    }
}

fn required(field: &str) -> CallError {
    CallError::field(
        field,
        "REQUIRED",
        format!("say which {field}, and what it should be"),
    )
}

fn not_found(name: &Name) -> CallError {
    let what = format!("{name} does not exist: list what does, or create it");
    CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name.as_str())
}

pub(super) fn check_etag(record: &Record, etag: &str) -> Result<(), CallError> {
    if etag.is_empty() || etag == record.etag() {
        return Ok(());
    }
    let what = format!(
        "{} was changed in between: its etag is {}, not {etag}. Read it again, and change that",
        record.name,
        record.etag()
    );
    Err(CallError::new(Code::Aborted, "ETAG_MISMATCH", what).with("etag", record.etag()))
}
