//! A conversion action as a resource.

use api::errors::Violations;
use api::names::Kind;
use api::v1;
use campaign::id::ConversionActionId;

use super::{Resource, Subject, moment, orphan, wire_state};
use crate::catalog::{Catalog, Entry, Noun};
use crate::view::View;

impl Resource for v1::ConversionAction {
    const KIND: Kind = Kind::ConversionAction;
    usual!();

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let called = (ConversionActionId(subject.number), subject.name.id());
        match catalog.advertiser_of(subject.name) {
            Some(advertiser) => {
                let of = (advertiser.id, advertiser.currency);
                let read = api::conversion_action::read(self, called, of, path, wrong);
                Noun::ConversionAction(read)
            }
            None => orphan(subject, wrong),
        }
    }

    fn present(&mut self, entry: &Entry, _: &View<'_>) {
        present_usual!(self, entry);
    }
}
