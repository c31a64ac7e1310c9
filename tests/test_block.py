"""Block tells the truth: its numbers are the network's, its sentences those of its numbers, and nothing bad gets in."""
import itertools
import json
import math
import re
import subprocess
import sys

import numpy as np
import pytest
import traitlets

import layernorm as ln
from layernorm.explorables.block import NEW, ORDER, SHAPES, X

torch = pytest.importorskip("torch")

MODULE = "block/block"                                            # and all that it imports
PLACEMENTS = ["pre", "post", "none"]
PLAIN = re.compile("<[^>]+>")
START = [list(map(float, row)) for row in X]
FRESH = ln.Block().inputs()


def model(**changes):
    """What the module gets from a widget, as a dictionary."""
    return FRESH | changes


def weights(rng, size=0.5):
    return {name: rng.normal(size=shape, scale=size).round(3).tolist() for name, shape in SHAPES.items()}


def situation(js, state):
    return js(MODULE)("$change.situation(m)", m=state)


def say(js, name, state):
    return PLAIN.sub("", js(MODULE)(f"$report.{name}($change.situation(m))", m=state))


def after(kind, token=3, start=None, new=NEW, **changes):
    """The state after a kind of change of one token."""
    start = START if start is None else start
    row = start[token - 1]
    made = {"new": list(new), "plus": [round(v + 1, 9) for v in row], "times": [2 * v for v in row], "": row}[kind]
    x = [made if t == token - 1 else one for t, one in enumerate(start)]
    return model(x=x, before=start, start=start, token=token, question="", **changes)


def cases(seed, number):
    """Random blocks and tokens, some equal, some far off, some constant."""
    rng = np.random.default_rng(seed)
    for k in range(number):
        x = rng.normal(size=(int(rng.integers(2, 7)), 4)) * 10.0 ** rng.integers(-2, 2)
        if k % 5 == 1:
            x[rng.integers(len(x))] = rng.integers(-3, 4)
        if k % 5 == 2:
            x[1] = x[0]
        yield np.clip(x, -100, 100).round(6).tolist(), weights(rng, [0.1, 0.5, 2][k % 3])


# --- Arithmetic ---------------------------------------------------------------------------------------------

def test_every_stage_is_that_of_the_network(js):
    compared = 0
    for x, w in cases(0, 60):
        for placement, causal in itertools.product(PLACEMENTS, [False, True]):
            ours = js(MODULE)("$network.stages(x, s)", x=x, s={"placement": placement, "causal": causal, "weights": w})
            theirs = ln.Block(x, placement, causal, weights=w).stages
            assert list(ours) == list(theirs) == list(ORDER[placement])
            for name, rows in theirs.items():
                np.testing.assert_allclose(ours[name], rows, rtol=1e-9, atol=1e-9, err_msg=f"{placement} {causal} {name}")
                compared += 1
    assert compared > 2000


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_last_stage_is_what_the_network_gives(placement, causal):
    block = ln.Block(placement=placement, causal=causal)
    network = ln.models.Block(4, 2, hidden=8, placement=placement, causal=causal).double()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name in SHAPES:
                parameter.copy_(torch.tensor(block.weights[name], dtype=torch.float64))
        np.testing.assert_allclose(block.y, network(torch.tensor([START], dtype=torch.float64))[0].numpy(), rtol=1e-12)
    stages = block.stages
    np.testing.assert_allclose(stages["mlp_sum"] - stages["mlp"], stages["attention_norm" if placement == "post" else "attention_sum"], atol=1e-12)
    np.testing.assert_allclose(stages["attention_sum"] - stages["attention"], START, atol=1e-12)
    if placement != "none":
        np.testing.assert_allclose(stages["attention_norm"], ln.layer_norm(START if placement == "pre" else stages["attention_sum"]), atol=1e-12)


def test_the_error_function_is_right_to_the_last_bits(js):
    z = [0, 1e-300, *np.geomspace(1e-9, 9, 200), math.inf]
    z += [-v for v in z]
    ours = js(MODULE)("z.map($network.erf)", z=[v for v in z if math.isfinite(v)])
    np.testing.assert_allclose(ours, [math.erf(v) for v in z if math.isfinite(v)], rtol=4e-15, atol=0)
    v = np.linspace(-12, 12, 400)
    np.testing.assert_allclose(js(MODULE)("v.map($network.gelu)", v=v.tolist()), torch.nn.functional.gelu(torch.tensor(v)).numpy(), rtol=0, atol=1e-14)


# --- What changed where -----------------------------------------------------------------------------------------

def test_only_attention_carries_a_change_to_another_row_and_never_against_the_mask(js):
    seen = 0
    for k, (x, w) in enumerate(cases(1, 60)):
        token = k % len(x) + 1
        for placement, causal in itertools.product(PLACEMENTS, [False, True]):
            now = situation(js, after("new", token, x, (1, -2, 0.5, 3), placement=placement, causal=causal, weights=w))
            rows, reads = now["rows"], "x"
            for name in now["order"][1:]:
                if name == "attention":
                    assert not causal or all(t >= token for t in rows[name])
                else:
                    parts = [reads] if not name.endswith("sum") else [reads, "x" if name == "attention_sum" else "attention_norm" if placement == "post" else "attention_sum"]
                    heard = {t for part in parts for t in now["tokens"] if np.max(now["change"][part][t - 1]) > 1e-13}       # a small σ makes much of little
                    assert set(rows[name]) <= heard, (placement, name)
                reads = name
            seen += len(rows["attention"]) > 1
    assert seen > 150


def test_a_shift_is_not_heard_in_pre_ln_and_the_stream_alone_carries_it(js):
    for x, w in cases(2, 40):
        now = situation(js, after("plus", 2, x, weights=w))
        rows = now["rows"]
        assert rows["attention_norm"] == rows["attention"] == rows["mlp_norm"] == rows["mlp"] == []
        assert rows["attention_sum"] == rows["mlp_sum"] == [2] and now["first"] == ""
        np.testing.assert_allclose(np.subtract(now["is"]["mlp_sum"], now["was"]["mlp_sum"])[1], 1, atol=1e-9)
    assert situation(js, after("plus", placement="post"))["first"] == situation(js, after("plus", placement="none"))["first"] == "attention"


def test_what_is_too_small_to_be_printed_counts_and_is_told_apart(js):
    now = situation(js, after("times"))
    assert now["rows"]["attention"] == [1, 2, 3, 4, 5] and now["seen"]["attention"] == []
    assert now["levels"]["x"][2] == [2] * 4 and now["levels"]["attention"] == [[1] * 4] * 5 and now["levels"]["attention_norm"][0] == [0] * 4
    assert now["seen"]["mlp"] == [3]                              # 2 x + a is no multiple of x + a
    change = np.array(now["change"]["attention"]).max()
    assert 1e-6 < change < 1e-4 and np.allclose(np.abs(np.subtract(now["is"]["attention"], now["was"]["attention"])).max(), change)
    assert js(MODULE)("['x', 'attention', 'mlp'].map((name) => $report.under(name, n))", n=now) == ["3", "(1–5)", "1–5"]


@pytest.mark.parametrize("tokens, text", [([1, 2, 3, 4, 5], "1–5"), ([3], "3"), ([1, 3, 4], "1 3–4"), ([], "–")])
def test_the_rows_under_a_stage_are_named_in_runs(js, tokens, text):
    assert js(MODULE)("$report.under('x', {rows: {x: t}, seen: {x: t}})", t=tokens) == text


def test_a_change_beyond_the_limit_is_not_made(js):
    made = js(MODULE)("[$change.made('plus', [99.5, 0, 0, 0], []), $change.made('times', [51, 0, 0, 0], []), $change.made('plus', [99, 0, 0.1, 0], []), $change.made('', [1], [])]")
    assert made == [None, None, [100, 1, 1.1, 1], [1]]
    far = [[100.0, 0, 0, 0], [0, 1, 2, 3]]
    state = model(x=far, before=far, start=far, token=1, question="where")
    assert say(js, "ask", state) == "Pre-LN: token 1 keeps its numbers. Which stage first changes another row?"
    assert situation(js, state)["x"] == far


def test_the_kind_of_a_change_is_read_off_the_numbers(js):
    assert [situation(js, after(kind))["kind"] for kind in ("", "new", "plus", "times")] == ["", "new", "plus", "times"]
    assert situation(js, after("plus") | {"x": START[:2] + [[9, 9, 9, 9]] + START[3:]})["kind"] == "own"


# --- Questions ------------------------------------------------------------------------------------------------

def test_the_questions_come_in_their_order(js):
    assert js(MODULE)("[$change.plan(false), $change.plan(true)]") == [[["rows", False], ["rows", True], ["where", False]], [["rows", True], ["where", True]]]


@pytest.mark.parametrize("placement, question, causal, token, right, result", [
    ("pre", "rows", False, 3, [0, 1, 2, 3, 4], "After attention all 5 rows have changed."),
    ("post", "rows", True, 3, [2, 3, 4], "After attention rows 3, 4 and 5 have changed."),
    ("none", "rows", True, 5, [4], "After attention row 5 alone has changed."),
    ("pre", "where", False, 3, [4], "It reaches no other token, at no stage."),
    ("post", "where", False, 3, [1], "It first reaches another token in attention."),
    ("none", "where", False, 3, [0], "It first reaches another token in attention."),
    ("none", "where", True, 5, [3], "It reaches no other token, at no stage."),
])
def test_the_truth_is_computed(js, placement, question, causal, token, right, result):
    open_ = model(placement=placement, question=question, causal=causal, token=token)
    told = open_ | {"told": True, "x": js(MODULE)("$change.answered(m)", m=open_)}
    call = js(MODULE)
    assert call("$report.truth($change.situation(m))", m=told) == right
    assert call("$report.verdict($change.situation(m), g)", m=told, g=right) == ["right", "✓ As you said:", result]
    state, tag, words = call("$report.verdict($change.situation(m), g)", m=told, g=[1] if right != [1] else [2])
    assert (state, tag) == ("wrong", "✕ Not quite.") and words.endswith(result) and words.startswith("You said")


def test_nobody_hears_if_the_network_says_nothing(js):
    deaf = {name: np.zeros(shape).tolist() for name, shape in SHAPES.items()}
    told = after("new", weights=deaf) | {"question": "rows", "told": True}
    assert js(MODULE)("$report.truth($change.situation(m))", m=told) == [5] and say(js, "result", told) == "After attention no row has changed."
    assert "The stream alone carries it, to row 3 of y." in say(js, "sentence", told)
    assert say(js, "sentence", after("plus", placement="post", weights=deaf)) == "No row of attention differs: attention and MLP hear nothing. And LN takes it out of the stream: y is what it was."


def test_nothing_is_shown_while_a_question_is_open(js):
    now = situation(js, model())
    assert now["asked"] and now["x"][2] == list(NEW) and now["before"] == START
    call = js(MODULE)
    assert call("n.order.map((name) => $report.under(name, n))", n=now) == ["3", *"??????"]
    name = call("$report.cellName('attention', 1, n)", n=now)
    old = [f"{v:.3f}".replace("-", "−") for v in ln.Block().stages["attention"][0]]
    assert name == f"attention, token 1, before: {', '.join(old)}; new ones not known yet"
    assert say(js, "ask", model()) == "Pre-LN: token 3 gets new numbers. Whose rows change after attention?"
    assert say(js, "ask", model(causal=True)) == "Pre-LN, with the mask: whose rows change after attention?"
    assert say(js, "ask", model(question="where")) == "Pre-LN: token 3 plus 1. Which stage first changes another row?"
    assert say(js, "sentence", model(causal=True)).startswith("The mask lets a token see itself and earlier ones only.")


# --- Sentences --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, token, settings, words", [
    ("", 3, {}, "Nothing differs from before. Drag or type a number of x, or press New, Plus 1 or Times 2."),
    ("new", 3, {}, "LN changes row 3 alone. Attention passes it to 1, 2, 4 and 5. LN, MLP and + work on each row alone."),
    ("new", 3, {"causal": True}, "LN changes row 3 alone. Attention passes it to 4 and 5. The mask hides it from 1 and 2. LN, MLP and + work on each row alone."),
    ("new", 5, {"causal": True}, "Attention passes it to no other token: none comes later. The mask hides it from 1, 2, 3 and 4. LN, MLP and + work on each row alone."),
    ("new", 1, {"causal": True, "placement": "post"}, "Attention passes it to 2, 3, 4 and 5. +, LN and MLP work on each row alone."),
    ("plus", 3, {}, "LN takes out what was done to token 3: attention and MLP hear nothing. The stream alone carries it, to row 3 of y."),
    ("plus", 3, {"placement": "none"}, "Attention passes it to 1, 2, 4 and 5. MLP and + work on each row alone."),
    ("times", 3, {}, "To LN the new token 3 is the old one, but for ε: attention changes by at most 1.4·10⁻⁵. The stream carries it, to row 3 of y."),
])
def test_a_sentence_says_who_heard_and_why(js, kind, token, settings, words):
    assert say(js, "sentence", after(kind, token, **settings)) == words


def test_two_tokens_that_a_program_has_changed_are_told_too(js):
    x = [START[0], list(NEW), [v + 1 for v in START[2]], *START[3:]]
    words = say(js, "sentence", after("") | {"x": x})
    assert words == "LN changes row 2 alone. Attention passes it to 1, 4 and 5. LN, MLP and + work on each row alone."
    assert situation(js, after("") | {"x": x})["own"] == [2, 3]


def states(js):
    for kind, token, placement, causal in itertools.product(["", "new", "plus", "times"], [1, 3, 5], PLACEMENTS, [False, True]):
        yield after(kind, token, placement=placement, causal=causal)
    for question, token, placement, causal in itertools.product(["rows", "where"], [1, 3, 5], PLACEMENTS, [False, True]):
        yield model(question=question, token=token, placement=placement, causal=causal)
    for k, (x, w) in enumerate(cases(3, 120)):
        tiny = [[v + 1e-4 * (j == k % 4) for j, v in enumerate(row)] if t == k % len(x) else row for t, row in enumerate(x)]
        for start, kind in ((x, ["new", "plus", "times"][k % 3]), (tiny, "")):
            row = {"x": tiny, "before": x, "start": x} if not kind else {}
            yield after(kind, k % len(x) + 1, start, (0.5, -1, 2, 0), placement=PLACEMENTS[k % 3], causal=k % 2 == 0, weights=w) | row


def test_no_state_makes_a_broken_or_a_false_sentence(js):
    seen = set()
    for state in states(js):
        now = situation(js, state)
        told = [say(js, name, state) for name in (["sentence", "ask"] if now["asked"] else ["sentence", "result"])]
        for words in told:
            assert re.fullmatch(r"[^<>]+[.?]", words) and not re.search(r"undefined|null|NaN|∞|rows? of y|rows? to|tokens? :|  |\.\.|, \.", words) and len(words) <= 185, words
        if now["asked"] or not now["own"]:
            continue
        words = told[0]
        seen.add(re.sub(r"[\d.·⁻⁰-⁹]+", "#", words))
        heard, own = now["rows"]["attention"], now["own"]
        if passed := re.search(r"passes it to ([\d, and]+)", words):
            assert [int(t) for t in re.findall(r"\d+", passed[1])] == [t for t in heard if t not in own], words
        if most := re.search(r"at most (?:(\d\.?\d*)·)?(10⁻[⁰-⁹¹²³]+|0\.\d+)", words):
            bound = float(most[1] or 1) * float(most[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace("10-", "1e-"))
            change = np.max(now["change"]["attention"])
            assert change <= bound * (1 + 1e-9) <= change * 1.11, words
        assert ("hear nothing" in words or "hears nothing" in words) == (heard == []), words
        assert ("but for ε" in words) <= (state["placement"] == "pre"), words
    assert len(seen) > 12


def test_a_kernel_between_two_messages_draws_nothing(js):
    assert situation(js, model(x=START[:2])) is None and situation(js, model(x=START[:2], before=START[:2], start=START[:2])) is None


# --- Python -----------------------------------------------------------------------------------------------------

def test_python_and_javascript_know_the_same_inputs_and_stages(js):
    asked = re.search(r"const INPUTS = \[([^\]]+)\]", ln.Block._esm)[1]
    assert set(re.findall(r'"(\w+)"', asked)) == set(FRESH)
    assert js(MODULE)("$network.ORDER") == {key: list(names) for key, names in ORDER.items()}
    assert "seed" not in FRESH                                    # weights say all


def test_it_begins_with_five_tokens_and_its_first_question():
    b = ln.Block()
    assert b.x == b.before == b.start == START and (b.token, b.placement, b.causal, b.question, b.told) == (3, "pre", False, "rows", False)
    assert {name: np.shape(w) for name, w in b.weights.items()} == SHAPES
    assert all(round(v, 3) == v for w in b.weights.values() for v in np.ravel(w))
    assert 0.3 < max(np.abs(b.stages["attention"]).max(), np.abs(b.stages["mlp"]).max()) < 4       # neither silent nor loud
    assert ln.Block(START[:2]).token == 2


def test_a_seed_draws_the_weights_and_those_that_are_given_stay():
    b = ln.Block(seed=1)
    assert b.weights == ln.Block(seed=1).weights != ln.Block().weights
    b.seed = 0
    assert b.weights == ln.Block().weights
    given = weights(np.random.default_rng(7))
    assert ln.Block(seed=4, weights=given).weights == given
    b.weights = {name: np.array(w) for name, w in given.items()}
    assert b.weights == given


def test_y_follows_what_is_set_and_a_question_that_was_open_is_over():
    b = ln.Block()
    b.x = np.array(START)[::-1]
    assert b.question == "" and b.before == START
    np.testing.assert_allclose(b.y, ln.Block().y[::-1], atol=1e-12)          # without a mask a block does not know the order
    b.causal = True
    assert np.abs(b.y - ln.Block().y[::-1]).max() > 0.01
    b.placement = "post"
    np.testing.assert_allclose(b.y.mean(1), 0, atol=1e-12)
    told = ln.Block(told=True)
    told.x = START[::-1]
    assert told.question == "rows"


def test_another_number_of_tokens_begins_anew():
    b = ln.Block(token=5)
    b.x = START[:2]
    assert b.start == b.before == b.x == START[:2] and b.token == 2 and b.y.shape == (2, 4)


def test_the_picture_tells_the_story_and_is_the_same_for_the_same_state():
    assert repr(ln.Block()) == (
        "Block: A Pre-LN block of 5 tokens and 4 features. What changes: token 3 from (1.4, 0.3, −0.8, 0.6) to (−0.9, 1.2, 0.4, −1.6). Rows that change, stage by stage: "
        "x 3, LN 3, attention 1 to 5, + 1 to 5, LN 1 to 5, MLP 1 to 5, + 1 to 5. " + repr(ln.Block()).partition("+ 1 to 5. ")[2])
    y = ln.Block().y[0]
    assert f"The output of token 1: ({', '.join(f'{v:g}' for v in y.round(3))}), then (".replace("-", "−") in repr(ln.Block()).replace("-", "−")
    assert ln.Block()._repr_html_() == ln.Block(np.array(START))._repr_html_()
    masked = ln.Block(placement="none", causal=True)
    assert repr(masked).startswith("Block: A Transformer block of 5 tokens and 4 features, with a causal mask.") and "attention 3 to 5, + 3 to 5, MLP 3 to 5, + 3 to 5." in repr(masked)
    masked.x = [[v + 1 for v in START[0]], *START[1:]]
    masked.placement = "pre"
    assert "token 1 from (0.9, −0.4, 1.6, 0.3) to (1.9, 0.6, 2.6, 1.3)" in repr(masked) and "x 1, LN none, attention none, + 1, LN none, MLP none, + 1." in repr(masked)
    assert "Post-LN" in repr(ln.Block(placement="post")) and "Nothing changes." in repr(ln.Block(new=START[2]))
    assert ln.Block(START[:2]).picture().svg.startswith("<svg")


def test_the_page_carries_its_inputs_and_needs_no_torch():
    found = re.search(r'data-inputs="([^"]+)"', ln.Block()._repr_html_())[1].replace("&quot;", '"')
    assert json.loads(found) == FRESH
    script = "import sys; import layernorm.explorables, layernorm.site.explorables; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


BAD = weights(np.random.default_rng(0))


@pytest.mark.parametrize("name, value, accepted", [
    *(("x", value, "2 to 6 rows of 4 numbers from -100 to 100") for value in (
        [], [[]], [1, 2, 3, 4], [[1, 2, 3, 4]], [[1] * 4] * 7, [[1, 2, 3]] * 3, [[1, 2, 3, 4], [1]], [[float("nan")] * 4] * 2, [[101, 0, 0, 0]] * 2, [["1"] * 4] * 2, [[True] * 4] * 2, None, "x", [[1j] * 4] * 2)),
    ("before", START[:2], "5 tokens"), ("start", START + START[:1], "5 tokens"), ("start", [], "2 to 6 rows"), ("token", 0, "from 1 to 5"), ("token", 6, "from 1 to 5"), ("token", 1.5, "token"),
    ("new", [1, 2, 3], "4 numbers"), ("new", [101, 0, 0, 0], "up to 100"), ("new", [float("inf")] * 4, "finite"), ("placement", "peri", "'pre', 'post'"), ("causal", "yes", "causal"), ("question", "mask", "'rows', 'where'"),
    ("told", None, "told"), ("seed", -1, "seed"), ("seed", 0.5, "seed"), ("weights", {}, "exactly the names attention.qkv.weight"), ("weights", [1], "exactly the names"),
    ("weights", BAD | {"mlp.up.bias": [1, 2]}, r"mlp.up.bias.*shape \(8,\)"), ("weights", BAD | {"mlp.up.bias": [float("nan")] * 8}, "finite"), ("weights", BAD | {"other": 1}, "exactly the names")])
def test_a_wrong_value_is_refused_with_what_is_accepted_and_nothing_is_lost(name, value, accepted):
    b = ln.Block()
    with pytest.raises(traitlets.TraitError, match=accepted) as refused:
        setattr(b, name, value)
    assert name in str(refused.value) and b.inputs() == FRESH and b.seed == 0
