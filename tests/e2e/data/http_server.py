"""A server for the tests of `http` and `wait_for`: good answers and all kinds of bad ones, by path. Prints its port when it
listens. With an argument, a file with a key and a certificate, it speaks TLS; a name that ends with .sock is the path of its socket."""
import gzip
import json
import socket
import socketserver
import ssl
import sys
import time
import urllib.parse

counts = {}


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        # As many requests as come: connections are used again.
        while self.one_request():
            pass

    def one_request(self):
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) < 2:
            return False
        self.method, self.path = line[0], line[1]
        self.headers = {}
        while (header := self.rfile.readline(65536).decode("latin-1").strip()) != "":
            name, value = header.split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        counts[self.path] = counts.get(self.path, 0) + 1
        name = self.path.strip("/").split("/")[0].split("?")[0] if self.path.startswith("/") else "proxied"
        return getattr(self, "do_" + (name or "ok"), self.do_missing)() is None

    def send(self, status, body=b"", *headers):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + (b"" if self.method == "HEAD" else body))

    def do_missing(self):
        self.send("404 Not Found", b'{"error": "no such thing"}', "Content-Type: application/json")

    def do_ok(self):
        self.send("200 OK", b"fine\n", "Content-Type: text/plain")

    def do_json(self):
        text = b'{"status": "up", "items": [{"name": "a", "count": 1.5}], "none": null}'
        self.send("200 OK", text, "Content-Type: application/json")

    def do_echo(self):
        told = {"method": self.method, "path": self.path, "headers": self.headers, "body": self.body.decode("latin-1")}
        self.send("200 OK", json.dumps(told).encode())

    def do_login(self):
        self.send("200 OK", b"", "Set-Cookie: sid=7; Path=/", "Set-Cookie: other=a, b; Path=/elsewhere")

    def do_token(self):
        user = json.loads(self.body)
        if user["password"] != "a secret":
            return self.send("401 Unauthorized", b'{"error": "wrong password"}')
        self.send("200 OK", b'{"token": "of-%s"}' % user["user"].encode())

    def do_orders(self):
        """Only with the token of ann: POST makes the order 1, GET shows an order of article 7."""
        if self.headers.get("authorization") != "Bearer of-ann":
            self.send("401 Unauthorized")
        elif self.method == "POST":
            self.send("201 Created", self.body, "Location: /orders/1")
        else:
            self.send("200 OK", b'{"article": 7}')

    def do_twice(self):
        self.send("200 OK", b"", "X-Many: a", "x-many:  b ", "X-EMPTY:")

    def do_status(self):
        self.send(self.path.split("/")[2] + " Some Reason", b"because")

    def do_number(self):
        self.send("200 OK", b'{"id": %s}' % self.path.split("/")[2].encode(), "Content-Type: application/json")

    def do_third(self):
        """The third request is answered well."""
        self.send("200 OK" if counts[self.path] > 2 else "503 Service Unavailable", b"%d" % counts[self.path])

    def do_to(self):
        self.send("302 Found", b"a body that nobody wants", "Location: " + self.path.removeprefix("/to/"))

    def do_loop(self):
        self.send("302 Found", b"", "Location: /loop")

    def do_gzip(self):
        self.send("200 OK", gzip.compress(b"squeezed"), "Content-Encoding: gzip")

    def do_bomb(self):
        self.send("200 OK", gzip.compress(b"\0" * (64 << 20)), "Content-Encoding: gzip")

    def do_badgzip(self):
        self.send("200 OK", b"this is not gzip", "Content-Encoding: gzip")

    def do_big(self):
        self.send("200 OK", b"x" * ((1 << 20) + 1))

    def do_full(self):
        self.send("200 OK", b"x" * (1 << 20))

    def do_bytes(self):
        self.send("200 OK", b"\xff\0\x1b[31m")

    def do_never(self):
        time.sleep(600)

    def do_drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def do_cut(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
        return False

    def do_chunk(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nonly \r\n")
        return False

    def do_reset(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return False

    def do_empty(self):
        return False

    def do_garbage(self):
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n" * 3)
        return False

    def do_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    def do_raw(self):
        """Exactly the bytes that the path spells, and the end of the connection."""
        self.wfile.write(urllib.parse.unquote_to_bytes(self.path.removeprefix("/raw/")))
        return False

    def do_line(self):
        """A header, or the status line itself, longer than libcurl allows."""
        long = b"x" * 150_000
        first = b"HTTP/1.1 200 " + long if self.path.endswith("/status") else b"HTTP/1.1 200 OK\r\nX-Long: " + long
        self.wfile.write(first + b"\r\nContent-Length: 0\r\n\r\n")

    def do_many(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d:\r\n" % i for i in range(4000)))
        self.wfile.write(b"Content-Length: 0\r\n\r\n")

    def do_chunks(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    def do_continue(self):
        while True:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def do_proxied(self):
        """What is asked with a whole URL, or CONNECT, comes to a proxy."""
        if self.method == "CONNECT":
            self.send("403 Forbidden")
            return False
        self.send("200 OK", b"by the proxy: " + self.path.encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256

    def get_request(self):
        connection, address = super().get_request()
        if len(sys.argv) > 1:
            connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, address):
        pass  # clients that go away are the point of some tests


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if len(sys.argv) > 1 and sys.argv[1].endswith(".sock"):
    with SocketServer(sys.argv[1], Handler) as server:
        print("listening", flush=True)
        server.serve_forever()
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
