#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Asks all of app/bench's servers: client.py HOST BASE [zero-copy].  Prints TAP.

BASE is added to each port.  "zero-copy": no byte of a body may have been copied.
"""
import os
import re
import socket
import sys
import time

HOST, BASE = sys.argv[1], int(sys.argv[2])
LINES = b"".join(b"%07d\n" % at for at in range(0, 65536, 8))
MANY = 400                      # Connections at a time.
tests = []


def test(function):
    tests.append(function)
    return function


def stream(n):
    """The first 'n' bytes that the servers send."""
    return (LINES * (n // len(LINES) + 1))[:n]


def connect(port):
    return socket.create_connection((HOST, BASE + port), 60)


def receive(s, n):
    got = bytearray()
    while len(got) < n:
        part = s.recv(min(n - len(got), 1 << 18))
        if not part:
            break
        got += part
    return bytes(got)


class Web:
    """One connection to the web server."""

    def __init__(self):
        self.s = connect(8080)
        self.rest = b""

    def ask(self, text):
        self.s.sendall(text)

    def head(self):
        while b"\r\n\r\n" not in self.rest:
            part = self.s.recv(65536)
            if not part:
                raise EOFError(f"the answer ended at {self.rest!r}")
            self.rest += part
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return int(head[9:12]), head + b"\r\n"

    def answer(self):
        status, head = self.head()
        n = int(re.search(rb"Content-Length: (\d+)", head).group(1))
        body = self.rest[:n] + receive(self.s, n - len(self.rest[:n]))
        self.rest = self.rest[n:]
        return status, head, body

    def get(self, path):
        self.ask(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        status, _, body = self.answer()
        assert status == 200, f"{path}: status {status}"
        return body

    def ended(self):
        return not self.rest and not self.s.recv(1)


def usual(body):
    return len(body) == 256 and body[:255].strip(b"x") == b""


def counters():
    text = Web().get(".mir/counters").decode()
    return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines())}


@test
def udp_echo():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(60)
    s.connect((HOST, BASE + 7))
    for n in (1, 64, 255, 256, 257, 1472):
        data = os.urandom(n)
        s.send(data)
        assert s.recv(65536) == data, f"{n} bytes"
    for i in range(16):
        s.send(bytes([i]) * 64)
    assert sorted(s.recv(100)[0] for _ in range(16)) == list(range(16))


@test
def tcp_echo():
    data = os.urandom(1 << 17)
    with connect(7) as s:
        for _ in range(8):
            s.sendall(data)
            assert receive(s, len(data)) == data
        s.shutdown(socket.SHUT_WR)
        assert s.recv(1) == b"", "the end of the stream"


@test
def discard():
    with connect(9) as s:
        s.sendall(b"x" * 3000000)
        s.shutdown(socket.SHUT_WR)
        assert s.recv(1) == b""


@test
def stream_without_end():
    with connect(19) as s:
        assert receive(s, 3000000) == stream(3000000)


@test
def http_usual():
    w = Web()
    for path in ("", "index.html", "a/b/c?d", "12x"):
        assert usual(w.get(path)), path


@test
def http_by_length():
    w = Web()
    for n in (0, 1, 1460, 65535, 65536, 65537, 10000000):
        assert w.get(str(n)) == stream(n), f"{n} bytes"


@test
def http_far_more_than_memory():
    w = Web()
    w.ask(b"GET /3000000000 HTTP/1.1\r\nHost: x\r\n\r\n")
    status, head = w.head()
    assert status == 200 and b"Content-Length: 3000000000" in head
    assert receive(w.s, 1 << 20) == stream((1 << 20) + len(w.rest))[len(w.rest):]


@test
def http_pipelined():
    w = Web()
    w.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /70000 HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    for _ in range(20):
        assert usual(w.answer()[2])
        assert w.answer()[2] == stream(70000)


@test
def http_byte_by_byte():
    w = Web()
    for c in b"GET / HTTP/1.1\r\nHost: x\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyy\r\n\r\n":
        w.ask(bytes([c]))
    assert usual(w.answer()[2])


@test
def http_a_connection_each():
    for _ in range(50):
        w = Web()
        w.ask(b"GET / HTTP/1.0\r\n\r\n")
        assert usual(w.answer()[2]) and w.ended()


@test
def http_head():
    w = Web()
    for path, n in ((b"", b"256"), (b"1000", b"1000")):
        w.ask(b"HEAD /%s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        status, head = w.head()
        assert status == 200 and b"Content-Length: %s\r" % n in head and not w.rest


@test
def http_refusals():
    for text, want in ((b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405),
                       (b"GET / HTTP/1.1\r\n\r\n", 400), (b"nonsense\r\n\r\n", 400),
                       (b"GET / HTTP/1.1\nHost: x\n\n", 400),
                       (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 4000, 431)):
        w = Web()
        w.ask(text)
        status = w.answer()[0]
        assert status == want, f"{text[:30]}: status {status}"


@test
def many_connections():
    all_of_them = [Web() for _ in range(MANY)]
    for w in all_of_them:
        w.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    for w in all_of_them:
        assert usual(w.answer()[2])


@test
def nothing_is_kept():
    Web().get("")
    for _ in range(400):        # The ends of others take a while to come.
        left = counters()['pool_in_use{pool="bench connections"}']
        if left == 1:
            return
        time.sleep(0.05)
    assert left == 1, f"{left} connections"


@test
def nothing_is_copied():
    before = counters()
    with connect(19) as s:
        receive(s, 4000000)
    assert Web().get("4000000") == stream(4000000)
    with connect(9) as s:
        s.sendall(bytes(4000000))
        s.shutdown(socket.SHUT_WR)
        s.recv(1)
    after = counters()
    copied = sum(after[n] - before[n] for n in after if "copied_bytes" in n)
    # Acknowledgements are short frames, which a device may copy; a body of the three is more.
    assert "zero-copy" not in sys.argv or copied < 1000000, f"{copied} of 12000000 bytes"


def main():
    bad = 0
    for n, function in enumerate(tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {n} - {name}", flush=True)
        except (AssertionError, OSError, EOFError, KeyError) as e:
            bad = 1
            print(f"# {type(e).__name__}: {e}\nnot ok {n} - {name}", flush=True)
    sys.exit(bad)


main()
