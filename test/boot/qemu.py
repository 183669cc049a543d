# SPDX-License-Identifier: ISC
"""Images under QEMU, for the test runners and benchmarks: start, stop, ask for a page."""
import http.client
import os
import selectors
import signal
import socket
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN = os.path.join(TOP, "scripts", "run-qemu")
TIME_LIMIT = 400                # Seconds; a busy machine is slow.

# Names of machines that differ from the usual one, and QEMU's options for them.
MACHINES = (("acpi-off", "-M", "acpi=off"), ("one-ioapic", "-M", "ioapic2=off"),
            ("legacy-virtio", "-global", "virtio-mmio.force-legacy=true"),
            ("small-cpu", "-cpu", "qemu64"), ("no-pit", "-M", "pit=off"))


def image_of(folder, app):
    path = os.path.join(folder, f"mir-{app}.xen")
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path} is missing: make images O=... builds it")
    return path


def run(image, *options, prompt=None, text=""):
    """(status, console text) of a machine that ends by itself.  When it says 'prompt', 'text' is
    typed in: what comes before the serial port was set up would be lost."""
    p = subprocess.Popen([RUN, "--quiet", "--timeout", str(TIME_LIMIT), image, *options],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    console = b""
    while prompt and prompt.encode() not in console:
        got = p.stdout.read1()
        if not got:
            break
        console += got
    rest, _ = p.communicate(text.encode())
    return p.returncode, (console + rest).decode(errors="replace").replace("\r", "")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Guest:
    """A web server's machine on QEMU's user network; its port 80 is 'port' here."""

    def __init__(self, image, *options, log=None):
        self.port = free_port()
        self.log = log or os.devnull
        self.started = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [RUN, "--quiet", "--timeout", str(TIME_LIMIT), "--port", str(self.port), image,
                 *options], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def console(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read().replace("\r", "")

    def connect(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def first_answer(self, limit=100):
        """Seconds from the start of QEMU to the first answer.  A connection made before the guest
        listens is not noticed by it, so that a new one is tried every other millisecond."""
        pending = selectors.DefaultSelector()
        end = self.started + limit
        try:
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    raise RuntimeError("the machine ended:\n" + self.console())
                if len(pending.get_map()) < 200:
                    self._ask(pending)
                for key, events in pending.select(0.002):
                    if self._step(pending, key, events):
                        return time.monotonic() - self.started
        finally:
            for key in list(pending.get_map().values()):
                key.fileobj.close()
            pending.close()
        raise TimeoutError(f"no answer within {limit} s:\n" + self.console())

    def _ask(self, pending):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", self.port))
        pending.register(s, selectors.EVENT_WRITE)

    @staticmethod
    def _step(pending, key, events):
        """Sends the request, or reads the answer: true when it is a good one."""
        s = key.fileobj
        try:
            if events & selectors.EVENT_WRITE:
                s.send(b"GET / HTTP/1.1\r\nHost: mir\r\nConnection: close\r\n\r\n")
                pending.modify(s, selectors.EVENT_READ)
                return False
            if s.recv(16).startswith(b"HTTP/1.1 200"):
                return True
        except OSError:
            pass
        pending.unregister(s)
        s.close()
        return False
