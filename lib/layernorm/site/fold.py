"""What is deeper stands folded on the same page: a section whose title begins with "Deeper:", an admonition of class ``folded``."""
from docutils import nodes

MARK = "Deeper:"


class Folded(nodes.section):
    """A section of which only the title is seen until the reader unfolds it."""


class Drawer(nodes.General, nodes.Element):
    """A box of which only the title is seen until the reader unfolds it."""


class Fold(nodes.General, nodes.Element):
    """Stands between the title and what is folded."""


def fold(app, doctree, docname):
    for section in list(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title)
        if title is not None and title.parent is section and title.astext().startswith(MARK):
            title_and_rest = section.children
            at = title_and_rest.index(title) + 1
            section.replace_self(Folded("", *title_and_rest[:at], Fold(), *title_and_rest[at:], **section.attributes))
    for box in list(doctree.findall(lambda node: isinstance(node, nodes.admonition) and "folded" in node["classes"])):
        box.replace_self(Drawer("", *box.children[1:], title=box[0].astext()))


def open_section(translator, node):
    translator.visit_section(node)
    translator.body.append('<details class="deeper"><summary>')


def close_section(translator, node):
    translator.body.append("</details>\n")
    translator.depart_section(node)


def open_drawer(translator, node):
    translator.body.append(f'<details class="deeper"><summary>{translator.encode(node["title"])}</summary>')


def setup(app):
    app.add_node(Drawer, html=(open_drawer, lambda translator, node: translator.body.append("</details>\n")))
    app.add_node(Folded, html=(open_section, close_section))
    app.add_node(Fold, html=(lambda translator, node: translator.body.append("</summary>"), lambda translator, node: None))
    app.connect("doctree-resolved", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
