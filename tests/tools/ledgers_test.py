#!/usr/bin/env python3
"""A ledger's directory from end to end: how it is made, what opens it and what does not, and what
is said of one that is damaged, in use, full or not ours to write."""
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import unittest

from cli_testing import DAMAGE, DONE, FAILED, PROGRAM, LedgerCase, history_line

CI = "robot$web+ci"


class Ledgers(LedgerCase):
    def at(self, *path):
        return self.environment(ROBOTLEDGER_DIR=self.path(*path))

    def test_what_is_no_ledger(self):
        os.mkdir(self.path("empty"))
        self.write("file", "x")
        shutil.copytree(os.path.join(self.ledger, "log"), self.path("other"))
        before = sorted(os.listdir(self.path("other")))
        for name in ("nothing", "empty", "file", "other", "file/x"):
            self.assertIn(name, self.failed("project", "list", env=self.at(name)))
        self.assertEqual(sorted(os.listdir(self.path("other"))), before)
        self.assertEqual(os.listdir(self.path("empty")), [])

    def test_a_ledger_is_made_in_a_directory_of_its_own(self):
        self.failed("init")
        self.failed("init", env=self.at("no", "parent"))
        self.write("file", "x")
        self.failed("init", env=self.at("file"))
        self.failed("init", "--ledger", self.folder)
        for origin in ("a b", "https://x/y z", "a+b", "x" * 256, "ä"):
            self.misused("init", "--origin", origin, env=self.at("new"))
        self.assertFalse(os.path.exists(self.path("new")))
        said = self.json("init", env=self.at("new"))
        self.assertTrue(said["origin"].endswith("/robots"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("new")).st_mode), 0o700)

    def test_making_one_may_be_killed_at_any_moment(self):
        for i in range(25):
            env = self.at(f"killed{i}")
            making = subprocess.Popen([PROGRAM, "init"], env=env, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            time.sleep(i * 0.002)
            making.kill()
            if making.wait(timeout=60) != DONE:
                self.run_program("init", env=env)  # there it is, or it is made now
            self.done("project", "create", "web", env=env)

    def test_a_guard_elsewhere_finds_a_directory_that_was_put_back(self):
        env = self.at("guarded")
        guard = self.path("elsewhere")
        said = self.json("init", "--guard", guard, env=env)
        self.assertEqual(said["guard"], guard)
        shutil.copytree(self.path("guarded"), self.path("older"))
        self.done("project", "create", "web", env=env)
        shutil.rmtree(self.path("guarded"))
        os.rename(self.path("older"), self.path("guarded"))
        said = self.failed("project", "list", code=DAMAGE, env=env)
        self.assertIn("its guard saw 2 events", said)
        self.assertEqual(self.json("guard", "show", env=env)["events"], 2)
        self.failed("guard", "renew", "--events", "2", env=env)
        self.misused("guard", "renew", env=env)
        self.assertEqual(self.json("guard", "renew", "--events", "1", env=env)["events"], 1)
        self.done("project", "create", "web", env=env)

    def test_a_ledger_without_its_guard_does_not_open(self):
        os.remove(os.path.join(self.ledger, "guard"))
        self.assertIn("guard", self.failed("project", "list", code=DAMAGE))
        self.assertIn("missing", self.failed("guard", "show", code=DAMAGE))
        # Nobody's guard is made a new one unseen.
        self.assertFalse(os.path.exists(os.path.join(self.ledger, "guard")))

    def test_another_process_is_told_which_one_has_it(self):
        self.write("h.jsonl", "".join(
            history_line(i, "create_project", project=f"p{i}") for i in range(2000)))
        self.done("import", self.path("h.jsonl"))
        # It holds the ledger while nobody reads what it says.
        holder = subprocess.Popen([PROGRAM, "export"], stdout=subprocess.PIPE,
                                  env=self.environment())
        try:
            holder.stdout.read(1)
            said = self.failed("project", "create", "web")
            self.assertIn(f"process {holder.pid} (robotledger export", said)
        finally:
            holder.stdout.close()
            holder.wait(timeout=60)
        self.assertEqual(holder.returncode, -signal.SIGPIPE)
        self.done("project", "create", "web")

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a directory away")
    def test_one_that_belongs_to_another_user_is_left_to_him(self):
        os.chown(self.ledger, 12345, 12345)
        before = sorted(os.listdir(self.ledger))
        said = self.failed("project", "list", code=FAILED)
        self.assertIn("belongs to user 12345", said)
        self.assertIn("sudo -u 12345", said)
        self.assertEqual(sorted(os.listdir(self.ledger)), before)
        os.chown(self.ledger, 0, 0)
        self.done("project", "list")

    def test_damage_in_the_log_has_an_exit_code_of_its_own(self):
        self.done("project", "create", "web")
        self.done("project", "list")  # opening it moves the record into a table
        log = os.path.join(self.ledger, "log")
        tables = [os.path.join(log, name) for name in os.listdir(log) if name.endswith(".sst")]
        self.assertTrue(tables)
        for table in tables:
            with open(table, "r+b") as file:
                content = bytearray(file.read())
                content[100] ^= 1  # in the first block of records
                file.seek(0)
                file.write(content)
        for words in (["project", "list"], ["project", "create", "data"], ["export"]):
            self.assertRegex(self.failed(*words, code=DAMAGE), "damage|changed|checksum|corrupt")

    def test_views_are_built_anew_where_they_are_gone_or_damaged(self):
        self.done("project", "create", "web")
        secret = self.json("account", "create", "ci", "--project", "web")["secret"]
        views = os.path.join(self.ledger, "views")
        shutil.rmtree(views)
        out, err = self.expect(DONE, "secret", "whose", "--stdin", stdin=secret.encode())
        self.assertIn(CI, out)
        self.assertTrue(err.startswith("robotledger: "), err)
        for name in os.listdir(views):
            if name.startswith(("MANIFEST", "CURRENT")):
                with open(os.path.join(views, name), "wb") as file:
                    file.write(b"damage\n")
        out, err = self.expect(DONE, "secret", "whose", "--stdin", stdin=secret.encode())
        self.assertIn(CI, out)
        self.assertIn("views", err)

    def test_a_disk_that_is_full(self):
        def no_room():
            import resource
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        self.failed("init", env=self.at("full"), preexec_fn=no_room)
        self.assertFalse(os.path.exists(self.path("full")))
        self.failed("project", "create", "web", preexec_fn=no_room)
        self.done("project", "create", "web")

    def test_a_directory_that_is_not_writable(self):
        others = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        if others:
            os.chmod(self.folder, 0o755)
            if self.can_not_run_as(others):
                self.skipTest("another user cannot run the program")
            for folder, folders, names in os.walk(self.ledger):
                os.chmod(folder, 0o755)
                for name in names:
                    os.chmod(os.path.join(folder, name), 0o644)
        else:
            os.chmod(self.ledger, 0o500)
            self.addCleanup(os.chmod, self.ledger, 0o700)
        self.assertIn(self.ledger, self.failed("project", "create", "web", **others))

    def can_not_run_as(self, others):
        try:
            return self.run_program("--help", **others).returncode != DONE
        except PermissionError:
            return True


if __name__ == "__main__":
    sys.exit(unittest.main())
