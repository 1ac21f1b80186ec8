"""What a run adds up, and what of it is a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

__all__ = ["Finding", "Result", "left_over"]


@dataclass(frozen=True)
class Finding:
    """Something that should be 0.

    Attributes:
        what: `losses`, `doubles`, `failures`, `tasks`, `descriptors` or `endpoints`.
        detail: Of which kind, for example the name of the task.
        count: How many.
    """

    what: str
    detail: str
    count: int


@dataclass
class Result:
    """What came of one target: a server, or an event loop in memory."""

    target: str
    version: str | None = None
    clients: int = 0
    seconds: float = 0.0
    connections: int = 0
    most_at_once: int = 0
    sent: int = 0
    received: int = 0
    losses: Counter[str] = field(default_factory=Counter)
    doubles: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)
    descriptors: Counter[str] = field(default_factory=Counter)
    endpoints: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)
    longest_calm: float = 0.0
    longest_hostile: float = 0.0
    longest_while: str = ""
    own_delay: float = 0.0
    peak_memory: float = 0.0
    settled_after: float = 0.0

    def findings(self) -> Iterator[Finding]:
        """Everything that should be 0 and is not."""
        for what in ("losses", "doubles", "failures", "tasks", "descriptors", "endpoints"):
            counts: Counter[str] = getattr(self, what)
            yield from (Finding(what, detail, n) for detail, n in sorted(counts.items()) if n > 0)

    def account(self, kind: str, sent: Iterable[str], received: Iterable[str]) -> None:
        """Compare what one client expected with what it got.

        Args:
            kind: The kind of client.
            sent: Each message that must arrive, once.
            received: What has arrived.
        """
        wanted, got = Counter(sent), Counter(received)
        self.losses[kind] += (wanted - got).total()
        extra = got - wanted
        self.doubles[kind] += sum(n for text, n in extra.items() if text in wanted)
        self.failures[f"{kind}: a message that nobody sent"] += sum(
            n for text, n in extra.items() if text not in wanted
        )

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON has them; counts that are 0 are left out."""
        facts: dict[str, Any] = {}
        for name in (one.name for one in fields(self)):
            value = getattr(self, name)
            if isinstance(value, Counter):
                value = {key: n for key, n in value.items() if n}
            facts[name] = round(value, 3) if isinstance(value, float) else value
        return facts


def left_over(before: Mapping[str, int], after: Mapping[str, int]) -> Counter[str]:
    """What there is more of than before.

    A count of one name may rise while another falls by as much: a descriptor that changes its
    state, for example. So nothing is left over while the sum has not grown.
    """
    if sum(after.values()) <= sum(before.values()):
        return Counter()
    return Counter(after) - Counter(before)
