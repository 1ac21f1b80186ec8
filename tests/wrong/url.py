"""Wrong in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from reference_ws.datastructures import URL, full_path
from reference_ws.websockets import WebSocket

AnyScope = Mapping[str, Any]


class UrlIsNoString(WebSocket):
    """The URL has all its parts and is no str."""

    @property
    def url(self) -> Any:
        made = super().url

        class Parts:
            def __getattr__(self, name: str) -> Any:
                return getattr(made, name)

            def __str__(self) -> str:
                return str(made)

        return Parts()


class HostIgnored(URL):
    """Host and port are always those of the server."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        headers = [pair for pair in scope.get("headers") or () if pair[0].lower() != b"host"]
        return super().from_scope({**scope, "headers": headers})


class HostTrusted(URL):
    """Whatever the Host header says becomes part of the URL."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        made = super().from_scope(scope)
        said = {name.lower(): value for name, value in scope.get("headers") or ()}
        host = said.get(b"host", made.netloc.encode()).decode("latin-1")
        return cls(made.replace(f"//{made.netloc}", f"//{host}", 1))


class SchemeDefaultsToHTTP(URL):
    """A connection whose server names no scheme has the scheme `http`."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        made = super().from_scope(scope)
        return made if "scheme" in scope else cls(made.replace("ws:", "http:", 1))


class NoBrackets(URL):
    """An IPv6 address is written without brackets."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        return cls(super().from_scope(scope).replace("[", "", 1).replace("]", "", 1))


class PathUnquoted(URL):
    """The path is written as it was decoded."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        made = super().from_scope(scope)
        return cls(made.replace(made.path, full_path(scope), 1))


class RootPathTwice(URL):
    """The root path is put before a path that has it already."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        root = scope.get("root_path") or ""
        made = super().from_scope(scope)
        return cls(made.replace(root, root + root, 1)) if root else made


class QueryRewritten(URL):
    """The query is taken apart and put together again."""

    @classmethod
    def from_scope(cls, scope: AnyScope) -> URL:
        made = super().from_scope(scope)
        pairs = parse_qsl(made.query, keep_blank_values=True)
        return cls(made.partition("?")[0] + ("?" + urlencode(pairs) if pairs else ""))


class DefaultPortFilledIn(URL):
    """A URL that names no port has the one of its scheme."""

    @property
    def port(self) -> int | None:
        return super().port or {"ws": 80, "wss": 443}.get(self.scheme)


class HostnameToColon(URL):
    """The hostname is what stands before the first colon."""

    @property
    def hostname(self) -> str | None:
        return self.netloc.partition(":")[0].lower() or None


class OnlyHTTPSIsSecure(URL):
    """An encrypted WebSocket is not called secure."""

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"


class NoFragmentIsNone(URL):
    """A URL without a fragment has None in its place."""

    @property
    def fragment(self) -> Any:
        return super().fragment or None
