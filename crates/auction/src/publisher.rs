//! What the publisher forbids: attributes, categories, advertisers, apps, languages, and what is not secure.

use bumpalo::Bump;
use campaign::creative::Creative;
use openrtb::adcom::creative_attribute::SKIP_BUTTON;

use crate::fit::Rendition;
use crate::markup::Prepared;
use crate::opportunity::{Opportunity, Visit, bare_domain, primary_subtag, taxonomy_of};
use crate::reason::NoBidReason;
use crate::targeting::domain_matches;

/// Tests a creative that fits against what the publisher forbids.
pub fn check(
    creative: &Prepared,
    rendition: &Rendition<'_>,
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
) -> Result<(), NoBidReason> {
    let request = visit.request;
    if opportunity.imp.secure == Some(true) && !creative.own_html().is_secure() {
        // Every URL of a creative is `https` by the time that it is kept; what is left is the advertiser's own HTML.
        return Err(NoBidReason::NotSecure);
    }
    let forbidden = forbidden_attributes(rendition, opportunity);
    if forbidden
        .iter()
        .any(|attribute| has_attribute(creative, rendition, *attribute))
    {
        return Err(NoBidReason::CreativeAttribute);
    }
    if blocks_category(creative, request.bcat, request.cattax) {
        return Err(NoBidReason::BlockedCategory);
    }
    if !request.acat.is_empty() && !names_category(creative, request.acat, request.cattax) {
        return Err(NoBidReason::CategoryNotAllowed);
    }
    if creative
        .advertiser_domains
        .iter()
        .any(|domain| blocks_domain(domain, request.badv))
    {
        return Err(NoBidReason::BlockedAdvertiser);
    }
    if let Some(blocks) = visit.exchange.blocks.as_deref()
        && creative
            .advertiser_domains
            .iter()
            .any(|domain| domain_matches(domain, |it| blocks.advertiser_domains.contains(it)))
    {
        return Err(NoBidReason::BlockedAdvertiser);
    }
    if !creative.app_bundle.is_empty()
        && request
            .bapp
            .iter()
            .any(|app| app.eq_ignore_ascii_case(&creative.app_bundle))
    {
        return Err(NoBidReason::BlockedApp);
    }
    if !takes_language(&creative.language, request.wlang, request.wlangb) {
        return Err(NoBidReason::CreativeLanguage);
    }
    Ok(())
}

/// The attributes that a bid for the creative must name: its own, and that it can be skipped where it is written so.
pub(crate) fn attributes<'a>(
    creative: &'a Creative,
    rendition: &Rendition<'_>,
    arena: &'a Bump,
) -> &'a [i32] {
    let own = &creative.attributes;
    if !is_skippable(rendition) || own.contains(&SKIP_BUTTON) {
        return own;
    }
    arena.alloc_slice_fill_with(own.len() + 1, |n| {
        own.get(n).copied().unwrap_or(SKIP_BUTTON)
    })
}

fn has_attribute(creative: &Creative, rendition: &Rendition<'_>, attribute: i32) -> bool {
    creative.attributes.contains(&attribute)
        || (attribute == SKIP_BUTTON && is_skippable(rendition))
}

fn is_skippable(rendition: &Rendition<'_>) -> bool {
    match rendition {
        Rendition::Video(plan) => plan.skip_after().is_some(),
        _ => false,
    }
}

fn forbidden_attributes<'a>(rendition: &Rendition<'_>, opportunity: &Opportunity<'a>) -> &'a [i32] {
    let imp = opportunity.imp;
    let list = match rendition {
        Rendition::Banner { .. } => imp.banner.map(|banner| banner.battr),
        Rendition::Video(_) => imp.video.map(|video| video.battr),
        Rendition::Audio(_) => imp.audio.map(|audio| audio.battr),
        Rendition::Native(_) => imp.native.map(|native| native.battr),
    };
    list.unwrap_or_default()
}

/// Whether the list blocks one of the creative's categories. A parent blocks its children. Where
/// list and creative speak of different taxonomies, nobody can tell, and what cannot be told is
/// taken for blocked.
fn blocks_category(creative: &Creative, blocked: &[&str], taxonomy: Option<i32>) -> bool {
    let ours = creative.category_taxonomy;
    blocked.iter().any(|category| {
        let comparable = taxonomy_of(category, taxonomy) == ours;
        if comparable {
            names(creative, category)
        } else {
            !creative.categories.is_empty()
        }
    })
}

/// Whether the list names one of the creative's categories.
fn names_category(creative: &Creative, allowed: &[&str], taxonomy: Option<i32>) -> bool {
    allowed.iter().any(|category| {
        taxonomy_of(category, taxonomy) == creative.category_taxonomy && names(creative, category)
    })
}

fn names(creative: &Creative, category: &str) -> bool {
    let of = |own: &String| {
        let Some((head, rest)) = own.as_bytes().split_at_checked(category.len()) else {
            return false;
        };
        // A parent ends at the first hyphen.
        let parent = || rest[0] == b'-' && !category.contains('-');
        head.eq_ignore_ascii_case(category.as_bytes()) && (rest.is_empty() || parent())
    };
    creative.categories.iter().any(of)
}

/// Whether the list names the domain or one above it.
fn blocks_domain(domain: &str, blocked: &[&str]) -> bool {
    blocked.iter().any(|listed| {
        if is_bare(listed) {
            is_within(domain, listed)
        } else {
            is_within(domain, bare_domain(listed))
        }
    })
}

/// Whether what is listed is surely a domain and nothing else, as nearly all are.
fn is_bare(listed: &str) -> bool {
    let part_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let all = listed
        .bytes()
        .fold(true, |all, byte| all & part_of_name(byte));
    all && !listed.starts_with("www.") && !listed.ends_with('.')
}

fn is_within(domain: &str, above: &str) -> bool {
    let Some(head) = domain.len().checked_sub(above.len()) else {
        return false;
    };
    let (head, tail) = domain.as_bytes().split_at(head);
    !above.is_empty()
        && tail.eq_ignore_ascii_case(above.as_bytes())
        && head.last().is_none_or(|before| *before == b'.')
}

/// A creative without a language goes everywhere.
fn takes_language(language: &str, iso: &[&str], bcp: &[&str]) -> bool {
    let same =
        |listed: &&str| primary_subtag(listed).eq_ignore_ascii_case(primary_subtag(language));
    let listed = iso.iter().chain(bcp);
    language.is_empty() || (iso.is_empty() && bcp.is_empty()) || listed.into_iter().any(same)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The domain of each entry read whole, whatever it looks like.
    fn blocks(domain: &str, listed: &str) -> bool {
        let above = bare_domain(listed).to_ascii_lowercase();
        let domain = domain.to_ascii_lowercase();
        !above.is_empty() && (domain == above || domain.ends_with(&format!(".{above}")))
    }

    proptest! {
        #[test]
        fn an_entry_blocks_what_its_domain_blocks(
            domain in "([a-c]{1,2}\\.){0,3}[a-c]{1,2}",
            before in "|www\\.|WWW\\.|https://|http://u@| |\\.",
            after in "|/|/x|:80|\\.| |\\?a\\.b",
            labels in "([a-cA-C]{1,2}\\.){0,2}[a-cA-C]{0,2}",
        ) {
            let listed = format!("{before}{labels}{after}");
            prop_assert_eq!(blocks_domain(&domain, &[&listed]), blocks(&domain, &listed), "{}", listed);
        }
    }
}
