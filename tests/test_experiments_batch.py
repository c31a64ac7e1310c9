"""What chapter 3 runs: networks trained side by side, noise from neighbours, depth and time."""
import numpy as np
import pytest
import torch

import layernorm as ln
from layernorm.experiments import batches, deep, noise
from layernorm.experiments.stack import GRID, METHODS, Stack

WIDTHS, SEEDS, B = (6, 5, 4, 3), 3, 7


def generators(count=SEEDS):
    return [np.random.default_rng(seed) for seed in range(count)]


def data(rng):
    return rng.normal(size=(SEEDS, B, WIDTHS[0])), np.eye(WIDTHS[-1])[rng.integers(0, WIDTHS[-1], (SEEDS, B))]


def by_torch(network, seed, x, y):
    """The same network of one seed in torch: its running statistics, and its gradients after one batch in training."""
    norm = {"BN": torch.nn.BatchNorm1d, "LN": torch.nn.LayerNorm}
    *hidden, last = network.layers
    parts, leaves = [], []
    for layer in hidden:
        linear = torch.nn.Linear(*layer["w"].shape[1:], bias="gamma" not in layer, dtype=torch.float64)
        own = {"w": linear.weight, "beta": linear.bias}
        parts.append(linear)
        if "gamma" in layer:
            affine = norm["BN" if network.axis == -2 else "LN"](layer["w"].shape[2], dtype=torch.float64)
            own |= {"beta": affine.bias, "gamma": affine.weight}
            parts.append(affine)
        leaves.append(own)
        parts.append(torch.nn.ReLU())
    linear = torch.nn.Linear(*last["w"].shape[1:], dtype=torch.float64)
    parts, leaves = [*parts, linear], [*leaves, {"w": linear.weight, "beta": linear.bias}]
    with torch.no_grad():
        for layer, own in zip(network.layers, leaves):
            for name, leaf in own.items():
                leaf[:] = torch.tensor(layer[name][seed].T if name == "w" else layer[name][seed, 0])
    model = torch.nn.Sequential(*parts)
    torch.nn.functional.cross_entropy(model(torch.tensor(x[seed])), torch.tensor(y[seed])).backward()
    return model, [{name: leaf.grad.numpy() for name, leaf in own.items()} for own in leaves]


def unlike(network):
    """Gamma and beta that are not 1 and 0."""
    rng = np.random.default_rng(9)
    for layer in network.layers:
        for name in layer.keys() - {"w"}:
            layer[name] = rng.uniform(0.5, 1.5, layer[name].shape)
    return network


@pytest.mark.parametrize("method", METHODS)
def test_gradients_and_the_network_in_use_are_torchs(method):
    network, (x, y) = unlike(Stack(WIDTHS, method, generators())), data(np.random.default_rng(1))
    ours = network.gradients(x, y)
    for seed in range(SEEDS):
        model, theirs = by_torch(network, seed, x, y)
        for own, layer in zip(ours, theirs):
            assert own.keys() == layer.keys()
            for name, value in layer.items():
                np.testing.assert_allclose(own[name][seed].T if name == "w" else own[name][seed, 0], value, atol=1e-12)
        with torch.no_grad():
            used = model.eval()(torch.tensor(x[seed])).numpy()
        np.testing.assert_allclose(network.predict(x)[seed], used, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_no_seed_sees_another(method):
    x, y = data(np.random.default_rng(1))
    together, alone = Stack(WIDTHS, method, generators()), Stack(WIDTHS, method, generators()[:1])
    for _ in range(5):
        together.step(x, y, 0.3)
        alone.step(x[:1], y[:1], 0.3)
    np.testing.assert_array_equal(together.predict(x)[0], alone.predict(x[:1])[0])


def test_a_step_goes_down_the_gradient_to_the_grid():
    x, y = data(np.random.default_rng(1))
    network = Stack(WIDTHS, "LN", generators())
    before, found = network.layers[0]["w"].copy(), network.gradients(x, y)[0]["w"]
    network.step(x, y, 0.25)
    moved = (before - network.layers[0]["w"]) / 0.25
    np.testing.assert_allclose(moved, found, atol=0.51 * GRID)
    np.testing.assert_allclose(moved / GRID, np.rint(moved / GRID), atol=1e-6)


def test_each_seed_sees_all_its_examples_before_one_comes_again():
    orders = np.arange(24).reshape(2, 12)
    seen = np.concatenate(list(batches.batches(orders, 4, 6, generators(2))), axis=1)
    assert all(sorted(part) == sorted(order) for row, order in zip(seen, orders) for part in (row[:12], row[12:]))


# --- Who wins, as it is stored

@pytest.fixture(scope="module")
def runs():
    return ln.experiments.load("who_wins")


def test_each_method_is_judged_at_the_rate_that_is_best_on_digits_held_back(runs):
    rates = ln.experiments.best_rates(runs, batch=64, budget=24576)
    reported = ln.experiments.errors_at(runs, batch=64, budget=24576)
    for method, rate in rates.items():
        held = {r: np.median(runs.at(batch=64, rate=r, budget=24576)[method]["held"]) for r in runs["rate"]}
        assert held[rate] == min(held.values())
        assert reported[method] == runs.at(batch=64, rate=rate, budget=24576)[method]["test"]
    assert ln.experiments.errors_at(runs, batch=64, budget=24576, rate=3)["LN"] == runs.at(batch=64, rate=3, budget=24576)["LN"]["test"]


def test_no_best_rate_stands_at_an_end_of_the_grid_but_batch_norms(runs):
    # Else the grid would be judged, not the method.
    ends = {(batch, budget, method) for batch in runs["batch"] for budget in runs["budget"]
            for method, rate in ln.experiments.best_rates(runs, batch=batch, budget=budget).items()
            if rate in (min(runs["rate"]), max(runs["rate"]))}
    assert {method for _, _, method in ends} <= {"BN"}


# --- Neighbours, depth, time

def test_the_noise_of_neighbours_follows_its_law_and_layer_norm_has_none():
    x = np.array([0.0, 1, 2])
    seen = ln.experiments.neighbour_noise(x, 128, rng=np.random.default_rng(0))
    np.testing.assert_allclose(seen, np.sqrt((1 + x**2 / 2) / 128), rtol=0.06)
    assert (ln.experiments.neighbour_noise(x, 128, norm="LN", rng=np.random.default_rng(0)) == 0).all()


def test_a_state_behind_layer_norm_is_never_longer_than_root_d():
    for gain in (0.1, 3, 30):
        states, gradients = ln.experiments.recurrent(gain, norm=True, rng=np.random.default_rng(0), d=16, steps=30)
        assert states.shape == gradients.shape == (31,) and states.max() <= 4 and gradients[-1] == pytest.approx(1)


@pytest.mark.parametrize("norm", [False, True])
def test_the_gradient_through_time_is_torchs(norm):
    d, steps, rng = 5, 4, np.random.default_rng(3)
    w = torch.tensor(rng.normal(0, 1.2 / np.sqrt(d), (d, d)))
    h = start = torch.zeros(d, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        z = h @ w + torch.tensor(rng.normal(size=d))
        h = torch.relu(torch.nn.functional.layer_norm(z, (d,)) if norm else z)
    c = rng.normal(size=d)
    (h @ torch.tensor(c / np.linalg.norm(c))).backward()
    _, gradients = ln.experiments.recurrent(1.2, norm=norm, rng=np.random.default_rng(3), d=d, steps=steps)
    assert gradients[0] == pytest.approx(start.grad.norm().item(), rel=1e-10)


def test_batch_norm_makes_gradients_grow_and_layer_norm_does_not():
    stored = ln.experiments.load("deep_batch_norm")
    growth = [np.median(stored.at(batch=batch, width=256)["BN"]["growth"]) for batch in stored["batch"]]
    assert growth == sorted(growth, reverse=True) and growth[-1] == pytest.approx(deep.LIMIT, rel=0.03)
    assert all(abs(np.median(stored.at(batch=batch, width=256)["LN"]["growth"]) - 1) < 0.03 for batch in stored["batch"])


def test_noise_moves_what_batch_norm_holds_still():
    stored = ln.experiments.load("noisy_batch_norm")
    for rate in stored["rate"]:
        still, moved = (np.median(stored.at(rate=rate)[method]["shift"]) for method in ("BN", "noisy BN"))
        assert moved > 3 * still


@pytest.mark.parametrize("run, words", [
    (lambda: batches.who_wins(batch=1, rate=0.1, budget=8), "2 <= batch"), (lambda: batches.who_wins(batch=4, rate=0, budget=8), "rate must be positive"),
    (lambda: noise.noisy_batch_norm(rate=-1), "rate must be positive"), (lambda: deep.deep_batch_norm(batch=1, width=4), "at least 2"),
    (lambda: ln.experiments.neighbour_noise([1], 1, rng=np.random.default_rng(0)), "no neighbour"),
    (lambda: ln.experiments.neighbour_noise([1], 4, norm="IN", rng=np.random.default_rng(0)), "norm must be"),
    (lambda: ln.experiments.recurrent(0, norm=True, rng=np.random.default_rng(0)), "gain and steps"),
    (lambda: Stack(WIDTHS, "GN", generators()), "method must be one of")])
def test_a_wrong_input_is_refused_by_name(run, words):
    with pytest.raises(ValueError, match=words):
        run()
