//! Calls that are safe to repeat (AIP-155): the answer is kept under the caller's `request_id`, in the transaction of
//! what the call changed, and a repetition gets it again.

use api::errors::CallError;
use campaign::time::{Span, Timestamp};
use prost::Message;
use sha2::{Digest, Sha256};
use store::database::Transaction;
use store::error::StoreError;
use tonic::Code;

/// How long an answer is kept.
pub const KEPT: Span = Span::days(2);
/// How many answers are kept at most.
pub const KEPT_COUNT: usize = 100_000;

/// The call that an answer belongs to.
#[derive(Clone, Debug)]
pub struct Call {
    method: &'static str,
    request_id: String,
    fingerprint: [u8; 32],
}

impl Call {
    /// The call, if its caller gave it an id.
    pub fn of(
        method: &'static str,
        request_id: &str,
        request: &impl Message,
    ) -> Result<Option<Call>, CallError> {
        if request_id.is_empty() {
            return Ok(None);
        }
        if !is_uuid(request_id) {
            let what = "write a UUID such as 6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b11, a new one for each change";
            return Err(CallError::field("request_id", "INVALID_REQUEST_ID", what));
        }
        Ok(Some(Call {
            method,
            request_id: request_id.to_ascii_lowercase(),
            fingerprint: Sha256::digest(request.encode_to_vec()).into(),
        }))
    }

    /// The id that its caller gave it.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// What was answered to it before. The same id with another request is an error.
    pub fn earlier<R: Message + Default>(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<Result<Option<R>, CallError>, StoreError> {
        let Some(kept) = transaction.answer(self.method, &self.request_id)? else {
            return Ok(Ok(None));
        };
        let unreadable = || StoreError::Unreadable("an answer that was kept".to_string());
        let (fingerprint, answer) = kept.split_at_checked(32).ok_or_else(unreadable)?;
        if fingerprint != self.fingerprint {
            let what =
                "this request_id came before with another request: take a new one for each change";
            return Ok(Err(CallError::new(
                Code::InvalidArgument,
                "REQUEST_ID_REUSED",
                what,
            )
            .with("request_id", &self.request_id)));
        }
        let answer = R::decode(answer).map_err(|_| unreadable())?;
        Ok(Ok(Some(answer)))
    }

    /// Keeps its answer.
    pub fn remember(
        &self,
        transaction: &Transaction<'_>,
        answer: &impl Message,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut kept = self.fingerprint.to_vec();
        answer.encode(&mut kept).map_err(|_| {
            // A Vec takes whatever is put into it.
            StoreError::Unreadable("an answer that is too long".to_string())
        })?;
        transaction.remember_answer(self.method, &self.request_id, &kept, now)
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_uuid() {
        let call = |id: &str| Call::of("m", id, &api::v1::GetStatusRequest {});
        assert!(call("").unwrap().is_none());
        assert!(
            call("6F0E4B0E-9c1b-4f6a-8a1e-2f4f5d3c7b11")
                .unwrap()
                .is_some()
        );
        for bad in [
            "1",
            "6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b1x",
            "6f0e4b0e9c1b4f6a8a1e2f4f5d3c7b11-----",
        ] {
            assert!(call(bad).is_err(), "{bad}");
        }
    }
}
