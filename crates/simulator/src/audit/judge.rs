//! One bid, held against the request that it answers and against the contract with the exchange.

use auction::token::{self, Notice};
use campaign::creative::Format;
use campaign::exchange::BillingNotice;
use campaign::money::{Cpm, Currency, RateTable, Rounding};
use journal::entry::BidTerms;
use openrtb::{Decimal, macros};

use super::answer::AnswerBid;
use super::asked::{Asked, AskedDeal, AskedImp};
use super::fault::{Fault, FaultKind};
use super::markup::{Markup, is_notice};
use super::{show, targeting};

/// What exchange and bidder agreed on beforehand. What is not known is not held against anybody.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// The bidder's seat.
    pub seat: Option<&'a str>,
    /// The currency where the request names none.
    pub currency: Currency,
    /// What currencies are worth, for floors in another than the bid's.
    pub rates: Option<&'a RateTable>,
    /// What every notice URL starts with.
    pub notice_base: Option<&'a str>,
    /// What makes an impression billable.
    pub billing: Option<BillingNotice>,
}

/// A bid with what is wrong with it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The bid.
    pub bid: AnswerBid,
    /// Which impression of the request it is for.
    pub impression: Option<usize>,
    /// Its format, by `mtype`.
    pub format: Option<Format>,
    /// Its currency.
    pub currency: Currency,
    /// Its price.
    pub price: Cpm,
    /// The least price that it had to have, in its own currency.
    pub floor: Cpm,
    /// Its markup, where it could be read.
    pub markup: Markup,
    /// The terms that its notices carry, where they could be read.
    pub terms: Option<BidTerms>,
    /// What is wrong by the request and the contract: the exchange itself would throw the bid out for it.
    pub faults: Vec<Fault>,
    /// What is wrong by the records, which no exchange knows.
    pub record_faults: Vec<Fault>,
}

impl Judged {
    pub(super) fn fault(&mut self, kind: FaultKind, detail: impl Into<String>) {
        self.faults.push(Fault::new(kind, detail));
    }
}

/// Judges a bid.
pub fn judge(bid: AnswerBid, asked: &Asked, contract: &Contract<'_>) -> Judged {
    let impression = asked
        .imps
        .iter()
        .position(|imp| imp.id == bid.text("impid"));
    let format = Format::ALL
        .into_iter()
        .find(|format| bid.integer("mtype") == Some(*format as i32));
    let code = bid.currency.as_deref().unwrap_or("USD");
    let mut judged = Judged {
        impression,
        format,
        currency: Currency::parse(code).unwrap_or(Currency::USD),
        price: Cpm::ZERO,
        floor: Cpm::ZERO,
        markup: Markup::default(),
        terms: terms(bid.text("nurl")),
        faults: Vec::new(),
        record_faults: Vec::new(),
        bid,
    };
    seat(&mut judged, asked, contract);
    price(&mut judged, asked, contract);
    read_markup(&mut judged);
    notices(&mut judged, contract);
    blocked(&mut judged, asked);
    if let Some(imp) = impression.map(|place| &asked.imps[place]) {
        floor(&mut judged, imp, contract);
        shape(&mut judged, imp);
        secure(&mut judged, imp);
    } else {
        let detail = format!("there is no impression \"{}\"", judged.bid.text("impid"));
        judged.fault(FaultKind::UnknownImpression, detail);
    }
    judged
}

fn seat(judged: &mut Judged, asked: &Asked, contract: &Contract<'_>) {
    let seat = judged.bid.seat.clone().unwrap_or_default();
    let wrong = contract.seat.is_some_and(|ours| ours != seat)
        || (!asked.seats.is_empty() && !asked.seats.contains(&seat))
        || asked.blocked_seats.contains(&seat);
    if wrong {
        judged.fault(FaultKind::Seat, format!("\"{seat}\" may not bid here"));
    }
}

fn price(judged: &mut Judged, asked: &Asked, contract: &Contract<'_>) {
    let currency = judged.currency;
    let default = [contract.currency.code().to_string()];
    let accepted = if asked.currencies.is_empty() {
        &default[..]
    } else {
        &asked.currencies
    };
    if !accepted
        .iter()
        .any(|code| code.eq_ignore_ascii_case(currency.code()))
    {
        judged.fault(
            FaultKind::Currency,
            format!("{currency} is none of {accepted:?}"),
        );
    }
    match Cpm::parse(&judged.bid.price(), currency) {
        Ok(price) if price > Cpm::ZERO => judged.price = price,
        Ok(_) => judged.fault(
            FaultKind::Price,
            format!("{} is no price", judged.bid.price()),
        ),
        Err(error) => judged.fault(FaultKind::Price, error.to_string()),
    }
}

fn floor(judged: &mut Judged, imp: &AskedImp, contract: &Contract<'_>) {
    let name = judged.bid.text("dealid").to_string();
    let (amount, code) = match imp.deal(&name) {
        Some(deal) => {
            if !deal.seats.is_empty()
                && !judged
                    .bid
                    .seat
                    .as_ref()
                    .is_some_and(|seat| deal.seats.contains(seat))
            {
                judged.fault(FaultKind::Deal, format!("deal {name} is for other seats"));
            }
            agreed_price(judged, deal, contract);
            (&deal.floor, &deal.floor_currency)
        }
        None if !name.is_empty() => {
            judged.fault(
                FaultKind::Deal,
                format!("{name} is no deal of the impression"),
            );
            (&imp.floor, &imp.floor_currency)
        }
        None => {
            if imp.private {
                judged.fault(FaultKind::Deal, "only bids for deals are taken");
            }
            (&imp.floor, &imp.floor_currency)
        }
    };
    let Some(floor) = in_currency(
        amount.as_deref(),
        code.as_deref(),
        judged.currency,
        contract.rates,
    ) else {
        return;
    };
    judged.floor = floor;
    if judged.price < floor {
        let (bid, floor) = (
            show(judged.price, judged.currency),
            show(floor, judged.currency),
        );
        judged.fault(FaultKind::BelowFloor, format!("{bid} is below {floor}"));
    }
}

/// A deal with an agreed price is bid on at that price.
fn agreed_price(judged: &mut Judged, deal: &AskedDeal, contract: &Contract<'_>) {
    let agreed = in_currency(
        deal.floor.as_deref(),
        deal.floor_currency.as_deref(),
        judged.currency,
        contract.rates,
    );
    if let (Some(3), Some(agreed)) = (deal.auction_type, agreed)
        && agreed > Cpm::ZERO
        && judged.price != agreed
    {
        let (bid, agreed) = (
            show(judged.price, judged.currency),
            show(agreed, judged.currency),
        );
        judged.fault(
            FaultKind::Price,
            format!("{bid} was bid, {agreed} was agreed"),
        );
    }
}

/// An amount in another currency, rounded up. `None` where there is no rate.
fn in_currency(
    amount: Option<&str>,
    code: Option<&str>,
    to: Currency,
    rates: Option<&RateTable>,
) -> Option<Cpm> {
    let Some(amount) = amount.and_then(Decimal::new) else {
        return Some(Cpm::ZERO);
    };
    let from = Currency::parse(code.unwrap_or("USD")).ok()?;
    let units = Cpm(amount.to_scaled(from.cpm_scale())?);
    if from == to {
        return Some(units);
    }
    rates?.cpm(units, from, to, Rounding::Up)
}

fn read_markup(judged: &mut Judged) {
    let adm = judged.bid.text("adm").to_string();
    let Some(format) = judged.format else {
        judged.fault(
            FaultKind::Format,
            format!("mtype is {:?}", judged.bid.integer("mtype")),
        );
        return;
    };
    match Markup::read(format, &adm) {
        Ok(markup) => judged.markup = markup,
        Err(why) => judged.fault(FaultKind::Markup, why),
    }
    for text in [
        judged.bid.text("nurl"),
        judged.bid.text("burl"),
        judged.bid.text("lurl"),
        &adm,
    ]
    .map(str::to_string)
    {
        if let Some(unknown) = macros::first_unknown(&text) {
            judged.fault(FaultKind::Macro, format!("{unknown} is no macro"));
        }
        let spoiled = text.split("AUCTION_").collect::<Vec<_>>();
        if spoiled
            .iter()
            .rev()
            .skip(1)
            .any(|before| !before.ends_with("${"))
        {
            judged.fault(FaultKind::Macro, "a macro does not stand between ${ and }");
        }
    }
}

fn notices(judged: &mut Judged, contract: &Contract<'_>) {
    const PRICE: &str = "${AUCTION_PRICE";
    let Some(base) = contract.notice_base else {
        return;
    };
    let pixel_bills = contract.billing == Some(BillingNotice::ImpressionPixel);
    let burl = if pixel_bills {
        None
    } else {
        Some(("burl", Notice::Billing, PRICE))
    };
    let expected = [
        Some(("nurl", Notice::Win, PRICE)),
        burl,
        Some(("lurl", Notice::Loss, "${AUCTION_LOSS")),
    ];
    for (field, kind, wanted) in expected.into_iter().flatten() {
        let url = judged.bid.text(field).to_string();
        if !is_notice(&url, base, kind) {
            judged.fault(FaultKind::Notice, format!("{field} is \"{url}\""));
        } else if !url.contains(wanted) {
            judged.fault(
                FaultKind::Macro,
                format!("{field} does not ask for {wanted}}}"),
            );
        }
    }
    if pixel_bills && !judged.bid.text("burl").is_empty() {
        judged.fault(FaultKind::Notice, "both burl and pixel would bill");
    }
    for kind in [Notice::Impression, Notice::Click] {
        let found = judged.markup.notice(base, kind).map(str::to_string);
        match found {
            None => judged.fault(
                FaultKind::Notice,
                format!("the markup has no {} URL", kind.name()),
            ),
            Some(url) if kind == Notice::Impression && pixel_bills != url.contains(PRICE) => {
                judged.fault(FaultKind::Macro, format!("the pixel is {url}"));
            }
            Some(_) => {}
        }
    }
    if judged.terms.is_none() {
        judged.fault(FaultKind::Terms, "the terms in nurl cannot be read");
    }
}

fn blocked(judged: &mut Judged, asked: &Asked) {
    let domains: Vec<String> = judged
        .bid
        .texts("adomain")
        .iter()
        .map(|domain| domain.to_lowercase())
        .collect();
    for rule in &asked.blocked_domains {
        let rule = rule.to_lowercase();
        let rule = rule.trim_start_matches("www.");
        if domains
            .iter()
            .any(|domain| domain == rule || domain.ends_with(&format!(".{rule}")))
        {
            judged.fault(FaultKind::BlockedDomain, rule);
        }
    }
    let taxonomy = judged.bid.integer("cattax").unwrap_or(1);
    let categories: Vec<String> = judged
        .bid
        .texts("cat")
        .iter()
        .map(|category| category.to_string())
        .collect();
    for rule in &asked.blocked_categories {
        let by_name = rule.to_ascii_uppercase().starts_with("IAB");
        let same_list = taxonomy == asked.category_taxonomy || by_name;
        let below = format!("{rule}-");
        if same_list
            && categories
                .iter()
                .any(|category| category == rule || category.starts_with(&below))
        {
            judged.fault(FaultKind::BlockedCategory, rule);
        }
    }
    let bundle = judged.bid.text("bundle").to_string();
    if !bundle.is_empty() && asked.blocked_apps.contains(&bundle) {
        judged.fault(FaultKind::BlockedApp, bundle);
    }
    let language = judged.bid.text("language").to_lowercase();
    let primary = |text: &String| {
        text.split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_lowercase()
    };
    if !language.is_empty()
        && !asked.languages.is_empty()
        && !asked.languages.iter().any(|l| primary(l) == language)
    {
        judged.fault(FaultKind::Language, language);
    }
}

fn shape(judged: &mut Judged, imp: &AskedImp) {
    let Some(format) = judged.format else {
        return;
    };
    if !targeting::offers(imp, format) {
        judged.fault(
            FaultKind::Format,
            format!("{} was not asked for", format.name()),
        );
        return;
    }
    super::shape::check(judged, imp, format);
}

fn secure(judged: &mut Judged, imp: &AskedImp) {
    // Browsers take the machine itself for secure (W3C, "Secure Contexts", 3.1).
    let local = |address: &str| {
        ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|l| address.starts_with(l))
    };
    let insecure = judged
        .markup
        .addresses
        .iter()
        .find(|address| address.starts_with("http://") && !local(address))
        .cloned();
    if let (true, Some(address)) = (imp.secure, insecure) {
        judged.fault(FaultKind::Insecure, address);
    }
}

/// The terms that a notice URL carries, for reading only: whoever holds no key can check no
/// signature.
pub(crate) fn terms(url: &str) -> Option<BidTerms> {
    let token = url
        .split("/n/")
        .nth(1)?
        .split('/')
        .nth(1)?
        .split(['?', '#'])
        .next()?;
    token::read_unverified(token)
}
