"""Lilya: some classes and one method of the router have other names."""

ADAPTER = {
    "package": "lilya",
    "version": "1",
    "names": {
        "Address": "lilya._internal._message:Address",
        "Headers": "lilya.datastructures:Header",
        "PlainTextResponse": "lilya.responses:PlainText",
        "QueryParams": "lilya.datastructures:QueryParam",
        "WebSocketRouter": "lilya.routing:Router",
    },
    "methods": {"WebSocketRouter": {"websocket_route": "websocket"}},
}
