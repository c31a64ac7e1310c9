"""A stand-in for a package that cannot be installed where a notebook runs: a cell that needs it says so in one sentence and fails not.

In JupyterLite that is PyTorch.  ``import torch`` goes through there; whatever is done with it ends the cell, and what the cell would have
made is a stand-in as well, so that those behind it say the same sentence, not that a name is unknown.
"""
import ast
import importlib.util
import sys
from types import ModuleType

SENTENCE = "This cell needs PyTorch, which does not run in a browser: open the chapter in Colab or Binder, or on your own machine."
ENDS = """call getitem setitem delitem iter next len bool int float complex index contains enter exit str format array eq ne lt le gt ge
neg pos abs invert add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow and rand or ror xor
rxor iadd isub imul imatmul itruediv"""


class Needed(ImportError):
    """Something was used that is not here; its words are the sentence."""


class Absent:
    """Stands for anything of the package.  It can be named, handed on and be a base of classes, and nothing else."""

    def __init__(self, sentence):
        vars(self)["sentence"] = sentence

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name, value):
        raise Needed(self.sentence)

    def __mro_entries__(self, bases):
        return (type("Base", (), {"__new__": lambda kind, *given, **named: _ends(self)}),)

    def __instancecheck__(self, instance):
        return False

    __subclasscheck__ = __instancecheck__

    def __repr__(self):
        return self.sentence

    __hash__ = object.__hash__


def _ends(self, *given, **named):
    raise Needed(self.sentence)


for _name in ENDS.split():
    setattr(Absent, f"__{_name}__", _ends)


class Finder:
    """Finds the package and all modules in it, and makes them of nothing."""

    def __init__(self, package, sentence):
        self.package, self.sentence = package, sentence

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == self.package:
            return importlib.util.spec_from_loader(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module: ModuleType):
        absent = Absent(self.sentence)

        def anything(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return absent
        module.__getattr__ = anything


def stand_in(package, shell, sentence=SENTENCE):
    """From now on ``package`` is absent, and a cell of the IPython ``shell`` that needs it prints the sentence and ends."""
    sys.meta_path.insert(0, Finder(package, sentence))
    cell = [""]

    def said(shell, kind, error, trace, tb_offset=None):
        print(error)
        while trace and trace.tb_frame.f_globals is not shell.user_ns:
            trace = trace.tb_next
        for name in unmade(shell.transform_cell(cell[0]), trace.tb_lineno if trace else 1):
            shell.user_ns[name] = Absent(str(error))
    shell.events.register("pre_run_cell", lambda info: cell.__setitem__(0, info.raw_cell))
    shell.set_custom_exc((Needed,), said)


def unmade(source, line):
    """The names that the statement at ``line`` and those behind it would have given."""
    for statement in ast.parse(source).body:
        if statement.end_lineno < line:
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name).split(".")[0]
