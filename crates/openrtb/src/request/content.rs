//! What the impression appears in: `content`, its producer, network and channel.

use super::Data;
use crate::lenient::fields;

/// The content, 3.2.16.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Content<'a> {
    /// The publisher's id of the content.
    pub id: Option<&'a str>,
    /// Episode number.
    pub episode: Option<i32>,
    /// Title.
    pub title: Option<&'a str>,
    /// Series.
    pub series: Option<&'a str>,
    /// Season.
    pub season: Option<&'a str>,
    /// Artist.
    pub artist: Option<&'a str>,
    /// Genre in words.
    pub genre: Option<&'a str>,
    /// The taxonomy of `genres`, [`crate::adcom::category_taxonomy`]; Content 3.1 when absent.
    pub gtax: Option<i32>,
    /// Genres by id.
    pub genres: &'a [&'a str],
    /// Album.
    pub album: Option<&'a str>,
    /// International Standard Recording Code.
    pub isrc: Option<&'a str>,
    /// Who made it.
    pub producer: Option<&'a Producer<'a>>,
    /// URL of the content.
    pub url: Option<&'a str>,
    /// The taxonomy of `cat`, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories.
    pub cat: &'a [&'a str],
    /// Production quality, [`crate::adcom::production_quality`].
    pub prodq: Option<i32>,
    /// Kind of content, [`crate::adcom::content_context`].
    pub context: Option<i32>,
    /// Rating of the content, such as MPAA's.
    pub contentrating: Option<&'a str>,
    /// Rating by users.
    pub userrating: Option<&'a str>,
    /// Media rating, [`crate::adcom::media_rating`].
    pub qagmediarating: Option<i32>,
    /// Keywords, separated by commas.
    pub keywords: Option<&'a str>,
    /// Keywords as a list.
    pub kwarray: &'a [&'a str],
    /// 0 on demand, 1 scheduled.
    pub livestream: Option<i32>,
    /// `true` when the source is direct.
    pub sourcerelationship: Option<bool>,
    /// Length in seconds.
    pub len: Option<i32>,
    /// Language, ISO 639-1.
    pub language: Option<&'a str>,
    /// Language, BCP 47.
    pub langb: Option<&'a str>,
    /// Whether it can be embedded.
    pub embeddable: Option<bool>,
    /// More facts about the content.
    pub data: &'a [Data<'a>],
    /// The network.
    pub network: Option<&'a Network<'a>>,
    /// The channel.
    pub channel: Option<&'a Channel<'a>>,
    /// 1 while the event happens.
    pub realtime: Option<i32>,
    /// 1 when broadcast for the first time.
    pub firstbroadcast: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Who produced the content, 3.2.17.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Producer<'a> {
    /// Id.
    pub id: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
    /// The taxonomy of `cat`, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories.
    pub cat: &'a [&'a str],
    /// Highest-level domain.
    pub domain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The network that carries the content, 3.2.23.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Network<'a> {
    /// The publisher's id of it.
    pub id: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
    /// Primary domain.
    pub domain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The channel within the network, 3.2.24.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Channel<'a> {
    /// The publisher's id of it.
    pub id: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
    /// Primary domain.
    pub domain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Content {
        id, episode, title, series, season, artist, genre, gtax, genres, album, isrc, producer, url, cattax,
        cat, prodq, context, contentrating, userrating, qagmediarating, keywords, kwarray, livestream,
        sourcerelationship, len, language, langb, embeddable, data, network, channel, realtime,
        firstbroadcast,
    }
}

fields! {
    Producer {
        id, name, cattax, cat, domain,
    }
}

fields! {
    Network {
        id, name, domain,
    }
}

fields! {
    Channel {
        id, name, domain,
    }
}
