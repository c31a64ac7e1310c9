"""What waits on a page: a section whose title begins with "Deeper:", an admonition of class ``folded``, what explains an answer."""
from docutils import nodes

MARK = "Deeper:"
ANSWER = 'data-explorable="answer"'
WAITS = "tag_waits"                                               # a cell that gives away the answer before it
# A link to something folded, to the section around it or to its label unfolds it; also the second time, when the address stays.
OPEN = """{ const around = (node) => {
    const one = node?.closest("details.deeper");
    return one ? [one, ...around(one.parentElement)] : [];
  };
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    const inside = target?.closest("section")?.querySelector(":scope > details.deeper > summary > h3")?.closest("details");
    const shut = [...around(target), inside].filter((one) => one && !one.open);
    shut.forEach((one) => { one.open = true; });
    if (shut.length) target.scrollIntoView();
  };
  open();
  addEventListener("hashchange", open);
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("a[href*='#']")?.href === location.href) open();
  }); }
"""


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
    for cell in list(doctree.findall(_answers)):
        _set_apart(cell)


def _is_cell(node):
    return isinstance(node, nodes.container) and "cell" in node["classes"]


def _answers(node):
    return _is_cell(node) and any(ANSWER in raw.astext() for raw in node.findall(nodes.raw))


def _draws(node):
    return _is_cell(node) and not _responds(node) and any(node.findall(nodes.image))


def _responds(cell):
    return any("data-explorable" in raw.astext() for raw in cell.findall(nodes.raw))


def _goes_on(node):
    """Does something new begin here: a section, a cell, a paragraph of class ``next``?"""
    return isinstance(node, nodes.section | Folded) or _is_cell(node) and WAITS not in node["classes"] or "next" in node.get("classes", ())


def _set_apart(cell):
    """The figures behind the cell and the text up to the next cell give the answer too: a box that waits with it (guess.css)."""
    parent, at = cell.parent, cell.parent.index(cell) + 1
    end = at
    while end < len(parent) and _draws(parent[end]):
        end += 1
    while end < len(parent) and not _goes_on(parent[end]):
        end += 1
    if end > at:
        parent[at:end] = [nodes.container("", *parent[at:end], classes=["ln-after"])]


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
