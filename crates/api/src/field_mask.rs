//! Field masks (AIP-134, AIP-161): which fields of a resource an update changes.
//!
//! What only we may write can stand in a mask and changes nothing, so that a client may send back what it was given
//! with a mask of everything (AIP-203). A path that is no field is an error.

use prost_types::FieldMask;

use crate::errors::Violations;
use crate::v1;

/// A resource whose fields a mask may name.
pub trait Masked: Clone {
    /// The fields that clients write.
    const WRITABLE: &'static [&'static str];
    /// The fields that only we write.
    const OURS: &'static [&'static str];

    /// Takes one field from `new`. `rest` is what of the path comes after the field's own name. Answers whether there
    /// is such a field.
    fn take(&mut self, field: &str, rest: Option<&str>, new: &Self) -> bool;

    /// Whether a field says anything.
    fn is_set(&self, field: &str) -> bool;

    /// Takes out what only we may say: a client sends it back with the rest.
    fn strip(&mut self);
}

/// Changes the fields of `old` that the mask names to what `new` says: those that are set in `new` where the mask is
/// empty, and all of them where it is `*`.
pub fn apply<T: Masked>(
    old: &T,
    new: &T,
    mask: Option<&FieldMask>,
    path: &str,
    wrong: &mut Violations,
) -> T {
    let mut changed = old.clone();
    let paths = mask.map_or(&[][..], |mask| &mask.paths);
    if paths.is_empty() || paths.iter().any(|p| p == "*") {
        let all = !paths.is_empty();
        if all && paths.len() > 1 {
            wrong.add(
                path,
                "INVALID_MASK",
                "write * alone: it stands for every field",
            );
        }
        for field in T::WRITABLE {
            if all || new.is_set(field) {
                changed.take(field, None, new);
            }
        }
        return changed;
    }
    for (place, written) in paths.iter().enumerate() {
        let (field, rest) = match written.split_once('.') {
            Some((field, rest)) => (field, Some(rest)),
            None => (written.as_str(), None),
        };
        if T::OURS.contains(&field) || changed.take(field, rest, new) {
            continue;
        }
        let known = T::WRITABLE.join(", ");
        wrong.add(
            &format!("{path}.paths[{place}]"),
            "UNKNOWN_FIELD",
            format!("\"{written}\" is no field that can be changed: write one of {known}"),
        );
    }
    changed
}

/// Writes [`Masked`] for a message: plain fields, fields of `Option<message>` whose own fields may be named too, such
/// fields that are changed as a whole whichever part is named, and arms of a `oneof`.
macro_rules! masked {
    (
        $message:ty,
        plain { $($plain:ident),* $(,)? }
        nested { $($nested:ident { $($inner:ident),* }),* $(,)? }
        whole { $($whole:ident { $($part:ident),* }),* $(,)? }
        oneof { $($oneof:ident { $($arm:ident => $variant:pat),* })* }
        ours { $($ours:ident),* $(,)? }
    ) => {
        impl Masked for $message {
            const WRITABLE: &'static [&'static str] = &[
                $(stringify!($plain),)* $(stringify!($nested),)* $(stringify!($whole),)*
                $($(stringify!($arm),)*)*
            ];
            const OURS: &'static [&'static str] = &[$(stringify!($ours)),*];

            fn take(&mut self, field: &str, rest: Option<&str>, new: &Self) -> bool {
                match (field, rest) {
                    $((stringify!($plain), None) => self.$plain = new.$plain.clone(),)*
                    $((stringify!($nested), None) => self.$nested = new.$nested.clone(),)*
                    $($((stringify!($nested), Some(stringify!($inner))) => {
                        let new = new.$nested.clone().unwrap_or_default();
                        self.$nested.get_or_insert_default().$inner = new.$inner;
                    })*)*
                    $((stringify!($whole), None $(| Some(stringify!($part)))*) => {
                        self.$whole = new.$whole.clone();
                    })*
                    // An arm that `new` does not have is cleared only where it is the one that is there: a mask of
                    // every arm must not clear the one that it has just taken.
                    $($((stringify!($arm), None) => match (&self.$oneof, &new.$oneof) {
                        (_, Some($variant)) => self.$oneof = new.$oneof.clone(),
                        (Some($variant), _) => self.$oneof = None,
                        _ => {}
                    },)*)*
                    _ => return false,
                }
                true
            }

            fn is_set(&self, field: &str) -> bool {
                let empty = Self::default();
                match field {
                    $(stringify!($plain) => self.$plain != empty.$plain,)*
                    $(stringify!($nested) => self.$nested.is_some(),)*
                    $(stringify!($whole) => self.$whole.is_some(),)*
                    $($(stringify!($arm) => matches!(self.$oneof, Some($variant)),)*)*
                    _ => false,
                }
            }

            fn strip(&mut self) {
                $(self.$ours = Default::default();)*
            }
        }
    };
}

masked! {
    v1::Advertiser,
    plain { display_name, currency_code, time_zone, click_window_days }
    nested { budget { lifetime_micros, daily_micros } }
    whole {}
    oneof {}
    ours { name, number, state, spend, etag, create_time, update_time }
}

masked! {
    v1::Campaign,
    plain {
        display_name, time_zone, frequency_caps, delivery, ahead_percent, catch_up, budget_segments, day_parts,
        budget_raises, min_share_percent, max_share_percent
    }
    nested { flight { start_time, end_time }, budget { lifetime_micros, daily_micros } }
    whole { goal { cost_per_click_micros, cost_per_conversion_micros, return_percent } }
    oneof {}
    ours {
        name, number, state, currency_code, spend, serving_status, serving_status_reasons, etag, create_time,
        update_time, serving_status_details
    }
}

masked! {
    v1::Ad,
    plain {
        display_name, max_bid_cpm_micros, delivery, ahead_percent, frequency_caps, creatives, min_share_percent,
        max_share_percent
    }
    nested {
        flight { start_time, end_time },
        budget { lifetime_micros, daily_micros },
        targeting {
            countries, regions, cities, metros, zips, circles, device_types, operating_systems, browsers,
            connection_types, languages, day_parts, domains, bundles, publishers, exchanges, categories, keywords,
            segments, deals, positions, sizes, formats, video_placements, video_duration, age, channels, expression,
            audiences
        }
    }
    whole { goal { fixed_cpm_micros, click_micros, conversion_micros } }
    oneof {}
    ours {
        name, number, state, currency_code, spend, serving_status, serving_status_reasons, etag, create_time,
        update_time, serving_status_details
    }
}

masked! {
    v1::Exchange,
    plain {
        display_name, auction_type, currency_code, timeout_margin, default_timeout, seats, no_bid, billing
    }
    nested {
        floor_policy { margin_ppm, banner_cpm_micros, video_cpm_micros, audio_cpm_micros, native_cpm_micros }
    }
    whole {}
    oneof {}
    ours { name, number, state, etag, create_time, update_time }
}

masked! {
    v1::Deal,
    plain { display_name, exchange, deal_id, currency_code, seats, advertisers }
    nested { flight { start_time, end_time } }
    whole {}
    oneof {
        price {
            floor_cpm_micros => v1::deal::Price::FloorCpmMicros(_),
            fixed_cpm_micros => v1::deal::Price::FixedCpmMicros(_)
        }
    }
    ours { name, number, state, etag, create_time, update_time }
}

masked! {
    v1::BlockList,
    plain { display_name, attached_to, domains, bundles, publishers, categories, advertiser_domains }
    nested {}
    whole {}
    oneof {}
    ours { name, number, state, etag, create_time, update_time }
}

masked! {
    v1::RateTable,
    plain { display_name, effective_time, rates }
    nested {}
    whole {}
    oneof {}
    ours { name, number, state, in_force, etag, create_time, update_time }
}

masked! {
    v1::Creative,
    plain {
        display_name, landing_url, advertiser_domains, categories, category_taxonomy, attributes, language_code,
        app_bundle
    }
    nested {}
    whole {}
    oneof {
        material {
            banner => v1::creative::Material::Banner(_),
            video => v1::creative::Material::Video(_),
            audio => v1::creative::Material::Audio(_),
            native => v1::creative::Material::Native(_)
        }
    }
    ours { name, number, state, etag, create_time, update_time }
}

masked! {
    v1::Audience,
    plain { display_name, membership_duration }
    nested {}
    whole {}
    oneof {}
    ours { name, number, state, member_count, etag, create_time, update_time }
}

masked! {
    v1::ConversionAction,
    plain {
        display_name, category, counting, click_window_days, default_value_micros, always_default_value,
        excluded_from_bidding
    }
    nested {}
    whole {}
    oneof {}
    ours { name, number, state, etag, create_time, update_time }
}

masked! {
    v1::Experiment,
    plain { display_name, campaigns, arms, start_time, end_time, salt }
    nested {}
    whole {}
    oneof {}
    ours { name, number, state, phase, etag, create_time, update_time }
}

#[cfg(test)]
mod tests {
    use super::*;
    use v1::creative::Material;
    use v1::goal::Worth;

    fn campaign(name: &str, zone: &str, daily: Option<i64>, lifetime: Option<i64>) -> v1::Campaign {
        v1::Campaign {
            display_name: name.to_string(),
            time_zone: zone.to_string(),
            budget: Some(v1::Budget {
                lifetime_micros: lifetime,
                daily_micros: daily,
            }),
            ..v1::Campaign::default()
        }
    }

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask {
            paths: paths.iter().map(|p| p.to_string()).collect(),
        }
    }

    #[test]
    fn an_update_changes_what_the_mask_names_and_nothing_else() {
        let old = campaign("old", "UTC", Some(1), Some(2));
        let new = campaign("new", "", Some(10), None);
        let check = |paths: &[&str], expect: v1::Campaign| {
            let mut wrong = Violations::default();
            let got = apply(&old, &new, Some(&mask(paths)), "update_mask", &mut wrong);
            assert!(wrong.is_empty(), "{wrong:?}");
            assert_eq!(got, expect, "{paths:?}");
        };
        check(&["display_name"], campaign("new", "UTC", Some(1), Some(2)));
        check(&["time_zone"], campaign("old", "", Some(1), Some(2)));
        check(&["budget"], campaign("old", "UTC", Some(10), None));
        check(
            &["budget.daily_micros"],
            campaign("old", "UTC", Some(10), Some(2)),
        );
        check(
            &["budget.lifetime_micros"],
            campaign("old", "UTC", Some(1), None),
        );
        check(&["*"], new.clone());
        check(&[], campaign("new", "UTC", Some(10), None));
        check(&["state", "etag"], old.clone());
    }

    #[test]
    fn a_path_that_is_no_field_is_told_by_its_place() {
        let mut wrong = Violations::default();
        let old = v1::Campaign::default();
        let paths = mask(&["display_name", "budgets", "budget.weekly", "*"]);
        apply(&old, &old, Some(&paths), "update_mask", &mut wrong);
        let fields = |wrong: &Violations| -> Vec<String> {
            wrong.list().iter().map(|v| v.field.clone()).collect()
        };
        assert_eq!(fields(&wrong), ["update_mask"]);
        let mut wrong = Violations::default();
        let paths = mask(&["display_name", "budgets", "budget.weekly"]);
        apply(&old, &old, Some(&paths), "update_mask", &mut wrong);
        assert_eq!(
            fields(&wrong),
            ["update_mask.paths[1]", "update_mask.paths[2]"]
        );
    }

    #[test]
    fn what_is_ours_is_taken_out_and_nothing_else() {
        let theirs = campaign("spring", "UTC", Some(1), Some(2));
        let mut sent = v1::Campaign {
            name: "advertisers/acme/campaigns/spring".to_string(),
            number: 7,
            state: v1::State::Paused as i32,
            spend: Some(v1::Spend::default()),
            etag: "e".to_string(),
            create_time: Some(prost_types::Timestamp::default()),
            ..theirs.clone()
        };
        sent.strip();
        assert_eq!(sent, theirs);
    }

    #[test]
    fn an_arm_of_a_choice_replaces_the_other() {
        let with = |material| v1::Creative {
            material,
            ..v1::Creative::default()
        };
        let banner = with(Some(Material::Banner(v1::Banner::default())));
        let native = with(Some(Material::Native(v1::Native::default())));
        let check =
            |old: &v1::Creative, new: &v1::Creative, paths: &[&str], expect: &v1::Creative| {
                let mut wrong = Violations::default();
                assert_eq!(
                    &apply(old, new, Some(&mask(paths)), "m", &mut wrong),
                    expect,
                    "{paths:?}"
                );
            };
        check(&banner, &native, &["native"], &native);
        check(&banner, &native, &["*"], &native);
        check(&banner, &native, &[], &native);
        check(&banner, &native, &["banner"], &with(None));
        check(&banner, &with(None), &["video"], &banner);
    }

    #[test]
    fn a_goal_is_changed_as_a_whole() {
        let with = |worth| v1::Ad {
            goal: Some(v1::Goal { worth: Some(worth) }),
            ..v1::Ad::default()
        };
        let (old, new) = (with(Worth::ClickMicros(5)), with(Worth::FixedCpmMicros(7)));
        let mut wrong = Violations::default();
        let got = apply(
            &old,
            &new,
            Some(&mask(&["goal.fixed_cpm_micros"])),
            "m",
            &mut wrong,
        );
        assert_eq!(got, new);
        assert!(wrong.is_empty());
    }
}
