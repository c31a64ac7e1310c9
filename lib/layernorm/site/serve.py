"""Serve the built book on this machine only.

    python -m layernorm.site.serve _build/html 8000
"""
import contextlib
import functools
import http.server
import signal
import sys
from pathlib import Path

TRIES = 50


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):         # a reader who leaves early is no fault
            super().handle_error(request, client_address)


def server_on(folder, port):
    """A server on the first free port from ``port`` on."""
    handler = functools.partial(Quiet, directory=folder)
    last = min(port + TRIES - 1, 65535)
    for candidate in range(port, last + 1):
        with contextlib.suppress(OSError):
            return Server(("127.0.0.1", candidate), handler)
    raise OSError(f"no port from {port} to {last} is free")


def main(folder, port):
    if not Path(folder, "index.html").exists():
        sys.exit(f"There is no book in {folder}: run `make site`.")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"{port} is no port: name one from 1 to 65535, as in `make site PORT=8080`.")
    try:
        server = server_on(folder, int(port))
    except OSError as error:
        sys.exit(f"The book could not be served: {error}. Name another, as in `make site PORT=9000`.")
    if server.server_port != int(port):
        print(f"Port {port} is taken; {server.server_port} is the next free one.")
    print(f"The course is at http://127.0.0.1:{server.server_port}/  (Ctrl-C stops)", flush=True)
    for sign in (signal.SIGINT, signal.SIGTERM):                      # who is started in the background ignores the first
        signal.signal(sign, signal.default_int_handler)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    print("\nStopped.")


if __name__ == "__main__":
    main(*sys.argv[1:])
