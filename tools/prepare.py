"""Make the virtual environment and install what the course needs; nothing is done twice.

    python3 tools/prepare.py .venv

Runs before anything is installed, so it needs the standard library only, and any Python 3 can read it.
"""
import hashlib
import os
import subprocess
import sys

LEAST = (3, 11)
LISTS = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml")
OFFLINE = ("NewConnectionError", "Max retries exceeded", "Temporary failure in name resolution", "Name or service not known",
           "Network is unreachable", "Could not fetch URL", "No matching distribution found", "ProxyError", "timed out")


def stop(line):
    sys.exit(line)


def fingerprint():
    """Of all that decides what is installed: a change installs again, an interrupted installation has none."""
    digest = hashlib.sha256(sys.version.encode())
    for name in LISTS:
        with open(name, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def check_python():
    if sys.version_info < LEAST:
        stop("Python %d.%d or newer is needed and this one is %d.%d: install a newer one, or name it, as in "
             "`make site PYTHON=python3.12`." % (LEAST + sys.version_info[:2]))
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("This Python cannot make virtual environments: on Debian and Ubuntu run `apt install python3-venv` first.")


def run(command, log, failed):
    with open(log, "a") as file:
        result = subprocess.call(command, stdout=file, stderr=subprocess.STDOUT)
    if result != 0:
        failed(open(log, errors="replace").read())


def main(folder):
    check_python()
    stamp, log = os.path.join(folder, "ready"), os.path.join(folder, "install.log")
    wanted = fingerprint()
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    os.makedirs(folder, exist_ok=True)
    for old in (stamp, log):
        if os.path.exists(old):
            os.remove(old)
    print("Installing into %s; this takes some minutes the first time." % folder, flush=True)
    run([sys.executable, "-m", "venv", folder], log,
        lambda text: stop("The virtual environment could not be made; %s says why. On Debian and Ubuntu `apt install python3-venv` "
                          "may be missing." % log))
    pip = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    run([pip, "-m", "pip", "install", "--disable-pip-version-check", "-r", "requirements-dev.txt"], log, not_installed(log))
    with open(stamp, "w") as file:
        file.write(wanted)


def not_installed(log):
    def failed(text):
        if any(sign in text for sign in OFFLINE):
            stop("The packages could not be fetched: is there a network? Run the same command again when there is. Details: %s" % log)
        stop("pip could not install the packages: %s. All of it is in %s" % (text.strip().splitlines()[-1], log))
    return failed


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        stop("Stopped; the next run begins the installation again.")
