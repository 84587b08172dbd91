//! Budgets with a flight.

use std::cell::Cell;

use api::errors::{CallError, Violations};
use api::money::write_budget;
use api::v1;
use api::v1::budget_change::Change;
use api::v1::campaign_service_server::CampaignService;
use campaign::ad::State;
use campaign::advertiser::Campaign;
use campaign::time::Timestamp;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle, Item};
use crate::catalog::{Entry, Noun};
use crate::view::View;

/// The service.
pub struct Campaigns(pub AuthorityHandle);

standard_service! {
    impl CampaignService for Campaigns
    Campaign: get get_campaign(GetCampaignRequest),
    list list_campaigns(ListCampaignsRequest) -> ListCampaignsResponse { campaigns },
    create create_campaign(CreateCampaignRequest), update update_campaign(UpdateCampaignRequest),
    delete delete_campaign(DeleteCampaignRequest),
    undelete undelete_campaign(UndeleteCampaignRequest),
    id campaign_id, one campaign, list parent |request| Some(&request.parent),
    parent |request| Some(&request.parent), force |request| request.force,
    pause pause_campaign(PauseCampaignRequest), resume resume_campaign(ResumeCampaignRequest);

    async fn batch_update_campaigns(
        &self,
        request: Request<v1::BatchUpdateCampaignsRequest>,
    ) -> Result<Response<v1::BatchUpdateCampaignsResponse>, Status> {
        let request = request.into_inner();
        let method = "BatchUpdateCampaignsRequest";
        let manner = manner(method, &request.request_id, request.validate_only, &request)?;
        let work = move |authority: &mut Authority| {
            let items = request.requests.into_iter().map(|one| Item {
                speaks_for_itself: !one.request_id.is_empty() || one.validate_only,
                wire: one.campaign,
                mask: one.update_mask,
            });
            authority.batch_update(&request.parent, items.collect(), &manner, |campaigns| {
                v1::BatchUpdateCampaignsResponse { campaigns }
            })
        };
        self.0.answer(work).await
    }

    async fn adjust_budget(
        &self,
        request: Request<v1::AdjustBudgetRequest>,
    ) -> Result<Response<v1::AdjustBudgetResponse>, Status> {
        let request = request.into_inner();
        let manner = manner("AdjustBudgetRequest", &request.request_id, request.validate_only, &request)?;
        let work = move |authority: &mut Authority| {
            let previous = Cell::new(None);
            authority.amend(
                &request.name,
                &request.etag,
                &manner,
                |campaign: &mut v1::Campaign, _, view| {
                    let before = campaign.budget.unwrap_or_default();
                    previous.set(Some(before));
                    campaign.budget = Some(adjusted(before, &request)?);
                    raise(campaign, before, &request, view.now)
                },
                |campaign, view| answer(campaign, previous.get(), view),
            )
        };
        self.0.answer(work).await
    }
}

/// The budget after the changes that are asked for.
fn adjusted(
    before: v1::Budget,
    request: &v1::AdjustBudgetRequest,
) -> Result<v1::Budget, CallError> {
    let mut wrong = Violations::default();
    if request.daily.is_none() && request.lifetime.is_none() {
        wrong.add(
            "daily",
            "REQUIRED",
            "say what to change: daily, lifetime, or both",
        );
    }
    let mut one = |before: Option<i64>, change: Option<&v1::BudgetChange>, field: &str| {
        let Some(change) = change else { return before };
        match (change.change, before) {
            (Some(Change::SetMicros(micros)), _) => Some(micros),
            (Some(Change::AddMicros(more)), Some(micros)) => {
                let sum = micros.checked_add(more).filter(|sum| *sum >= 0);
                if sum.is_none() {
                    let what = format!(
                        "the limit is {micros} micros: add no less than -{micros}, and no more than fits"
                    );
                    wrong.add(&format!("{field}.add_micros"), "OUT_OF_RANGE", what);
                }
                sum
            }
            (Some(Change::AddMicros(_)), None) => {
                let what = "there is no limit to add to: set one with set_micros";
                wrong.add(&format!("{field}.add_micros"), "NO_LIMIT", what);
                before
            }
            (Some(Change::Unlimited(true)), _) => None,
            (Some(Change::Unlimited(false)), _) => {
                wrong.add(
                    &format!("{field}.unlimited"),
                    "OUT_OF_RANGE",
                    "write true, or leave it out",
                );
                before
            }
            (None, _) => {
                wrong.add(
                    field,
                    "REQUIRED",
                    "write set_micros, add_micros or unlimited",
                );
                before
            }
        }
    };
    let after = v1::Budget {
        daily_micros: one(before.daily_micros, request.daily.as_ref(), "daily"),
        lifetime_micros: one(
            before.lifetime_micros,
            request.lifetime.as_ref(),
            "lifetime",
        ),
    };
    Ok(wrong.or(after)?)
}

/// Notes when a raise is to be taken back, and forgets those of a limit that is set anew.
fn raise(
    campaign: &mut v1::Campaign,
    before: v1::Budget,
    request: &v1::AdjustBudgetRequest,
    now: Timestamp,
) -> Result<(), CallError> {
    let change = |change: &Option<v1::BudgetChange>| change.and_then(|change| change.change);
    let changes = [change(&request.daily), change(&request.lifetime)];
    let Some(until) = request.until else {
        let anew = |change: Option<Change>| {
            matches!(change, Some(Change::SetMicros(_) | Change::Unlimited(_)))
        };
        for raise in &mut campaign.budget_raises {
            if anew(changes[0]) {
                raise.daily_micros = 0;
            }
            if anew(changes[1]) {
                raise.lifetime_micros = 0;
            }
        }
        let open = |it: &v1::BudgetRaise| it.daily_micros != 0 || it.lifetime_micros != 0;
        campaign.budget_raises.retain(open);
        return Ok(());
    };
    let mut wrong = Violations::default();
    if api::time::moment(&until) <= now {
        wrong.add(
            "until",
            "OUT_OF_RANGE",
            "write a time that is still to come",
        );
    }
    let limits = [before.daily_micros, before.lifetime_micros];
    let raised = |place: usize| match (changes[place], limits[place]) {
        (None, _) => Some(0),
        (Some(Change::AddMicros(more)), _) if more > 0 => Some(more),
        (Some(Change::SetMicros(limit)), Some(before)) if limit > before => Some(limit - before),
        (Some(_), _) => None,
    };
    let [Some(daily_micros), Some(lifetime_micros)] = [raised(0), raised(1)] else {
        let what = "write it with a raise only, add_micros above 0 or set_micros above the present limit: nothing else \
                    is taken back";
        wrong.add("until", "NOT_A_RAISE", what);
        return Ok(wrong.or(())?);
    };
    campaign.budget_raises.push(v1::BudgetRaise {
        end_time: Some(until),
        daily_micros,
        lifetime_micros,
    });
    Ok(wrong.or(())?)
}

/// What will have been spent of a campaign as it would be.
fn forecast(campaign: &v1::Campaign, entry: &Entry, view: &View<'_>) -> Option<v1::SpendForecast> {
    let Noun::Campaign(now) = &*entry.noun else {
        return None;
    };
    let currency = view.catalog.advertiser_of(&entry.name)?.currency;
    let mut ignored = Violations::default();
    let budget = campaign.budget.as_ref();
    let then = Campaign {
        budget: api::money::budget(budget, currency, "budget", &mut ignored),
        ..now.clone()
    };
    let forecast = view.forecast(&then)?;
    Some(v1::SpendForecast {
        today_micros: forecast.today.micros(currency),
        today_end_time: api::time::write_moment(forecast.today_end),
        flight_micros: forecast.flight.map(|(_, spent)| spent.micros(currency)),
        flight_end_time: forecast
            .flight
            .and_then(|(end, _)| api::time::write_moment(end)),
    })
}

fn answer(
    campaign: v1::Campaign,
    previous_budget: Option<v1::Budget>,
    view: &View<'_>,
) -> v1::AdjustBudgetResponse {
    let name = api::names::Name::parse(&campaign.name).ok();
    let entry = name.as_ref().and_then(|name| view.catalog.named(name));
    let asked = match entry.map(|entry| &*entry.noun) {
        Some(Noun::Campaign(it)) => it.budget,
        _ => campaign::ad::Budget::default(),
    };
    let level = entry.and_then(|entry| view.level(entry));
    v1::AdjustBudgetResponse {
        previous_budget,
        budget: campaign.budget,
        effective_budget: level.map(|(level, currency, zone)| {
            write_budget(&view.effective(level, &zone, &asked), currency)
        }),
        spend: campaign.spend.clone(),
        forecast: entry.and_then(|entry| forecast(&campaign, entry, view)),
        campaign: Some(campaign),
    }
}
