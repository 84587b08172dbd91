//! The ways to the authority: a handle through which services ask, and its thread's start and stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, Thread};

use api::errors::CallError;
use tokio::sync::{mpsc, oneshot, watch};
use tonic::Code;

use super::{Authority, Command, MAX_WAITING_CALLS};
use crate::access::caller::{CALLER, Caller};
use crate::access::keyring::Keyring;
use crate::seams::Fatal;
use crate::summary::Summary;

/// How the services reach the authority.
#[derive(Clone)]
pub struct AuthorityHandle {
    commands: mpsc::Sender<Command>,
    thread: Thread,
    fatal: watch::Receiver<Option<Fatal>>,
    asks: Asks,
}

/// Who asks through a handle.
#[derive(Clone)]
enum Asks {
    /// The server itself.
    Server,
    /// Who makes the call that the asking task answers.
    Caller,
    /// This one.
    As(Arc<Caller>),
}

/// The running authority.
pub struct Running {
    /// How to reach it.
    pub handle: AuthorityHandle,
    /// What was spent, as it changes.
    pub summary: watch::Receiver<Arc<Summary>>,
    /// Set once, when the process must stop.
    pub fatal: watch::Receiver<Option<Fatal>>,
    /// The tokens that open something.
    pub keys: watch::Receiver<Arc<Keyring>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl AuthorityHandle {
    /// A handle through which callers ask: each may do what its token allows.
    pub fn for_callers(&self) -> AuthorityHandle {
        AuthorityHandle {
            asks: Asks::Caller,
            ..self.clone()
        }
    }

    /// A handle that asks as the present caller, for a task that a service starts beside.
    ///
    /// # Errors
    /// Where there is no caller, which is a mistake in the program.
    pub fn of_caller(&self) -> Result<AuthorityHandle, CallError> {
        Ok(AuthorityHandle {
            asks: Asks::As(self.caller()?),
            ..self.clone()
        })
    }

    fn caller(&self) -> Result<Arc<Caller>, CallError> {
        match &self.asks {
            Asks::Server => Ok(Arc::new(Caller::server())),
            Asks::As(caller) => Ok(Arc::clone(caller)),
            Asks::Caller => CALLER.try_with(Arc::clone).map_err(|_| {
                let what = "a task beside the call asks for nobody: give it a handle by of_caller(). That is a defect";
                CallError::new(Code::PermissionDenied, "NO_CALLER", what)
            }),
        }
    }

    /// Has the authority do something, and tells what came of it.
    ///
    /// # Errors
    /// What `work` says; UNAVAILABLE where too many calls wait, the store has failed, or the authority is gone.
    pub async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Authority) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, CallError> {
        if let Some(fatal) = &*self.fatal.borrow() {
            return Err(failed(fatal));
        }
        let caller = self.caller()?;
        let goes_on = matches!(self.asks, Asks::As(_));
        let (answer, answered) = oneshot::channel();
        let command: Command = Box::new(move |authority| {
            // The gate let a stream in long ago.
            let still = match goes_on {
                true => caller.still(&authority.tokens.keys().borrow(), authority.clock.now()),
                false => Ok(()),
            };
            let done = still.and_then(|()| {
                let server = std::mem::replace(&mut authority.caller, caller);
                let done = work(authority);
                authority.caller = server;
                done
            });
            // Who asked may have gone away.
            let _ = answer.send(done);
        });
        if let Err(error) = self.commands.try_send(command) {
            return Err(match error {
                mpsc::error::TrySendError::Full(_) => CallError::new(
                    Code::Unavailable,
                    "OVERLOADED",
                    "too many calls at once: try again in a moment",
                ),
                mpsc::error::TrySendError::Closed(_) => stopping(),
            });
        }
        self.thread.unpark();
        match answered.await {
            Ok(result) => result,
            Err(_) => Err(match &*self.fatal.borrow() {
                Some(fatal) => failed(fatal),
                None => stopping(),
            }),
        }
    }
}

pub(super) fn failed(fatal: &Fatal) -> CallError {
    let what = format!(
        "the store has failed, and nothing is taken any more: {fatal}. Mend it and start again"
    );
    CallError::new(Code::Unavailable, "STORE_FAILED", what)
}

fn stopping() -> CallError {
    CallError::new(
        Code::Unavailable,
        "STOPPING",
        "the process is stopping: try again when it is back",
    )
}

impl Running {
    /// Starts the thread.
    pub(super) fn spawn(
        make: impl FnOnce(mpsc::Sender<Command>) -> Authority,
        summary: watch::Receiver<Arc<Summary>>,
        fatal: watch::Receiver<Option<Fatal>>,
        keys: watch::Receiver<Arc<Keyring>>,
    ) -> std::io::Result<Running> {
        let (commands, received) = mpsc::channel(MAX_WAITING_CALLS);
        let stop = Arc::new(AtomicBool::new(false));
        let authority = make(commands.clone());
        let stopped = stop.clone();
        let thread = thread::Builder::new()
            .name("authority".to_string())
            .spawn(move || authority.run(received, &stopped))?;
        let handle = AuthorityHandle {
            commands,
            thread: thread.thread().clone(),
            fatal: fatal.clone(),
            asks: Asks::Server,
        };
        Ok(Running {
            handle,
            summary,
            fatal,
            keys,
            stop,
            thread,
        })
    }

    /// Lets the authority apply what the journal holds to its end, and waits for its last transaction.
    pub async fn shutdown(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let thread = self.thread;
        // A thread that panicked has said so; there is nothing else to wait for.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}
