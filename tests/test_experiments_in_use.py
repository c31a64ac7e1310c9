"""What chapter 5 runs says what the chapter says: a tie, a leak, a bound; and every entry is run as its docstring has it."""
import math

import numpy as np
import pytest
import torch

import layernorm as ln
from layernorm.experiments import in_use
from layernorm.experiments.in_use import _first_below, _judged
from layernorm.experiments.learning import LENGTH, VOCABULARY


@pytest.fixture(scope="module")
def norms():
    return ln.experiments.load("norms_in_use")


@pytest.fixture(scope="module")
def alone():
    return ln.experiments.load("next_token")


def test_batch_norm_and_layer_norm_tie_in_use(norms):
    for start in norms["start"]:
        for rate in in_use.RATES:
            bn, layer = (norms.at(norm=kind, start=start)[str(rate)] for kind in ("BN", "LN"))
            assert None not in bn["solved"] + layer["solved"]
            assert 1 / 3 < np.median(bn["in_use"]) / np.median(layer["in_use"]) < 3, (start, rate)


def test_only_batch_norm_is_another_function_in_training(norms):
    for kind in in_use.KINDS:
        one = norms.at(norm=kind, start="xavier")["0.003"]
        assert (one["in_use"] == one["training"]) == (kind != "BN")


def test_rms_norm_does_what_layer_norm_does_and_dyt_depends_on_the_first_weights(norms):
    for start in norms["start"]:
        layer, rms, dyt = (norms.at(norm=kind, start=start)["0.003"] for kind in ("LN", "RMS", "DyT"))
        assert 2 / 3 < np.median(rms["in_use"]) / np.median(layer["in_use"]) < 1.5
        assert all(step is None for step in dyt["solved"]) if start == "gpt2" else None not in dyt["solved"]


def test_what_can_look_ahead_beats_guessing_and_nothing_else_does(alone):
    for T in alone["length"]:
        for over in alone["over"]:
            losses = alone.at(over=over, length=T)["loss"]
            assert (max(losses) < 1.2) if over in ("T, d", "T") else abs(np.median(losses) - math.log(4)) < 0.01, (over, T)


def test_two_tokens_are_read_whole_from_their_common_mean_and_not_from_more_or_less(alone):
    assert max(alone.at(over="T, d", length=2)["loss"]) < 5e-4
    assert min(alone.at(over="T", length=2)["loss"]) > math.log(4) / 4


def test_normed_queries_hold_the_logits_and_learn_where_plain_ones_do_not():
    stored = ln.experiments.load("qk_norm")
    for start in stored["start"]:
        plain, normed = (stored.at(queries=queries, start=start)["0.1"] for queries in ("plain", "normed"))
        assert min(plain["logit"]) > 100 * max(normed["logit"])
        assert min(plain["final"]) > 1.5 and max(normed["final"]) < 0.1


def test_a_run_is_solved_where_the_mean_of_twenty_losses_first_is_below_a_tenth():
    losses = [1.0] * 30 + [0.0] * 40
    assert _first_below(losses) == 30 + 19                        # one 1 among 20 is 0.05, two are 0.1
    assert _first_below([1.0] * 30) is None and _first_below([0.0] * 10) is None


def test_a_network_that_guesses_is_judged_so_in_both_modes():
    class Even(torch.nn.Module):
        def forward(self, tokens):
            self.mode = self.training
            return torch.zeros(*tokens.shape, VOCABULARY, dtype=torch.float64)
    model = Even()
    found = _judged(model, np.random.default_rng(0))
    assert found == {"in_use": pytest.approx(math.log(VOCABULARY)), "training": pytest.approx(math.log(VOCABULARY))}
    assert model.mode is True                                     # training comes last: it changes running statistics


def test_judging_in_use_reads_reversed_tokens():
    class Reverses(torch.nn.Module):
        def forward(self, tokens):
            return 50 * torch.nn.functional.one_hot(tokens.flip(-1), VOCABULARY).double()
    assert _judged(Reverses(), np.random.default_rng(0))["in_use"] < 1e-12 and LENGTH == 8


@pytest.mark.parametrize("run, words", [
    (lambda: in_use.norms_in_use(norm="GN", start="xavier"), "norm must be one of 'BN'"),
    (lambda: in_use.norms_in_use(norm="BN", start="he", seeds=1), "start must be"), (lambda: in_use.qk_norm(queries="both", start="xavier"), "got 'both'"),
    (lambda: in_use.next_token(over="d", length=1), "at least 2, got 1"), (lambda: in_use.next_token(over="B", length=2), "axes must be one of")])
def test_a_wrong_input_is_refused_by_name(run, words):
    with pytest.raises(ValueError, match=words):
        run()
