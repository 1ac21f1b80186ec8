"""What all tests need."""

import signal

pytest_plugins = ["pytester"]

# A shell starts what runs in its background with SIGINT ignored, and that is inherited: a test
# that interrupts a process of its own would wait for nothing.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
