"""Running an experiment over its grid: resumable, and written whole or not at all."""
import json
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from .stored import read, same, stale


def needed(name, experiment, folder):
    """Why the experiment has to be run; "" if its stored results hold."""
    try:
        content = read(name, folder)
    except FileNotFoundError:
        return "not run yet"
    return stale(experiment, content)


def renew(name, experiment, folder, track=iter, processes=1):
    """Run what is not finished yet and write FOLDER/NAME.json; what that changed, in words.

    Each finished entry goes at once to NAME.partial.jsonl, whose first line says for which grid and code it counts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part, heading = folder / f"{name}.partial.jsonl", experiment.heading()
    done = _finished(part, heading)
    if not done:
        part.write_text(json.dumps(heading) + "\n", "utf-8")
    with part.open("a", encoding="utf-8") as file, _mapped(processes) as mapped:
        waiting = experiment.groups(entry for entry in experiment.entries() if _key(entry) not in done)
        for group, results in zip(track(waiting), mapped(experiment.results, waiting)):
            for inputs, result in zip(group, results):
                done[_key(inputs)] = entry = {"inputs": inputs, "result": result}
                file.write(json.dumps(entry) + "\n")
            file.flush()
    content = {"name": name, **heading, "versions": experiment.versions(), "entries": [done[_key(entry)] for entry in experiment.entries()]}
    said = _changes(experiment, folder / f"{name}.json", content["entries"])
    whole = folder / f"{name}.json.new"
    whole.write_text(_text(content), "utf-8")
    os.replace(whole, folder / f"{name}.json")
    part.unlink()
    return said


def _changes(experiment, path, entries):
    if not path.exists():
        return f"{len(entries)} results stored"
    before = {_key(entry["inputs"]): entry["result"] for entry in json.loads(path.read_text("utf-8"))["entries"]}
    different = [entry for entry in entries if not same(entry["result"], before.get(_key(entry["inputs"])), experiment.tolerance)]
    return f"{len(different)} of {len(entries)} results are new or other than before" if different else "all numbers are as before"


def check(name, experiment, folder, track=iter, processes=1):
    """Compute every stored entry again; what differs, in words, or ""."""
    content = read(name, folder)
    if reason := stale(experiment, content):
        return reason
    with _mapped(processes) as mapped:
        groups = experiment.groups(entry["inputs"] for entry in content["entries"])
        stored = {_key(entry["inputs"]): entry["result"] for entry in content["entries"]}
        different = [inputs for group, results in zip(track(groups), mapped(experiment.results, groups))
                     for inputs, result in zip(group, results) if not same(result, stored[_key(inputs)], experiment.tolerance)]
    return f"{len(different)} of {len(content['entries'])} differ, the first at {different[0]}" if different else ""


@contextmanager
def _mapped(processes):
    """``map``, over so many processes; what they have in hand when it is left early is given up."""
    if processes == 1:
        yield map
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"))   # each with its own torch and its own limit of one thread
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _key(inputs):
    return json.dumps(inputs, sort_keys=True)


def _finished(part, heading):
    """The entries of an interrupted run with the same grid and code; a line that was cut off is no entry."""
    lines = part.read_text("utf-8").splitlines() if part.exists() else []
    if not lines or _parsed(lines[0]) != heading:
        return {}
    entries = [entry for entry in map(_parsed, lines[1:]) if entry]
    return {_key(entry["inputs"]): entry for entry in entries}


def _parsed(line):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def _text(content):
    """JSON with one entry a line, so that a difference shows which."""
    entries = ",\n".join(f"  {json.dumps(entry)}" for entry in content["entries"])
    head = json.dumps({key: value for key, value in content.items() if key != "entries"}, indent=1)
    return f'{head[:-2]},\n "entries": [\n{entries}\n ]\n}}\n'
