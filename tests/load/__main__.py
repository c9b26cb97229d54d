"""Run the benchmarks: `python -m tests.load [name …]`; each module of this folder with a `main` is one.

What a figure should be is said in the benchmark's own module.
"""

import importlib
import sys
from pathlib import Path


def main(wanted: list[str]) -> None:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    for name in wanted or names:
        if name not in names:
            sys.exit(f"There is no benchmark {name}: {', '.join(names)}")
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.load.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
