//! What currencies are worth.

use api::v1;
use api::v1::rate_table_service_server::RateTableService;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct RateTables(pub AuthorityHandle);

standard_service! {
    impl RateTableService for RateTables
    RateTable: get get_rate_table(GetRateTableRequest),
    list list_rate_tables(ListRateTablesRequest) -> ListRateTablesResponse { rate_tables },
    create create_rate_table(CreateRateTableRequest), update update_rate_table(UpdateRateTableRequest),
    delete delete_rate_table(DeleteRateTableRequest),
    undelete undelete_rate_table(UndeleteRateTableRequest),
    id rate_table_id, one rate_table, list parent |_| None, parent |_| None, force |_| false;
}
