"""The pages tell right from wrong: each wrong implementation is caught, and by which examples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pytest_examples import CodeExample, find_examples

import reference_ws.websockets
from reference_ws.conformance.compare import Difference
from reference_ws.conformance.evaluate import evaluate
from reference_ws.conformance.pages import Example, parse_page
from reference_ws.websockets import WebSocket
from tests import wrong_sockets

DOCS = Path(__file__).parent.parent / "docs"

CAUGHT_BY = {
    "ScopeOfAnyType": ["scope-type", "scope-type-lifespan"],
    "ChannelsRequired": ["scope-only"],
    "EqualByScope": ["scope-identity"],
    "UrlIsNoString": ["url-str"],
    "HostTrusted": ["url-hostile-host"],
    "RootPathTwice": ["url-root-path"],
    "HeaderCase": ["headers-case", "headers-server-case"],
    "LastHeaderOnly": ["headers-duplicates"],
    "FirstQueryValue": ["query-last"],
    "BlankQueryLost": ["query-blank"],
    "ConnectLeft": ["accept-receives-connect"],
    "UnofferedSubprotocol": ["accept-subprotocol-not-offered"],
    "HeaderInjection": ["accept-headers-injection"],
    "AcceptTwice": ["accept-twice"],
    "NoneForWrongKind": ["receive-wrong-kind"],
    "EmptyIsAbsent": ["receive-empty"],
    "CodeRequired": ["disconnect-missing-keys"],
    "LaxJSON": ["receive-json-nan", "receive-json-deep"],
    "AnyMode": ["receive-json-mode", "send-json-mode"],
    "DisconnectForgotten": ["disconnect-used-again"],
    "PlainRuntimeError": ["receive-after-disconnect"],
    "IteratorRaises": ["iter-text"],
    "IteratorSilentBeforeAccept": ["iter-before-accept"],
    "SpacedJSON": ["send-json-binary"],
    "BinaryAsText": ["send-json-binary", "send-json-bytes"],
    "AnythingSent": ["send-text-type"],
    "OSErrorLeaks": ["disconnect-oserror"],
    "SendsAfterTheEnd": ["send-after-disconnect"],
    "DefaultCloseCode": ["close-default"],
    "ReasonLost": ["close-code-and-reason"],
    "StateNotMoved": ["close-then-use"],
    "CloseTwiceRaises": ["close-twice", "close-after-disconnect"],
    "AnyCloseCode": ["close-code-receive-only", "close-code-unassigned"],
    "ReasonCut": ["close-reason-length-refused"],
    "AnyStep": ["raw-send-before-accept", "raw-accept-twice"],
    "AlwaysDenies": ["denial-extension-missing"],
    "DenialSwallowed": ["denial-nothing-started"],
}

NAMES = sorted({id for ids in CAUGHT_BY.values() for id in ids})


@pytest.fixture(scope="module")
def examples() -> dict[str, tuple[Example, CodeExample]]:
    found = {}
    for path in sorted(DOCS.glob("*.md")):
        by_line = {example.start_line: example for example in find_examples(path)}
        for example in parse_page(path).examples:
            if example.id in NAMES:
                found[example.id] = example, by_line[example.line]
    return found


@pytest.fixture
def play(
    request: pytest.FixtureRequest, examples: dict[str, tuple[Example, CodeExample]]
) -> Iterator[object]:
    """Plays an example with a class in the place of the reference."""
    name = "websockets_under_test"

    def play(id: str, kind: type[WebSocket]) -> None:
        module = ModuleType(name)
        # Under the documented name, as its author would call it: pages print class names.
        named = type("WebSocket", (kind,), {"__module__": name})
        vars(module).update({**vars(reference_ws.websockets), "WebSocket": named})
        sys.modules[name] = module
        example, found = examples[id]
        backend = "asyncio" if example.kind == "app" else None
        evaluate(example, found, request.node, backend, {"reference_ws.websockets": name})

    yield play
    sys.modules.pop(name, None)


def test_every_wrong_implementation_is_listed() -> None:
    assert [kind.__name__ for kind in wrong_sockets.WRONG] == list(CAUGHT_BY)


@pytest.mark.parametrize("id", NAMES)
def test_the_right_one_passes_in_the_same_place(play, id: str) -> None:  # type: ignore[no-untyped-def]
    play(id, WebSocket)


# An application that fails halfway may leave coroutines behind that it never got to await.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(
    ("name", "id"), [(name, id) for name, ids in CAUGHT_BY.items() for id in ids]
)
def test_a_wrong_one_is_caught(play, name: str, id: str) -> None:  # type: ignore[no-untyped-def]
    # A Difference from what the page says, or the snippet's own way to fail.
    with pytest.raises((Difference, Exception)) as caught:
        play(id, getattr(wrong_sockets, name))
    assert not isinstance(caught.value, (ImportError, SyntaxError))
