"""The programs that others made, which tools/e2e-setup fetches into a folder of their own."""
import os
import sys

SKIPPED = 77  # what tests/CMakeLists.txt knows as a skipped test
NAMES = ("docker", "docker-registry", "helm3", "helm4", "nginx", "skopeo")


def folder():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("ROBOTLEDGER_E2E_PROGRAMS") or os.path.join(cache, "robotledger", "e2e")


def path(name):
    return os.path.join(folder(), "bin", name)


def missing():
    return [name for name in NAMES if not os.access(path(name), os.X_OK)]


def require():
    """Ends the test as skipped where the programs are not there; in CI, where they have to be, as
    failed."""
    if not missing():
        return
    failed = os.environ.get("CI") == "true"
    print(f"{'failed' if failed else 'skipped'}: no {', '.join(missing())} in {folder()}; "
          "tools/e2e-setup fetches them")
    sys.exit(1 if failed else SKIPPED)
