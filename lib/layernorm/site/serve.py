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


def server_on(folder, port):
    """A server on the first free port from ``port`` on."""
    handler = functools.partial(Quiet, directory=folder)
    for candidate in range(port, port + TRIES):
        with contextlib.suppress(OSError):
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
    raise OSError(f"no port from {port} to {port + TRIES - 1} is free")


def main(folder, port):
    if not Path(folder, "index.html").exists():
        sys.exit(f"There is no book in {folder}: run `make site`.")
    try:
        server = server_on(folder, port)
    except OSError as error:
        sys.exit(f"The book could not be served: {error}. Name another with PORT=...")
    if server.server_port != port:
        print(f"Port {port} is taken; this is the next free one.")
    print(f"The course is at http://127.0.0.1:{server.server_port}/  (Ctrl-C stops)", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    print("\nStopped.")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
