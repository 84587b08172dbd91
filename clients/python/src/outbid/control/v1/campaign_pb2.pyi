import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import ad_pb2 as _ad_pb2
from outbid.control.v1 import budget_pb2 as _budget_pb2
from outbid.control.v1 import targeting_pb2 as _targeting_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CatchUp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CATCH_UP_UNSPECIFIED: _ClassVar[CatchUp]
    CATCH_UP_DAY: _ClassVar[CatchUp]
    CATCH_UP_FLIGHT: _ClassVar[CatchUp]
    CATCH_UP_NONE: _ClassVar[CatchUp]
CATCH_UP_UNSPECIFIED: CatchUp
CATCH_UP_DAY: CatchUp
CATCH_UP_FLIGHT: CatchUp
CATCH_UP_NONE: CatchUp

class Campaign(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "currency_code", "flight", "time_zone", "budget", "frequency_caps", "spend", "serving_status", "serving_status_reasons", "etag", "create_time", "update_time", "delivery", "ahead_percent", "catch_up", "budget_segments", "day_parts", "goal", "budget_raises", "min_share_percent", "max_share_percent", "serving_status_details")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    FLIGHT_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_CAPS_FIELD_NUMBER: _ClassVar[int]
    SPEND_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_REASONS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    AHEAD_PERCENT_FIELD_NUMBER: _ClassVar[int]
    CATCH_UP_FIELD_NUMBER: _ClassVar[int]
    BUDGET_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    DAY_PARTS_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    BUDGET_RAISES_FIELD_NUMBER: _ClassVar[int]
    MIN_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_DETAILS_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    currency_code: str
    flight: _budget_pb2.Flight
    time_zone: str
    budget: _budget_pb2.Budget
    frequency_caps: _containers.RepeatedCompositeFieldContainer[_budget_pb2.FrequencyCap]
    spend: _budget_pb2.Spend
    serving_status: _budget_pb2.ServingStatus
    serving_status_reasons: _containers.RepeatedScalarFieldContainer[_budget_pb2.ServingStatusReason]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    delivery: _ad_pb2.Delivery
    ahead_percent: int
    catch_up: CatchUp
    budget_segments: _containers.RepeatedCompositeFieldContainer[BudgetSegment]
    day_parts: _containers.RepeatedCompositeFieldContainer[_targeting_pb2.DayPart]
    goal: CostGoal
    budget_raises: _containers.RepeatedCompositeFieldContainer[BudgetRaise]
    min_share_percent: float
    max_share_percent: float
    serving_status_details: _containers.RepeatedCompositeFieldContainer[_budget_pb2.ServingStatusDetail]
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., currency_code: _Optional[str] = ..., flight: _Optional[_Union[_budget_pb2.Flight, _Mapping]] = ..., time_zone: _Optional[str] = ..., budget: _Optional[_Union[_budget_pb2.Budget, _Mapping]] = ..., frequency_caps: _Optional[_Iterable[_Union[_budget_pb2.FrequencyCap, _Mapping]]] = ..., spend: _Optional[_Union[_budget_pb2.Spend, _Mapping]] = ..., serving_status: _Optional[_Union[_budget_pb2.ServingStatus, str]] = ..., serving_status_reasons: _Optional[_Iterable[_Union[_budget_pb2.ServingStatusReason, str]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., delivery: _Optional[_Union[_ad_pb2.Delivery, str]] = ..., ahead_percent: _Optional[int] = ..., catch_up: _Optional[_Union[CatchUp, str]] = ..., budget_segments: _Optional[_Iterable[_Union[BudgetSegment, _Mapping]]] = ..., day_parts: _Optional[_Iterable[_Union[_targeting_pb2.DayPart, _Mapping]]] = ..., goal: _Optional[_Union[CostGoal, _Mapping]] = ..., budget_raises: _Optional[_Iterable[_Union[BudgetRaise, _Mapping]]] = ..., min_share_percent: _Optional[float] = ..., max_share_percent: _Optional[float] = ..., serving_status_details: _Optional[_Iterable[_Union[_budget_pb2.ServingStatusDetail, _Mapping]]] = ...) -> None: ...

class BudgetSegment(_message.Message):
    __slots__ = ("start_time", "end_time", "amount_micros")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICROS_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    amount_micros: int
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., amount_micros: _Optional[int] = ...) -> None: ...

class CostGoal(_message.Message):
    __slots__ = ("cost_per_click_micros", "cost_per_conversion_micros", "return_percent")
    COST_PER_CLICK_MICROS_FIELD_NUMBER: _ClassVar[int]
    COST_PER_CONVERSION_MICROS_FIELD_NUMBER: _ClassVar[int]
    RETURN_PERCENT_FIELD_NUMBER: _ClassVar[int]
    cost_per_click_micros: int
    cost_per_conversion_micros: int
    return_percent: int
    def __init__(self, cost_per_click_micros: _Optional[int] = ..., cost_per_conversion_micros: _Optional[int] = ..., return_percent: _Optional[int] = ...) -> None: ...

class BudgetRaise(_message.Message):
    __slots__ = ("end_time", "daily_micros", "lifetime_micros")
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    DAILY_MICROS_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_MICROS_FIELD_NUMBER: _ClassVar[int]
    end_time: _timestamp_pb2.Timestamp
    daily_micros: int
    lifetime_micros: int
    def __init__(self, end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., daily_micros: _Optional[int] = ..., lifetime_micros: _Optional[int] = ...) -> None: ...

class GetCampaignRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListCampaignsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "show_deleted", "filter", "order_by")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    show_deleted: bool
    filter: str
    order_by: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., show_deleted: _Optional[bool] = ..., filter: _Optional[str] = ..., order_by: _Optional[str] = ...) -> None: ...

class ListCampaignsResponse(_message.Message):
    __slots__ = ("campaigns", "next_page_token")
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    campaigns: _containers.RepeatedCompositeFieldContainer[Campaign]
    next_page_token: str
    def __init__(self, campaigns: _Optional[_Iterable[_Union[Campaign, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateCampaignRequest(_message.Message):
    __slots__ = ("parent", "campaign_id", "campaign", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    campaign_id: str
    campaign: Campaign
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., campaign_id: _Optional[str] = ..., campaign: _Optional[_Union[Campaign, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateCampaignRequest(_message.Message):
    __slots__ = ("campaign", "update_mask", "request_id", "validate_only")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    campaign: Campaign
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, campaign: _Optional[_Union[Campaign, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteCampaignRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only", "force")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    force: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., force: _Optional[bool] = ...) -> None: ...

class PauseCampaignRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ResumeCampaignRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class AdjustBudgetRequest(_message.Message):
    __slots__ = ("name", "daily", "lifetime", "etag", "request_id", "validate_only", "until")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DAILY_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    daily: BudgetChange
    lifetime: BudgetChange
    etag: str
    request_id: str
    validate_only: bool
    until: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., daily: _Optional[_Union[BudgetChange, _Mapping]] = ..., lifetime: _Optional[_Union[BudgetChange, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BudgetChange(_message.Message):
    __slots__ = ("set_micros", "add_micros", "unlimited")
    SET_MICROS_FIELD_NUMBER: _ClassVar[int]
    ADD_MICROS_FIELD_NUMBER: _ClassVar[int]
    UNLIMITED_FIELD_NUMBER: _ClassVar[int]
    set_micros: int
    add_micros: int
    unlimited: bool
    def __init__(self, set_micros: _Optional[int] = ..., add_micros: _Optional[int] = ..., unlimited: _Optional[bool] = ...) -> None: ...

class AdjustBudgetResponse(_message.Message):
    __slots__ = ("campaign", "previous_budget", "budget", "effective_budget", "spend", "forecast")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_BUDGET_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_BUDGET_FIELD_NUMBER: _ClassVar[int]
    SPEND_FIELD_NUMBER: _ClassVar[int]
    FORECAST_FIELD_NUMBER: _ClassVar[int]
    campaign: Campaign
    previous_budget: _budget_pb2.Budget
    budget: _budget_pb2.Budget
    effective_budget: _budget_pb2.Budget
    spend: _budget_pb2.Spend
    forecast: SpendForecast
    def __init__(self, campaign: _Optional[_Union[Campaign, _Mapping]] = ..., previous_budget: _Optional[_Union[_budget_pb2.Budget, _Mapping]] = ..., budget: _Optional[_Union[_budget_pb2.Budget, _Mapping]] = ..., effective_budget: _Optional[_Union[_budget_pb2.Budget, _Mapping]] = ..., spend: _Optional[_Union[_budget_pb2.Spend, _Mapping]] = ..., forecast: _Optional[_Union[SpendForecast, _Mapping]] = ...) -> None: ...

class SpendForecast(_message.Message):
    __slots__ = ("today_micros", "today_end_time", "flight_micros", "flight_end_time")
    TODAY_MICROS_FIELD_NUMBER: _ClassVar[int]
    TODAY_END_TIME_FIELD_NUMBER: _ClassVar[int]
    FLIGHT_MICROS_FIELD_NUMBER: _ClassVar[int]
    FLIGHT_END_TIME_FIELD_NUMBER: _ClassVar[int]
    today_micros: int
    today_end_time: _timestamp_pb2.Timestamp
    flight_micros: int
    flight_end_time: _timestamp_pb2.Timestamp
    def __init__(self, today_micros: _Optional[int] = ..., today_end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., flight_micros: _Optional[int] = ..., flight_end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UndeleteCampaignRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class BatchUpdateCampaignsRequest(_message.Message):
    __slots__ = ("parent", "requests", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    requests: _containers.RepeatedCompositeFieldContainer[UpdateCampaignRequest]
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., requests: _Optional[_Iterable[_Union[UpdateCampaignRequest, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class BatchUpdateCampaignsResponse(_message.Message):
    __slots__ = ("campaigns",)
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    campaigns: _containers.RepeatedCompositeFieldContainer[Campaign]
    def __init__(self, campaigns: _Optional[_Iterable[_Union[Campaign, _Mapping]]] = ...) -> None: ...
