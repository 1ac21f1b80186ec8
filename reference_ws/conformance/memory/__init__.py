"""Examples played in memory: the judge is the server, the page is the client."""
