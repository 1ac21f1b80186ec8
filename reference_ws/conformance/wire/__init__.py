"""Examples played over a real server: its process, the control connection, the client."""
