"""FastAPI: its router is asked with routes that take a WebSocket and nothing else."""

ADAPTER = {
    "package": "fastapi",
    "version": "1",
    "names": {"WebSocketRouter": "fastapi:APIRouter"},
}
