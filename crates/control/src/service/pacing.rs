//! How budgets are spent against their plan: followed as it goes, and what was done about it.

use std::pin::Pin;
use std::time::Duration;

use api::errors::CallError;
use api::names::{Kind, Name};
use api::v1;
use campaign::id::CampaignId;
use campaign::money::Currency;
use store::pacing::EventKind;
use store::record::RecordId;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use crate::authority::{Authority, AuthorityHandle};
use crate::catalog::Entry;
use crate::paging;

/// What a watcher gets.
pub type Watching = Pin<Box<dyn Stream<Item = Result<v1::WatchPacingResponse, Status>> + Send>>;

/// How often a watcher is told. Real time.
const EVERY: Duration = Duration::from_secs(1);
/// How many campaigns of an advertiser are told of.
const MAX_CAMPAIGNS: usize = 100;

/// Follows a campaign or an advertiser until the client leaves, the limit is reached, or control stops. One message
/// waits at most: who reads slowly is told less often.
///
/// # Errors
/// What the first look says; later ones end the stream.
pub async fn watch(
    authority: AuthorityHandle,
    request: v1::WatchPacingRequest,
) -> Result<Watching, Status> {
    let limit = u32::try_from(request.message_limit)
        .map_err(|_| CallError::field("message_limit", "OUT_OF_RANGE", "write 0 or more"))?;
    let look = move |authority: AuthorityHandle| {
        let name = request.name.clone();
        async move {
            authority
                .call(move |authority| look(authority, &name))
                .await
        }
    };
    let first = look(authority.clone()).await?;
    let (told, messages) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut next = Ok(first);
        for sent in 1_u32.. {
            let ended = next.is_err();
            if told.send(next.map_err(Status::from)).await.is_err() || ended || sent == limit {
                return;
            }
            tokio::select! {
                () = told.closed() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            next = look(authority.clone()).await;
        }
    });
    Ok(Box::pin(ReceiverStream::new(messages)))
}

fn look(authority: &Authority, name: &str) -> Result<v1::WatchPacingResponse, CallError> {
    let entry = find(authority, name, "name", &[Kind::Campaign, Kind::Advertiser])?;
    let below = authority.catalog().below(entry.record.id.0);
    let campaigns: Vec<&Entry> = match entry.name.kind() {
        Kind::Advertiser => below
            .filter(|entry| entry.name.kind() == Kind::Campaign && !entry.is_deleted())
            .take(MAX_CAMPAIGNS)
            .collect(),
        _ => vec![entry],
    };
    Ok(v1::WatchPacingResponse {
        time: api::time::write_moment(authority.view().now),
        campaigns: campaigns
            .into_iter()
            .filter_map(|entry| authority.campaign_pacing(entry))
            .collect(),
    })
}

/// A record of one of these kinds by its name, deleted or not.
pub(super) fn find<'a>(
    authority: &'a Authority,
    name: &str,
    field: &str,
    kinds: &[Kind],
) -> Result<&'a Entry, CallError> {
    let parsed = Name::parse(name)
        .map_err(|error| CallError::field(field, "INVALID_NAME", error.to_string()))?;
    if !kinds.contains(&parsed.kind()) {
        let patterns: Vec<String> = kinds.iter().map(|kind| kind.pattern()).collect();
        let what = format!("{parsed} is none of these: write {}", patterns.join(" or "));
        return Err(CallError::field(field, "INVALID_NAME", what));
    }
    authority.catalog().named(&parsed).ok_or_else(|| {
        let what = format!("{parsed} does not exist: list what does");
        CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name)
    })
}

/// A page of moves, newest first.
pub fn moves(
    authority: &mut Authority,
    request: &v1::ListMovesRequest,
) -> Result<v1::ListMovesResponse, CallError> {
    let page = Page::read(
        authority,
        ("moves", &[Kind::Campaign, Kind::Advertiser]),
        (&request.parent, request.page_size, &request.page_token),
    )?;
    let within = authority.catalog().numbered(page.of.0);
    let within = within.and_then(|entry| authority.catalog().advertiser_of(&entry.name));
    let within = within.map(|advertiser| RecordId(advertiser.id.0));
    let mut found = authority
        .read(|transaction| transaction.list_moves(page.of, within, page.before, page.size + 1))?;
    let next_page_token = page.cut(&mut found);
    let catalog = authority.catalog();
    let moves = found.into_iter().map(|(_, one)| {
        let [group, from, to] = [one.group, one.from, one.to].map(|it| catalog.name_of(it.0));
        let told = v1::Move {
            time: api::time::write_moment(one.at),
            amount_micros: one.amount.micros(page.currency),
            currency_code: page.currency.to_string(),
            share_percent: f64::from(one.share_ppm) / 10_000.0,
            why: one.why,
            ..v1::Move::default()
        };
        if Some(one.group) == within {
            v1::Move {
                advertiser: group,
                from_campaign: from,
                to_campaign: to,
                ..told
            }
        } else {
            v1::Move {
                campaign: group,
                from_ad: from,
                to_ad: to,
                ..told
            }
        }
    });
    Ok(v1::ListMovesResponse {
        moves: moves.collect(),
        next_page_token,
    })
}

/// A page of events, newest first.
pub fn events(
    authority: &mut Authority,
    request: &v1::ListPacingEventsRequest,
) -> Result<v1::ListPacingEventsResponse, CallError> {
    let page = Page::read(
        authority,
        ("pacing events", &[Kind::Campaign]),
        (&request.parent, request.page_size, &request.page_token),
    )?;
    let mut found = authority.read(|transaction| {
        transaction.list_pacing_events(CampaignId(page.of.0), page.before, page.size + 1)
    })?;
    let next_page_token = page.cut(&mut found);
    let events = found.into_iter().map(|(_, event)| v1::PacingEvent {
        time: api::time::write_moment(event.at),
        campaign: request.parent.clone(),
        kind: kind(event.kind) as i32,
        metric: event.metric,
        what: event.what,
    });
    Ok(v1::ListPacingEventsResponse {
        events: events.collect(),
        next_page_token,
    })
}

fn kind(kind: EventKind) -> v1::pacing_event::Kind {
    use v1::pacing_event::Kind;
    match kind {
        EventKind::Rise => Kind::Rise,
        EventKind::Fall => Kind::Fall,
        EventKind::BackToUsual => Kind::BackToUsual,
        EventKind::BreakerTripped => Kind::BreakerTripped,
        EventKind::BreakerReset => Kind::BreakerReset,
        EventKind::ConversionsSilent => Kind::ConversionsSilent,
    }
}

/// A page of what is kept of one campaign, or of an advertiser.
struct Page {
    of: RecordId,
    currency: Currency,
    size: usize,
    before: Option<u64>,
    question: [u8; 8],
}

impl Page {
    fn read(
        authority: &Authority,
        (what, kinds): (&str, &[Kind]),
        (parent, size, token): (&str, i32, &str),
    ) -> Result<Page, CallError> {
        let size = paging::size(size, 50, 1_000)?;
        let question = paging::question(&[what, parent]);
        let before = paging::after(token, question)?;
        let entry = find(authority, parent, "parent", kinds)?;
        let advertiser = authority.catalog().advertiser_of(&entry.name);
        Ok(Page {
            of: entry.record.id,
            currency: advertiser.map_or(Currency::USD, |advertiser| advertiser.currency),
            size,
            before: Some(before).filter(|before| *before > 0),
            question,
        })
    }

    /// Leaves out what is on the next page, and says how to ask for that.
    fn cut<T>(&self, found: &mut Vec<(u64, T)>) -> String {
        let more = found.len() > self.size;
        found.truncate(self.size);
        let last = found.last().filter(|_| more);
        last.map_or(String::new(), |(number, _)| {
            paging::token(self.question, *number)
        })
    }
}
