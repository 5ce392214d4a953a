"""Prints a port that takes connections, and never says a word."""
import signal
import socket

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
signal.pause()
