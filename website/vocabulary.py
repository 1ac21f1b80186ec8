"""What the site says in its own words: every word of one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reference_ws.conformance.conversation.events import MemoryOnly, WireOnly
from reference_ws.conformance.pages.model import Level
from reference_ws.conformance.report.verdict import Outcome

__all__ = ["CodeWords", "DrawingWords", "ResultWords", "Words"]


@dataclass(frozen=True, slots=True)
class ResultWords:
    """The words about what came of the runs; `on` is for lists of names."""

    implementations: str
    in_memory: str
    servers: str
    over_servers: str
    suite: str
    made: str
    download: str
    outcomes: Mapping[Outcome, str]
    meanings: Mapping[Outcome, str]
    on: Mapping[str, str]
    all_servers: str
    some_servers: str
    kept_by_all: str
    all_kept: str
    more_kept: str
    known: str
    known_because: str
    variant: str
    wanted: str
    got: str


@dataclass(frozen=True, slots=True)
class DrawingWords:
    """The words in drawings; lines have room for about 20 letters, those on when for 50."""

    states: str
    leads: str
    step: str
    handshake: str
    asks: str
    accepts: str
    refuses: str
    denies: str
    its_response: str
    life: str
    opening: str
    open: str
    message: str
    close_frame: str
    client_closes: str
    application_closes: str
    lost: str


@dataclass(frozen=True, slots=True)
class CodeWords:
    """The words in the table of close codes; `meanings` is by the first code of each row."""

    code: str
    you_send: str
    you_receive: str
    yes: str
    no: str
    who: str
    servers: str
    meanings: Mapping[int, str]
    all_send: str
    some_send: str
    send: str
    send_another: str
    raise_: str
    asked: str


@dataclass(frozen=True, slots=True)
class Words:
    """Every word of one language; `{}` stands for what is filled in."""

    # Conversations
    conversation: str
    client: str
    application: str
    server: str
    to_client: str
    connects: str
    accepts: str
    text: str
    binary: str
    json: str
    closes: str
    without_code: str
    disconnects: str
    without_close: str
    code: str
    denies: str
    requests: str
    responds: str
    starts_up: str
    shuts_down: str
    complete: str
    failed: str
    hands_over: str
    returns: str
    raises: str
    server_raises: str
    server_refuses: str
    sends: str
    pings: str
    pongs: str
    in_frames: str
    on_the_wire: str
    or_: str
    # Under an example
    ran_app: str
    ran_in_memory: str
    ran_script: str
    ran_python_client: str
    ran_browser_client: str
    memory_only: str
    partly_memory_only: str
    reasons: Mapping[MemoryOnly, str]
    ran_on_the_wire: str
    wire_reasons: Mapping[WireOnly, str]
    download: str
    # Requirements and tables
    level_titles: Mapping[Level, str]
    state: str
    refused: str
    name: str
    requirement: str
    level: str
    page: str
    count: str
    total: str
    results: ResultWords
    drawings: DrawingWords
    codes: CodeWords
    rooms: Mapping[str, str]  # heads and cells of the tables about recipes with many clients
    speed: Mapping[str, str]  # operations and heads of the table about speed
    # Elsewhere
    not_found: str
    not_found_where: str
    stale: str
