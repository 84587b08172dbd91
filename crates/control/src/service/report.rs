//! What was spent, and what came of it.

use std::collections::BTreeMap;

use api::errors::{CallError, Violations};
use api::names::{Kind, Name};
use api::v1;
use api::v1::report_service_server::ReportService;
use campaign::id::{AdvertiserId, ExchangeId};
use campaign::money::{Currency, Money};
use campaign::time::{Span, Timestamp};
use store::rollup::{Counts, Dimension, MAX_ROWS, RollupQuery, RollupRow};
use tonic::{Code, Request, Response, Status};

use super::{export, forecast, landscape, pacing};
use crate::authority::{Authority, AuthorityHandle};
use crate::catalog::{Catalog, Noun};
use crate::paging;
use crate::seams::Sampled;
use crate::view::View;

/// The service.
pub struct Reports(pub AuthorityHandle, pub Sampled);

#[tonic::async_trait]
impl ReportService for Reports {
    async fn query_report(
        &self,
        request: Request<v1::QueryReportRequest>,
    ) -> Result<Response<v1::QueryReportResponse>, Status> {
        let request = request.into_inner();
        self.0
            .answer(move |authority| query(authority, &request))
            .await
    }

    async fn export_report(
        &self,
        request: Request<v1::ExportReportRequest>,
    ) -> Result<Response<v1::ExportReportResponse>, Status> {
        let request = request.into_inner();
        let work = move |authority: &mut Authority| export::export(authority, request);
        self.0.answer(work).await
    }

    async fn forecast_delivery(
        &self,
        request: Request<v1::ForecastDeliveryRequest>,
    ) -> Result<Response<v1::ForecastDeliveryResponse>, Status> {
        forecast::answer(&self.0, (self.1)(), request.into_inner()).await
    }

    type WatchPacingStream = pacing::Watching;

    async fn watch_pacing(
        &self,
        request: Request<v1::WatchPacingRequest>,
    ) -> Result<Response<Self::WatchPacingStream>, Status> {
        let watching = pacing::watch(self.0.of_caller()?, request.into_inner());
        Ok(Response::new(watching.await?))
    }

    async fn get_bid_landscape(
        &self,
        request: Request<v1::GetBidLandscapeRequest>,
    ) -> Result<Response<v1::BidLandscape>, Status> {
        let request = request.into_inner();
        let work = move |authority: &mut Authority| landscape::answer(authority, &request);
        self.0.answer(work).await
    }

    async fn list_moves(
        &self,
        request: Request<v1::ListMovesRequest>,
    ) -> Result<Response<v1::ListMovesResponse>, Status> {
        let request = request.into_inner();
        let work = move |authority: &mut Authority| pacing::moves(authority, &request);
        self.0.answer(work).await
    }

    async fn list_pacing_events(
        &self,
        request: Request<v1::ListPacingEventsRequest>,
    ) -> Result<Response<v1::ListPacingEventsResponse>, Status> {
        let request = request.into_inner();
        let work = move |authority: &mut Authority| pacing::events(authority, &request);
        self.0.answer(work).await
    }
}

/// A report that is asked for.
struct Question {
    scope: Option<Name>,
    dimensions: Vec<v1::Dimension>,
    rollups: RollupQuery,
}

/// What a row of a report is of: its dimensions' values in the order asked, and the currency.
type Key = (Vec<u64>, Currency);

/// Counts what is asked for.
pub(super) fn query(
    authority: &mut Authority,
    request: &v1::QueryReportRequest,
) -> Result<v1::QueryReportResponse, CallError> {
    let size = paging::size(request.page_size, 1_000, 10_000)?;
    let asked = paging::question(&[
        &request.parent,
        &format!("{:?}", request.dimensions),
        &format!("{:?} {:?}", request.start_time, request.end_time),
    ]);
    let after = paging::after(&request.page_token, asked)?;
    let question = read(authority.catalog(), request)?;
    let rows = authority.read(|transaction| transaction.query_rollups(&question.rollups))?;
    if rows.len() >= MAX_ROWS {
        let what = format!(
            "the report has more than {MAX_ROWS} rows: ask for a shorter time or fewer dimensions"
        );
        return Err(CallError::new(
            Code::ResourceExhausted,
            "REPORT_TOO_LARGE",
            what,
        ));
    }
    let view = authority.view();
    let grouped = group(&view, &question, &rows);
    let skip = usize::try_from(after).unwrap_or(usize::MAX);
    let page = grouped.iter().skip(skip).take(size);
    let rows: Vec<v1::ReportRow> = page
        .map(|(key, counts)| row(&view, &question, key, counts))
        .collect();
    let shown = skip.saturating_add(rows.len());
    let more = shown < grouped.len();
    Ok(v1::QueryReportResponse {
        rows,
        totals: totals(&view, &question, &grouped),
        next_page_token: if more {
            paging::token(asked, shown as u64)
        } else {
            String::new()
        },
    })
}

fn read(catalog: &Catalog, request: &v1::QueryReportRequest) -> Result<Question, CallError> {
    let mut wrong = Violations::default();
    let scope = match request.parent.as_str() {
        "advertisers/-" => None,
        text => match Name::parse(text) {
            Ok(name) if counted_by(name.kind()).is_none() => {
                wrong.add("parent", "INVALID_NAME", instead(name.kind()));
                None
            }
            Ok(name) if catalog.named(&name).is_some() => Some(name),
            Ok(name) => {
                let what = format!("{name} does not exist: list what does");
                return Err(
                    CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", text)
                );
            }
            Err(error) => {
                let what = format!("{error}, or advertisers/- for everything");
                wrong.add("parent", "INVALID_NAME", what);
                None
            }
        },
    };
    let mut dimensions = Vec::new();
    for (place, number) in request.dimensions.iter().enumerate() {
        let path = format!("dimensions[{place}]");
        match v1::Dimension::try_from(*number) {
            Ok(v1::Dimension::Unspecified) | Err(_) => {
                wrong.add(
                    &path,
                    "UNKNOWN_VALUE",
                    "write a dimension such as DIMENSION_CAMPAIGN",
                );
            }
            Ok(dimension) if dimensions.contains(&dimension) => {
                wrong.add(&path, "DUPLICATE", "name each dimension once");
            }
            Ok(dimension) => dimensions.push(dimension),
        }
    }
    if dimensions.contains(&v1::Dimension::Hour) && dimensions.contains(&v1::Dimension::Day) {
        wrong.add(
            "dimensions",
            "CONFLICT",
            "write the hour or the day, not both",
        );
    }
    let from = request
        .start_time
        .as_ref()
        .map_or(Timestamp(0), api::time::moment);
    let until = request
        .end_time
        .as_ref()
        .map_or(Timestamp::MAX, api::time::moment);
    if until <= from {
        wrong.add(
            "end_time",
            "ENDS_BEFORE_START",
            "write a time after start_time",
        );
    }
    // Amounts of one row are of one currency, which the advertiser tells.
    let mut by = vec![Dimension::Advertiser];
    by.extend(dimensions.iter().filter_map(|dimension| stored(*dimension)));
    by.sort_unstable();
    by.dedup();
    let only = scope.iter().filter_map(|name| {
        let dimension = counted_by(name.kind())?;
        let entry = catalog.named(name)?;
        let number = match &*entry.noun {
            // What notices carry is not the record's number.
            Noun::Exchange(exchange) => exchange.id.0,
            _ => entry.record.id.0,
        };
        Some((dimension, vec![number]))
    });
    let rollups = RollupQuery {
        from,
        until,
        by,
        only: only.collect(),
    };
    Ok(wrong.or(Question {
        scope,
        dimensions,
        rollups,
    })?)
}

/// What the store tells resources of this kind by; `None` where nothing is counted by them.
fn counted_by(kind: Kind) -> Option<Dimension> {
    match kind {
        Kind::Advertiser => Some(Dimension::Advertiser),
        Kind::Campaign => Some(Dimension::Campaign),
        Kind::Ad => Some(Dimension::Ad),
        Kind::Creative => Some(Dimension::Creative),
        Kind::Exchange => Some(Dimension::Exchange),
        Kind::Deal
        | Kind::RateTable
        | Kind::BlockList
        | Kind::Audience
        | Kind::ConversionAction
        | Kind::Experiment => None,
    }
}

/// What to ask instead of a report on what nothing is counted by.
fn instead(kind: Kind) -> String {
    match kind {
        Kind::Experiment => "ask GetExperimentResults for what an experiment came to".to_string(),
        Kind::ConversionAction => {
            "ask for a report by DIMENSION_CONVERSION_ACTION of its advertiser".to_string()
        }
        kind => format!(
            "nothing is counted by {}: write the name of an advertiser, campaign, ad, creative or exchange, or \
             advertisers/- for everything",
            kind.words()
        ),
    }
}

/// What the store tells a dimension by.
fn stored(dimension: v1::Dimension) -> Option<Dimension> {
    match dimension {
        v1::Dimension::Unspecified => None,
        v1::Dimension::Advertiser => Some(Dimension::Advertiser),
        v1::Dimension::Campaign => Some(Dimension::Campaign),
        v1::Dimension::Ad => Some(Dimension::Ad),
        v1::Dimension::Creative => Some(Dimension::Creative),
        v1::Dimension::Exchange => Some(Dimension::Exchange),
        v1::Dimension::ConversionAction => Some(Dimension::Action),
        v1::Dimension::Hour | v1::Dimension::Day => Some(Dimension::Hour),
    }
}

fn group(view: &View<'_>, question: &Question, rows: &[RollupRow]) -> BTreeMap<Key, Counts> {
    let mut grouped: BTreeMap<Key, Counts> = BTreeMap::new();
    let by = &question.rollups.by;
    for row in rows {
        let value = |dimension: Dimension| {
            let place = by.iter().position(|by| *by == dimension);
            place
                .and_then(|place| row.key.get(place))
                .copied()
                .unwrap_or(0)
        };
        let advertiser = AdvertiserId(value(Dimension::Advertiser));
        let Some(currency) = currency(view.catalog, advertiser) else {
            continue;
        };
        let values = question.dimensions.iter().map(|dimension| {
            let value = stored(*dimension).map_or(0, value);
            match dimension {
                v1::Dimension::Day => value - value % Span::days(1).0.unsigned_abs(),
                _ => value,
            }
        });
        let sum = grouped.entry((values.collect(), currency)).or_default();
        sum.add(&row.counts);
    }
    grouped
}

fn currency(catalog: &Catalog, advertiser: AdvertiserId) -> Option<Currency> {
    match &*catalog.numbered(advertiser.0)?.noun {
        Noun::Advertiser(advertiser) => Some(advertiser.currency),
        _ => None,
    }
}

fn row(
    view: &View<'_>,
    question: &Question,
    (values, currency): &Key,
    counts: &Counts,
) -> v1::ReportRow {
    let mut row = v1::ReportRow::default();
    // What is charged beyond a cap is known by budget, not by hour, creative or exchange.
    let mut overspend = Some(Money::ZERO);
    for (dimension, value) in question.dimensions.iter().zip(values) {
        let name = view.catalog.name_of(*value);
        match dimension {
            v1::Dimension::Advertiser => row.advertiser = name,
            v1::Dimension::Campaign => row.campaign = name,
            v1::Dimension::Ad => row.ad = name,
            v1::Dimension::Creative => row.creative = name,
            v1::Dimension::ConversionAction => row.conversion_action = name,
            v1::Dimension::Exchange => {
                row.exchange = view.catalog.exchange_name(ExchangeId(*value));
            }
            v1::Dimension::Hour | v1::Dimension::Day => {
                row.start_time = api::time::write_moment(Timestamp(value.cast_signed()));
            }
            v1::Dimension::Unspecified => {}
        }
        overspend = match dimension {
            v1::Dimension::Advertiser | v1::Dimension::Campaign | v1::Dimension::Ad => {
                let under = view
                    .catalog
                    .numbered(*value)
                    .map(|entry| view.overspend_under(entry));
                overspend.zip(under).map(|(_, under)| under)
            }
            _ => None,
        };
    }
    row.metrics = Some(metrics(*currency, counts, overspend.unwrap_or_default()));
    row
}

fn totals(
    view: &View<'_>,
    question: &Question,
    grouped: &BTreeMap<Key, Counts>,
) -> Vec<v1::Metrics> {
    let mut sums: BTreeMap<Currency, (Counts, Money)> = BTreeMap::new();
    for ((_, currency), counts) in grouped {
        sums.entry(*currency).or_default().0.add(counts);
    }
    let scope = question
        .scope
        .as_ref()
        .and_then(|name| view.catalog.named(name));
    let entries: Vec<_> = match scope {
        Some(entry) => vec![entry],
        None => view.catalog.after(Kind::Advertiser, 0).collect(),
    };
    for entry in entries {
        if let Some(advertiser) = view.catalog.advertiser_of(&entry.name) {
            let (_, overspend) = sums.entry(advertiser.currency).or_default();
            *overspend = overspend.saturating_add(view.overspend_under(entry));
        }
    }
    let metrics = |(currency, (counts, overspend))| metrics(currency, &counts, overspend);
    sums.into_iter().map(metrics).collect()
}

fn metrics(currency: Currency, counts: &Counts, overspend: Money) -> v1::Metrics {
    v1::Metrics {
        currency_code: currency.to_string(),
        bids: counts.bids,
        wins: counts.wins,
        losses: counts.losses,
        impressions: counts.impressions,
        page_impressions: counts.shown,
        views: counts.views,
        clicks: counts.clicks,
        conversions: counts.conversions,
        spend_micros: counts.spend.micros(currency),
        spend_nanos: counts.spend.nanos(),
        overspend_nanos: overspend.nanos(),
        house_loss_nanos: counts.house_loss.nanos(),
        conversion_value_micros: counts.conversion_value.micros(currency),
    }
}
