"""What explorables have in common for those who hear them: one voice each, and it is silent while things move."""
import pytest

import layernorm as ln
from alone import show  # noqa: F401  a fixture
from layernorm import explorables

LIVE = "(root) => [...root.querySelectorAll('output, [aria-live], [role=status], [role=alert], [role=log]')].map((e) => e.className)"


@pytest.mark.parametrize("kind", sorted(set(explorables.__all__) - {"Guess", "Answer"}))
def test_one_voice_speaks(show, kind):  # noqa: F811
    page = show(getattr(ln, kind)())
    assert page.locator("[data-explorable]").evaluate(LIVE) == ["ln-quiet"]
