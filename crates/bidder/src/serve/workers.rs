//! On which threads connections are served: on one for each core that does nothing else, or in the runtime of the rest
//! of the process.
//!
//! Where each core has its own, one acceptor deals the connections out, each to the thread that has fewest. The system
//! would split them by chance (`SO_REUSEPORT`), and an exchange opens so few that chance leaves one core with twice
//! what another has.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::stall::Watched;
use super::{Answers, accept, patience, take};

/// Connections that wait for a thread to take them. More are closed.
const DEALT: usize = 1_024;

/// Whoever serves connections. Threads end when this is dropped, and cut what is still open.
#[derive(Debug)]
pub struct Workers {
    threads: Vec<JoinHandle<()>>,
    /// Ends the threads by being dropped.
    end: watch::Sender<()>,
    /// What else is done for connections.
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// A thread, as it is dealt to.
struct Hand {
    dealt: mpsc::Sender<(std::net::TcpStream, Seat)>,
    open: Arc<AtomicUsize>,
}

/// A connection, as the thread that has it is charged with it.
struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn at(open: &Arc<AtomicUsize>) -> Seat {
        open.fetch_add(1, Ordering::Relaxed);
        Seat(Arc::clone(open))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Serves in the runtime that this is called in.
    pub fn shared<A: Answers>(
        listener: TcpListener,
        answers: &Arc<A>,
        stop: &watch::Receiver<bool>,
    ) -> Workers {
        let watched = Arc::new(Watched::default());
        let (taking, answers) = (Arc::clone(&watched), Arc::clone(answers));
        let (patience, until) = (patience(answers.limits()), stop.clone());
        let accepting = accept(listener, stop.clone(), move |stream| {
            take(stream, (), &answers, &taking);
        });
        Workers {
            threads: Vec::new(),
            end: watch::Sender::default(),
            tasks: vec![
                tokio::spawn(accepting),
                tokio::spawn(async move { watched.watch(patience, until).await }),
            ],
        }
    }

    /// Serves on so many threads of its own, and takes connections in the runtime that this is called in.
    ///
    /// # Errors
    /// What the system says where it gives no thread, or no means to wait for sockets.
    pub fn per_core<A: Answers>(
        threads: usize,
        listener: TcpListener,
        answers: &Arc<A>,
        stop: &watch::Receiver<bool>,
    ) -> io::Result<Workers> {
        let mut workers = Workers {
            threads: Vec::new(),
            end: watch::Sender::default(),
            tasks: Vec::new(),
        };
        let mut hands = Vec::new();
        for number in 0..threads {
            let (dealt, streams) = mpsc::channel(DEALT);
            let (answers, stop) = (Arc::clone(answers), stop.clone());
            let work = work(streams, answers, stop, workers.end.subscribe());
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let thread = thread::Builder::new().name(format!("bidder-{number}"));
            let thread = thread.spawn(move || runtime.block_on(work))?;
            workers.threads.push(thread);
            let open = Arc::default();
            hands.push(Hand { dealt, open });
        }
        let accepting = accept(listener, stop.clone(), move |stream| deal(stream, &hands));
        workers.tasks.push(tokio::spawn(accepting));
        Ok(workers)
    }

    /// Ends them, and waits until they have.
    pub async fn end(self) {
        let Workers {
            threads,
            end,
            tasks,
        } = self;
        drop(end);
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        // A thread that panicked has said so.
        let join = move || threads.into_iter().for_each(|thread| drop(thread.join()));
        let _ = tokio::task::spawn_blocking(join).await;
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Gives the connection to the thread that has fewest.
fn deal(stream: TcpStream, hands: &[Hand]) {
    let fewest = hands
        .iter()
        .min_by_key(|hand| hand.open.load(Ordering::Relaxed));
    if let (Some(hand), Ok(stream)) = (fewest, stream.into_std()) {
        // A thread that takes none is one that is gone: the connection is closed.
        let _ = hand.dealt.try_send((stream, Seat::at(&hand.open)));
    }
}

/// What a thread does.
async fn work<A: Answers>(
    mut streams: mpsc::Receiver<(std::net::TcpStream, Seat)>,
    answers: Arc<A>,
    stop: watch::Receiver<bool>,
    mut end: watch::Receiver<()>,
) {
    let watched = Watched::default();
    let taking = async {
        while let Some((stream, seat)) = streams.recv().await {
            match TcpStream::from_std(stream) {
                Ok(stream) => take(stream, seat, &answers, &watched),
                Err(error) => tracing::warn!(%error, "could not take a connection"),
            }
        }
        // What is open is served until the end.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = taking => {}
        () = watched.watch(patience(answers.limits()), stop) => {}
        _ = end.changed() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_are_dealt_to_whoever_has_fewest() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (hands, mut tables): (Vec<_>, Vec<_>) = (0..3)
            .map(|_| {
                let (dealt, streams) = mpsc::channel(8);
                let open = Arc::default();
                (Hand { dealt, open }, streams)
            })
            .unzip();
        let open = || -> Vec<_> {
            let open = hands.iter().map(|hand| hand.open.load(Ordering::Relaxed));
            open.collect()
        };
        let one = async || {
            let _client = TcpStream::connect(address).await.unwrap();
            deal(listener.accept().await.unwrap().0, &hands);
        };
        for _ in 0..7 {
            one().await;
        }
        assert_eq!(open(), [3, 2, 2]);
        // The last one's connections end.
        while tables[2].try_recv().is_ok() {}
        assert_eq!(open(), [3, 2, 0]);
        one().await;
        one().await;
        assert_eq!(open(), [3, 2, 2]);
    }
}
