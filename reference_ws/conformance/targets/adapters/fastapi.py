"""FastAPI: its WebSocket is Starlette's, its router is asked with plain WebSocket routes."""

ADAPTER = {
    "package": "fastapi",
    "version": "1",
    "like": ("starlette",),
    "names": {"WebSocketRouter": "fastapi:APIRouter"},
}
