"""The experiments of chapter 4 measure what their docstrings say."""
from itertools import islice, repeat

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from layernorm.experiments import learning, placement
from layernorm.experiments.learning import (
    AVERAGED,
    CALM,
    LEAST,
    SOLVED,
    STEPS,
    STUCK,
    learned,
    reverse_losses,
    side_by_side,
    small_transformer,
    solved_and_final,
)
from layernorm.models import Transformer, initialize

FLAT = {"rate": 0.003, "warm_up": 0}


def rng(seed=0):
    return np.random.default_rng(seed)


# --- Solved, and when

def test_a_run_is_solved_when_the_mean_of_twenty_losses_is_below_a_tenth_and_ends_when_that_of_a_hundred_is():
    losses = [2.0] * 50 + [SOLVED / 2] * 500
    solved, final = solved_and_final(iter(losses))
    assert np.mean(losses[solved - AVERAGED:solved]) < SOLVED <= np.mean(losses[solved - AVERAGED - 1:solved - 1])
    assert final == pytest.approx(SOLVED / 2)
    for warm_up in (0, 200):
        drawn = iter(losses)
        solved_and_final(drawn, warm_up=warm_up)
        ran = len(losses) - len(list(drawn))
        assert ran >= warm_up + CALM and np.mean(losses[ran - CALM:ran]) < SOLVED
        assert ran == warm_up + CALM or np.mean(losses[ran - CALM - 1:ran - 1]) >= SOLVED


def test_a_run_that_is_never_solved_ends_after_all_steps_and_one_that_is_no_number_at_once():
    counted = iter(range(10 ** 6))
    assert solved_and_final(1.5 + 0 * t for t in counted) == (None, 1.5)
    assert next(counted) == STEPS
    assert solved_and_final(iter([2.0, float("nan"), 0.0])) == (None, None)


@pytest.mark.parametrize("warm_up", [0, 50])
def test_a_run_ends_when_not_one_of_two_hundred_steps_was_better_than_guessing(warm_up):
    guessing = np.log(learning.VOCABULARY)
    for better, ends in ((None, warm_up + STUCK), (warm_up, warm_up + 1 + STUCK), (warm_up + 30, warm_up + 31 + STUCK)):
        counted = iter(range(10 ** 6))
        losses = (guessing - 1.01 * LEAST if step == better else guessing - 0.99 * LEAST for step in counted)
        solved, final = solved_and_final(losses, warm_up=warm_up)
        assert next(counted) == ends and solved is None and final == pytest.approx(guessing - 0.99 * LEAST)


def test_of_a_run_whose_losses_end_before_it_does_nothing_is_said():
    assert solved_and_final(iter([1.5] * (STEPS - 1))) is None
    assert solved_and_final(iter([1.5] * STEPS)) == (None, 1.5)


def test_a_run_that_is_lost_again_says_both():
    for calm in (AVERAGED, CALM - 10):
        solved, final = solved_and_final(iter([0.01] * calm + [2.0] * 1000))
        assert solved == AVERAGED and final == 2.0


# --- The task

class Reverser(nn.Module):
    """Gives back its tokens in reverse, beyond doubt."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(100.0, dtype=torch.float64))

    def forward(self, tokens):
        return self.scale * nn.functional.one_hot(tokens.flip(-1), learning.VOCABULARY)


def test_who_reverses_the_tokens_has_no_loss_and_who_knows_nothing_has_ln_8():
    assert next(reverse_losses(Reverser(), rng=rng(), **FLAT)) < 1e-12
    model = small_transformer(depth=1, start="xavier", rng=rng())
    nn.init.zeros_(model.head.weight)
    assert next(reverse_losses(model, rng=rng(), **FLAT)) == pytest.approx(np.log(8))


@pytest.mark.parametrize("warm_up, shares", [(0, [1, 1, 1, 1]), (3, [1 / 3, 2 / 3, 1, 1])])
def test_the_rate_rises_in_a_straight_line_and_stays(warm_up, shares, monkeypatch):
    rates, step = [], torch.optim.Adam.step

    def noted(adam, *args):
        rates.append(adam.param_groups[0]["lr"])
        return step(adam, *args)
    monkeypatch.setattr(torch.optim.Adam, "step", noted)
    losses = reverse_losses(small_transformer(depth=1, start="torch", rng=rng()), rate=0.01, warm_up=warm_up, rng=rng())
    for _ in range(4):
        next(losses)
    assert rates == pytest.approx([0.01 * share for share in shares])


def test_gradients_are_rounded_to_the_grid_before_a_step():
    model = small_transformer(depth=1, start="torch", rng=rng())
    next(reverse_losses(model, rng=rng(), **FLAT))
    for parameter in model.parameters():
        places = parameter.grad / learning.GRID
        assert torch.equal(places, places.round())


def test_seeds_have_weights_and_data_of_their_own_and_are_repeated_exactly():
    one, two = (learned(depth=1, start="torch", seeds=2, steps=3, rate=0.003, warm_up=0) for _ in range(2))
    assert one == two and one["final"][0] != one["final"][1]


@pytest.mark.parametrize("options", [{"placement": "post"}, {"placement": "pre", "without": ("attention", "final")}, {"norm": "RMS"}])
def test_networks_that_learn_side_by_side_learn_what_each_learns_alone(options):
    rngs = [rng(seed) for seed in range(3)]
    models = [small_transformer(depth=2, start="torch", rng=one, **options) for one in rngs]
    before = [parameter.clone() for model in models for parameter in model.parameters()]
    rates, going = [0.01, 0.002, 0.01], [0, 1, 2]
    together = [[], [], []]
    for losses in islice(side_by_side(models, rates=rates, warm_up=5, rngs=rngs, going=going), 30):
        for one, loss in zip(going, losses):
            together[one].append(loss)
        if len(together[2]) == 12:                                # it ends here; the others notice nothing
            going[:] = [0, 1]
    assert list(map(len, together)) == [30, 30, 12]
    assert all(map(torch.equal, before, (parameter for model in models for parameter in model.parameters())))
    for seed, losses in enumerate(together):
        one = rng(seed)
        alone = reverse_losses(small_transformer(depth=2, start="torch", rng=one, **options), rate=rates[seed], warm_up=5, rng=one)
        np.testing.assert_allclose(losses, list(islice(alone, len(losses))), rtol=1e-9)


def test_several_rates_at_once_give_what_each_gives():
    task = {"depth": 1, "start": "torch", "warm_up": 0, "seeds": 2, "steps": 150}
    both = learned(rate=[0.01, 0.001], **task)
    assert both == [learned(rate=0.01, **task), learned(rate=0.001, **task)]
    assert None not in both[0]["solved"] and both[1]["solved"] == [None, None]


def test_who_stops_learning_early_keeps_the_seeds_that_had_ended():
    task, ran = {"depth": 1, "start": "torch"}, []
    steps = {"rate": 0.01, "warm_up": 0}
    for seed in range(3):
        one, counted = rng(seed), []
        solved_and_final(counted.append(1) or loss for loss in reverse_losses(small_transformer(**task, rng=one), rng=one, **steps))
        ran.append(len(counted))
    assert max(ran) < STEPS and len(set(ran)) > 1, "runs end when they are solved, and not together"
    whole, at = learned(**task, **steps, seeds=3), min(ran)
    assert learned(**task, **steps, seeds=3, track=lambda items: islice(items, at)) == {
        key: [one for one, length in zip(found, ran) if length == at] for key, found in whole.items()}
    with pytest.raises(ValueError, match="stopped before the run of any seed had ended"):
        learned(**task, **steps, seeds=3, track=lambda items: islice(items, at - 1))


# --- Which LayerNorms stand

@pytest.mark.parametrize("without, left", [
    ("nothing", 2 * 8 + 1), ("attention", 8 + 1), ("mlp", 8 + 1), ("final", 2 * 8), ("attention, mlp", 1), ("attention, final", 8),
    ("mlp, final", 8), ("all", 0)])
def test_what_is_left_out_is_not_there(without, left, monkeypatch):
    made = []

    def noted(**options):
        made.append(small_transformer(**options))
        return made[-1]
    monkeypatch.setattr(learning, "small_transformer", noted)
    monkeypatch.setattr(learning, "_over", lambda seen, warm_up: True)                    # one step is enough
    placement.left_out(without=without, start="torch", rate=0.003, seeds=1)
    assert sum(isinstance(module, nn.LayerNorm) for module in made[0].modules()) == left


@pytest.mark.parametrize("run, words", [
    (lambda: placement.left_out(without="first", start="torch", rate=0.1), "'nothing', 'attention', .*got 'first'"),
    (lambda: placement.warm_up(placement="pre", start="torch", rate=0, steps=0), "rate must be positive, got 0"),
    (lambda: placement.first_pass(placement="pre", start="torch", depth=0), "depth must be at least 1, got 0"),
    (lambda: placement.first_pass(placement="middle", start="torch", depth=1), "placement must be one of")])
def test_bad_input_says_what_was_wrong(run, words):
    with pytest.raises(ValueError, match=words):
        run()


# --- The first pass

def test_the_first_pass_measures_gradient_stream_and_losses_as_hooks_see_them():
    found = placement.first_pass(placement="pre", start="torch", depth=2, seeds=1)
    generator = rng(0)
    model = initialize(Transformer(1000, 32, width=64, depth=2, heads=4, placement="pre", activation="relu").double(), "torch", rng=generator)
    tokens, targets = (torch.from_numpy(generator.integers(1000, size=(4, 32))) for _ in range(2))
    seen = []
    model.blocks[0].register_forward_pre_hook(lambda block, given: seen.append(given[0]))
    for block in model.blocks:
        block.register_forward_hook(lambda block, given, out: seen.append(out))
    loss = cross_entropy(model(tokens).flatten(0, 1), targets.flatten())
    weights = [block.mlp.down.weight for block in model.blocks]
    gradients = torch.autograd.grad(loss, weights)
    assert found["loss"] == [pytest.approx(loss.item())]
    assert found["gradient"][0] == pytest.approx([g.square().sum().sqrt().item() for g in gradients])
    assert found["stream"][0] == pytest.approx([x.square().mean().item() for x in seen])
    model.final_norm = nn.Identity()
    assert found["without"] == [pytest.approx(cross_entropy(model(tokens).flatten(0, 1), targets.flatten()).item())]


def test_a_first_step_of_adam_moves_each_weight_by_the_rate_and_the_change_is_a_share_of_the_logits(monkeypatch):
    made = []
    monkeypatch.setattr(placement, "small_transformer", lambda **options: made.append(small_transformer(**options)) or made[-1])
    share = placement.adam_step(placement="post", start="xavier", depth=2, rng=rng(), rate=1e-3)
    before, after = small_transformer(depth=2, start="xavier", rng=rng(), placement="post"), made[0]
    moved = (after.head.weight - before.head.weight).abs()
    assert moved.median().item() == pytest.approx(1e-3, rel=1e-3) and moved.max().item() <= 1e-3 * (1 + 1e-9)
    generator = rng()
    small_transformer(depth=2, start="xavier", rng=generator, placement="post")
    tokens = torch.from_numpy(generator.integers(8, size=(64, 8)))
    with torch.no_grad():
        old, new = before(tokens).numpy(), after(tokens).numpy()
    assert share == pytest.approx(np.linalg.norm(new - old) / np.linalg.norm(old))


def test_the_slope_of_a_power_is_its_exponent():
    assert placement.slope((2, 4, 8), [3 * depth ** -0.5 for depth in (2, 4, 8)]) == pytest.approx(-0.5)
    assert placement.slope((2, 4, 8), list(repeat(0.3, 3))) == pytest.approx(0, abs=1e-12)
