//! Campaigns whose spending runs away are paused, as a person would pause them, and it is said why.

use api::names::Kind;
use api::v1;
use campaign::ad::State;
use campaign::id::CampaignId;
use store::error::StoreError;
use store::pacing::{EventKind, PacingEvent};

use super::change::Manner;
use super::{Authority, AuthorityError};

impl Authority {
    /// Pauses what has run away since this was last done.
    pub(super) fn stop_runaways(&mut self) {
        for (campaign, trip) in self.pace.take_tripped() {
            let Some(entry) = self.catalog.numbered(campaign.0) else {
                continue;
            };
            if entry.name.kind() != Kind::Campaign || entry.state() != State::Active {
                continue;
            }
            let name = entry.name.to_string();
            let Some(currency) = self
                .catalog
                .advertiser_of(&entry.name)
                .map(|it| it.currency)
            else {
                continue;
            };
            let what = format!(
                "{} {currency} were charged in minutes in which the plan has {}: the campaign was paused; find out \
                 why, and resume it",
                trip.spent.to_decimal(currency),
                trip.planned.to_decimal(currency),
            );
            tracing::warn!(campaign = %name, "{what}");
            let manner = Manner::default();
            if let Err(error) = self.set_state::<v1::Campaign>(&name, "", State::Paused, &manner) {
                tracing::error!(campaign = %name, ?error, "a runaway campaign could not be paused");
                continue;
            }
            self.tripped.insert(campaign);
            self.tell(campaign, EventKind::BreakerTripped, "spend", what);
        }
    }

    /// A campaign that was stopped so runs again: a person has resumed it.
    pub(super) fn let_go_on(&mut self, number: u64) {
        let campaign = CampaignId(number);
        let runs = |entry: &crate::catalog::Entry| entry.state() == State::Active;
        if self.catalog.numbered(number).is_some_and(runs) && self.tripped.remove(&campaign) {
            self.pace.reset_breaker(campaign, self.clock.now());
            let what = "a person resumed it after its spending had run away".to_string();
            self.tell(campaign, EventKind::BreakerReset, "spend", what);
        }
    }

    /// Keeps an event.
    pub(super) fn tell(
        &mut self,
        campaign: CampaignId,
        kind: EventKind,
        metric: &str,
        what: String,
    ) {
        let event = PacingEvent {
            campaign,
            at: self.clock.now(),
            kind,
            metric: metric.to_string(),
            what,
        };
        let kept = self
            .store
            .transaction::<_, StoreError>(|transaction| transaction.add_pacing_event(&event));
        if let Err(error) = kept {
            self.poison(&AuthorityError::from(error));
        }
    }
}
