//! The gRPC contract, generated, and its mapping to the nouns.
