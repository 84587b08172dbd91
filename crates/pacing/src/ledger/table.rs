//! Rows by key that remember which of them changed.

use std::collections::{BTreeMap, BTreeSet};

/// Rows by key, and the keys whose row changed, came or went since the last [`Table::drain`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table<K, R> {
    rows: BTreeMap<K, R>,
    changed: BTreeSet<K>,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Table<K, R> {
        Table {
            rows: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Copy, R: Copy> Table<K, R> {
    /// A table of rows that are written down already.
    pub(super) fn restore(rows: Vec<R>, key: impl Fn(&R) -> K) -> Table<K, R> {
        Table {
            rows: rows.into_iter().map(|row| (key(&row), row)).collect(),
            changed: BTreeSet::new(),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<&R> {
        self.rows.get(key)
    }

    pub(super) fn put(&mut self, key: K, row: R) {
        self.rows.insert(key, row);
        self.changed.insert(key);
    }

    /// A row that is about to be changed.
    pub(super) fn change(&mut self, key: &K) -> Option<&mut R> {
        let row = self.rows.get_mut(key)?;
        self.changed.insert(*key);
        Some(row)
    }

    pub(super) fn remove(&mut self, key: &K) {
        if self.rows.remove(key).is_some() {
            self.changed.insert(*key);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    /// The rows with keys in a range.
    pub(super) fn range(&self, keys: std::ops::RangeInclusive<K>) -> impl Iterator<Item = &R> {
        self.rows.range(keys).map(|(_, row)| row)
    }

    /// Rows to write, and keys to delete.
    pub(super) fn drain(&mut self) -> (Vec<R>, Vec<K>) {
        let mut written = Vec::new();
        let mut deleted = Vec::new();
        for key in std::mem::take(&mut self.changed) {
            match self.rows.get(&key) {
                Some(row) => written.push(*row),
                None => deleted.push(key),
            }
        }
        (written, deleted)
    }
}
