"""The pages tell a right server from a wrong one: each is caught, and by which examples."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from reference_ws.conformance.conversation.compare import Difference
from reference_ws.conformance.pages.model import Example
from reference_ws.conformance.pages.parse import parse_page
from reference_ws.conformance.report.verdict import DIFFERED, PASSED
from reference_ws.conformance.wire.client_snippets import play_python_client
from reference_ws.conformance.wire.server import Limits, WireResult, WireServer
from tests.conformance.suite_pages import ROOT
from tests.wrong.server_bytes import BROKEN_BYTES
from tests.wrong.servers import WRONG

PAGES = sorted((ROOT / "docs").glob("servers*.md"))

# For what a wrong server never answers; nobody is blamed by a wait that was too short.
BRIEF = Limits(load=2.0, event=0.5, end=0.5, settle=0.2, cut=0.3)

# What uvicorn itself does otherwise; whatever is before it cannot be blamed for that.
UVICORN = {
    "server-accept-not-offered",
    "server-denial-no-body",
    "server-send-neither",
    "server-disconnect-lost-code",
}

# All examples are played, and exactly these are caught.
CAUGHT_BY = {
    "TypeIsHTTP": "server-scope-type",
    "NoASGIVersion": (
        "server-scope-asgi server-accept-headers server-accept-headers-bytes "
        "server-accept-headers-injection server-disconnect-send server-close-reason "
        "server-close-reason-longest server-close-reason-none server-close-reason-long"
    ),
    "PathAsSent": "server-scope-path",
    "RawPathDecoded": "server-scope-raw-path",
    "QueryIsText": "server-scope-query",
    "SchemeIsHTTP": "server-scope-scheme",
    "VersionIsANumber": "server-scope-http-version",
    "RootPathIsASlash": "server-scope-root-path",
    "ClientPortIsText": "server-scope-client",
    "ServerPortIsText": "server-scope-server",
    "ExtensionsAreAList": "server-scope-extensions",
    "ScopeIsShared": "server-scope-own",
    "HeadersAreText": (
        "server-headers-bytes server-headers-lower-case server-headers-repeated "
        "server-headers-order server-headers-latin-1 server-headers-handshake"
    ),
    "HeadersAreTitled": "server-headers-lower-case",
    "HeadersAreJoined": "server-headers-repeated server-headers-order",
    "HeadersAreSorted": "server-headers-order",
    "HeadersAreRecoded": "server-headers-latin-1",
    "HandshakeHeadersAreHidden": "server-headers-handshake",
    "SubprotocolsReversed": (
        "server-subprotocols-offered server-subprotocols-lines server-subprotocols-spaces "
        "server-subprotocols-empty"
    ),
    "NoSubprotocolsIsNone": "server-subprotocols-none",
    "FirstLineOfSubprotocols": "server-subprotocols-lines",
    "SubprotocolIsLost": "server-accept-subprotocol",
    "SubprotocolIsChosen": (
        "server-accept-no-subprotocol server-subprotocols-spaces server-subprotocols-empty "
        "server-subprotocols-offered server-subprotocols-lines server-headers-handshake"
    ),
    "AcceptHeadersAreLost": "server-accept-headers server-accept-headers-bytes",
    "SecondAcceptIsIgnored": "server-accept-twice",
    "RefusalIsNeverOver": (
        "server-refuse-disconnect server-refuse-client-left server-denial-disconnect"
    ),
    "DenialIs403": (
        "server-scope-http server-denial server-denial-status server-denial-parts "
        "server-denial-pause server-denial-headers-repeated server-denial-no-headers "
        "server-denial-then-accept server-denial-disconnect server-denial-bytes "
        "server-denial-content-headers"
    ),
    "FirstPartOfADenial": "server-denial-parts",
    "OneHeaderOfAName": "server-denial-headers-repeated",
    "DenialIsText": "server-denial-bytes",
    "DenialNeedsHeaders": "server-denial-no-headers",
    "TextIsBytes": (
        "server-receive-text server-receive-keys server-receive-empty "
        "server-receive-fragments server-receive-fragments-character server-receive-queue "
        "server-receive-cancelled server-send-while-receiving server-ping server-end-others "
        "server-pong-unasked server-ping-between-fragments"
    ),
    "BinaryIsAView": (
        "server-receive-bytes server-receive-keys server-receive-empty server-receive-fragments"
    ),
    "BothKeysAreGiven": "server-receive-keys server-receive-empty server-receive-fragments",
    "EmptyMessagesAreLost": "server-receive-empty",
    "LongMessagesAreCut": "server-receive-long",
    "CancelledReceiveLoses": "server-receive-cancelled",
    "TextIsSentAsBinary": (
        "server-accept server-receive-cancelled server-send-text server-send-none "
        "server-send-empty server-send-long server-send-concurrent "
        "server-send-while-receiving server-send-waits server-end-others server-pong-unasked "
        "server-ping-between-fragments server-subprotocols-spaces server-subprotocols-empty"
    ),
    "BinaryIsSentAsText": "server-send-bytes server-send-none server-send-empty server-send-long",
    "NoneIsAMessage": "server-send-none",
    "EmptyMessagesAreNotSent": "server-send-empty",
    "LongMessagesAreSentCut": "server-send-long server-send-concurrent",
    "EarlyMessagesAreIgnored": "server-send-early",
    "UnknownMessagesAreIgnored": "server-scope-http server-send-unknown",
    "SendWaitsForReceive": "server-send-while-receiving server-close-while-receiving",
    "CodeIsLost": (
        "server-disconnect-code server-disconnect-no-code server-disconnect-lost "
        "server-close-disconnect-code"
    ),
    "ReasonIsLost": "server-disconnect-reason",
    "CodeIsText": "server-disconnect-lost server-disconnect-code-type",
    "NoCodeIs1000": "server-disconnect-no-code server-disconnect-lost",
    "GoneIsNoError": "server-disconnect-send",
    "OwnCodeIsLost": (
        "server-close-code server-close-code-registered server-close-reason "
        "server-close-reason-longest server-close-reason-none server-close-while-receiving "
        "server-close-disconnect server-close-disconnect-code server-close-tcp server-send-wakes"
    ),
    "OwnReasonIsLost": "server-close-reason server-close-reason-longest server-close-reason-long",
    "NoReasonIsText": "server-close-reason-none",
    "LongReasonsAreCutShort": "server-close-reason-longest server-close-reason-long",
    "OnlyOldCodes": "server-close-code-registered",
}

# Hardly anything works on these: only what is named is played.
AMONG_OTHERS = {
    "NoConnect": "server-connect",
    "AcceptsByItself": "server-connect-waits server-refuse",
    "RefusalIs404": "server-refuse server-refuse-code",
    "DefaultIsGoingAway": "server-close-default",
    "LeavingIsNotTold": "server-disconnect-code server-refuse-disconnect server-close-disconnect",
    "Dies": "server-accept",
    "Hangs": "server-accept",
}

# Only a client that looks at the connection itself sees these.
CAUGHT_BY_CLIENTS = {
    "ReturnEndsNothing": "server-end-return-client",
    "FailuresEndNothing": "server-end-raise-client",
    "LongSendsNeverReturn": "server-send-wakes-client",
}

# And these: a server with something before its bytes is caught by exactly one of them.
CAUGHT_BY_BYTES = {
    "WrongKeyIsSent": "server-accept-key-client",
    "ContentTypeIsSentTwice": "server-denial-content-headers-client",
    "CaseMatters": "server-handshake-case-client",
    "ConnectionIsOneOption": "server-handshake-connection-list-client",
    "ConnectionIsTheLastLine": "server-handshake-connection-lines-client",
    "UpgradeIsOneProtocol": "server-handshake-upgrade-list-client",
    "KeyIsNotLookedAt": "server-handshake-key-length-client",
    "FirstOfTwoKeys": "server-handshake-key-twice-client",
    "VersionIsNotNamed": "server-handshake-version-answer-client",
    "HostIsMadeUp": "server-handshake-host-client",
    "OldHTTPIsUpgraded": "server-handshake-http-1-0-client",
    "SpacesBelongToOffers": "server-subprotocols-spaces-client",
    "EmptyOffersAreKept": "server-subprotocols-empty-client",
    "UnaskedPongIsAFault": "server-pong-unasked-client",
    "PingInAMessageIsAFault": "server-ping-between-fragments-client",
    "StaysAfterItsOwnClose": "server-close-tcp-client",
    "StaysAfterTheClientsClose": "server-disconnect-tcp-client",
}
CLIENTS = set(CAUGHT_BY_BYTES.values())


@cache
def examples() -> dict[str, Example]:
    return {one.id: one for path in PAGES for one in parse_page(path).examples}


def applications() -> list[Example]:
    return [one for one in examples().values() if one.kind == "app" and one.memory_only is None]


class Servers:
    """One process that serves all of them, one at a time."""

    def __init__(self, server: WireServer, name: Path) -> None:
        self.server = server
        self._name = name

    def be(self, name: str) -> None:
        self._name.write_text(name, "utf-8")

    def caught(self, ids: Iterable[str], wanted: Iterable[str] = ()) -> dict[str, WireResult]:
        """What is caught, others than the wanted ones only if a long wait is no help."""
        results = {id: self._play(id, BRIEF) for id in ids}
        for id in results.keys() - set(wanted):
            if results[id].outcome not in PASSED:
                results[id] = self._play(id, Limits())
        # A mistake of the judge or a server that cannot be played with catches nobody.
        undecided = {id: one for id, one in results.items() if one.outcome not in PASSED | DIFFERED}
        assert undecided == {}
        return {id: one for id, one in results.items() if one.outcome in DIFFERED}

    def _play(self, id: str, limits: Limits) -> WireResult:
        self.server.limits = limits
        return self.server.play(examples()[id])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("wrong")
    name = folder / "name"
    name.write_text("Right", "utf-8")
    command = f"{sys.executable} -m tests.wrong.servers {name} {{app}} {{port}}"
    with WireServer(command, log_dir=folder) as server:
        yield Servers(server, name)


def test_the_right_server_is_caught_by_nothing(servers: Servers) -> None:
    servers.be("Right")
    assert servers.caught([one.id for one in applications()], UVICORN).keys() == UVICORN


@pytest.mark.parametrize("name", CAUGHT_BY)
def test_a_wrong_server_is_caught_by_what_it_breaks_and_nothing_else(
    servers: Servers, name: str
) -> None:
    servers.be(name)
    ids = [one.id for one in applications() if one.id not in UVICORN]
    wanted = set(CAUGHT_BY[name].split())
    assert set(servers.caught(ids, wanted)) == wanted


@pytest.mark.parametrize("name", AMONG_OTHERS)
def test_a_server_that_breaks_nearly_everything_is_caught(servers: Servers, name: str) -> None:
    servers.be(name)
    ids = AMONG_OTHERS[name].split()
    assert servers.caught(ids, ids).keys() == set(ids)


def test_a_server_that_dies_is_told_with_its_last_words_and_started_again(servers: Servers) -> None:
    servers.be("Dies")
    (result,) = servers.caught(["server-accept"]).values()
    assert result.detail is not None
    assert (result.outcome, result.detail.got) == ("fail", "the end of the server")
    assert "out of luck" in result.detail.more
    servers.be("Right")
    assert not servers.caught(["server-accept", "server-receive-text"])


def test_a_server_that_hangs_is_a_timeout_that_names_what_was_awaited(servers: Servers) -> None:
    servers.be("Hangs")
    (result,) = servers.caught(["server-accept"], ["server-accept"]).values()
    assert result.detail is not None
    assert (result.outcome, result.detail.wanted) == ("timeout", "< accept")


@pytest.mark.parametrize("name", CAUGHT_BY_CLIENTS)
def test_a_client_sees_what_no_application_can(servers: Servers, name: str) -> None:
    client = examples()[CAUGHT_BY_CLIENTS[name]]
    app = examples()[client.requirement or ""]
    servers.be("Right")
    play_python_client(client, servers.server, app)
    servers.be(name)
    with pytest.raises(TimeoutError):
        play_python_client(client, servers.server, app)


def caught_clients(servers: Servers) -> set[str]:
    caught = set()
    for id in sorted(CLIENTS):
        client = examples()[id]
        try:
            play_python_client(client, servers.server, examples()[client.requirement or ""])
        except (Difference, OSError):  # a time-out among others
            caught.add(id)
    return caught


def test_the_mended_server_is_caught_by_no_client(servers: Servers) -> None:
    servers.be("Mended")
    assert caught_clients(servers) == set()


@pytest.mark.parametrize("name", CAUGHT_BY_BYTES)
def test_wrong_bytes_are_caught_by_one_client(servers: Servers, name: str) -> None:
    servers.be(name)
    assert caught_clients(servers) == {CAUGHT_BY_BYTES[name]}


def test_each_wrong_server_is_listed_once() -> None:
    listed = [*CAUGHT_BY, *AMONG_OTHERS, *CAUGHT_BY_CLIENTS]
    assert sorted(listed) == sorted(WRONG)
    assert sorted(CAUGHT_BY_BYTES) == sorted(BROKEN_BYTES)


def test_every_id_is_one_of_the_pages() -> None:
    tables = (CAUGHT_BY, AMONG_OTHERS, CAUGHT_BY_CLIENTS, CAUGHT_BY_BYTES)
    named = {id for table in tables for ids in table.values() for id in ids.split()}
    assert named | UVICORN <= examples().keys()
