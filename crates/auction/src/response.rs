//! The bid itself: identifiers, markup and signed notice URLs. Nothing here can fail.

use bumpalo::Bump;
use bumpalo::collections::{String as BumpString, Vec as BumpVec};
use campaign::creative::{Format, Material};
use campaign::exchange::BillingNotice;
use campaign::id::LeaseId;
use journal::entry::BidTerms;
use openrtb::response::{Bid, Price};

use crate::decide::Desk;
use crate::dice::{self, DiceKey, Throw};
use crate::eligibility::Fit;
use crate::fit::Rendition;
use crate::markup::{AdIdentity, Links, whole_seconds};
use crate::opportunity::{Opportunity, Visit};
use crate::publisher;
use crate::selection::Selected;
use crate::state::State;
use crate::token::{NoticeUrls, Quantity, Signed};

/// One of the creatives that fit: each as often as the others.
pub fn choose_creative<'a>(
    selected: &Selected<'a>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    key: &DiceKey,
) -> Fit<'a> {
    let eligible = &selected.priced.eligible;
    let ad = eligible.offer.ad.id;
    let roll = dice::throw(
        key,
        Throw::Creative,
        visit.exchange.id,
        visit.request.id,
        opportunity.imp.id,
        ad,
    );
    let drawn = (u128::from(roll) * eligible.fits.len() as u128) >> 64;
    eligible.fits[drawn as usize]
}

/// Writes the bid.
pub fn bid<'a>(
    desk: &Desk<'a>,
    selected: &Selected<'a>,
    fit: Fit<'a>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    state: &mut impl State,
    arena: &'a Bump,
) -> Bid<'a> {
    let terms = terms(selected, &fit, visit, opportunity, state);
    let signed = Signed::new(&terms, desk.keys);
    let counted = opportunity
        .imp
        .qty
        .is_some_and(|qty| qty.multiplier.is_some());
    let quantity = if counted {
        Quantity::Counted
    } else {
        Quantity::One
    };
    let urls = NoticeUrls {
        base: desk.notice_base,
        signed: &signed,
        quantity,
    };
    let url = |push: &dyn Fn(&mut String)| -> &'a str {
        let mut text = String::with_capacity(desk.notice_base.len() + Signed::TOKEN_LENGTH + 64);
        push(&mut text);
        arena.alloc_str(&text)
    };
    let burl = visit.exchange.billing == BillingNotice::Burl;
    let creative = fit.creative;
    let video_seconds = match &creative.material {
        Material::Video(video) => Some(whole_seconds(video.duration)),
        Material::Audio(audio) => Some(whole_seconds(audio.duration)),
        Material::Banner(_) | Material::Native(_) => None,
    };
    let (protocol, size, apis) = shape(&fit);
    let attributes = publisher::attributes(creative, &fit.rendition);
    let offer = selected.priced.eligible.offer;
    let bid = Bid {
        id: text(&terms.bid, arena),
        impid: opportunity.imp.id,
        price: Price {
            units: selected.priced.price.0,
            scale: visit.currency.cpm_scale() as u8,
        },
        adid: Some(text(&offer.ad.id, arena)),
        cid: Some(text(&offer.campaign.id, arena)),
        crid: Some(text(&creative.id, arena)),
        adomain: strs(&creative.advertiser_domains, arena),
        bundle: some(&creative.app_bundle),
        cat: strs(&creative.categories, arena),
        cattax: (!creative.categories.is_empty()).then_some(creative.category_taxonomy),
        attr: BumpVec::from_iter_in(attributes, arena).into_bump_slice(),
        language: some(&creative.language),
        w: size.map(|(width, _)| width),
        h: size.map(|(_, height)| height),
        dur: video_seconds,
        mtype: Some(fit.rendition.format() as i32),
        protocol,
        apis,
        dealid: selected.priced.deal.map(|open| open.deal.id),
        exp: Some(exp_seconds(fit.rendition.format())),
        nurl: Some(url(&|out| urls.push_win(out))),
        burl: burl.then(|| url(&|out| urls.push_billing(out))),
        lurl: Some(url(&|out| urls.push_loss(out))),
        ..Bid::default()
    };
    Bid {
        adm: Some(markup(desk, &fit, &bid, &urls, arena)),
        ..bid
    }
}

fn terms(
    selected: &Selected<'_>,
    fit: &Fit<'_>,
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
    state: &mut impl State,
) -> BidTerms {
    let priced = &selected.priced;
    let offer = priced.eligible.offer;
    let bid = state.next_bid();
    if let (Some(user), Some(_)) = (visit.user, selected.lease) {
        state.pend(user, priced.eligible.slot, bid);
    }
    BidTerms {
        bid,
        exchange: visit.exchange.id,
        impression: opportunity.index,
        ad: offer.ad.id,
        creative: fit.creative.id,
        format: fit.rendition.format(),
        // No lease has the number 0: notices about a rehearsal settle nothing.
        lease: selected.lease.unwrap_or(LeaseId(0)),
        day: offer.campaign.time_zone.day(visit.now).day,
        max_cost: priced.max_cost,
        currency: visit.currency,
        fx_nanos: priced.fx_nanos,
        issued: visit.now,
        user: visit.user.unwrap_or(0),
        measured: visit.measured,
    }
}

/// How long the exchange may take until it bills: the usual times of the field, by what is shown. Advice, says the
/// specification; the ledger waits longer.
const fn exp_seconds(format: Format) -> i32 {
    match format {
        Format::Banner => 300,
        Format::Native => 600,
        Format::Video | Format::Audio => 900,
    }
}

/// The VAST protocol, the size, and the API frameworks of a bid.
fn shape<'a>(fit: &Fit<'a>) -> (Option<i32>, Option<(i32, i32)>, &'a [i32]) {
    match (&fit.rendition, &fit.creative.material) {
        (Rendition::Banner { size, .. }, Material::Banner(banner)) => {
            (None, Some((size.width, size.height)), &banner.apis)
        }
        (Rendition::Video(plan), Material::Video(video)) => {
            let size = plan
                .first_file(&video.source)
                .map(|file| (file.size.width, file.size.height));
            (Some(plan.protocol()), size, &video.apis)
        }
        (Rendition::Audio(plan), _) => (Some(plan.protocol()), None, &[]),
        _ => (None, None, &[]),
    }
}

fn markup<'a>(
    desk: &Desk<'a>,
    fit: &Fit<'a>,
    bid: &Bid<'_>,
    urls: &NoticeUrls<'_>,
    arena: &'a Bump,
) -> &'a str {
    let written = |push: &dyn Fn(&mut String)| {
        let mut text = String::new();
        push(&mut text);
        text
    };
    let burl = bid.burl.is_some();
    let impression = written(&|out| {
        if burl {
            urls.push_impression(out)
        } else {
            urls.push_billing_impression(out)
        }
    });
    let view = written(&|out| urls.push_view(out));
    let click = written(&|out| urls.push_click(out));
    let scripts = !matches!(fit.rendition, Rendition::Banner { scripts: false, .. });
    let links = Links {
        click_url: &click,
        click_ping_url: None,
        impression_url: &impression,
        view_url: scripts.then_some(view.as_str()),
        error_url: None,
        playback: &[],
    };
    let identity = AdIdentity {
        ad_id: bid.adid.unwrap_or_default(),
        creative_id: bid.crid.unwrap_or_default(),
        title: &fit.creative.display_name,
        serving_id: bid.id,
    };
    let mut out = String::with_capacity(4_096);
    match (&fit.rendition, &fit.creative.material) {
        (Rendition::Banner { .. }, Material::Banner(banner)) => {
            desk.renderer.banner(banner, &links, &mut out)
        }
        (Rendition::Video(plan), Material::Video(video)) => {
            desk.renderer
                .video(video, plan, &identity, &links, &mut out);
        }
        (Rendition::Audio(plan), Material::Audio(audio)) => {
            desk.renderer
                .audio(audio, plan, &identity, &links, &mut out);
        }
        (Rendition::Native(asked), Material::Native(native)) => {
            desk.renderer
                .native(native, asked, &identity, &links, &mut out);
        }
        _ => unreachable!("a rendition is made from the material that it renders"),
    }
    arena.alloc_str(&out)
}

fn text<'a>(value: &impl std::fmt::Display, arena: &'a Bump) -> &'a str {
    use std::fmt::Write;
    let mut out = BumpString::with_capacity_in(32, arena);
    // A string in an arena takes whatever is written to it.
    let _ = write!(out, "{value}");
    out.into_bump_str()
}

fn strs<'a>(texts: &'a [String], arena: &'a Bump) -> &'a [&'a str] {
    BumpVec::from_iter_in(texts.iter().map(String::as_str), arena).into_bump_slice()
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
