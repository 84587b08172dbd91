//! Native 1.2: what a native impression asks for ([`request`]) and the markup that answers it ([`response`]).

pub mod request;
pub mod response;
