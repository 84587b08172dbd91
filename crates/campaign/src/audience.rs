//! Users whom an advertiser knows, by hashes of their ids.

use crate::id::{AdvertiserId, AudienceId};
use crate::time::Span;

/// A list of users. Its members are not part of it: they come and go faster than records change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Its number.
    pub id: AudienceId,
    /// Whose it is.
    pub advertiser: AdvertiserId,
    /// What people call it.
    pub display_name: String,
    /// How long a member stays, where its upload does not say.
    pub membership: Span,
}
