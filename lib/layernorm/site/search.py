"""Search finds a Greek letter by its name and a name by its letter, in words, in code and in formulas."""
import re

from sphinx.search.en import SearchEnglish

LETTERS = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda",
           "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega"}
NAMES = {name: letter for letter, name in LETTERS.items()} | {"eps": "ε", "varepsilon": "ε"}
# Of x̂ the words are x and a mark that is no letter; formulas and code have it too.
HAT = re.compile(r"x\u0302|\\hat\s*\{?(?:\\mathbf)?\s*\{?x\b")
SPLIT = r"""var splitQuery = (query) => query.toLowerCase().replaceAll("x\u0302", "x_hat")
  .split(/[^\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu).filter((term) => term);
"""


class Search(SearchEnglish):
    js_splitter_code = SPLIT

    def split(self, input):
        return [also for word in super().split(HAT.sub("x_hat", input)) for also in (word, *other(word))]


def other(word):
    """The letters in a word, which may be γx or σ², with their names; of a name its letter."""
    letters = [letter for letter in word.lower() if letter in LETTERS]
    letters += [NAMES[part] for part in word.lower().split("_") if part in NAMES]
    return [also for letter in letters for also in (letter, LETTERS[letter])]


def setup(app):
    app.add_search_language(Search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
