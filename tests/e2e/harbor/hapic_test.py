#!/usr/bin/env python3
"""@hapic/harbor, as npm has it, manages robots here unchanged. tools/e2e-setup fetches it; where it
is not to be had the test is skipped, in CI (CI=true) it fails. ROBOTLEDGER names the program."""
import json
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "registry"), os.path.join(HERE, "..", "..", "tools")]

import programs  # noqa: E402
from serve_testing import ServeCase  # noqa: E402

PASSWORD = "correct-horse-battery-staple"
CLIENT = os.path.join(programs.folder(), "harbor-client")


class Hapic(ServeCase):
    def test_a_robots_life(self):
        self.done("operator", "set-password", "admin", "--password-stdin",
                  stdin=(PASSWORD + "\n").encode())
        server = self.serve()
        ran = subprocess.run(
            ["node", os.path.join(HERE, "robots.mjs"), CLIENT,
             f"admin:{PASSWORD}@{server.url}/api/v2.0/"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        told = {line["step"]: line["told"] for line in map(json.loads, ran.stdout.splitlines())}
        self.assertEqual(told["project"]["name"], "library")
        self.assertEqual(told["projects"]["meta"], {"total": 1})
        created, read = told["created"], told["read"]
        self.assertTrue(created["secret"].startswith("rbt_"))
        self.assertEqual(read["id"], created["id"])
        self.assertEqual((read["level"], read["duration"], read["disable"]), ("system", 30, False))
        self.assertEqual({(one["resource"], one["action"])
                          for one in read["permissions"][0]["access"]},
                         {("repository", "push"), ("repository", "pull")})
        self.assertEqual([one["id"] for one in told["listed"]["data"]], [read["id"]])
        self.assertEqual((told["updated"]["description"], told["updated"]["disable"]),
                         ("pipeline", True))
        self.assertTrue(told["refreshed"]["secret"].startswith("rbt_"))
        self.assertNotEqual(told["refreshed"]["secret"], created["secret"])
        self.assertEqual(told["chosen"]["secret"], "Chosen-by-me-1")
        self.assertEqual(told["gone"], 404)
        kinds = [json.loads(line)["kind"] for line in self.done("export").splitlines()[2:]]
        self.assertEqual(kinds, ["project_created", "account_created", "secret_issued",
                                 "account_described", "account_disabled", "secret_issued",
                                 "secret_issued", "account_deleted"])


if __name__ == "__main__":
    if not os.path.isdir(CLIENT) or shutil.which("node") is None:
        failed = os.environ.get("CI") == "true"
        print(f"{'failed' if failed else 'skipped'}: no client of Harbor in {CLIENT}, or no node; "
              "tools/e2e-setup fetches it")
        sys.exit(1 if failed else programs.SKIPPED)
    unittest.main()
