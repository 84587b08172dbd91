//! The contract as data: what fields a message has. Files are read and resources printed by it, so
//! that a new field needs no code here.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor};

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

/// What the contract says of a message, a field or a choice, by its full name. Empty where it says nothing.
pub fn comment(full_name: &str) -> &'static str {
    line(full_name).1
}

/// Who writes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The client must.
    Required,
    /// The client may.
    Optional,
    /// The client may, when it makes the resource.
    Once,
    /// Only the server.
    Server,
}

/// Who writes a field.
pub fn writer(field: &FieldDescriptor) -> Writer {
    match line(field.full_name()).0 {
        "required" => Writer::Required,
        "once" => Writer::Once,
        "server" => Writer::Server,
        _ => Writer::Optional,
    }
}

/// Who writes it, and the comment.
fn line(full_name: &str) -> (&'static str, &'static str) {
    let mut lines = api::COMMENTS.lines();
    let found = lines.find_map(|line| line.strip_prefix(full_name)?.strip_prefix('\t'));
    found
        .and_then(|rest| rest.split_once('\t'))
        .unwrap_or_default()
}
