"""Many clients at once, some of them hostile: nothing is lost, doubled or left over.

`router` is the application; `watched` counts what it leaves behind, and `served` answers for the
server's process. `wire` and `frames` are one client's connection; `well_behaved`, `vanishing` and
`hostile` are the kinds of clients, `crowd` is what they share, `waits` their clock. `over_server`
runs them against a server, `in_memory` without one, in a `memory_child`. `counts` adds up, `known`
says what is a server's own, `report` prints. Run it with `python -m benchmarks.load`.
"""
