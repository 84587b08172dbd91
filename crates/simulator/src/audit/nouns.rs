//! One bid, held against the records: whose it is, whether it may run, and whether it says the truth about itself.

use campaign::creative::Material;
use campaign::id::{AdId, CampaignId, CreativeId};
use campaign::money::{Cpm, Currency, Money, Rounding};
use campaign::time::Timestamp;
use journal::entry::BidTerms;

use super::asked::Asked;
use super::catalogue::{Catalogue, Line};
use super::fault::{Fault, FaultKind};
use super::judge::Judged;
use super::{show, targeting};

/// What is wrong with a bid by the records, as they were at `now`.
pub(crate) fn check(
    judged: &Judged,
    asked: &Asked,
    exchange: &str,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let number = |field: &str| judged.bid.text(field).parse::<u64>().ok();
    let line = number("adid").and_then(|id| catalogue.line(AdId(id)));
    let creative = number("crid").and_then(|id| catalogue.creative(CreativeId(id)));
    let (Some(line), Some(creative)) = (line, creative) else {
        let (ad, creative) = (judged.bid.text("adid"), judged.bid.text("crid"));
        return vec![Fault::new(
            FaultKind::UnknownNoun,
            format!("ad \"{ad}\", creative \"{creative}\""),
        )];
    };
    let mut fault = |kind, detail: String| faults.push(Fault::new(kind, detail));
    let mut differs = |field: &str, said: String, known: String| {
        if said != known {
            fault(
                FaultKind::NounMismatch,
                format!("{field} is {said}, known is {known}"),
            );
        }
    };
    differs(
        "cid",
        format!("{:?}", number("cid").map(CampaignId)),
        format!("{:?}", Some(line.campaign.id)),
    );
    differs(
        "the ad's creatives",
        line.ad.creatives.contains(&creative.id).to_string(),
        "true".into(),
    );
    differs(
        "the creative's advertiser",
        creative.advertiser.to_string(),
        line.advertiser.id.to_string(),
    );
    differs(
        "adomain",
        judged.bid.texts("adomain").join(" "),
        creative.advertiser_domains.join(" "),
    );
    differs(
        "cat",
        judged.bid.texts("cat").join(" "),
        creative.categories.join(" "),
    );
    differs(
        "bundle",
        judged.bid.text("bundle").into(),
        creative.app_bundle.clone(),
    );
    differs(
        "language",
        judged.bid.text("language").into(),
        creative.language.clone(),
    );
    differs(
        "mtype",
        format!("{:?}", judged.format),
        format!("{:?}", Some(creative.format())),
    );
    let attributes = judged.bid.integers("attr");
    differs(
        "attr",
        creative
            .attributes
            .iter()
            .all(|a| attributes.contains(a))
            .to_string(),
        "true".into(),
    );
    if let Material::Banner(banner) = &creative.material {
        let size = judged.bid.integer("w").zip(judged.bid.integer("h"));
        differs(
            "size",
            format!("{size:?}"),
            format!("{:?}", Some((banner.size.width, banner.size.height))),
        );
    }
    if let Some(why) = line.halted(now) {
        fault(FaultKind::Halted, format!("ad {}: {why}", line.ad.id));
    }
    if let Some(imp) = judged.impression.map(|place| &asked.imps[place]) {
        let exchange = catalogue.exchange(exchange).map(|exchange| exchange.id);
        if targeting::surely_unwanted(&line.ad.targeting, asked, imp, exchange) {
            fault(
                FaultKind::Targeting,
                format!("ad {} does not want this", line.ad.id),
            );
        }
    }
    if let Some(most) = max_bid(&line, catalogue, judged.currency)
        && judged.price > most
    {
        let (bid, most) = (
            show(judged.price, judged.currency),
            show(most, judged.currency),
        );
        fault(FaultKind::AboveMaxBid, format!("{bid} is above {most}"));
    }
    if let Some(terms) = &judged.terms {
        check_terms(terms, judged, exchange, &line, catalogue, &mut fault);
    }
    faults
}

fn max_bid(line: &Line<'_>, catalogue: &Catalogue, currency: Currency) -> Option<Cpm> {
    catalogue.rates().cpm(
        line.ad.max_bid,
        line.advertiser.currency,
        currency,
        Rounding::Down,
    )
}

/// The terms that the notices carry settle the bid later, so they must be those of the bid.
fn check_terms(
    terms: &BidTerms,
    judged: &Judged,
    exchange: &str,
    line: &Line<'_>,
    catalogue: &Catalogue,
    fault: &mut impl FnMut(FaultKind, String),
) {
    let mut differs = |what: &str, signed: String, known: String| {
        if signed != known {
            fault(
                FaultKind::Terms,
                format!("{what} is signed as {signed}, known is {known}"),
            );
        }
    };
    differs("bid", terms.bid.to_string(), judged.bid.text("id").into());
    differs("ad", terms.ad.to_string(), judged.bid.text("adid").into());
    differs(
        "creative",
        terms.creative.to_string(),
        judged.bid.text("crid").into(),
    );
    differs(
        "currency",
        terms.currency.to_string(),
        judged.currency.to_string(),
    );
    differs(
        "impression",
        terms.impression.to_string(),
        judged.impression.map(|i| i.to_string()).unwrap_or_default(),
    );
    if let Some(known) = catalogue.exchange(exchange) {
        differs("exchange", terms.exchange.to_string(), known.id.to_string());
    }
    let day = line.campaign.time_zone.day(terms.issued).day;
    differs("day", terms.day.to_string(), day.to_string());
    let rate = catalogue.rates().convert(
        1_000_000_000,
        judged.currency,
        line.advertiser.currency,
        Rounding::Up,
    );
    differs(
        "rate",
        terms.fx_nanos.to_string(),
        rate.map(|rate| rate.to_string()).unwrap_or_default(),
    );
    let most = cost(judged.price, terms).min(line.ad.max_bid.impression_cost());
    differs(
        "reservation",
        terms.max_cost.nanos().to_string(),
        most.nanos().to_string(),
    );
}

/// What an impression at this price costs the advertiser by the signed rate, rounded up, before it is held to the
/// reservation.
pub(crate) fn cost(price: Cpm, terms: &BidTerms) -> Money {
    const ONE: i128 = 1_000_000_000;
    let exact = i128::from(price.0) * i128::from(terms.fx_nanos);
    let up = exact.div_euclid(ONE) + i128::from(exact.rem_euclid(ONE) != 0);
    Money(i64::try_from(up).unwrap_or(i64::MAX))
}
