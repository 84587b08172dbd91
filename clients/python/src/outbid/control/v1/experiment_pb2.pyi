import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from outbid.control.v1 import budget_pb2 as _budget_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExperimentPhase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPERIMENT_PHASE_UNSPECIFIED: _ClassVar[ExperimentPhase]
    EXPERIMENT_PHASE_PENDING: _ClassVar[ExperimentPhase]
    EXPERIMENT_PHASE_RUNNING: _ClassVar[ExperimentPhase]
    EXPERIMENT_PHASE_ENDED: _ClassVar[ExperimentPhase]
    EXPERIMENT_PHASE_DELETED: _ClassVar[ExperimentPhase]

class ExperimentMetric(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPERIMENT_METRIC_UNSPECIFIED: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_IMPRESSIONS: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_SPEND: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_CLICKS: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_CONVERSIONS: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_CONVERSION_VALUE: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_CLICK_RATE: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_COST_PER_CONVERSION: _ClassVar[ExperimentMetric]
    EXPERIMENT_METRIC_RETURN_ON_SPEND: _ClassVar[ExperimentMetric]
EXPERIMENT_PHASE_UNSPECIFIED: ExperimentPhase
EXPERIMENT_PHASE_PENDING: ExperimentPhase
EXPERIMENT_PHASE_RUNNING: ExperimentPhase
EXPERIMENT_PHASE_ENDED: ExperimentPhase
EXPERIMENT_PHASE_DELETED: ExperimentPhase
EXPERIMENT_METRIC_UNSPECIFIED: ExperimentMetric
EXPERIMENT_METRIC_IMPRESSIONS: ExperimentMetric
EXPERIMENT_METRIC_SPEND: ExperimentMetric
EXPERIMENT_METRIC_CLICKS: ExperimentMetric
EXPERIMENT_METRIC_CONVERSIONS: ExperimentMetric
EXPERIMENT_METRIC_CONVERSION_VALUE: ExperimentMetric
EXPERIMENT_METRIC_CLICK_RATE: ExperimentMetric
EXPERIMENT_METRIC_COST_PER_CONVERSION: ExperimentMetric
EXPERIMENT_METRIC_RETURN_ON_SPEND: ExperimentMetric

class Experiment(_message.Message):
    __slots__ = ("name", "number", "display_name", "state", "phase", "campaigns", "arms", "start_time", "end_time", "salt", "etag", "create_time", "update_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    ARMS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SALT_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    display_name: str
    state: _budget_pb2.State
    phase: ExperimentPhase
    campaigns: _containers.RepeatedScalarFieldContainer[str]
    arms: _containers.RepeatedCompositeFieldContainer[ExperimentArm]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    salt: str
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[_budget_pb2.State, str]] = ..., phase: _Optional[_Union[ExperimentPhase, str]] = ..., campaigns: _Optional[_Iterable[str]] = ..., arms: _Optional[_Iterable[_Union[ExperimentArm, _Mapping]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., salt: _Optional[str] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExperimentArm(_message.Message):
    __slots__ = ("arm_id", "weight", "bid_percent", "ads", "creatives")
    ARM_ID_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    BID_PERCENT_FIELD_NUMBER: _ClassVar[int]
    ADS_FIELD_NUMBER: _ClassVar[int]
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    arm_id: str
    weight: int
    bid_percent: int
    ads: _containers.RepeatedScalarFieldContainer[str]
    creatives: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, arm_id: _Optional[str] = ..., weight: _Optional[int] = ..., bid_percent: _Optional[int] = ..., ads: _Optional[_Iterable[str]] = ..., creatives: _Optional[_Iterable[str]] = ...) -> None: ...

class GetExperimentResultsRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ExperimentResults(_message.Message):
    __slots__ = ("name", "currency_code", "arms", "sample_ratio")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    ARMS_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATIO_FIELD_NUMBER: _ClassVar[int]
    name: str
    currency_code: str
    arms: _containers.RepeatedCompositeFieldContainer[ExperimentArmResult]
    sample_ratio: SampleRatioCheck
    def __init__(self, name: _Optional[str] = ..., currency_code: _Optional[str] = ..., arms: _Optional[_Iterable[_Union[ExperimentArmResult, _Mapping]]] = ..., sample_ratio: _Optional[_Union[SampleRatioCheck, _Mapping]] = ...) -> None: ...

class ExperimentArmResult(_message.Message):
    __slots__ = ("arm_id", "share", "users_sampled", "impressions", "spend_micros", "clicks", "conversions", "conversion_value_micros", "lifts")
    ARM_ID_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    USERS_SAMPLED_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    SPEND_MICROS_FIELD_NUMBER: _ClassVar[int]
    CLICKS_FIELD_NUMBER: _ClassVar[int]
    CONVERSIONS_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    LIFTS_FIELD_NUMBER: _ClassVar[int]
    arm_id: str
    share: float
    users_sampled: int
    impressions: int
    spend_micros: int
    clicks: int
    conversions: int
    conversion_value_micros: int
    lifts: _containers.RepeatedCompositeFieldContainer[ExperimentLift]
    def __init__(self, arm_id: _Optional[str] = ..., share: _Optional[float] = ..., users_sampled: _Optional[int] = ..., impressions: _Optional[int] = ..., spend_micros: _Optional[int] = ..., clicks: _Optional[int] = ..., conversions: _Optional[int] = ..., conversion_value_micros: _Optional[int] = ..., lifts: _Optional[_Iterable[_Union[ExperimentLift, _Mapping]]] = ...) -> None: ...

class ExperimentLift(_message.Message):
    __slots__ = ("metric", "lift", "low", "high")
    METRIC_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    metric: ExperimentMetric
    lift: float
    low: float
    high: float
    def __init__(self, metric: _Optional[_Union[ExperimentMetric, str]] = ..., lift: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class SampleRatioCheck(_message.Message):
    __slots__ = ("p_value", "is_mismatch", "users_sampled")
    P_VALUE_FIELD_NUMBER: _ClassVar[int]
    IS_MISMATCH_FIELD_NUMBER: _ClassVar[int]
    USERS_SAMPLED_FIELD_NUMBER: _ClassVar[int]
    p_value: float
    is_mismatch: bool
    users_sampled: int
    def __init__(self, p_value: _Optional[float] = ..., is_mismatch: _Optional[bool] = ..., users_sampled: _Optional[int] = ...) -> None: ...

class GetExperimentRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListExperimentsRequest(_message.Message):
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

class ListExperimentsResponse(_message.Message):
    __slots__ = ("experiments", "next_page_token")
    EXPERIMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    experiments: _containers.RepeatedCompositeFieldContainer[Experiment]
    next_page_token: str
    def __init__(self, experiments: _Optional[_Iterable[_Union[Experiment, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateExperimentRequest(_message.Message):
    __slots__ = ("parent", "experiment_id", "experiment", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    EXPERIMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPERIMENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    experiment_id: str
    experiment: Experiment
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., experiment_id: _Optional[str] = ..., experiment: _Optional[_Union[Experiment, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateExperimentRequest(_message.Message):
    __slots__ = ("experiment", "update_mask", "request_id", "validate_only")
    EXPERIMENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    experiment: Experiment
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    validate_only: bool
    def __init__(self, experiment: _Optional[_Union[Experiment, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteExperimentRequest(_message.Message):
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

class UndeleteExperimentRequest(_message.Message):
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
