"""Which code a function reaches inside this package, and a hash of each piece that only a change of meaning changes.

The sources are read, not run: comments, docstrings, blank lines and annotations have no part in a hash, and it is the
same for every Python that parses the source to the same tree (3.11 to 3.13 were tried).  What is looked up by a text
(``getattr``, ``import_module``) is not seen.
"""
import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UNSEEN = {"annotation", "returns", "type_comment", "type_params", "kind", "ctx"}
DIGITS = 16


def reached(name, root=ROOT):
    """{dotted name: hash} of the top-level name ``name`` and, in turn, of all that it names inside its own package."""
    package, found, waiting = name.partition(".")[0], {}, [name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        module, _, own = name.rpartition(".")
        statements = _definitions(root, module)[own]
        found[name] = hashlib.sha256(repr([_meaning(one) for one in statements]).encode()).hexdigest()[:DIGITS]
        for statement in statements:
            waiting += _named(statement, module, package, root)
    return dict(sorted(found.items()))


def _meaning(node):
    """A syntax tree as nested tuples, without what has no meaning."""
    if isinstance(node, list):
        return [_meaning(one) for one in node if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [(name, _meaning(value)) for name, value in ast.iter_fields(node) if name not in UNSEEN and value is not None and value != []]
    return (type(node).__name__, *fields)


def _named(statement, module, package, root):
    """The dotted names of all that a statement names in its own package."""
    imports = _imports(root, module) | _imported(statement, module, root)
    for node in _executed(statement):
        parts = _chain(node)
        if parts and (target := _resolve(parts, imports, module, package, root)):
            yield target


def _executed(node):
    """The nodes below ``node``, annotations left out; of ``a.b.c`` the whole chain only."""
    yield node
    if _chain(node):
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in UNSEEN:
                yield from _executed(child)


def _chain(node):
    """["a", "b", "c"] for the expression a.b.c."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) else []


def _resolve(parts, imports, module, package, root):
    """Where in the package the chain of names ends: MODULE.NAME, or None if it is not of the package."""
    first, *rest = parts
    if first in _definitions(root, module) and first not in imports:
        return f"{module}.{first}"
    target = imports.get(first)
    if target is None or target.partition(".")[0] != package:
        return None
    while rest and _is_module(root, target):
        target = f"{target}.{rest.pop(0)}"
    if _is_module(root, target):
        raise LookupError(f"{module} uses the module {target} as a value: what it reaches there cannot be seen")
    return _origin(target, package, root)


def _origin(name, package, root):
    """MODULE.NAME where the name is defined, through all modules that only import it."""
    module, _, own = name.rpartition(".")
    if own in _definitions(root, module):
        return name
    imports = _imports(root, module)
    if own in imports:
        target = imports[own]
        return _origin(target, package, root) if target.partition(".")[0] == package else None
    for star in (target for key, target in imports.items() if key.startswith("*")):
        if star.partition(".")[0] == package and (own in _definitions(root, star) or own in _imports(root, star)):
            return _origin(f"{star}.{own}", package, root)
    raise LookupError(f"{module} defines no {own}")


def _path(root, module):
    place = root.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _is_module(root, name):
    return _path(root, name).is_file()


@cache
def _parsed(path, changed):
    return ast.parse(path.read_text("utf-8"))


def _tree(root, module):
    path = _path(root, module)
    return _parsed(path, path.stat().st_mtime_ns)


def _definitions(root, module):
    """{name: the top-level statements of a module that give it its value}."""
    found = {}
    for statement in _tree(root, module).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            typed_only = any(_chain(one)[-1:] == ["overload"] for one in statement.decorator_list)
            names = [] if typed_only else [statement.name]
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names = []
        else:
            names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        for name in names:
            found.setdefault(name, []).append(statement)
    return found


def _imports(root, module):
    """{name: what it stands for} of the top-level imports of a module."""
    found = {}
    for statement in _tree(root, module).body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= _imported(statement, module, root)
    return found


def _imported(statement, module, root):
    """{name: what it stands for} of the imports inside a statement; ``*`` under a key of its own."""
    found = {}
    inside = module if _path(root, module).name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            above = inside.split(".")[:len(inside.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                if alias.name == "*":
                    found[f"*{base}"] = base
                else:
                    found[alias.asname or alias.name] = f"{base}.{alias.name}"
    return found
