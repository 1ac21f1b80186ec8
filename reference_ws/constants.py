"""Close codes by name."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["WebSocketCloseEvent"]


class WebSocketCloseEvent(IntEnum):
    """The registered close codes (RFC 6455, 7.4.1, and the IANA registry that continues it).

    You only ever receive 1005, 1006 and 1015. They report an end that no Close frame described,
    so a Close frame never carries them.
    """

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_FRAME_PAYLOAD_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MISSING_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_HANDSHAKE = 1015
