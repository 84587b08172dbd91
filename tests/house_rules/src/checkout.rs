//! The files that git tracks, read once.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One tracked file that holds text.
#[derive(Debug)]
pub struct TextFile {
    /// The path from the root of the checkout, with forward slashes.
    pub path: String,
    /// What stands in it now, committed or not.
    pub text: String,
}

/// The checkout that this test was built in.
#[derive(Debug)]
pub struct Checkout {
    /// Where it is on this machine.
    pub root: PathBuf,
    /// Every tracked path, text or not, in order.
    pub paths: Vec<String>,
    /// Every tracked file that is UTF-8.
    pub files: Vec<TextFile>,
}

impl Checkout {
    /// Read the checkout. Tracked files that were deleted but not yet committed are left out.
    ///
    /// # Panics
    /// Panics where git cannot list the files: without them no rule would find anything, and each would pass.
    #[must_use]
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let listed = Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(&root)
            .output();
        let listed = match listed {
            Ok(output) if output.status.success() => output.stdout,
            other => panic!(
                "`git ls-files` failed in {}: {other:?}; the rules need a git checkout",
                root.display()
            ),
        };
        let paths: Vec<String> = String::from_utf8_lossy(&listed)
            .split_terminator('\0')
            .filter(|path| root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        assert!(
            !paths.is_empty(),
            "git tracks no file in {}",
            root.display()
        );
        let files = paths
            .iter()
            .filter_map(|path| read_text(&root, path))
            .collect();
        Self { root, paths, files }
    }

    /// The tracked Rust files that people write.
    pub fn rust(&self) -> impl Iterator<Item = &TextFile> {
        self.files
            .iter()
            .filter(|file| file.path.ends_with(".rs") && !is_generated(&file.path))
    }

    /// The tracked text that people write, manifests and scripts included.
    pub fn written(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(|file| {
            let by_others = file.path == "LICENSE" || file.path.ends_with("Cargo.lock");
            !by_others && !file.path.ends_with("package-lock.json") && !is_generated(&file.path)
        })
    }

    /// The manifests of the workspace's packages: `crates/*`, `tests/*`, `benches/*`.
    pub fn manifests(&self) -> impl Iterator<Item = &TextFile> {
        self.files
            .iter()
            .filter(|file| file.path.ends_with("/Cargo.toml"))
    }

    /// The text of one tracked file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.text.as_str())
    }
}

/// Generated code is made by tools and kept fresh by a test; nobody edits it to please a rule.
fn is_generated(path: &str) -> bool {
    let made = [
        "crates/api/src/gen/",
        "crates/dashboard/web/dist/",
        "crates/dashboard/web/src/gen/",
    ];
    made.iter().any(|directory| path.starts_with(directory))
}

fn read_text(root: &Path, path: &str) -> Option<TextFile> {
    let bytes = std::fs::read(root.join(path)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(TextFile {
        path: path.to_owned(),
        text,
    })
}
