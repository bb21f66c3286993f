#!/usr/bin/env python3
"""History that was rewritten by who knows the formats: events replaced, swapped or cut off, with
every hash, tile and the head made to fit. ROCKS_EDIT names the program that writes the rows.

What opening or `verify` says has what was expected and what was found; the exit code is 4."""
import hashlib
import os
import subprocess
import sys
import unittest

from cli_testing import DAMAGE, LedgerCase, history_line

ROCKS_EDIT = os.environ.get("ROCKS_EDIT", "rocks_edit")
PROJECTS = 300  # so that there is a whole tile
TILE = 256


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def root_of(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


class TamperedCase(LedgerCase):
    def setUp(self):
        super().setUp()
        self.ledger = self.path("tampered")
        self.done("init", "--origin", "test.example/robots", *self.guard_arguments_in_folder())
        self.done("import", self.write("history.jsonl", "".join(
            history_line(n, "create_project", project=f"p{n:03}") for n in range(PROJECTS))))
        self.done("stats")  # a question, so that the views have all of it
        rows = [line.split(" ") for line in self.edit("list").splitlines()]
        self.rows = {bytes.fromhex(key): bytes.fromhex(value) for key, value in rows}
        self.entries = [self.rows[key][32:] for key in sorted(self.rows) if key[:1] == b"e"]
        self.root = root_of([leaf_hash(entry) for entry in self.entries])
        self.assertEqual(self.rows[b"h"][9:41], self.root)

    def guard_arguments_in_folder(self):
        return ()

    def edit(self, what, lines="", part="log"):
        return subprocess.run([ROCKS_EDIT, os.path.join(self.ledger, part), what], check=True,
                              input=lines.encode(), stdout=subprocess.PIPE,
                              timeout=60).stdout.decode()

    def rewrite(self, entries):
        """The log has these entries, and all that follows from them. Its root."""
        leaves = [leaf_hash(entry) for entry in entries]
        size = len(entries)
        root = root_of(leaves)
        due = {b"e" + i.to_bytes(8, "big"): leaves[i] + entries[i] for i in range(size)}
        for tile in range(size // TILE):
            due[b"t\0" + tile.to_bytes(8, "big")] = b"".join(leaves[TILE * tile:TILE * (tile + 1)])
        due[b"h"] = b"\1" + size.to_bytes(8, "big") + root + self.rows[b"h"][41:]
        lines = [f"delete {key.hex()}" for key in self.rows if key not in due]
        lines += [f"put {key.hex()} {value.hex()}" for key, value in due.items()
                  if self.rows.get(key) != value]
        self.edit("apply", "".join(line + "\n" for line in lines))
        return root

    def at(self, project):
        """The sequence of the event that created it."""
        name = f"p{project:03}".encode()
        return next(i for i, entry in enumerate(self.entries) if name in entry)

    def with_a_replaced_event(self):
        entries = list(self.entries)
        at = self.at(100)
        entries[at] = entries[at].replace(b"p100", b"q100")
        self.assertNotEqual(entries, self.entries)
        return entries

    def with_two_swapped_events(self):
        entries = list(self.entries)
        one, other = self.at(100), self.at(101)
        entries[one], entries[other] = entries[other], entries[one]
        return entries

    def refused(self, *expected):
        """Whatever opens the ledger says that it is damaged, with these words."""
        for words in (["project", "list"], ["verify"], ["verify", "--log"], ["export"],
                      ["project", "create", "more"]):
            said = self.failed(*words, code=DAMAGE)
            for word in expected:
                self.assertIn(word, said)


class Tampered(TamperedCase):
    """With its guard in the place that it has by itself."""

    def test_an_honest_log_that_was_rewritten_as_it_was_is_itself(self):
        self.assertEqual(self.rewrite(self.entries), self.root)
        self.done("verify")

    def test_an_event_that_was_replaced_with_every_hash(self):
        root = self.rewrite(self.with_a_replaced_event())
        self.refused(self.root.hex(), root.hex(), "not those that were written")

    def test_two_events_that_were_swapped_with_every_hash(self):
        root = self.rewrite(self.with_two_swapped_events())
        self.refused(self.root.hex(), root.hex(), "not those that were written")

    def test_two_events_that_were_swapped_with_their_leaf_hashes_alone(self):
        one, other = (b"e" + self.at(n).to_bytes(8, "big") for n in (100, 101))
        self.edit("apply", f"put {one.hex()} {self.rows[other].hex()}\n"
                           f"put {other.hex()} {self.rows[one].hex()}\n")
        self.refused(f"record {self.at(100)} of the log is no event of that place")

    def test_the_last_events_cut_off_with_a_head_that_fits(self):
        for count in (1, 7, 60):  # the last of them takes the whole tile away as well
            with self.subTest(count=count):
                self.rewrite(self.entries[:-count])
                size = len(self.entries)
                self.refused(f"the log has {size - count} events", f"saw {size} events")
                self.rows = {bytes.fromhex(key): bytes.fromhex(value) for key, value in
                             (line.split(" ") for line in self.edit("list").splitlines())}

    def test_the_first_event_replaced_makes_it_another_ledgers(self):
        entries = list(self.entries)
        entries[0] = entries[0].replace(b"test.example", b"best.example")
        self.rewrite(entries)
        self.refused("of another log", leaf_hash(self.entries[0]).hex(),
                     leaf_hash(entries[0]).hex())


class TamperedWithAGuardElsewhere(Tampered):
    def guard_arguments_in_folder(self):
        return ("--guard", self.path("elsewhere"))

    def test_the_directory_says_that_its_guard_is_another(self):
        """Who rewrites all of a directory puts a guard of his own there; not into our hands."""
        root = self.rewrite(self.with_a_replaced_event())
        with open(os.path.join(self.ledger, "LEDGER"), "wb") as marker:
            marker.write(b"robotledger 1\n")
        forge_guard(os.path.join(self.ledger, "guard"), leaf_hash(self.entries[0]),
                    len(self.entries), root)
        said = self.failed("--guard", self.path("elsewhere"), "verify", code=DAMAGE)
        self.assertIn(self.root.hex(), said)
        self.assertIn(root.hex(), said)


def forge_guard(path, first, size, root):
    """As FORMAT.md has it; nothing in it is secret."""
    slots = b""
    for count in (2, 1):
        slot = b"RLGUARD1" + count.to_bytes(8, "big") + first + size.to_bytes(8, "big") + root
        slot = slot.ljust(480, b"\0")
        slots += slot + hashlib.sha256(slot).digest()
    with open(path, "wb") as file:
        file.write(slots)


class TamperedWithItsGuard(TamperedCase):
    """Who changes log and guard alike is found by what was built of the log, if at all."""

    def forge(self, entries):
        root = self.rewrite(entries)
        forge_guard(os.path.join(self.ledger, "guard"), leaf_hash(entries[0]), len(entries), root)
        return root

    def test_an_event_that_was_replaced_with_every_hash(self):
        self.forge(self.with_a_replaced_event())
        said = self.failed("verify", code=DAMAGE)
        self.assertIn("the views are not what the log gives: ", said)

    def test_two_events_that_were_swapped_with_every_hash(self):
        self.forge(self.with_two_swapped_events())
        self.refused(f"record {self.at(100)} of the log is no event of that place")

    def test_the_last_events_cut_off_with_a_head_that_fits(self):
        self.forge(self.entries[:-7])
        size = len(self.entries)
        self.refused(f"the log has {size - 7} events and the views were built from {size}")


if __name__ == "__main__":
    sys.exit(unittest.main())
