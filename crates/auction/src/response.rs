//! The bid itself: identifiers, markup and signed notice URLs. Nothing here can fail.

use bumpalo::Bump;
use bumpalo::collections::String as Text;
use campaign::creative::{Format, Material, MediaSource};
use campaign::exchange::BillingNotice;
use campaign::id::{BidId, LeaseId};
use journal::entry::BidTerms;
use openrtb::response::{Bid, Price};

use crate::decide::Desk;
use crate::dice::{Dice, Throw};
use crate::digits;
use crate::eligibility::Fit;
use crate::fit::Rendition;
use crate::markup::{AdIdentity, Links, whole_seconds};
use crate::opportunity::{Opportunity, Visit};
use crate::publisher;
use crate::selection::Selected;
use crate::state::State;
use crate::token::{NoticeUrls, Quantity, Signed};

/// One of the creatives that fit: each as often as the others.
pub fn choose_creative<'a>(selected: &Selected<'a>, dice: &Dice) -> Fit<'a> {
    let eligible = &selected.priced.eligible;
    let ad = eligible.offer.ad.id;
    let roll = dice.throw(Throw::Creative, ad);
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
        arena,
    };
    let burl = visit.exchange.billing == BillingNotice::Burl;
    let creative = fit.creative;
    let video_seconds = match &creative.material {
        Material::Video(video) => Some(whole_seconds(video.duration)),
        Material::Audio(audio) => Some(whole_seconds(audio.duration)),
        Material::Banner(_) | Material::Native(_) => None,
    };
    let (protocol, size, apis) = shape(&fit);
    let offer = selected.priced.eligible.offer;
    let bid = Bid {
        id: bid_id(terms.bid, arena),
        impid: opportunity.imp.id,
        price: Price {
            units: selected.priced.price.0,
            scale: visit.currency.cpm_scale() as u8,
        },
        adid: Some(number(offer.ad.id.0, arena)),
        cid: Some(number(offer.campaign.id.0, arena)),
        crid: Some(number(creative.id.0, arena)),
        adomain: strs(&creative.advertiser_domains, arena),
        bundle: some(&creative.app_bundle),
        cat: strs(&creative.categories, arena),
        cattax: (!creative.categories.is_empty()).then_some(creative.category_taxonomy),
        attr: publisher::attributes(creative, &fit.rendition, arena),
        language: some(&creative.language),
        w: size.map(|(width, _)| width),
        h: size.map(|(_, height)| height),
        dur: video_seconds,
        mtype: Some(fit.rendition.format() as i32),
        protocol,
        apis,
        dealid: selected.priced.deal.map(|open| open.deal.id),
        exp: Some(exp_seconds(fit.rendition.format())),
        nurl: Some(urls.win()),
        burl: burl.then(|| urls.billing()),
        lurl: Some(urls.loss()),
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
    if selected.lease.is_some() {
        state.offered(visit.exchange.id, priced.context, priced.price);
    }
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
        day: offer.campaign.time_zone.date(visit.now),
        max_cost: priced.max_cost,
        currency: visit.currency,
        fx_nanos: priced.fx_nanos,
        issued: visit.now,
        user: visit.user.unwrap_or(0),
        measured: visit.measured,
        context: priced.context,
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
    bid: &Bid<'a>,
    urls: &NoticeUrls<'_, 'a>,
    arena: &'a Bump,
) -> &'a str {
    let creative = fit.creative;
    let links = links(fit, bid.burl.is_some(), urls);
    let identity = AdIdentity {
        ad_id: bid.adid.unwrap_or_default(),
        creative_id: bid.crid.unwrap_or_default(),
        title: &creative.display_name,
        serving_id: bid.id,
    };
    let renderer = desk.renderer;
    match (&fit.rendition, &creative.material) {
        (Rendition::Banner { .. }, Material::Banner(banner)) => {
            renderer.banner(banner, creative.own_html(), &links, arena)
        }
        (Rendition::Video(plan), Material::Video(video)) => {
            renderer.video(video, plan, &identity, &links, arena)
        }
        (Rendition::Audio(plan), Material::Audio(audio)) => {
            renderer.audio(audio, plan, &identity, &links, arena)
        }
        (Rendition::Native(asked), Material::Native(native)) => {
            renderer.native(native, asked, &identity, &links, arena)
        }
        _ => unreachable!("a rendition is made from the material that it renders"),
    }
}

fn links<'a>(fit: &Fit<'_>, burl: bool, urls: &NoticeUrls<'_, 'a>) -> Links<'a> {
    let impression_url = if burl {
        urls.impression()
    } else {
        urls.billing_impression()
    };
    let scripts = !matches!(fit.rendition, Rendition::Banner { scripts: false, .. });
    let source = match &fit.creative.material {
        Material::Video(video) => Some(&video.source),
        Material::Audio(audio) => Some(&audio.source),
        Material::Banner(_) | Material::Native(_) => None,
    };
    let wrapper = matches!(source, Some(MediaSource::Wrapper { .. }));
    Links {
        click_url: urls.click(),
        click_ping_url: wrapper.then(|| urls.click_ping()),
        impression_url,
        view_url: scripts.then(|| urls.view()),
        error_url: None,
        playback: &[],
    }
}

/// The id's wire form, as its `Display` has it.
fn bid_id(bid: BidId, arena: &Bump) -> &str {
    let mut text = Text::with_capacity_in(BidId::WIRE_LENGTH, arena);
    digits::hexadecimal::<4>(u64::from(bid.incarnation.node), &mut text);
    digits::hexadecimal::<8>(u64::from(bid.incarnation.start), &mut text);
    digits::hexadecimal::<16>(bid.sequence, &mut text);
    text.into_bump_str()
}

fn number(number: u64, arena: &Bump) -> &str {
    // The longest has 20 digits.
    let mut text = Text::with_capacity_in(20, arena);
    digits::decimal(number, &mut text);
    text.into_bump_str()
}

fn strs<'a>(texts: &'a [String], arena: &'a Bump) -> &'a [&'a str] {
    arena.alloc_slice_fill_iter(texts.iter().map(String::as_str))
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use campaign::id::Incarnation;

    use super::*;

    #[test]
    fn a_bid_id_is_written_as_it_is_read() {
        let arena = Bump::new();
        for sequence in [0, 1, 0x0123_4567_89ab_cdef, u64::MAX] {
            let incarnation = Incarnation {
                node: sequence as u16,
                start: sequence as u32,
            };
            let bid = BidId {
                incarnation,
                sequence,
            };
            assert_eq!(bid_id(bid, &arena), bid.to_string());
        }
    }
}
