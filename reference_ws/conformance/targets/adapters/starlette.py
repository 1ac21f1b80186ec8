"""Starlette: the modules and names are those of the pages, but for the router."""

ADAPTER = {
    "package": "starlette",
    "version": "1",
    "names": {"WebSocketRouter": "starlette.routing:Router"},
}
