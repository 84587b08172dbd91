//! An audience as the wire says it.

use campaign::audience::Audience;
use campaign::id::{AdvertiserId, AudienceId};
use campaign::time::Span;

use crate::errors::Violations;
use crate::{text, time, v1};

/// How long a member stays where nobody says.
pub const DEFAULT_MEMBERSHIP: Span = Span::days(30);
/// How long a member may stay.
pub const MAX_MEMBERSHIP: Span = Span::days(540);
/// How many members one call adds or removes.
pub const MAX_BATCH: usize = 10_000;

/// Reads an audience of this advertiser; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Audience,
    id: AudienceId,
    advertiser: AdvertiserId,
    path: &str,
    wrong: &mut Violations,
) -> Audience {
    let at = |field: &str| format!("{path}.{field}");
    let said = wire.membership_duration.as_ref();
    let membership = said.map_or(DEFAULT_MEMBERSHIP, |said| time::span(Some(said)));
    if !(Span::minutes(1)..=MAX_MEMBERSHIP).contains(&membership) {
        let what = "write how long members stay, such as \"2592000s\": a minute to 540 days";
        wrong.add(&at("membership_duration"), "OUT_OF_RANGE", what);
    }
    Audience {
        id,
        advertiser,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        membership,
    }
}
