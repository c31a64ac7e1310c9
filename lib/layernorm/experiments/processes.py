"""One batch on two processes, one row on two processes: who has to ask the other?

The two meet in a file and speak over the loopback interface: no port is chosen and no network asked for.  They import what
they run from here, not from a notebook.
"""
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROWS, D, EPS, SEED = 8, 6, 1e-5, 0
PATIENCE = 120                                                    # seconds, until a process that does not answer is given up


def two_processes():
    """BatchNorm, LayerNorm and a LayerNorm whose features are shared out, each on two processes and on one.

    One batch x (8, 6) of float64.  *By rows*: each process has four rows and normalizes them as torch's ``batch_norm`` (in
    training) and ``layer_norm`` do, unaware of the other.  *By features*: each process has three features of all rows; the
    two sum up their parts of sum(x) and then of sum((x - mean)^2) by ``all_reduce``, two numbers a row.

    Returns
    -------
    dict
        Largest difference from what one process computes from the whole batch: ``"BN, rows"``, ``"LN, rows"``,
        ``"LN, features, alone"`` (each process normalizes its three features), ``"LN, features, sums shared"``.

    Raises
    ------
    RuntimeError
        If a process fails or cannot be started (in a browser there are none); the message is its last words.

    Source
    ------
    Shoeybi et al. 2019 (Megatron-LM) for sharing out features; the halves of a batch are what ``SyncBatchNorm`` was made for.
    """
    with TemporaryDirectory() as folder:
        place = Path(folder) / "meet"
        command = [sys.executable, "-c", f"from {__name__} import say; say()"]
        given = os.environ | {"GLOO_SOCKET_IFNAME": _loopback(), "OMP_NUM_THREADS": "1"}
        try:
            both = [subprocess.Popen([*command, str(rank), str(place)], env=given, text=True, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE) for rank in range(2)]
        except OSError as error:
            raise RuntimeError(f"a second process cannot be started here: {error}") from None
        try:
            said = [one.communicate(timeout=PATIENCE) for one in both]
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"the two processes did not finish in {PATIENCE} s") from None
        finally:
            for one in both:
                one.kill()
        for one, (_, words) in zip(both, said):
            if one.returncode:
                raise RuntimeError(f"a process ended with {one.returncode}: {words.strip().splitlines()[-1:]}")
    found = [json.loads(out) for out, _ in said]
    return {name: max(one[name] for one in found) for name in found[0]}


def work(rank, place):
    """What process ``rank`` of two finds: {name: largest difference from the whole}."""
    import torch
    import torch.distributed as dist
    from torch.nn.functional import batch_norm, layer_norm

    x = torch.randn(ROWS, D, dtype=torch.float64, generator=torch.Generator().manual_seed(SEED))    # (rows, d)
    rows, features = x.chunk(2)[rank], x.chunk(2, dim=1)[rank]                                      # (rows/2, d), (rows, d/2)
    whole = {"BN": batch_norm(x, None, None, training=True, eps=EPS), "LN": layer_norm(x, (D,), eps=EPS)}   # (rows, d)
    dist.init_process_group("gloo", init_method=Path(place).as_uri(), rank=rank, world_size=2)

    def over_both(part):
        dist.all_reduce(part)                                     # the sum over both processes, in place
        return part

    mean = over_both(features.sum(1, keepdim=True)) / D                                             # (rows, 1)
    var = over_both(((features - mean) ** 2).sum(1, keepdim=True)) / D                              # (rows, 1)
    found = {"BN, rows": batch_norm(rows, None, None, training=True, eps=EPS) - whole["BN"].chunk(2)[rank],
             "LN, rows": layer_norm(rows, (D,), eps=EPS) - whole["LN"].chunk(2)[rank],
             "LN, features, alone": layer_norm(features, (D // 2,), eps=EPS) - whole["LN"].chunk(2, dim=1)[rank],
             "LN, features, sums shared": (features - mean) / torch.sqrt(var + EPS) - whole["LN"].chunk(2, dim=1)[rank]}
    dist.destroy_process_group()
    return {name: difference.abs().max().item() for name, difference in found.items()}


def _loopback():
    """The name of the loopback interface: lo on Linux, lo0 on a Mac."""
    names = [name for _, name in socket.if_nameindex()]
    return next((name for name in names if name.lower().startswith("lo")), "lo")


def say():
    """What one process runs: its rank and the place to meet are the words behind the command."""
    rank, place = sys.argv[1:]
    print(json.dumps(work(int(rank), place)))
