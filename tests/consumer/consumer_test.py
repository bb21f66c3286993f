#!/usr/bin/env python3
"""Installs the package into a folder of its own, and builds and runs programs against it:
consumer_test.py CMAKE BUILD. Also looks at what the library lets others see, and at what else is
installed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
# Of the public headers; all else is the library's own.
PUBLIC = re.compile(r"robotledger_[a-z_]+$|_ZNK?11robotledger2v1"
                    r"(6Ledger|11EventStream|12Subscription|6Secret)|_ZN11robotledger2v1"
                    r"(7version|10capability|12decisionName|15loginResultName)")


def run(*command, env=None, cwd=None):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd,
                          env=None if env is None else {**os.environ, **env})
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def files_under(root):
    return sorted(os.path.relpath(os.path.join(folder, name), root)
                  for folder, _, names in os.walk(root) for name in names)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        cls.prefix = cls.root + "/prefix"
        run(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        cls.files = files_under(cls.prefix)
        found = [name for name in cls.files if name.endswith("/librobotledger.so.0")]
        cls.library = os.path.join(cls.prefix, found[0])
        cls.lib_dir = os.path.dirname(cls.library)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_everything_is_where_it_belongs(self):
        for wanted in ("bin/robotledger", "include/robotledger/robotledger.h",
                       "include/robotledger/robotledger_c.h", "include/robotledger/types.h",
                       "etc/robotledger/serve.toml", "lib/systemd/system/robotledger.service",
                       "share/man/man1/robotledger.1",
                       "share/bash-completion/completions/robotledger"):
            self.assertIn(wanted, self.files)
        for ending in ("/pkgconfig/robotledger.pc", "/cmake/robotledger/robotledgerConfig.cmake"):
            self.assertTrue(any(name.endswith(ending) for name in self.files), ending)
        headers = [name for name in self.files if name.startswith("include/")]
        self.assertEqual(len(headers), 3, headers)

    def test_a_staged_installation_writes_nowhere_else(self):
        stage = self.root + "/stage"
        run(CMAKE, "--install", BUILD, "--prefix", "/usr", env={"DESTDIR": stage})
        files = files_under(stage)
        self.assertIn("etc/robotledger/serve.toml", files)
        strangers = [name for name in files if not name.startswith(("usr/", "etc/robotledger/"))]
        self.assertEqual(strangers, [])
        self.assertEqual(len(files), len(self.files))

    def test_the_library_shows_the_names_of_its_headers_alone(self):
        listed = run("nm", "-D", "--defined-only", self.library).splitlines()
        names = [line.split()[-1].split("@")[0] for line in listed]
        self.assertEqual([name for name in names
                          if not PUBLIC.match(name) and name != "ROBOTLEDGER_0"], [])
        # Every function of the C header is there.
        path = self.prefix + "/include/robotledger/robotledger_c.h"
        with open(path, encoding="utf-8") as header:
            declared = set(re.findall(r"^[a-z].*?\b\*?(robotledger_[a-z_]+)\(", header.read(),
                                      re.M))
        self.assertGreater(len(declared), 30)
        self.assertEqual(declared - set(names), set())

    def test_headers_need_nothing_but_the_language(self):
        for name in ("robotledger.h", "types.h", "robotledger_c.h"):
            with open(f"{self.prefix}/include/robotledger/{name}", encoding="utf-8") as header:
                included = re.findall(r"^#include <([^>]+)>", header.read(), re.M)
            strangers = [one for one in included if not re.fullmatch(
                r"[a-z_]+|std(int|def)\.h|robotledger/types\.h", one)]
            self.assertEqual(strangers, [], name)

    def test_programs_find_the_package_with_cmake(self):
        build = self.root + "/build"
        run(CMAKE, "-S", HERE, "-B", build, "-DCMAKE_PREFIX_PATH=" + self.prefix)
        run(CMAKE, "--build", build)
        for program in ("cpp_consumer", "c_consumer"):
            said = run(f"{build}/{program}", f"{self.root}/ledger-{program}")
            self.assertIn("consumer: 0.1.0", said)

    def test_programs_find_the_package_with_pkg_config(self):
        search = {"PKG_CONFIG_PATH": self.lib_dir + "/pkgconfig"}
        flags = run("pkg-config", "--cflags", "--libs", "robotledger", env=search).split()
        self.assertEqual(run("pkg-config", "--modversion", "robotledger", env=search), "0.1.0\n")
        program = self.root + "/with-pkg-config"
        run("cc", "-std=c99", HERE + "/consumer.c", "-o", program, *flags)
        run(program, self.root + "/ledger-pkg-config", env={"LD_LIBRARY_PATH": self.lib_dir})

    def test_python_uses_it_through_ctypes(self):
        said = run(sys.executable, "-B", HERE + "/consumer.py", self.library,
                   self.root + "/ledger-python")
        self.assertIn("python consumer: 0.1.0", said)

    def test_the_manual_page_is_one_and_begins_with_its_first_rule(self):
        page = self.prefix + "/share/man/man1/robotledger.1"
        with open(page, encoding="utf-8") as text:
            source = text.read()
        self.assertLess(source.index("A robot is refused everywhere but at the token service"),
                        source.index(".SH SYNOPSIS"))
        self.assertIn(".SS who\\-could", source)
        if not shutil.which("groff"):
            self.skipTest("there is no groff")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", page], capture_output=True,
                              text=True, check=True)
        self.assertEqual(done.stderr, "")

    def test_completion_knows_the_command_line(self):
        script = self.prefix + "/share/bash-completion/completions/robotledger"

        def complete(*words):
            quoted = " ".join(f"'{word}'" for word in words)
            return run("bash", "-c", f"source {script}; compopt() {{ :; }}; "
                       f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _robotledger; "
                       'printf "%s\\n" "${COMPREPLY[@]}"').split()
        self.assertEqual(complete("robotledger", "who"), ["who-could"])
        self.assertEqual(complete("robotledger", "account", "dis"), ["disable"])
        self.assertIn("--project", complete("robotledger", "--json", "account", "create", "--p"))
        self.assertEqual(complete("robotledger", "who-could", "push-"), ["push-image",
                                                                        "push-chart"])
        self.assertEqual(complete("robotledger", "--as", "a"), [])

    def test_the_unit_is_one_that_systemd_takes(self):
        unit = self.prefix + "/lib/systemd/system/robotledger.service"
        with open(unit, encoding="utf-8") as text:
            source = text.read()
        self.assertIn("ROBOTLEDGER_GUARD=/var/lib/robotledger-guard/guard", source)
        self.assertIn(f"ExecStart={self.prefix}/bin/robotledger serve", source)
        if not shutil.which("systemd-analyze"):
            self.skipTest("there is no systemd-analyze")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True,
                              text=True, check=False)
        said = [line for line in (done.stdout + done.stderr).splitlines()
                if "robotledger.service" in line]
        self.assertEqual(said, [])
        exposure = subprocess.run(["systemd-analyze", "security", "--offline=yes",
                                   "--threshold=20", unit], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(exposure.returncode, 0, exposure.stdout[-2000:] + exposure.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
