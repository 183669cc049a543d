#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The ARP table in a git repository, judged by git and a capture: test/unix/arpgit.py TAP FOLDER
PROGRAM...

Run where TAP is this machine's end of the link, 10.9.0.1; the program has 10.9.0.2.  Scapy plays
neighbours, whose every word is in the capture.  Each commit must stand for a packet, and each
packet for a commit; what git changes must change where packets go.  LONG=1: also an entry that
nobody uses, which takes a minute.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

from scapy.all import ARP, Ether, ICMP, IP, conf, sendp

import capture

US = "10.9.0.2"
tap, folder = sys.argv[1:3]
store, clone = folder + "/store", folder + "/clone"
os.environ.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="Tester",
                  GIT_AUTHOR_EMAIL="t@localhost", GIT_COMMITTER_NAME="Tester",
                  GIT_COMMITTER_EMAIL="t@localhost")
failed = []
conf.verb = 0
Event = collections.namedtuple("Event", "commit verb ip mac text")


def check(what, good, *details):
    print("ok" if good else "NOT OK", "-", what, *(() if good else details), flush=True)
    if not good:
        failed.append(what)


def git(*words, cwd=store):
    return subprocess.run(["git", *words], cwd=cwd, stdout=subprocess.PIPE, check=True,
                          timeout=60, text=True).stdout


def until(what, condition, seconds=capture.PATIENCE):
    good = capture.until(condition, seconds)
    check(what, good)
    return good


def counters():
    with urllib.request.urlopen(f"http://{US}/.mir/counters", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return {w[0]: int(w[1]) for w in words if len(w) == 2 and w[1].isdigit()}


def host(n):
    return f"10.9.0.{n}", f"02:00:00:00:01:{n:02x}"


def ask(n, mac=None):
    """A neighbour asks for the program, and is thereby known to it."""
    ip, own = host(n)
    sendp(Ether(src=mac or own, dst="ff:ff:ff:ff:ff:ff") /
          ARP(op=1, hwsrc=mac or own, psrc=ip, pdst=US), iface=tap)


def log():
    """What git knows of the table, oldest first."""
    events = []
    if not os.path.exists(store) or not git("branch", "--list", "arp"):
        return events
    for line in git("log", "--reverse", "--format=%H %s", "arp").splitlines():
        commit, text = line.split(" ", 1)
        m = re.fullmatch(r"(learned|confirmed|moved|expired) ([\d.]+) .*?([0-9a-f:]{17})", text)
        events.append(Event(commit, *(m.groups() if m else (None, None, None)), text))
    return events


def said(verb, ip, mac=None):
    return [e for e in log() if e.verb == verb and e.ip == ip and mac in (None, e.mac)]


def echo_goes_to(ip, program_mac):
    """Sends an echo request as 'ip'; the hardware address that the answer goes to, and whether the
    program had to ask for it."""
    def is_reply(p):
        return ICMP in p and p[IP].dst == ip

    def is_question(p):
        return ARP in p and p[ARP].pdst == ip

    with capture.Capture(tap, lambda p: p.src == program_mac) as heard:
        sendp(Ether(src="02:00:00:00:02:00", dst=program_mac) / IP(src=ip, dst=US) / ICMP(id=7),
              iface=tap)
        heard.until(lambda ps: any(is_reply(p) or is_question(p) for p in ps))
        to = [p.dst for p in heard.packets if is_reply(p)]
        return (to[0] if to else None), any(map(is_question, heard.packets))


def push(message, files=(), gone=()):
    """A commit from outside; git's own merge brings it on top of what came meanwhile."""
    for name, text in files:
        with open(f"{clone}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    for name in gone:
        os.remove(f"{clone}/{name}")
    git("add", "-A", cwd=clone)
    git("commit", "-qm", message, cwd=clone)
    for _ in range(20):
        git("pull", "-q", "--rebase", cwd=clone)
        try:
            git("push", "-q", cwd=clone)
            return
        except subprocess.CalledProcessError:
            continue
    check(f"{message} is pushed", False)


def known_at_once():
    """This machine spoke before the store was open."""
    with open(f"/sys/class/net/{tap}/address", encoding="ascii") as f:
        mine = f.read().strip()
    until("who spoke first is in the history", lambda: said("learned", "10.9.0.1", mine))


def neighbours():
    """Some live, some fall silent, one moves."""
    for n in range(50, 58):
        ask(n)
    for n in (50, 50, 55):
        ask(n)
    time.sleep(2.3)			# An entry is not doubted for two seconds.
    ask(52, "02:00:00:00:09:52")	# Its owner is asked, and says nothing.

    def goes_on_elsewhere():		# That of this one neither; but the other goes on.
        ask(51, "02:00:00:00:09:51")
        time.sleep(0.5)
        return said("moved", "10.9.0.51", "02:00:00:00:09:51")
    until("an entry has moved", goes_on_elsewhere)
    until("an entry has expired", lambda: said("expired", "10.9.0.52"))


def matches(heard, program_mac):
    """The log against the capture."""
    events, spoke = log(), [p for p in heard if ARP in p and p[ARP].hwsrc != program_mac]
    wrong = []
    for e in events:
        if e.verb not in ("learned", "confirmed", "moved"):
            continue
        value = git("show", f"{e.commit}:vif0/{e.ip}")
        when = float(re.search(r"confirmed ([\d.]+)", value).group(1))
        # It came before, but for two clocks' reading; on a busy machine some time before.
        if not any(p[ARP].psrc == e.ip and p[ARP].hwsrc == e.mac and -0.25 < when - float(p.time) < 5
                   for p in spoke) or f"mac {e.mac}\n" not in value:
            wrong.append(e.text)
    check("each commit stands for a packet of that neighbour at that time", not wrong, wrong)
    for n in (*range(50, 51), *range(53, 58)):
        ip, mac = host(n)
        packets = sum(p[ARP].psrc == ip and p[ARP].hwsrc == mac for p in spoke)
        commits = len(said("learned", ip, mac) + said("confirmed", ip, mac))
        check(f"{ip}: as many commits as packets", packets == commits, packets, commits)
    asked = [p for p in heard if ARP in p and p[ARP].hwsrc == program_mac and p[ARP].op == 1 and
             p[ARP].pdst == "10.9.0.52"]
    check("before it expired it was asked for four times", len(asked) == 4, len(asked))


def from_outside(program_mac):
    git("clone", "-q", store, clone, cwd=folder)
    check("a clone has the same tree", git("rev-parse", "HEAD^{tree}", cwd=clone) ==
          git("rev-parse", "arp^{tree}"))
    new = "02:00:00:00:07:07"
    to, asked = echo_goes_to("10.9.0.50", program_mac)
    check("an answer goes to the neighbour", to == host(50)[1] and not asked, to)
    push("other hardware", [("vif0/10.9.0.50", f"mac {new}\n")])
    until("a changed value sends packets elsewhere",
          lambda: echo_goes_to("10.9.0.50", program_mac)[0] == new)
    push("a new neighbour", [("vif0/10.9.0.70", f"mac {new}\n")])
    until("a new value is a new entry",
          lambda: echo_goes_to("10.9.0.70", program_mac) == (new, False))
    push("a neighbour goes", gone=["vif0/10.9.0.53"])
    until("a removed value is forgotten: it is asked for",
          lambda: echo_goes_to("10.9.0.53", program_mac) == (None, True))


def nonsense(program_mac):
    before = counters()["arp_history_refused"]
    bad = [("10.9.0.61", "rubbish\n"), ("10.9.0.62", "mac ff:ff:ff:ff:ff:ff\n"), ("10.9.0.63", ""),
           ("192.0.2.1", "mac 02:00:00:00:07:08\n"), (US, "mac 02:00:00:00:07:08\n"),
           ("10.9.0.255", "mac 02:00:00:00:07:08\n"), ("010.9.0.64", "mac 02:00:00:00:07:08\n"),
           ("10.9.0.65", "mac 02:00:00:00:07\n"), ("words", "mac 02:00:00:00:07:08\n"),
           ("10.9.0.66", "mac 02:00:00:00:07:08" * 10000)]
    push("nonsense, and one that is none",
         [(f"vif0/{name}", text) for name, text in bad + [("10.9.0.71", "mac 02:00:00:00:07:09\n")]])
    until("each senseless value is refused, and counted",
          lambda: counters()["arp_history_refused"] == before + len(bad))
    check("the one between them is taken",
          echo_goes_to("10.9.0.71", program_mac) == ("02:00:00:00:07:09", False))
    check("a refused one is not known", echo_goes_to("10.9.0.65", program_mac) == (None, True))


def goes_on():
    git("gc", "-q")
    ask(58)
    until("after git gc the history goes on", lambda: said("learned", "10.9.0.58"))
    if os.environ.get("LONG"):
        until("what nobody uses has expired", lambda: any(
            "not used" in e.text for e in said("expired", "10.9.0.58")), 120)
    seen = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=store, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True)
    check("git fsck finds nothing", seen.returncode == 0 and not seen.stdout, seen.stdout)
    c = counters()
    check("nothing was dropped or failed", c["arp_history_dropped"] == 0 and
          c["arp_history_failed"] == 0 and c["hostgit_errors"] == 0)
    check("a commit each", c["arp_history_commits"] > 14)


def again():
    """Another run finds what the one before left, and says so."""
    with subprocess.Popen(sys.argv[3:] + [f"store={store}"], stdin=subprocess.DEVNULL) as process:
        until("another run begins with an empty table", lambda: any(
            e.text == "the table at the start" for e in log()))
        ask(59)
        until("and goes on with the same history", lambda: said("learned", "10.9.0.59"))
        check("nothing of the run before is left", "10.9.0.58" not in git("ls-tree", "-r", "arp"))
        process.terminate()
        process.wait(capture.PATIENCE)


def main():
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with capture.Capture(tap, lambda p: ARP in p) as heard, \
            subprocess.Popen(sys.argv[3:] + [f"store={store}"], stdin=subprocess.DEVNULL) as process:
        try:
            until("it serves", lambda: subprocess.run(
                ["curl", "-sf", "-m", "2", "-o", "/dev/null", f"http://{US}/"], check=False).returncode == 0)
            known_at_once()
            neighbours()
            packets = list(heard.packets)
            program_mac = next(p.src for p in packets if p[ARP].psrc == US)
            matches(packets, program_mac)
            from_outside(program_mac)
            nonsense(program_mac)
            goes_on()
            print(git("log", "--format=%h %cd %an: %s", "--date=iso", "arp"))
        finally:
            process.terminate()
            check("it ends in order", process.wait(capture.PATIENCE) == 0)
    again()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
