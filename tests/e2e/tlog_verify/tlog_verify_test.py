#!/usr/bin/env python3
"""What we publish, checked by a program that others wrote: tlog_verify_test.py PUBLISH_LOG FOLDER.

PUBLISH_LOG is the program made of publish_log.cc. main.go is built in FOLDER with Debian's packages
of Go, which tools/setup installs; where there is no Go, the test is skipped.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

SIZES = (1, 2, 255, 256, 257, 65536, 70000)
SKIPPED = 77  # what CMakeLists.txt knows as a skipped test
CHANGES = 150


def build_verifier(folder):
    """Builds main.go from Debian's sources alone, without a network; gives the program."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "main.go")
    program = os.path.join(folder, "tlog_verify")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
                   "GOCACHE": os.path.join(folder, "go-cache"), "GOFLAGS": "", "CGO_ENABLED": "0"}
    built = subprocess.run(["go", "build", "-o", program, source], env=environment, text=True,
                           capture_output=True, check=False)
    if built.returncode != 0:
        sys.exit(f"{built.stderr}tlog_verify is not built: tools/setup installs what it needs, "
                 "golang-go and golang-golang-x-mod-dev")
    return program


class PublishedLog(unittest.TestCase):
    publish_log = verifier = None

    def publish(self, size):
        folder = tempfile.mkdtemp(prefix="robotledger-tlog-")
        self.addCleanup(shutil.rmtree, folder)
        subprocess.run([self.publish_log, folder, str(size)], check=True)
        return folder

    def verify(self, folder):
        """(exit code, what was said)."""
        done = subprocess.run([self.verifier, folder], text=True, capture_output=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_go_agrees_at_every_size(self):
        for size in SIZES:
            with self.subTest(size=size):
                code, said = self.verify(self.publish(size))
                self.assertEqual(code, 0, said)
                self.assertTrue(said.startswith(f"good: {size} entries in "), said)

    def test_go_finds_any_changed_bit(self):
        """Else its agreement would mean nothing."""
        folder = self.publish(257)
        files = sorted(os.path.join(place, name)
                       for place, _, names in os.walk(folder) for name in names)
        draw = random.Random(1)
        for round_ in range(CHANGES):
            file = files[round_ % len(files)]
            with open(file, "r+b") as stream:
                was = stream.read()
                at, bit = draw.randrange(len(was)), 1 << draw.randrange(8)
                stream.seek(at)
                stream.write(bytes([was[at] ^ bit]))
            code, said = self.verify(folder)
            self.assertEqual(code, 1, f"byte {at} of {file} was changed: {said}")
            with open(file, "wb") as stream:
                stream.write(was)
        self.assertEqual(self.verify(folder)[0], 0)

    def test_go_finds_a_missing_and_a_superfluous_file(self):
        folder = self.publish(257)
        superfluous = os.path.join(folder, "tile", "1", "001")
        with open(superfluous, "wb"):
            code, said = self.verify(folder)
        self.assertEqual(code, 1)
        self.assertIn("belongs to nothing", said)
        os.remove(superfluous)
        os.remove(os.path.join(folder, "tile", "0", "001.p", "1"))
        self.assertEqual(self.verify(folder)[0], 1)


def main():
    if shutil.which("go") is None:
        print("skipped: Go is not installed; tools/setup installs it")
        sys.exit(SKIPPED)
    PublishedLog.publish_log, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    PublishedLog.verifier = build_verifier(folder)
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
