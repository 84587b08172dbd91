//! The market over real sockets, against small bidders written by hand: an honest one, and others.

mod bidder;
mod replay;
mod trade;
