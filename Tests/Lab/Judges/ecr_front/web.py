"""HTTP/1.1 servers with a thread for each connection, and bodies that are read piece by piece."""
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 1 << 16


class Answer(Exception):
    """What is answered, thrown from wherever that is known."""

    def __init__(self, status, body=b"", kind="application/json", fields=()):
        super().__init__(status)
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.fields = list(fields)
        if kind and self.body:
            self.fields.append(("Content-Type", kind))


def error(status, code, message, fields=()):
    """An error of a registry's."""
    return Answer(status, json.dumps({"errors": [{"code": code, "message": message}]}), fields=fields)


class Body:
    """A request's body, of a known length or in chunks."""

    def __init__(self, file, fields):
        self.file = file
        self.chunked = "chunked" in (fields.get("Transfer-Encoding") or "").lower()
        self.length = None if self.chunked else int(fields.get("Content-Length") or 0)
        self.left = self.length or 0
        self.ended = not self.chunked and self.left == 0
        self.taken = 0

    def pieces(self):
        while not self.ended:
            piece = self.file.read(min(self.left, PIECE)) if self.left else self._next_chunk()
            if piece is None:
                return
            if not piece:
                raise ConnectionError("the body ended too early")
            self.left -= len(piece)
            self.taken += len(piece)
            if self.chunked and not self.left:
                self.file.readline()
            if not self.chunked and not self.left:
                self.ended = True
            yield piece

    def _next_chunk(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the body ended too early")
        self.left = int(line.split(b";")[0], 16)
        if self.left:
            return self.file.read(min(self.left, PIECE))
        self.ended = True
        while self.file.readline() not in (b"\r\n", b"\n", b""):
            pass
        return None

    def all(self, most):
        """All of it, or None when it is longer than allowed."""
        parts, count = [], 0
        for piece in self.pieces():
            count += len(piece)
            if count > most:
                return None
            parts.append(piece)
        return b"".join(parts)


class Handler(BaseHTTPRequestHandler):
    """One connection; `respond` is given each request's body and returns or throws an `Answer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rbufsize = PIECE

    def log_message(self, *_):
        pass

    def serve(self):
        self.body = Body(self.rfile, self.headers)
        try:
            answer = self.respond()
        except Answer as thrown:
            answer = thrown
        if answer is not None:
            self.send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def respond(self):
        raise NotImplementedError

    def send(self, answer):
        try:
            for _ in self.body.pieces():
                if self.body.taken > 64 << 20:
                    self.close_connection = True
                    break
        except (ConnectionError, ValueError):
            self.close_connection = True
        head = self.head(answer.status, answer.fields)
        names = {name.lower() for name, _ in answer.fields}
        if "content-length" not in names and answer.status not in (204, 304):
            head += f"Content-Length: {len(answer.body)}\r\n"
        if self.close_connection:
            head += "Connection: close\r\n"
        body = b"" if self.command == "HEAD" else answer.body
        self.wfile.write((head + "\r\n").encode("latin-1") + body)

    def head(self, status, fields):
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('',))[0]}", f"Date: {self.date_time_string()}"]
        return "\r\n".join(lines + [f"{name}: {value}" for name, value in fields]) + "\r\n"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler, host="127.0.0.1", **facts):
        super().__init__((host, 0), type(handler.__name__, (handler,), facts))

    def server_bind(self):
        # HTTPServer's own asks for the host's name, which may take long.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        pass

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 3600}, daemon=True).start()
        return self

    @property
    def address(self):
        return f"{self.server_address[0]}:{self.server_address[1]}"
