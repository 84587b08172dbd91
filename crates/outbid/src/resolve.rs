//! What a name on the command line means: a whole resource name, or the last parts of one where that is enough to tell
//! it from the others.

use api::names::{Kind, Name, check_id};

use crate::failure::{Exit, Failure};
use crate::resource::{ids, short, word_of_many};
use crate::server::Server;

/// How many names one lookup reads of each kind.
const MAX_NAMES: usize = 100_000;
/// How many candidates an error lists.
const MAX_CANDIDATES: usize = 10;
/// How many likely names an error suggests.
const MAX_SUGGESTIONS: usize = 3;
/// From which likeness (Jaro-Winkler, 0 to 1) a name is suggested: two letters swapped or one missing is above it.
const LIKE: f64 = 0.85;

/// Finds what is meant, among these kinds. A name that is whole is not looked up.
pub async fn resolve(server: &Server, kinds: &[Kind], text: &str) -> Result<Name, Failure> {
    resolve_among(server, kinds, text, false).await
}

/// The same among what was deleted too.
pub async fn resolve_deleted(server: &Server, kinds: &[Kind], text: &str) -> Result<Name, Failure> {
    resolve_among(server, kinds, text, true).await
}

async fn resolve_among(
    server: &Server,
    kinds: &[Kind],
    text: &str,
    deleted: bool,
) -> Result<Name, Failure> {
    let parts = match read(kinds, text)? {
        Meant::Whole(name) => return Ok(name),
        Meant::Parts(parts) => parts,
    };
    // Where several kinds may be meant, what is of no advertiser is named with its collection.
    let alone = kinds.len() == 1;
    let meant = kinds
        .iter()
        .copied()
        .filter(|kind| alone || !kind.is_of_market());
    let kinds: &[Kind] = &meant.collect::<Vec<_>>();
    let mut known = Vec::new();
    for kind in kinds {
        if kind.collections().len() >= parts.len() {
            known.extend(names(server, *kind, deleted).await?);
        }
    }
    choose(kinds, text, &parts, &known)
}

/// Adds to a "not found" the names that the user may have meant.
pub async fn suggest(server: &Server, name: &Name, failure: Failure) -> Failure {
    if failure.exit != Exit::NotFound || failure.hint.is_some() {
        return failure;
    }
    match names(server, name.kind(), false).await {
        Ok(known) => match hint(&short(name.as_str()), name.kind(), &known) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        },
        Err(_) => failure,
    }
}

async fn names(server: &Server, kind: Kind, deleted: bool) -> Result<Vec<Name>, Failure> {
    let listed = server
        .list(kind, any_parent(kind), deleted, MAX_NAMES)
        .await?;
    let names = listed.resources.iter();
    Ok(names
        .filter_map(|resource| Name::parse(resource.name()).ok())
        .collect())
}

/// The parent of a list of everything of the kind.
pub fn any_parent(kind: Kind) -> &'static str {
    match kind.parent() {
        Some(Kind::Advertiser) => "advertisers/-",
        Some(_) => "advertisers/-/campaigns/-",
        None => "",
    }
}

/// The parent of a list of all of the kind that is below `name`; `None` where nothing of the kind can be.
pub fn parent_within(kind: Kind, name: &Name) -> Option<String> {
    match (kind.parent()?, name.kind()) {
        (parent, top) if parent == top => Some(name.to_string()),
        (Kind::Campaign, Kind::Advertiser) => Some(format!("{name}/campaigns/-")),
        _ => None,
    }
}

/// What was written.
#[derive(Debug, PartialEq)]
enum Meant<'a> {
    /// A whole name.
    Whole(Name),
    /// The last ids of one.
    Parts(Vec<&'a str>),
}

fn read<'a>(kinds: &[Kind], text: &'a str) -> Result<Meant<'a>, Failure> {
    let begins = |kind: &Kind| {
        let rest = text.strip_prefix(kind.collections()[0]);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    if Kind::ALL.iter().any(begins) {
        let name = Name::parse(text).map_err(|error| Failure::usage(error.to_string()))?;
        return if kinds.contains(&name.kind()) {
            Ok(Meant::Whole(name))
        } else {
            let words = name.kind().words();
            Err(Failure::usage(format!(
                "{text} names the {words}, and this takes {}",
                nouns(kinds)
            )))
        };
    }
    let parts: Vec<&str> = text.split('/').collect();
    for part in &parts {
        check_id(part).map_err(|error| Failure::usage(error.to_string()))?;
    }
    if !kinds
        .iter()
        .any(|kind| kind.collections().len() >= parts.len())
    {
        return Err(Failure::usage(format!(
            "\"{text}\" has more parts than the name of {}",
            nouns(kinds)
        )));
    }
    // Where every part is there, only one thing can be meant.
    if let [kind] = kinds
        && kind.collections().len() == parts.len()
    {
        let whole: Vec<String> = kind
            .collections()
            .iter()
            .zip(&parts)
            .map(|(collection, id)| format!("{collection}/{id}"))
            .collect();
        let name =
            Name::parse(&whole.join("/")).map_err(|error| Failure::usage(error.to_string()))?;
        return Ok(Meant::Whole(name));
    }
    Ok(Meant::Parts(parts))
}

fn choose(kinds: &[Kind], text: &str, parts: &[&str], known: &[Name]) -> Result<Name, Failure> {
    let meant: Vec<&Name> = known
        .iter()
        .filter(|name| ids(name).ends_with(parts))
        .collect();
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let failure = Failure::new(
                Exit::NotFound,
                format!("there is no {} \"{text}\"", either(kinds)),
            );
            Err(match kinds {
                [kind] => match hint(text, *kind, known) {
                    Some(hint) => failure.with_hint(hint),
                    None => failure,
                },
                _ => match likely(text, known).as_slice() {
                    [] => failure,
                    likely => failure.with_hint(format!("did you mean {}?", likely.join(" or "))),
                },
            })
        }
        several => {
            let shown = several
                .iter()
                .take(MAX_CANDIDATES)
                .map(|name| name.to_string());
            let rest = several.len().saturating_sub(MAX_CANDIDATES);
            let rest = (rest > 0).then(|| format!("and {rest} more"));
            Err(
                Failure::usage(format!("\"{text}\" may mean {} things", several.len()))
                    .with_details(shown.chain(rest))
                    .with_hint("write one of these names whole"),
            )
        }
    }
}

fn hint(text: &str, kind: Kind, known: &[Name]) -> Option<String> {
    match likely(text, known).as_slice() {
        [] if known.is_empty() => Some(format!("there are no {} yet", word_of_many(kind))),
        [] => Some(format!("`outbid get {}` lists them", word_of_many(kind))),
        likely => Some(format!("did you mean {}?", likely.join(" or "))),
    }
}

/// The names most like the text, the likeliest first.
fn likely(text: &str, known: &[Name]) -> Vec<String> {
    let mut scored: Vec<(f64, String)> = known
        .iter()
        .map(|name| {
            let short = short(name.as_str());
            let whole = strsim::jaro_winkler(text, &short);
            (whole.max(strsim::jaro_winkler(text, name.id())), short)
        })
        .filter(|(score, _)| *score >= LIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored
        .into_iter()
        .take(MAX_SUGGESTIONS)
        .map(|(_, name)| name)
        .collect()
}

/// The text of a list that is most like this one, where any is like it.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| {
            (
                strsim::jaro_winkler(&text.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(score, _)| *score >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

fn nouns(kinds: &[Kind]) -> String {
    let either = either(kinds);
    let article = if either.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {either}")
}

fn either(kinds: &[Kind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.words()).collect();
    match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWITCHED: [Kind; 3] = [Kind::Advertiser, Kind::Campaign, Kind::Ad];

    fn known() -> Vec<Name> {
        [
            "advertisers/acme",
            "advertisers/acme/campaigns/spring",
            "advertisers/acme/campaigns/spring/ads/mpu",
            "advertisers/acme/campaigns/spring/ads/billboard",
            "advertisers/bolt/campaigns/spring",
            "advertisers/bolt/campaigns/autumn",
        ]
        .iter()
        .map(|name| Name::parse(name).unwrap())
        .collect()
    }

    fn resolved(kinds: &[Kind], text: &str) -> Result<Name, Failure> {
        match read(kinds, text)? {
            Meant::Whole(name) => Ok(name),
            Meant::Parts(parts) => {
                let known: Vec<Name> = known()
                    .into_iter()
                    .filter(|name| kinds.contains(&name.kind()))
                    .collect();
                choose(kinds, text, &parts, &known)
            }
        }
    }

    #[test]
    fn a_name_may_be_whole_or_its_last_parts() {
        let check = |kinds: &[Kind], text: &str, expect: &str| {
            assert_eq!(resolved(kinds, text).unwrap().as_str(), expect, "{text}");
        };
        let campaign = &[Kind::Campaign];
        check(
            campaign,
            "advertisers/acme/campaigns/new",
            "advertisers/acme/campaigns/new",
        );
        check(campaign, "acme/spring", "advertisers/acme/campaigns/spring");
        check(campaign, "autumn", "advertisers/bolt/campaigns/autumn");
        check(&SWITCHED, "acme", "advertisers/acme");
        check(
            &SWITCHED,
            "acme/spring",
            "advertisers/acme/campaigns/spring",
        );
        check(
            &SWITCHED,
            "mpu",
            "advertisers/acme/campaigns/spring/ads/mpu",
        );
        check(
            &SWITCHED,
            "spring/mpu",
            "advertisers/acme/campaigns/spring/ads/mpu",
        );
    }

    #[test]
    fn a_name_that_may_mean_several_things_lists_them() {
        let failure = resolved(&[Kind::Campaign], "spring").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(
            failure.to_string(),
            "\"spring\" may mean 2 things\n  advertisers/acme/campaigns/spring\n  \
             advertisers/bolt/campaigns/spring\nhint: write one of these names whole"
        );
    }

    #[test]
    fn a_name_that_is_not_there_suggests_one_that_is() {
        let check = |kinds: &[Kind], text: &str, exit: Exit, expect: &str| {
            let failure = resolved(kinds, text).unwrap_err();
            assert_eq!(
                (failure.exit, failure.to_string().as_str()),
                (exit, expect),
                "{text}"
            );
        };
        check(
            &[Kind::Campaign],
            "autum",
            Exit::NotFound,
            "there is no campaign \"autum\"\nhint: did you mean bolt/autumn?",
        );
        check(
            &SWITCHED,
            "acne/spring/mpu",
            Exit::NotFound,
            "there is no advertiser, campaign or ad \"acne/spring/mpu\"\nhint: did you mean acme/spring/mpu or \
             acme/spring?",
        );
        check(
            &[Kind::Ad],
            "zzz",
            Exit::NotFound,
            "there is no ad \"zzz\"\nhint: `outbid get ads` lists them",
        );
        check(
            &[Kind::Creative],
            "zzz",
            Exit::NotFound,
            "there is no creative \"zzz\"\nhint: there are no creatives yet",
        );
    }

    #[test]
    fn a_name_that_cannot_be_one_is_refused_with_what_to_write() {
        let check = |kinds: &[Kind], text: &str, part: &str| {
            let failure = resolved(kinds, text).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{text}");
            assert!(failure.message.contains(part), "{text}: {failure}");
        };
        check(
            &[Kind::Campaign],
            "advertisers/acme",
            "names the advertiser, and this takes a campaign",
        );
        check(&[Kind::Campaign], "Spring", "lower-case");
        check(&[Kind::Campaign], "", "lower-case");
        check(
            &[Kind::Experiment],
            "rateTables/usual",
            "names the rate table, and this takes an experiment",
        );
        check(
            &[Kind::Campaign],
            "a/b/c",
            "more parts than the name of a campaign",
        );
        check(
            &[Kind::Campaign],
            "advertisers/acme/campaign/x",
            "no resource name",
        );
    }
}
