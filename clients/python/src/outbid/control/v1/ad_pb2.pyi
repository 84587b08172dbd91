import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import budget_pb2 as _budget_pb2
from outbid.control.v1 import targeting_pb2 as _targeting_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Delivery(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_UNSPECIFIED: _ClassVar[Delivery]
    DELIVERY_EVEN: _ClassVar[Delivery]
    DELIVERY_AS_FAST_AS_POSSIBLE: _ClassVar[Delivery]
    DELIVERY_AHEAD: _ClassVar[Delivery]
DELIVERY_UNSPECIFIED: Delivery
DELIVERY_EVEN: Delivery
DELIVERY_AS_FAST_AS_POSSIBLE: Delivery
DELIVERY_AHEAD: Delivery

class Ad(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "currency_code", "flight", "budget", "goal", "max_bid_cpm_micros", "delivery", "frequency_caps", "targeting", "creatives", "spend", "serving_status", "serving_status_reasons", "etag", "create_time", "update_time", "ahead_percent", "min_share_percent", "max_share_percent", "serving_status_details")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    FLIGHT_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    MAX_BID_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_CAPS_FIELD_NUMBER: _ClassVar[int]
    TARGETING_FIELD_NUMBER: _ClassVar[int]
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    SPEND_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_REASONS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    AHEAD_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MIN_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    MAX_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    SERVING_STATUS_DETAILS_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    currency_code: str
    flight: _budget_pb2.Flight
    budget: _budget_pb2.Budget
    goal: Goal
    max_bid_cpm_micros: int
    delivery: Delivery
    frequency_caps: _containers.RepeatedCompositeFieldContainer[_budget_pb2.FrequencyCap]
    targeting: _targeting_pb2.Targeting
    creatives: _containers.RepeatedScalarFieldContainer[str]
    spend: _budget_pb2.Spend
    serving_status: _budget_pb2.ServingStatus
    serving_status_reasons: _containers.RepeatedScalarFieldContainer[_budget_pb2.ServingStatusReason]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    ahead_percent: int
    min_share_percent: float
    max_share_percent: float
    serving_status_details: _containers.RepeatedCompositeFieldContainer[_budget_pb2.ServingStatusDetail]
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., currency_code: _Optional[str] = ..., flight: _Optional[_Union[_budget_pb2.Flight, _Mapping]] = ..., budget: _Optional[_Union[_budget_pb2.Budget, _Mapping]] = ..., goal: _Optional[_Union[Goal, _Mapping]] = ..., max_bid_cpm_micros: _Optional[int] = ..., delivery: _Optional[_Union[Delivery, str]] = ..., frequency_caps: _Optional[_Iterable[_Union[_budget_pb2.FrequencyCap, _Mapping]]] = ..., targeting: _Optional[_Union[_targeting_pb2.Targeting, _Mapping]] = ..., creatives: _Optional[_Iterable[str]] = ..., spend: _Optional[_Union[_budget_pb2.Spend, _Mapping]] = ..., serving_status: _Optional[_Union[_budget_pb2.ServingStatus, str]] = ..., serving_status_reasons: _Optional[_Iterable[_Union[_budget_pb2.ServingStatusReason, str]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ahead_percent: _Optional[int] = ..., min_share_percent: _Optional[float] = ..., max_share_percent: _Optional[float] = ..., serving_status_details: _Optional[_Iterable[_Union[_budget_pb2.ServingStatusDetail, _Mapping]]] = ...) -> None: ...

class Goal(_message.Message):
    __slots__ = ("fixed_cpm_micros", "click_micros", "conversion_micros")
    FIXED_CPM_MICROS_FIELD_NUMBER: _ClassVar[int]
    CLICK_MICROS_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_MICROS_FIELD_NUMBER: _ClassVar[int]
    fixed_cpm_micros: int
    click_micros: int
    conversion_micros: int
    def __init__(self, fixed_cpm_micros: _Optional[int] = ..., click_micros: _Optional[int] = ..., conversion_micros: _Optional[int] = ...) -> None: ...

class GetAdRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListAdsRequest(_message.Message):
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

class ListAdsResponse(_message.Message):
    __slots__ = ("ads", "next_page_token")
    ADS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ads: _containers.RepeatedCompositeFieldContainer[Ad]
    next_page_token: str
    def __init__(self, ads: _Optional[_Iterable[_Union[Ad, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateAdRequest(_message.Message):
    __slots__ = ("parent", "ad_id", "ad", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    AD_ID_FIELD_NUMBER: _ClassVar[int]
    AD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    ad_id: str
    ad: Ad
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., ad_id: _Optional[str] = ..., ad: _Optional[_Union[Ad, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateAdRequest(_message.Message):
    __slots__ = ("ad", "update_mask", "request_id", "validate_only")
    AD_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ad: Ad
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, ad: _Optional[_Union[Ad, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteAdRequest(_message.Message):
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

class PauseAdRequest(_message.Message):
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

class ResumeAdRequest(_message.Message):
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

class UndeleteAdRequest(_message.Message):
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
