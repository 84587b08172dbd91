from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ConfigurationEffect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFIGURATION_EFFECT_UNSPECIFIED: _ClassVar[ConfigurationEffect]
    CONFIGURATION_EFFECT_AT_ONCE: _ClassVar[ConfigurationEffect]
    CONFIGURATION_EFFECT_NEXT_START: _ClassVar[ConfigurationEffect]
    CONFIGURATION_EFFECT_STORE_HOLDS: _ClassVar[ConfigurationEffect]
CONFIGURATION_EFFECT_UNSPECIFIED: ConfigurationEffect
CONFIGURATION_EFFECT_AT_ONCE: ConfigurationEffect
CONFIGURATION_EFFECT_NEXT_START: ConfigurationEffect
CONFIGURATION_EFFECT_STORE_HOLDS: ConfigurationEffect

class ConfigurationChange(_message.Message):
    __slots__ = ("key", "old_value", "new_value", "effect")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OLD_VALUE_FIELD_NUMBER: _ClassVar[int]
    NEW_VALUE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    key: str
    old_value: str
    new_value: str
    effect: ConfigurationEffect
    def __init__(self, key: _Optional[str] = ..., old_value: _Optional[str] = ..., new_value: _Optional[str] = ..., effect: _Optional[_Union[ConfigurationEffect, str]] = ...) -> None: ...

class ReloadConfigurationRequest(_message.Message):
    __slots__ = ("validate_only",)
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    validate_only: bool
    def __init__(self, validate_only: _Optional[bool] = ...) -> None: ...

class ReloadConfigurationResponse(_message.Message):
    __slots__ = ("changes",)
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[ConfigurationChange]
    def __init__(self, changes: _Optional[_Iterable[_Union[ConfigurationChange, _Mapping]]] = ...) -> None: ...
