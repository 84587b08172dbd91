//! The terms that a request says, looked up among those that the ads of a book ask for.

use bumpalo::Bump;
use bumpalo::collections::{String as BumpString, Vec as BumpVec};
use campaign::creative::{Format, Size};
use campaign::targeting::Condition;

use crate::candidates::asks_for;
use crate::fit::{positive, size_fits};
use crate::opportunity::{Opportunity, Visit};
use crate::targeting;

use super::Index;
use super::posting::Use;
use super::term::{
    Attribute, Term, category, channel, of_number, of_size, region, shape_of, week_hour,
};

/// Gathers what is said, as far as some ad asks about it.
struct Listener<'i, 'a, 't> {
    index: &'i Index,
    arena: &'a Bump,
    said: BumpVec<'a, Term<'t>>,
}

impl<'i, 'a, 't> Listener<'i, 'a, 't> {
    fn new(index: &'i Index, usual: usize, arena: &'a Bump) -> Listener<'i, 'a, 't> {
        Listener {
            index,
            arena,
            said: BumpVec::with_capacity_in(usual, arena),
        }
    }

    #[inline]
    fn hear(&mut self, term: Term<'t>) {
        // Most attributes are asked about by no ad of a book, and then the look-up is saved.
        if self.index.asks(term.attribute) {
            self.said.push(term);
        }
    }

    /// What the ads make of all that was heard.
    fn uses(self) -> &'a [Use] {
        let mut heard = BumpVec::with_capacity_in(self.said.len() + USUAL, self.arena);
        let dictionary = &self.index.dictionary;
        dictionary.find_all(&self.said, self.arena, |id| {
            heard.extend_from_slice_copy(self.index.uses(id));
        });
        heard.into_bump_slice()
    }

    fn text(&mut self, attribute: Attribute, text: Option<&'t str>) {
        if let Some(text) = text {
            self.hear(Term::text(attribute, text));
        }
    }

    fn number(&mut self, attribute: Attribute, number: Option<i32>) {
        if let Some(number) = number {
            self.hear(of_number(attribute, number));
        }
    }
}

/// Some terms have two uses: ads that ask for them, and ads that ask for anything else.
const USUAL: usize = 16;

/// What holds for all impressions of a request.
pub fn by_visit<'a>(index: &Index, visit: &'a Visit<'_>, arena: &'a Bump) -> &'a [Use] {
    let mut said = Listener::new(index, 128, arena);
    by_place(&mut said, visit);
    said.number(Attribute::DeviceType, visit.device_type);
    said.text(Attribute::Os, visit.os);
    said.text(Attribute::Browser, visit.browser);
    said.number(Attribute::Connection, visit.connection);
    for (at, language) in visit.languages.iter().enumerate() {
        if !visit.languages[..at].contains(language) {
            said.hear(Term::text(Attribute::Language, language));
        }
    }
    let mut domain = visit.domain;
    while let Some(name) = domain {
        said.hear(Term::text(Attribute::Domain, name));
        domain = after(name, b'.');
    }
    said.text(Attribute::Bundle, visit.bundle);
    said.text(Attribute::Publisher, visit.publisher);
    said.hear(Term::number(Attribute::Exchange, visit.exchange.id.0));
    for (taxonomy, id) in visit.categories {
        said.hear(category(*taxonomy, id));
        if let Some(within) = after(id, b'-') {
            said.hear(category(*taxonomy, &id[..id.len() - within.len() - 1]));
        }
    }
    for keyword in visit.keywords {
        said.hear(Term::text(Attribute::Keyword, keyword));
    }
    by_segments(&mut said, visit);
    for audience in visit.audiences {
        said.hear(Term::number(Attribute::Audience, audience.0));
    }
    if let Some(place) = visit.channel {
        said.hear(channel(place));
    }
    for (number, hour) in index.hours_at(visit.now) {
        said.hear(week_hour(number, hour));
    }
    for (number, condition) in (0..).zip(&index.tests) {
        match condition {
            Condition::Near(circles) if targeting::is_near(circles, visit) => {
                said.hear(Term::number(Attribute::Place, number));
            }
            Condition::Age { min, max } if targeting::is_aged(*min, *max, visit) => {
                said.hear(Term::number(Attribute::Years, number));
            }
            _ => {}
        }
    }
    said.uses()
}

/// What stands after the first of these ASCII bytes. The texts are short, for which this is the fastest way.
fn after(text: &str, byte: u8) -> Option<&str> {
    let at = text.bytes().position(|there| there == byte)?;
    Some(&text[at + 1..])
}

fn by_place<'t>(said: &mut Listener<'_, '_, 't>, visit: &'t Visit<'_>) {
    let place = &visit.place;
    if let Some(country) = &place.country {
        said.hear(Term::text(Attribute::Country, country.code()));
        if let Some(code) = place.region {
            said.hear(region(*country, code));
        }
    }
    said.text(Attribute::City, place.city);
    said.text(Attribute::Metro, place.metro);
    if let Some(zip) = place.zip {
        said.hear(Term::text(Attribute::Zip, zip));
        if said.index.asks(Attribute::ZipPrefix) {
            let ends = zip.char_indices().map(|(at, _)| at).chain([zip.len()]);
            // No ad asks for a longer one, or it would be no postal code.
            for end in ends.take(MAX_ZIP_PREFIX) {
                said.hear(Term::text(Attribute::ZipPrefix, &zip[..end]));
            }
        }
    }
}

/// How many letters of a postal code's beginning are looked up.
pub const MAX_ZIP_PREFIX: usize = 16;

fn by_segments<'a>(said: &mut Listener<'_, 'a, 'a>, visit: &'a Visit<'_>) {
    for (provider, id) in visit.segments {
        said.hear(Term::text(Attribute::Segment, id));
        // "provider/segment" is cut at its first stroke, so no provider's name that holds one is ever meant.
        if said.index.asks(Attribute::ProviderSegment) && after(provider, b'/').is_none() {
            let mut whole = BumpString::with_capacity_in(provider.len() + 1 + id.len(), said.arena);
            whole.push_str(provider);
            whole.push('/');
            whole.push_str(id);
            said.hear(Term::text(
                Attribute::ProviderSegment,
                whole.into_bump_str(),
            ));
        }
    }
}

/// What holds for one impression.
pub fn by_impression<'a>(
    index: &Index,
    visit: &Visit<'_>,
    opportunity: &'a Opportunity<'_>,
    arena: &'a Bump,
) -> &'a [Use] {
    let mut said = Listener::new(index, 32, arena);
    let imp = opportunity.imp;
    for format in Format::ALL
        .into_iter()
        .filter(|format| asks_for(imp, *format))
    {
        said.hear(Term::number(Attribute::Format, format as u64));
        if format != Format::Banner {
            said.hear(shape_of(format));
        }
    }
    by_banner_sizes(&mut said, visit, opportunity);
    for size in opportunity.sizes {
        said.hear(of_size(Attribute::Size, *size));
    }
    for open in opportunity.deals {
        said.hear(Term::text(Attribute::Deal, open.deal.id));
    }
    said.number(Attribute::Position, opportunity.position);
    said.number(
        Attribute::VideoPlacement,
        imp.video.and_then(|video| video.plcmt),
    );
    for (number, condition) in (0..).zip(&index.tests) {
        if let Condition::VideoDuration {
            min_seconds,
            max_seconds,
        } = condition
            && targeting::takes_length(*min_seconds, *max_seconds, imp)
        {
            said.hear(Term::number(Attribute::Seconds, number));
        }
    }
    said.uses()
}

/// The sizes of banner that the impression takes. Where it does not list them, all those that ads have are tried.
fn by_banner_sizes(
    said: &mut Listener<'_, '_, '_>,
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
) {
    let Some(banner) = opportunity.imp.banner else {
        return;
    };
    let exact = banner
        .format
        .iter()
        .all(|format| positive(format.w, format.h).is_some());
    let listed = banner
        .format
        .iter()
        .filter_map(|format| positive(format.w, format.h));
    match (banner.format.is_empty(), positive(banner.w, banner.h)) {
        (true, Some(size)) => said.hear(of_size(Attribute::Shape, size)),
        (false, _) if exact => listed.for_each(|size| said.hear(of_size(Attribute::Shape, size))),
        _ => {
            let index = said.index;
            let fits = |size: &&Size| size_fits(**size, banner, visit, opportunity.imp.instl);
            let sizes = index.sizes.iter().filter(fits);
            sizes.for_each(|size| said.hear(of_size(Attribute::Shape, *size)));
        }
    }
}
