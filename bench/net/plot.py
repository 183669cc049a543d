# SPDX-License-Identifier: ISC
"""Plots as SVG, with nothing but Python's own library."""
import statistics
from xml.sax.saxutils import escape

LABELS, WIDTH, ROW = 420, 560, 18
COLOURS = ["#336699", "#cc7722", "#558855", "#884488"]


def bars(file, title, rows):
    """A bar a row (label, series, numbers): the median, its spread as a line; 1 is marked."""
    top = max([1.0] + [max(numbers) for _, _, numbers in rows]) * 1.05
    series = list(dict.fromkeys(s for _, s, _ in rows))
    height = ROW * (len(rows) + 4)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABELS + WIDTH + 60}" height="{height}"'
           ' font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="10" y="{ROW}" font-size="15">{escape(title)}</text>']
    for i, s in enumerate(series):
        out.append(f'<rect x="{LABELS + i * 160}" y="{ROW + 8}" width="10" height="10" '
                   f'fill="{COLOURS[i % len(COLOURS)]}"/><text x="{LABELS + i * 160 + 14}" '
                   f'y="{ROW + 17}">{escape(s)}</text>')
    for i, (label, s, numbers) in enumerate(rows):
        y = ROW * (i + 3)
        low, middle, high = (LABELS + x / top * WIDTH for x in
                             (min(numbers), statistics.median(numbers), max(numbers)))
        out.append(f'<text x="{LABELS - 6}" y="{y + 11}" text-anchor="end">{escape(label)}</text>'
                   f'<rect x="{LABELS}" y="{y + 2}" width="{middle - LABELS:.1f}" height="{ROW - 6}" '
                   f'fill="{COLOURS[series.index(s) % len(COLOURS)]}"/>'
                   f'<path d="M{low:.1f} {y + 8}H{high:.1f}" stroke="black"/>'
                   f'<text x="{high + 4:.1f}" y="{y + 11}">{statistics.median(numbers):.2f}</text>')
    one = LABELS + WIDTH / top
    out.append(f'<path d="M{one:.1f} {ROW * 3}V{height - ROW}" stroke="#888" stroke-dasharray="3 3"/>'
               '</svg>')
    with open(file, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
