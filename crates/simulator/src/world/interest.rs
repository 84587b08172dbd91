//! What users care for and what publishers write about.

/// A subject, known to publishers as a content category and to data providers as a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Its category in IAB Content 1.0.
    pub category: &'static str,
    /// One of the finer categories below it.
    pub subcategory: &'static str,
    /// Its word in names and keywords.
    pub word: &'static str,
    /// The segment that a data provider sells.
    pub segment: &'static str,
}

const fn of(
    category: &'static str,
    subcategory: &'static str,
    word: &'static str,
    segment: &'static str,
) -> Interest {
    Interest {
        category,
        subcategory,
        word,
        segment,
    }
}

/// Every subject of the world.
pub const INTERESTS: &[Interest] = &[
    of("IAB1", "IAB1-5", "movies", "ent-101"),
    of("IAB2", "IAB2-1", "cars", "auto-210"),
    of("IAB3", "IAB3-1", "business", "biz-330"),
    of("IAB5", "IAB5-3", "learning", "edu-120"),
    of("IAB7", "IAB7-18", "health", "hlth-701"),
    of("IAB8", "IAB8-9", "recipes", "food-808"),
    of("IAB9", "IAB9-30", "games", "game-930"),
    of("IAB10", "IAB10-3", "gardens", "home-103"),
    of("IAB12", "IAB12-2", "news", "news-120"),
    of("IAB13", "IAB13-7", "investing", "fin-137"),
    of("IAB17", "IAB17-44", "football", "sport-744"),
    of("IAB18", "IAB18-6", "fashion", "style-186"),
    of("IAB19", "IAB19-6", "gadgets", "tech-196"),
    of("IAB20", "IAB20-27", "travel", "trip-227"),
    of("IAB22", "IAB22-4", "shopping", "shop-224"),
];
