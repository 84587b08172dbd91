//! Where a run keeps its data: a directory that is named, or a temporary one that is deleted at the end.

use std::path::{Path, PathBuf};

use anyhow::Context;
use campaign::hexadecimal;

/// The directory of a run.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    temporary: bool,
}

impl Place {
    /// Takes the directory that is named, or makes a new temporary one.
    pub fn take(named: Option<&Path>, keep: bool) -> anyhow::Result<Place> {
        if let Some(path) = named {
            std::fs::create_dir_all(path)
                .with_context(|| format!("cannot make {}", path.display()))?;
            return Ok(Place {
                path: path.to_path_buf(),
                temporary: false,
            });
        }
        let mut random = [0; 6];
        getrandom::fill(&mut random).context("the system has no random bytes")?;
        let suffix = hexadecimal::write(&random);
        let path = std::env::temp_dir().join(format!("outbid-{suffix}"));
        std::fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Place {
            path,
            temporary: !keep,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Something went wrong: what is here is kept, whatever was said before.
    pub fn keep(mut self) {
        self.temporary = false;
    }

    /// The run is over.
    pub fn leave(self) {
        drop(self);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            // What is left of a temporary directory is the system's to clean.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_temporary_place_goes_away() {
        let place = Place::take(None, false).unwrap();
        let path = place.path().to_path_buf();
        assert!(path.is_dir());
        place.leave();
        assert!(!path.exists());
        let kept = Place::take(None, true).unwrap();
        let path = kept.path().to_path_buf();
        kept.leave();
        assert!(path.is_dir());
        let failed = Place::take(None, false).unwrap();
        let left = failed.path().to_path_buf();
        failed.keep();
        assert!(left.is_dir());
        std::fs::remove_dir(left).unwrap();
        Place::take(Some(&path), false).unwrap().leave();
        assert!(path.is_dir());
        std::fs::remove_dir(path).unwrap();
    }
}
