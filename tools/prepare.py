"""Make the virtual environment and install what the course needs; nothing is done twice.

    python3 tools/prepare.py .venv

Runs before anything is installed: it needs the standard library only, and any Python 3 can read it.
"""
import hashlib
import os
import shutil
import subprocess
import sys

LEAST = (3, 11)
LISTS = ("requirements.txt", "requirements-dev.txt", "constraints.txt")
OFFLINE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "Max retries exceeded",
           "from versions: none")


def main(folder):
    check_python()
    stamp, log = os.path.join(folder, "ready"), os.path.join(folder, "install.log")
    place, lists = fingerprints(folder)
    found = read(stamp)
    if found == place + lists:
        return
    if found and not found.startswith(place):              # scripts in it name a Python or a folder that is no longer there
        shutil.rmtree(folder)
    os.makedirs(folder, exist_ok=True)
    write(stamp, place)                                    # its second line comes when all is installed
    write(log, "")
    print("Installing into %s; this takes some minutes the first time." % folder, flush=True)
    if run([sys.executable, "-m", "venv", folder], log) != 0:
        stop("The virtual environment could not be made (%s): see %s." % (complaint(read(log)), log))
    python = os.path.join(folder, "bin", "python")
    pip = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r", "requirements-dev.txt"]
    if run(pip, log) != 0:
        stop(not_installed(read(log), log))
    write(stamp, place + lists)


def fingerprints(folder):
    """What an environment depends on, in two lines: this Python and the place of the folder; the lists of packages."""
    import tomllib  # no older Python comes as far as this
    with open("pyproject.toml", "rb") as file:
        package = tomllib.load(file)
    digest = hashlib.sha256(repr([package.get(table) for table in ("build-system", "project")]).encode())
    for name in LISTS:
        digest.update(read(name).encode())
    return "%s in %s\n" % (sys.version.replace("\n", " "), os.path.abspath(folder)), digest.hexdigest()


def check_python():
    if sys.version_info < LEAST:
        stop("Python %d.%d or newer is needed and this one is %d.%d: install a newer one, or name it, as in "
             "`make site PYTHON=python3.12`." % (LEAST + sys.version_info[:2]))
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("This Python cannot make virtual environments: on Debian and Ubuntu run `apt install python3-venv` first.")


def not_installed(text, log):
    """One line on a failed pip: what it complained of, and what to do."""
    if any(sign in text for sign in OFFLINE):
        return ("The packages could not be fetched (%s): is there a network? Run the same command again when there is. "
                "All of it is in %s." % (complaint(text), log))
    return "pip could not install the packages (%s): all of it is in %s." % (complaint(text), log)


def complaint(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return ([line for line in lines if line.lower().startswith("error")] or lines or ["it said nothing"])[-1]


def run(command, log):
    with open(log, "a") as file:
        return subprocess.call(command, stdout=file, stderr=subprocess.STDOUT)


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def stop(line):
    sys.exit(line)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        stop("\nStopped; the same command goes on with the installation.")
