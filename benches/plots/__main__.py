"""Draws the figures of docs/benchmarks: every NAME.csv there becomes NAME.svg beside it. Run from the repository's root: python3 benches/plots

The first column of a file names the series, the second is the size, each further one a line of its own. An empty cell is a point that was not measured. The
same files give the same pictures, byte for byte.
"""

import csv
import math
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path("docs/benchmarks")
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 48, 96
# Of a series on paper and in the dark.
COLOURS = [("#1f5fa8", "#79b8ff"), ("#b04a00", "#ffab70"), ("#2a7d3f", "#85e89d"), ("#6f42c1", "#b392f0")]
DASHES = ["", "6 4", "2 3"]

# Title, what the size is, what is measured.
PLOTS = {
    "bundle": ("Trust bundle, gzipped", "certificates", "bytes"),
    "exam": ("A batch after an exam: issued, and the floor of the same run", "rows", "seconds"),
    "growth": ("What a posting costs as lots grow, ten thousand lots being 1", "lots", "times as much"),
    "postings": ("Postings of the credit bank", "clients", "a second"),
    "settle": ("A move of credit between two regions, from the request until it is settled", "lots", "milliseconds"),
}

STYLE = """
  .paper { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #d0d7de } .axis { stroke: #59636e } .line { fill: none; stroke-width: 2 }
"""
DARK = ".paper { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d } .axis { stroke: #9198a1 }"


class Axis:
    """A logarithmic axis from a value to a value, in pixels."""

    def __init__(self, values, start, end):
        low, high = math.log10(min(values)), math.log10(max(values))
        margin = max(0.04 * (high - low), 0.02)
        self.low, self.high, self.start, self.end = low - margin, high + margin, start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Powers of ten, and as many steps between them as it takes to have four."""
        for steps in ([1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]):
            powers = range(math.floor(self.low), math.ceil(self.high) + 1)
            # Rounded, because 1.1 times ten is not quite eleven.
            all_of_them = [round(step * 10.0**power, 6) for power in powers for step in steps]
            inside = [value for value in all_of_them if self.low <= math.log10(value) <= self.high]
            if len(inside) >= 4:
                break
        return inside


def number(value):
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def read(path):
    """The lines as (name, index of its series, index of its column, points), and all points."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = [row for row in csv.reader(file) if row]
    series = list(dict.fromkeys(row[0] for row in rows))
    lines = []
    for nth, name in enumerate(series):
        for column in range(2, len(head)):
            points = [(float(row[1]), float(row[column])) for row in rows if row[0] == name and row[column]]
            title = f"{name}, {head[column]}" if len(head) > 3 else name
            if points:
                lines.append((title, nth, column - 2, sorted(points)))
    return lines


def draw(name, lines):
    """The picture as text."""
    title, size, measured = PLOTS[name]
    x = Axis([point[0] for line in lines for point in line[3]], LEFT, WIDTH - RIGHT)
    y = Axis([point[1] for line in lines for point in line[3]], HEIGHT - BOTTOM, TOP)
    colours = "".join(f".s{n} {{ stroke: {light} }} .d{n} {{ fill: {light} }} " for n, (light, _) in enumerate(COLOURS))
    dark = DARK + "".join(f" .s{n} {{ stroke: {there} }} .d{n} {{ fill: {there} }}" for n, (_, there) in enumerate(COLOURS))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}  {colours}\n  @media (prefers-color-scheme: dark) {{ {dark} }}\n</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
    ]
    for tick in x.ticks():
        at = x.at(tick)
        out.append(f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{number(tick)}</text>')
    for tick in y.ticks():
        at = y.at(tick)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    out.append(f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - BOTTOM + 38}" text-anchor="middle">{escape(size)}</text>')
    out.append(f'<text x="18" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 18 {middle:.1f})">{escape(measured)}</text>')
    wide = (WIDTH - LEFT - RIGHT) / 2
    for nth, (words, series, column, points) in enumerate(lines):
        places = [(x.at(a), y.at(b)) for a, b in points]
        dash = f' stroke-dasharray="{DASHES[column]}"' if DASHES[column] else ""
        path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in places)
        out.append(f'<path class="line s{series}"{dash} d="{path}"/>')
        out.extend(f'<circle class="d{series}" cx="{a:.1f}" cy="{b:.1f}" r="4"/>' for a, b in places)
        left, top = LEFT + nth % 2 * wide, HEIGHT - 36 + nth // 2 * 20
        out.append(f'<path class="line s{series}"{dash} d="M{left:.1f} {top}h24"/>')
        out.append(f'<text x="{left + 30:.1f}" y="{top + 4}">{escape(words)}</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    for path in sorted(FOLDER.glob("*.csv")):
        if path.stem not in PLOTS:
            raise SystemExit(f"{path}: {__file__} does not say what it shows")
        path.with_suffix(".svg").write_text(draw(path.stem, read(path)), encoding="utf-8")


main()
