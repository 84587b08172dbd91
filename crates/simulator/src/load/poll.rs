//! Waiting for sockets, to the microsecond.
//!
//! Linux has `epoll_pwait2`, whose timeout is in nanoseconds, and a slack of a thread's timers that can be set to one;
//! the waits of runtimes know whole milliseconds only, which is more than most answers take. Elsewhere sockets are
//! asked one by one between short sleeps: good enough to try the tool out, not to measure microseconds.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

/// What may be done on a socket without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ready {
    /// Which socket, by the number that it was added with.
    pub(super) socket: usize,
    /// The other side has closed: what is to be read ends.
    pub(super) ended: bool,
}

#[cfg(target_os = "linux")]
pub(super) use epoll::Poller;
#[cfg(not(target_os = "linux"))]
pub(super) use portable::Poller;

#[cfg(target_os = "linux")]
mod epoll {
    use std::num::NonZeroU64;
    use std::os::fd::OwnedFd;

    use rustix::buffer::spare_capacity;
    use rustix::event::{Timespec, epoll};

    use super::{Duration, Ready, TcpStream, io};

    /// How many events are taken at once.
    const EVENTS: usize = 256;

    pub(crate) struct Poller {
        epoll: OwnedFd,
        events: Vec<epoll::Event>,
    }

    impl Poller {
        pub(crate) fn new() -> io::Result<Poller> {
            Ok(Poller {
                epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
                events: Vec::with_capacity(EVENTS),
            })
        }

        /// Makes this thread's waits end when they should, as far as the system lets it.
        pub(crate) fn sharpen_timers() {
            // Without it waits end up to 50 us late, which the report of lateness then shows.
            let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
        }

        /// Tells from now on when this socket can be read or written. Edges are told, not levels: what is told is to be
        /// used up. Closing the socket ends it.
        pub(crate) fn add(&mut self, stream: &TcpStream, socket: usize) -> io::Result<()> {
            let edges = epoll::EventFlags::IN
                | epoll::EventFlags::OUT
                | epoll::EventFlags::RDHUP
                | epoll::EventFlags::ET;
            let number = epoll::EventData::new_u64(socket as u64);
            Ok(epoll::add(&self.epoll, stream, number, edges)?)
        }

        /// The socket with this number is closed.
        pub(crate) fn forget(&mut self, _socket: usize) {}

        /// Waits until something can be done, but no longer than this.
        pub(crate) fn wait(&mut self, limit: Duration, ready: &mut Vec<Ready>) -> io::Result<()> {
            let limit = Timespec::try_from(limit).ok();
            match epoll::wait(
                &self.epoll,
                spare_capacity(&mut self.events),
                limit.as_ref(),
            ) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let ends = epoll::EventFlags::RDHUP | epoll::EventFlags::HUP | epoll::EventFlags::ERR;
            ready.clear();
            ready.extend(self.events.drain(..).map(|event| {
                // The events are packed: their fields are copied, never borrowed.
                let (data, flags) = (event.data, event.flags);
                Ready {
                    socket: data.u64() as usize,
                    ended: flags.intersects(ends),
                }
            }));
            Ok(())
        }
    }
}

#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(
    target_os = "linux",
    allow(dead_code, reason = "compiled here for its tests")
)]
mod portable {
    use std::collections::BTreeSet;

    use super::{Duration, Ready, TcpStream, io};

    /// The longest sleep between two rounds.
    const NAP: Duration = Duration::from_micros(100);

    pub(crate) struct Poller {
        sockets: BTreeSet<usize>,
    }

    impl Poller {
        pub(crate) fn new() -> io::Result<Poller> {
            Ok(Poller {
                sockets: BTreeSet::new(),
            })
        }

        pub(crate) fn sharpen_timers() {}

        pub(crate) fn add(&mut self, _stream: &TcpStream, socket: usize) -> io::Result<()> {
            self.sockets.insert(socket);
            Ok(())
        }

        pub(crate) fn forget(&mut self, socket: usize) {
            self.sockets.remove(&socket);
        }

        /// Sleeps for a little and tells of every socket: whoever asks finds out which can be used.
        pub(crate) fn wait(&mut self, limit: Duration, ready: &mut Vec<Ready>) -> io::Result<()> {
            if !limit.is_zero() {
                std::thread::sleep(limit.min(NAP));
            }
            ready.clear();
            ready.extend(self.sockets.iter().map(|socket| Ready {
                socket: *socket,
                ended: true,
            }));
            Ok(())
        }
    }
}

/// Lets this thread run on this CPU alone.
///
/// # Errors
/// Where there is no such CPU, or the system cannot do it.
pub fn pin_thread(cpu: usize) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_setaffinity};
        if cpu >= CpuSet::MAX_CPU {
            return Err(io::Error::other(format!("there is no CPU {cpu}")));
        }
        let mut cpus = CpuSet::new();
        cpus.set(cpu);
        sched_setaffinity(None, &cpus)
            .map_err(|error| io::Error::other(format!("CPU {cpu} cannot be had: {error}")))
    }
    #[cfg(not(target_os = "linux"))]
    {
        Err(io::Error::other(format!(
            "threads cannot be bound to CPU {cpu} on this system"
        )))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        ours.set_nonblocking(true).unwrap();
        (ours, listener.accept().unwrap().0)
    }

    /// What both pollers promise, as text that is compiled for each.
    macro_rules! a_poller_tells_of_its_sockets {
        ($name:ident, $poller:ty) => {
            #[test]
            fn $name() {
                let (ours, mut theirs) = pair();
                let mut poller = <$poller>::new().unwrap();
                poller.add(&ours, 7).unwrap();
                let mut ready = Vec::new();
                let mut told = |poller: &mut $poller, what: fn(&Ready) -> bool| {
                    // It is told sooner or later, however busy the machine is.
                    let begun = Instant::now();
                    while begun.elapsed() < Duration::from_secs(60) {
                        poller.wait(Duration::from_millis(5), &mut ready).unwrap();
                        if ready.iter().any(what) {
                            return true;
                        }
                    }
                    false
                };
                theirs.write_all(b"x").unwrap();
                assert!(told(&mut poller, |ready| ready.socket == 7));
                drop(theirs);
                assert!(told(&mut poller, |ready| ready.ended));
                poller.forget(7);
                drop(ours);
                poller.wait(Duration::ZERO, &mut ready).unwrap();
                assert!(ready.is_empty());
            }
        };
    }

    a_poller_tells_of_its_sockets!(the_poller_of_this_system_tells_of_its_sockets, Poller);
    a_poller_tells_of_its_sockets!(the_poller_of_other_systems_does_too, portable::Poller);

    #[test]
    fn a_wait_is_never_shorter_than_it_should_be() {
        let mut poller = Poller::new().unwrap();
        let begun = Instant::now();
        let mut ready = Vec::new();
        poller.wait(Duration::from_micros(300), &mut ready).unwrap();
        if cfg!(target_os = "linux") {
            assert!(begun.elapsed() >= Duration::from_micros(300) && ready.is_empty());
        }
    }
}
