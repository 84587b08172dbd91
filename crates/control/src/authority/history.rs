//! Who changed what: read, checked, and taken back.

use std::sync::PoisonError;

use api::errors::CallError;
use api::names::{Kind, Name};
use api::v1;
use campaign::ad::State;
use campaign::hexadecimal;
use store::change_event::{ChangeEventList, ChangeEventRow};
use tonic::Code;

use super::change::{Draft, Manner, Reverting, Target, state_text};
use super::records::check_etag;
use super::{Authority, AuthorityError};
use crate::access::role::Permission::{self, Administer, Bill, Manage, Read};
use crate::audit::{self, Author, COLLECTION};
use crate::catalog::PAUSED;
use crate::paging;
use crate::resource::Resource;

/// How many events are read at once, and how many times, for one page of those that the caller may see.
const READ_AT_ONCE: usize = 1_000;
const READS_A_PAGE: usize = 20;
/// What events of the configuration are of.
const CONFIGURATION: &str = "configuration";
/// What the names of tokens begin with.
const TOKENS: &str = "apiTokens/";

impl Authority {
    /// One event.
    pub fn change_event(&mut self, name: &str) -> Result<v1::ChangeEvent, CallError> {
        let row = self.event_row(name)?;
        self.check_event(&row, &[Read])?;
        self.shown(&row)
    }

    /// A page of events, newest first.
    pub fn list_change_events(
        &mut self,
        request: &v1::ListChangeEventsRequest,
    ) -> Result<v1::ListChangeEventsResponse, CallError> {
        let size = paging::size(request.page_size, 50, 1_000)?;
        if !request.resource.is_empty() {
            self.caller.check(&[Read], &request.resource)?;
        }
        let times = format!("{:?} {:?}", request.start_time, request.end_time);
        let question = paging::question(&[
            "change_event",
            &request.resource,
            &request.actor,
            &times,
            &self.caller.token,
        ]);
        let mut before = paging::after(&request.page_token, question)?;
        let some = |text: &'static str, given: &str| (given != text).then(|| given.to_string());
        let (resource, actor) = (some("", &request.resource), some("", &request.actor));
        let mut page = Vec::new();
        for _ in 0..READS_A_PAGE {
            let list = ChangeEventList {
                resource: resource.as_deref(),
                actor: actor.as_deref(),
                from: request.start_time.as_ref().map(api::time::moment),
                until: request.end_time.as_ref().map(api::time::moment),
                before,
                // One more tells whether there is another page.
                limit: READ_AT_ONCE.min(size + 1),
            };
            let rows = self.read(|transaction| transaction.list_change_events(&list))?;
            let ended = rows.len() < list.limit;
            for row in rows {
                if self.check_event(&row, &[Read]).is_err() {
                    before = row.id;
                    continue;
                }
                if page.len() == size {
                    return Ok(v1::ListChangeEventsResponse {
                        change_events: page,
                        next_page_token: paging::token(question, before),
                    });
                }
                before = row.id;
                page.push(self.shown(&row)?);
            }
            if ended {
                return Ok(v1::ListChangeEventsResponse {
                    change_events: page,
                    next_page_token: String::new(),
                });
            }
        }
        // Much that the caller may not see lies between: the next page goes on from here.
        Ok(v1::ListChangeEventsResponse {
            change_events: page,
            next_page_token: paging::token(question, before),
        })
    }

    /// Notes what of the configuration was changed while the process runs; what is not in force yet is no change.
    pub fn note_configuration(
        &mut self,
        changes: &[v1::ConfigurationChange],
    ) -> Result<(), CallError> {
        let in_force = changes
            .iter()
            .filter(|change| change.effect() == v1::ConfigurationEffect::AtOnce);
        let fields = in_force.map(|change| v1::FieldChange {
            field: change.key.clone(),
            old_value: change.old_value.clone(),
            new_value: change.new_value.clone(),
        });
        let fields: Vec<v1::FieldChange> = fields.collect();
        if fields.is_empty() {
            return Ok(());
        }
        let author = Author::new(&self.caller, &Manner::default(), self.clock.now());
        let action = v1::ChangeAction::Changed;
        let noted = self.store.transaction::<_, AuthorityError>(|transaction| {
            Ok(author.append(transaction, CONFIGURATION, action, fields, None, 0)?)
        });
        noted.map_err(|error| self.give_up(&error))
    }

    /// Whether every event is as it was written.
    pub fn verify_chain(&mut self) -> Result<v1::VerifyChainResponse, CallError> {
        let chain = self.read(|transaction| transaction.verify_change_events())?;
        let broken = chain.first_broken;
        Ok(v1::VerifyChainResponse {
            whole: broken.is_none(),
            event_count: i64::try_from(chain.count).unwrap_or(i64::MAX),
            head_hash: hexadecimal::write(&chain.head),
            first_broken: broken.map_or(String::new(), |id| format!("{COLLECTION}{id}")),
        })
    }

    /// Takes a change back, by a new change that its caller must be allowed.
    pub fn revert(
        &mut self,
        request: &v1::RevertChangeRequest,
        manner: &Manner,
    ) -> Result<v1::ChangeEvent, CallError> {
        if let Some(earlier) = self.earlier(manner)? {
            return Ok(earlier);
        }
        let row = self.event_row(&request.name)?;
        let Ok(name) = Name::parse(&row.resource) else {
            self.check_event(&row, &[Read])?;
            let instead = match row.resource.as_str() {
                CONFIGURATION => "change the file, and have it read again",
                _ => "rotate the token, or make another one",
            };
            let what = format!("{} is not taken back like this: {instead}", row.resource);
            return Err(CallError::new(
                Code::FailedPrecondition,
                "NOT_REVERTIBLE",
                what,
            ));
        };
        match name.kind() {
            Kind::Advertiser => {
                self.check_event(&row, &[Manage, Bill])?;
                self.revert_one::<v1::Advertiser>(&row, request, manner)
            }
            kind => {
                self.check_event(&row, &[Manage])?;
                match kind {
                    Kind::Advertiser | Kind::Campaign => {
                        self.revert_one::<v1::Campaign>(&row, request, manner)
                    }
                    Kind::Ad => self.revert_one::<v1::Ad>(&row, request, manner),
                    Kind::Creative => self.revert_one::<v1::Creative>(&row, request, manner),
                    Kind::Exchange => self.revert_one::<v1::Exchange>(&row, request, manner),
                    Kind::Deal => self.revert_one::<v1::Deal>(&row, request, manner),
                    Kind::RateTable => self.revert_one::<v1::RateTable>(&row, request, manner),
                    Kind::BlockList => self.revert_one::<v1::BlockList>(&row, request, manner),
                    Kind::Audience => self.revert_one::<v1::Audience>(&row, request, manner),
                    Kind::ConversionAction => {
                        self.revert_one::<v1::ConversionAction>(&row, request, manner)
                    }
                    Kind::Experiment => self.revert_one::<v1::Experiment>(&row, request, manner),
                }
            }
        }
    }

    fn revert_one<R: Resource>(
        &mut self,
        row: &ChangeEventRow,
        request: &v1::RevertChangeRequest,
        manner: &Manner,
    ) -> Result<v1::ChangeEvent, CallError> {
        let event = self.shown(row)?;
        let entry = self.find::<R>(&row.resource)?;
        check_etag(&entry.record, &request.etag)?;
        if entry.record.version != row.version && !request.force {
            let what = format!(
                "{} was changed since: see its history, and set force to give only the fields of this change their old \
                 values",
                row.resource
            );
            return Err(CallError::new(Code::Aborted, "CHANGED_SINCE", what)
                .with("resource", &row.resource)
                .with("etag", entry.record.etag()));
        }
        let draft: Draft<R> = match event.action() {
            v1::ChangeAction::Created => self.draft_to_delete(&row.resource, "", false)?,
            v1::ChangeAction::Undeleted => self.draft_to_delete(&row.resource, "", true)?,
            v1::ChangeAction::Deleted => self.draft_to_undelete(&row.resource, "")?,
            v1::ChangeAction::Changed | v1::ChangeAction::Unspecified => {
                self.draft_back(row, &event)?
            }
        };
        let reverting = Reverting {
            event: event.name.clone(),
            ..Reverting::default()
        };
        let rehearsed = self.rehearsed(&event, &draft)?;
        let manner = Manner {
            reverts: Some(reverting.clone()),
            ..manner.clone()
        };
        self.carry_out(draft, &manner, |_, _| {
            let mut noted = reverting
                .noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            noted.take().unwrap_or(rehearsed)
        })
    }

    /// What would be noted.
    fn rehearsed<R: Resource>(
        &mut self,
        event: &v1::ChangeEvent,
        draft: &Draft<R>,
    ) -> Result<v1::ChangeEvent, CallError> {
        let (action, changes) = match &draft.target {
            Target::Old(record) => {
                let body = draft.wire.encode_to_vec();
                let changes = audit::record_changes(
                    Some(record),
                    &record.kind,
                    state_text(draft.state),
                    &body,
                );
                let changes = changes.map_err(|error| self.give_up(&error.into()))?;
                (v1::ChangeAction::Changed, changes)
            }
            Target::Back(_) => (v1::ChangeAction::Undeleted, Vec::new()),
            Target::New | Target::Gone(_) => (v1::ChangeAction::Deleted, Vec::new()),
        };
        Ok(v1::ChangeEvent {
            actor: self.caller.token.clone(),
            actor_display_name: self.caller.display_name.clone(),
            method: self.caller.method.clone(),
            resource: event.resource.clone(),
            action: action as i32,
            changes,
            reverts: event.name.clone(),
            ..Default::default()
        })
    }

    /// The record with what the event changed as it was before; all else stays as it is now.
    fn draft_back<R: Resource>(
        &self,
        row: &ChangeEventRow,
        event: &v1::ChangeEvent,
    ) -> Result<Draft<R>, CallError> {
        let entry = self.living(R::KIND, &row.resource, "name")?;
        let before = row.before.as_ref().ok_or_else(|| {
            let what = format!(
                "{} does not say what was before: it cannot be taken back",
                event.name
            );
            CallError::new(Code::FailedPrecondition, "NOT_REVERTIBLE", what)
        })?;
        let old = R::decode(before.body.as_slice()).map_err(|error| {
            let what = format!("{} cannot be read: {error}", event.name);
            CallError::new(Code::DataLoss, "RECORD_UNREADABLE", what)
        })?;
        let mut wire: R = self.stored(entry)?;
        let mut state = entry.state();
        for change in &event.changes {
            if change.field == "state" {
                state = match before.state.as_str() {
                    PAUSED => State::Paused,
                    _ => State::Active,
                };
                continue;
            }
            give_back(&mut wire, &old, &change.field);
        }
        let draft = Draft {
            name: entry.name.clone(),
            target: Target::Old(entry.record.clone()),
            state,
            wire,
            book: R::KIND.is_in_book(),
        };
        self.check_noun(&draft)?;
        Ok(draft)
    }

    fn event_row(&mut self, name: &str) -> Result<ChangeEventRow, CallError> {
        let number = name.strip_prefix(COLLECTION).and_then(|id| id.parse().ok());
        let number: u64 = number.ok_or_else(|| {
            CallError::field(
                "name",
                "INVALID_NAME",
                "write it as changeEvents/{change_event}",
            )
        })?;
        let row = self.read(|transaction| transaction.change_event(number))?;
        row.ok_or_else(|| {
            let what = format!("{name} does not exist: list what does");
            CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name)
        })
    }

    /// Refuses who may not do any of these with what an event is of.
    fn check_event(
        &self,
        row: &ChangeEventRow,
        permissions: &[Permission],
    ) -> Result<(), CallError> {
        if row.resource.starts_with(TOKENS) {
            return self.caller.check(&[Administer], "");
        }
        self.caller.check(permissions, &row.resource)
    }

    fn shown(&mut self, row: &ChangeEventRow) -> Result<v1::ChangeEvent, CallError> {
        audit::present(row).map_err(|error| self.give_up(&error.into()))
    }
}

/// Gives one field its old value, or the smallest part above it that can be named by itself.
fn give_back<R: Resource>(wire: &mut R, old: &R, path: &str) {
    let (field, rest) = match path.split_once('.') {
        Some((field, rest)) => (field, Some(rest)),
        None => (path, None),
    };
    let part = rest.map(|rest| rest.split('.').next().unwrap_or(rest));
    let _ = rest.is_some_and(|_| wire.take(field, rest, old))
        || part.is_some_and(|_| wire.take(field, part, old))
        || wire.take(field, None, old);
}
