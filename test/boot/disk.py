# SPDX-License-Identifier: ISC
"""Disks under QEMU: the image boot_disk fills one, in each shape that QEMU gives a disk, and what
is in the file then is looked at here."""
import json
import os
import re
import socket
import struct
import subprocess
import tempfile

import qemu

BYTES = 6 << 20
DEVICE = "virtio-blk-device,drive=d,"

# Name, QEMU's options of the drive and of the device, sector size, more options, words it must say.
SHAPES = (
    ("as-it-is", "discard=unmap", "", 512, (), "flush, discard"),
    ("legacy", "", "", 512, ("-global", "virtio-mmio.force-legacy=true"), "12288 sectors"),
    ("4096", "", "logical_block_size=4096,physical_block_size=8192", 4096, (), "physical 8192"),
    ("2048", "", "logical_block_size=2048,physical_block_size=2048", 4096, (), "sectors of 4096"),
    ("few-descriptors", "", "indirect_desc=off,queue-size=4", 512, (), "12288 sectors"),
    ("no-events", "", "event_idx=off,indirect_desc=off", 512, (), "12288 sectors"),
    ("small-discards", "discard=unmap", "max-discard-sectors=3", 512, (), "discard"),
    ("no-discard", "", "discard=off", 512, (), "flush$"),
    ("write-through", "cache=writethrough", "write-cache=off", 512, (), "12288 sectors"),
)


def options(path, drive, device, more=()):
    return ("--no-net", "--", "-drive", f"if=none,id=d,format=raw,file={path},{drive}".rstrip(","),
            "-device", (DEVICE + device).rstrip(","), *more)


def stamped(path, sector_size, words_unknown):
    """The reason why the file is not what the image has to leave there, or None."""
    with open(path, "rb") as f:
        data = f.read()
    for sector in range(len(data) // sector_size - words_unknown):
        at = sector * sector_size
        want = struct.pack(f"<{sector_size // 8}Q",
                           *(sector << 16 | i for i in range(0, sector_size, 8)))
        if data[at:at + sector_size] != want:
            return f"sector {sector} of the file is not what was written"
    return None


def judged(status, console, words):
    if status != 0:
        return f"ended with status {status}"
    if not re.search(words, console, re.MULTILINE):
        return f"its console does not say: {words}"
    return None if "Test result: SUCCESS" in console else "its verdict is not SUCCESS"


def shape(folder, path, name, drive, device, size, more, words):
    with open(path, "wb") as f:
        f.truncate(BYTES)
    status, console = qemu.run(qemu.image_of(folder, "boot_disk"),
                               *options(path, drive, device, more))
    return judged(status, console, words) or stamped(path, size, 8), console


def read_only(folder, path):
    with open(path, "wb") as f:
        f.truncate(BYTES)
    status, console = qemu.run(qemu.image_of(folder, "boot_disk"),
                               *options(path, "readonly=on", ""))
    return judged(status, console, "read-only"), console


def two(folder, path):
    """The first is the first of the line."""
    with open(path, "wb") as f, open(path + ".1", "wb") as g:
        f.truncate(BYTES)
        g.truncate(BYTES // 2)
    status, console = qemu.run(qemu.image_of(folder, "boot_disk"), "--no-net",
                               "--disk", path, "--disk", path + ".1")
    return judged(status, console, "disk: 12288 sectors") or stamped(path, 512, 8), console


def command(monitor, name, **arguments):
    monitor.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
    monitor.flush()
    while True:
        answer = json.loads(monitor.readline())
        if "return" in answer or "error" in answer:
            return answer


def resize(folder, path):
    """The file grows when the image says that it waits for that."""
    with open(path, "wb") as f:
        f.truncate(BYTES // 2)
    listener = path + ".monitor"
    p = subprocess.Popen(
        [qemu.RUN, "--quiet", "--timeout", "400", "--append", "resize=yes",
         qemu.image_of(folder, "boot_disk"),
         *options(path, "", "", ("-qmp", f"unix:{listener},server=on,wait=off"))],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    console = ""
    for line in p.stdout:
        console += line
        if "waits for another size" in line:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(100)
                s.connect(listener)
                monitor = s.makefile("rw", encoding="utf-8")
                monitor.readline()
                command(monitor, "qmp_capabilities")
                command(monitor, "block_resize", device="d", size=BYTES)
    return judged(p.wait(), console, "disk: 12288 sectors now") or stamped(path, 512, 8), console


def bench(folder, path):
    """diskbench by lines at the console, one of them senseless."""
    with open(path, "wb") as f:
        f.truncate(BYTES)
    text = ("op=write verify=yes depth=32 seconds=1\n"
            "op=read verify=yes pattern=sequential bs=64k depth=200 seconds=1\n"
            "op=erase\npoweroff\n")
    status, console = qemu.run(qemu.image_of(folder, "diskbench"), "--no-net", "--disk", path,
                               prompt="diskbench: ready", text=text)
    if status != 0:
        return f"ended with status {status}", console
    # Of the second run some blocks were never written.
    for words in (r"op=write .*depth=32 requests=[1-9]\d+ errors=0 .*wrong=0 .*p99_us=[1-9]",
                  r"op=read pattern=sequential bs=65536 depth=200 requests=[1-9]\d+ errors=0",
                  "failed: .*bad value 'erase'"):
        if not re.search(words, console):
            return f"its console does not say: {words}", console
    return None, console


def tests(report, folder):
    with tempfile.TemporaryDirectory() as temp:
        path = os.path.join(temp, "disk")
        for one in SHAPES:
            report.attempt(f"disk/{one[0]}", shape, folder, path, *one)
        report.attempt("disk/read-only", read_only, folder, path)
        report.attempt("disk/two", two, folder, path)
        report.attempt("disk/resize", resize, folder, path)
        report.attempt("disk/diskbench", bench, folder, path)
