"""The language that is being built now, for what runs inside other tools."""

from __future__ import annotations

from dataclasses import dataclass

from .words import DEFAULT

__all__ = ["current"]


@dataclass(slots=True)
class _Current:
    language: str = DEFAULT


current = _Current()
