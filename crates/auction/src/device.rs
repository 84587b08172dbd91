//! Operating system and browser of a device, as targeting names them.
//!
//! The structured user agent (`sua`) is believed first, then `device.os`, then the user agent's
//! text. The text is read by the tokens that tell families apart, in the order in which they must
//! be asked (Edge says "Chrome", Chrome says "Safari"), all of them in one pass over the text.

use openrtb::request::Device;

/// The operating system's family, or `None` where nothing says it.
pub fn os(device: &Device<'_>) -> Option<&'static str> {
    let platform = device
        .sua
        .and_then(|sua| sua.platform)
        .and_then(|platform| platform.brand);
    let named = [platform, device.os]
        .into_iter()
        .flatten()
        .find_map(|name| OS_NAMES.find(name));
    named.or_else(|| OS_IN_USER_AGENT.find(device.ua?))
}

/// The browser's family, or `None` where nothing says it.
pub fn browser(device: &Device<'_>) -> Option<&'static str> {
    let brands = device.sua.map(|sua| sua.browsers).unwrap_or_default();
    // A list of brands holds the engine ("Chromium") and a made-up one beside the browser's own.
    let named = brands
        .iter()
        .filter_map(|brand| brand.brand)
        .find_map(|brand| BROWSER_BRANDS.find(brand));
    named.or_else(|| BROWSER_IN_USER_AGENT.find(device.ua?))
}

/// The names by which [`os`] and [`browser`] tell their families, to be said in the place of all else that a device
/// says of itself: the system's, and the browser's brand.
pub(crate) fn names(device: &Device<'_>) -> (Option<&'static str>, Option<&'static str>) {
    (
        os(device).and_then(|family| OS_NAMES.name_of(family)),
        browser(device).and_then(|family| BROWSER_BRANDS.name_of(family)),
    )
}

static OS_NAMES: Families = Families::of(&[
    // Before the "ios" that is in its name.
    ("kaios", "kaios"),
    ("android", "android"),
    ("ipados", "ios"),
    ("iphone", "ios"),
    ("tvos", "tvos"),
    ("watchos", "watchos"),
    ("visionos", "visionos"),
    ("ios", "ios"),
    ("windows phone", "windows-phone"),
    ("windows", "windows"),
    ("macos", "macos"),
    ("mac os", "macos"),
    ("os x", "macos"),
    ("osx", "macos"),
    ("chrome os", "chromeos"),
    ("chromium os", "chromeos"),
    ("chromeos", "chromeos"),
    ("fire os", "fireos"),
    ("fireos", "fireos"),
    ("roku", "roku"),
    ("tizen", "tizen"),
    ("webos", "webos"),
    ("playstation", "playstation"),
    ("xbox", "xbox"),
    ("linux", "linux"),
    ("ubuntu", "linux"),
]);

static OS_IN_USER_AGENT: Families = Families::of(&[
    ("windows phone", "windows-phone"),
    ("xbox", "xbox"),
    ("windows", "windows"),
    ("appletv", "tvos"),
    ("apple tv", "tvos"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("ipod", "ios"),
    ("cros ", "chromeos"),
    ("tizen", "tizen"),
    ("web0s", "webos"),
    ("webos", "webos"),
    ("roku", "roku"),
    ("kaios", "kaios"),
    ("playstation", "playstation"),
    ("aftt", "fireos"),
    ("aftm", "fireos"),
    ("android", "android"),
    ("macintosh", "macos"),
    ("mac os x", "macos"),
    ("linux", "linux"),
]);

static BROWSER_BRANDS: Families = Families::of(&[
    ("edge", "edge"),
    ("opera", "opera"),
    ("samsung", "samsung"),
    ("brave", "brave"),
    ("vivaldi", "vivaldi"),
    ("ucbrowser", "uc"),
    ("yabrowser", "yandex"),
    ("silk", "silk"),
    ("chrome", "chrome"),
    ("firefox", "firefox"),
    ("internet explorer", "ie"),
    ("safari", "safari"),
]);

static BROWSER_IN_USER_AGENT: Families = Families::of(&[
    ("edg/", "edge"),
    ("edga/", "edge"),
    ("edgios/", "edge"),
    ("edge/", "edge"),
    ("opr/", "opera"),
    ("opera", "opera"),
    ("samsungbrowser/", "samsung"),
    ("ucbrowser/", "uc"),
    ("yabrowser/", "yandex"),
    ("silk/", "silk"),
    ("fxios/", "firefox"),
    ("firefox/", "firefox"),
    ("crios/", "chrome"),
    ("chrome/", "chrome"),
    ("chromium/", "chrome"),
    ("msie ", "ie"),
    ("trident/", "ie"),
    ("safari/", "safari"),
]);

/// Tokens, each with the family that it tells, the one that decides first. A text is read once for all of them: a
/// token is compared only where its first three bytes may stand.
struct Families {
    /// The tokens, in lower case, of three bytes at least; at most 32.
    tokens: &'static [(&'static str, &'static str)],
    /// By the lower five bits of a byte, which are the same in either case: a bit for each token that has such a byte
    /// at this of its first three places.
    starts: [[u32; 32]; 3],
}

impl Families {
    const fn of(tokens: &'static [(&'static str, &'static str)]) -> Families {
        assert!(tokens.len() <= 32, "one bit for each token");
        let mut starts = [[0; 32]; 3];
        let mut token = 0;
        while token < tokens.len() {
            let bytes = tokens[token].0.as_bytes();
            let mut place = 0;
            while place < 3 {
                starts[place][(bytes[place] & 31) as usize] |= 1 << token;
                place += 1;
            }
            token += 1;
        }
        Families { tokens, starts }
    }

    /// The family of the first token of the list that the text holds, in any case.
    fn find(&self, text: &str) -> Option<&'static str> {
        let bytes = text.as_bytes();
        // Those before the best that was found.
        let mut wanted = u32::MAX;
        let mut best = None;
        for (at, start) in bytes.windows(3).enumerate() {
            let may_start = |place: usize| self.starts[place][usize::from(start[place] & 31)];
            let mut here = wanted & may_start(0) & may_start(1) & may_start(2);
            while here != 0 {
                let (token, family) = self.tokens[here.trailing_zeros() as usize];
                let there = bytes.get(at..at + token.len());
                if there.is_some_and(|there| there.eq_ignore_ascii_case(token.as_bytes())) {
                    best = Some(family);
                    // The lowest bit of `here`, less one: all bits below it.
                    wanted = (here & here.wrapping_neg()) - 1;
                    break;
                }
                here &= here - 1;
            }
        }
        best
    }

    /// The token that tells a family.
    fn name_of(&self, family: &str) -> Option<&'static str> {
        let (name, _) = self.tokens.iter().find(|(_, of)| *of == family)?;
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use openrtb::request::{BrandVersion, UserAgent};
    use proptest::prelude::Strategy;

    use super::*;

    fn check(ua: &str, expect: (Option<&str>, Option<&str>)) {
        let device = Device {
            ua: Some(ua),
            ..Device::default()
        };
        assert_eq!((os(&device), browser(&device)), expect, "{ua}");
    }

    #[test]
    fn a_user_agent_tells_its_families() {
        check(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            (Some("linux"), Some("chrome")),
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
            (Some("ios"), Some("safari")),
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            (Some("windows"), Some("edge")),
        );
        check(
            "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            (Some("android"), Some("samsung")),
        );
        check("Roku/DVP-12.5", (Some("roku"), None));
        check("", (None, None));
    }

    #[test]
    fn a_family_is_told_again_by_its_name() {
        for (_, family) in [OS_NAMES.tokens, OS_IN_USER_AGENT.tokens].concat() {
            let device = Device {
                os: OS_NAMES.name_of(family),
                ..Device::default()
            };
            assert_eq!(os(&device), Some(family));
        }
        for (_, family) in [BROWSER_BRANDS.tokens, BROWSER_IN_USER_AGENT.tokens].concat() {
            let browsers = [BrandVersion {
                brand: BROWSER_BRANDS.name_of(family),
                ..BrandVersion::default()
            }];
            let sua = UserAgent {
                browsers: &browsers,
                ..UserAgent::default()
            };
            let device = Device {
                sua: Some(&sua),
                ..Device::default()
            };
            assert_eq!(browser(&device), Some(family));
        }
    }

    #[test]
    fn what_is_structured_is_believed_before_the_text() {
        let platform = BrandVersion {
            brand: Some("macOS"),
            ..BrandVersion::default()
        };
        let browsers = [
            BrandVersion {
                brand: Some("Not;A=Brand"),
                ..BrandVersion::default()
            },
            BrandVersion {
                brand: Some("Chromium"),
                ..BrandVersion::default()
            },
            BrandVersion {
                brand: Some("Microsoft Edge"),
                ..BrandVersion::default()
            },
        ];
        let sua = UserAgent {
            platform: Some(&platform),
            browsers: &browsers,
            ..UserAgent::default()
        };
        let device = Device {
            sua: Some(&sua),
            ua: Some("Windows Chrome/1"),
            ..Device::default()
        };
        assert_eq!(
            (os(&device), browser(&device)),
            (Some("macos"), Some("edge"))
        );
    }

    /// The same, one token after the other.
    fn searched(families: &Families, text: &str) -> Option<&'static str> {
        let lower = text.to_ascii_lowercase();
        let mut tokens = families.tokens.iter();
        tokens
            .find(|(token, _)| lower.contains(token))
            .map(|(_, family)| *family)
    }

    proptest::proptest! {
        #[test]
        fn one_pass_finds_what_a_search_for_each_token_finds(
            words in proptest::collection::vec(
                proptest::prelude::prop_oneof![
                    proptest::sample::select(
                        [OS_NAMES.tokens, OS_IN_USER_AGENT.tokens, BROWSER_BRANDS.tokens, BROWSER_IN_USER_AGENT.tokens]
                            .concat()
                    )
                    .prop_map(|(token, _)| token.to_string()),
                    "[a-zA-Zé/ ]{0,6}",
                ],
                0..6,
            ),
            upper in proptest::bool::ANY,
        ) {
            let text = words.concat();
            let text = if upper { text.to_uppercase() } else { text };
            for families in [&OS_NAMES, &OS_IN_USER_AGENT, &BROWSER_BRANDS, &BROWSER_IN_USER_AGENT] {
                proptest::prop_assert_eq!(families.find(&text), searched(families, &text), "{}", text);
            }
        }
    }
}
