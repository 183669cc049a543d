# SPDX-License-Identifier: ISC
"""The web server under QEMU, asked by real clients over QEMU's user network."""
import concurrent.futures
import http.client
import os
import tempfile
import urllib.parse

import qemu

ROUNDS = 400                    # Requests of the tests with many.
MEMORY_SIZES = (5, 6)           # MiB.
AT_ONCE = 20                    # Connections of the same.


def files_of(site):
    """(path of the URL, content) of each file of the folder that was baked in."""
    found = []
    for folder, _, names in os.walk(site):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found.append(("/" + urllib.parse.quote(os.path.relpath(path, site)), f.read()))
    return sorted(found)


def get(connection, path, **headers):
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


def wrong(answer, body, want):
    if answer.status != 200:
        return f"status {answer.status}"
    if body != want:
        return f"{len(body)} bytes that are not the file's {len(want)}"
    return None


def each_file(guest, files):
    """Every file by a connection of its own."""
    for path, want in files:
        connection = guest.connect()
        why = wrong(*get(connection, path), want)
        connection.close()
        if why:
            return f"{path}: {why}"
    return None if files else "the site has no files"


def keep_alive(guest, files):
    """Every file, several times, by one connection."""
    connection = guest.connect()
    get(connection, "/")
    port = connection.sock.getsockname()[1]
    for path, want in files * 3:
        why = wrong(*get(connection, path), want)
        if why:
            return f"{path}: {why}"
    same = connection.sock and connection.sock.getsockname()[1] == port
    return None if same else "the server closed a connection that was to be kept"


def many(guest, files):
    """Many requests, several at a time."""
    def one(n):
        path, want = files[n % len(files)]
        connection = guest.connect(200)
        try:
            why = wrong(*get(connection, path), want)
            return f"{path}: {why}" if why else None
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: {error!r}"
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        bad = [why for why in pool.map(one, range(ROUNDS)) if why]
    return f"{len(bad)} of {ROUNDS} failed, first {bad[0]}" if bad else None


def not_found(guest, _):
    answer, _ = get(guest.connect(), "/no/such/file")
    return None if answer.status == 404 else f"status {answer.status}, want 404"


def unmodified(guest, _):
    connection = guest.connect()
    answer, _ = get(connection, "/")
    etag = answer.getheader("ETag")
    if not etag:
        return "no ETag"
    answer, body = get(connection, "/", **{"If-None-Match": etag})
    return None if answer.status == 304 and not body else f"status {answer.status}, want 304"


def one_range(guest, files):
    path, content = max(files, key=lambda f: len(f[1]))
    answer, body = get(guest.connect(), path, Range="bytes=100-199")
    if answer.status != 206 or body != content[100:200]:
        return f"status {answer.status}, {len(body)} bytes, want 206 with 100"
    return None


TESTS = (each_file, keep_alive, many, not_found, unmodified, one_range)


def serve(guest, test, files):
    why = test(guest, files)
    return why, guest.console() if why else ""


def elsewhere(image, files, *options):
    """On another machine: it comes up, and gives each file."""
    with tempfile.NamedTemporaryFile() as log:
        with qemu.Guest(image, *options, log=log.name) as guest:
            guest.first_answer()
            return serve(guest, each_file, files)


def usual_machine(report, image, files):
    """One machine for all of them; each leaves it serving."""
    with tempfile.NamedTemporaryFile() as log:
        try:
            with qemu.Guest(image, log=log.name) as guest:
                took = guest.first_answer()
                report.result("www/start")
                print(f"# first answer {took * 1000:.0f} ms after QEMU's start")
                for test in TESTS:
                    report.attempt("www/" + test.__name__, serve, guest, test, files)
                report.attempt("www/still_there", serve, guest, not_found, files)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            report.result("www", str(error))


def tests(report, folder):
    """The server on each kind of machine, and with little memory."""
    if not report.wants("www/"):
        return
    try:
        image = qemu.image_of(folder, "www")
    except OSError as error:
        report.result("www", str(error))
        return
    files = files_of(os.path.join(folder, "site"))
    usual_machine(report, image, files)
    for name, *options in qemu.MACHINES:
        report.attempt(f"www/{name}", elsewhere, image, files, "--", *options)
    for mib in MEMORY_SIZES:
        report.attempt(f"www/{mib}M", elsewhere, image, files, "--memory", str(mib))
