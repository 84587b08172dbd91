//! A bidder's /metrics, read: what `top` shows of rates and latencies.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(2);
/// The longest answer that is read.
const MAX_BYTES: u64 = 4 << 20;

/// Every sample of one scrape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scrape(Vec<Sample>);

#[derive(Clone, Debug, PartialEq)]
struct Sample {
    name: String,
    labels: String,
    value: f64,
}

impl Scrape {
    /// Reads what a bidder at this URL (`http://HOST:PORT`) tells. `None` where it tells nothing in time.
    pub async fn of(url: &str) -> Option<Scrape> {
        let text = tokio::time::timeout(LIMIT, get(url)).await.ok()?.ok()?;
        let (_, body) = text.split_once("\r\n\r\n")?;
        Some(Scrape::parse(body))
    }

    fn parse(text: &str) -> Scrape {
        let samples = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (series, value) = line.rsplit_once(' ')?;
                let (name, labels) = series.split_once('{').unwrap_or((series, ""));
                Some(Sample {
                    name: name.to_string(),
                    labels: labels.trim_end_matches('}').to_string(),
                    value: value.parse().ok()?,
                })
            });
        Scrape(samples.collect())
    }

    /// A metric's sum over its labels.
    pub fn sum(&self, name: &str) -> f64 {
        self.0
            .iter()
            .filter(|sample| sample.name == name)
            .map(|sample| sample.value)
            .sum()
    }

    /// The upper end of the bucket below which this share of what was observed since `before` lies. `None` where
    /// nothing was observed, and infinite beyond the last bucket.
    pub fn quantile(&self, histogram: &str, before: &Scrape, share: f64) -> Option<f64> {
        let buckets = |scrape: &Scrape| -> Vec<(f64, f64)> {
            let name = format!("{histogram}_bucket");
            let own = scrape.0.iter().filter(|sample| sample.name == name);
            own.filter_map(|sample| {
                let end = sample.labels.split("le=\"").nth(1)?.split('"').next()?;
                let end = if end == "+Inf" {
                    f64::INFINITY
                } else {
                    end.parse().ok()?
                };
                Some((end, sample.value))
            })
            .collect()
        };
        let then = buckets(before);
        let since = |(end, count): &(f64, f64)| {
            let earlier = then
                .iter()
                .find(|(other, _)| other == end)
                .map_or(0.0, |(_, count)| *count);
            (*end, (count - earlier).max(0.0))
        };
        let mut now: Vec<(f64, f64)> = buckets(self).iter().map(since).collect();
        now.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all = now.last()?.1;
        if all <= 0.0 {
            return None;
        }
        now.iter()
            .find(|(_, count)| *count >= all * share)
            .map(|(end, _)| *end)
    }
}

async fn get(url: &str) -> std::io::Result<String> {
    let host = url
        .strip_prefix("http://")
        .unwrap_or(url)
        .trim_end_matches('/');
    let mut stream = TcpStream::connect(host).await?;
    let head = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut text = String::new();
    stream.take(MAX_BYTES).read_to_string(&mut text).await?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_of_what_came_since() {
        let scrape = |counts: [u64; 3]| {
            Scrape::parse(&format!(
                "# TYPE d histogram\nd_bucket{{le=\"0.001\"}} {}\nd_bucket{{le=\"0.01\"}} {}\nd_bucket{{le=\"+Inf\"}} {}\nn{{a=\"b\"}} 3\nn 4\n",
                counts[0], counts[1], counts[2]
            ))
        };
        let (before, now) = (scrape([100, 100, 100]), scrape([150, 198, 200]));
        assert_eq!(now.quantile("d", &before, 0.5), Some(0.001));
        assert_eq!(now.quantile("d", &before, 0.95), Some(0.01));
        assert_eq!(now.quantile("d", &before, 0.999), Some(f64::INFINITY));
        assert_eq!(now.quantile("d", &now, 0.5), None);
        assert_eq!(now.sum("n"), 7.0);
    }
}
