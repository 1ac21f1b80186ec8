"""What happens in a conversation: its steps, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

Headers = tuple[tuple[str, str], ...]
Direction = Literal[">", "<", "!"]
Form = Literal["websocket", "request", "lifespan"]


# What the client does


@dataclass(frozen=True, slots=True)
class Connect:
    """The client's handshake; `path` and `query` are percent-encoded, header text is latin-1.

    `lines` says how many of the subprotocols stand on each line of the header, when there are
    several lines.
    """

    path: str
    query: str = ""
    headers: Headers = ()
    subprotocols: tuple[str, ...] = ()
    scope: Mapping[str, Any] | None = None
    without: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def target(self) -> str:
        """The request target: the path, and the query when there is one."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The client is gone without a Close frame; each code is what a server may report for it."""

    codes: tuple[int, ...] = (1006,)


@dataclass(frozen=True, slots=True)
class Raw:
    """An ASGI message that the server hands over as it is."""

    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fragments:
    """One message in as many frames; as text its bytes need not be UTF-8, neither part nor whole.

    On the wire only a client does so; to the application it is one message.
    """

    parts: tuple[bytes, ...]
    is_text: bool

    @property
    def whole(self) -> Text | Bytes | None:
        """The message; None for text that is not UTF-8."""
        data = b"".join(self.parts)
        if not self.is_text:
            return Bytes(data)
        try:
            return Text(data.decode("utf-8"))
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Ping:
    """A Ping frame; the application knows nothing of it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A plain HTTP request; `path` is the target, with its query."""

    method: str
    path: str
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Lifespan:
    """The server starts up or shuts down."""

    phase: Literal["startup", "shutdown"]


# What either side does


@dataclass(frozen=True, slots=True)
class Text:
    """A text message."""

    data: str


@dataclass(frozen=True, slots=True)
class Bytes:
    """A binary message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Json:
    """A text message that holds JSON; compared by value."""

    value: Any

    @property
    def text(self) -> str:
        """The JSON as it is sent: compact."""
        return json.dumps(self.value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Close:
    """A Close frame; the code None (client only) is a frame without a code."""

    codes: tuple[int | None, ...]
    reason: str = ""


# What the application does, or the server for it


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a Ping frame: the server gives it, whatever the application does."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Accept:
    """The application accepts the handshake."""

    subprotocol: str | None = None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Deny:
    """The application denies the handshake; no chunk in `body`: the body is empty."""

    status: int
    headers: Headers = ()
    body: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a plain HTTP request; no chunk in `body`: the body is empty."""

    status: int
    headers: Headers = ()
    body: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Complete:
    """The application's start-up or shut-down is complete."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The application's start-up or shut-down failed."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The application ends: by an exception of this name (or a subclass), or returns (None)."""

    exception: str | None = None


ClientEvent = (
    Connect | Text | Bytes | Json | Fragments | Ping | Close | Disconnect | Raw | Request | Lifespan
)
AppEvent = (
    Accept | Text | Bytes | Json | Pong | Close | Deny | Response | Complete | Failed | Raw | End
)
Event = ClientEvent | AppEvent


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the reader, without its ``#``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a conversation, with the indented lines below it.

    `alternatives` holds more than one event only where the application may choose: the first is
    the pass, the others are variants. `refused` names the exception that the server raises
    instead of sending; `ANY_REFUSAL` leaves it to the server. `fields` are the indented lines as
    written, for those who show them.
    """

    direction: Direction
    client: str
    alternatives: tuple[Event, ...]
    line: int
    text: str
    refused: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def event(self) -> Event:
        """The first alternative."""
        return self.alternatives[0]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole fence; `line` is the line of its opening fence."""

    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    line: int
    form: Form = "websocket"

    @property
    def clients(self) -> tuple[str, ...]:
        """The names of the clients in the order of their first lines; ("",) when unnamed."""
        return tuple(dict.fromkeys(step.client for step in self.steps))

    @property
    def items(self) -> tuple[Step | Note, ...]:
        """Steps and notes in the order of their lines."""
        return tuple(sorted((*self.steps, *self.notes), key=lambda item: item.line))


ANY_REFUSAL = "Exception"
"""A message that no server may pass on: it raises as it likes, or ignores the message."""


class MemoryOnly(Enum):
    """Why an example cannot exist on the wire; the value is a key for the reader's sentence."""

    NO_APP = "no-app"
    HAND_MADE_MESSAGE = "hand-made-message"
    CHANGED_SCOPE = "changed-scope"
    REFUSED_SEND = "refused-send"
    DISCONNECT_CODE = "disconnect-code"
    LIFESPAN = "lifespan"


def memory_only(conversation: Conversation) -> MemoryOnly | None:
    """Tell why a conversation cannot exist on the wire, derived from what it uses.

    Args:
        conversation: The conversation.

    Returns:
        The first reason in the order of the lines, or None when a real client can play it.
    """
    for step in conversation.steps:
        match step.event:
            case Raw() if step.direction == ">":
                return MemoryOnly.HAND_MADE_MESSAGE
            case Connect(scope=scope, without=without) if scope is not None or without:
                return MemoryOnly.CHANGED_SCOPE
            case Disconnect(codes=codes) if not {1005, 1006}.issuperset(codes):
                return MemoryOnly.DISCONNECT_CODE  # it is the server that chooses the code
            case Lifespan():
                return MemoryOnly.LIFESPAN
        if step.refused and step.refused != ANY_REFUSAL:
            return MemoryOnly.REFUSED_SEND
    return None


class WireOnly(Enum):
    """Why an example cannot exist in memory; the value is a key for the reader's sentence."""

    CONTROL_FRAME = "control-frame"
    NOT_UTF_8 = "not-utf-8"


def wire_only(conversation: Conversation) -> WireOnly | None:
    """Tell why a conversation cannot exist in memory, where there are messages but no frames.

    Args:
        conversation: The conversation.

    Returns:
        The first reason in the order of the lines, or None when it can be played in memory.
    """
    for step in conversation.steps:
        match step.event:
            case Ping() | Pong():
                return WireOnly.CONTROL_FRAME
            case Fragments(whole=None):
                return WireOnly.NOT_UTF_8
    return None
