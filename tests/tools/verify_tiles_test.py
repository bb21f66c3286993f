#!/usr/bin/env python3
"""`verify --tiles`: an exported tree checked with no ledger at hand. PUBLISH_LEDGER names the
program that exports and signs a ledger's log with a key of the test's own."""
import base64
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import unittest

from cli_testing import DAMAGE, LedgerCase, history_line

PUBLISH_LEDGER = os.environ.get("PUBLISH_LEDGER", "publish_ledger")
CHANGES = 300


class TilesCase(LedgerCase):
    def setUp(self):
        super().setUp()
        self.grow(600)
        self.key = self.publish("tiles")
        # From here on no ledger is needed.
        self.kept, self.ledger = self.ledger, self.path("no", "ledger", "here")

    def grow(self, projects):
        first = self.events()
        lines = [history_line(first + n, "create_project", project=f"p{first + n}")
                 for n in range(projects)]
        self.done("import", self.write("history.jsonl", "".join(lines)))

    def publish(self, tiles, ledger=None):
        """The verifier key."""
        ran = subprocess.run([PUBLISH_LEDGER, os.path.join(ledger or self.ledger, "log"),
                              self.path(tiles), self.path("key.pem")],
                             check=True, stdout=subprocess.PIPE, timeout=60)
        return ran.stdout.decode().strip()

    def files(self):
        """Their paths below the directory."""
        tiles = self.path("tiles")
        return sorted(os.path.relpath(os.path.join(folder, name), tiles)
                      for folder, _, names in os.walk(tiles) for name in names)

    def read(self, name):
        with open(self.path("tiles", name), "rb") as file:
            return file.read()

    def put(self, name, content):
        with open(self.path("tiles", name), "wb") as file:
            file.write(content)

    def verify(self, **more):
        return self.done("verify", "--tiles", self.path("tiles"), "--key", self.key, **more)

    def wrong(self, key=None):
        """What is said to be wrong, in words and in JSON alike."""
        arguments = ("verify", "--tiles", self.path("tiles"), "--key", key or self.key)
        said = self.failed(*arguments, code=DAMAGE).removeprefix("robotledger: ")
        out, err = self.expect(DAMAGE, *arguments, "--json")
        self.assertEqual(err, "")
        self.assertEqual(json.loads(self.one_line(out)),
                         {"verified": False, "wrong": "tiles", "message": said})
        return said


class Honest(TilesCase):
    def test_nothing_is_wrong_with_it(self):
        root = base64.b64decode(self.read("checkpoint").split(b"\n")[2]).hex()
        self.assertRegex(self.verify(),
                         r"\Acheckpoint   of test\.example/robots, signed with the key\n"
                         r"log          602 events and 4 tiles of hashes are what the root says\n"
                         rf"root hash    {root}\n"
                         r"Verified in \d+\.\d s; nothing is wrong\.\n\Z")
        answer = self.json("verify", "--tiles", self.path("tiles"), "--key", self.key)
        self.assertEqual(list(answer),
                         ["verified", "origin", "events", "root_hash", "tiles", "since_events",
                          "seconds"])
        self.assertIsNone(answer.pop("since_events"))
        del answer["seconds"]
        self.assertEqual(answer, {"verified": True, "origin": "test.example/robots",
                                  "events": 602, "root_hash": root, "tiles": 4})

    def test_the_key_from_a_file(self):
        for content in (self.key, self.key + "\n"):
            self.key = self.write("log.vkey", content)
            self.verify()

    def test_a_tree_that_grew(self):
        self.ledger = self.kept
        self.grow(200)
        self.publish("tiles")
        self.assertIn("803 events", self.verify())
        self.assertNotIn("tile/0/002.p/90", self.files())  # 602 % 256, and full by now


class Usage(TilesCase):
    def test_tiles_need_a_key_and_are_no_log(self):
        self.assertIn("--key", self.misused("verify", "--tiles", self.path("tiles")))
        self.misused("verify", "--tiles", self.path("tiles"), "--key", self.key, "--log")
        self.misused("verify", "--tiles", "", "--key", self.key)

    def test_what_is_no_key(self):
        self.write("none.vkey", "hello\n")
        self.write("long.vkey", self.key + "\n" + "x" * 5000)
        for key in ("", "a+b+c", self.key[:-1], self.path("none"), self.path("none.vkey"),
                    self.path("long.vkey"), self.path("tiles"), self.path("key.pem")):
            said = self.misused("verify", "--tiles", self.path("tiles"), "--key", key)
            self.assertIn("--key", said)

    def test_where_nothing_was_exported(self):
        self.failed("verify", "--tiles", self.path("none"), "--key", self.key)
        os.mkdir(self.path("empty"))
        said = self.failed("verify", "--tiles", self.path("empty"), "--key", self.key)
        self.assertIn("there is no " + self.path("empty", "checkpoint"), said)


class Changed(TilesCase):
    def test_a_bit_of_any_file(self):
        chosen = random.Random(5)
        files = self.files()
        self.assertEqual(files, ["checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/90",
                                 "tile/1/000.p/2", "tile/entries/000", "tile/entries/001",
                                 "tile/entries/002.p/90"])
        for change in range(CHANGES):
            name = files[change % len(files)]
            content = self.read(name)
            bit = chosen.randrange(8 * len(content))
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            self.put(name, changed)
            out, err = self.expect(DAMAGE, "verify", "--tiles", self.path("tiles"), "--key",
                                   self.key)
            self.assertEqual(out, "", f"{name}, bit {bit}")
            self.one_line(err)
            self.put(name, content)
        self.verify()

    def test_a_file_that_is_missing(self):
        for name in self.files():
            if name == "checkpoint":
                continue
            content = self.read(name)
            os.remove(self.path("tiles", name))
            self.assertEqual(self.wrong(), name + " is missing")
            self.put(name, content)

    def test_another_key(self):
        self.ledger = self.kept
        os.remove(self.path("key.pem"))
        self.assertIn("tiles/checkpoint: ", self.wrong(key=self.publish("others")))

    def test_the_tiles_of_another_log_under_this_checkpoint(self):
        self.ledger = self.path("other")
        self.done("init", "--origin", "test.example/robots")
        self.grow(600)
        self.publish("others")
        shutil.copy(self.path("tiles", "checkpoint"), self.path("others", "checkpoint"))
        shutil.rmtree(self.path("tiles"))
        os.rename(self.path("others"), self.path("tiles"))
        self.assertTrue(self.wrong().startswith("the root of the records is "))

    def test_an_event_that_was_replaced_with_all_hashes_above_it(self):
        bundle = self.read("tile/entries/002.p/90")
        self.assertEqual(bundle.count(b"p550\0"), 1)
        changed = bundle.replace(b"p550\0", b"q550\0")
        entries, at = [], 0
        while at < len(changed):
            length = int.from_bytes(changed[at:at + 2], "big")
            entries.append(changed[at + 2:at + 2 + length])
            at += 2 + length
        self.put("tile/entries/002.p/90", changed)
        self.put("tile/0/002.p/90",
                 b"".join(hashlib.sha256(b"\0" + entry).digest() for entry in entries))
        self.assertTrue(self.wrong().startswith("the root of the records is "))

    def test_the_last_events_cut_off(self):
        self.ledger = self.kept
        shutil.copytree(self.path("tiles"), self.path("older"))
        self.grow(100)
        self.publish("tiles")
        shutil.copy(self.path("tiles", "checkpoint"), self.path("older", "checkpoint"))
        shutil.rmtree(self.path("tiles"))
        os.rename(self.path("older"), self.path("tiles"))
        self.assertEqual(self.wrong(), "tile/entries/002.p/191 is missing")

    def test_what_is_no_file(self):
        os.remove(self.path("tiles", "tile/0/001"))
        os.mkfifo(self.path("tiles", "tile/0/001"))
        self.assertIn("tile/0/001 is no file", self.wrong())
        os.remove(self.path("tiles", "tile/0/001"))
        os.symlink("/dev/zero", self.path("tiles", "tile/0/001"))
        self.assertIn("tile/0/001 is no file", self.wrong())


if __name__ == "__main__":
    sys.exit(unittest.main())
