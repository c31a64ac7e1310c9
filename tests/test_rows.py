"""Rows: what it says can be done can be done, what it says cannot cannot; and its Python side keeps its promises."""
import re

import numpy as np
import pytest
import traitlets

import layernorm as ln
from layernorm.explorables import rows as module
from layernorm.figures.comeback import CLOSE as DRAWN

LIMIT, CLOSE = 100, 0.005
MANY = 3000
ROUNDS = {k + 1: rows for k, rows in enumerate(module.ROUNDS)}


def fit(js, expression, **values):
    return js("rows/fitting")(expression, **values)


def judged(js, rows, eps=1e-5):
    return fit(js, "$fitting.judge(rows, eps)", rows=np.array(rows, float).tolist(), eps=eps)


def random_rows(seed, number, low=-4, high=5):
    """Small whole numbers, so that x̂ and x often coincide; sometimes constant, sometimes far away."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        rows = rng.integers(low, high, (rng.integers(2, 4), rng.integers(2, 7))).astype(float)
        if rng.random() < 0.2:
            rows[0] = rows[0, 0]
        if rng.random() < 0.2:
            rows[-1] = rng.integers(1, 4) * rows[0] + rng.integers(-3, 4)
        if rng.random() < 0.1:
            rows *= 60
        yield rows


def random_points(seed):
    """(x̂, x) of one feature in two or three rows; a part of them on a line, or nearly."""
    rng = np.random.default_rng(seed)
    for _ in range(MANY):
        h = rng.choice([0, 0.5, -0.5, 1, rng.normal(), rng.normal()], rng.integers(2, 4))
        kind = rng.random()
        if kind < 0.4:
            t = rng.integers(-5, 6, len(h))
        elif kind < 0.5:
            t = 150 * rng.normal(size=len(h))
        else:
            t = 60 * rng.normal() * h + 60 * rng.normal() + rng.choice([0, 0.002, 0.02]) * rng.normal(size=len(h))
        yield np.stack([h, t], 1).astype(float)


def least_errors(cases, rounds=120):
    """For each case the smallest largest error of a line within the limits: a slope has one best height, the rest is convex."""
    h, t = (np.array([np.resize(points[:, k], 3) for points in cases]).T for k in (0, 1))     # (3, cases): two points, one twice

    def error(slope):
        left = t - slope * h
        return np.abs(left - np.clip((left.max(0) + left.min(0)) / 2, -LIMIT, LIMIT)).max(0)
    low, high = np.full(len(cases), -LIMIT, float), np.full(len(cases), LIMIT, float)
    for _ in range(rounds):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        left = error(one) <= error(other)
        low, high = np.where(left, low, one), np.where(left, other, high)
    return np.minimum(error(low), error(high))


# --- Arithmetic against NumPy ------------------------------------------------------------------------


def test_python_and_the_page_have_the_same_limits(js):
    assert fit(js, "[$fitting.LIMIT, $fitting.CLOSE]") == [module.LIMIT, DRAWN] == [LIMIT, CLOSE]


@pytest.mark.parametrize("eps", [0.0, 1e-5, 1.0])
def test_outputs_are_those_of_the_reference(js, eps):
    rng = np.random.default_rng(1)
    for rows in random_rows(2, 300):
        gamma, beta = rng.normal(0, 3, (2, rows.shape[1]))
        got = fit(js, "$fitting.outputs($fitting.normalized(rows, eps), g, b)", rows=rows.tolist(), eps=eps, g=gamma.tolist(), b=beta.tolist())
        with np.errstate(invalid="ignore"):
            wanted = ln.layer_norm(rows, gamma, beta, eps=eps)
        got = np.array([[np.nan if v is None else v for v in row] for row in got])
        np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-11)


def test_the_verdict_on_a_feature_is_that_of_the_least_possible_error(js):
    cases = list(random_points(3))
    verdicts = fit(js, "all.map($fitting.study)", all=[points.tolist() for points in cases])
    seen = set()
    for points, one, least in zip(cases, verdicts, least_errors(cases)):
        room = CLOSE * min(1, np.ptp(points[:, 1]) or 1)
        if abs(least - room) < 1e-9:
            continue
        assert (one["kind"] == "line") == (least < room), (points, one, least)
        shown = np.abs(one["gamma"] * points[:, 0] + one["beta"] - points[:, 1]).max()
        assert abs(shown - one["off"]) < 1e-9 and max(abs(one["gamma"]), abs(one["beta"])) <= LIMIT
        assert one["kind"] != "line" or shown <= room + 1e-12
        seen.add(one["kind"])
    assert seen == {"line", "same", "miss", "limit"}


@pytest.mark.parametrize("scale", [1, 1e-3, 1e-6, 1e-8, 1e-12])
def test_two_rows_always_have_a_line_or_one_x_hat(js, scale):
    rows = (np.random.default_rng(7).integers(-5, 6, (400, 2, 3)) * scale).tolist() + [[[0, 0, 3 * scale], [3 * scale, -scale, 4 * scale]]]
    for one in fit(js, "all.map((rows) => $fitting.judge(rows, 1e-5).features)", all=rows):
        assert {feature["kind"] for feature in one} <= {"line", "same", "limit"}
    steep = fit(js, "$fitting.study([[1, 0], [1 + 1e-14, 1]], [1, 2])")
    assert steep["kind"] == "limit" and steep["slope"] == pytest.approx(1e14, rel=0.01)
    assert fit(js, "$fitting.study([[1, 0], [1, 1]], [1, 2])")["kind"] == "same"


def test_the_best_line_is_that_of_lstsq(js):
    cases = [points for points in random_points(4) if np.ptp(points[:, 0]) > 1e-3]
    bests = fit(js, "all.map($fitting.best)", all=[points.tolist() for points in cases])
    inside = 0
    for points, found in zip(cases, bests):
        known = np.stack([points[:, 0], np.ones(len(points))], 1)
        free = np.linalg.lstsq(known, points[:, 1], rcond=None)[0]
        if np.abs(free).max() <= LIMIT:
            inside += 1
            np.testing.assert_allclose(found, free, rtol=1e-7, atol=1e-8)
        else:                                                     # no small step within the limits makes it better
            squares = np.sum((known @ found - points[:, 1]) ** 2)
            for turn in np.linspace(0, 2 * np.pi, 32, endpoint=False):
                near = np.clip(np.array(found) + 0.01 * np.array([np.cos(turn), np.sin(turn)]), -LIMIT, LIMIT)
                assert np.sum((known @ near - points[:, 1]) ** 2) >= squares - 1e-7 * max(1, squares)
    assert 500 < inside < len(cases)


def test_rows_can_come_back_if_lstsq_leaves_nothing(js):
    """Whole rows, through the reference's own x̂: the residual of ``lstsq`` is 0, or the page says no."""
    counted = {True: 0, False: 0}
    for rows in random_rows(5, MANY):
        x_hat = ln.layer_norm(rows)
        residual, size, apart = 0, 0, 1
        for i in range(rows.shape[1]):
            known = np.stack([x_hat[:, i], np.ones(len(rows))], 1)
            solution = np.linalg.lstsq(known, rows[:, i], rcond=1e-12)[0]
            residual = max(residual, np.abs(known @ solution - rows[:, i]).max())
            size = max(size, np.abs(solution).max())
            gaps = np.abs(np.subtract.outer(x_hat[:, i], x_hat[:, i]))[np.triu_indices(len(rows), 1)]
            apart = min([apart, *gaps[gaps > 1e-12]])
        if 1e-8 < residual < 2 * CLOSE or abs(size - LIMIT) < 1 or apart < 1e-3:
            continue                                              # close calls are decided above; nearly equal x̂ below
        possible = judged(js, rows)["possible"]
        assert possible == (residual <= 1e-8 and size <= LIMIT), rows
        counted[possible] += 1
    assert min(counted.values()) > 200


def test_rows_that_share_mean_and_spread_come_back_with_sigma_and_mu(js):
    rng = np.random.default_rng(6)
    for _ in range(300):
        row = rng.integers(-5, 6, rng.integers(3, 7)).astype(float)
        if np.ptp(row) == 0:
            continue
        rows = np.array([rng.permutation(row) for _ in range(3)])
        got = judged(js, rows)
        assert got["possible"]
        assert got["shared"]["sigma"] == pytest.approx(row.std()) and got["shared"]["mu"] == pytest.approx(row.mean(), abs=1e-12)


@pytest.mark.parametrize("rows", [[[0, 3, 6], [2, 3, 4]], [[0, 3, 6], [1, 4, 7]], [[3, 3, 3], [3, 3, 3]]])
def test_a_shared_mean_or_a_shared_spread_is_not_both(js, rows):
    assert judged(js, rows)["shared"] is None


def test_small_rows_are_judged_by_their_own_size(js):
    """Two decimals would let a constant pass for them."""
    small = np.array([[0, 0, 6], [3, 3, 3], [5, 0, 1]]) / 1000
    assert not judged(js, small)["possible"] and judged(js, small[:2])["possible"]
    x_hat = ln.layer_norm(small)
    all_points = np.stack([x_hat[:, 0], small[:, 0]], 1).tolist()
    assert fit(js, "$fitting.roomOf(all)", all=all_points) == pytest.approx(0.005 * 0.005)
    assert fit(js, "$fitting.isBack(0.003, 0, $fitting.roomOf(all))", all=all_points) is False


# --- The three rounds ---------------------------------------------------------------------------------


def test_round_1_comes_back(js):
    got = judged(js, ROUNDS[1])
    gamma, beta = ([one[key] for one in got["features"]] for key in ("gamma", "beta"))
    assert got["possible"]
    np.testing.assert_allclose(gamma, [4.243, 4.243, 2.121], atol=5e-4)
    np.testing.assert_allclose(beta, [3, 3, 3], atol=1e-12)
    np.testing.assert_allclose(ln.layer_norm(ROUNDS[1], gamma, beta), ROUNDS[1], atol=1e-12)


def test_round_2_would_need_ten_million_and_at_best_misses_by_half(js):
    got = judged(js, ROUNDS[2])
    x_hat, rows = ln.layer_norm(np.array(ROUNDS[2], float)), np.array(ROUNDS[2])
    assert [one["kind"] for one in got["features"]] == ["same"] * 4 and not got["possible"]
    np.testing.assert_allclose([one["needs"] for one in got["features"]], np.diff(rows, axis=0)[0] / np.diff(x_hat, axis=0)[0], rtol=1e-6)
    assert 1e7 < max(abs(one["needs"]) for one in got["features"]) < 2e7
    np.testing.assert_allclose([one["off"] for one in got["features"]], [2.5, 1.5, 3.5, 3.5], atol=1e-9)


def test_round_2_without_epsilon_needs_more_than_any_number(js):
    got = judged(js, ROUNDS[2], eps=0)
    assert [one["kind"] for one in got["features"]] == ["same"] * 4 and all(one["needs"] is None for one in got["features"])


def test_round_3_misses_in_every_feature(js):
    got = judged(js, ROUNDS[3])
    x_hat, rows = ln.layer_norm(np.array(ROUNDS[3], float)), np.array(ROUNDS[3], float)
    for i, one in enumerate(got["features"]):
        known = np.stack([x_hat[:, i], np.ones(3)], 1)
        solution = np.linalg.lstsq(known, rows[:, i], rcond=None)[0]
        assert one["kind"] == "miss"
        np.testing.assert_allclose([one["gamma"], one["beta"]], solution, rtol=1e-9)
        assert one["off"] == pytest.approx(np.abs(known @ solution - rows[:, i]).max()) and one["off"] > 0.3


def test_without_epsilon_a_constant_row_has_nothing_to_come_back_from(js):
    got = judged(js, ROUNDS[1], eps=0)
    assert [one["kind"] for one in got["features"]] == ["none"] * 3 and not got["possible"]


# --- Words -------------------------------------------------------------------------------------------


def states(js, rows, eps=1e-5):
    """Every state of a round as the page has it, feature by feature."""
    rows = np.array(rows, float)
    d = rows.shape[1]
    got = judged(js, rows, eps)
    for phase, guess, ended in [("asked", "", ""), ("trying", "yes", ""), ("ended", "yes", "shown"), ("ended", "no", "shown"), ("ended", "no", "solved")]:
        gamma, beta = ([one[key] for one in got["features"]] for key in ("gamma", "beta")) if ended else ([1.0] * d, [0.0] * d)
        with np.errstate(invalid="ignore"):
            y = ln.layer_norm(rows, gamma, beta, eps=eps)
        back = (np.abs(y - rows) <= CLOSE).tolist()
        for i in range(d):
            yield {"rows": rows.tolist(), "gamma": gamma, "beta": beta, "eps": eps, "typed": False, "xhat": got["xhat"], "back": back, "judged": got,
                   "y": [[None if np.isnan(v) else v for v in row] for row in y], "guess": guess, "ended": ended, "phase": phase, "i": i}


def said(js, now):
    words = {"asked": "['', '', $telling.question(now)]", "trying": "$telling.held(now)", "ended": "$telling.verdict(now)"}[now["phase"]]
    strip = " ".join(js("rows/telling")(words, now=now)[1:])
    return strip, re.sub(r"<[^>]+>", "", js("rows/telling")("$telling.sentence(now)", now=now)).replace("\u00a0", " ")


def test_every_sentence_is_whole(js):
    for rows in [*ROUNDS.values(), *random_rows(7, 60)]:
        for now in states(js, rows):
            for words in said(js, now):
                assert words.strip()[-1] in ".?”" and not re.search("undefined|NaN|null|Infinity|e-", words), words


def test_the_reasons_of_the_rounds(js):
    told = {}
    for number, rows in ROUNDS.items():
        told[number] = [said(js, now) for now in states(js, rows) if now["phase"] == "ended" and now["guess"] == "no" and now["ended"] == "shown"]
    assert told[1][0] == ("✕ You said no. It can be done. Through two points there is a line, unless one stands above the other.",
                          "Row 2 is constant: with ε > 0 its x̂ is 0, so β₁ = 3 alone makes its y₁. γ₁ = 4.243 then serves row 1.")
    assert told[2][0][0].startswith("✓ As you said: no.") and "false" in told[2][0][0]
    assert told[2][0][1] == ("Both rows have x̂ = (−0.302, −1.508, 0.905, 0.905), so they get one y. Feature 1 wants 2 and 7 of it: one is missed by 2.5 or more; "
                             "what ε leaves between them would need γ₁ = −1.2·10⁷.")
    assert "9 numbers to hit with 6" in told[3][0][1] and "misses one by 0.846" in told[3][0][1]


def test_two_rows_of_three_that_became_one_are_named(js):
    now = [now for now in states(js, [*ROUNDS[2], [0, 1, 0, 5]]) if now["phase"] == "ended"][0]
    assert said(js, now)[1].startswith("Rows 1 and 2 have x̂ = ")


def test_where_rows_share_mean_and_spread_the_reason_says_so(js):
    now = [now for now in states(js, module.OWN) if now["guess"] == "yes" and now["phase"] == "ended"][0]
    assert "share μ = 3 and σ = 2.449: γ = σ and β = μ" in said(js, now)[0].replace("\u00a0", " ")


@pytest.mark.parametrize("rows, feature", [([[300, 300, 300]] * 2, 0), ([[200, 210]] * 2, 1), ([[190, 200, 210], [180, 200, 220]], 1),
                                           ([[0, 200, 400], [0, 200.1, 400]], 1), ([[0, 1000, 2000], [0, 1000.3, 2000]], 1)])
def test_what_only_the_limit_forbids_is_not_laid_to_equal_rows(js, rows, feature):
    one = judged(js, rows)["features"][feature]
    x_hat = ln.layer_norm(np.array(rows, float))[:, feature]
    slope, height = np.linalg.lstsq(np.stack([x_hat, np.ones(2)], 1), np.array(rows, float)[:, feature], rcond=None)[0]
    assert one["kind"] == "limit" and max(abs(slope), abs(height)) > LIMIT
    assert np.allclose(slope * x_hat + height, np.array(rows)[:, feature], atol=CLOSE)


def test_a_limit_is_called_a_limit_and_refutes_nothing(js):
    now = [now for now in states(js, [[0, 0, 6000], [3, 3, 3]]) if now["guess"] == "no" and now["ended"] == "shown"][2]
    strip, words = said(js, now)
    assert "false" not in strip and "limit" in strip and "γ₃ = 4241" in words


@pytest.mark.parametrize("off, words", [(0.5, "0.5"), (-4.586, "4.59"), (12.34, "12.3"), (-141.4, "141"), (3e7, "3·10⁷")])
def test_how_far_off_fits_its_cell(js, off, words):
    assert js("rows/telling")("$telling.gap(off)", off=off) == words and len(words) <= 6


@pytest.mark.parametrize("x, y", [(6, 1.4), (0, -0.7), (0, 0.7), (3, 3.2), (3, 9), (-2, 1), (-2, -2.2), (-2, -9), (4, 4), (-4, -4)])
def test_the_numbers_stand_at_the_box_and_across_zero_from_it(js, x, y):
    def down(v):                                                  # 10 px for 1, 0 at 100
        return 100 - 10 * v
    lines = js("rows/strips")("$strips.lines(x, 100, box, cap)", x=x, box=down(x), cap=down(y))
    side = -1 if x < 0 else 1
    assert side * (100 - lines["want"]) > -14 and side * (lines["far"] - 100) > 0 and abs(lines["want"] - lines["far"]) >= 14
    near = min(abs(lines["want"] - down(v)) for v in (x, y))
    assert near <= 13 and abs(lines["want"] - down(x)) <= 35


# --- A row that comes back holds the line ---------------------------------------------------------------


@pytest.mark.parametrize("wanted, before, grip, lands", [
    (4.3, 4.2, {"reach": 0, "step": 1}, 4.243), (4.4, 4.3, {"reach": 0, "step": 1}, 4.4), (100, 4.2, {"reach": 0, "step": 1}, 100),
    (4.3, 4.243, {"reach": 0, "step": 1}, 4.3), (4.2, 1, {"reach": 0.1, "step": 1}, 4.243), (4.1, 1, {"reach": 0.1, "step": 1}, 4.1)])
def test_a_key_or_a_drag_is_caught_by_a_row_that_comes_back(js, wanted, before, grip, lands):
    assert fit(js, "$fitting.caught(w, b, [4.243, 7], g)", w=wanted, b=before, g=grip) == lands


# --- Python --------------------------------------------------------------------------------------------


def test_a_round_brings_its_rows_and_rows_of_ones_own_are_round_0():
    for number, wanted in ROUNDS.items():
        rows = ln.Rows(round=number)
        assert rows.rows == wanted and rows.gamma == [1] * len(wanted[0]) and rows.beta == [0] * len(wanted[0])
    own = ln.Rows([[1, 2], [3, 5]], gamma=[2, 2])
    assert (own.round, own.gamma, own.beta) == (0, [2, 2], [0, 0])
    assert ln.Rows(round=0).rows == module.OWN and ln.Rows(np.array(ROUNDS[1])).round == 1


def test_y_is_that_of_the_reference():
    rows = ln.Rows(gamma=[4.243, 4.243, 2.121], beta=[3, 3, 3])
    np.testing.assert_array_equal(rows.y, ln.layer_norm(np.array(ROUNDS[1], float), rows.gamma, rows.beta))
    np.testing.assert_allclose(rows.y, ROUNDS[1], atol=CLOSE)


def test_round_and_rows_follow_each_other():
    rows = ln.Rows()
    rows.round = 2
    assert rows.rows == ROUNDS[2] and rows.gamma == [1] * 4
    rows.rows = [[1, 2, 3, 5], [0, 1, 0, 0]]
    assert rows.round == 0
    rows.guesses, rows.ended = ["yes", "no", "", ""], ["shown", "", "", ""]
    rows.rows = [[1, 2], [2, 2]]
    assert rows.guesses == ["", "no", "", ""] and rows.ended == [""] * 4 and rows.gamma == [1, 1]


def test_what_the_page_sends_at_once_is_taken_at_once():
    """A guess at one's own rows survives a visit to another round."""
    rows = ln.Rows([[1, 2], [3, 5]], guesses=["no", "", "", ""])
    assert rows.guesses[0] == "no"
    rows.set_state({"round": 1, "rows": ROUNDS[1], "gamma": [1, 1, 1], "beta": [0, 0, 0]})
    assert rows.round == 1 and rows.rows == ROUNDS[1]
    rows.set_state({"round": 0, "rows": [[1, 2], [3, 5]], "gamma": [1, 1], "beta": [0, 0]})
    assert (rows.round, rows.rows, rows.guesses[0]) == (0, [[1, 2], [3, 5]], "no")
    rows.set_state({"rows": ROUNDS[1], "gamma": [1, 1, 1], "beta": [0, 0, 0], "guesses": [""] * 4, "ended": [""] * 4})
    assert rows.round == 0                                        # typed by the reader, whatever else they are


@pytest.mark.parametrize("name, value", [
    ("rows", [[1, 2]]), ("rows", [[1, 2], [1, 2, 3]]), ("rows", [[1], [2]]), ("rows", [[1, 2]] * 4), ("rows", [range(7)] * 2), ("rows", [[1, np.nan], [1, 2]]),
    ("rows", "two"), ("gamma", [1]), ("gamma", [101, 0, 0]), ("beta", [0, 0, -100.1]), ("beta", "zero"), ("eps", -1), ("round", 4), ("round", 1.5),
    ("guesses", ["perhaps", "", "", ""]), ("ended", ["solved"])])
def test_a_wrong_value_is_refused_by_name_and_nothing_is_lost(name, value):
    rows = ln.Rows()
    before = rows.inputs()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(rows, name, value)
    assert rows.inputs() == before
    with pytest.raises(traitlets.TraitError, match=name):
        ln.Rows(**{name: value})


def test_output_is_the_same_for_the_same_state():
    one, other = ln.Rows(), ln.Rows(np.array(ROUNDS[1]))
    assert one._repr_html_() == other._repr_html_() and repr(one) == repr(other)


# --- The picture ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [*ROUNDS.values(), [[1, 2], [2, 1]], [[1, 2, 3, 4, 5, 6], [2, 2, 2, 2, 2, 2], [0, 9, 0, -900, 0, 0]]])
def test_the_picture_is_legible_on_a_phone_and_at_home_on_both_grounds(rows):
    drawn = ln.Rows(rows).picture()
    svg, again = drawn.svg, ln.Rows(rows).picture().svg
    width, unit = float(re.search(r'width="(\d+)"', svg)[1]), float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    letters = [float(size) * min(width, 366) / unit for size in re.findall(r"font-size: ([\d.]+)px|font: ([\d.]+)px", svg) for size in size if size]
    assert letters and min(letters) >= 12 - 0.1
    assert re.findall(r"(?:fill|stroke): #[0-9a-f]{6}(?!; (?:fill|stroke): light-dark)", svg) == [] and svg == again


def test_the_picture_says_which_rows_are_back():
    alt = ln.Rows(gamma=[4.243, 4.243, 1], beta=[3, 3, 3]).picture().alt
    assert "feature 1 in rows 1 and 2" in alt and "feature 3 in row 2" in alt
    assert "nan" not in ln.Rows(eps=0.0).picture().alt.lower()
