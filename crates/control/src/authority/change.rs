//! One checked change, carried out: written in one transaction with what it changes in the ledger and with the answer
//! that a repetition of the call gets, and then told to bidders. Whatever fails here is the store's failure.

use std::sync::Arc;

use api::errors::{CallError, Violations};
use api::names::{Kind, Name};
use campaign::ad::{Budget, State};
use campaign::id::CampaignId;
use campaign::money::Money;
use campaign::time::Timestamp;
use prost::Message;
use store::database::Transaction;
use store::error::StoreError;
use store::record::{Expect, NewRecord, Record, RecordId};
use tonic::Code;

use super::load::{meaning, tell_ledger};
use super::{Authority, AuthorityError};
use crate::access::role::Permission;
use crate::audit::{Author, Noted};
use crate::catalog::{ACTIVE, Catalog, Entry, Noun, PAUSED, state};
use crate::idempotency::Call;
use crate::resource::{Resource, Subject};
use crate::view::View;

/// How a call is to be carried out.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Under which id the answer is kept.
    pub call: Option<Call>,
    /// Only check.
    pub validate_only: bool,
    /// Which earlier change it takes back.
    pub reverts: Option<Reverting>,
}

/// A change that takes an earlier one back.
#[derive(Clone, Debug, Default)]
pub struct Reverting {
    /// The earlier one: `changeEvents/7`.
    pub event: String,
    /// Where the event of the change is left, for the answer.
    pub noted: Noted,
}

/// One change that was checked.
pub(super) struct Draft<R> {
    /// What is changed.
    pub name: Name,
    /// Whether it is made, changed or deleted.
    pub target: Target,
    /// Its state afterwards.
    pub state: State,
    /// What is asked for afterwards.
    pub wire: R,
    /// Whether bidders need a new book for it.
    pub book: bool,
}

pub(super) enum Target {
    /// A new record.
    New,
    /// This one.
    Old(Record),
    /// This one is deleted, with all below it.
    Gone(Record),
    /// This one was deleted and comes back, with all below it that was deleted at the same moment.
    Back(Record),
}

impl Authority {
    /// Carries a checked change out, or only shows what it would make.
    pub(super) fn carry_out<R: Resource, A: Message>(
        &mut self,
        draft: Draft<R>,
        manner: &Manner,
        word: impl FnOnce(R, &View<'_>) -> A,
    ) -> Result<A, CallError> {
        self.carry_out_all(vec![draft], manner, |shown, view| {
            let one = shown.into_iter().next().unwrap_or_default();
            word(one, view)
        })
    }

    /// Carries checked changes of different records out, all of them in one transaction, or only shows what they would
    /// make.
    pub(super) fn carry_out_all<R: Resource, A: Message>(
        &mut self,
        drafts: Vec<Draft<R>>,
        manner: &Manner,
        word: impl FnOnce(Vec<R>, &View<'_>) -> A,
    ) -> Result<A, CallError> {
        drafts
            .iter()
            .try_for_each(|draft| self.check_rights(draft))?;
        if manner.validate_only {
            let shown = drafts.into_iter().map(|draft| self.rehearse(draft));
            return Ok(word(shown.collect(), &self.view()));
        }
        let now = self.clock.now();
        let before: Vec<_> = drafts
            .iter()
            .map(|draft| (self.caps_of(draft), draft.book))
            .collect();
        let Authority {
            store,
            catalog,
            ledger,
            overspends,
            caller,
            traffic,
            tripped,
            segments,
            pace,
            ..
        } = self;
        let author = Author::new(caller, manner, now);
        let written = store.transaction::<_, AuthorityError>(|transaction| {
            let mut numbers = Vec::with_capacity(drafts.len());
            for draft in &drafts {
                let number = write(transaction, catalog, draft, &author, now)?;
                let campaign = [CampaignId(number)];
                segments.read(catalog, campaign, ledger, now, transaction)?;
                let ads = catalog.ads_under(number);
                tell_ledger(catalog, segments, ledger, ads, now)?;
                numbers.push(number);
            }
            transaction.write_ledger(&ledger.changes())?;
            catalog.version = transaction.config_version()?;
            let view = View::new(catalog, ledger, overspends, tripped, now);
            let view = view.with_traffic(traffic).with_pace(pace, segments);
            let mut shown = Vec::with_capacity(drafts.len());
            for (mut draft, number) in drafts.into_iter().zip(&numbers) {
                let entry = catalog.numbered(*number);
                let entry = entry.ok_or(StoreError::NoRecord { id: *number })?;
                draft.wire.present(entry, &view);
                shown.push(draft.wire);
            }
            let answer = word(shown, &view);
            if let Some(call) = &manner.call {
                call.remember(transaction, &answer, now)?;
            }
            Ok((answer, numbers))
        });
        let (answer, numbers) = written.map_err(|error| self.give_up(&error))?;
        for (number, (before, book)) in numbers.into_iter().zip(before) {
            self.spread(number, before, book);
        }
        self.flush();
        self.summarise();
        Ok(answer)
    }

    /// Refuses what the caller's roles do not allow. The gate has looked at the request alone; only here it is known
    /// what there was before.
    fn check_rights<R: Resource>(&self, draft: &Draft<R>) -> Result<(), CallError> {
        let rights = match &draft.target {
            Target::New => draft.wire.rights(None),
            Target::Gone(_) | Target::Back(_) => vec![R::rights_to_delete()],
            Target::Old(record) => {
                let before: R = stored(record)?;
                let mut rights = draft.wire.rights(Some(&before));
                if state(record) != draft.state {
                    rights.push(&[Permission::Manage]);
                }
                rights
            }
        };
        let mut each = rights.into_iter();
        each.try_for_each(|any| self.caller.check(any, draft.name.as_str()))
    }

    /// What a change would make, without making it.
    fn rehearse<R: Resource>(&self, draft: Draft<R>) -> R {
        let now = self.clock.now();
        let mut record = match draft.target {
            Target::New => Record {
                id: RecordId(0),
                kind: R::KIND.noun().to_string(),
                name: draft.name.to_string(),
                parent: String::new(),
                state: ACTIVE.to_string(),
                version: 0,
                body: Vec::new(),
                created: now,
                updated: now,
                deleted: None,
            },
            Target::Old(record) => record,
            Target::Gone(record) => Record {
                deleted: Some(now),
                ..record
            },
            Target::Back(record) => Record {
                deleted: None,
                ..record
            },
        };
        record.state = state_text(draft.state).to_string();
        let subject = Subject {
            name: &draft.name,
            number: record.id.0,
            state: draft.state,
            created: record.created,
        };
        let mut ignored = Violations::default();
        let noun = draft.wire.noun(&subject, &self.catalog, "", &mut ignored);
        let entry = Entry {
            name: draft.name.clone(),
            record,
            noun: Arc::new(noun),
        };
        let mut answer = draft.wire;
        answer.present(&entry, &self.view());
        answer
    }

    /// The caps that a record had before it is changed.
    fn caps_of<R>(&self, draft: &Draft<R>) -> Option<Budget> {
        self.catalog
            .named(&draft.name)
            .and_then(|entry| budget(&entry.noun))
    }

    /// Tells bidders what a change means for them: terms at once, a cap that was cut by recalling leases, and a new
    /// book where the change needs one.
    fn spread(&mut self, number: u64, before: Option<Budget>, book: bool) {
        let ads = self.catalog.ads_under(number);
        let after = self
            .catalog
            .numbered(number)
            .and_then(|entry| budget(&entry.noun));
        let is_cut = |old: Option<Money>, new: Option<Money>| {
            new.is_some_and(|new| old.is_none_or(|old| new < old))
        };
        if let (Some(old), Some(new)) = (before, after)
            && (is_cut(old.daily, new.daily) || is_cut(old.lifetime, new.lifetime))
        {
            self.recall(ads.iter().copied());
        }
        if self.catalog.settle_market() {
            self.told.want_market();
        }
        if self.catalog.settle_rates(self.clock.now()) {
            // A book's ads stand in the order of what they ask.
            self.books.want();
        }
        self.let_go_on(number);
        self.watch_pace(&ads);
        self.refresh_terms(ads);
        if book {
            self.books.want();
        }
    }
}

/// Writes a change to the store and to the catalog, and tells the number of the record.
fn write<R: Resource>(
    transaction: &Transaction<'_>,
    catalog: &mut Catalog,
    draft: &Draft<R>,
    author: &Author,
    now: Timestamp,
) -> Result<u64, AuthorityError> {
    let body = draft.wire.encode_to_vec();
    let state = state_text(draft.state);
    let record = match &draft.target {
        Target::New => {
            let parent = draft
                .name
                .parent()
                .map_or(String::new(), |parent| parent.to_string());
            let new = NewRecord {
                kind: R::KIND.noun(),
                name: draft.name.as_str(),
                parent: &parent,
                state,
                body: &body,
            };
            transaction.create_record(&new, now)?
        }
        Target::Old(old) => {
            transaction.update_record(old.id, Expect::Version(old.version), state, &body, now)?
        }
        Target::Gone(old) => {
            for id in catalog.all_below(old.id.0) {
                if let Some(below) = kept(catalog, id).filter(|it| it.deleted.is_none()) {
                    let record = transaction.delete_record(id, Expect::Any, now)?;
                    author.note(transaction, Some(&below), &record)?;
                    reread(catalog, record)?;
                }
            }
            transaction.delete_record(old.id, Expect::Version(old.version), now)?
        }
        Target::Back(old) => {
            for id in deleted_along(catalog, old) {
                let below = kept(catalog, id);
                let record = transaction.undelete_record(id, now)?;
                author.note(transaction, below.as_ref(), &record)?;
                reread(catalog, record)?;
            }
            transaction.undelete_record(old.id, now)?
        }
    };
    let before = match &draft.target {
        Target::New => None,
        Target::Old(old) | Target::Gone(old) | Target::Back(old) => Some(old),
    };
    author.note(transaction, before, &record)?;
    let number = record.id.0;
    let noun = meaning(catalog, &draft.name, &record).map_err(unreadable)?;
    catalog.put(Entry {
        name: draft.name.clone(),
        record,
        noun: Arc::new(noun),
    });
    if R::KIND == Kind::Advertiser {
        // Campaigns without a time zone of their own have their advertiser's.
        let below: Vec<Record> = catalog
            .below(number)
            .map(|entry| entry.record.clone())
            .collect();
        for record in below {
            reread(catalog, record)?;
        }
    }
    Ok(number)
}

/// A record as it is before it is changed.
fn kept(catalog: &Catalog, id: RecordId) -> Option<Record> {
    catalog.numbered(id.0).map(|entry| entry.record.clone())
}

/// The records below this one that were deleted along with it, each after what it hangs below.
pub(super) fn deleted_along(catalog: &Catalog, record: &Record) -> Vec<RecordId> {
    let mut below = catalog.all_below(record.id.0);
    below.retain(|id| {
        let entry = catalog.numbered(id.0);
        entry.is_some_and(|entry| entry.is_deleted() && entry.record.deleted == record.deleted)
    });
    below
}

/// Reads a record's meaning anew.
fn reread(catalog: &mut Catalog, record: Record) -> Result<(), AuthorityError> {
    let Some(name) = catalog
        .numbered(record.id.0)
        .map(|entry| entry.name.clone())
    else {
        return Ok(());
    };
    let noun = meaning(catalog, &name, &record).map_err(unreadable)?;
    let noun = Arc::new(noun);
    catalog.put(Entry { name, record, noun });
    Ok(())
}

/// What was asked of a record.
pub(super) fn stored<R: Resource>(record: &Record) -> Result<R, CallError> {
    R::decode(record.body.as_slice()).map_err(|error| {
        let what = format!("{} cannot be read from the store: {error}", record.name);
        CallError::new(Code::DataLoss, "RECORD_UNREADABLE", what)
    })
}

fn unreadable(why: String) -> StoreError {
    StoreError::Unreadable(why)
}

pub(super) fn state_text(state: State) -> &'static str {
    match state {
        State::Paused => PAUSED,
        State::Active | State::Deleted => ACTIVE,
    }
}

fn budget(noun: &Noun) -> Option<Budget> {
    match noun {
        Noun::Advertiser(it) => Some(it.budget),
        Noun::Campaign(it) => Some(it.budget),
        Noun::Ad(it) => Some(it.budget),
        Noun::Creative(_)
        | Noun::Exchange(_)
        | Noun::Deal(_)
        | Noun::RateTable(_)
        | Noun::BlockList(_)
        | Noun::Audience(_)
        | Noun::ConversionAction(_)
        | Noun::Experiment(_) => None,
    }
}
