"""A model of the WebSocket class, run against it with random programs; and hostile bytes.

The model is written from the state tables and the pages, never from the class. A program starts
calls, and says what the server does to each call that waits for it: gives a message, finishes a
send, fails, cancels. After each step the class and the model must agree.
"""
