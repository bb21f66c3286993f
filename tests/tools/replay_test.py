#!/usr/bin/env python3
"""`replay --until`: the account table from the log alone, beside what the views say of the same
moment. Where a folder of data lies beside the checkout, on its history, too."""
import json
import os
import sys
import unittest

from cli_testing import DAMAGE, LedgerCase, history_line

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")
INSTANTS = 12


def moment(second):
    return f"2024-01-01T00:00:{second:02}Z"


class ReplayCase(LedgerCase):
    def imported(self, lines):
        self.done("import", self.write("history.jsonl", "".join(lines)))

    def table_is_that_of_the_views(self, until, *list_options):
        """As text, line by line, and as JSON."""
        replayed = self.json("replay", "--until", str(until))
        listed = self.json("account", "list", *list_options)
        self.assertEqual(replayed["accounts"], listed["accounts"], until)
        self.assertEqual(replayed["at"], listed["question"]["at"])
        # Behind the table come an empty line and what it is.
        table = self.done("replay", "--until", str(until)).splitlines()[:-3]
        self.assertEqual(table, self.done("account", "list", *list_options).splitlines()[:-2])
        return replayed


class Replayed(ReplayCase):
    def setUp(self):
        super().setUp()
        self.imported([
            history_line(0, "create_project", project="web"),
            history_line(1, "create_account", project="web", name="ci", expires=30,
                         permissions=["push-image"]),
            history_line(2, "create_account", level="system", name="all", expires="never",
                         permissions=[{"scope": "*", "capability": "push-image"},
                                      {"scope": "web", "capability": "push-chart"}]),
            history_line(3, "disable", account="robot$web+ci"),
            history_line(3, "describe", account="robot$all", description="everything"),
            history_line(4, "rotate_secret", account="robot$all"),
            history_line(5, "delete", account="robot$web+ci"),
            history_line(6, "delete_project", project="web"),
        ])

    def test_at_every_instant_it_is_what_the_views_say(self):
        for second in range(7):
            self.table_is_that_of_the_views(moment(second), "--at", moment(second))
        self.table_is_that_of_the_views("2024-02-01T00:00:00Z", "--at", "2024-02-01T00:00:00Z")

    def test_after_every_event_it_is_what_the_views_say(self):
        events = [json.loads(line) for line in self.done("export").splitlines()]
        for event in events:
            sequence, at = event["sequence"], event["time"]
            answer = self.table_is_that_of_the_views(sequence, "--at", at, "--as-of",
                                                     str(sequence))
            self.assertEqual(answer["question"], {"until": sequence})
            self.assertEqual(answer["as_of"], {"sequence": sequence})

    def test_now(self):
        answer = self.json("replay", "--until", "now")
        self.assertEqual([one["account"] for one in answer["accounts"]], ["robot$all"])
        self.assertEqual(answer["root_hash"], self.json("stats")["root_hash"])
        self.assertRegex(self.done("replay", "--until", "now"),
                         r"\n\n1 account at \S+Z\. Replayed from events 0 to \d+ of the log\.\n"
                         rf"Root hash of these \d+ events: {answer['root_hash']}\n\Z")

    def test_before_the_first_event(self):
        answer = self.json("replay", "--until", "1969-12-31T23:59:59Z")
        self.assertEqual((answer["accounts"], answer["as_of"]), ([], None))
        self.assertEqual(self.done("replay", "--until", "1969-12-31T23:59:59Z"),
                         "0 accounts at 1969-12-31T23:59:59Z. That is before the first event.\n"
                         f"Root hash of these 0 events: {answer['root_hash']}\n")

    def test_wrong_usage(self):
        self.misused("replay")
        self.misused("replay", "--until", str(self.events()))
        for until in ("", "yesterday", "-1", "7.5", "2024-01-01"):
            self.assertIn("--until", self.misused("replay", "--until", until))

    def test_who_may(self):
        self.done("operator", "add", "nora")
        self.assertEqual(self.refused("replay", "--until", "now", "--as", "nora"), "forbidden")


class OnAllThatIsThere(ReplayCase):
    @unittest.skipUnless(os.path.isdir(DATA), "there is no folder of data beside the checkout")
    def test_it_is_what_the_views_say(self):
        ran = self.run_program("import", os.path.join(DATA, "history.jsonl"), "--keep-going")
        self.assertIn(ran.returncode, (0, 1), ran.stderr)
        events = [json.loads(line) for line in self.done("export").splitlines()]
        for event in events[::len(events) // INSTANTS]:
            sequence, at = event["sequence"], event["time"]
            self.table_is_that_of_the_views(sequence, "--at", at, "--as-of", str(sequence))
            self.table_is_that_of_the_views(at, "--at", at)
        self.assertGreater(len(events), INSTANTS)


class BuiltAnew(ReplayCase):
    def setUp(self):
        super().setUp()
        self.imported([history_line(0, "create_project", project="web")] +
                      [history_line(1, "create_account", project="web", name=f"ci-{n}",
                                    permissions=["push-image"]) for n in range(300)])
        self.key = self.done("key").strip()
        self.root = self.json("checkpoint")["root_hash"]

    def is_the_same(self, copy):
        events = self.done("export")
        self.assertEqual(self.done("--ledger", copy, "export"), events)
        self.assertEqual(self.json("--ledger", copy, "verify")["root_hash"], self.root)
        self.assertIn("is a copy", self.failed("--ledger", copy, "project", "create", "api"))

    def test_a_ledger_from_the_log(self):
        copy = self.path("copy")
        self.assertEqual(self.json("replay", "--to", copy)["root_hash"], self.root)
        self.is_the_same(copy)

    def test_a_ledger_from_tiles_with_no_other_at_hand(self):
        tiles, copy = self.path("tiles"), self.path("copy")
        self.done("export-tiles", tiles)
        nowhere = self.environment(ROBOTLEDGER_DIR=self.path("nowhere"))
        answer = self.json("replay", "--to", copy, "--tiles", tiles, "--key", self.key, env=nowhere)
        self.assertEqual(answer["root_hash"], self.root)
        self.is_the_same(copy)

    def test_not_over_anything_and_not_from_what_is_wrong(self):
        self.assertIn("already", self.failed("replay", "--to", self.ledger))
        tiles = self.path("tiles")
        self.done("export-tiles", tiles)
        with open(os.path.join(tiles, "tile", "entries", "000"), "r+b") as bundle:
            bundle.seek(1000)
            byte = bundle.read(1)[0]
            bundle.seek(1000)
            bundle.write(bytes([byte ^ 4]))
        said = self.failed("replay", "--to", self.path("copy"), "--tiles", tiles, "--key", self.key,
                           code=DAMAGE)
        self.assertIn("record", said)
        self.assertFalse(os.path.exists(self.path("copy")))

    def test_options_that_make_no_sense(self):
        self.misused("replay")
        self.misused("replay", "--to", self.path("x"), "--until", "1")
        self.misused("replay", "--to", self.path("x"), "--tiles", self.path("t"))
        self.misused("replay", "--to", self.path("x"), "--key", self.key)
        self.misused("replay", "--until", "1", "--tiles", self.path("t"), "--key", self.key)


if __name__ == "__main__":
    sys.exit(unittest.main())
