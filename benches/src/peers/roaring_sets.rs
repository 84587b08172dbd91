//! Bitmaps of `roaring`, used as people use them for targeting: of each attribute the ads that do not ask about it,
//! of each value the ads that want it and those that it shuts out. A search is an AND over clauses of an OR over
//! values, less the OR of what shuts out.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::says::{Attribute, Clause, Values};

/// An ad that has two clauses about one attribute needs a second layer, and so on.
const LAYERS: usize = 3;

/// The ads of a book as bitmaps.
#[derive(Default)]
pub struct RoaringSets {
    /// The ads without a clause, by group of attributes and layer.
    open: HashMap<(Group, usize), RoaringBitmap>,
    wanted: HashMap<(Group, usize, Attribute, String), RoaringBitmap>,
    shut_out: HashMap<(Attribute, String), RoaringBitmap>,
}

/// A clause may ask about several attributes at once ("this region or that city"); it is kept under their list.
type Group = Vec<Attribute>;

/// An event, its values looked up already: what is measured is the work on the sets alone.
pub struct Query<'s> {
    layers: Vec<(&'s RoaringBitmap, Vec<&'s RoaringBitmap>)>,
    shut_out: Vec<&'s RoaringBitmap>,
}

impl RoaringSets {
    /// Of these ads' clauses; an ad's number is its place.
    pub fn build(ads: &[Vec<Clause>]) -> RoaringSets {
        let mut sets = RoaringSets::default();
        let mut taken: HashMap<(Group, usize), RoaringBitmap> = HashMap::new();
        for (number, clauses) in (0..).zip(ads) {
            let mut used: HashMap<Group, usize> = HashMap::new();
            for clause in clauses {
                if clause.not {
                    for (attribute, value) in each(&clause.any) {
                        sets.shut_out
                            .entry((attribute, value))
                            .or_default()
                            .insert(number);
                    }
                    continue;
                }
                let group: Group = clause.any.iter().map(|(attribute, _)| *attribute).collect();
                let layer = used.entry(group.clone()).or_default();
                assert!(
                    *layer < LAYERS,
                    "an ad asks more often about {group:?} than there are layers"
                );
                taken
                    .entry((group.clone(), *layer))
                    .or_default()
                    .insert(number);
                for (attribute, value) in each(&clause.any) {
                    let key = (group.clone(), *layer, attribute, value);
                    sets.wanted.entry(key).or_default().insert(number);
                }
                *layer += 1;
            }
        }
        let mut everybody = RoaringBitmap::new();
        everybody.insert_range(0..ads.len() as u32);
        sets.open = taken
            .into_iter()
            .map(|(key, taken)| (key, &everybody - &taken))
            .collect();
        sets
    }

    /// Looks up what an event says.
    pub fn query(&self, event: &[Values]) -> Query<'_> {
        let mut keys: Vec<_> = self.open.keys().collect();
        // The fewest ads first: what is left is then small for all that follow.
        keys.sort_by_key(|key| (self.open[*key].len(), (*key).clone()));
        let layers = keys.iter().map(|key| {
            let wanted = event
                .iter()
                .filter(|(attribute, _)| key.0.contains(attribute))
                .flat_map(|values| each(std::slice::from_ref(values)))
                .filter_map(|(attribute, value)| {
                    self.wanted.get(&(key.0.clone(), key.1, attribute, value))
                });
            (&self.open[*key], wanted.collect())
        });
        Query {
            layers: layers.collect(),
            shut_out: each(event)
                .filter_map(|key| self.shut_out.get(&key))
                .collect(),
        }
    }
}

impl Query<'_> {
    /// The ads that want the event.
    pub fn search(&self) -> RoaringBitmap {
        let mut found: Option<RoaringBitmap> = None;
        for (open, wanted) in &self.layers {
            // "Open or wanted", within what is left: smaller than to unite the whole sets first.
            found = Some(match found {
                None => wanted.iter().fold((*open).clone(), |all, one| all | *one),
                Some(left) => wanted
                    .iter()
                    .fold(&left & *open, |all, one| all | (&left & *one)),
            });
        }
        let mut found = found.unwrap_or_default();
        for shut_out in &self.shut_out {
            found -= *shut_out;
        }
        found
    }
}

fn each(values: &[Values]) -> impl Iterator<Item = (Attribute, String)> + '_ {
    values
        .iter()
        .flat_map(|(attribute, values)| values.iter().map(move |value| (*attribute, value.clone())))
}
