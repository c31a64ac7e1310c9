"""``{explorable} KIND``: an explorable on a page that has no cell; its body names the inputs, as YAML."""
import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .. import explorables


class Directive(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self):
        kind = self.arguments[0]
        if kind not in explorables.__all__:
            raise self.error(f"no explorable is called {kind!r}; there are {', '.join(explorables.__all__)}")
        try:
            inputs = yaml.safe_load("\n".join(self.content)) or {}
            made = getattr(explorables, kind)(**inputs)
        except Exception as error:
            raise self.error(f"{kind} does not take these inputs: {error}") from error
        return [nodes.raw("", f'<div class="placed">{made._repr_html_()}</div>', format="html")]


def setup(app):
    app.add_directive("explorable", Directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
