# SPDX-License-Identifier: ISC
"""What scapy sees on a tap, for the tests here: no time is guessed, but for how long silence is."""
import threading
import time

from scapy.all import AsyncSniffer

PATIENCE = 30                   # Seconds; a busy machine is slow.


class Capture:
    """Packets that 'wanted' is true of, while the block runs."""

    def __init__(self, tap, wanted):
        self.packets, self._ready = [], threading.Event()
        self._sniffer = AsyncSniffer(iface=tap, lfilter=wanted, prn=self.packets.append,
                                     store=False, started_callback=self._ready.set)

    def __enter__(self):
        self._sniffer.start()
        assert self._ready.wait(PATIENCE), "scapy does not begin"
        return self

    def __exit__(self, *why):
        self._sniffer.stop()

    def until(self, condition, seconds=PATIENCE):
        """Waits until that is true of the packets; whether it is."""
        return until(lambda: condition(self.packets), seconds)


def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (good := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return good
