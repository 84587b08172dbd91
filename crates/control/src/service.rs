//! The services of the contract: each reads its requests, asks the authority, and words the answer.

pub mod advertiser;
pub mod campaign;

pub mod ad;
pub mod creative;

pub mod audience;
pub mod block_list;
pub mod conversion_action;
pub mod deal;
pub mod exchange;
pub mod experiment;
pub mod rate_table;

pub mod diagnostics;
mod export;
mod forecast;
mod funnel;
mod landscape;
mod pacing;
pub mod report;

pub mod audit;
pub mod configuration;
pub mod identity;

use api::errors::CallError;
use prost::Message;
use tonic::{Response, Status};

use crate::authority::{Authority, AuthorityHandle, Manner};
use crate::idempotency::Call;

impl AuthorityHandle {
    /// Has the authority do something, and words what came of it for tonic.
    async fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Authority) -> Result<T, CallError> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        Ok(Response::new(self.call(work).await?))
    }
}

/// How a change is to be carried out: what is only checked is not remembered.
fn manner(
    method: &'static str,
    request_id: &str,
    validate_only: bool,
    request: &impl Message,
) -> Result<Manner, CallError> {
    let call = Call::of(method, request_id, request)?.filter(|_| !validate_only);
    Ok(Manner {
        call,
        validate_only,
        reverts: None,
    })
}

/// A resource's service: the methods that are the same for every kind, and those of its own that follow.
macro_rules! standard_service {
    (
        impl $Service:ident for $Type:ident
        $resource:ident: get $get:ident($Get:ident), list $list:ident($List:ident) -> $Listed:ident { $many:ident },
        create $create:ident($Create:ident), update $update:ident($Update:ident), delete $delete:ident($Delete:ident),
        undelete $undelete:ident($Undelete:ident),
        id $id:ident, one $one:ident, list parent $list_parent:expr, parent $parent:expr, force $force:expr
        $(, pause $pause:ident($Pause:ident), resume $resume:ident($Resume:ident))?;
        $($own:tt)*
    ) => {
        #[tonic::async_trait]
        impl $Service for $Type {
        async fn $get(&self, request: Request<v1::$Get>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            self.0.answer(move |authority| authority.get(&request.name)).await
        }

        async fn $list(&self, request: Request<v1::$List>) -> Result<Response<v1::$Listed>, Status> {
            let request = request.into_inner();
            let work = move |authority: &mut Authority| {
                let parent: fn(&v1::$List) -> Option<&str> = $list_parent;
                let listing = crate::authority::Listing {
                    parent: parent(&request),
                    page_size: request.page_size,
                    page_token: &request.page_token,
                    show_deleted: request.show_deleted,
                    filter: &request.filter,
                    order_by: &request.order_by,
                };
                let (page, next) = authority.list(&listing)?;
                Ok(v1::$Listed { $many: page, next_page_token: next })
            };
            self.0.answer(work).await
        }

        async fn $create(&self, request: Request<v1::$Create>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Create);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                let parent: fn(&v1::$Create) -> Option<&str> = $parent;
                authority.create(parent(&request), &request.$id, request.$one.clone(), &manner)
            };
            self.0.answer(work).await
        }

        async fn $update(&self, request: Request<v1::$Update>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Update);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                authority.update(request.$one, request.update_mask.as_ref(), &manner)
            };
            self.0.answer(work).await
        }

        async fn $delete(&self, request: Request<v1::$Delete>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Delete);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                let force: fn(&v1::$Delete) -> bool = $force;
                authority.delete(&request.name, &request.etag, force(&request), &manner)
            };
            self.0.answer(work).await
        }

        async fn $undelete(&self, request: Request<v1::$Undelete>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Undelete);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                authority.undelete(&request.name, &request.etag, &manner)
            };
            self.0.answer(work).await
        }

        $(
        async fn $pause(&self, request: Request<v1::$Pause>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Pause);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                authority.set_state(&request.name, &request.etag, State::Paused, &manner)
            };
            self.0.answer(work).await
        }

        async fn $resume(&self, request: Request<v1::$Resume>) -> Result<Response<v1::$resource>, Status> {
            let request = request.into_inner();
            let method = stringify!($Resume);
            let manner = manner(method, &request.request_id, request.validate_only, &request)?;
            let work = move |authority: &mut Authority| {
                authority.set_state(&request.name, &request.etag, State::Active, &manner)
            };
            self.0.answer(work).await
        }
        )?

        $($own)*
        }
    };
}
use standard_service;
