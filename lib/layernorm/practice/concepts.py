"""The concepts of the course, in the order in which they can be learned: what each needs, and the section that teaches it."""
from dataclasses import dataclass

TIERS = ("You bring", "1  What is it?", "2  Can it be undone?", "3  Why not the batch?", "4, 5  In a Transformer", "You are ready for")


@dataclass(frozen=True)
class Concept:
    """``label`` names the section that teaches it; None where that section is not written yet."""

    key: str
    tier: int
    column: int                                                   # of the wide map, 0 to 3
    words: str                                                    # "|" where the wide map breaks the line
    needs: tuple[str, ...]
    label: str | None


CONCEPTS = (
    Concept("layer", 0, 0, "A neural layer|and its gradient", (), "one-layer"),
    Concept("variance", 0, 1, "Mean and|variance", (), "variance"),
    Concept("one", 1, 0, "One vector,|two numbers", ("layer", "variance"), "two-numbers"),
    Concept("keeps", 1, 1, "What x̂ keeps|and loses", ("variance",), "geometry"),
    Concept("eps", 1, 2, "When ε|matters", ("variance",), "epsilon"),
    Concept("axes", 1, 3, "Which axes|share a mean", ("layer",), "axes"),
    Concept("affine", 2, 0, "Gain γ|and shift β", ("one",), "two-numbers-a-feature"),
    Concept("undo", 2, 1, "What they|cannot undo", ("keeps",), "come-back"),
    Concept("gradient", 2, 2, "The gradient|through it", ("keeps", "eps"), "flows-back"),
    Concept("mates", 3, 1, "Neighbours|change you", ("axes",), "beside-you"),
    Concept("modes", 3, 2, "Train and eval|disagree", ("axes",), "two-functions"),
    Concept("other", 3, 3, "Same formula,|other axes", ("axes",), "down-or-across"),
    Concept("place", 4, 0, "Pre-LN and|Post-LN", ("affine", "gradient"), "two-places"),
    Concept("why", 4, 1, "Why not|BatchNorm", ("mates", "modes"), "why-not-batchnorm"),
    Concept("decode", 4, 2, "One token|at a time", ("modes",), "one-token"),
    Concept("rms", 4, 3, "RMSNorm:|no mean", ("other",), "no-mean"),
    Concept("goal", 5, 0, "Transformers", ("place", "why", "decode", "rms"), "read-now"),
)
