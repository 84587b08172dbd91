//! Where impressions are bought.

use api::v1;
use api::v1::exchange_service_server::ExchangeService;
use campaign::ad::State;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Exchanges(pub AuthorityHandle);

standard_service! {
    impl ExchangeService for Exchanges
    Exchange: get get_exchange(GetExchangeRequest),
    list list_exchanges(ListExchangesRequest) -> ListExchangesResponse { exchanges },
    create create_exchange(CreateExchangeRequest), update update_exchange(UpdateExchangeRequest),
    delete delete_exchange(DeleteExchangeRequest),
    undelete undelete_exchange(UndeleteExchangeRequest),
    id exchange_id, one exchange, list parent |_| None, parent |_| None, force |_| false,
    pause pause_exchange(PauseExchangeRequest), resume resume_exchange(ResumeExchangeRequest);
}
