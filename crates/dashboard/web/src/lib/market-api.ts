// The services that only the page of the market calls: they are read when it is opened.
import { createClient } from "@connectrpc/connect";
import { AudienceService } from "../gen/outbid/control/v1/audience_pb";
import { BlockListService } from "../gen/outbid/control/v1/block_list_pb";
import { ConversionActionService } from "../gen/outbid/control/v1/conversion_action_pb";
import { DealService } from "../gen/outbid/control/v1/deal_pb";
import { ExchangeService } from "../gen/outbid/control/v1/exchange_pb";
import { RateTableService } from "../gen/outbid/control/v1/rate_table_pb";
import { transport } from "./api";

export const audiences = createClient(AudienceService, transport);
export const blockLists = createClient(BlockListService, transport);
export const conversionActions = createClient(ConversionActionService, transport);
export const deals = createClient(DealService, transport);
export const exchanges = createClient(ExchangeService, transport);
export const rateTables = createClient(RateTableService, transport);
