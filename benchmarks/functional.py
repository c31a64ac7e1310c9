"""How fast the reference is, beside the plain formula, PyTorch, and a plain copy of the array: what memory allows.

    python benchmarks/functional.py [seconds]

All in one run and one thread, taking turns.  A ratio is the middle one of the ratios of all turns: what slows a machine for a while
slows both sides of it, and one lucky copy decides nothing.  Copies and torch differ from CPU to CPU by a factor of ten, so read the
ratios, and only beside the CPU's name.  ``seconds`` is how long one line of the table may take (default 1).

A process keeps one place in memory for its large outputs, and the place alone can make torch's time four times as long.  So the
lines on which something is wished are measured again in ``PROCESSES`` new processes, one after the other: their middle and range.
"""
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")    # before NumPy and torch load

import numpy as np  # noqa: E402
import torch  # noqa: E402

import layernorm as ln  # noqa: E402

SHAPES = [(1, 256), (4, 768), (64, 256), (128, 768), (512, 768), (1024, 1024), (4096, 768), (8192, 1024), (16384, 1024), (65536, 1024)]
WISHES = {(4096, 768): {"copy": 5.5, "torch": 2.5}, (16384, 1024): {"torch": 1.5}}         # of layer_norm, at most
PROCESSES = 11


def cpu():
    """The processor's name, with its model numbers: a virtual machine may hide the name behind a family."""
    try:
        said = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines() if ":" in line)
    except OSError:
        return platform.processor() or platform.machine()
    said = {key.strip(): value.strip() for key, value in said.items()}
    name = said.get("model name") or platform.machine()
    return f"{name} (family {said.get('cpu family', '?')}, model {said.get('model', '?')}, cache {said.get('cache size', '?')})"


def size(nbytes):
    return next(f"{nbytes / unit:.0f} {word}" for unit, word in ((2**20, "MB"), (2**10, "kB"), (1, "B")) if nbytes >= unit)


def in_turns(functions, seconds):
    """The times of each function, (turns,), in seconds; they take turns, so that what disturbs one disturbs all."""
    taken = {name: [] for name in functions}
    end, turns = time.perf_counter() + seconds, 0
    while turns < 5 or time.perf_counter() < end:
        for name, function in functions.items():
            began = time.perf_counter()
            function()
            taken[name].append(time.perf_counter() - began)
        turns += 1
    return {name: np.array(times) for name, times in taken.items()}


def ratio(one, other):
    """How many times the one takes of the other: the middle one over the turns."""
    return np.median(one / other)


def contenders(shape, norm):
    """Ours, the plain formula, torch and a copy, on the same float32 array."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype(np.float32)
    gamma, beta = np.ones(shape[1], np.float32), np.zeros(shape[1], np.float32)
    tx, tgamma, tbeta = map(torch.from_numpy, (x, gamma, beta))
    if norm == "layer_norm":
        return {"ours": lambda: ln.layer_norm(x, gamma, beta), "plain": lambda: ln.layer_norm_plain(x, gamma, beta),
                "torch": lambda: torch.nn.functional.layer_norm(tx, shape[1:], tgamma, tbeta), "copy": x.copy}
    return {"ours": lambda: ln.rms_norm(x, gamma), "plain": lambda: ln.rms_norm_plain(x, gamma),
            "torch": lambda: torch.nn.functional.rms_norm(tx, shape[1:], tgamma, 1e-5), "copy": x.copy}


def of_wish(shape, seconds):
    """The ratios of layer_norm that ``WISHES`` names, in this process."""
    taken = in_turns(contenders(shape, "layer_norm"), seconds)
    return {other: ratio(taken["ours"], taken[other]) for other in WISHES[shape]}


def in_processes(shape, seconds):
    """``of_wish`` in new processes: {what is compared with: the ratios, (PROCESSES,)}."""
    command = [sys.executable, __file__, str(seconds), json.dumps(shape)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(PROCESSES)]
    return {other: np.array([run[other] for run in runs]) for other in WISHES[shape]}


def main(seconds=1.0):
    print(f"{cpu()}; Python {platform.python_version()}, NumPy {np.__version__}, torch {torch.__version__}, float32, one thread")
    for norm in ("layer_norm", "rms_norm"):
        print(f"\n{norm:<17}{'size':>7}{'one copy':>12} | in copies:{'ours':>6}{'plain':>7}{'torch':>7} | ours/torch plain/ours")
        for shape in SHAPES:
            taken = in_turns(contenders(shape, norm), seconds)
            copies = {name: ratio(times, taken["copy"]) for name, times in taken.items()}
            print(f"{shape!s:<17}{size(4 * shape[0] * shape[1]):>7}{np.median(taken['copy']) * 1e6:>9.1f} us | {copies['ours']:>16.1f}"
                  f"{copies['plain']:>7.1f}{copies['torch']:>7.1f} | {ratio(taken['ours'], taken['torch']):>10.2f}"
                  f"{ratio(taken['plain'], taken['ours']):>11.1f}", flush=True)
    print(f"\nlayer_norm in {PROCESSES} new processes: the middle one (the range), and what is wished")
    for shape, wishes in WISHES.items():
        for other, runs in in_processes(shape, seconds).items():
            print(f"{shape!s:<17}ours / {other:<6}{np.median(runs):>6.2f}   ({runs.min():.2f} to {runs.max():.2f})"
                  f"   at most {wishes[other]}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    given = [json.loads(word) for word in sys.argv[1:]]
    if len(given) == 2:
        print(json.dumps(of_wish(tuple(given[1]), given[0])))
    else:
        main(*given)
