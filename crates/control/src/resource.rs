//! What the kinds of resource have in common, so that the standard methods are written once.

mod market;

use api::errors::Violations;
use api::field_mask::Masked;
use api::names::{Kind, Name};
use api::v1;
use campaign::ad::State;
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId};
use campaign::money::Currency;
use campaign::time::Timestamp;
use prost::Message;

use crate::access::caller::Caller;
use crate::access::role::Permission;
use crate::catalog::{Catalog, Entry, Noun};
use crate::view::View;

/// A resource of the contract.
pub trait Resource: Message + Default + Masked + PartialEq + Send + 'static {
    /// Which kind it is.
    const KIND: Kind;

    /// What clients call it.
    fn name(&self) -> &str;
    /// The etag that the client sent.
    fn etag(&self) -> &str;
    /// Puts in what only we may say of a new one.
    fn begin(&mut self, _: &Catalog) {}
    /// Says what may not change.
    fn check_fixed(&self, _before: &Self, _path: &str, _wrong: &mut Violations) {}
    /// What it takes to make this of what was `before`, or to make it anew: of each list, one permission will do.
    fn rights(&self, _before: Option<&Self>) -> Vec<&'static [Permission]> {
        vec![&[Permission::Manage]]
    }
    /// What it takes to delete it.
    fn rights_to_delete() -> &'static [Permission] {
        &[Permission::Manage]
    }
    /// Reads what it means. What it hangs below is in the catalog.
    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun;
    /// Says what is wrong with it while other records are as they are. What is stored may stay so when they change.
    /// `noun` is what it means.
    fn check(
        &self,
        _: &Subject<'_>,
        _noun: &Noun,
        _: &Catalog,
        _path: &str,
        _wrong: &mut Violations,
    ) {
    }
    /// Whether a caller may see it.
    fn is_shown(entry: &Entry, caller: &Caller, _: &Catalog) -> bool {
        caller.may(Permission::Read, entry.name.as_str())
    }
    /// Says of itself what only we may say.
    fn present(&mut self, entry: &Entry, view: &View<'_>);
}

/// Which record a message is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Its number.
    pub number: u64,
    /// Its state.
    pub state: State,
    /// When it was made.
    pub created: Timestamp,
}

/// Fields that every resource has.
macro_rules! usual {
    () => {
        fn name(&self) -> &str {
            &self.name
        }
        fn etag(&self) -> &str {
            &self.etag
        }
    };
}

macro_rules! present_usual {
    ($wire:ident, $entry:ident) => {
        $wire.name = $entry.name.to_string();
        $wire.number = $entry.record.id.0;
        $wire.state = wire_state($entry.state()) as i32;
        $wire.etag = $entry.record.etag();
        $wire.create_time = moment($entry.record.created);
        $wire.update_time = moment($entry.record.updated);
    };
}

use {present_usual, usual};

macro_rules! present_serving {
    ($wire:ident, $serving:expr) => {
        let serving = $serving;
        $wire.serving_status = serving.status as i32;
        $wire.serving_status_reasons = serving.reasons.iter().map(|it| *it as i32).collect();
        let details = serving.details.into_iter();
        $wire.serving_status_details = details
            .map(|(reason, detail)| v1::ServingStatusDetail {
                reason: reason as i32,
                detail,
            })
            .collect();
    };
}

mod audience;
mod conversion_action;
mod experiment;

impl Resource for v1::Advertiser {
    const KIND: Kind = Kind::Advertiser;
    usual!();

    fn check_fixed(&self, before: &Self, path: &str, wrong: &mut Violations) {
        let currency = |wire: &Self| Currency::parse(&wire.currency_code);
        if currency(self) != currency(before) {
            let what = format!(
                "the currency stays {}: budgets and bills are in it; make another advertiser",
                before.currency_code
            );
            wrong.add(&format!("{path}.currency_code"), "IMMUTABLE", what);
        }
    }

    /// Managers spend under the advertiser's caps; who raises them is somebody else.
    fn rights(&self, before: Option<&Self>) -> Vec<&'static [Permission]> {
        let Some(before) = before else {
            return vec![&[Permission::Administer]];
        };
        let mut rights: Vec<&'static [Permission]> = Vec::new();
        let (old, new) = (
            before.budget.unwrap_or_default(),
            self.budget.unwrap_or_default(),
        );
        if raises(old.daily_micros, new.daily_micros)
            || raises(old.lifetime_micros, new.lifetime_micros)
        {
            rights.push(&[Permission::Bill]);
        } else if old != new {
            rights.push(&[Permission::Manage, Permission::Bill]);
        }
        let rest = |wire: &Self| Self {
            budget: None,
            ..wire.clone()
        };
        if rest(self) != rest(before) {
            rights.push(&[Permission::Manage]);
        }
        rights
    }

    fn rights_to_delete() -> &'static [Permission] {
        &[Permission::Administer]
    }

    fn noun(&self, subject: &Subject<'_>, _: &Catalog, path: &str, wrong: &mut Violations) -> Noun {
        let id = AdvertiserId(subject.number);
        Noun::Advertiser(api::advertiser::read(self, id, subject.state, path, wrong))
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        self.spend = view.spend(entry);
    }
}

impl Resource for v1::Campaign {
    const KIND: Kind = Kind::Campaign;
    usual!();

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let id = CampaignId(subject.number);
        match catalog.advertiser_of(subject.name) {
            Some(advertiser) => Noun::Campaign(api::campaign::read(
                self,
                id,
                subject.state,
                advertiser,
                path,
                wrong,
            )),
            None => orphan(subject, wrong),
        }
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        self.currency_code = view.currency(entry);
        self.spend = view.spend(entry);
        present_serving!(self, view.serving(entry));
    }
}

impl Resource for v1::Ad {
    const KIND: Kind = Kind::Ad;
    usual!();

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let campaign = subject.name.parent().and_then(|name| catalog.named(&name));
        let (Some(campaign), Some(advertiser)) = (campaign, catalog.advertiser_of(subject.name))
        else {
            return orphan(subject, wrong);
        };
        let context = api::ad::Context {
            advertiser: &subject.name.advertiser(),
            currency: advertiser.currency,
            creative: &|name| catalog.creative(name),
            exchange: &|name| catalog.exchange(name),
            audience: &|name| catalog.audience(&subject.name.advertiser(), name),
        };
        let ids = (AdId(subject.number), CampaignId(campaign.record.id.0));
        Noun::Ad(api::ad::read(
            self,
            ids,
            subject.state,
            &context,
            path,
            wrong,
        ))
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        self.currency_code = view.currency(entry);
        self.spend = view.spend(entry);
        present_serving!(self, view.serving(entry));
    }
}

impl Resource for v1::Creative {
    const KIND: Kind = Kind::Creative;
    usual!();

    fn check_fixed(&self, before: &Self, path: &str, wrong: &mut Violations) {
        let format = |wire: &Self| wire.material.as_ref().map(std::mem::discriminant);
        if format(self) != format(before) {
            wrong.add(
                path,
                "IMMUTABLE",
                "the format stays: make another creative for another format",
            );
        }
    }

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let id = CreativeId(subject.number);
        match catalog.advertiser_of(subject.name) {
            Some(advertiser) => Noun::Creative(Box::new(api::creative::read(
                self,
                id,
                advertiser.id,
                path,
                wrong,
            ))),
            None => orphan(subject, wrong),
        }
    }

    fn present(&mut self, entry: &Entry, _: &View<'_>) {
        present_usual!(self, entry);
    }
}

/// Whether a cap is raised; none is the highest.
fn raises(old: Option<i64>, new: Option<i64>) -> bool {
    old.is_some_and(|old| new.is_none_or(|new| new > old))
}

/// What stands for a record whose parent is not there; the violation keeps it from getting anywhere.
fn orphan(subject: &Subject<'_>, wrong: &mut Violations) -> Noun {
    wrong.add(
        "parent",
        "NOT_FOUND",
        format!("what {} hangs below does not exist", subject.name),
    );
    let nobody = v1::Advertiser {
        currency_code: "USD".to_string(),
        ..Default::default()
    };
    let mut ignored = Violations::default();
    let id = AdvertiserId(0);
    Noun::Advertiser(api::advertiser::read(
        &nobody,
        id,
        State::Deleted,
        "",
        &mut ignored,
    ))
}

fn wire_state(state: State) -> v1::State {
    match state {
        State::Active => v1::State::Active,
        State::Paused => v1::State::Paused,
        State::Deleted => v1::State::Deleted,
    }
}

fn moment(at: Timestamp) -> Option<prost_types::Timestamp> {
    api::time::write_moment(at)
}
