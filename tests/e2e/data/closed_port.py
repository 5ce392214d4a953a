"""Prints a port of this machine that refuses connections: it is bound, so that nobody else gets it, but nobody listens."""
import signal
import socket

v4 = socket.socket()
v4.bind(("127.0.0.1", 0))
print(v4.getsockname()[1], flush=True)
signal.pause()
