//! The device: `device`, its place, its structured user agent.

use crate::lenient::fields;

/// The device, 3.2.18.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Device<'a> {
    /// Where the device is.
    pub geo: Option<&'a Geo<'a>>,
    /// The browser's "do not track".
    pub dnt: Option<bool>,
    /// The system's "limit ad tracking".
    pub lmt: Option<bool>,
    /// The user agent string.
    pub ua: Option<&'a str>,
    /// The structured user agent, more accurate than `ua`. Folded from `device.ext.sua`.
    pub sua: Option<&'a UserAgent<'a>>,
    /// IPv4 address.
    pub ip: Option<&'a str>,
    /// IPv6 address.
    pub ipv6: Option<&'a str>,
    /// [`crate::adcom::device_type`].
    pub devicetype: Option<i32>,
    /// Make.
    pub make: Option<&'a str>,
    /// Model.
    pub model: Option<&'a str>,
    /// Operating system.
    pub os: Option<&'a str>,
    /// Version of the operating system.
    pub osv: Option<&'a str>,
    /// Version of the hardware.
    pub hwv: Option<&'a str>,
    /// Height of the screen in pixels.
    pub h: Option<i32>,
    /// Width of the screen in pixels.
    pub w: Option<i32>,
    /// Pixels per inch.
    pub ppi: Option<i32>,
    /// Physical pixels for one device-independent pixel.
    pub pxratio: Option<f64>,
    /// Whether JavaScript runs.
    pub js: Option<bool>,
    /// Whether the creative may ask for the place.
    pub geofetch: Option<bool>,
    /// Version of Flash.
    pub flashver: Option<&'a str>,
    /// Language, ISO 639-1.
    pub language: Option<&'a str>,
    /// Language, BCP 47.
    pub langb: Option<&'a str>,
    /// Carrier or internet provider.
    pub carrier: Option<&'a str>,
    /// Mobile country and network code, `310-005`.
    pub mccmnc: Option<&'a str>,
    /// [`crate::adcom::connection_type`].
    pub connectiontype: Option<i32>,
    /// Advertising id in the clear.
    pub ifa: Option<&'a str>,
    /// Source of `ifa`, from `device.ext.ifa_type`: `idfa`, `aaid`, `rida`, `sessionid`, ...
    pub ifa_type: Option<&'a str>,
    /// iOS tracking authorisation, from `device.ext.atts`: 0 not determined, 1 restricted, 2 denied, 3 authorised.
    pub atts: Option<i32>,
    /// Hardware device id, SHA-1. Deprecated, as the five below.
    pub didsha1: Option<&'a str>,
    /// Hardware device id, MD5.
    pub didmd5: Option<&'a str>,
    /// Platform device id, SHA-1.
    pub dpidsha1: Option<&'a str>,
    /// Platform device id, MD5.
    pub dpidmd5: Option<&'a str>,
    /// MAC address, SHA-1.
    pub macsha1: Option<&'a str>,
    /// MAC address, MD5.
    pub macmd5: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A place, 3.2.19.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geo<'a> {
    /// Latitude, -90 to 90.
    pub lat: Option<f64>,
    /// Longitude, -180 to 180. Also read from `long`, as IAB's own samples write it.
    pub lon: Option<f64>,
    /// Source of the place, [`crate::adcom::location_type`] (`type`).
    pub kind: Option<i32>,
    /// Accuracy in metres.
    pub accuracy: Option<i32>,
    /// Seconds since the fix.
    pub lastfix: Option<i32>,
    /// Who looked the address up, [`crate::adcom::ip_location_service`].
    pub ipservice: Option<i32>,
    /// Country, ISO 3166-1 alpha-3.
    pub country: Option<&'a str>,
    /// Region, ISO 3166-2.
    pub region: Option<&'a str>,
    /// Region, FIPS 10-4.
    pub regionfips104: Option<&'a str>,
    /// Google metro code.
    pub metro: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// ZIP or postal code.
    pub zip: Option<&'a str>,
    /// Minutes from UTC.
    pub utcoffset: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The structured user agent, 3.2.29.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UserAgent<'a> {
    /// Browsers and similar software.
    pub browsers: &'a [BrandVersion<'a>],
    /// Platform or operating system.
    pub platform: Option<&'a BrandVersion<'a>>,
    /// Whether the agent prefers content for mobile.
    pub mobile: Option<bool>,
    /// Architecture, such as `x86`.
    pub architecture: Option<&'a str>,
    /// Bitness, such as `64`.
    pub bitness: Option<&'a str>,
    /// Model of the device.
    pub model: Option<&'a str>,
    /// Where these facts come from, [`crate::adcom::user_agent_source`].
    pub source: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A brand and its version, 3.2.30.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BrandVersion<'a> {
    /// Brand, such as `Chrome`.
    pub brand: Option<&'a str>,
    /// Version, the major component first.
    pub version: &'a [&'a str],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Device {
        geo, dnt, lmt, ua, sua, ip, ipv6, devicetype, make, model, os, osv, hwv, h, w, ppi, pxratio, js,
        geofetch, flashver, language, langb, carrier, mccmnc, connectiontype, ifa, didsha1, didmd5, dpidsha1,
        dpidmd5, macsha1, macmd5,
    }
    ext { sua ; ifa_type, atts }
}

fields! {
    Geo {
        lat, lon, "type" => kind, accuracy, lastfix, ipservice, country, region, regionfips104, metro, city, zip,
        utcoffset,
    }
    also { "long" => lon }
}

fields! {
    UserAgent {
        browsers, platform, mobile, architecture, bitness, model, source,
    }
}

fields! {
    BrandVersion {
        brand, version,
    }
}
