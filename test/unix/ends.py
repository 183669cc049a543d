#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A program whose input or output ended, or that nobody reads: test/unix/ends.py CASE PROGRAM...

CASE input: standard input is a pipe that nobody writes to any more.  output: standard output is a
socket whose other end is closed.  stall: a terminal that stops reading in the middle of much text;
the program has to echo its input.  In each the program has to sleep, and to end in order on SIGTERM.
"""
import os
import pty
import socket
import subprocess
import sys
import time
import tty

CHUNK = b"x" * 60 + b"\n"


def processor_time(pid):
    """User and system time in ticks: see proc(5)."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return int(words[11]) + int(words[12])


def system_call(pid):
    """The number of the one that the process sleeps in; 1 is write."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as f:
        return f.read().split()[0]


def with_input_ended(program):
    end, writer = os.pipe()
    os.close(writer)
    return subprocess.Popen(program, stdin=end, stdout=subprocess.DEVNULL), None


def with_output_ended(program):
    mine, theirs = socket.socketpair()
    p = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=theirs)
    theirs.close()
    time.sleep(0.5)
    mine.recv(1 << 16)
    mine.close()
    return p, None


def with_stalled_terminal(program):
    master, terminal = pty.openpty()
    tty.setraw(terminal)
    p = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=terminal)
    os.close(terminal)
    os.set_blocking(p.stdin.fileno(), False)
    for _ in range(3000):
        try:
            os.write(p.stdin.fileno(), CHUNK)
        except BlockingIOError:
            time.sleep(0.001)
    time.sleep(0.3)
    for _ in range(40):  # In small steps: some time there is less room than its next write fills.
        os.read(master, 500)
        time.sleep(0.05)
        if system_call(p.pid) == "1":
            break
    return p, master


CASES = {"input": with_input_ended, "output": with_output_ended, "stall": with_stalled_terminal}


def ticks_in_two_seconds(pid):
    before = processor_time(pid)
    time.sleep(2)
    return processor_time(pid) - before


def main():
    p, _kept_open = CASES[sys.argv[1]](sys.argv[2:])
    time.sleep(0.7)
    # A program that spins does so all of the time; one that begins does for some of it.
    ticks = ticks_in_two_seconds(p.pid)
    if ticks > 10:
        ticks = ticks_in_two_seconds(p.pid)
    p.terminate()
    try:
        status = p.wait(30)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
        status = "none: it hangs"
    print(f"{ticks} ticks in two seconds, status {status}")
    sys.exit(ticks > 10 or status != 0)


main()
