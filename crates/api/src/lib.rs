//! The gRPC contract, and its mapping to the nouns.
//!
//! [`v1`] and [`rpc`] are generated from `proto/` and hold server and client; the other modules say what a message
//! means: each reads a resource into its noun and collects everything that is wrong with it, with the path of each
//! field.

/// `outbid.control.v1`, generated: messages, servers, clients.
#[allow(
    clippy::all,
    missing_docs,
    unused_qualifications,
    rustdoc::all,
    reason = "generated"
)]
pub mod v1 {
    include!("gen/outbid.control.v1.rs");
}

/// `google.rpc`, generated: what an error says besides its message.
#[allow(
    clippy::all,
    missing_docs,
    unused_qualifications,
    rustdoc::all,
    reason = "generated"
)]
pub mod rpc {
    include!("gen/google.rpc.rs");
}

/// The contract as a serialised `google.protobuf.FileDescriptorSet`, imports included, for reflection and for reading
/// messages from JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/descriptors.bin");

/// What the contract says of its messages, fields and choices: a line each, the full name, a tab, who writes it
/// (`required`, `optional`, `once` when it is made, `server`; empty for what is no field), a tab, the comment.
pub const COMMENTS: &str = include_str!("gen/comments.txt");

pub mod bearer;
pub mod errors;
pub mod names;

pub mod money;
pub mod text;
pub mod time;

pub mod advertiser;
pub mod campaign;
pub mod spending;

pub mod ad;
pub mod targeting;

pub mod creative;

pub mod audience;
pub mod block_list;
pub mod conversion_action;
pub mod deal;
pub mod exchange;
pub mod experiment;
pub mod rate_table;
pub mod report;

pub mod field_mask;
