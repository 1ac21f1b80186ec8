"""The executable specification of the ASGI WebSocket interface.

Who may import whom, downward only:

    types  constants  exceptions        what everything else is said with
    datastructures  state  responses    values, the state table, HTTP answers
    websockets                          the class
    routing                             from a path to an endpoint
    testing                             the strict in-memory client (needs anyio)
    conformance                         the judge: reads the pages, plays them, reports

Nothing above `testing` needs more than the standard library, and nothing above
`conformance` knows that it exists.
Import from the submodules; this package re-exports nothing.
"""

__version__ = "0.1.0"
