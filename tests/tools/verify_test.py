#!/usr/bin/env python3
"""`verify` on ledgers whose files were changed behind its back. ROCKS_EDIT names the program that
changes rows and records as one could who knows nothing of hashes."""
import hashlib
import json
import os
import subprocess
import sys
import unittest

from cli_testing import DAMAGE, LedgerCase, history_line

ROCKS_EDIT = os.environ.get("ROCKS_EDIT", "rocks_edit")
# More than are left to the log's tail when a ledger is closed, so that there is a saved state.
MANY = 5000


class VerifyCase(LedgerCase):
    def setUp(self):
        super().setUp()
        lines = [history_line(0, "create_project", project="web")]
        lines += [history_line(1, "create_account", project="web", name=f"ci-{n}",
                               permissions=["push-image"]) for n in range(4)]
        self.done("import", self.write("history.jsonl", "".join(lines)))
        self.done("stats")  # a question, so that the views have all of it

    def edit(self, part, *words):
        self.needs_it_alone()
        ran = subprocess.run([ROCKS_EDIT, os.path.join(self.ledger, part), *words], check=True,
                             stdout=subprocess.PIPE, timeout=60)
        return ran.stdout.decode()

    def rows(self, part, first):
        """[key, value] of those whose key begins so, in hexadecimal."""
        lines = [line.split(" ") for line in self.edit(part, "list").splitlines()]
        return [line for line in lines if line[0].startswith(first.encode().hex())]

    @staticmethod
    def flipped(value):
        """The value with another last byte."""
        return value[:-2] + f"{int(value[-2:], 16) ^ 1:02x}"

    def wrong(self, *arguments):
        """What is said to be wrong: with which part, and the message, which is one line."""
        said = self.failed("verify", *arguments, code=DAMAGE).removeprefix("robotledger: ")
        out, err = self.expect(DAMAGE, "verify", *arguments, "--json")
        self.assertEqual(err, "")
        answer = json.loads(self.one_line(out))
        self.assertEqual(list(answer), ["verified", "wrong", "message"])
        self.assertIs(answer["verified"], False)
        self.assertEqual(answer["message"], said)
        return answer["wrong"], said

    def scratch_is_gone(self):
        self.assertFalse(os.path.exists(os.path.join(self.ledger, "scratch")))


class Honest(VerifyCase):
    def test_nothing_is_wrong_with_it(self):
        events = self.events()
        out = self.done("verify")
        root = self.json("stats")["root_hash"]
        self.assertIn(f"{events} events and 1 tile of hashes", out)
        self.assertIn(root, out)
        self.assertRegex(out, r"views        \d+ rows are what the log gives\n"
                              r"Verified in \d+\.\d s; nothing is wrong\.\n\Z")
        answer = self.json("verify")
        self.assertEqual(list(answer), ["verified", "events", "root_hash", "tiles",
                                        "checkpoint_events", "saved_state_events", "rows",
                                        "since_events", "seconds"])
        self.assertIs(answer["verified"], True)
        self.assertEqual([answer["events"], answer["root_hash"], answer["tiles"]],
                         [events, root, 1])
        self.assertEqual(answer["checkpoint_events"], events)
        self.assertIsNone(answer["saved_state_events"])
        self.assertIsNone(answer["since_events"])
        self.assertEqual(answer["rows"], len(self.rows("views", "")))
        self.scratch_is_gone()

    def test_the_log_alone(self):
        self.assertIn("views        not looked at\n", self.done("verify", "--log"))
        self.assertIsNone(self.json("verify", "--log")["rows"])

    def test_an_empty_ledger(self):
        self.ledger = self.path("other")
        self.done("init", "--origin", "other.example/robots")
        self.assertEqual(self.json("verify")["events"], 1)

    def test_what_a_killed_one_left_is_removed(self):
        self.needs_it_alone()
        left = os.path.join(self.ledger, "scratch")
        os.mkdir(left)
        with open(os.path.join(left, "CURRENT"), "wb") as file:
            file.write(b"of no sense")
        self.done("verify")
        self.scratch_is_gone()


class Rows(VerifyCase):
    def test_a_row_that_was_changed(self):
        key, value = self.rows("views", "A")[1]
        self.edit("views", "put", key, self.flipped(value))
        part, said = self.wrong()
        self.assertEqual(part, "views")
        self.assertEqual(said, "the views are not what the log gives: the row of account 2 in "
                               f"project 1 was changed (key {key}); 'robotledger rebuild' builds "
                               "them anew from the log")
        self.scratch_is_gone()
        self.done("verify", "--log")
        self.done("rebuild")
        self.done("verify")

    def test_a_row_that_is_missing(self):
        key, _ = self.rows("views", "T")[0]
        self.edit("views", "delete", key)
        self.assertIn(f"from event 3 on is missing (key {key})", self.wrong()[1])

    def test_a_row_that_is_one_too_many(self):
        key, value = self.rows("views", "H")[0]
        more = key[:-2] + "63"
        self.edit("views", "put", more, value)
        self.assertIn(f"the row of the home of account 99 is one too many (key {more})",
                      self.wrong()[1])


class Records(VerifyCase):
    def setUp(self):
        super().setUp()
        self.needs_it_alone()
        self.write("more.jsonl", "".join(history_line(2, "create_project", project=f"p{n}")
                                         for n in range(MANY)))
        self.done("import", self.path("more.jsonl"))
        self.assertTrue(os.path.exists(os.path.join(self.ledger, "state")))
        self.records = self.rows("log", "e")

    def test_nothing_is_wrong_with_it(self):
        answer = self.json("verify")
        self.assertEqual(answer["events"], len(self.records))
        self.assertGreater(answer["saved_state_events"], 0)
        self.assertEqual(answer["tiles"], -(-len(self.records) // 256) + 1)

    def test_a_record_that_was_changed(self):
        key, value = self.records[1300]
        self.edit("log", "put", key, self.flipped(value))
        part, said = self.wrong()
        self.assertEqual(part, "log")
        self.assertTrue(said.startswith("record 1300 was changed: "), said)
        self.assertEqual(self.wrong("--log"), (part, said))

    def test_a_record_that_was_changed_with_its_leaf(self):
        key, value = self.records[1300]
        entry = bytes.fromhex(self.records[1301][1])[32:]
        leaf = hashlib.sha256(b"\0" + entry).hexdigest()
        self.edit("log", "put", key, leaf + entry.hex())
        self.assertEqual(self.wrong(),
                         ("log", "record 1300 of the log is no event of that place"))
        # The same event with another letter in a name is one that can be.
        entry = bytes.fromhex(value)[32:]
        self.assertIn(b"p1292\0", entry)
        entry = entry.replace(b"p1292\0", b"q1292\0")
        leaf = hashlib.sha256(b"\0" + entry).hexdigest()
        self.edit("log", "put", key, leaf + entry.hex())
        part, said = self.wrong()
        self.assertEqual(part, "log")
        self.assertTrue(said.startswith("record 1300 was changed: hash 20 of tile 0/5 is "), said)
        self.assertTrue(said.endswith(", and that of record 1300 is " + leaf), said)

    def test_a_record_that_is_missing(self):
        self.edit("log", "delete", self.records[1300][0])
        self.assertEqual(self.wrong(), ("log", "record 1300 is missing"))

    def test_a_tile_that_was_changed(self):
        key, value = self.rows("log", "t")[5]
        self.edit("log", "put", key, value[:64 * 20] + "00" * 32 + value[64 * 21:])
        part, said = self.wrong()
        self.assertEqual(part, "log")
        # The opening may see it first, at the tree's right edge.
        self.assertRegex(said, "tile 0/5 was changed: hash 20 of|root")

    def test_a_saved_state_that_was_changed(self):
        self.needs_it_alone()
        with open(os.path.join(self.ledger, "state"), "r+b") as file:
            file.seek(100)
            byte = file.read(1)
            file.seek(100)
            file.write(bytes([byte[0] ^ 1]))
        answer = self.expect(DAMAGE, "verify", "--log", "--json")[0]
        self.assertIn("the saved state is damaged: ", json.loads(answer)["message"])


if __name__ == "__main__":
    sys.exit(unittest.main())
