//! What is not bid on.

use api::v1;
use api::v1::block_list_service_server::BlockListService;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct BlockLists(pub AuthorityHandle);

standard_service! {
    impl BlockListService for BlockLists
    BlockList: get get_block_list(GetBlockListRequest),
    list list_block_lists(ListBlockListsRequest) -> ListBlockListsResponse { block_lists },
    create create_block_list(CreateBlockListRequest), update update_block_list(UpdateBlockListRequest),
    delete delete_block_list(DeleteBlockListRequest),
    undelete undelete_block_list(UndeleteBlockListRequest),
    id block_list_id, one block_list, list parent |_| None, parent |_| None, force |_| false;
}
