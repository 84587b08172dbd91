import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_UNSPECIFIED: _ClassVar[State]
    STATE_ACTIVE: _ClassVar[State]
    STATE_PAUSED: _ClassVar[State]
    STATE_DELETED: _ClassVar[State]

class ServingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVING_STATUS_UNSPECIFIED: _ClassVar[ServingStatus]
    SERVING_STATUS_ELIGIBLE: _ClassVar[ServingStatus]
    SERVING_STATUS_PENDING: _ClassVar[ServingStatus]
    SERVING_STATUS_NOT_SERVING: _ClassVar[ServingStatus]
    SERVING_STATUS_ENDED: _ClassVar[ServingStatus]
    SERVING_STATUS_DELETED: _ClassVar[ServingStatus]
    SERVING_STATUS_LIMITED: _ClassVar[ServingStatus]

class ServingStatusReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVING_STATUS_REASON_UNSPECIFIED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_ADVERTISER_PAUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_CAMPAIGN_PAUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_AD_PAUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_FLIGHT_NOT_STARTED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_FLIGHT_ENDED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_BUDGET_SPENT: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_DAILY_BUDGET_SPENT: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_NO_ADS: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_NO_CREATIVES: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_NO_ELIGIBLE_ADS: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_CREATIVES_REFUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_TARGETING_TOO_NARROW: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_FREQUENCY_CAPPED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_BID_TOO_LOW: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_NO_TRAFFIC: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_BREAKER_TRIPPED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_SEGMENT_BUDGET_SPENT: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_OUTSIDE_DAY_PARTS: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_EXCHANGES_PAUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_DEALS_PAUSED: _ClassVar[ServingStatusReason]
    SERVING_STATUS_REASON_OUTBID_BY_OWN_ADS: _ClassVar[ServingStatusReason]
STATE_UNSPECIFIED: State
STATE_ACTIVE: State
STATE_PAUSED: State
STATE_DELETED: State
SERVING_STATUS_UNSPECIFIED: ServingStatus
SERVING_STATUS_ELIGIBLE: ServingStatus
SERVING_STATUS_PENDING: ServingStatus
SERVING_STATUS_NOT_SERVING: ServingStatus
SERVING_STATUS_ENDED: ServingStatus
SERVING_STATUS_DELETED: ServingStatus
SERVING_STATUS_LIMITED: ServingStatus
SERVING_STATUS_REASON_UNSPECIFIED: ServingStatusReason
SERVING_STATUS_REASON_ADVERTISER_PAUSED: ServingStatusReason
SERVING_STATUS_REASON_CAMPAIGN_PAUSED: ServingStatusReason
SERVING_STATUS_REASON_AD_PAUSED: ServingStatusReason
SERVING_STATUS_REASON_FLIGHT_NOT_STARTED: ServingStatusReason
SERVING_STATUS_REASON_FLIGHT_ENDED: ServingStatusReason
SERVING_STATUS_REASON_BUDGET_SPENT: ServingStatusReason
SERVING_STATUS_REASON_DAILY_BUDGET_SPENT: ServingStatusReason
SERVING_STATUS_REASON_NO_ADS: ServingStatusReason
SERVING_STATUS_REASON_NO_CREATIVES: ServingStatusReason
SERVING_STATUS_REASON_NO_ELIGIBLE_ADS: ServingStatusReason
SERVING_STATUS_REASON_CREATIVES_REFUSED: ServingStatusReason
SERVING_STATUS_REASON_TARGETING_TOO_NARROW: ServingStatusReason
SERVING_STATUS_REASON_FREQUENCY_CAPPED: ServingStatusReason
SERVING_STATUS_REASON_BID_TOO_LOW: ServingStatusReason
SERVING_STATUS_REASON_NO_TRAFFIC: ServingStatusReason
SERVING_STATUS_REASON_BREAKER_TRIPPED: ServingStatusReason
SERVING_STATUS_REASON_SEGMENT_BUDGET_SPENT: ServingStatusReason
SERVING_STATUS_REASON_OUTSIDE_DAY_PARTS: ServingStatusReason
SERVING_STATUS_REASON_EXCHANGES_PAUSED: ServingStatusReason
SERVING_STATUS_REASON_DEALS_PAUSED: ServingStatusReason
SERVING_STATUS_REASON_OUTBID_BY_OWN_ADS: ServingStatusReason

class ServingStatusDetail(_message.Message):
    __slots__ = ("reason", "detail")
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    reason: ServingStatusReason
    detail: str
    def __init__(self, reason: _Optional[_Union[ServingStatusReason, str]] = ..., detail: _Optional[str] = ...) -> None: ...

class Flight(_message.Message):
    __slots__ = ("start_time", "end_time")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Budget(_message.Message):
    __slots__ = ("lifetime_micros", "daily_micros")
    LIFETIME_MICROS_FIELD_NUMBER: _ClassVar[int]
    DAILY_MICROS_FIELD_NUMBER: _ClassVar[int]
    lifetime_micros: int
    daily_micros: int
    def __init__(self, lifetime_micros: _Optional[int] = ..., daily_micros: _Optional[int] = ...) -> None: ...

class Spend(_message.Message):
    __slots__ = ("currency_code", "today_micros", "total_micros", "held_micros", "today_nanos", "total_nanos", "held_nanos", "overspend_nanos", "house_loss_nanos")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    TODAY_MICROS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MICROS_FIELD_NUMBER: _ClassVar[int]
    HELD_MICROS_FIELD_NUMBER: _ClassVar[int]
    TODAY_NANOS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_NANOS_FIELD_NUMBER: _ClassVar[int]
    HELD_NANOS_FIELD_NUMBER: _ClassVar[int]
    OVERSPEND_NANOS_FIELD_NUMBER: _ClassVar[int]
    HOUSE_LOSS_NANOS_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    today_micros: int
    total_micros: int
    held_micros: int
    today_nanos: int
    total_nanos: int
    held_nanos: int
    overspend_nanos: int
    house_loss_nanos: int
    def __init__(self, currency_code: _Optional[str] = ..., today_micros: _Optional[int] = ..., total_micros: _Optional[int] = ..., held_micros: _Optional[int] = ..., today_nanos: _Optional[int] = ..., total_nanos: _Optional[int] = ..., held_nanos: _Optional[int] = ..., overspend_nanos: _Optional[int] = ..., house_loss_nanos: _Optional[int] = ...) -> None: ...

class FrequencyCap(_message.Message):
    __slots__ = ("impressions", "period")
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    impressions: int
    period: _duration_pb2.Duration
    def __init__(self, impressions: _Optional[int] = ..., period: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
