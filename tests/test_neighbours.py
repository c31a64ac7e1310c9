"""Neighbours tells the truth: its numbers are those of the reference, its sentences those of its numbers, and nothing bad gets in."""
import itertools
import json
import re

import numpy as np
import pytest
import traitlets

import layernorm as ln

MODULE = "neighbours/neighbours"                                  # and all that it imports
DEFAULT = [[0, 0, 6], [3, 3, 3]]
WAYS = [["BN", "train"], ["BN", "eval"], ["LN", ""]]
MOVES = ["far", "mirror", "eight", "alone", "leave"]
PLAIN = re.compile("<[^>]+>")


def batches(seed, number):
    """Random batches of every shape; with constant columns and rows, repeated rows, large offsets, tiny spreads and the largest numbers."""
    rng = np.random.default_rng(seed)
    for k in range(number):
        n, d = int(rng.integers(1, 9)), int(rng.integers(1, 4))
        x = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-6, 3)
        if k % 5 == 1:
            x[:, rng.integers(d)] = rng.integers(-3, 4)
        if k % 5 == 2:
            x[rng.integers(n)] = rng.integers(-3, 4)
        if k % 5 == 3:
            x = x * 1e-3 + 900
        if k % 5 == 4:
            x = rng.choice([-1000.0, 0.0, 1000.0, 1e-300], size=(n, d))
        x = np.clip(x, -1000, 1000)
        mean, var = rng.normal(size=d) * 10, rng.choice([0.0, 1.0, 1e-12, 2.5, 1e4], size=d)
        yield x.tolist(), mean.tolist(), var.tolist(), [1e-5, 1e-5, 0.0, 0.1][k % 4]


def model(start=None, /, **changes):
    """What the module gets from a widget, as a dictionary."""
    return ln.Neighbours(DEFAULT if start is None else start).inputs() | changes


def situation(js, state):
    return js(MODULE)("$batch.situation(m)", m=state)


def told(js, state):
    """The sentence and the result for a state, as plain text."""
    call = js(MODULE)
    return [PLAIN.sub("", call(f"$account.{name}($batch.situation(m))", m=state)) for name in ("sentence", "result")]


def after(js, move, start=None, **changes):
    """The state once the question of a move has been answered."""
    state = model(start) | changes
    start = state["start"]
    x = js(MODULE)("$moves.company(move, start, seed)", move=move, start=start, seed=state["seed"])
    settings = js(MODULE)("$moves.settings(move)", move=move)
    return state | settings | changes | {"move": move, "stage": "told", "x": x, "before": start}


# --- Arithmetic ---------------------------------------------------------------------------------------------

@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_output_is_that_of_the_reference(js):
    seen = 0
    for x, mean, var, eps in batches(0, 400):
        for norm, mode in WAYS:
            y = js(MODULE)("$batch.outputs(x, w, s)", x=x, w=[norm, mode], s={"eps": eps, "running_mean": mean, "running_var": var})
            if norm == "BN" and mode == "train" and len(x) < 2:
                assert y is None
                with pytest.raises(ValueError, match="more than one"):
                    ln.batch_norm(x, training=True)
                continue
            wanted = ln.layer_norm(np.array(x), eps=eps) if norm == "LN" else ln.batch_norm(x, None, None, mean, var, training=mode == "train", eps=eps)[0]
            y, wanted = np.array(y, float), np.where(np.isfinite(wanted), wanted, np.nan)      # JSON has neither NaN nor infinity
            sigma = np.sqrt(np.var(x, 1 if norm == "LN" else 0) + eps)
            lost = np.abs(x).max() / sigma[sigma > 0].min(initial=np.inf) if mode != "eval" else 1      # of large numbers close together, rounding leaves little
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12 + 4e-16 * lost, err_msg=f"{norm} {mode} {x} {eps}")
            seen += 1
    assert seen > 1000


def test_a_training_batch_leaves_behind_what_the_reference_leaves(js):
    for x, mean, var, _ in batches(1, 300):
        if len(x) < 2:
            continue
        ours = js(MODULE)("$batch.ran(x, s)", x=x, s={"running_mean": mean, "running_var": var})
        _, new_mean, new_var = ln.batch_norm(x, None, None, mean, var, training=True)
        np.testing.assert_allclose(ours["running_mean"], new_mean, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(ours["running_var"], new_var, rtol=1e-9, atol=1e-12)
        statistics = js(MODULE)("$batch.statistics(x)", x=x)
        np.testing.assert_allclose(statistics["mean"], np.mean(x, 0), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(statistics["variance"], np.var(x, 0), rtol=1e-7, atol=1e-12)


def test_the_conventions_are_those_of_torch(js):
    torch = pytest.importorskip("torch")
    x = [[1.0], [3.0], [5.0], [7.0]]
    layer = torch.nn.BatchNorm1d(1).double()
    y = layer(torch.tensor(x, dtype=torch.float64)).detach().numpy()
    widget = ln.Neighbours(x)
    np.testing.assert_allclose(widget.run(), y)
    np.testing.assert_allclose(widget.y, y)
    kept = js(MODULE)("$batch.ran(x, s)", x=x, s={"running_mean": [0], "running_var": [1]})
    for mean, var in ((widget.running_mean, widget.running_var), (kept["running_mean"], kept["running_var"])):
        np.testing.assert_allclose([mean[0], var[0]], [layer.running_mean.item(), layer.running_var.item()])
        np.testing.assert_allclose([mean[0], var[0]], [0.4, 1.5667], atol=1e-4)
    layer.eval()
    widget.mode = "eval"
    np.testing.assert_allclose(widget.y, layer(torch.tensor(x, dtype=torch.float64)).detach().numpy())
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        torch.nn.BatchNorm1d(3)(torch.zeros(1, 3))
    with pytest.raises(ValueError, match="more than one number per channel"):
        ln.Neighbours([[0, 0, 6]]).run()


@pytest.mark.parametrize("v, text", [(0, "0.000"), (-0.00049, "0.000"), (-1, "−1.000"), (9.9994, "9.999"), (9.9996, "10.00"), (99.996, "100.0"), (-999.96, "−1000"),
                                     (22500, "22500"), (99999, "99999"), (-123456, "−1.2·10⁵")])
def test_a_number_fits_its_cell(js, v, text):
    assert js(MODULE)("$batch.written(v)", v=v) == text and len(text.replace("·", "")) <= 7


def test_a_cell_noticed_if_what_is_written_in_it_differs_and_its_own_row_does_not(js):
    state = model([[0, 0, 6], [3, 3, 3], [1, 2, 9]], move="")
    same = situation(js, state)
    assert same["seen"] == [[False] * 3] * 3 and same["counts"] == [0, 0, 0]
    edited = situation(js, state | {"x": [[0, 0, 6], [3, 3, 3], [1, 2, -9]]})
    assert edited["seen"] == [[False, False, True], [False, False, True], None]       # only feature 3 of row 3 moved, and row 3 itself was edited
    assert edited["counts"] == [1, 0, 0]
    own = situation(js, state | {"x": [[1, 0, 6], [3, 3, 3], [1, 2, 9]]})
    assert own["own"] and own["seen"][0] is None and own["counts"] == [None] * 3
    moved = situation(js, state | {"x": [[0, 0, 6], [1, 2, 9], [3, 3, 3]]})
    assert moved["seen"] == [[False] * 3] * 3                                        # known by their numbers, wherever they sit


@pytest.mark.parametrize("norm, mode", [("BN", "eval"), ("LN", "train")])
def test_in_eval_mode_and_with_layer_norm_nobody_ever_notices(js, norm, mode):
    pool = list(batches(2, 150))
    for (x, mean, var, eps), (old, *_) in zip(pool, pool[1:]):
        if len(old[0]) == len(x[0]):
            state = model(x, norm=norm, mode=mode, move="", before=[x[0], *old[1:]], running_mean=mean, running_var=var, eps=eps)
            assert situation(js, state)["count"] == 0


# --- The moves ------------------------------------------------------------------------------------------------

def test_the_moves_are_those_of_the_lesson(js):
    call = js(MODULE)
    assert call("$moves.plan(s)", s=DEFAULT) == MOVES and call("$moves.plan(s)", s=[[0, 0, 6]]) == []
    assert call("$moves.company('far', s, 0)", s=DEFAULT) == [[0, 0, 6], [300, 1, 5]]
    assert call("$moves.company('mirror', s, 0)", s=DEFAULT) == [[0, 0, 6], [-3, -3, 9]]
    assert call("$moves.company('alone', s, 0)", s=DEFAULT) == call("$moves.company('leave', s, 0)", s=DEFAULT) == [[0, 0, 6]]
    assert len(call("$moves.company('eight', s, 0)", s=DEFAULT)) == 8


def test_what_each_move_does_to_row_1(js):
    far, mirror, alone, leave, eight = (situation(js, after(js, move)) for move in ("far", "mirror", "alone", "leave", "eight"))
    np.testing.assert_allclose(far["y"][0], [-1, -1, 1], atol=1e-4)
    np.testing.assert_allclose(mirror["y"][0], [1, 1, -1], atol=1e-4)
    assert (far["counts"], mirror["counts"], leave["counts"], eight["counts"]) == ([0, 0, 0], [3, 0, 0], ["error", 0, 0], [3, 0, 0])
    assert alone["lost"] and alone["y"] is None and alone["counts"] == ["error", 0, 0]
    assert leave["way"] == ["BN", "eval"] and leave["count"] == 0


def test_mirrored_company_flips_every_sign_and_far_company_none(js):
    for x, *_ in batches(3, 120):
        if len(x) != 2 or np.abs(np.subtract(*x)).min() < 0.01 or np.abs(x).max() > 300:
            continue
        was, far, mirror = (np.array(js(MODULE)("$batch.outputs(x, ['BN', 'train'], {eps: 1e-12})[0]", x=rows)) for rows in
                            [x, *(js(MODULE)("$moves.company(m, s, 0)", m=move, s=x) for move in ("far", "mirror"))])
        np.testing.assert_allclose(mirror, -was, atol=1e-6)
        np.testing.assert_allclose(far, was, atol=1e-6)


def test_strangers_are_drawn_from_a_seed_and_look_like_the_batch(js):
    call = js(MODULE)
    rows = np.array([call("$moves.strangers(s, k)", s=DEFAULT, k=k) for k in range(60)])
    assert rows.shape == (60, 7, 3) and (rows[0] == call("$moves.strangers(s, 0)", s=DEFAULT)).all() and (rows[0] != rows[1]).any()
    assert abs(rows.mean() - 2.5) < 0.2 and abs(rows.std() - 2.06) < 0.2 and np.allclose(rows, rows.round(1))
    for start in ([[1000] * 3, [-1000] * 3], [[5.0], [5.0]], [[1e-6, 2e-6], [3e-6, 0]], [[1e-300], [0]]):
        some = np.array(call("$moves.strangers(s, 3)", s=start))
        assert np.isfinite(some).all() and np.abs(some).max() <= 1000 and len(np.unique(some)) > 1


def test_shuffling_moves_everybody_but_row_1_and_changes_no_output(js):
    rows = [[0, 0, 6], [3, 3, 3], [1, 2, 9], [4, 5, 6]]
    moved = js(MODULE)("$moves.shuffled(x)", x=rows)
    assert moved[0] == rows[0] and sorted(moved) == sorted(rows) and all(a != b for a, b in zip(moved[1:], rows[1:]))
    sentence, result = told(js, model(rows, move="", x=moved, before=rows))
    assert sentence == "The same rows in other seats: a mean does not know the order." and result.startswith("None of your 3")


# --- Sentences --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("move, words, result", [
    ("far", "With two rows the mean lies midway: all that BatchNorm can say of you is less or more, and that has not changed.", "None of your 3 numbers changed, to three decimals."),
    ("mirror", "Feature 1’s mean went from 1.5 to −1.5: you were 1.5 below it, now you are 1.5 above.", "All 3 of your numbers changed; your input did not."),
    ("alone", "The mean of one row is that row: x − μ would be 0, whatever you are. Training needs more than one.", "torch raises an error: there is no output."),
    ("leave", "The running mean is still 0, the running variance 1: x leaves as it came, whoever is there.", "None of your 3 numbers changed."),
])
def test_a_sentence_says_what_happened_and_why(js, move, words, result):
    assert told(js, after(js, move)) == [words, result]


def test_a_large_epsilon_keeps_nothing_as_it_came(js):
    assert told(js, after(js, "leave", eps=1))[0] == "Your feature 1 is measured by the running mean 0 and variance 1: whoever is there now is not asked."


def test_layer_norm_says_by_what_it_measures(js):
    assert told(js, after(js, "mirror", norm="LN"))[0] == "LayerNorm measures you by your own mean 2 and variance 8: nobody else is asked."


def test_a_run_says_how_far_the_running_numbers_went(js):
    words = js(MODULE)("$account.afterRun({mean: [0.4], variance: [1.5667]}, {mean: [4], variance: [5]}, {d: 1, rows: 4})")
    assert PLAIN.sub("", words) == "A tenth of the way: the running mean to this batch’s 4, now 0.4; the running variance to the unbiased 6.667 (÷ B − 1), now 1.567."


def states(js):
    """Every move in every way, and everything a reader's hand can make of many batches."""
    starts = [DEFAULT, [[1], [3], [5], [7]], [[2, 0], [1, 2], [4, 4]], [[5, 5], [5, 5]], [[1000, -1000, 0.123456], [-1000, 1000, 7]], [[1e-5, 2e-5], [0, 0], [1, 1]]]
    for start, move, (norm, mode) in itertools.product(starts, MOVES, WAYS):
        yield after(js, move, start, norm=norm, mode=mode or "train")
        yield model(start, norm=norm, mode=mode or "train", move=move, stage="ask")
    pool = list(batches(5, 250))
    for (x, mean, var, eps), (old, *_) in zip(pool, pool[1:]):
        for norm, mode in WAYS:
            if len(old[0]) == len(x[0]):
                before = [x[0], *old[1:]] if len(x) % 2 else old
                yield model(x, norm=norm, mode=mode or "train", move="", before=before, start=before, running_mean=mean, running_var=var, eps=eps)


def test_no_state_makes_a_broken_sentence(js):
    seen = set()
    for state in states(js):
        now = situation(js, state)
        for words in [*told(js, state), *([PLAIN.sub("", js(MODULE)("$account.ask($batch.situation(m))", m=state))] if now["asked"] else [])]:
            assert re.fullmatch(r"[^<>]+[.?]", words) and not re.search("undefined|null|NaN|∞|of 1 |  ", words) and len(words) <= 150, words
            seen.add(words)
        if not now["asked"] and now["y"] and not now["own"] and now["seen"][0]:
            _, result = told(js, state)
            changed = sum(now["seen"][0])
            assert ("not change" in result or "None" in result) == (changed == 0), result
            if 0 < changed < now["d"]:
                assert f"{changed} of your {now['d']}" in result and result.count("y") >= changed, result
    assert len(seen) > 100


@pytest.mark.parametrize("move, marked, kind", [("mirror", [0, 1, 2], "right"), ("mirror", [0, 1], "wrong"), ("mirror", [], "wrong"), ("far", [], "right"), ("far", [2], "wrong"),
                                                ("leave", [], "right"), ("alone", [], "told"), ("alone", [0], "told")])
def test_a_guess_is_right_if_it_names_exactly_those_that_changed(js, move, marked, kind):
    state, tag, words = js(MODULE)("$account.verdict($batch.situation(m), marked)", m=after(js, move), marked=marked)
    assert state == kind and tag
    if kind != "right":
        assert ("none" if not marked else "y₁" if 0 in marked else "y₃") in words


def test_nothing_is_shown_while_a_question_is_open(js):
    now = situation(js, model())
    assert now["asked"] and now["x"] == [[0, 0, 6], [300, 1, 5]] and now["before"] == DEFAULT
    outcome = js(MODULE)("[0, 1, 2].map((k) => $account.outcome($batch.WAYS[k], n, n.counts[k])[1])", n=now)
    assert outcome == ["?"] * 3
    name = js(MODULE)("$account.cellName(1, 0, '?', n, '')", n=now)
    assert name == "row 2, y₁, not known yet"


def test_a_kernel_between_two_messages_draws_nothing(js):
    assert situation(js, model(x=[[1, 2], [3, 4]], before=DEFAULT)) is None
    assert situation(js, model() | {"running_mean": [0.0]}) is None


# --- Python -----------------------------------------------------------------------------------------------------

def test_python_and_javascript_know_the_same_inputs():
    asked = re.search(r"const INPUTS = \[([^\]]+)\]", ln.Neighbours._esm)[1]
    assert set(re.findall(r'"(\w+)"', asked)) == set(ln.Neighbours().inputs())


def test_it_begins_with_worked_example_3_and_its_first_question():
    n = ln.Neighbours()
    assert (n.x, n.before, n.start) == (DEFAULT,) * 3 and (n.norm, n.mode, n.move, n.stage) == ("BN", "train", "far", "ask")
    assert (n.running_mean, n.running_var) == ([0, 0, 0], [1, 1, 1])
    np.testing.assert_allclose(n.y, [[-1, -1, 1], [1, 1, -1]], atol=1e-4)
    assert ln.Neighbours([[0, 0, 6]]).move == ""


def test_y_follows_what_is_set():
    n = ln.Neighbours(x=[[0, 0, 6], [3, 3, 3]])
    n.x = np.array([[0, 0, 6], [-3, -3, 9]])
    assert n.move == "" and n.before == DEFAULT                    # a question that was open is over
    np.testing.assert_allclose(n.y[0], [1, 1, -1], atol=1e-4)
    n.norm = "LN"
    np.testing.assert_allclose(n.y, ln.layer_norm(n.x))
    n.norm, n.mode = "BN", "eval"
    np.testing.assert_allclose(n.y, np.array(n.x) / np.sqrt(1 + 1e-5))
    n.x = [[0, 0, 6]]
    assert n.y.shape == (1, 3)
    n.mode = "train"
    with pytest.raises(ValueError, match="more than one"):
        _ = n.y


def test_rows_of_another_width_begin_anew():
    n = ln.Neighbours(marked=[2])
    n.run()
    n.x = [[1], [3], [5], [7]]
    assert (n.start, n.before, n.marked, n.running_mean, n.running_var) == (n.x, n.x, [], [0], [1])
    n.run()
    np.testing.assert_allclose([*n.running_mean, *n.running_var], [0.4, 1.5667], atol=1e-4)


def test_three_batches_by_hand():
    n = ln.Neighbours([[1], [3], [5], [7]], move="")
    mean, var = 0.0, 1.0
    for batch in ([1, 3, 5, 7], [2, 2, 4, 8], [0, 1, 0, 1]):
        n.x = np.reshape(batch, (-1, 1))
        n.run()
        mean, var = 0.9 * mean + 0.1 * np.mean(batch), 0.9 * var + 0.1 * np.var(batch, ddof=1)
        np.testing.assert_allclose([n.running_mean[0], n.running_var[0]], [mean, var])


def test_the_picture_tells_the_story_and_is_the_same_for_the_same_state():
    n = ln.Neighbours()
    assert repr(n) == ("Neighbours: Row 1 is (0, 0, 6), first beside (3, 3, 3), then beside (−3, −3, 9). Its outputs by BatchNorm in training: (−1.00, −1.00, 1.00), "
                       "then (1.00, 1.00, −1.00); 3 of 3 changed; by LayerNorm: (−0.71, −0.71, 1.41), then (−0.71, −0.71, 1.41); 0 of 3 changed.")
    assert n._repr_html_() == ln.Neighbours(np.array(DEFAULT))._repr_html_()
    n.x = [[0, 0, 6]]
    assert "an error" in repr(n) and "alone" in repr(n)
    n.mode = "eval"
    assert "BatchNorm in eval mode: (0.00, 0.00, 6.00), then (0.00, 0.00, 6.00); 0 of 3 changed" in repr(n)
    for x, mean, var, eps in batches(8, 30):
        picture = ln.Neighbours(x, running_mean=mean, running_var=var, eps=eps, mode="eval" if len(x) % 2 else "train").picture()
        assert picture.svg.startswith("<svg") and "of" in picture.alt


def test_the_page_carries_its_inputs():
    found = re.search(r'data-inputs="([^"]+)"', ln.Neighbours()._repr_html_())[1].replace("&quot;", '"')
    assert json.loads(found) == ln.Neighbours().inputs()


@pytest.mark.parametrize("name, value", [
    ("x", []), ("x", [[]]), ("x", [1, 2, 3]), ("x", [[1, 2], [3]]), ("x", [[1] * 4]), ("x", [[1]] * 9), ("x", [[float("nan")]]), ("x", [[float("inf"), 1]]), ("x", [[1001, 0, 0]]),
    ("x", [["1", 2, 3]]), ("x", [[True, False, True]]), ("x", None), ("x", "rows"), ("x", [[1 + 2j, 0, 0]]),
    ("before", [[1, 2]]), ("before", []), ("start", [[1, 2, 3, 4]]), ("norm", "GN"), ("mode", "test"), ("running_mean", [0, 0]), ("running_mean", [0, 0, float("nan")]),
    ("running_var", [1, 1]), ("running_var", [1, 1, -1e-9]), ("eps", -1e-5), ("eps", float("nan")), ("move", "near"), ("move", None), ("stage", "over"), ("marked", [3]), ("marked", [-1]), ("seed", -1), ("seed", 0.5)])
def test_a_wrong_value_is_refused_by_name_and_nothing_is_lost(name, value):
    n = ln.Neighbours()
    before = n.inputs()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(n, name, value)
    assert n.inputs() == before


def test_one_row_has_no_company_to_change():
    with pytest.raises(traitlets.TraitError, match="move 'far' needs a start of 2 rows"):
        ln.Neighbours([[0, 0, 6]], move="far")
    with pytest.raises(traitlets.TraitError, match="x must be 1 to 8 rows of the same 1 to 3 numbers from -1000 to 1000"):
        ln.Neighbours([[1, 2], [3]])
