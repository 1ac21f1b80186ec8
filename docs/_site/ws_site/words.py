"""The words that the site adds to a page; a language is added by an entry of `WORDS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reference_ws.conformance.events import MemoryOnly
from reference_ws.conformance.model import Level

__all__ = ["DEFAULT", "WORDS", "Words", "language_of"]

DEFAULT = "en"


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
    download: str
    # Requirements and tables
    levels: Mapping[Level, str]
    level_titles: Mapping[Level, str]
    state: str
    refused: str
    name: str
    value: str
    may_be_sent: str
    yes: str
    received_only: str
    requirement: str
    level: str
    page: str
    count: str
    total: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        conversation="Conversation",
        client="client",
        application="application",
        server="server",
        to_client="to {}",
        connects="connects",
        accepts="accepts",
        text="text",
        binary="binary",
        json="JSON",
        closes="closes",
        without_code="without a code",
        disconnects="is gone",
        without_close="without a Close frame",
        code="code {}",
        denies="denies",
        requests="requests",
        responds="responds",
        starts_up="starts up",
        shuts_down="shuts down",
        complete="is ready",
        failed="fails",
        hands_over="the server hands over",
        returns="returns",
        raises="raises",
        server_raises="the server raises {} instead of sending",
        on_the_wire="on the wire: {}",
        or_="or",
        ran_app="Executed in memory on asyncio and trio, and on uvicorn.",
        ran_in_memory="Executed in memory on asyncio and trio.",
        ran_script="Executed.",
        ran_python_client="Executed against the first application of this page, on uvicorn.",
        ran_browser_client=(
            "Executed in Chromium against the first application of this page, on uvicorn."
        ),
        memory_only="In memory only: {}.",
        partly_memory_only="{} of {} conversations in memory only: {}.",
        reasons={
            MemoryOnly.NO_APP: "there is no application to serve",
            MemoryOnly.HAND_MADE_MESSAGE: "a message is made by hand that no client can cause",
            MemoryOnly.CHANGED_SCOPE: "the scope is changed by hand",
            MemoryOnly.REFUSED_SEND: "no client can time when a server refuses to send",
            MemoryOnly.DISCONNECT_CODE: "the code of a lost connection is the server's choice",
            MemoryOnly.LIFESPAN: "a server starts up and shuts down once for all examples",
        },
        download="Download",
        levels={"must": "MUST", "should": "SHOULD", "may": "MAY", "info": "INFO"},
        level_titles={
            "must": "The ASGI specification, RFC 6455 or every documented system promises it",
            "should": "What a good implementation does beyond that",
            "may": "An option",
            "info": "Observed; there is no right answer",
        },
        state="State",
        refused="refused",
        name="Name",
        value="Value",
        may_be_sent="May be sent?",
        yes="yes",
        received_only="no, only received",
        requirement="Requirement",
        level="Level",
        page="Page",
        count="Number",
        total="All",
    ),
}


def language_of(src_uri: str) -> str:
    """Give the language of a page from its place: a folder with a language's name, else English."""
    folder = src_uri.partition("/")[0]
    return folder if folder in WORDS else DEFAULT
