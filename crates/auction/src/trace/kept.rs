//! What a trace keeps of a request: what a decision reads, and of that nothing about the user but where they are,
//! roughly, and on what kind of device.
//!
//! The lists below name what is kept of people and what is left out of pages; `ext` is left out
//! everywhere, since nobody knows what is in it. A decision that begins to read something else no
//! longer replays, and the tests say so.

use bumpalo::Bump;
use openrtb::request::{
    App, BidRequest, BrandVersion, Content, Device, Dooh, Geo, Imp, Site, User, UserAgent,
};

use crate::device;
use crate::opportunity::host;
use crate::privacy::coarse;

/// Writes what is kept.
pub(super) fn write(request: &BidRequest<'_>) -> Vec<u8> {
    let arena = Bump::new();
    let imps = request.imp.iter().map(|imp| Imp {
        gpid: None,
        tid: None,
        ..*imp
    });
    // An impression that could not be understood stays one: it offers nothing.
    let skipped = request.skipped.iter().map(|skipped| Imp {
        id: skipped.id,
        ..Imp::default()
    });
    let device = request
        .device
        .map(|device| &*arena.alloc(kept_device(device, &arena)));
    let kept = BidRequest {
        imp: arena.alloc_slice_fill_iter(imps.chain(skipped).collect::<Vec<_>>()),
        site: request
            .site
            .map(|site| &*arena.alloc(kept_site(site, &arena))),
        app: request.app.map(|app| {
            &*arena.alloc(App {
                content: kept_content(app.content, &arena),
                ..*app
            })
        }),
        dooh: request.dooh.map(|dooh| {
            &*arena.alloc(Dooh {
                content: kept_content(dooh.content, &arena),
                ..*dooh
            })
        }),
        device,
        user: request.user.map(|user| {
            &*arena.alloc(User {
                geo: kept_geo(user.geo, &arena),
                ..User::default()
            })
        }),
        source: None,
        regs: None,
        ..*request
    };
    let mut out = Vec::new();
    openrtb::request::write_without_extensions(&kept, &mut out);
    out.shrink_to_fit();
    out
}

/// Addresses of pages carry all kinds of things about who looks at them; their domain is enough.
fn kept_site<'a>(site: &Site<'a>, arena: &'a Bump) -> Site<'a> {
    Site {
        domain: site.domain.or_else(|| site.page.and_then(host)),
        page: None,
        r#ref: None,
        search: None,
        content: kept_content(site.content, arena),
        ..*site
    }
}

fn kept_content<'a>(content: Option<&Content<'a>>, arena: &'a Bump) -> Option<&'a Content<'a>> {
    content.map(|content| {
        &*arena.alloc(Content {
            url: None,
            data: &[],
            ..*content
        })
    })
}

/// The families of its system and its browser, in the place of all that tells one device from another.
fn kept_device<'a>(device: &Device<'a>, arena: &'a Bump) -> Device<'a> {
    let (os, browser) = device::names(device);
    let agent = browser.map(|brand| {
        let browsers = arena.alloc_slice_copy(&[BrandVersion {
            brand: Some(brand),
            ..BrandVersion::default()
        }]);
        &*arena.alloc(UserAgent {
            browsers,
            ..UserAgent::default()
        })
    });
    Device {
        geo: kept_geo(device.geo, arena),
        sua: agent,
        os,
        devicetype: device.devicetype,
        w: device.w,
        h: device.h,
        language: device.language,
        langb: device.langb,
        connectiontype: device.connectiontype,
        ..Device::default()
    }
}

fn kept_geo<'a>(geo: Option<&Geo<'a>>, arena: &'a Bump) -> Option<&'a Geo<'a>> {
    geo.map(|geo| {
        &*arena.alloc(Geo {
            lat: geo.lat.map(coarse),
            lon: geo.lon.map(coarse),
            country: geo.country,
            region: geo.region,
            metro: geo.metro,
            city: geo.city,
            ..Geo::default()
        })
    })
}
