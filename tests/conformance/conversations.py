"""Reads a conversation as it would stand in a page."""

from __future__ import annotations

from textwrap import dedent

from reference_ws.conformance.conversation.events import Conversation
from reference_ws.conformance.conversation.parse import (
    parse_conversation,
)

FENCE = 10  # the line of the opening fence in the page of these tests


def parse(text: str) -> Conversation:
    return parse_conversation(dedent(text).strip("\n"), path="page.md", line=FENCE)
