//! Members of audiences, added and removed: durable before they are answered, and in bidders with the next book.
//!
//! The history tells how many and by whom, never who.

use std::collections::{BTreeMap, HashMap};

use api::audience::{MAX_BATCH, MAX_MEMBERSHIP};
use api::errors::{CallError, Violations};
use api::names::{Kind, Parent};
use api::v1;
use auction::audience::MemberHash;
use campaign::id::AudienceId;
use store::audience::MemberBytes;
use store::error::StoreError;
use tonic::Code;

use super::change::Manner;
use super::{Authority, AuthorityError};
use crate::access::role::Permission;
use crate::audit::Author;
use crate::catalog::crowd::MAX_MEMBERS;
use crate::catalog::{Entry, Noun};

/// How many members whose time is over are forgotten at once, so that money does not wait.
pub(super) const FORGOTTEN_AT_ONCE: usize = 20_000;

impl Authority {
    /// Adds members to an audience.
    pub fn add_members(
        &mut self,
        request: &v1::AddAudienceMembersRequest,
    ) -> Result<v1::AddAudienceMembersResponse, CallError> {
        let now = self.clock.now();
        let entry = self.living(Kind::Audience, &request.name, "name")?.clone();
        self.caller.check(&[Permission::Manage], &request.name)?;
        let Noun::Audience(audience) = &*entry.noun else {
            return Err(CallError::field("name", "INVALID_NAME", "name an audience"));
        };
        let mut wrong = Violations::default();
        let members = read(&request.member_ids, &mut wrong);
        let said = request.expire_time.as_ref().map(api::time::moment);
        let until = said.unwrap_or(now + audience.membership);
        if until <= now || until > now + MAX_MEMBERSHIP {
            let what = "write a time from now to 540 days ahead";
            wrong.add("expire_time", "OUT_OF_RANGE", what);
        }
        wrong.or(())?;
        let id = audience.id;
        let crowd = &self.catalog.crowd;
        let new = members.iter().filter(|it| !crowd.members().holds(id, **it));
        let new = new.count();
        if new > MAX_MEMBERS.saturating_sub(crowd.members().len()) {
            let what = format!(
                "there may be {MAX_MEMBERS} members in all audiences together: remove some, or let them expire sooner"
            );
            let code = Code::ResourceExhausted;
            return Err(CallError::new(code, "TOO_MANY_MEMBERS", what));
        }
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        let answer = v1::AddAudienceMembersResponse {
            added_count: new,
            member_count: crowd.count(id) + new,
        };
        if request.validate_only {
            return Ok(answer);
        }
        let told = format!("{} added, or let stay, until {until}", members.len());
        self.write_members(&[(&entry, told)], |transaction| {
            transaction.add_audience_members(id, &bytes(&members), until)
        })?;
        for member in &members {
            self.catalog.crowd.add(id, *member, until);
        }
        self.books.want();
        Ok(answer)
    }

    /// Removes members from an audience, or from all of an advertiser's.
    pub fn remove_members(
        &mut self,
        request: &v1::RemoveAudienceMembersRequest,
    ) -> Result<v1::RemoveAudienceMembersResponse, CallError> {
        self.caller.check(&[Permission::Manage], &request.name)?;
        let mut wrong = Violations::default();
        let members = read(&request.member_ids, &mut wrong);
        wrong.or(())?;
        let audiences = self.audiences_named(&request.name)?;
        let mut gone: BTreeMap<AudienceId, Vec<MemberHash>> = BTreeMap::new();
        for member in &members {
            let held = self.catalog.crowd.members().audiences_of(*member);
            for audience in held.filter(|id| audiences.contains_key(id)) {
                gone.entry(audience).or_default().push(*member);
            }
        }
        let count = gone.values().map(Vec::len).sum::<usize>();
        let answer = v1::RemoveAudienceMembersResponse {
            removed_count: i64::try_from(count).unwrap_or(i64::MAX),
        };
        if request.validate_only || gone.is_empty() {
            return Ok(answer);
        }
        let told = gone.iter().filter_map(|(id, members)| {
            let entry = audiences.get(id)?;
            Some((entry, format!("{} removed", members.len())))
        });
        let told: Vec<(&Entry, String)> = told.collect();
        self.write_members(&told, |transaction| {
            gone.iter().try_for_each(|(id, members)| {
                transaction.remove_audience_members(*id, &bytes(members))
            })
        })?;
        for (id, members) in &gone {
            for member in members {
                self.catalog.crowd.remove(*id, *member);
            }
        }
        self.books.want();
        Ok(answer)
    }

    /// Members whose time is over were forgotten.
    pub(super) fn forget_members(&mut self, gone: &[(AudienceId, MemberBytes)]) {
        for (audience, member) in gone {
            self.catalog.crowd.remove(*audience, MemberHash(*member));
        }
        if !gone.is_empty() {
            self.books.want();
        }
    }

    /// The audience of this name, or all of an advertiser's, deleted or not: who is to be forgotten is to be forgotten
    /// everywhere.
    fn audiences_named(&self, name: &str) -> Result<HashMap<AudienceId, Entry>, CallError> {
        let numbered = |entry: &Entry| (AudienceId(entry.record.id.0), entry.clone());
        let Some(parent) = name.strip_suffix("/audiences/-") else {
            let one = self.find::<v1::Audience>(name)?;
            return Ok(HashMap::from([numbered(one)]));
        };
        let wrong = |error: String| CallError::field("name", "INVALID_NAME", error);
        let parent = Parent::parse(Kind::Audience, parent).map_err(|it| wrong(it.to_string()))?;
        let Some(advertiser) = parent.exact(Kind::Audience) else {
            return Err(wrong(
                "name the advertiser: audiences of all cannot be changed at once".to_string(),
            ));
        };
        self.find::<v1::Advertiser>(advertiser.as_str())?;
        let all = self.catalog.after(Kind::Audience, 0);
        let theirs = all.filter(|entry| parent.holds(&entry.name));
        Ok(theirs.map(numbered).collect())
    }

    /// Writes members and what the history tells of it, in one transaction.
    fn write_members(
        &mut self,
        told: &[(&Entry, String)],
        write: impl FnOnce(&store::database::Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), CallError> {
        let author = Author::new(&self.caller, &Manner::default(), self.clock.now());
        let written = self.store.transaction::<_, AuthorityError>(|transaction| {
            write(transaction)?;
            for (entry, told) in told {
                let change = v1::FieldChange {
                    field: "members".to_string(),
                    old_value: None,
                    new_value: Some(told.clone()),
                };
                let (name, version) = (entry.name.as_str(), entry.record.version);
                let changed = v1::ChangeAction::Changed;
                author.append(transaction, name, changed, vec![change], None, version)?;
            }
            Ok(())
        });
        written.map_err(|error| self.give_up(&error))
    }
}

fn read(texts: &[String], wrong: &mut Violations) -> Vec<MemberHash> {
    if !(1..=MAX_BATCH).contains(&texts.len()) {
        let what = format!("write 1 to {MAX_BATCH} in one call");
        wrong.add("member_ids", "OUT_OF_RANGE", what);
    }
    let mut members = Vec::with_capacity(texts.len().min(MAX_BATCH));
    for (place, text) in texts.iter().take(MAX_BATCH).enumerate() {
        match MemberHash::parse(text) {
            Some(member) => members.push(member),
            None => {
                let what = "write the SHA-256 of an id, as 64 hexadecimal digits";
                wrong.add(&format!("member_ids[{place}]"), "INVALID_HASH", what);
            }
        }
    }
    members.sort_unstable();
    members.dedup();
    members
}

fn bytes(members: &[MemberHash]) -> Vec<MemberBytes> {
    members.iter().map(|member| member.0).collect()
}
