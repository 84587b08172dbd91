//! A creative's own facts.

use api::v1;
use api::v1::creative::Material;

use crate::print::table::Page;
use crate::print::words;

/// Adds them to a page.
pub fn facts(page: &mut Page, creative: &v1::Creative) {
    page.fact("Landing", &creative.landing_url);
    page.fact("Domains", creative.advertiser_domains.join(", "));
    page.fact("Categories", creative.categories.join(", "));
    page.fact("Language", &creative.language_code);
    page.fact("App", &creative.app_bundle);
    let (format, size) = words::material(creative);
    page.fact("Format", format!("{format} {size}").trim());
    match &creative.material {
        Some(Material::Banner(banner)) => match &banner.markup {
            Some(v1::banner::Markup::Image(image)) => page.fact("Image", &image.url),
            Some(v1::banner::Markup::Html(html)) => {
                page.fact("HTML", format!("{} bytes", html.len()))
            }
            None => {}
        },
        Some(Material::Video(video)) => {
            match &video.source {
                Some(v1::video::Source::MediaFiles(media)) => files(page, media),
                Some(v1::video::Source::VastWrapper(wrapper)) => {
                    page.fact("VAST", &wrapper.vast_url)
                }
                None => {}
            }
            let skippable = video.skip_after.as_ref();
            page.fact(
                "Skippable",
                skippable.map_or(String::new(), |it| format!("after {}", words::span(it))),
            );
        }
        Some(Material::Audio(audio)) => match &audio.source {
            Some(v1::audio::Source::MediaFiles(media)) => files(page, media),
            Some(v1::audio::Source::VastWrapper(wrapper)) => page.fact("VAST", &wrapper.vast_url),
            None => {}
        },
        Some(Material::Native(native)) => {
            page.fact("Headline", &native.title);
            page.fact("Text", &native.description);
            page.fact("Sponsor", &native.sponsored);
            page.fact("Button", &native.call_to_action);
            page.fact("Image", native.image.as_ref().map_or(String::new(), image));
            page.fact("Icon", native.icon.as_ref().map_or(String::new(), image));
        }
        None => {}
    }
}

fn files(page: &mut Page, media: &v1::MediaFiles) {
    let lines: Vec<String> = media
        .files
        .iter()
        .map(|file| {
            let size = file
                .size
                .as_ref()
                .map_or(String::new(), |size| format!(" {}", words::size(size)));
            format!("{}{size} {}", file.mime_type, file.url)
        })
        .collect();
    page.fact("Files", lines.join("\n"));
}

fn image(image: &v1::Image) -> String {
    let size = image
        .size
        .as_ref()
        .map_or(String::new(), |size| format!("{} ", words::size(size)));
    format!("{size}{}", image.url)
}
