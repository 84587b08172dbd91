//! Content types (MIME types), compared as their owners mean them.

/// Whether two content types are the same: case does not matter, and neither do parameters (`video/mp4; codecs=…`).
pub(super) fn same_type(a: &str, b: &str) -> bool {
    bare(a).eq_ignore_ascii_case(bare(b))
}

fn bare(mime_type: &str) -> &str {
    let bare = mime_type.split(';').next().unwrap_or(mime_type).trim();
    // Not registered, but what the native specification itself has as its example.
    if bare.eq_ignore_ascii_case("image/jpg") {
        return "image/jpeg";
    }
    bare
}

/// A playlist of HLS or DASH rather than a file: it is streamed.
pub(super) fn is_playlist(mime_type: &str) -> bool {
    const PLAYLISTS: [&str; 3] = [
        "application/x-mpegurl",
        "application/vnd.apple.mpegurl",
        "application/dash+xml",
    ];
    PLAYLISTS.iter().any(|kind| same_type(kind, mime_type))
}

/// A program that plays the film itself, by VPAID.
pub(super) fn is_script(mime_type: &str) -> bool {
    const SCRIPTS: [&str; 2] = ["application/javascript", "application/x-javascript"];
    SCRIPTS.iter().any(|kind| same_type(kind, mime_type))
}

/// The content type of an image, by the ending of its URL's path; `None` where the ending says nothing.
pub(super) fn image_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, ending) = path.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}
