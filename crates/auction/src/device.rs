//! Operating system and browser of a device, as targeting names them.
//!
//! The structured user agent (`sua`) is believed first, then `device.os`, then the user agent's
//! text. The text is read by the tokens that tell families apart, in the order in which they must
//! be asked (Edge says "Chrome", Chrome says "Safari").

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
        .find_map(|name| find(name, OS_NAMES));
    named.or_else(|| device.ua.and_then(|ua| find(ua, OS_IN_USER_AGENT)))
}

/// The browser's family, or `None` where nothing says it.
pub fn browser(device: &Device<'_>) -> Option<&'static str> {
    let brands = device.sua.map(|sua| sua.browsers).unwrap_or_default();
    // A list of brands holds the engine ("Chromium") and a made-up one beside the browser's own.
    let named = brands
        .iter()
        .filter_map(|brand| brand.brand)
        .find_map(|brand| find(brand, BROWSER_BRANDS));
    named.or_else(|| device.ua.and_then(|ua| find(ua, BROWSER_IN_USER_AGENT)))
}

/// The names by which [`os`] and [`browser`] tell their families, to be said in the place of all else that a device
/// says of itself: the system's, and the browser's brand.
pub(crate) fn names(device: &Device<'_>) -> (Option<&'static str>, Option<&'static str>) {
    (
        os(device).and_then(|family| name_of(family, OS_NAMES)),
        browser(device).and_then(|family| name_of(family, BROWSER_BRANDS)),
    )
}

fn name_of(family: &str, names: &[(&'static str, &'static str)]) -> Option<&'static str> {
    let (name, _) = names.iter().find(|(_, of)| *of == family)?;
    Some(name)
}

const OS_NAMES: &[(&str, &str)] = &[
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
];

const OS_IN_USER_AGENT: &[(&str, &str)] = &[
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
];

const BROWSER_BRANDS: &[(&str, &str)] = &[
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
];

const BROWSER_IN_USER_AGENT: &[(&str, &str)] = &[
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
];

/// The family of the first token that the text holds, in any case.
fn find(text: &str, families: &'static [(&'static str, &'static str)]) -> Option<&'static str> {
    families
        .iter()
        .find(|(token, _)| holds(text, token))
        .map(|(_, family)| *family)
}

/// Whether `text` holds `token`, which is lower case.
fn holds(text: &str, token: &str) -> bool {
    text.as_bytes()
        .windows(token.len())
        .any(|window| window.eq_ignore_ascii_case(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use openrtb::request::{BrandVersion, UserAgent};

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
        for (_, family) in [OS_NAMES, OS_IN_USER_AGENT].concat() {
            let device = Device {
                os: name_of(family, OS_NAMES),
                ..Device::default()
            };
            assert_eq!(os(&device), Some(family));
        }
        for (_, family) in [BROWSER_BRANDS, BROWSER_IN_USER_AGENT].concat() {
            let browsers = [BrandVersion {
                brand: name_of(family, BROWSER_BRANDS),
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
}
