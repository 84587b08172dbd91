//! What users hold in their hands.

use serde_json::{Value, json};

/// A model of device with the software that it runs.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// AdCOM list "Device Types".
    pub kind: i32,
    /// Operating system, as requests write it.
    pub os: &'static str,
    /// Its version.
    pub os_version: &'static str,
    /// Who made the device.
    pub make: &'static str,
    /// Which model it is.
    pub model: &'static str,
    /// Width of the screen in pixels.
    pub width: i32,
    /// Height of the screen in pixels.
    pub height: i32,
    /// Physical pixels for each device-independent one.
    pub pixel_ratio: f64,
    /// The browser's user agent.
    pub user_agent: &'static str,
    /// The browser's brand in client hints, with its version; empty where the browser sends none.
    pub brand: (&'static str, &'static str),
    /// What the user has it for, out of a hundred users.
    pub weight: u32,
}

impl Device {
    /// Whether it is a phone or a tablet.
    pub fn is_mobile(&self) -> bool {
        matches!(self.kind, 1 | 4 | 5)
    }

    /// Whether it is a television.
    pub fn is_television(&self) -> bool {
        matches!(self.kind, 3 | 7)
    }

    /// Structured user agent, where the browser sends client hints.
    pub fn client_hints(&self) -> Option<Value> {
        let (brand, version) = self.brand;
        if brand.is_empty() {
            return None;
        }
        let chromium = json!({"brand": "Chromium", "version": [version.split('.').next()]});
        Some(json!({
            "browsers": [{"brand": brand, "version": version.split('.').collect::<Vec<_>>()}, chromium],
            "platform": {"brand": self.os, "version": self.os_version.split('.').collect::<Vec<_>>()},
            "mobile": i32::from(self.is_mobile()),
            "model": self.model,
            "source": 2,
        }))
    }
}

/// Every model of the world.
pub const DEVICES: &[Device] = &[
    Device {
        kind: 4,
        os: "iOS",
        os_version: "18.4",
        make: "Apple",
        model: "iPhone15,3",
        width: 430,
        height: 932,
        pixel_ratio: 3.0,
        user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1",
        brand: ("", ""),
        weight: 24,
    },
    Device {
        kind: 4,
        os: "Android",
        os_version: "15",
        make: "Google",
        model: "Pixel 9",
        width: 412,
        height: 915,
        pixel_ratio: 2.6,
        user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/141.0.0.0 Mobile Safari/537.36",
        brand: ("Google Chrome", "141.0.7390.54"),
        weight: 20,
    },
    Device {
        kind: 4,
        os: "Android",
        os_version: "14",
        make: "samsung",
        model: "SM-S921B",
        width: 360,
        height: 780,
        pixel_ratio: 3.0,
        user_agent: "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) \
                     SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        brand: ("Samsung Internet", "28.0"),
        weight: 12,
    },
    Device {
        kind: 5,
        os: "iOS",
        os_version: "17.6",
        make: "Apple",
        model: "iPad13,4",
        width: 834,
        height: 1194,
        pixel_ratio: 2.0,
        user_agent: "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/17.6 Mobile/15E148 Safari/604.1",
        brand: ("", ""),
        weight: 5,
    },
    Device {
        kind: 2,
        os: "Windows",
        os_version: "10.0",
        make: "",
        model: "",
        width: 1920,
        height: 1080,
        pixel_ratio: 1.0,
        user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/141.0.0.0 Safari/537.36",
        brand: ("Google Chrome", "141.0.7390.66"),
        weight: 18,
    },
    Device {
        kind: 2,
        os: "Windows",
        os_version: "10.0",
        make: "",
        model: "",
        width: 1536,
        height: 864,
        pixel_ratio: 1.25,
        user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        brand: ("Microsoft Edge", "140.0.3485.94"),
        weight: 6,
    },
    Device {
        kind: 2,
        os: "macOS",
        os_version: "15.1",
        make: "Apple",
        model: "Macintosh",
        width: 1440,
        height: 900,
        pixel_ratio: 2.0,
        user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/18.1 Safari/605.1.15",
        brand: ("", ""),
        weight: 8,
    },
    Device {
        kind: 2,
        os: "Linux",
        os_version: "6.8",
        make: "",
        model: "",
        width: 1920,
        height: 1200,
        pixel_ratio: 1.0,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
        brand: ("", ""),
        weight: 2,
    },
    Device {
        kind: 3,
        os: "Tizen",
        os_version: "7.0",
        make: "Samsung",
        model: "QE55Q70",
        width: 1920,
        height: 1080,
        pixel_ratio: 1.0,
        user_agent: "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) \
                     94.0.4606.31/7.0 TV Safari/537.36",
        brand: ("", ""),
        weight: 3,
    },
    Device {
        kind: 7,
        os: "Roku",
        os_version: "13.0",
        make: "Roku",
        model: "4802X",
        width: 1920,
        height: 1080,
        pixel_ratio: 1.0,
        user_agent: "Roku/DVP-13.0 (13.0.0.4180-46)",
        brand: ("", ""),
        weight: 2,
    },
];
