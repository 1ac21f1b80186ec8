"""The pages tell right from wrong: each wrong implementation is caught, and by which rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from reference_ws.conformance.memory.run import evaluate, page_frames
from reference_ws.conformance.pages.model import Example, Level
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.report.verdict import DIFFERED, Outcome, judge
from reference_ws.conformance.targets.limit import LimitReached
from reference_ws.websockets import WebSocket
from tests.wrong.sockets import WRONG, stand_ins

DOCS = Path(__file__).parents[2] / "docs"

PAGES = (
    "socket url parameters accepting sending receiving iterating closing messages "
    "disconnects denial"
).split()

CAUGHT_BY = {
    "ScopeOfAnyType": "scope-type",
    "ChannelsRequired": "scope-only",
    "ChannelsByPosition": "scope-socket",
    "ItemsOnly": "scope-item scope-iteration",
    "EqualByScope": "scope-identity",
    "SubprotocolsSorted": "scope-subprotocols",
    "SubprotocolsRequired": "scope-missing-keys",
    "ClientIsATuple": "scope-client",
    "ClientRequired": "scope-client-none",
    "PathParamsAbsent": "path-params path-types path-decoded path-from-scope path-empty",
    "PathParamsNone": "path-empty",
    "UrlIsNoString": "url-str",
    "HostIgnored": "url-host url-parts url-ipv6",
    "HostTrusted": "url-hostile-host",
    "SchemeDefaultsToHTTP": "url-scheme-missing scope-missing-keys",
    "NoBrackets": "url-ipv6",
    "PathUnquoted": "url-path-quoted",
    "RootPathTwice": "url-root-path",
    "QueryRewritten": "url-query",
    "DefaultPortFilledIn": "url-port-none",
    "HostnameToColon": "url-by-hand url-ipv6",
    "OnlyHTTPSIsSecure": "url-is-secure",
    "NoFragmentIsNone": "url-no-fragment url-by-hand",
    "NamesAsWritten": "headers-case headers-server-case",
    "ServerCaseTrusted": "headers-server-case",
    "LastHeaderOnly": "headers-duplicates",
    "HeaderToComma": "headers-read",
    "MissingHeaderIsEmpty": "headers-missing",
    "EveryHeaderCounts": "headers-mapping",
    "MutableHeaders": "headers-immutable",
    "FirstQueryValue": "query-last query-mapping",
    "LastQueryOnly": "query-duplicates",
    "BlankQueryLost": "query-blank",
    "QueryValuesAreLists": "query-read query-mapping",
    "MissingQueryIsEmpty": "query-missing",
    "NoQueryIsOneName": "query-none",
    "DecodedTooEarly": "query-decoded",
    "QueryAsLatin1": "query-unicode",
    "MutableQuery": "query-immutable",
    "RouterDropsParams": "path-params",
    "TypesOnlyMatch": "path-types",
    "ParamsStayEncoded": "path-decoded",
    "AcceptForgotten": "accept-default",
    "ConnectLeft": "accept-receives-connect",
    "ConnectTakenLate": "accept-receives-connect",
    "ConnectTakenTwice": "accept-after-receive",
    "AcceptTwice": "accept-twice",
    "AcceptAfterClose": "accept-after-close",
    "SubprotocolAsHeader": "accept-subprotocol raw-accept-keys",
    "SubprotocolAssumed": "accept-subprotocol-none",
    "SubprotocolUnoffered": "accept-subprotocol-not-offered",
    "SubprotocolCaseIgnored": "accept-subprotocol-case",
    "HeadersNotTaken": "accept-headers",
    "HeadersReadTwice": "accept-headers-iterable",
    "HeadersAsDict": "accept-headers-order",
    "HeaderNamesAsWritten": "accept-headers-lower-case",
    "LineBreaksCut": "accept-headers-injection",
    "TextLineBreaksCut": "accept-headers-injection",
    "BadNamesDropped": "accept-headers-name",
    "HandshakeHeadersSent": "accept-headers-handshake",
    "TextAsBytes": "send-text send-message",
    "TextAsLatin1": "send-text-unicode",
    "BytesAsText": "send-bytes send-message",
    "EmptyNotSent": "send-empty",
    "SurrogateSent": "send-text-surrogate",
    "BytesTakenAsText": "send-text-type",
    "TextHeldBack": "send-order",
    "JSONEscaped": "send-json-surrogate send-json-unicode",
    "JSONSpaced": "send-json-compact",
    "NaNSent": "send-json-nan",
    "AnythingIsJSON": "send-json-type",
    "StringsAreJSON": "send-json-values",
    "BinaryModeAsText": "send-json-binary send-json-bytes",
    "BinaryByDefault": "send-json receive-json",
    "AnyMode": "send-json-mode",
    "UnknownModeIsValueError": "send-json-mode receive-json-mode",
    "OneModeFewer": "send-json-bytes receive-json-bytes",
    "OtherModeFewer": "send-json-binary receive-json-binary",
    "SentBeforeAccept": "send-before-accept",
    "SilentAfterClose": "send-after-close close-then-send",
    "SentAfterTheEnd": "send-after-disconnect",
    "OSErrorLeaks": "disconnect-oserror",
    "TextIsBytes": "receive-text",
    "BytesAreText": "receive-bytes",
    "NoneForWrongKind": "receive-wrong-kind-payload",
    "KindByKey": "receive-both-keys",
    "EmptyIsAbsent": "receive-empty",
    "TextReadAhead": "receive-order receive-before-close",
    "ReadsAfterClose": "receive-after-close",
    "ObjectsAndArraysOnly": "receive-json-values",
    "BadJSONIsNone": "receive-json-nan",
    "BadJSONCloses": "receive-json-invalid",
    "NaNRead": "receive-json-nan",
    "DepthUnguarded": "receive-json-deep",
    "BadUTF8Replaced": "receive-json-utf8",
    "EncodingGuessed": "receive-json-utf8",
    "CodeRequired": "disconnect-missing-keys",
    "CodeDefaultsTo1000": "disconnect-missing-keys",
    "CodeLost": "receive-disconnect-no-code disconnect-no-code disconnect-vanished",
    "PeerReasonLost": "receive-disconnect disconnect-code-and-reason raw-disconnect",
    "EndIsNone": "receive-disconnect disconnect-every-method",
    "EndIsEmpty": "disconnect-every-method",
    "EndForgotten": "disconnect-used-again",
    "PlainRuntimeError": "receive-after-disconnect",
    "AbnormalByDefault": "disconnect-defaults",
    "ExceptionWithoutReason": "disconnect-arguments",
    "NoIterators": "iter-text iter-bytes iter-json",
    "IteratorRaises": "iter-text iter-client-close",
    "IteratorRaisesUnlessNormal": "iter-vanished",
    "IteratorEndsAtEmpty": "iter-empty",
    "IteratorReadsAhead": "iter-before-end iter-break",
    "IteratorGivesText": "iter-json",
    "IteratorGivesParts": "iter-bytes",
    "IteratorSilentBeforeAccept": "iter-before-accept",
    "DefaultCloseCode": "close-default",
    "ReasonNotSent": "close-code-and-reason",
    "CloseForgotten": "close-then-use close-then-send",
    "CloseTwiceRaises": "close-twice close-after-disconnect",
    "CloseAcceptsFirst": "close-before-accept",
    "NothingToReceiveAfterClose": "close-then-receive",
    "AnyCloseCode": "close-code-receive-only close-code-unassigned",
    "FirstCodesOnly": "close-code-registered",
    "ClientCodeRefused": "close-code-registered",
    "BrowserCodesOnly": "close-code-registered",
    "LastCodeRefused": "close-code-application",
    "CodeNames": "close-constants",
    "NamesAreNoNumbers": "close-by-name",
    "ReasonCut": "close-reason-length close-reason-bytes",
    "ReasonOf125Bytes": "close-reason-length",
    "ReasonInCharacters": "close-reason-bytes",
    "BadReasonReplaced": "close-reason-utf8",
    "IllegalStepsSent": (
        "raw-send-before-accept raw-accept-twice raw-send-after-close raw-denial-after-accept "
        "raw-denial-order raw-unknown-type"
    ),
    "IllegalStepsAsserted": "receive-before-accept raw-receive-order accept-twice",
    "AnythingArrives": "raw-receive-connect-first",
    "ReceiveUnwraps": "raw-connect raw-receive",
    "ReceiveRaises": "raw-disconnect raw-disconnect-early",
    "SendWantsText": "raw-send",
    "SendWantsEveryKey": "raw-accept raw-close",
    "SendUntracked": "raw-mixed raw-state-follows",
    "DepartureUnnoticed": "raw-state-follows",
    "NoDenial": "denial-response",
    "DenialMessagesUnknown": "denial-raw",
    "AlwaysDenies": "denial-extension-missing scope-extensions",
    "ExtensionsUnguarded": "denial-extension-missing scope-extensions",
    "SecondDenialSilent": "denial-twice",
    "LateDenialCloses": "denial-after-accept",
    "CloseIgnoredInDenial": "denial-under-way",
    "ResponseObjectsOnly": "denial-any-application",
    "FailureSilent": "denial-nothing-started",
    "HeadersNotSent": "denial-response",
    "LengthInCharacters": "denial-content",
    "TextWithoutCharset": "denial-plain-text",
    "JSONBodyEscaped": "denial-json",
    "PartsJoined": "denial-streaming",
}
"""Each wrong implementation, and the requirements whose examples must catch it."""

PAIRS = [(name, id) for name, ids in CAUGHT_BY.items() for id in ids.split()]
NAMED = sorted({id for _, id in PAIRS})

Play = Callable[[str, type], None]


class Caught(Exception):
    """An example did not pass.

    Args:
        text: What it got.
        outcome: The judge's verdict.
    """

    def __init__(self, text: str, outcome: Outcome) -> None:
        super().__init__(text)
        self.outcome = outcome


@cache
def requirements() -> dict[str, tuple[Level, list[Example]]]:
    """The level of every requirement on the class, and its examples that are played in memory."""
    found: dict[str, tuple[Level, list[Example]]] = {}
    for path in (DOCS / f"{name}.md" for name in PAGES):
        page = parse_page(path)
        for requirement in page.requirements:
            own = [one for one in page.examples if one.requirement == requirement.id]
            in_memory = [one for one in own if one.kind in ("app", "script")]
            found[requirement.id] = requirement.level, in_memory
    return found


def play(id: str, kind: type) -> None:
    """Play the examples of a requirement with something in the place of the reference."""
    substitutes = {f"reference_ws.{name}": module for name, module in stand_ins(kind).items()}
    level, examples = requirements()[id]
    for example in examples:
        backend = "asyncio" if example.kind == "app" else None
        try:
            evaluate(example, backend, substitutes)
        except (Exception, LimitReached, pytest.fail.Exception) as error:
            verdict = judge(error, example, page_frames(example, error), level)
            raise Caught(f"{verdict.outcome}: {verdict.got}", verdict.outcome) from error


def test_every_wrong_implementation_is_listed_and_says_what_is_wrong() -> None:
    assert list(WRONG) == list(CAUGHT_BY)
    assert [name for name, kind in WRONG.items() if not kind.__doc__] == []


def test_every_must_is_broken_by_a_wrong_implementation() -> None:
    musts = [id for id, (level, _) in requirements().items() if level == "must"]
    assert [id for id in musts if id not in NAMED] == []


@pytest.mark.parametrize("id", NAMED)
def test_the_right_one_passes_in_the_same_place(id: str) -> None:
    play(id, WebSocket)


# An application that fails halfway may leave coroutines behind that it never got to await.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(("name", "id"), PAIRS)
def test_a_wrong_one_is_caught(name: str, id: str) -> None:
    with pytest.raises(Caught) as caught:
        play(id, WRONG[name])
    # By the judge's own verdict: a mistake of the judge is an `error`, and catches nobody.
    assert caught.value.outcome in DIFFERED, caught.value


@pytest.mark.parametrize(
    "place", ["run.play", "play.matches", "line.Line._translated", "play.describe"]
)
def test_a_crash_of_the_judge_catches_nobody(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def crash(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError("the judge has crashed")

    monkeypatch.setattr(f"reference_ws.conformance.memory.{place}", crash)
    with pytest.raises(Caught) as caught:
        play("close-default", WRONG["DefaultCloseCode"])
    assert caught.value.outcome == "error"
