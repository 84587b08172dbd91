//! Devices: user agents as browsers and televisions send them, with what targeting reads from them.

use super::dice::Dice;

/// A kind of device. `{v}` in the user agent is a version that varies.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// AdCOM's device type.
    pub kind: i32,
    /// `device.os`.
    pub os: &'static str,
    /// `device.make`.
    pub make: &'static str,
    /// `device.model`.
    pub model: &'static str,
    /// The user agent.
    pub user_agent: &'static str,
    /// `device.w` and `device.h`.
    pub screen: (i32, i32),
}

/// Browsers on desks.
pub const DESKTOPS: &[(Device, u32)] = &[
    (
        desktop(
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        ),
        52,
    ),
    (
        desktop(
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0",
        ),
        14,
    ),
    (
        desktop(
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
        ),
        7,
    ),
    (
        desktop(
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{v} Safari/605.1.15",
        ),
        16,
    ),
    (
        desktop(
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        ),
        8,
    ),
    (
        desktop(
            "Linux",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        ),
        3,
    ),
];

/// Telephones and tablets, in browsers and in apps.
pub const PHONES: &[(Device, u32)] = &[
    (
        phone(
            4,
            "Android",
            "Samsung",
            "SM-S921B",
            "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36",
        ),
        34,
    ),
    (
        phone(
            4,
            "Android",
            "Google",
            "Pixel 9",
            "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP1A.250505.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{v}.0.7151.61 Mobile Safari/537.36",
        ),
        12,
    ),
    (
        phone(
            4,
            "iOS",
            "Apple",
            "iPhone17,1",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{v} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        ),
        38,
    ),
    (
        phone(
            5,
            "iOS",
            "Apple",
            "iPad14,5",
            "Mozilla/5.0 (iPad; CPU OS 18_{v} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        ),
        8,
    ),
    (
        phone(
            4,
            "Android",
            "Xiaomi",
            "23129RA5FL",
            "Mozilla/5.0 (Linux; Android 14; 23129RA5FL) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/{v}.0.0.0 Mobile Safari/537.36",
        ),
        8,
    ),
];

/// Televisions.
pub const SCREENS: &[(Device, u32)] = &[
    (
        screen(
            "Roku",
            "Roku",
            "4800X",
            "Roku/DVP-14.{v} (14.{v}.0.4200-46)",
        ),
        40,
    ),
    (
        screen(
            "Tizen",
            "Samsung",
            "QN65Q80D",
            "Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) 108.0.{v}.0/8.0 TV Safari/537.36",
        ),
        25,
    ),
    (
        screen(
            "webOS",
            "LG",
            "OLED55C4",
            "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36 WebAppManager",
        ),
        15,
    ),
    (
        screen(
            "Fire OS",
            "Amazon",
            "AFTKM",
            "Dalvik/2.1.0 (Linux; U; Android 11; AFTKM Build/RS8155.{v}N)",
        ),
        20,
    ),
];

const fn desktop(os: &'static str, user_agent: &'static str) -> Device {
    Device {
        kind: 2,
        os,
        make: "",
        model: "",
        user_agent,
        screen: (1920, 1080),
    }
}

const fn phone(
    kind: i32,
    os: &'static str,
    make: &'static str,
    model: &'static str,
    user_agent: &'static str,
) -> Device {
    Device {
        kind,
        os,
        make,
        model,
        user_agent,
        screen: (412, 915),
    }
}

const fn screen(
    os: &'static str,
    make: &'static str,
    model: &'static str,
    user_agent: &'static str,
) -> Device {
    Device {
        kind: 3,
        os,
        make,
        model,
        user_agent,
        screen: (3840, 2160),
    }
}

impl Device {
    /// The user agent with a version in it.
    pub fn versioned(&self, dice: &mut Dice) -> String {
        let newest = if self.user_agent.contains("18_{v}") || self.user_agent.contains("18.{v}") {
            5
        } else {
            140
        };
        let version = newest - dice.zipf(newest.min(30));
        self.user_agent.replace("{v}", &version.to_string())
    }
}
