//! Control as a whole: built, running, drained.

use std::net::SocketAddr;
use std::sync::Arc;

use api::errors::CallError;
use api::v1;
use auction::book::Inventory;
use store::disk::Disk;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access::gate::Gate;
use crate::authority::{self, Authority, LoadError, Running};
use crate::seams::{Fatal, Reload, Seams, Traffic};
use crate::secure::Certificates;
use crate::serve::{self, Parts, ServeError};
use crate::summary::Summary;

/// Why control cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The socket.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// What was stored.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Control, running.
pub struct ControlHandle {
    address: SocketAddr,
    authority: Running,
    certificates: Option<watch::Sender<Certificates>>,
    endpoints: watch::Sender<Arc<Vec<(String, String)>>>,
    traffic: watch::Sender<Option<Traffic>>,
    reload: watch::Sender<Option<Reload>>,
    stop: watch::Sender<bool>,
    served: JoinHandle<()>,
}

/// Starts control: the socket is open, everything stored is loaded, and the first book is under way.
pub async fn start<D: Disk>(
    listen: SocketAddr,
    seams: Seams<D>,
) -> Result<ControlHandle, StartError> {
    let certificates = seams.certificates.clone().map(watch::Sender::new);
    let listener = serve::listen(listen, certificates.is_some()).await?;
    let address = listener.local_addr();
    let address = address.map_err(|source| ServeError::Listen {
        address: listen,
        source,
    })?;
    let (explainer, sampled) = (seams.explainer.clone(), seams.sampled.clone());
    let clock = Arc::clone(&seams.clock);
    let authority = authority::start(seams)?;
    let scheme = if certificates.is_some() {
        "https"
    } else {
        "http"
    };
    let own = ("control".to_string(), format!("{scheme}://{address}"));
    let (endpoints, told) = watch::channel(Arc::new(vec![own]));
    let (traffic, traffic_told) = watch::channel(None);
    let (reload, reload_told) = watch::channel(None);
    let (stop, stopped) = watch::channel(false);
    // A frame's head is five bytes.
    let gate = Gate::new(authority.keys.clone(), clock, serve::MAX_MESSAGE + 5);
    let parts = Parts {
        certificates: certificates.as_ref().map(watch::Sender::subscribe),
        gate: Arc::new(gate),
        authority: authority.handle.clone(),
        explainer,
        sampled,
        endpoints: told,
        traffic: traffic_told,
        reload: reload_told,
        summary: authority.summary.clone(),
        fatal: authority.fatal.clone(),
    };
    let served = tokio::spawn(serve::serve(listener, parts, stopped));
    Ok(ControlHandle {
        address,
        authority,
        certificates,
        endpoints,
        traffic,
        reload,
        stop,
        served,
    })
}

impl ControlHandle {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Shows these certificates to whoever connects from now on; connections that are open go on. Answers `false`, and
    /// changes nothing, where it was started without any: how it is reached cannot change while it runs.
    pub fn renew_certificates(&self, renewed: Certificates) -> bool {
        if let Some(certificates) = &self.certificates {
            certificates.send_replace(renewed);
        }
        self.certificates.is_some()
    }

    /// The certificates that it shows, if it shows any.
    pub fn certificates(&self) -> Option<Certificates> {
        let certificates = self.certificates.as_ref()?;
        Some(certificates.borrow().clone())
    }

    /// From now on, in so many of a million first-price auctions another bid is made than the best one.
    ///
    /// # Errors
    /// Where the authority is gone, or too many calls wait for it.
    pub async fn explore(&self, ppm: u32) -> Result<(), CallError> {
        let work = move |authority: &mut Authority| {
            authority.explore(ppm);
            Ok(())
        };
        self.authority.handle.call(work).await
    }

    /// Notes in the history what of the configuration was changed while it runs.
    ///
    /// # Errors
    /// Where the authority is gone, or too many calls wait for it.
    pub async fn note_configuration(
        &self,
        changes: Vec<v1::ConfigurationChange>,
    ) -> Result<(), CallError> {
        let work = move |authority: &mut Authority| authority.note_configuration(&changes);
        self.authority.handle.call(work).await
    }

    /// Says who reads the configuration again when somebody asks for it.
    pub fn reload_by(&self, reload: Reload) {
        self.reload.send_replace(Some(reload));
    }

    /// Tells people where something else of the process listens.
    pub fn announce(&self, title: &str, url: &str) {
        self.endpoints.send_modify(|endpoints| {
            Arc::make_mut(endpoints).push((title.to_string(), url.to_string()));
        });
    }

    /// Says whom to ask about the bidder's traffic: a bidder is started after control.
    pub fn follow(&self, traffic: Traffic) {
        self.traffic.send_replace(Some(traffic));
    }

    /// What was spent and what came of it, as it changes: some times a second.
    pub fn summaries(&self) -> watch::Receiver<Arc<Summary>> {
        self.authority.summary.clone()
    }

    /// What was spent and what came of it, now.
    pub fn summary(&self) -> Arc<Summary> {
        self.authority.summary.borrow().clone()
    }

    /// What is for sale now.
    ///
    /// # Errors
    /// Where the authority is gone, or too many calls wait for it.
    pub async fn inventory(&self) -> Result<Inventory, CallError> {
        let handle = &self.authority.handle;
        let stock = handle.call(|authority| Ok(authority.catalog().stock()));
        Ok(stock.await?.inventory())
    }

    /// A token that may do everything, for whoever starts the server: `known`, the one of an earlier start, if it still
    /// may; else a new one, and the former is good no more. It must be kept where its owner alone reads it.
    ///
    /// # Errors
    /// Where the authority is gone, or the system has no random bytes.
    pub async fn first_token(&self, known: Option<String>) -> Result<String, CallError> {
        let handle = &self.authority.handle;
        handle
            .call(move |authority| authority.first_token(known.as_deref()))
            .await
    }

    /// Set once, when the process must stop: it must bid no more, say why, and exit with an error.
    pub fn fatal(&self) -> watch::Receiver<Option<Fatal>> {
        self.authority.fatal.clone()
    }

    /// Stops: no new calls, those under way to their end, then the journal to its end and the last transaction. Bidders
    /// should have drained before. Answers the last summary.
    pub async fn shutdown(self) -> Arc<Summary> {
        let ControlHandle {
            authority,
            stop,
            served,
            ..
        } = self;
        stop.send_replace(true);
        // A server that panicked has said so.
        let _ = served.await;
        let summary = authority.summary.clone();
        authority.shutdown().await;
        Arc::clone(&summary.borrow())
    }
}
