"""An experiment for the tests of how experiments are run; in a file of its own, because each further process imports it by name."""
from layernorm.experiments.stored import Experiment


def squares(*, a):
    return {"square": a ** 2}


class Uncoded(Experiment):
    def code(self):
        return {"squares": "0123"}
