"""What the tests against real programs share: one stack for each class of tests."""
import datetime
import json
import sys
import unittest

import programs
from clients import Client
from stack import Robot, Stack

DAY = datetime.timedelta(days=1)
PROGRAM = None


def main():
    """Of a test file that is called with the program to test; more arguments are unittest's."""
    global PROGRAM
    programs.require()
    PROGRAM = sys.argv[1]
    unittest.main(module="__main__", argv=sys.argv[:1] + sys.argv[2:])


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def history_line(at, do, **fields):
    return json.dumps({"at": at.isoformat(), "actor": "admin", "do": do, **fields}) + "\n"


class StackCase(unittest.TestCase):
    """`stack` runs, with the projects library and web."""
    maxDiff = None
    serve_options = ()

    @classmethod
    def history(cls):
        """What there is before the first test."""
        before = now() - 20 * DAY
        return "".join(history_line(before, "create_project", project=project)
                       for project in ("library", "web"))

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(PROGRAM, *cls.serve_options)
        cls.addClassCleanup(cls.end)
        cls.stack.make_ledger(cls.history())
        cls.stack.start()

    @classmethod
    def end(cls):
        """SIGTERM is an orderly end."""
        log = cls.stack.logs()
        code = cls.stack.stop()
        if code:
            raise RuntimeError(f"serve ended with {code}:\n{log}")

    def run(self, result=None):
        """Shows what the servers said where a test fails."""
        result = result or self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(f"{self.id()} failed, and the servers said:\n{self.stack.logs()}",
                  file=sys.stderr)
        return result

    def client(self, robot):
        """That has logged in."""
        client = Client(self.stack, robot)
        self.assertDone(client.docker_login())
        return client

    def assertDone(self, said):
        self.assertTrue(said.done, said.text)

    def assertRefused(self, said):
        self.assertFalse(said.done, said.text)
        self.assertTrue(said.refused, said.text)

    def change(self, *arguments):
        """A command that changes something, while the server runs; its receipt."""
        return self.stack.json(*arguments)

    def new_robot(self, name, *options, project="library"):
        """The robot, and the receipt of its creation."""
        receipt = self.change("account", "create", name, "--project", project, *options)
        return self.stack.robot(receipt), receipt

    def windows(self, name, capability, project="library"):
        """When the account could, as who-could tells it."""
        answers = self.stack.json("who-could", capability, "--project", project, "--from",
                                  "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")
        return [window for answer in answers["answers"] if answer["account"] == name
                for window in answer["windows"]]

    def assertStory(self, name, capability, *windows):
        """`windows`: the receipts of what opened and what closed each, in order of time; instead
        of what closed it an instant of expiry, or None where it is open."""
        told = [(window["from"], window["opened_by"], window["until"], window["closed_by"])
                for window in self.windows(name, capability)]
        expected = []
        for opened, closed in windows:
            until, by = None, None
            if isinstance(closed, dict):
                until, by = closed["time"], closed["first_sequence"]
            elif closed is not None:
                until, by = closed, "expiry"
            expected.append((opened["time"], opened["first_sequence"], until, by))
        self.assertEqual(told, expected)


__all__ = ["DAY", "Client", "Robot", "StackCase", "history_line", "instant", "main", "now"]
