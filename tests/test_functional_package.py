"""What the reference promises as a package: it writes to nothing, shares nothing, weighs nothing, and needs NumPy 2.0 only."""
import doctest
import importlib
import os
import pkgutil
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layernorm as ln
from test_functional_oracles import images, lay_out, promise

ROOT = Path(__file__).parent.parent
MODULES = sorted(f"layernorm.functional.{module.name}" for module in pkgutil.iter_modules(ln.functional.__path__))
MEGABYTE = 2**20


def everything(x):
    """Each function once, on x (N, C, L): what it returns, by its name."""
    n, c = x.shape[:2]
    per_channel = [lay_out(a, "C") for a in (np.linspace(1, 2, c), np.linspace(-1, 1, c), np.zeros(c), np.ones(c))]
    gamma, beta, mean, var = per_channel
    results = {"layer_norm": ln.layer_norm(x, gamma, beta, axis=1, return_stats=True),
               "layer_norm_plain": ln.layer_norm_plain(x, gamma, beta, axis=1, return_stats=True),
               "rms_norm": ln.rms_norm(x, gamma, beta, axis=1, return_stats=True),
               "rms_norm_plain": ln.rms_norm_plain(x, gamma, beta, axis=1, return_stats=True),
               "batch_norm": ln.batch_norm(x, *per_channel, training=True, return_stats=True),
               "batch_norm, evaluation": ln.batch_norm(x, *per_channel, training=False, return_stats=True),
               "batch_norm, cumulative": ln.batch_norm(x, *per_channel, training=True, momentum=None, num_batches_tracked=1),
               "group_norm": ln.group_norm(x, gamma, beta, groups=c, return_stats=True),
               "instance_norm": ln.instance_norm(x, gamma, beta, return_stats=True),
               "weight_norm": ln.weight_norm(x, lay_out(np.ones((n, c, 1)), "C")),
               "dyt": ln.dyt(x, gamma, beta, axis=1),
               "layer_norm_jacobian": ln.layer_norm_jacobian(x),
               "masked_statistics": ln.masked_statistics(x, lay_out(np.ones(x.shape, bool), "C")),
               "round_to": ln.round_to(x, "bfloat16")}
    results |= {f"variance_{way}": getattr(ln, f"variance_{way}")(x) for way in ("one_pass", "two_pass", "welford", "pairwise")}
    parts = ln.Moments(2, x, np.abs(x)), ln.Moments(lay_out(np.array([3]), "C"), mean[:1], var[:1])
    results["merge_moments"] = ln.merge_moments(*parts)
    dy, stats = lay_out(np.ones(x.shape), "C"), {name: [lay_out(a, "C") for a in results[name][-2:]] for name in (
        "layer_norm", "batch_norm", "batch_norm, evaluation", "group_norm")}
    results["layer_norm_backward"] = ln.layer_norm_backward(dy, x, *stats["layer_norm"], gamma, axis=1)
    results["rms_norm_backward"] = ln.rms_norm_backward(dy, x, lay_out(results["rms_norm"][1], "C"), gamma, axis=1)
    results["batch_norm_backward"] = ln.batch_norm_backward(dy, x, *stats["batch_norm"], gamma, training=True)
    results["batch_norm_backward, evaluation"] = ln.batch_norm_backward(dy, x, *stats["batch_norm, evaluation"], gamma, training=False)
    results["group_norm_backward"] = ln.group_norm_backward(dy, x, *stats["group_norm"], gamma, groups=c)
    return results, [x, *per_channel, dy]


@promise(60)
@given(images(offsets=(0, 3, 1e3)), st.sampled_from((np.float16, np.float32, np.float64)))
def test_no_argument_is_written_to_or_handed_back(given_x, dtype):
    x = given_x[0].reshape(*given_x[0].shape[:2], -1).astype(dtype)
    x = lay_out(np.concatenate([x, x[..., :1] + 1], axis=-1), "C")        # read-only; at least two places
    before = x.tobytes()
    results, inputs = everything(x)
    assert x.tobytes() == before
    for name, result in results.items():
        for array in result if isinstance(result, tuple) else (result,):
            assert not any(np.shares_memory(array, one) for one in inputs), name
            assert isinstance(array, np.generic) or np.ndim(array) == 0 or array.flags.writeable or name == "merge_moments", name


def test_everything_public_is_tried_above():
    results, _ = everything(np.arange(24.0).reshape(2, 4, 3))
    assert {name.split(",")[0] for name in results} == set(ln.functional.__all__) - {"Moments"}


def test_many_threads_get_what_one_gets_and_numpys_error_state_is_left_alone():
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(3, 40, 50 + k)) * 10.0 ** (60 * (k % 6) - 150) for k in range(16)]
    inputs += [rng.normal(size=(300, 40, 30)).astype(np.float32), rng.normal(size=(300, 40, 30)).astype(np.float16)]

    def work(x):
        gamma, beta = np.linspace(1, 2, 40), np.linspace(-1, 1, 40)
        return [*ln.layer_norm(x, gamma, beta, axis=1, return_stats=True), *ln.rms_norm(x, gamma, axis=1, return_stats=True), ln.layer_norm(x),
                *ln.batch_norm(x, gamma, beta, beta, gamma, training=True), ln.group_norm(x, gamma, beta, groups=4)]
    expected = [work(x) for x in inputs]
    with np.errstate(all="raise"), ThreadPoolExecutor(8) as pool:
        before = np.geterr()
        work(inputs[5])
        assert np.geterr() == before
        results = list(pool.map(work, inputs * 4))
    for got, wanted in zip(results, expected * 4, strict=True):
        for one, other in zip(got, wanted, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.filterwarnings("error")
def test_nothing_warns_whatever_overflows_but_the_plain_formulas():
    x = np.array([[[1e300, -1e300, 0.0], [5e-324, 0, np.inf]], [[1.0, 1, 1], [np.nan, 3, 1.7e308]]])
    for dtype in (np.float32, np.float64):
        with np.errstate(all="ignore"):
            cast = x.astype(dtype)
        for function, options in ((ln.layer_norm, {"eps": 0}), (ln.rms_norm, {"eps": 0}), (ln.batch_norm, {"training": True, "eps": 0}),
                                  (ln.group_norm, {"groups": 1, "eps": 0}), (ln.instance_norm, {"eps": 0}), (ln.dyt, {}), (ln.weight_norm, {}),
                                  (ln.layer_norm_jacobian, {"eps": 0}), (ln.variance_one_pass, {}), (ln.variance_welford, {}),
                                  (ln.variance_two_pass, {}), (ln.variance_pairwise, {})):
            function(cast, **options)
        ln.masked_statistics(cast, np.ones(3, bool))
        ln.round_to(cast, "float16")
        ln.batch_norm(cast, np.zeros(2), None, np.full(2, -1e308), np.full(2, 1.7e308), training=False, eps=1.7e308)
        ln.batch_norm(cast, None, None, np.zeros(2, np.float32), np.ones(2, np.float32), training=True)
        ln.layer_norm(cast, np.full(3, 1e308), np.full(3, 1e308))
        ln.group_norm(cast, np.full(2, 1e308), groups=2)
        ln.layer_norm_backward(cast, cast, cast[..., :1], cast[..., :1], np.full(3, 1e308))
        ln.rms_norm_backward(cast, cast, cast[..., :1])
        ln.batch_norm_backward(cast, cast, cast[:1, :, :1], cast[:1, :, :1], np.full(2, 1e308), training=True)
        ln.batch_norm_backward(cast, cast, cast[:1, :, :1], cast[:1, :, :1], np.full(2, 1e308), training=False)
        ln.group_norm_backward(cast, cast, cast[..., :1], cast[..., :1], np.full(2, 1e308), groups=2)
    with pytest.warns(RuntimeWarning):
        ln.layer_norm_plain(np.array([1e300, -1e300]))


def extra(function, *arguments, **options):
    """Bytes that a call allocates at its height, beyond its output."""
    function(*arguments, **options)                                      # what is loaded at the first call is not counted
    tracemalloc.start()
    try:
        result = function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1] - result.nbytes
    finally:
        tracemalloc.stop()


def normal(shape, dtype):
    return np.random.default_rng(0).normal(3, 2, shape).astype(dtype)


MEMORY = {                                                               # how x is made, its shape, type and axis
    "float32": (normal, (4096, 768), "f4", -1),
    "float64": (normal, (2048, 768), "f8", -1),
    "float16": (normal, (2048, 768), "f2", -1),
    "one long vector": (normal, (1, 3_000_000), "f4", -1),
    "short vectors": (normal, (300_000, 4), "f4", -1),
    "vectors of one": (normal, (500_000, 1), "f8", -1),
    "channels in the middle": (normal, (8, 64, 32, 32), "f4", 1),
    "several axes": (normal, (64, 16, 32, 32), "f4", (1, 2, 3)),
    "outer axes": (normal, (70, 200, 80), "f4", (0, 2)),
    "Fortran order": (lambda shape, dtype: np.asfortranarray(normal(shape, dtype)), (2048, 768), "f4", -1),
    "stride 0": (lambda shape, dtype: np.broadcast_to(normal(shape[1:], dtype), shape), (2048, 768), "f4", -1),
    "far from 0": (lambda shape, dtype: 1000 + normal(shape, dtype), (2048, 768), "f4", -1),
    "constant": (lambda shape, dtype: np.full(shape, 0.1, dtype), (2048, 768), "f8", -1),
    "beyond the range": (lambda shape, dtype: 1e300 * normal(shape, dtype), (2048, 768), "f8", -1),
    "short and beyond the range": (lambda shape, dtype: 1e300 * normal(shape, dtype), (100_000, 4), "f8", -1),
}


@pytest.mark.parametrize("name", MEMORY)
@pytest.mark.parametrize("norm", [ln.layer_norm, ln.rms_norm])
def test_beyond_its_output_a_norm_allocates_less_than_a_megabyte(norm, name):
    make, shape, dtype, axis = MEMORY[name]
    x = make(shape, dtype)
    assert x.size * x.itemsize > MEGABYTE / 2
    gamma = np.ones([shape[a] for a in (axis if isinstance(axis, tuple) else (axis,))], "f4" if "long" in name else "f8")
    assert extra(norm, x, gamma, gamma, axis=axis) < MEGABYTE
    with np.errstate(all="ignore"):
        assert extra({ln.layer_norm: ln.layer_norm_plain, ln.rms_norm: ln.rms_norm_plain}[norm], x, axis=axis) > MEGABYTE / 4   # it is seen


def test_a_vector_longer_than_a_megabyte_that_cannot_be_worked_on_in_the_output_costs_itself_once():
    x = np.ones((2, 1_000_000), np.float16)
    assert extra(ln.layer_norm, x) < 4 * x.shape[1] + MEGABYTE


def test_the_package_lists_its_names_in_one_place_and_loads_the_others_late():
    for name in ln.functional.__all__:
        assert getattr(ln, name) is getattr(ln.functional, name)
    assert set(ln.__all__) > set(ln.functional.__all__)
    public = {name for module in MODULES for name, value in vars(importlib.import_module(module)).items()
              if getattr(value, "__module__", "") == module and name in vars(ln.functional) and not name.startswith("_")}
    assert public == set(ln.functional.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ln.nothing


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_docstrings_give_what_they_say(module):
    names = {name: getattr(ln, name) for name in ln.functional.__all__}
    failed, tried = doctest.testmod(importlib.import_module(module), extraglobs=names)
    assert not failed
    assert tried or module.endswith((".arguments", ".rows"))


# Run in an interpreter of its own: nothing but NumPy may be imported, and every example must give what it says.
ALONE = """
import sys
class Closed:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "matplotlib", "ipywidgets", "anywidget", "IPython", "traitlets", "scipy", "sphinx"}:
            raise ImportError(f"{name} is closed")
sys.meta_path.insert(0, Closed())
import doctest, importlib, pkgutil
import numpy as np
import layernorm as ln
names = {name: getattr(ln, name) for name in ln.functional.__all__}
tried = 0
for module in pkgutil.iter_modules(ln.functional.__path__):
    failed, some = doctest.testmod(importlib.import_module(f"layernorm.functional.{module.name}"), extraglobs=names)
    assert not failed
    tried += some
x = np.random.default_rng(0).normal(3, 2, (70, 9001)).astype(np.float32)
x[3] *= np.float32(1e30)
x[4] += 1000
wide = x.astype(float)
assert np.abs(ln.layer_norm(x) - ln.layer_norm_plain(wide)).max() < 1e-5
assert np.abs(ln.rms_norm(x.T, axis=0) - ln.rms_norm_plain(wide.T, axis=0)).max() < 1e-5
print(np.__version__, tried)
"""


def alone(*folders):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    path = os.pathsep.join(map(str, (*folders, ROOT / "lib")))
    run = subprocess.run([sys.executable, "-W", "error", "-c", ALONE], env=environment | {"PYTHONPATH": path}, capture_output=True, text=True,
                         timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    version, tried = run.stdout.split()
    assert int(tried) > 30
    return version


def test_it_computes_without_torch_matplotlib_or_widgets():
    assert alone() == np.__version__


def test_it_computes_with_numpy_2_0(pytestconfig):
    folder = Path(pytestconfig.cache.mkdir(f"numpy-2.0-{sys.version_info[0]}.{sys.version_info[1]}"))
    if not (folder / "numpy").is_dir():
        install = subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:", "--target", folder, "numpy==2.0.*"],
                                 capture_output=True, text=True, timeout=300, check=False)
        if install.returncode:
            said = install.stderr.strip().splitlines()[-1:]
            reason = f"NumPy 2.0 for Python {sys.version_info[0]}.{sys.version_info[1]} cannot be had: {said}"
            if os.environ.get("CI"):
                pytest.fail(reason)                                      # there it has to be tried
            pytest.skip(reason)
    assert alone(folder).startswith("2.0.")
