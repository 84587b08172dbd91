//! The contract as data: what fields a message has. Files are read and resources printed by it, so
//! that a new field needs no code here.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    // The set is committed and a test of `api` holds it to the contract, so it decodes.
    DescriptorPool::decode(api::DESCRIPTORS).expect("the committed descriptors decode")
});

/// A message of `outbid.control.v1` by its short name.
///
/// # Panics
/// Where the contract has no such message, which is a mistake in the program.
pub fn message(name: &str) -> MessageDescriptor {
    POOL.get_message_by_name(&format!("outbid.control.v1.{name}"))
        .unwrap_or_else(|| panic!("the contract has a message {name}"))
}

/// A generated message with its field names. `name` is its short name.
///
/// # Panics
/// Where the message is not of that name, which is a mistake in the program.
pub fn reflect(name: &str, message: &impl Message) -> DynamicMessage {
    let mut reflected = DynamicMessage::new(self::message(name));
    reflected
        .transcode_from(message)
        .expect("a message decodes as its own type");
    reflected
}
