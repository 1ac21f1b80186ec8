"""Wrong in headers, query and path parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from reference_ws.datastructures import Headers, QueryParams
from reference_ws.routing import WebSocketRouter
from reference_ws.types import Scope

# Headers


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part


class NamesAsWritten(Headers):
    """Header names match only as the server wrote them."""

    def __init__(self, headers: Any = ()) -> None:
        pairs = list(headers.items() if hasattr(headers, "items") else headers)
        super().__init__(pairs)
        self._written = [(_text(name), _text(value)) for name, value in pairs]

    def __getitem__(self, name: str) -> str:
        return next(iter(self.getlist(name)), None) or self._missing(name)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._written if key == name]

    def _missing(self, name: str) -> str:
        raise KeyError(name)


class ServerCaseTrusted(NamesAsWritten):
    """Names are matched without case only if the server wrote them in lower case."""

    def getlist(self, name: str) -> list[str]:
        return super().getlist(name.lower())


class LastHeaderOnly(Headers):
    """Of several headers with one name only the last is kept."""

    def __init__(self, headers: Any = ()) -> None:
        super().__init__(dict(Headers(headers).multi_items()))


class HeaderToComma(Headers):
    """A header's value ends at its first comma."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name).partition(",")[0]


class MissingHeaderIsEmpty(Headers):
    """A header that is not there is an empty one."""

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.getlist(name)[:1])


class EveryHeaderCounts(Headers):
    """A name that occurs twice is counted twice."""

    def __iter__(self) -> Iterator[str]:
        return iter(name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


class MutableHeaders(Headers):
    """The headers of the handshake can be changed."""

    def __setitem__(self, name: str, value: str) -> None:
        self._given = (*self._given, (name.lower(), value))

    def __delitem__(self, name: str) -> None:
        self._given = tuple(pair for pair in self._pairs if pair[0] != name.lower())


# The query


class FirstQueryValue(QueryParams):
    """Of several values the first one counts."""

    def __getitem__(self, name: str) -> str:
        super().__getitem__(name)
        return self.getlist(name)[0]


class LastQueryOnly(QueryParams):
    """Of several parameters with one name only the last is kept."""

    def __init__(self, query: Any = "") -> None:
        super().__init__(dict(QueryParams(query).multi_items()))


class BlankQueryLost(QueryParams):
    """A parameter without a value is dropped."""

    def __init__(self, query: Any = "") -> None:
        super().__init__([pair for pair in QueryParams(query).multi_items() if pair[1]])


class QueryValuesAreLists(QueryParams):
    """Each value is a list."""

    def __getitem__(self, name: str) -> Any:
        super().__getitem__(name)
        return self.getlist(name)


class MissingQueryIsEmpty(QueryParams):
    """A parameter that is not there has an empty value."""

    def __getitem__(self, name: str) -> str:
        return "".join(self.getlist(name)[-1:])


class NoQueryIsOneName(QueryParams):
    """A query without anything holds one parameter without a name."""

    def __init__(self, query: Any = "") -> None:
        super().__init__(query or [("", "")])


class DecodedTooEarly(QueryParams):
    """The query is decoded before it is taken apart."""

    def __init__(self, query: Any = "") -> None:
        super().__init__(unquote(query.decode()) if isinstance(query, bytes) else query)


class QueryAsLatin1(QueryParams):
    """Names and values are read as latin-1."""

    def __init__(self, query: Any = "") -> None:
        if isinstance(query, bytes):
            query = parse_qsl(query.decode("latin-1"), True, encoding="latin-1")
        super().__init__(query)


class MutableQuery(QueryParams):
    """The query parameters can be changed."""

    def __setitem__(self, name: str, value: str) -> None:
        self._pairs = (*self._pairs, (name, value))

    def __delitem__(self, name: str) -> None:
        self._pairs = tuple(pair for pair in self._pairs if pair[0] != name)


# The path


class RouterDropsParams(WebSocketRouter):
    """The router finds the endpoint and drops what it took from the path."""

    def _find(self, scope: Scope) -> tuple[Any, dict[str, Any]]:
        return super()._find(scope)[0], {}


class TypesOnlyMatch(WebSocketRouter):
    """The type in the route says what fits, and the parameter stays a str."""

    def _find(self, scope: Scope) -> tuple[Any, dict[str, Any]]:
        endpoint, params = super()._find(scope)
        return endpoint, {name: str(value) for name, value in params.items()}


class ParamsStayEncoded(WebSocketRouter):
    """Path parameters are percent-encoded."""

    def _find(self, scope: Scope) -> tuple[Any, dict[str, Any]]:
        endpoint, params = super()._find(scope)
        encoded = {n: quote(v) if isinstance(v, str) else v for n, v in params.items()}
        return endpoint, encoded
