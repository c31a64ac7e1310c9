"""Stored results are those of the code as it is, whole, repeatable, and found by whoever has the package."""
import json
import re
from itertools import count
from pathlib import Path

import nbformat
import numpy as np
import pytest

import layernorm as ln
from layernorm.experiments import EXPERIMENTS, steps
from layernorm.experiments.__main__ import main
from layernorm.experiments.reach import reached
from layernorm.experiments.renew import check, needed, renew
from layernorm.experiments.stored import COMMAND, RESULTS, Experiment, read, rounded, same
from squares import Uncoded, squares

CHAPTERS = Path(__file__).parent.parent / "chapters"
TOY = {
    "toy/__init__.py": "from .bottom import *\n",
    "toy/top.py": '''
import numpy as np
from . import bottom
from .bottom import scaled as stretched

RATE = 0.5
OTHER = 3


def run(*, size: int = 2):
    """What it does."""
    from toy import half
    # why
    return stretched(size) * RATE + bottom.shifted(size) + half(np.abs(size))


def not_reached():
    return OTHER
''',
    "toy/bottom.py": '''
class Scale:
    """By how much."""
    factor: float = 2.0


@overload
def scaled(v: float): ...
def scaled(v):
    return Scale().factor * v


def shifted(v):
    return v + 1


def half(v):
    return v / 2
'''}


@pytest.fixture
def toy(tmp_path):
    """``toy("old text", "new text")``: the code that a small package reaches, after a change of its sources."""
    def changed(old="", new=""):
        for name, text in TOY.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            assert old in "".join(TOY.values())
            path.write_text(text.replace(old, new) if old else text, "utf-8")
            reached.__globals__["_parsed"].cache_clear()
        return reached("toy.top.run", tmp_path)
    return changed


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_stored_results_are_those_of_the_code_as_it_is(name):
    reason = needed(name, EXPERIMENTS[name], RESULTS)
    assert not reason, f"{name}: {reason}. Run `make experiments`, or `{COMMAND} --only {name}`, and look at what it changes in the text."


# A cell of a chapter computes one entry again and says whether all numbers agree; nbval holds it to that.
IN_CHAPTERS = {"stable_step": "02_gamma_beta", "who_wins": "03_batchnorm", "noisy_batch_norm": "03_batchnorm", "deep_batch_norm": "03_batchnorm",
               "first_pass": "04_transformers"}


@pytest.mark.parametrize("name", IN_CHAPTERS)
def test_a_chapter_computes_an_entry_again_and_says_that_it_has_the_stored_numbers(name):
    cells = [cell for cell in nbformat.read(CHAPTERS / f"{IN_CHAPTERS[name]}.ipynb", as_version=4).cells if cell.cell_type == "code"]
    stored = next(found[1] for cell in cells if (found := re.search(rf'(\w+) = [\w.]+\.load\("{name}"\)', cell.source)))
    said = [cell.outputs[0].text for cell in cells if f"{stored}.again(" in cell.source and f"{stored}.agrees(" in cell.source]
    assert said and all(words.endswith(" agree: True\n") for words in said)


# Whole networks that learn: their first seed, those with a rate inside at the first rate; all the rest once a week, by `--check`.
LEARNING, BY_RATE = sorted(EXPERIMENTS.keys() - IN_CHAPTERS.keys()), ("norms_in_use", "qk_norm")


@pytest.mark.parametrize("name", LEARNING)
def test_an_entry_computed_again_has_the_stored_numbers(name):
    runs, entries = ln.experiments.load(name), EXPERIMENTS[name].entries()
    inputs = soonest(runs) if name in ("warm_up", "left_out") else entries[len(entries) // 2]
    fresh, stored = runs.again(**inputs, seeds=1, track=first if name in BY_RATE else iter), first_seed(runs.at(**inputs))
    if name in BY_RATE:
        stored = dict(first(stored.items()))
    assert same(fresh, stored, EXPERIMENTS[name].tolerance), f"{name}, {inputs}"


def soonest(runs):
    """The inputs whose first seed learns soonest, and ends: no network that learns takes less time."""
    return min((one for one in runs.experiment.entries() if runs.at(**one)["solved"][0]), key=lambda one: runs.at(**one)["solved"][0])


def first(what):
    return list(what)[:1]


def first_seed(result):
    return {key: first_seed(one) for key, one in result.items()} if isinstance(result, dict) else result[:1]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_input_that_is_a_number_has_five_values(name):
    for key, values in EXPERIMENTS[name].grid.items():
        assert key == "seed" or isinstance(values[0], str) or len(values) >= 5, key
    assert len(ln.experiments.load(name).content["entries"]) == np.prod([len(values) for values in EXPERIMENTS[name].grid.values()])


# --- The hash of the code

def test_a_function_reaches_what_it_names_and_no_more(toy):
    assert list(toy()) == ["toy.bottom.Scale", "toy.bottom.half", "toy.bottom.scaled", "toy.bottom.shifted", "toy.top.RATE", "toy.top.run"]


def test_the_hash_is_the_same_for_every_python(toy):
    assert toy() == {
        "toy.bottom.Scale": "7abf1bafacaaa118", "toy.bottom.half": "bf93156e42b217f5", "toy.bottom.scaled": "71eb8e141b684ee1",
        "toy.bottom.shifted": "0c8ef8fce65857ca", "toy.top.RATE": "ed5d5606e0996d32", "toy.top.run": "a6f3331939c64deb"}


@pytest.mark.parametrize("old, new", [
    ("# why", "# because"), ('"""What it does."""', '"""What it really does."""'), ("\n\n\ndef shifted", "\n\n\n\n\ndef shifted"), ("size: int = 2", "size: float = 2"),
    ('    """By how much."""\n', ""), ("OTHER = 3", "OTHER = 4"), ("return OTHER", "return OTHER + 1"), ("v / 2", "(v) / 2"), ("@overload\ndef scaled(v: float): ...\n", "")])
def test_what_changes_no_number_leaves_the_hash(toy, old, new):
    assert toy(old, new) == toy()


@pytest.mark.parametrize("old, new, piece", [
    ("RATE = 0.5", "RATE = 0.25", "toy.top.RATE"), ("size: int = 2", "size: int = 3", "toy.top.run"), ("v + 1", "v + 2", "toy.bottom.shifted"),
    ("factor: float = 2.0", "factor: float = 3.0", "toy.bottom.Scale"), ("v / 2", "v // 2", "toy.bottom.half"), ("v + 1", "v + 1.0", "toy.bottom.shifted")])
def test_what_may_change_a_number_changes_the_hash_of_that_piece(toy, old, new, piece):
    before, after = toy(), toy(old, new)
    assert [name for name in before if before[name] != after[name]] == [piece]


def test_a_name_that_is_not_there_is_no_silence(toy):
    with pytest.raises(LookupError, match=r"toy\.bottom defines no quarter"):
        toy("bottom.shifted", "bottom.quarter")
    with pytest.raises(LookupError, match="as a value"):
        toy("bottom.shifted(size)", "getattr(bottom, 'shifted')(size)")


# --- Running, storing, reading

def toy_experiment(calls, stop_at=None, code="0123", a=(1, 2)):
    def run(*, a, rng):
        if next(calls) == stop_at:
            raise KeyboardInterrupt
        return {"sum": a + rng.normal(), "none": None, "many": np.arange(3) / 3}

    class Toy(Experiment):
        def code(self):
            return {"toy.run": code}
    return Toy(run, {"a": a, "seed": (0, 1, 2)}, needs=("numpy",))


def test_an_interrupted_run_goes_on_from_there_and_ends_with_the_same_bytes(tmp_path):
    renew("whole", toy_experiment(count()), tmp_path / "a")
    calls = count()
    with pytest.raises(KeyboardInterrupt):
        renew("whole", toy_experiment(calls, stop_at=3), tmp_path / "b")
    part = tmp_path / "b" / "whole.partial.jsonl"
    assert not (tmp_path / "b" / "whole.json").exists() and len(part.read_text().splitlines()) == 4
    part.write_text(part.read_text() + '{"inputs": {"a"')               # killed while it wrote
    calls = count()
    renew("whole", toy_experiment(calls), tmp_path / "b")
    assert next(calls) == 3 and not part.exists()
    assert (tmp_path / "a" / "whole.json").read_bytes() == (tmp_path / "b" / "whole.json").read_bytes()


def test_what_was_kept_for_other_code_is_not_used(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        renew("one", toy_experiment(count(), stop_at=3), tmp_path)
    calls = count()
    renew("one", toy_experiment(calls, code="4567"), tmp_path)
    assert next(calls) == 6


def test_a_result_that_is_older_than_its_code_or_grid_is_named(tmp_path):
    made = toy_experiment(count())
    assert needed("one", made, tmp_path) == "not run yet"
    renew("one", made, tmp_path)
    assert needed("one", made, tmp_path) == ""
    assert needed("one", toy_experiment(count(), code="4567"), tmp_path) == "code that it reaches changed: toy.run"
    assert needed("one", toy_experiment(count(), a=(1, 2, 3)), tmp_path) == "its grid of inputs changed"


def test_two_processes_store_the_same_bytes_as_one(tmp_path):
    made = Uncoded(squares, {"a": (1, 2, 3)}, needs=("numpy",))
    for processes in (1, 2):
        renew("squares", made, tmp_path / str(processes), processes=processes)
    one, two = ((tmp_path / str(n) / "squares.json").read_bytes() for n in (1, 2))
    assert one == two and check("squares", made, tmp_path / "2", processes=2) == ""


def test_what_is_computed_at_once_is_stored_one_by_one_and_need_not_be_complete(tmp_path):
    calls = []

    def run(*, a, b):
        calls.append((a, b))
        return [{"sum": a + one} for one in b] if isinstance(b, list) else {"sum": a + b}
    made = Uncoded(run, {"b": (10, 20, 30), "a": (1, 2)}, needs=("numpy",), at_once="b")
    renew("sums", made, tmp_path)
    assert calls == [(1, [10, 20, 30]), (2, [10, 20, 30])]
    content = read("sums", tmp_path)
    assert [entry["result"]["sum"] for entry in content["entries"]] == [11, 12, 21, 22, 31, 32] and check("sums", made, tmp_path) == ""
    lines = [{key: content[key] for key in ("grid", "code")}, *content["entries"][:5]]         # interrupted in the middle of a group
    (tmp_path / "sums.partial.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    before, calls[:] = (tmp_path / "sums.json").read_bytes(), []
    renew("sums", made, tmp_path)
    assert calls == [(2, 30)] and (tmp_path / "sums.json").read_bytes() == before
    content["entries"][3]["result"]["sum"] = 23
    (tmp_path / "sums.json").write_text(json.dumps(content))
    assert check("sums", made, tmp_path) == "1 of 6 differ, the first at {'b': 20, 'a': 2}"


def test_a_stored_number_that_is_not_computed_is_found(tmp_path):
    made = toy_experiment(count())
    renew("one", made, tmp_path)
    assert check("one", made, tmp_path) == ""
    content = read("one", tmp_path)
    content["entries"][2]["result"]["many"][1] = 0.34
    (tmp_path / "one.json").write_text(json.dumps(content))
    assert check("one", made, tmp_path).startswith("1 of 6 differ, the first at {'a': 1, 'seed': 2}")


def test_the_command_says_what_it_does_and_runs_only_what_is_needed(tmp_path, capsys):
    experiments = {"one": toy_experiment(count()), "other": toy_experiment(count())}
    where = ["--into", str(tmp_path), "--processes", "1"]
    assert main([*where, "--only", "one"], experiments) == 0 and not (tmp_path / "other.json").exists()
    assert main(where, experiments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "one: not run yet", "one: 6 results stored", "one: up to date", "other: not run yet", "other: 6 results stored"]
    assert main([*where, "--only", "one"], {"one": toy_experiment(count(), code="4567")}) == 0
    assert main([*where, "--only", "one"], {"one": toy_experiment(count(), a=(1, 3))}) == 0
    assert capsys.readouterr().out.splitlines() == [
        "one: code that it reaches changed: toy.run", "one: all numbers are as before",
        "one: its grid of inputs changed", "one: 3 of 6 results are new or other than before"]
    assert main([*where, "--only", "one"], experiments) == 0
    assert main([*where, "--check"], experiments) == 0
    assert main(where, {"last": toy_experiment(count(), stop_at=1)}) == 130
    assert "the same command goes on from there" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--only", "none"], experiments)
    assert "choose from" in capsys.readouterr().err


def test_reading_is_by_name_and_says_what_is_wrong(tmp_path):
    runs = ln.experiments.load("stable_step")
    assert runs["before"] == steps.BEFORE and repr(runs).startswith("stable_step: 24 stored results")
    assert [one["largest"] for one in runs.over("before", pixels=1)][0] == runs.at(pixels=1.0, before="raw")["largest"]
    with pytest.raises(ValueError, match="no experiment is called 'steps'; there are .*stable_step"):
        ln.experiments.load("steps")
    with pytest.raises(FileNotFoundError, match="--only steps"):
        read("steps", tmp_path)
    with pytest.raises(TypeError, match="stored by pixels, before; got pixels"):
        runs.at(pixels=1)
    with pytest.raises(ValueError, match=r"run for pixels = 0.001, .*; got 3"):
        runs.at(pixels=3, before="raw")


def test_what_json_cannot_hold_is_not_stored():
    assert rounded({"a": np.float32(0.1), "b": [np.int64(3), None, True]}, 6) == {"a": 0.1, "b": [3, None, True]}
    with pytest.raises(ValueError, match="inf cannot be stored"):
        rounded([1.0, np.inf], 6)


@pytest.mark.parametrize("one, other, wanted", [
    (1.0, 1.00009, True), (1.0, 1.0002, False), ([1.0], [1.0, 2.0], False), ({"a": None}, {"a": None}, True), ({"a": None}, {"a": 0.0}, False), ("x", "y", False)])
def test_agreement_is_up_to_a_share(one, other, wanted):
    assert same(one, other, 1e-4) is wanted


# --- The first experiment: size of the input and the largest stable step

@pytest.fixture(scope="module")
def runs():
    return ln.experiments.load("stable_step")


def test_the_largest_stable_step_of_the_storyboard(runs):
    largest = {(pixels, before): runs.at(pixels=pixels, before=before)["largest"] for pixels in runs["pixels"] for before in runs["before"]}
    assert [float(f"{largest[key]:.2g}") for key in ((1, "raw"), (10, "raw"), (1, "divided by 16"), (1, "LayerNorm"), (10, "LayerNorm"))] == [
        7.5e-4, 7.5e-6, 0.19, 0.064, 0.064]
    assert [float(f"{runs.at(pixels=1, before=before)['condition']:.2g}") for before in steps.BEFORE] == [6.5e6, 6.5e6, 4.3e6, 150]


def test_the_hessian_is_that_of_the_loss():
    images, targets = steps.digits()
    x, rng = steps.prepared(images, pixels=1, before="LayerNorm"), np.random.default_rng(0)
    w, v = rng.normal(size=(2, 64, 10))
    curvature = (steps.loss(x, w + v, targets) - 2 * steps.loss(x, w, targets) + steps.loss(x, w - v, targets))
    np.testing.assert_allclose(curvature, np.sum(v * (x.T @ x / len(x) @ v)), rtol=1e-9)
    np.testing.assert_allclose(steps.eigenvalues(x), np.linalg.eigvalsh(x.T @ x / len(x))[:-62:-1], rtol=1e-6)


def test_descent_converges_below_the_largest_stable_step_and_not_above(runs):
    for entry in runs.content["entries"]:
        left = dict(zip(steps.RELATIVE, entry["result"]["left"]))
        assert left[0.99] < 0.02 and left[1.01] > 1e4, entry["inputs"]
        assert entry["result"]["below"][-1] == left[0.99] and entry["result"]["above"][-1] == left[1.01]


def test_a_factor_on_the_pixels_only_renames_the_step(runs):
    for pixels in runs["pixels"]:
        one, other = runs.at(pixels=pixels, before="raw"), runs.at(pixels=1, before="raw")
        assert one["largest"] * pixels ** 2 == pytest.approx(other["largest"], rel=1e-5)
        np.testing.assert_allclose(one["left"][:9], other["left"][:9], rtol=1e-4)


def test_a_run_that_is_stopped_keeps_what_it_has():
    def first_three(items):
        for number, item in enumerate(items):
            if number == 3:
                return
            yield item
    result = steps.stable_step(pixels=1, before="raw", track=first_three)
    assert len(result["left"]) == 3 and result["above"] is None and result["largest"] > 0


@pytest.mark.parametrize("inputs, words", [({"pixels": 1, "before": "nothing"}, "before must be one of"), ({"pixels": 0, "before": "raw"}, "pixels must be positive")])
def test_a_wrong_input_is_refused_by_name(inputs, words):
    with pytest.raises(ValueError, match=words):
        steps.stable_step(**inputs)



def test_an_average_of_nothing_is_refused():
    with pytest.raises(ValueError, match="seeds must be at least 1, got 0"):
        ln.experiments.over_seeds(ln.experiments.signal_by_depth, 0, 2)
    with pytest.raises(ValueError, match="sizes must hold a number"):
        ln.experiments.middle([])
