//! What a request offers, as targeting and pricing want to know it: 2.5 and 2.6 alike, texts in
//! lower case, one currency.
//!
//! A [`Visit`] is what holds for the whole request, an [`Opportunity`] one impression in it.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::ad::State;
use campaign::country::Country;
use campaign::creative::Size;
use campaign::deal::Deal as Agreed;
use campaign::exchange::Exchange;
use campaign::id::AudienceId;
use campaign::money::{Cpm, Currency, RateTable};
use campaign::targeting::Channel;
use campaign::time::Timestamp;
use openrtb::request::{BidRequest, Deal, Geo, Imp, Publisher};

use crate::device;
use crate::market::Market;
use crate::privacy::Reduced;
use crate::reason::NoBidReason;

mod asked;
mod texts;

pub(crate) use texts::primary_subtag;
use texts::{lower, upper};

/// What a request says that holds for all its impressions.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The request, without what we had no right to.
    pub request: &'a BidRequest<'a>,
    /// Where it comes from.
    pub exchange: &'a Exchange,
    /// The seat under which we bid: the first of ours that the request lets in.
    pub seat: &'a str,
    /// When it came.
    pub now: Timestamp,
    /// The currency in which we answer.
    pub currency: Currency,
    /// Site, app or screen in public, where the request says.
    pub channel: Option<Channel>,
    /// The site's domain, lower case, without `www.`.
    pub domain: Option<&'a str>,
    /// The app's bundle, lower case.
    pub bundle: Option<&'a str>,
    /// The publisher's id, lower case.
    pub publisher: Option<&'a str>,
    /// Content categories with their taxonomies, lower case.
    pub categories: &'a [(i32, &'a str)],
    /// Keywords, lower case.
    pub keywords: &'a [&'a str],
    /// Languages of device and content, ISO 639-1, lower case.
    pub languages: &'a [&'a str],
    /// Where the user is.
    pub place: Place<'a>,
    /// The device's type.
    pub device_type: Option<i32>,
    /// The operating system's family.
    pub os: Option<&'static str>,
    /// The browser's family.
    pub browser: Option<&'static str>,
    /// The connection's type.
    pub connection: Option<i32>,
    /// Audience segments as (provider, segment), lower case. Empty without the right to use them.
    pub segments: &'a [(&'a str, &'a str)],
    /// Uploaded audiences that the user is in. Empty without the right to use them.
    pub audiences: &'a [AudienceId],
    /// The user's age in years. `None` without the right to use it.
    pub age: Option<i32>,
    /// The user, as a keyed hash. `None` without the right to know one.
    pub user: Option<u64>,
    /// Whether there is a right to know the user, if the request names one.
    pub may_know_user: bool,
    /// Whether personal data may be used to choose an ad.
    pub personal: bool,
    /// Whether a click may carry an id, so that a conversion finds it.
    pub measured: bool,
    /// The user, if he takes part in experiments.
    pub participant: Option<u64>,
}

/// A place on the earth, as exactly as there is a right to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place<'a> {
    /// Which country.
    pub country: Option<Country>,
    /// ISO 3166-2 without the country, upper case.
    pub region: Option<&'a str>,
    /// The city's name, lower case.
    pub city: Option<&'a str>,
    /// The metro code, lower case.
    pub metro: Option<&'a str>,
    /// The postal code, lower case.
    pub zip: Option<&'a str>,
    /// Latitude and longitude in degrees.
    pub point: Option<(f64, f64)>,
}

/// One impression that an ad may have.
#[derive(Clone, Copy, Debug)]
pub struct Opportunity<'a> {
    /// The impression.
    pub imp: &'a Imp<'a>,
    /// Its place in the request's list of impressions that could be understood.
    pub index: u16,
    /// The least that an open bid must offer, in the currency of the answer.
    pub floor: Cpm,
    /// Only deals may bid.
    pub private_auction: bool,
    /// The deals that are open to our seat.
    pub deals: &'a [OpenDeal<'a>],
    /// The sizes that its banner takes.
    pub sizes: &'a [Size],
    /// Where on the page it is.
    pub position: Option<i32>,
    /// How many impressions a bid pays for at most: 1, but on screens in public; in millionths.
    pub multiplier_micros: i64,
}

/// A deal that our seat may use.
#[derive(Clone, Copy, Debug)]
pub struct OpenDeal<'a> {
    /// The deal.
    pub deal: &'a Deal<'a>,
    /// Its floor, in the currency of the answer.
    pub floor: Cpm,
    /// Its floor is its price (`at` 3).
    pub fixed_price: bool,
    /// The seat under which we bid for it.
    pub seat: &'a str,
    /// What we know of it besides.
    pub agreed: Option<&'a Agreed>,
}

/// On a screen in public a bid may pay for so many impressions at once, and no more.
const MAX_MULTIPLIER_MICROS: i64 = 100_000 * 1_000_000;

impl<'a> Visit<'a> {
    /// Whether the user may be looked for in uploaded audiences: known by an id, and chosen by what is known of him.
    pub fn may_look_up(&self) -> bool {
        self.may_know_user && self.personal
    }

    /// Reads what holds for the whole request.
    pub fn read(
        reduced: &'a Reduced<'a>,
        exchange: &'a Exchange,
        rates: &RateTable,
        now: Timestamp,
        arena: &'a Bump,
    ) -> Result<Visit<'a>, NoBidReason> {
        let request = reduced.request();
        if request.id.is_empty() || (request.imp.is_empty() && request.skipped.is_empty()) {
            return Err(NoBidReason::InvalidRequest);
        }
        if exchange.state != State::Active {
            return Err(NoBidReason::ExchangePaused);
        }
        let seat = asked::seats(exchange, request).next();
        let seat = seat.ok_or(NoBidReason::OurSeatBlocked)?;
        let device = request.device.copied().unwrap_or_default();
        let content = request
            .site
            .and_then(|site| site.content)
            .or_else(|| request.app.and_then(|app| app.content))
            .or_else(|| request.dooh.and_then(|dooh| dooh.content));
        let mut languages = BumpVec::new_in(arena);
        let spoken = [
            device.language,
            device.langb,
            content.and_then(|c| c.language),
            content.and_then(|c| c.langb),
        ];
        languages.extend(
            spoken
                .into_iter()
                .flatten()
                .map(|l| lower(primary_subtag(l), arena)),
        );
        let visit = Visit {
            request,
            exchange,
            seat,
            now,
            currency: asked::answer_currency(request.cur, exchange, rates)?,
            channel: channel(request),
            domain: domain(request, arena),
            bundle: request
                .app
                .and_then(|app| app.bundle)
                .map(|bundle| lower(bundle, arena)),
            publisher: publisher(request)
                .and_then(|p| p.id)
                .map(|id| lower(id, arena)),
            categories: categories(request, arena),
            keywords: keywords(request, arena),
            languages: languages.into_bump_slice(),
            place: place(request, arena),
            device_type: device.devicetype,
            os: device::os(&device),
            browser: device::browser(&device),
            connection: device.connectiontype,
            segments: segments(request, arena),
            audiences: reduced.audiences(),
            age: age(request, now),
            user: reduced.user(),
            may_know_user: reduced.rights().user_id,
            personal: reduced.rights().personal_targeting,
            measured: reduced.rights().measurement,
            participant: reduced.participant(),
        };
        let blocks = exchange.blocks.as_deref();
        match blocks.is_some_and(|blocks| asked::is_blocked(&blocks.inventory, &visit)) {
            true => Err(NoBidReason::BlockedInventory),
            false => Ok(visit),
        }
    }

    /// A price in the currency of the answer, for people.
    pub fn show(&self, price: Cpm) -> String {
        format!("{} {} CPM", price.to_decimal(self.currency), self.currency)
    }
}

impl<'a> Opportunity<'a> {
    /// Reads one impression.
    pub fn read(
        imp: &'a Imp<'a>,
        index: u16,
        visit: &Visit<'a>,
        market: &'a Market,
        rates: &RateTable,
        arena: &'a Bump,
    ) -> Result<Opportunity<'a>, NoBidReason> {
        let floor = asked::floor(imp.bidfloor, imp.bidfloorcur, visit.currency, rates)
            .and_then(|floor| asked::least(floor, imp, visit, rates))
            .ok_or(NoBidReason::NoRate)?;
        let multiplier_micros = match imp.qty.and_then(|qty| qty.multiplier) {
            Some(multiplier) => multiplier
                .to_scaled(6)
                .ok_or(NoBidReason::InvalidImpression)?,
            None => 1_000_000,
        };
        if !(1..=MAX_MULTIPLIER_MICROS).contains(&multiplier_micros) {
            return Err(NoBidReason::InvalidImpression);
        }
        let mut deals = BumpVec::new_in(arena);
        for deal in imp.pmp.map(|pmp| pmp.deals).unwrap_or_default() {
            deals.extend(asked::deal(deal, visit, market, rates));
        }
        let banner_position = imp.banner.and_then(|banner| banner.pos);
        Ok(Opportunity {
            imp,
            index,
            floor,
            private_auction: imp.pmp.is_some_and(|pmp| pmp.private_auction),
            deals: deals.into_bump_slice(),
            sizes: sizes(imp, arena),
            position: banner_position.or_else(|| imp.video.and_then(|video| video.pos)),
            multiplier_micros,
        })
    }
}

fn channel(request: &BidRequest<'_>) -> Option<Channel> {
    // Where an exchange sends both, a bundle says that the site is only the app's web address.
    match (request.site, request.app, request.dooh) {
        (_, _, Some(_)) => Some(Channel::OutOfHome),
        (Some(_), Some(app), _) if app.bundle.is_some() => Some(Channel::App),
        (Some(_), _, _) => Some(Channel::Site),
        (None, Some(_), _) => Some(Channel::App),
        (None, None, None) => None,
    }
}

fn publisher<'a>(request: &BidRequest<'a>) -> Option<&'a Publisher<'a>> {
    let site = request.site.and_then(|site| site.publisher);
    let app = request.app.and_then(|app| app.publisher);
    site.or(app)
        .or_else(|| request.dooh.and_then(|dooh| dooh.publisher))
}

fn domain<'a>(request: &BidRequest<'a>, arena: &'a Bump) -> Option<&'a str> {
    let site = request.site?;
    let host = site.domain.or_else(|| site.page.and_then(host))?;
    Some(bare_domain(lower(host, arena)))
}

/// The host of a URL.
pub(crate) fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let after_user = authority.rsplit('@').next()?;
    let name = after_user.split(':').next()?;
    (!name.is_empty()).then_some(name)
}

/// A domain without scheme, path, `www.` and the root's dot.
pub(crate) fn bare_domain(domain: &str) -> &str {
    let name = host(domain).unwrap_or(domain);
    let name = name.split(['/', ':', '?']).next().unwrap_or(name);
    let name = name.trim().trim_end_matches('.');
    name.strip_prefix("www.").unwrap_or(name)
}

fn categories<'a>(request: &BidRequest<'a>, arena: &'a Bump) -> &'a [(i32, &'a str)] {
    let mut all = BumpVec::new_in(arena);
    let mut add = |taxonomy: Option<i32>, lists: &[&'a [&'a str]]| {
        for category in lists.iter().flat_map(|list| list.iter()) {
            all.push((taxonomy_of(category, taxonomy), lower(category, arena)));
        }
    };
    if let Some(site) = request.site {
        add(site.cattax, &[site.cat, site.sectioncat, site.pagecat]);
        site.content
            .inspect(|content| add(content.cattax, &[content.cat]));
    }
    if let Some(app) = request.app {
        add(app.cattax, &[app.cat, app.sectioncat, app.pagecat]);
        app.content
            .inspect(|content| add(content.cattax, &[content.cat]));
    }
    all.into_bump_slice()
}

/// The taxonomy that a category is of. "IAB…" is of the first whatever the request says: no other writes its ids so.
pub(crate) fn taxonomy_of(category: &str, said: Option<i32>) -> i32 {
    let first = category
        .as_bytes()
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"IAB"));
    if first { 1 } else { said.unwrap_or(1) }
}

fn keywords<'a>(request: &BidRequest<'a>, arena: &'a Bump) -> &'a [&'a str] {
    let mut all = BumpVec::new_in(arena);
    let mut add = |text: Option<&'a str>, list: &'a [&'a str]| {
        let split = text.into_iter().flat_map(|text| text.split(','));
        all.extend(
            split
                .chain(list.iter().copied())
                .map(|word| lower(word.trim(), arena))
                .filter(|word| !word.is_empty()),
        );
    };
    if let Some(site) = request.site {
        add(site.keywords, site.kwarray);
        site.content
            .inspect(|content| add(content.keywords, content.kwarray));
    }
    if let Some(app) = request.app {
        add(app.keywords, app.kwarray);
        app.content
            .inspect(|content| add(content.keywords, content.kwarray));
    }
    if let Some(dooh) = request.dooh {
        add(dooh.keywords, &[]);
    }
    if let Some(user) = request.user {
        add(user.keywords, user.kwarray);
    }
    all.into_bump_slice()
}

fn segments<'a>(request: &BidRequest<'a>, arena: &'a Bump) -> &'a [(&'a str, &'a str)] {
    let mut all = BumpVec::new_in(arena);
    for data in request.user.map(|user| user.data).unwrap_or_default() {
        let provider = data
            .id
            .or(data.name)
            .map(|name| lower(name, arena))
            .unwrap_or("");
        for segment in data.segment {
            if let Some(id) = segment.id.or(segment.name) {
                all.push((provider, lower(id, arena)));
            }
        }
    }
    all.into_bump_slice()
}

fn place<'a>(request: &BidRequest<'a>, arena: &'a Bump) -> Place<'a> {
    let device = request.device.and_then(|device| device.geo);
    let user = request.user.and_then(|user| user.geo);
    // Where the device is beats where the user lives, field by field.
    let text = |field: fn(&Geo<'a>) -> Option<&'a str>| {
        device.and_then(field).or_else(|| user.and_then(field))
    };
    let point = |geo: &Geo<'a>| geo.lat.zip(geo.lon);
    let country = text(|geo| geo.country).and_then(Country::parse);
    Place {
        country,
        region: text(|geo| geo.region).map(|region| upper(region_code(region), arena)),
        city: text(|geo| geo.city).map(|city| lower(city, arena)),
        metro: text(|geo| geo.metro).map(|metro| lower(metro, arena)),
        zip: text(|geo| geo.zip).map(|zip| lower(zip, arena)),
        point: device.and_then(point).or_else(|| user.and_then(point)),
    }
}

/// ISO 3166-2 without the country: "US-CA" and "CA" are the same.
fn region_code(region: &str) -> &str {
    match region.split_once('-') {
        Some((country, rest)) if country.len() == 2 => rest,
        _ => region,
    }
}

fn age(request: &BidRequest<'_>, now: Timestamp) -> Option<i32> {
    let born = request.user?.yob?;
    let age = now.year() - born;
    (0..=120).contains(&age).then_some(age)
}

fn sizes<'a>(imp: &Imp<'a>, arena: &'a Bump) -> &'a [Size] {
    let mut all = BumpVec::new_in(arena);
    let mut add = |w: Option<i32>, h: Option<i32>| {
        if let (Some(width @ 1..), Some(height @ 1..)) = (w, h) {
            let size = Size { width, height };
            if !all.contains(&size) {
                all.push(size);
            }
        }
    };
    if let Some(banner) = imp.banner {
        banner
            .format
            .iter()
            .for_each(|format| add(format.w, format.h));
        add(banner.w, banner.h);
    }
    if let Some(video) = imp.video {
        add(video.w, video.h);
    }
    all.into_bump_slice()
}
