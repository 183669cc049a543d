#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Asks notes as a client does: test/notes/client.py HOST:PORT [NAME].  Prints TAP.

It starts from an empty store, and leaves /kept there, of which "client.py HOST:PORT NAME again" sees
that it is the same after a restart."""

import http.client
import json
import socket
import sys
import threading

WHERE, WORLD = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "notes"
count = failed = 0
KEPT = bytes(range(256)) * 400


def ask(method, target, body=None, to=None, **fields):
    """Status, header fields and body."""
    c = to or http.client.HTTPConnection(WHERE, timeout=20)
    c.request(method, target, body, {k.replace("_", "-"): v for k, v in fields.items()})
    r = c.getresponse()
    return r.status, r.headers, r.read()


def check(name, got, want):
    global count, failed
    count += 1
    if got == want:
        print(f"ok {count} - {WORLD}: {name}")
        return
    failed += 1
    print(f"# got {got!r}\n# want {want!r}"[:900])
    print(f"not ok {count} - {WORLD}: {name}")


def talk(text):
    """Bytes over a connection of their own, whose end we close; all that comes back."""
    host, port = WHERE.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 20) as s:
        s.sendall(text)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while piece := s.recv(65536):
            got += piece
    return got


def documents():
    status, fields, body = ask("GET", "/", Accept="application/json")
    return {d["name"]: d["id"] for d in json.loads(body)["documents"]}


def puts_and_gets():
    status, fields, body = ask("PUT", "/a/b%C3%A4", b"one")
    tag = fields["ETag"]
    check("a new document is 201, and its tag git's name for it",
          (status, tag), (201, '"43dd47ea691c90a5fa7827892c70241913351963"'))
    check("it is there", ask("GET", "/a/b%C3%A4")[2], b"one")
    check("the same tag: 304", ask("GET", "/a/b%C3%A4", If_None_Match=tag)[::2], (304, b""))
    check("another one in its place is 204", ask("PUT", "/a/b%C3%A4", b"two")[0], 204)
    check("an update of what isn't there any more is 412",
          ask("PUT", "/a/b%C3%A4", b"three", If_Match=tag)[0], 412)
    check("If-None-Match: * keeps what is there",
          ask("PUT", "/a/b%C3%A4", b"three", If_None_Match="*")[0], 412)
    check("in chunks", ask("PUT", "/chunks", iter([b"x" * 70000, b"y" * 5]))[0], 201)
    check("they are put together", ask("GET", "/chunks")[2], b"x" * 70000 + b"y" * 5)
    check("any bytes", ask("PUT", "/kept", KEPT)[0], 201)
    check("a part of them", ask("GET", "/kept", Range="bytes=256-258")[::2], (206, b"\0\1\2"))
    check("the list", sorted(documents()), ["a/bä", "chunks", "kept"])
    check("of a folder, as text", ask("GET", "/a/?format=text")[2].decode(), "a/bä\n")


def refusals():
    check("POST is 405, and Allow says what isn't",
          [ask("POST", "/x", b"x")[i] for i in (0,)] + [ask("POST", "/x", b"x")[1]["Allow"]],
          [405, "GET, HEAD, PUT, DELETE"])
    check("nothing is 404", [ask(m, "/x")[0] for m in ("GET", "HEAD", "DELETE")], [404] * 3)
    check("no name is 405", ask("PUT", "/", b"x")[0], 405)
    check("no UTF-8 is 400", ask("PUT", "/%ff", b"x")[0], 400)
    check("too large is 413", talk(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n"
                                   b"Expect: 100-continue\r\n\r\n").split()[1], b"413")
    check("too large in chunks, too", talk(b"PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                           b"chunked\r\n\r\nfffffff\r\n").split()[1], b"413")
    check("a body cut off is no document",
          (talk(b"PUT /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"),
           ask("GET", "/cut")[0]), (b"", 404))


def connections():
    c = http.client.HTTPConnection(WHERE, timeout=20)
    check("many on one connection",
          [ask("PUT", f"/k/{i}", b"k" * i, c)[0] for i in range(20)], [201] * 20)
    one = b"PUT /p/%d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n%d"
    got = talk(b"".join(one % (i, i) for i in range(9)) + b"GET /p/8 HTTP/1.1\r\nHost: x\r\n\r\n")
    check("pipelined behind bodies", (got.count(b" 201 Created\r\n"), got[-5:]), (9, b"\r\n\r\n8"[-5:]))
    got = talk(b"PUT /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx")
    check("leave is given to who asks", got.split(b"\r\n")[0], b"HTTP/1.1 100 Continue")


def histories():
    ask("PUT", "/h?message=first%20words", b"1")
    version = ask("PUT", "/h", b"22")[1]["Version"]
    ask("DELETE", "/h")
    status, fields, body = ask("GET", "/history/h?format=json")
    h = json.loads(body)
    check("the history of a document, newest first",
          [e["message"] for e in h["history"]], ["remove h", "put h", "first words"])
    check("an old version", ask("GET", "/h?at=" + h["history"][2]["id"])[2], b"1")
    check("the one that its answer named", ask("GET", "/h?at=" + version)[2], b"22")
    seen, at, pages = [], "", 0
    while at is not None and pages < 100:
        page = json.loads(ask("GET", f"/history?format=json&limit=7{at and '&at=' + at}")[2])
        seen += [e["id"] for e in page["history"]]
        at, pages = page["next"], pages + 1
    check("the history of all, page by page", (len(seen), len(set(seen))), (len(seen), len(seen)))
    text = ask("GET", "/history?limit=1000")[2].decode().splitlines()
    check("the same as text", [line.split()[0] for line in text], seen)


def clients_at_once():
    """Of 16 that count in one document by conditional updates, each addition is there."""
    ask("PUT", "/sum", b"0")
    refused = []

    def add():
        c = http.client.HTTPConnection(WHERE, timeout=60)
        for _ in range(5):
            status = 0
            while status != 204:
                _, fields, body = ask("GET", "/sum", to=c)
                status, _, why = ask("PUT", "/sum", b"%d" % (int(body) + 1), c,
                                     If_Match=fields["ETag"])
                if status not in (204, 412):
                    refused.append((status, why))
                    return

    threads = [threading.Thread(target=add) for _ in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("16 clients' conditional updates are all there",
          (refused, ask("GET", "/sum")[2]), ([], b"80"))


def again():
    check("what was kept is there after a restart", ask("GET", "/kept")[2] == KEPT, True)
    check("and the list", {"a/bä", "chunks", "kept", "sum"} <= set(documents()), True)


if sys.argv[3:] == ["again"]:
    again()
else:
    check("an empty list", ask("GET", "/")[::2], (200, b""))
    puts_and_gets()
    refusals()
    connections()
    histories()
    clients_at_once()
print(f"1..{count}")
sys.exit(failed > 0)
