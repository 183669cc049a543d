# SPDX-License-Identifier: ISC
"""What dom0 measured, read from its lines "TYPE value SERVER ROUND NAME NUMBER"."""
import statistics


class Values:
    """What was measured: of[type][server][name] is a dictionary from round to number."""

    def __init__(self, file):
        self.of, self.remarks, self.complete = {}, [], set()
        for line in file:
            kind, word, *rest = line.split(None, 2)
            if word == "value":
                server, number, name, value = rest[0].split()
                self.of.setdefault(kind, {}).setdefault(server, {}) \
                    .setdefault(name, {})[int(number)] = float(value)
            elif word == "complete":
                self.complete.add(kind)
            elif word in ("lost", "load", "busy", "no"):
                self.remarks.append(line.strip())

    def median(self, kind, server, name):
        rounds = self.of[kind].get(server, {}).get(name)
        return statistics.median(rounds.values()) if rounds else None

    def ratios(self, kind, name, other):
        """Mir's through the other's, of each round that has both."""
        a = self.of[kind].get("mir", {}).get(name, {})
        b = self.of[kind].get(other, {}).get(name, {})
        return [a[r] / b[r] for r in sorted(a) if b.get(r)]


def number(x):
    return "-" if x is None else f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def spread(ratios):
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})" \
        if ratios else "-"
