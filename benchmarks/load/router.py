"""The application under load: what people build with the router, in its shortest form."""

from __future__ import annotations

from reference_ws.routing import WebSocketRouter
from reference_ws.websockets import WebSocket, WebSocketDisconnect

__all__ = ["Room", "add_routes", "echo", "router"]


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


async def read_json(websocket: WebSocket) -> None:
    """A bad payload ends the connection: the router answers it."""
    await websocket.accept()
    async for value in websocket.iter_json():
        await websocket.send_json(type(value).__name__)


async def read_binary_json(websocket: WebSocket) -> None:
    await websocket.accept()
    async for value in websocket.iter_json("binary"):
        await websocket.send_json(type(value).__name__)


async def keep_reading_json(websocket: WebSocket) -> None:
    """A bad payload is answered, and the connection goes on."""
    await websocket.accept()
    while True:
        try:
            await websocket.receive_json()
        except WebSocketDisconnect:
            return
        except ValueError as error:
            await websocket.send_text(type(error).__name__)
        else:
            await websocket.send_text("read")


async def flood(websocket: WebSocket) -> None:
    """Send numbered messages as fast as the server takes them."""
    count, size = (int(websocket.query_params[name]) for name in ("count", "size"))
    await websocket.accept()
    for number in range(count):
        await websocket.send_text(f"{number:0{size}}")
    await websocket.close()


async def look(websocket: WebSocket) -> None:
    """Read everything that the handshake carried."""
    await websocket.accept()
    sizes = [len(websocket.url), len(websocket.query_params), len(websocket.headers)]
    await websocket.send_json([*sizes, len(websocket.path_params)])
    async for _ in websocket.iter_bytes():
        pass


class Room:
    """Everything that a member sends goes to all who are in."""

    def __init__(self) -> None:
        self.members: set[WebSocket] = set()

    async def __call__(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("joined")
        self.members.add(websocket)
        try:
            async for text in websocket.iter_text():
                await self.broadcast(text)
        finally:
            self.members.discard(websocket)

    async def broadcast(self, text: str) -> None:
        for member in tuple(self.members):
            try:
                await member.send_text(text)
            except WebSocketDisconnect:  # it has left in the meantime
                self.members.discard(member)


def add_routes(made: WebSocketRouter) -> None:
    """Add every endpoint; the first route wins, so a broken application adds its own before."""
    made.add_websocket_route("/echo", echo)
    made.add_websocket_route("/room", Room())
    made.add_websocket_route("/flood", flood)
    made.add_websocket_route("/json", read_json)
    made.add_websocket_route("/json/binary", read_binary_json)
    made.add_websocket_route("/json/kept", keep_reading_json)
    made.add_websocket_route("/look", look)
    made.add_websocket_route("/numbers/{first:int}{second:int}x", look)
    made.add_websocket_route("/files/{folder:path}/{name}.{kind}", look)
    made.add_websocket_route("/{y}-{m}-{d}", look)


router = WebSocketRouter()
add_routes(router)
