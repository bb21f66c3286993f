#!/usr/bin/env python3
"""`robotledger import-harbor`: from files as Harbor's API prints them, and from a server that
speaks that API: another ledger's. ROBOTLEDGER names the program."""
import json
import unittest

from cli_testing import REFUSED, USAGE
from serve_testing import ServeCase

PASSWORD = "correct horse battery staple"
ROBOTS = [
    {"id": 3, "name": "robot$library+ci", "level": "project", "description": "pipeline",
     "duration": 90, "expires_at": 1780000000, "disable": False, "creator_ref": 7,
     "creation_time": "2026-02-26T14:06:40.123Z",
     "permissions": [{"kind": "project", "namespace": "library", "access": [
         {"resource": "repository", "action": "push"},
         {"resource": "spaceship", "action": "launch"}]}]},
    {"id": 4, "name": "robot$all", "level": "system", "duration": -1, "expires_at": -1,
     "disable": True, "creation_time": "2026-01-01T00:00:00Z",
     "permissions": [{"kind": "project", "namespace": "*", "access": [
         {"resource": "repository", "action": "pull"}]}]}]
AUDIT = [{"id": 11, "username": "bob", "operation": "create", "resource": "robot$library+ci",
          "resource_type": "robot", "op_time": "2026-02-26T14:06:41Z"}]


class ImportHarbor(ServeCase):
    def test_from_files(self):
        robots = self.write("robots.json", json.dumps(ROBOTS))
        projects = self.write("projects.json", json.dumps(
            [{"project_id": 1, "name": "library", "owner_name": "admin",
              "creation_time": "2025-01-01T00:00:00Z"}]))
        audit = self.write("audit.json", json.dumps(AUDIT))
        arguments = ("import-harbor", "--robots", robots, "--projects", projects, "--audit", audit,
                     "--source", "harbor.example")
        said = self.done(*arguments)
        self.assertIn("spaceship:launch in library cannot be granted here", said)
        self.assertIn("1 projects and 2 accounts created", said)
        self.assertIn("no secrets", said)
        shown = self.json("account", "show", "robot$library+ci")
        self.assertEqual((shown["expires_at"], shown["asserted"], shown["description"]),
                         ("2026-05-28T20:26:40Z", True, "pipeline"))
        self.assertEqual(self.json("account", "show", "robot$all")["status"], "disabled")
        history = self.done("account", "history", "robot$library+ci")
        self.assertIn("as harbor.example says, bob did create", history)
        before = self.done("export")
        again = self.json(*arguments)
        self.assertEqual((again["accounts_unchanged"], again["events"]), (2, 0))
        self.assertEqual(self.done("export"), before)
        self.assertIn("asserted", self.done("who-could", "push-image", "--project", "library",
                                            "--at", "now") + history)

    def test_what_cannot_be_read_is_named_and_changes_nothing(self):
        before = self.done("export")
        wrong = self.write("wrong.json", json.dumps([ROBOTS[0], {"id": 5}]))
        self.assertIn("robot 2", self.failed("import-harbor", "--robots", wrong))
        self.assertIn("no array", self.failed("import-harbor", "--robots",
                                              self.write("x.json", "{")))
        self.failed("import-harbor", "--robots", self.path("none.json"))
        self.failed("import-harbor", "--url", "http://harbor.example", "--user", "admin",
                    stdin=b"secret\n")
        for arguments in ((), ("--url", "https://harbor.example"),
                          ("--url", "https://a.example", "--user", "b", "--robots", wrong),
                          ("--url", "https://a.example", "--user", "b", "--audit", wrong)):
            self.expect(USAGE, "import-harbor", *arguments)
        self.done("operator", "add", "alice")
        robots = self.write("robots.json", json.dumps(ROBOTS))
        self.expect(REFUSED, "--as", "alice", "import-harbor", "--robots", robots)
        self.assertEqual(self.done("export").count("\n"), before.count("\n") + 1)

    def test_from_a_server(self):
        self.done("project", "create", "web")
        for i in range(3):
            self.done("account", "create", f"ci-{i}", "--project", "web", "--push-image",
                      "--expires-in", "30")
        self.done("account", "create", "mirror", "--system", "--grant", "*=pull-image")
        self.done("operator", "set-password", "admin", "--password-stdin",
                  stdin=(PASSWORD + "\n").encode())
        server = self.serve()
        here = self.environment(ROBOTLEDGER_DIR=self.path("here"))
        self.done("init", "--origin", "here.example/robots", env=here)
        arguments = ("import-harbor", "--url", server.url, "--user", "admin")
        password = (PASSWORD + "\n").encode()
        report = self.json(*arguments, env=here, stdin=password)
        self.assertEqual((report["projects_created"], report["accounts_created"]), (1, 4))
        self.assertGreater(report["audit_rows"], 3)
        self.assertEqual(report["notes"], [])
        mine = json.loads(self.done("account", "show", "robot$web+ci-1", "--json"))
        theirs = json.loads(self.done("account", "show", "robot$web+ci-1", "--json", env=here))
        self.assertEqual(theirs["expires_at"][:19], mine["expires_at"][:19])
        self.assertEqual(theirs["permissions"], mine["permissions"])
        self.assertEqual(self.json(*arguments, env=here, stdin=password)["events"], 0)
        said = self.failed(*arguments, env=here, stdin=b"another password\n")
        self.assertIn("401", said)
        self.assertNotIn("another password", said)
        server.end()
        self.assertIn("cannot be asked", self.failed(*arguments, env=here, stdin=password))


if __name__ == "__main__":
    unittest.main()
