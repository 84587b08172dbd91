//! Banners, in a browser.

use auction::markup::{Links, OwnHtml, Renderer};
use bumpalo::Bump;
use campaign::creative::{Banner, BannerMarkup};

use crate::golden;
use crate::sample::{CLICK, IMPRESSION, LINKS, VIEW, html_banner, image_banner};
use crate::tools::dom_after_scripts;

const OWN_HTML: &str = r#"<style>.ad { background: #0a5; color: #fff }</style>
<a class="ad" href="{{click_url}}" target="_blank">Walk into spring</a>
<a href="https://tracker.example/c?next={{click_url_encoded}}">by way of a tracker</a>
<script>document.title = '{{ click_url_js }}';</script>
<img src="https://tracker.example/i?price=${AUCTION_PRICE}" alt="">"#;

fn render(banner: &Banner, links: &Links<'_>) -> String {
    let arena = Bump::new();
    let own = OwnHtml::of(banner);
    Renderer::new()
        .banner(banner, &own, links, &arena)
        .to_string()
}

/// The adm in a page that writes down what the browser is told to send, and whether an injected script ran.
fn page(before: &str, adm: &str) -> String {
    format!(
        "<!DOCTYPE html><html><body><script>
        window.sent = [];
        navigator.sendBeacon = function (url) {{ sent.push(url); return true; }};
        window.injected = function () {{ document.documentElement.setAttribute('injected', 'yes'); }};
        window.addEventListener('load', function () {{
            setTimeout(function () {{
                var links = document.querySelectorAll('a'), images = document.querySelectorAll('img');
                var report = document.createElement('pre');
                report.id = 'report';
                report.textContent = JSON.stringify({{
                    links: [].map.call(links, function (a) {{ return a.getAttribute('href'); }}),
                    images: [].map.call(images, function (i) {{ return [i.getAttribute('src'), i.alt]; }}),
                    size: [images[0].parentNode.offsetWidth, images[0].parentNode.offsetHeight],
                    sent: sent,
                    title: document.title,
                    injected: document.documentElement.hasAttribute('injected'),
                }});
                document.body.textContent = '';
                document.body.appendChild(report);
            }}, 4000);
        }});
        </script>{before}{adm}</body></html>"
    )
}

/// What the browser made of it.
fn seen(page: &str) -> serde_json::Value {
    let dom = dom_after_scripts(page);
    let (_, report) = dom
        .split_once("<pre id=\"report\">")
        .expect("the page was left before it could report");
    let report = report.split("</pre>").next().unwrap();
    // In text the browser writes only these three as entities.
    let json = report
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&json).expect(&json)
}

/// What the browser made of a page that sends this many views. On a machine that is busy the browser's own clock may
/// run ahead of its pictures, and then nothing was in view for a second before the page was over: several tries.
fn seen_with_views(count: usize, page: &str) -> serde_json::Value {
    const TRIES: usize = 12;
    let complete = |seen: &serde_json::Value| {
        seen["sent"]
            .as_array()
            .is_some_and(|sent| sent.len() >= count)
    };
    let mut tries = (0..TRIES).map(|_| seen(page));
    let last = tries.find(complete);
    last.unwrap_or_else(|| panic!("fewer than {count} views were sent in each of {TRIES} tries"))
}

#[test]
fn an_image_banner_is_written_to_the_letter() {
    golden::check("banner-image.html", &render(&image_banner(), &LINKS));
}

#[test]
fn an_own_html_banner_is_written_to_the_letter() {
    golden::check("banner-html.html", &render(&html_banner(OWN_HTML), &LINKS));
}

#[test]
fn without_a_view_url_an_image_banner_has_no_script() {
    let links = Links {
        view_url: None,
        ..LINKS
    };
    let html = render(&image_banner(), &links);
    assert!(!html.contains("<script"), "{html}");
    golden::check("banner-image-without-script.html", &html);
}

#[test]
fn a_browser_shows_the_image_with_its_link_and_sends_one_view() {
    let seen = seen_with_views(1, &page("", &render(&image_banner(), &LINKS)));
    assert_eq!(seen["links"], serde_json::json!([CLICK]));
    assert_eq!(
        seen["images"],
        serde_json::json!([
            [IMPRESSION, ""],
            [
                "https://cdn.example/spring.png?a=1&b=2",
                "Shoes \"Ann & Bob\": <50 % off"
            ],
        ])
    );
    assert_eq!(seen["size"], serde_json::json!([300, 250]));
    assert_eq!(seen["sent"], serde_json::json!([VIEW]));
}

#[test]
fn an_ad_below_the_fold_sends_no_view() {
    let below = "<div style='height:20000px'></div>";
    let seen = seen(&page(below, &render(&image_banner(), &LINKS)));
    assert_eq!(seen["sent"], serde_json::json!([]));
    assert_eq!(seen["links"], serde_json::json!([CLICK]));
}

#[test]
fn an_ad_that_shows_by_less_than_half_sends_no_view() {
    // 160 of 250 pixels stand above the window's upper edge.
    let above = "<style>body { margin: -160px 0 0 0 }</style>";
    let seen = seen(&page(above, &render(&image_banner(), &LINKS)));
    assert_eq!(seen["sent"], serde_json::json!([]));
}

#[test]
fn own_html_gets_the_click_url_for_each_place() {
    let seen = seen_with_views(1, &page("", &render(&html_banner(OWN_HTML), &LINKS)));
    let encoded = "https%3A%2F%2Fbid.example%2Fn%2Fclick%2FAQ0Xk_-9%3Ft%3Da1b2%26s%3Dc3";
    assert_eq!(
        seen["links"],
        serde_json::json!([CLICK, format!("https://tracker.example/c?next={encoded}")])
    );
    assert_eq!(seen["title"], CLICK);
    assert_eq!(
        seen["images"][1][0],
        "https://tracker.example/i?price=${AUCTION_PRICE}"
    );
    assert_eq!(seen["sent"], serde_json::json!([VIEW]));
}

#[test]
fn own_html_that_is_left_open_swallows_neither_pixel_nor_beacon() {
    for open in [
        "<p>text <!-- ",
        "<script>",
        "<a href=\"",
        "</div></div><table><tr>",
        "<textarea>",
    ] {
        let seen = seen_with_views(1, &page("", &render(&html_banner(open), &LINKS)));
        assert_eq!(seen["images"][0][0], IMPRESSION, "{open}");
        assert_eq!(seen["sent"], serde_json::json!([VIEW]), "{open}");
    }
}

#[test]
fn nothing_that_is_injected_runs() {
    // Validation refuses such material. Should it ever come this far, it is shown and does not run.
    let attacks = [
        "\"><script>injected()</script>",
        "' onerror='injected()' x='",
        "\" onload=\"injected()\" onerror=\"injected()\" x=\"",
        "</script><script>injected()</script>",
        "</a></div><img src=x onerror=injected()>",
        "\\\");injected();(\"",
        "\u{2028}injected()\u{2028}",
        "*/injected()/*",
        "{{click_url}}{% include 'x' %}{# x #}",
        "');injected();('",
        "`${injected()}`",
    ];
    for attack in attacks {
        let url = format!("https://bid.example/{attack}");
        let links = Links {
            click_url: &url,
            impression_url: &url,
            view_url: Some(&url),
            ..LINKS
        };
        let image = Banner {
            markup: BannerMarkup::Image {
                url: url.clone(),
                alt: attack.into(),
            },
            ..image_banner()
        };
        let own = html_banner(
            "<img alt=''><a href=\"{{click_url}}\" onclick=\"'{{click_url_js}}'; return false\" \
             onfocus='\"{{click_url_js}}\"'>x</a>\
             <script>var a = '{{click_url_js}}', b = \"{{click_url_js}}\";document.title = a + b;\
             document.querySelector('a').click();document.querySelector('a').focus();</script>\
             <img src=\"?{{click_url_encoded}}\" alt=''>",
        );
        let both = format!("{}{}", render(&own, &links), render(&image, &links));
        let seen = seen_with_views(2, &page("", &both));
        assert_eq!(seen["injected"], false, "{attack}");
        assert_eq!(seen["links"], serde_json::json!([url, url]), "{attack}");
        assert_eq!(seen["images"][0][0], *url, "{attack}");
        assert_eq!(seen["images"][4], serde_json::json!([url, attack]));
        assert_eq!(seen["sent"], serde_json::json!([url, url]), "{attack}");
        assert_eq!(seen["title"], format!("{url}{url}"), "{attack}");
    }
}
