#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""IPv6 judged by others: test/unix/ipv6.py TAP PROGRAM...

Run where TAP is this machine's end of the link.  Scapy plays the router, and sends what no kernel
would; ping and curl do what users do.  The program, a web server, has to answer as the RFCs want and
to count what it drops.
"""
import subprocess
import sys
import urllib.request

from scapy.all import (Ether, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6MLReport2,
                       ICMPv6MLQuery2, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_Redirect,
                       ICMPv6DestUnreach, ICMPv6NDOptDstLLAddr, ICMPv6NDOptMTU,
                       ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr, ICMPv6ParamProblem, IPv6,
                       IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                       IPv6ExtHdrRouting, PadN, RouterAlert, Raw, UDP, TCP, conf,
                       fragment6, get_if_hwaddr, sendp)
from scapy.layers.inet6 import HBHOptUnknown

from capture import Capture, PATIENCE, until

PREFIX, ROUTER = "fd00:1::", "fe80::1"
SILENCE = 0.5                   # Seconds in which nothing that is wrong has come.
tap = sys.argv[1]
my_mac = get_if_hwaddr(tap)
failed = []
conf.verb = 0


def check(what, good):
    print("ok" if good else "NOT OK", "-", what, flush=True)
    if not good:
        failed.append(what)


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=20, text=True)


def counters(addr):
    with urllib.request.urlopen(f"http://[{addr}]/.mir/counters", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return {w[0]: int(w[1]) for w in words if len(w) >= 2 and w[1].isdigit()}


def advertise():
    """What radvd would say."""
    sendp(Ether(src=my_mac, dst="33:33:00:00:00:01") / IPv6(src=ROUTER, dst="ff02::1", hlim=255) /
          ICMPv6ND_RA(routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr=my_mac) /
          ICMPv6NDOptMTU(mtu=1500) /
          ICMPv6NDOptPrefixInfo(prefix=PREFIX, prefixlen=64, L=1, A=1, validlifetime=7200,
                                preferredlifetime=3600), iface=tap)


def from_mac(mac):
    b = [int(x, 16) for x in mac.split(":")]
    return f"{PREFIX}{(b[0] ^ 2) << 8 | b[1]:x}:{b[2] << 8 | 0xff:x}:{0xfe00 | b[3]:x}:" \
        f"{b[4] << 8 | b[5]:x}"


def is_try(p):
    return ICMPv6ND_NS in p and p[IPv6].src == "::"


def tells_its_group(p):
    return ICMPv6MLReport2 in p and RouterAlert in p and p[IPv6].hlim == 1 and \
        p[IPv6].dst == "ff02::16" and \
        any(r.dst.startswith("ff02::1:ff") for r in p[ICMPv6MLReport2].records)


def start(program):
    """The program, and its MAC; what it has to say before it has an address is heard."""
    with Capture(tap, lambda p: IPv6 in p and p.src != my_mac) as heard:
        process = subprocess.Popen(program, stdin=subprocess.DEVNULL)
        check("routers are asked", heard.until(lambda ps: any(p[IPv6].dst == "ff02::2" for p in ps)))
        advertise()
        check("addresses are tried before they are used",
              heard.until(lambda ps: len([p for p in ps if is_try(p)]) >= 2))
        check("groups are told, by MLDv2 with a router alert",
              heard.until(lambda ps: any(map(tells_its_group, ps))))
        if not heard.packets:
            process.kill()
        return process, heard.packets[0].src


def ordinary(addr):
    check("it has its address", until(lambda: run("ping", "-6", "-c1", "-W1", addr).returncode == 0))
    check("ping", " 0% packet loss" in run("ping", "-6", "-q", "-c5", "-i0.2", addr).stdout)
    check("a large ping", " 0% packet loss" in
          run("ping", "-6", "-q", "-c3", "-i0.2", "-s1400", addr).stdout)
    with open("app/www/site/style.css", encoding="utf-8") as f:
        want = f.read()
    for _ in range(5):
        got = run("curl", "-sgf", "-6", f"http://[{addr}]/style.css").stdout
    check("curl -6", got == want)


class Peer:
    """Asks with packets made by hand."""

    def __init__(self, mac, addr):
        self.mac, self.addr = mac, addr
        self.src = PREFIX + "1"

    def packet(self, payload, hlim=64, dst=None):
        return Ether(src=my_mac, dst=self.mac) / \
            IPv6(src=self.src, dst=dst or self.addr, hlim=hlim) / payload

    def ask(self, payload, answer, **more):
        return self.exchange([self.packet(payload, **more)], answer)

    def exchange(self, packets, answer, patience=PATIENCE):
        """The first answer of that kind, as soon as it is there."""
        with Capture(tap, lambda p: p.src != my_mac and answer in p) as heard:
            for p in packets:
                sendp(p, iface=tap)
            heard.until(bool, patience)
            return heard.packets[0] if heard.packets else None

    def silent(self, payload, answer, **more):
        return not self.exchange([self.packet(payload, **more)], answer, SILENCE)


def rules(peer):
    """Malformed and odd packets, and what each of them deserves."""
    echo = ICMPv6EchoRequest(data=b"x" * 32)
    problem = ICMPv6ParamProblem
    check("an atomic fragment", peer.ask(IPv6ExtHdrFragment() / echo, ICMPv6EchoReply))
    check("options to be skipped", peer.ask(IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]) /
                                            echo, ICMPv6EchoReply))
    p = peer.ask(IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x9e, optdata=b"")]) / echo, problem)
    check("an unknown option is told of", p and p[problem].code == 2 and p[problem].ptr == 42)
    check("or not", peer.silent(IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x5e)]) / echo,
                                 problem))
    p = peer.ask(IPv6ExtHdrRouting(type=0, segleft=1, addresses=[ROUTER]) / echo, problem)
    check("a routing header is refused", p and p[problem].code == 0 and p[problem].ptr == 42)
    p = peer.exchange([Ether(src=my_mac, dst=peer.mac) /
                       IPv6(src=peer.src, dst=peer.addr, nh=200) / Raw(b"y" * 20)], problem)
    check("an unknown protocol is told of", p and p[problem].code == 1 and p[problem].ptr == 6)
    p = peer.ask(UDP(sport=9, dport=99) / b"z", ICMPv6DestUnreach)
    check("a closed port is unreachable", p and p[ICMPv6DestUnreach].code == 4)
    check("UDP without a checksum is dropped",
          peer.silent(UDP(sport=9, dport=99, chksum=0) / b"z", ICMPv6DestUnreach))
    target = ICMPv6ND_NS(tgt=peer.addr) / ICMPv6NDOptSrcLLAddr(lladdr=my_mac)
    p = peer.ask(target, ICMPv6ND_NA, hlim=255)
    check("a solicitation is answered", p and p[ICMPv6ND_NA].S and p[ICMPv6ND_NA].O and
          p[ICMPv6NDOptDstLLAddr].lladdr == peer.mac and p[IPv6].hlim == 255)
    check("not one from afar", peer.silent(target, ICMPv6ND_NA, hlim=254))
    check("nor one in fragments", peer.silent(IPv6ExtHdrFragment() / target, ICMPv6ND_NA, hlim=255))
    check("nor one for others", peer.silent(ICMPv6ND_NS(tgt=PREFIX + "77") /
                                             ICMPv6NDOptSrcLLAddr(lladdr=my_mac), ICMPv6ND_NA,
                                             hlim=255))
    long = IPv6(src=peer.src, dst=peer.addr) / IPv6ExtHdrFragment(id=7) / \
        ICMPv6EchoRequest(data=b"f" * 1200)
    parts = [Ether(src=my_mac, dst=peer.mac) / f for f in fragment6(long, 600)]
    check("fragments, backwards", len(parts) > 2 and
          peer.exchange(parts[::-1], ICMPv6EchoReply))
    whole = bytes(IPv6(src=peer.src, dst=peer.addr) / ICMPv6EchoRequest(data=b"f" * 200))[40:]
    overlap = [peer.packet(IPv6ExtHdrFragment(nh=58, id=8, offset=o, m=m) / Raw(whole[o * 8:e]))
               for o, m, e in ((0, 1, 104), (12, 1, 152), (13, 0, 208))]
    check("fragments that overlap", not peer.exchange(overlap, ICMPv6EchoReply, SILENCE))
    query = IPv6ExtHdrHopByHop(options=[RouterAlert()]) / ICMPv6MLQuery2(mrd=100)
    p = peer.exchange([Ether(src=my_mac, dst="33:33:00:00:00:01") /
                       IPv6(src=ROUTER, dst="ff02::1", hlim=1) / query], ICMPv6MLReport2)
    check("a query is answered", p and all(r.rtype == 2 for r in p[ICMPv6MLReport2].records))
    sendp(Ether(src=my_mac, dst=peer.mac) / IPv6(src=ROUTER, dst=peer.addr, hlim=255) /
          ICMPv6ND_Redirect(tgt=ROUTER, dst=PREFIX + "5"), iface=tap)


def flood(peer):
    """Thousands of neighbours that nobody has, and solicitations from as many."""
    frames = [Ether(src=my_mac, dst=peer.mac) / IPv6(src=f"{PREFIX}f:{n:x}", dst=peer.addr) /
              TCP(sport=n, dport=80, flags="S") for n in range(1, 1500)]
    frames += [Ether(src=my_mac, dst=peer.mac) / IPv6(src=f"{PREFIX}e:{n:x}", dst=peer.addr,
               hlim=255) / ICMPv6ND_NS(tgt=peer.addr) /
               ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:09") for n in range(1500)]
    sendp(frames, iface=tap)
    check("after a flood it answers", until(
        lambda: " 0% packet loss" in run("ping", "-6", "-q", "-c3", "-i0.2", peer.addr).stdout))


def counted(addr):
    c = counters(addr)
    for name in ("ipv6_drop_option", "ipv6_drop_routing", "ipv6_drop_protocol",
                 "udp_drop_checksum", "nd_drop_malformed", "nd_drop_ignored", "nd_drop_redirect",
                 "reassembly_drop_overlap", "ipv6_reassembled", "nd_limited", "mld_queries"):
        check(f"counted: {name}", c[name] > 0)
    up = sum(c[n] for n in c if n.startswith("ipv6_to_"))
    down = c["ipv6_drop_protocol"] + c["ipv6_drop_group"]
    odd = c["ipv6_fragments"] - c["ipv6_reassembled"] + c["ipv6_drop_first"] + \
        c["ipv6_drop_size"] + c["ipv6_drop_fragment"]
    check("each packet went one way", c["ipv6_rx_packets"] == up + down + odd)


def main():
    process, mac = start(sys.argv[2:])
    try:
        addr = from_mac(mac)
        ordinary(addr)
        peer = Peer(mac, addr)
        rules(peer)
        flood(peer)
        counted(addr)
    finally:
        process.terminate()
        check("it ends in order", process.wait(PATIENCE) == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
