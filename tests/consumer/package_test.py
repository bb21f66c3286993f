#!/usr/bin/env python3
"""Makes the Debian package, unpacks it, and uses what is in it: package_test.py CPACK BUILD."""
import os
import subprocess
import sys
import tempfile
import unittest

CPACK, BUILD = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        run(CPACK, "-G", "DEB", "-B", cls.root + "/made", "--config", BUILD + "/CPackConfig.cmake",
            cwd=BUILD)
        made = [name for name in os.listdir(cls.root + "/made") if name.endswith(".deb")]
        cls.package = f"{cls.root}/made/{made[0]}"
        cls.tree = cls.root + "/tree"
        run("dpkg-deb", "-x", cls.package, cls.tree)
        run("dpkg-deb", "-e", cls.package, cls.root + "/control")
        cls.command = cls.tree + "/usr/bin/robotledger"

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def field(self, name):
        return run("dpkg-deb", "-f", self.package, name).strip()

    def test_it_says_what_it_needs(self):
        needs = self.field("Depends")
        for library in ("librocksdb", "libssl3", "libcapnp", "libc6"):
            self.assertIn(library, needs)
        # The libraries to build with are not needed to run.
        self.assertNotIn("-dev", needs)

    def test_settings_are_a_file_that_an_upgrade_keeps(self):
        with open(self.root + "/control/conffiles", encoding="utf-8") as listed:
            files = listed.read().split()
        self.assertEqual(files, ["/etc/robotledger/serve.toml"])
        for name in files:
            self.assertTrue(os.path.isfile(self.tree + name), name)

    def test_scripts_are_read_by_a_plain_shell(self):
        for script in ("postinst", "prerm", "postrm"):
            path = f"{self.root}/control/{script}"
            self.assertTrue(os.access(path, os.X_OK), script)
            run("dash", "-n", path)

    def test_scripts_say_nothing_to_calls_that_are_not_theirs(self):
        for script, call in (("postinst", "abort-upgrade"), ("prerm", "upgrade"),
                             ("postrm", "upgrade")):
            run(f"{self.root}/control/{script}", call, env={"PATH": "/nowhere"})

    def test_the_service_runs_what_is_installed(self):
        unit = self.tree + "/usr/lib/systemd/system/robotledger.service"
        with open(unit, encoding="utf-8") as text:
            source = text.read()
        self.assertIn("ExecStart=/usr/bin/robotledger serve --config /etc/robotledger/serve.toml",
                      source)
        self.assertIn("StateDirectory=robotledger robotledger-guard", source)
        self.assertNotIn(self.root, source)

    def test_nothing_carries_debugging_information(self):
        for name in ("usr/bin/robotledger",):
            self.assertNotIn(".debug_line", run("readelf", "-S", "-W", f"{self.tree}/{name}"))

    def test_the_command_works_from_there(self):
        self.assertNotIn("not found", run("ldd", self.command))
        ledger, guard = self.root + "/ledger", self.root + "/guard"

        def robotledger(*words):
            return run(self.command, "--ledger", ledger, "--guard", guard, *words)
        robotledger("init", "--origin", "package.example/robots")
        robotledger("project", "create", "web")
        robotledger("account", "create", "ci", "--project", "web", "--push-image")
        self.assertIn("robot$web+ci",
                      robotledger("who-could", "push-image", "--project", "web", "--at", "now"))
        robotledger("verify")

    def test_the_library_works_from_there(self):
        found = run("find", self.tree, "-name", "librobotledger.so.0").split()
        self.assertEqual(len(found), 1)
        self.assertNotIn("not found", run("ldd", found[0]))
        self.assertIn("python consumer", run(sys.executable, "-B", HERE + "/consumer.py", found[0],
                                             self.root + "/python-ledger"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
