"""The size of the input against the largest stable step of gradient descent."""
from .. import experiments, figures
from .lab import Lab
from .modules import bundle


class StepLab(Lab):
    """How large a step does gradient descent bear?  The size of the pixels against what is done before the linear map.

    Parameters
    ----------
    pixels : one of 0.001, 0.01, 0.1, 1, 10, 100
    before : "raw", "divided by 16", "LayerNorm" or "standardized"

    ``result`` is the stored result of ``experiments.stable_step`` for them.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "steplab"
    _esm = bundle("steplab/steplab") + "export default $steplab;\n"
    experiment = "stable_step"
    labels = {"pixels": "Pixels ×", "before": "What the map sees"}
    texts = {"pixels": {0.001: "10⁻³", 0.01: "10⁻²"}, "before": {"divided by 16": "÷ 16"}}
    start = {"pixels": 1}

    def words(self):
        at = self.runs.at
        smaller = at(pixels=1, before="raw")["largest"] / at(pixels=10, before="raw")["largest"]
        options = {"1: it stays": 1, "10": 10, "100": 100}
        return {"title": "How large a step does descent bear?",
                "ask": "Make all pixels ten times as large: by what is the largest stable step for raw pixels divided?",
                "options": list(options), "right": [i for i, times in enumerate(options.values()) if abs(smaller / times - 1) < 0.01],
                "tell": "λ, the largest eigenvalue of XᵀX/n, grows as the square. Try it; then LayerNorm.",
                "facts": {"relative": list(experiments.steps.RELATIVE), "times": list(experiments.steps.TIMES)}}

    def summary(self, result):
        names = {"largest stable step 2/λ": result["largest"], "condition number κ": result["condition"]}
        for name, run in (("left after 300 steps, 1 % below", "below"), ("left after 300 steps, 1 % above", "above")):
            if result[run]:
                names[name] = result[run][-1]
        return names

    def picture(self):
        pixels, before = self.choice["pixels"], self.choice["before"]
        results = {name: self.runs.at(pixels=pixels, before=name) for name in self.runs["before"]}
        return figures.stable_steps(experiments.steps.RELATIVE, results, before)
