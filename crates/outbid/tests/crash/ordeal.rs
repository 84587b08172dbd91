//! The ordeal: start, look, trade, kill, look again; over and over on one data directory.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use campaign::id::CampaignId;
use campaign::money::{Currency, Money};
use pacing::account::Window;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::{sleep, timeout};

use crate::books::Books;
use crate::inspect::Left;
use crate::product::Product;
use crate::reports::{Control, Directory};
use crate::tally::Tally;
use crate::traffic::{Trade, Traffic, lock};
use crate::written::Written;

/// How long bidding may take to resume.
const RESUME_LIMIT: Duration = Duration::from_secs(30);

/// When a product is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after its start began, whatever it has come to.
    Starting(Duration),
    /// So long after it began to listen, with the notices of earlier runs knocking.
    Opening(Duration),
    /// So long after its first bid.
    Trading(Duration),
    /// After so long, and so long after it was told to end.
    Draining(Duration, Duration),
}

impl Moment {
    fn draw(cycle: u32, dice: &mut ChaCha8Rng) -> Moment {
        let mut ms = |least: u64, most: u64| Duration::from_millis(dice.random_range(least..most));
        match (cycle, ms(0, 100).as_millis()) {
            // The campaigns are made at the first start; a crash may come in the middle of that too.
            (0..3, _) => Moment::Starting(ms(1, 500)),
            (_, 0..8) => Moment::Starting(ms(1, 700)),
            (_, 8..16) => Moment::Opening(ms(0, 150)),
            (_, 16..24) => Moment::Draining(ms(50, 400), ms(0, 40)),
            // Long enough that leases expire.
            (_, 24..30) => Moment::Trading(ms(2_200, 3_500)),
            (_, 30..70) => Moment::Trading(ms(50, 500)),
            _ => Moment::Trading(ms(50, 1_500)),
        }
    }
}

/// A campaign whose limit binds, and what is known of the limit.
struct Tight {
    name: &'static str,
    window: fn(Window) -> bool,
    daily: bool,
    id: CampaignId,
    /// The most that was ever allowed.
    most: Money,
    /// What may be the limit now, in millionths: several where an answer never came.
    possible: Vec<i64>,
}

/// One data directory and all that happened to it.
pub struct Ordeal {
    seed: u64,
    dice: ChaCha8Rng,
    place: PathBuf,
    books: Arc<Mutex<Books>>,
    written: Written,
    directory: Option<Directory>,
    tight: Vec<Tight>,
    tally: Tally,
}

impl Ordeal {
    /// Kills so many times, and looks each time. The error tells the cycle, and where what was left can be looked at.
    pub async fn run(seed: u64, kills: u32) -> anyhow::Result<Tally> {
        let place = tempfile::Builder::new().prefix("outbid-crash-").tempdir()?;
        for part in ["data", "scratch"] {
            std::fs::create_dir(place.path().join(part))?;
        }
        let mut ordeal = Ordeal {
            seed,
            dice: ChaCha8Rng::seed_from_u64(seed),
            place: place.path().to_path_buf(),
            books: Arc::default(),
            written: Written::default(),
            directory: None,
            tight: Vec::new(),
            tally: Tally::default(),
        };
        let begun = Instant::now();
        let done = ordeal.kill_and_look(kills).await;
        if done.is_err() {
            let kept = place.keep();
            return done
                .with_context(|| format!("kept in {}", kept.display()))
                .map(|()| ordeal.tally);
        }
        let books = lock(&ordeal.books);
        let sold = books.all_sold().count() as u64;
        Ok(Tally {
            bids: sold,
            acknowledged: books.acknowledgements,
            repeated: books.repeated,
            in_doubt: books.in_doubt,
            set_back_ms: books.set_back_ms,
            entries: ordeal.written.position().0,
            took: begun.elapsed(),
            ..ordeal.tally
        })
    }

    async fn kill_and_look(&mut self, kills: u32) -> anyhow::Result<()> {
        for cycle in 0..kills {
            let moment = Moment::draw(cycle, &mut self.dice);
            // The trade's clock is as fast as real time, or so fast that leases run out and billings come late.
            let warp = [1, 1, 60, 60, 400][self.dice.random_range(0..5)];
            let cycled = self.cycle(cycle, moment, warp).await;
            cycled.with_context(|| {
                format!("cycle {cycle} of {kills} (killed {moment:?}, warp {warp})")
            })?;
            self.tally.kills += 1;
        }
        self.end_well(kills)
            .await
            .context("the run after the last kill")
    }

    async fn cycle(&mut self, cycle: u32, moment: Moment, warp: u32) -> anyhow::Result<()> {
        lock(&self.books).open_run();
        match moment {
            Moment::Starting(after) => {
                let product = Product::spawn(&self.data(), &self.log(), warp)?;
                let traffic = self.traffic(&product, Trade::NoticesOnly, cycle);
                sleep(after).await;
                product.kill()?;
                traffic.close().await?;
                self.tally.while_starting += 1;
            }
            Moment::Opening(after) => {
                let mut product = Product::spawn(&self.data(), &self.log(), warp)?;
                let traffic = self.traffic(&product, Trade::NoticesOnly, cycle);
                product.listens().await?;
                sleep(after).await;
                product.kill()?;
                traffic.close().await?;
                self.tally.while_starting += 1;
            }
            Moment::Trading(after) => {
                let (product, traffic) = self.trade(cycle, warp, after).await?;
                product.kill()?;
                traffic.close().await?;
            }
            Moment::Draining(after, draining) => {
                let (product, traffic) = self.trade(cycle, warp, after).await?;
                product.terminate()?;
                sleep(draining).await;
                self.tally.drained_before += u32::from(product.kill_draining()?);
                traffic.close().await?;
                self.tally.while_draining += 1;
            }
        }
        self.look_at_what_is_left()
    }

    /// Starts the product, looks whether all is there, and trades for so long after the first bid. The load goes on.
    async fn trade(
        &mut self,
        cycle: u32,
        warp: u32,
        after: Duration,
    ) -> anyhow::Result<(Product, Traffic)> {
        let begun = Instant::now();
        let product = Product::start(&self.data(), &self.log(), warp).await?;
        self.tally.slowest_start = self.tally.slowest_start.max(begun.elapsed());
        let control = Control::connect(&product).await?;
        self.look_at_what_is_said(&control).await?;
        let resumed = Instant::now();
        let traffic = self.traffic(&product, Trade::Whole, cycle);
        let bidding = async {
            while lock(&self.books).bids_of_run == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(RESUME_LIMIT, bidding)
            .await
            .with_context(|| format!("it does not bid:\n{}", product.said()))?;
        self.tally.slowest_resumption = self.tally.slowest_resumption.max(resumed.elapsed());
        let adjusting = self.dice.random_bool(0.5);
        let (before, rest) = (after.mul_f64(self.dice.random()), Instant::now() + after);
        if adjusting {
            sleep(before).await;
            self.adjust(&control, rest).await;
        }
        sleep(rest.saturating_duration_since(Instant::now())).await;
        Ok((product, traffic))
    }

    fn traffic(&self, product: &Product, trade: Trade, cycle: u32) -> Traffic {
        let advertiser = self
            .directory
            .as_ref()
            .map_or(0, |directory| directory.advertiser);
        let seed = self.seed.wrapping_mul(1_000) + u64::from(cycle);
        Traffic::open(product.bids, self.books.clone(), advertiser, trade, seed)
    }

    /// What the product says once it is back must be what the journal holds, to the nano; and the
    /// limits that it was given.
    async fn look_at_what_is_said(&mut self, control: &Control) -> anyhow::Result<()> {
        if self.directory.is_none() {
            self.directory = Some(control.directory().await?);
            self.tighten(control).await?;
        }
        if let Some(directory) = &self.directory {
            control.agree(directory, self.written.whole()).await?;
        }
        for tight in &mut self.tight {
            let (_, limits) = control.campaign(tight.name).await?;
            let limit = if tight.daily { limits.0 } else { limits.1 };
            let known = limit.filter(|limit| tight.possible.contains(limit));
            let known = known
                .with_context(|| format!("{}: {limit:?}, not {:?}", tight.name, tight.possible));
            tight.possible = vec![known.context("an acknowledged change of a budget is lost")?];
        }
        Ok(())
    }

    /// Gives two campaigns budgets that a few impressions fill.
    async fn tighten(&mut self, control: &Control) -> anyhow::Result<()> {
        let micros = 500_000;
        for (name, daily) in [(CAR, true), (COFFEE, false)] {
            let limits = if daily {
                (Some(micros), None)
            } else {
                (None, Some(micros))
            };
            let adjusted = control.adjust(name, limits).await?;
            ensure!(
                (if daily {
                    adjusted.limits.0
                } else {
                    adjusted.limits.1
                }) == Some(micros),
                "{name} is not cut"
            );
            let in_force = if daily {
                adjusted.in_force.0
            } else {
                adjusted.in_force.1
            };
            let (id, _) = control.campaign(name).await?;
            let window: fn(Window) -> bool = if daily {
                |w| w != Window::Lifetime
            } else {
                |w| w == Window::Lifetime
            };
            let most = money(in_force.unwrap_or(micros).max(micros));
            self.tight.push(Tight {
                name,
                window,
                daily,
                id,
                most,
                possible: vec![micros],
            });
        }
        Ok(())
    }

    /// Changes a tight budget while the load runs; the kill may come before the answer.
    async fn adjust(&mut self, control: &Control, until: Instant) {
        if self.tight.is_empty() {
            return;
        }
        let which = self.dice.random_range(0..self.tight.len());
        let tight = &mut self.tight[which];
        let now = tight.possible.iter().copied().max().unwrap_or_default();
        // The lifetime grows, so that it goes on to be spent; the day's goes up and down.
        let asked = if tight.daily {
            self.dice.random_range(100_000..2_000_000)
        } else {
            now + 100_000
        };
        tight.possible.push(asked);
        tight.most = tight.most.max(money(asked));
        let limits = if tight.daily {
            (Some(asked), None)
        } else {
            (None, Some(asked))
        };
        let left = until.saturating_duration_since(Instant::now());
        if let Ok(Ok(_)) = timeout(left, control.adjust(tight.name, limits)).await {
            tight.possible = vec![asked];
            self.tally.adjusted += 1;
        }
    }

    /// What the crash left on the disk must add up by itself.
    fn look_at_what_is_left(&mut self) -> anyhow::Result<()> {
        self.written
            .read_on(&self.data().join("journal"), &lock(&self.books))?;
        let Some(left) = Left::read(&self.data(), &self.place.join("scratch"))? else {
            return Ok(());
        };
        left.check(self.written.settled(left.position())?)?;
        for tight in &self.tight {
            left.within(tight.id, tight.window, tight.most)?;
            self.tally.capped += u32::from(left.is_full(tight.id, tight.window));
            self.tally.paid_from_tight += u32::from(left.has_paid(tight.id, tight.window));
        }
        Ok(())
    }

    /// One more run that is not killed: it drains, and everything is where it must be.
    async fn end_well(&mut self, cycle: u32) -> anyhow::Result<()> {
        lock(&self.books).open_run();
        let (product, traffic) = self.trade(cycle, 1, Duration::from_millis(300)).await?;
        traffic.close().await?;
        product.end().await?;
        self.look_at_what_is_left()?;
        let position = self.written.position();
        let left = Left::read(&self.data(), &self.place.join("scratch"))?
            .context("there is no database")?;
        ensure!(
            left.position() == position,
            "it drained and settled {}, and the journal has {position}",
            left.position()
        );
        let product = Product::start(&self.data(), &self.log(), 1).await?;
        self.look_at_what_is_said(&Control::connect(&product).await?)
            .await?;
        product.end().await
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    fn log(&self) -> PathBuf {
        self.place.join("log")
    }
}

const CAR: &str = "advertisers/demo/campaigns/car";
const COFFEE: &str = "advertisers/demo/campaigns/coffee";

fn money(micros: i64) -> Money {
    Money::from_micros(micros, Currency::USD).unwrap_or(Money::MAX)
}
