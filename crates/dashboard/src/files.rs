//! The files that were built.

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its path below the origin, without a slash in front.
    pub path: &'static str,
    /// What stands in it.
    pub bytes: &'static [u8],
    /// The beginning of its SHA-256, in hexadecimal digits.
    pub digest: &'static str,
}

/// What the list of built files is written in.
macro_rules! built {
    ($path:literal, $digest:literal) => {
        Asset {
            path: $path,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist/", $path)),
            digest: $digest,
        }
    };
}

/// Every file, in the order of paths. The list is made with the files.
pub(crate) const ASSETS: &[Asset] = &include!("../web/dist/files.rs");

/// The file at a path below the origin; the page itself at none.
pub fn asset(path: &str) -> Option<&'static Asset> {
    let path = match path {
        "" => "index.html",
        path => path,
    };
    let place = ASSETS
        .binary_search_by_key(&path, |asset| asset.path)
        .ok()?;
    ASSETS.get(place)
}
