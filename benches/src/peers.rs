//! What others would do with the same ads and the same bytes.

pub mod a_tree_of;
pub mod roaring_sets;
pub mod says;
pub mod serde_request;
