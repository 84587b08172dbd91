//! Content types (MIME types), compared as their owners mean them.

/// Whether two content types are the same: case does not matter, and neither do parameters (`video/mp4; codecs=…`).
pub(super) fn same_type(a: &str, b: &str) -> bool {
    is_type(a, bare(b))
}

/// A content type without its parameters, to be compared with many others.
pub(super) fn bare(mime_type: &str) -> &str {
    let end = mime_type.find(';').unwrap_or(mime_type.len());
    let bare = mime_type[..end].trim();
    // Not registered, but what the native specification itself has as its example.
    if bare.eq_ignore_ascii_case("image/jpg") {
        return "image/jpeg";
    }
    bare
}

/// Whether a content type is the one that stands bare. Most are not, and of those hardly more than the first bytes are
/// looked at.
pub(super) fn is_type(mime_type: &str, bare: &str) -> bool {
    let starts_with = |name: &str| {
        let text = mime_type.trim_start();
        let head = text.as_bytes().get(..name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            && ends(&text.as_bytes()[name.len()..])
    };
    starts_with(bare) || (bare.eq_ignore_ascii_case("image/jpeg") && starts_with("image/jpg"))
}

/// Whether a content type's name ends here.
fn ends(rest: &[u8]) -> bool {
    let name = rest.split(|byte| *byte == b';').next().unwrap_or(rest);
    std::str::from_utf8(name).is_ok_and(|name| name.trim().is_empty())
}

/// A playlist of HLS or DASH rather than a file: it is streamed.
pub(super) fn is_playlist(mime_type: &str) -> bool {
    const PLAYLISTS: [&str; 3] = [
        "application/x-mpegurl",
        "application/vnd.apple.mpegurl",
        "application/dash+xml",
    ];
    PLAYLISTS.iter().any(|kind| is_type(mime_type, kind))
}

/// A program that plays the film itself, by VPAID.
pub(super) fn is_script(mime_type: &str) -> bool {
    const SCRIPTS: [&str; 2] = ["application/javascript", "application/x-javascript"];
    SCRIPTS.iter().any(|kind| is_type(mime_type, kind))
}

/// The content type of an image, by the ending of its URL's path; `None` where the ending says nothing.
pub(super) fn image_type(url: &str) -> Option<&'static str> {
    const ENDINGS: [(&str, &str); 7] = [
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("svg", "image/svg+xml"),
    ];
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, ending) = path.rsplit_once('.')?;
    let mut known = ENDINGS.iter();
    let (_, kind) = known.find(|(known, _)| known.eq_ignore_ascii_case(ending))?;
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_same_in_any_case_and_with_parameters() {
        let check = |a: &str, b: &str, expect: bool| {
            assert_eq!(same_type(a, b), expect, "{a:?} {b:?}");
            assert_eq!(same_type(b, a), expect, "{b:?} {a:?}");
            assert_eq!(bare(a).eq_ignore_ascii_case(bare(b)), expect, "{a:?} {b:?}");
        };
        check("video/mp4", "VIDEO/mp4", true);
        check("video/mp4", " video/mp4 ; codecs=\"avc1; x\"", true);
        check("video/mp4", "video/mp4v", false);
        check("video/mp4", "video/mp4 x", false);
        check("video/mp4", "", false);
        check("", " ;x", true);
        check("image/jpg", "Image/JPEG;q=1", true);
        check("image/jpg", "image/jpg", true);
        check("image/png", "image/jpg", false);
        check("video/mp4", "video/é", false);
    }
}
