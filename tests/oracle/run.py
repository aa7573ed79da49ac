"""Compares decisions with the oracle's, byte for byte: run.py FILE, a JSON array of vectors or one case a line with its `decision`.

Prints the first differences in full and exits with 1 where there is any.
"""

import json
import sys

from oracle import decide

SHOWN = 3


def cases(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


def main(path):
    count = different = 0
    for case in cases(path):
        count += 1
        theirs = case.pop("decision")
        ours = decide(case).decode()
        if ours != theirs:
            different += 1
            if different <= SHOWN:
                print(f"{case.get('name')}\n inputs {json.dumps(case, ensure_ascii=False)}\n oracle {ours}\n other  {theirs}")
    print(f"{count - different} of {count} decisions agree")
    return 1 if different or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
