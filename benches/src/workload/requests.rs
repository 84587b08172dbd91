//! Bid requests as exchanges send them, in four shapes.

use super::ads::SEAT;
use super::dice::Dice;
use super::request_parts::{self as parts, Where};
use super::words;

/// The body of one request, with the places in which its numbers change from one sending to the next.
#[derive(Clone, Debug)]
pub struct Body {
    /// The JSON.
    pub bytes: Vec<u8>,
    /// To which exchange's address it goes; numbered from 1.
    pub exchange: u64,
    /// How many impressions it offers.
    pub impressions: usize,
    /// Where the twelve digits of the request's number stand.
    request_digits: Vec<usize>,
    /// Where the twelve digits of the user's number stand.
    user_digits: Vec<usize>,
}

/// How many users there are. Each request is of one of them, by chance.
const USERS: u64 = 1_000_000;

/// Takes the place of a number of twelve digits while a body is written.
pub(super) const REQUEST: &str = "@@@REQUEST@@";
pub(super) const USER: &str = "@@@@USER@@@@";

/// What a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A banner on a page, read at a desk: 2.2 KB.
    Page,
    /// A banner in an app on a telephone: 2.3 KB.
    App,
    /// A page with a banner and a film, and much about its reader: 3.9 KB.
    RichPage,
    /// A television's or a telephone's app with three places and deals, through a long chain: 5.3 KB.
    Break,
}

const SHAPES: [Shape; 4] = [Shape::Page, Shape::App, Shape::RichPage, Shape::Break];

/// So many different bodies, the four shapes by turns; the same for the same seed.
pub fn bodies(count: usize, seed: u64) -> Vec<Body> {
    let mut dice = Dice::new(seed);
    (0..count)
        .map(|place| body(SHAPES[place % SHAPES.len()], "", &mut dice))
        .collect()
}

/// The same bodies, each of which names seats that may bid, and ours is not among them.
pub fn bodies_for_others(count: usize, seed: u64) -> Vec<Body> {
    let mut dice = Dice::new(seed);
    let wseat = format!(r#""wseat":["not-{SEAT}","seat-2201"],"#);
    (0..count)
        .map(|place| body(SHAPES[place % SHAPES.len()], &wseat, &mut dice))
        .collect()
}

impl Body {
    /// Writes another request's number and another user's into the body.
    pub fn number(&mut self, sending: u64) {
        let user = Dice::new(sending).bits() % USERS;
        for at in &self.request_digits {
            write_digits(&mut self.bytes[*at..*at + REQUEST.len()], sending);
        }
        for at in &self.user_digits {
            write_digits(&mut self.bytes[*at..*at + USER.len()], user);
        }
    }
}

fn write_digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn body(shape: Shape, wseat: &str, dice: &mut Dice) -> Body {
    let place = Where::roll(shape == Shape::Page || shape == Shape::RichPage, dice);
    let (imps, impressions) = match shape {
        Shape::Page => (parts::banner(1, &place, dice), 1),
        Shape::App => (parts::banner(1, &place, dice), 1),
        Shape::RichPage => (
            format!(
                "{},{}",
                parts::banner(1, &place, dice),
                parts::video(2, &place, dice)
            ),
            2,
        ),
        Shape::Break => (
            format!(
                "{},{},{}",
                parts::video_with_deals(1, &place, dice),
                parts::banner(2, &place, dice),
                parts::native(3, &place, dice)
            ),
            3,
        ),
    };
    let (segments, ids, nodes) = match shape {
        Shape::Page => (2, 0, 1),
        Shape::App => (2, 1, 1),
        Shape::RichPage => (12, 5, 2),
        Shape::Break => (14, 7, 4),
    };
    let text = format!(
        r#"{{"id":"{REQUEST}-7f3a","at":1,"tmax":300,{wseat}"cur":["USD"],"imp":[{imps}],{channel},"device":{device},"user":{user},"bcat":{bcat},"badv":{badv},"source":{source},"regs":{regs},"ext":{{"ssp":"ssp-{ssp}","wt":1}}}}"#,
        channel = parts::channel(
            &place,
            shape == Shape::RichPage || shape == Shape::Break,
            dice
        ),
        device = parts::device(&place, dice),
        user = parts::user(&place, segments, ids, dice),
        bcat = parts::list(dice.between(3, 10), dice, |dice| words::category(
            dice.below(words::CATEGORIES)
        )),
        badv = parts::list(dice.between(2, 8), dice, |dice| format!(
            "brand-{}.example",
            1 + dice.below(2_500)
        )),
        source = parts::source(&place, nodes, dice),
        regs = parts::regs(&place),
        ssp = dice.between(1, 40),
    );
    let mut body = Body {
        exchange: 1 + dice.below(words::EXCHANGES as usize) as u64,
        impressions,
        request_digits: find_all(&text, REQUEST),
        user_digits: find_all(&text, USER),
        bytes: text.into_bytes(),
    };
    body.number(dice.bits());
    body
}

fn find_all(text: &str, what: &str) -> Vec<usize> {
    text.match_indices(what).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    #[test]
    fn bodies_are_as_large_as_they_are_said_to_be() {
        let bodies = bodies(400, 1);
        let mean = |all: &[usize]| all.iter().sum::<usize>() as f64 / all.len() as f64;
        let expect = [2.2, 2.3, 3.9, 5.3];
        for (shape, kilobytes) in expect.iter().enumerate() {
            let sizes: Vec<usize> = bodies
                .iter()
                .skip(shape)
                .step_by(4)
                .map(|b| b.bytes.len())
                .collect();
            let off = mean(&sizes) / 1_000.0 / kilobytes;
            assert!(
                (0.93..1.07).contains(&off),
                "shape {shape}: {}",
                mean(&sizes)
            );
        }
        let impressions: Vec<usize> = bodies.iter().map(|b| b.impressions).collect();
        assert_eq!(mean(&impressions), 1.75);
    }

    #[test]
    fn every_body_is_understood_whole() {
        for body in bodies(200, 2) {
            let arena = Bump::new();
            let text = String::from_utf8_lossy(&body.bytes);
            let request = openrtb::request::parse(&body.bytes, &arena)
                .unwrap_or_else(|e| panic!("{e}: {text}"));
            assert_eq!(request.imp.len(), body.impressions, "{text}");
            assert!(request.skipped.is_empty(), "{text}");
            assert!(request.user.is_some_and(|user| user.id.is_some()), "{text}");
        }
    }

    #[test]
    fn another_sending_is_another_request_of_another_user() {
        let mut body = bodies(1, 3).remove(0);
        let before = body.bytes.clone();
        body.number(77);
        assert_ne!(before, body.bytes);
        assert_eq!(before.len(), body.bytes.len());
        assert!(body.bytes.starts_with(br#"{"id":"000000000077-"#));
    }
}
