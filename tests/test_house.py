"""The house has five floors and one direction of dependence."""
import ast
import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).parent.parent / "lib" / "layernorm"
FLOORS = [{"functional"}, {"models", "experiments"}, {"look", "figures"}, {"explorables", "practice"}, {"site"}]
DOORS = {("experiments", "models"), ("explorables", "practice")}   # on one floor: the experiments run models, the explorables ask items
FLOOR = {room: number for number, rooms in enumerate(FLOORS, 1) for room in rooms}
ROOMS = sorted({path.relative_to(LIB).parts[0].removesuffix(".py") for path in LIB.rglob("*.py")} - {"__init__"})


def imported_rooms(path):
    """The rooms of the package that a module imports from, wherever in it the import stands."""
    here = ["layernorm", *path.relative_to(LIB).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[:-node.level] if node.level else []
            for name in node.names:
                yield [*base, *(node.module or "").split("."), name.name]
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.split(".")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_floors_below_or_from_itself(room):
    assert room in FLOOR, f"{room} is on no floor"
    paths = [LIB / f"{room}.py"] if (LIB / f"{room}.py").exists() else (LIB / room).rglob("*.py")
    for path in paths:
        for parts in imported_rooms(path):
            parts = [part for part in parts if part]
            if parts[0] == "layernorm" and len(parts) > 1 and (other := parts[1]) in FLOOR:
                assert other == room or FLOOR[other] < FLOOR[room] or (room, other) in DOORS, f"{path.name} imports {other}"


def test_the_package_loads_neither_torch_nor_matplotlib_nor_widgets():
    heavy = {"torch", "matplotlib", "ipywidgets", "anywidget", "sphinx"}
    program = f"import sys, layernorm; print(sorted({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"
