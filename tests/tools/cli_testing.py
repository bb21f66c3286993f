"""What the tests of the command line share: a ledger in a folder of its own, and short ways to run
the program on it. ROBOTLEDGER names the program. Where ROBOTLEDGER_HELD is set, another process,
HOLD_LEDGER, has each ledger and listens, so that all is done by way of its control socket.

    class Projects(LedgerCase):
        def test_a_project_is_created_once(self):
            self.done("project", "create", "web")
            self.assertEqual(self.refused("project", "create", "web"), "project_exists")
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("ROBOTLEDGER", "robotledger")
HOLD = os.environ.get("HOLD_LEDGER", "hold_ledger")
IS_HELD = "ROBOTLEDGER_HELD" in os.environ
DONE, REFUSED, USAGE, FAILED, DAMAGE = range(5)

# For tests of what is done while nobody has the ledger.
alone = unittest.skipIf(IS_HELD, "nobody else may have the ledger for this")


class Holder:
    """A process that has a ledger and listens, until close()."""

    def __init__(self, ledger, *arguments):
        self.process = subprocess.Popen([HOLD, ledger, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            self.close()
            raise AssertionError("hold_ledger is not ready")

    def close(self):
        """Its exit code, once it has ended in order."""
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.close()


class LedgerCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="robotledger-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.ledger = self.path("ledger")
        self.done("init", "--origin", "test.example/robots")
        if IS_HELD:
            self.addCleanup(Holder(self.ledger).close)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return self.path(name)

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items()
                if name not in ("SUDO_USER", "ROBOTLEDGER_DIR")}
        return {**kept, "ROBOTLEDGER_DIR": self.ledger, **more}

    def run_program(self, *arguments, stdin=b"", env=None, **more):
        """The finished process, with bytes as output."""
        return subprocess.run([PROGRAM, *arguments], input=stdin, env=env or self.environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                              timeout=120, **more)

    def expect(self, code, *arguments, **more):
        """Standard output and standard error, once the exit code is the expected one."""
        ran = self.run_program(*arguments, **more)
        out, err = (text.decode("utf-8", "replace") for text in (ran.stdout, ran.stderr))
        self.assertEqual(ran.returncode, code, f"{arguments}\n{out}\n{err}")
        return out, err

    def done(self, *arguments, **more):
        return self.expect(DONE, *arguments, **more)[0]

    def json(self, *arguments, **more):
        return json.loads(self.done(*arguments, "--json", **more))

    def one_line(self, text):
        self.assertRegex(text, r"\A[^\n]+\n\Z")
        self.assertNotRegex(text[:-1], r"[\x00-\x1f\x7f]")
        return text[:-1]

    def refused(self, *arguments, **more):
        """The refusal's code. It is said in one line, and in JSON alike."""
        before = self.events()
        out, err = self.expect(REFUSED, *arguments, **more)
        self.assertEqual(out, "")
        found = re.match(r"refused \((\w+)\): ", self.one_line(err))
        self.assertTrue(found, err)
        out, err = self.expect(REFUSED, *arguments, "--json", **more)
        self.assertEqual(err, "")
        said = json.loads(self.one_line(out))
        self.assertEqual(list(said), ["refused", "message"])
        self.assertEqual(said["refused"], found.group(1))
        self.assertEqual(self.events(), before, "a refused command writes nothing")
        return said["refused"]

    def misused(self, *arguments, **more):
        out, err = self.expect(USAGE, *arguments, **more)
        self.assertEqual(out, "")
        return self.one_line(err)

    def failed(self, *arguments, code=FAILED, **more):
        out, err = self.expect(code, *arguments, **more)
        self.assertEqual(out, "")
        self.assertTrue(err.startswith("robotledger: "), err)
        return self.one_line(err)

    def events(self):
        """How many there are."""
        return len(self.done("export").splitlines())


def history_line(second, do, **fields):
    at = f"2024-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    return json.dumps({"at": at, "actor": "admin", "do": do, **fields}) + "\n"
