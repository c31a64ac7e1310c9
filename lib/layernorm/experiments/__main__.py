"""Run the long experiments and store their results.

    python -m layernorm.experiments                 what is missing or older than its code
    python -m layernorm.experiments --only NAME     one of them; may be given several times
    python -m layernorm.experiments --check         compute all of it again, compare, change nothing

Two entries are computed at a time; ``--processes N`` for another number.
"""
import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from .registry import EXPERIMENTS
from .renew import check, needed, renew
from .stored import COMMAND, RESULTS


def main(arguments=None, experiments=EXPERIMENTS):
    parser = argparse.ArgumentParser(prog=COMMAND, description="Run the long experiments and store their results.")
    parser.add_argument("--only", metavar="NAME", action="append", choices=experiments, help=", ".join(experiments))
    parser.add_argument("--check", action="store_true", help="compute everything again and compare it with what is stored")
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=Path(str(RESULTS)), help="where the results are")
    parser.add_argument("--processes", metavar="N", type=int, default=2, help="how many entries are computed at a time (2)")
    given = parser.parse_args(arguments)
    differ = False
    for name in given.only or experiments:
        try:
            if given.check:
                different = check(name, experiments[name], given.into, bar(name), given.processes)
                print(f"{name}: {different or 'all numbers agree'}")
                differ |= bool(different)
            elif reason := needed(name, experiments[name], given.into):
                print(f"{name}: {reason}")
                print(f"{name}: {renew(name, experiments[name], given.into, bar(name), given.processes)}")
            else:
                print(f"{name}: up to date")
        except KeyboardInterrupt:
            print(f"\n{name}: stopped." + ("" if given.check else " What was finished is kept; the same command goes on from there."))
            return 130
    return int(differ)


def bar(name):
    """Progress in a terminal; nothing where nobody looks."""
    return lambda entries: tqdm(entries, desc=name, unit="run", disable=None)


if __name__ == "__main__":
    sys.exit(main())
