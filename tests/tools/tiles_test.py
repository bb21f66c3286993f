#!/usr/bin/env python3
"""`export-tiles`, and `verify --tiles`, which checks what was exported with no ledger at hand."""
import base64
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import unittest

from cli_testing import DAMAGE, PROGRAM, LedgerCase, history_line

CHANGES = 300


class TilesCase(LedgerCase):
    def setUp(self):
        super().setUp()
        self.grow(600)
        self.key = self.publish()
        # From here on no ledger is needed.
        self.kept, self.ledger = self.ledger, self.path("no", "ledger", "here")

    def grow(self, projects):
        first = self.events()
        lines = [history_line(first + n, "create_project", project=f"p{first + n}")
                 for n in range(projects)]
        self.done("import", self.write("history.jsonl", "".join(lines)))

    def publish(self, tiles="tiles"):
        """The verifier key."""
        answer = self.json("export-tiles", self.path(tiles))
        self.assertEqual(answer["events"], self.events())
        return answer["verifier_key"]

    def fork(self):
        """The ledger as another one that has its key and goes on otherwise, by one event."""
        self.needs_it_alone()
        self.ledger = self.path("fork")
        shutil.copytree(self.kept, self.ledger)
        self.grow(1)

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
        self.publish()
        self.assertIn("803 events", self.verify())
        self.assertNotIn("tile/0/002.p/90", self.files())  # 602 % 256, and full by now


class Exported(TilesCase):
    def setUp(self):
        super().setUp()
        self.ledger = self.kept

    def contents(self):
        return {name: self.read(name) for name in self.files()}

    def test_it_says_what_it_wrote_and_only_what_is_new(self):
        before = self.contents()
        answer = self.json("export-tiles", self.path("tiles"))
        self.assertEqual(list(answer), ["directory", "origin", "events", "had_events", "root_hash",
                                        "files_written", "bytes_written", "verifier_key"])
        self.assertEqual((answer["events"], answer["had_events"], answer["files_written"]),
                         (602, 602, 0))
        self.assertEqual(self.contents(), before)
        self.grow(10)
        answer = self.json("export-tiles", self.path("tiles"))
        self.assertEqual((answer["events"], answer["had_events"]), (613, 602))
        # The partial bundle and tile, and the checkpoint; the tile above is as it was.
        changed = {name: content for name, content in self.contents().items()
                   if before.get(name) != content}
        self.assertEqual(sorted(changed), ["checkpoint", "tile/0/002.p/101",
                                           "tile/entries/002.p/101"])
        self.assertEqual(answer["files_written"], 3)
        self.assertEqual(answer["bytes_written"], sum(map(len, changed.values())))
        self.verify()

    def test_it_says_so_in_words(self):
        root = self.json("stats")["root_hash"]
        self.assertEqual(self.done("export-tiles", self.path("new")),
                         f"{self.path('new')} has all 602 events of test.example/robots; it had 0."
                         f"\nWrote 8 files, {self.bytes_in('new')} bytes.\nRoot hash: {root}\n"
                         "To check it, anywhere: robotledger verify --tiles DIR --key "
                         f"{self.key}\n")

    def bytes_in(self, tiles):
        return sum(os.path.getsize(os.path.join(folder, name))
                   for folder, _, names in os.walk(self.path(tiles)) for name in names)

    def test_after_a_kill_it_goes_on(self):
        self.grow(3000)
        for delay in (0.05, 0.1, 0.15, 0.2, 0.3):
            with subprocess.Popen([PROGRAM, "export-tiles", self.path("tiles")],
                                  env=self.environment(), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as running:
                try:
                    running.wait(delay)
                except subprocess.TimeoutExpired:
                    running.send_signal(signal.SIGKILL)
            # What is there at any time is a whole tree.
            self.verify()
        self.publish()
        self.assertIn("3603 events", self.verify())
        self.assertNotIn("tile/unfinished", self.files())

    def test_where_it_may_not(self):
        self.failed("export-tiles", self.path("no", "where"))
        self.write("file", "hello")
        self.failed("export-tiles", self.path("file"))
        os.mkdir(self.path("full"))
        self.write(os.path.join("full", "letter.txt"), "hello")
        self.failed("export-tiles", self.path("full"))
        self.assertEqual(os.listdir(self.path("full")), ["letter.txt"])
        self.failed("export-tiles", self.ledger)
        self.misused("export-tiles")
        self.misused("export-tiles", "")
        self.done("operator", "add", "nora")
        self.assertEqual(self.refused("export-tiles", self.path("new"), "--as", "nora"),
                         "forbidden")
        self.assertFalse(os.path.exists(self.path("new")))

    def test_over_the_tree_of_another_log(self):
        self.ledger = self.path("other")
        self.done("init", "--origin", "other.example/robots")
        self.failed("export-tiles", self.path("tiles"))
        self.verify()

    def test_over_the_tree_of_a_fork_or_of_one_that_lost_its_end(self):
        self.fork()
        short = self.path("short")
        shutil.copytree(self.kept, short)
        self.ledger = self.kept
        self.grow(2)
        self.publish()
        self.ledger = self.path("fork")
        self.grow(2)
        said = self.failed("export-tiles", self.path("tiles"), code=DAMAGE)
        self.assertIn("one of the two was changed", said)
        self.ledger = short
        said = self.failed("export-tiles", self.path("tiles"), code=DAMAGE)
        self.assertIn("it lost some, or an older copy was put back", said)
        self.assertIn("605 events", self.verify())


class Usage(TilesCase):
    def test_tiles_need_a_key_and_are_no_log(self):
        self.assertIn("--key", self.misused("verify", "--tiles", self.path("tiles")))
        self.misused("verify", "--tiles", self.path("tiles"), "--key", self.key, "--log")
        self.misused("verify", "--tiles", "", "--key", self.key)

    def test_what_is_no_key(self):
        self.write("none.vkey", "hello\n")
        self.write("long.vkey", self.key + "\n" + "x" * 5000)
        for key in ("", "a+b+c", self.key[:-1], self.path("none"), self.path("none.vkey"),
                    self.path("long.vkey"), self.path("tiles")):
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
        self.ledger = self.path("other")
        self.done("init", "--origin", "test.example/robots")
        self.assertIn("tiles/checkpoint: ", self.wrong(key=self.done("key").strip()))

    def test_the_tiles_of_a_fork_under_this_checkpoint(self):
        self.fork()
        self.publish("forked")
        self.ledger = self.kept
        self.grow(1)
        self.publish()
        shutil.copy(self.path("tiles", "checkpoint"), self.path("forked", "checkpoint"))
        shutil.rmtree(self.path("tiles"))
        os.rename(self.path("forked"), self.path("tiles"))
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
        self.publish()
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
