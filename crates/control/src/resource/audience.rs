//! An audience as a resource. Its members are no part of it.

use api::errors::Violations;
use api::names::Kind;
use api::v1;
use campaign::id::AudienceId;

use super::{Resource, Subject, moment, orphan, wire_state};
use crate::catalog::{Catalog, Entry, Noun};
use crate::view::View;

impl Resource for v1::Audience {
    const KIND: Kind = Kind::Audience;
    usual!();

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let id = AudienceId(subject.number);
        match catalog.advertiser_of(subject.name) {
            Some(advertiser) => {
                Noun::Audience(api::audience::read(self, id, advertiser.id, path, wrong))
            }
            None => orphan(subject, wrong),
        }
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        self.member_count = view.catalog.crowd.count(AudienceId(entry.record.id.0));
    }
}
