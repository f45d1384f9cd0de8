"""`python -m bench` lists what can be measured; `python -m bench NAME` measures it. Last line: one JSON object."""

import json
import signal
import sys

from bench.registry import all_benches


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    benches = all_benches()
    if not arguments:
        for name in sorted(benches):
            print(f"{name:<12} {benches[name].measures}")
        return 0
    bench = benches.get(arguments[0])
    if bench is None or len(arguments) > 1:
        print(f"There is no bench of that name. Known: {', '.join(sorted(benches))}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what the bench started is ended too
    figures = bench.run()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
