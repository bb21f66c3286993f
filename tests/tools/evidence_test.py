#!/usr/bin/env python3
"""`evidence` and `check-evidence`. ROCKS_EDIT names the program that changes rows and records as
one could who knows nothing of hashes."""
import csv
import hashlib
import html.parser
import io
import json
import os
import random
import shlex
import subprocess
import sys
import unittest
import zipfile

from cli_testing import DAMAGE, FAILED, LedgerCase, PROGRAM, REFUSED, history_line

ROCKS_EDIT = os.environ.get("ROCKS_EDIT", "rocks_edit")
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")
PUSHED = ("who-could", "push-image", "--project", "web", "--at", "2024-01-01T00:00:30Z")


class Page(html.parser.HTMLParser):
    """The tags and the texts of a page; every tag that is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = set(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes something else")

    def handle_data(self, data):
        self.texts.append(data)


class EvidenceCase(LedgerCase):
    def setUp(self):
        super().setUp()
        lines = [history_line(0, "create_project", project="web"),
                 history_line(0, "create_project", project="docs"),
                 history_line(1, "add_operator", operator="alice"),
                 history_line(1, "grant_role", operator="alice", role="project_admin",
                              project="web"),
                 history_line(1, "add_operator", operator="audrey"),
                 history_line(1, "grant_role", operator="audrey", role="auditor")]
        lines += [history_line(2, "create_account", project="web", name=f"ci-{n}",
                               permissions=["push-image"]) for n in range(3)]
        lines += [history_line(9, "disable", account="robot$web+ci-1", reason="<b>=1+1</b>, \"x\""),
                  history_line(40, "delete", account="robot$web+ci-2")]
        self.done("import", self.write("history.jsonl", "".join(lines)))
        self.key = self.json("key")["verifier_key"]

    def bundle(self, *question, name="it.zip", options=()):
        out = self.path(name)
        if os.path.exists(out):
            os.remove(out)
        self.done(*options, "evidence", *question, "--out", out)
        return out

    def members(self, bundle):
        with zipfile.ZipFile(bundle) as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist()}

    def check(self, bundle, **more):
        return self.json("check-evidence", bundle, "--key", self.key, **more)

    def wrong(self, bundle, key=None):
        """What is said to be wrong."""
        arguments = ("check-evidence", bundle, "--key", key or self.key)
        said = self.failed(*arguments, code=DAMAGE)
        out, err = self.expect(DAMAGE, *arguments, "--json")
        self.assertEqual(err, "")
        answer = json.loads(self.one_line(out))
        self.assertEqual(list(answer), ["holds", "message"])
        self.assertIs(answer["holds"], False)
        self.assertEqual(said, "robotledger: the evidence does not hold: " + answer["message"])
        return answer["message"]

    def edit(self, part, *words):
        self.needs_it_alone()
        ran = subprocess.run([ROCKS_EDIT, os.path.join(self.ledger, part), *words], check=True,
                             stdout=subprocess.PIPE, timeout=60)
        return [line.split(" ") for line in ran.stdout.decode().splitlines()]


class Bundles(EvidenceCase):
    def test_the_answer_is_that_of_the_command(self):
        for question in (PUSHED, ("account", "history", "robot$web+ci-1"),
                         ("account", "history", "#3"), ("log",),
                         ("log", "--account", "robot$web+ci-1", "--limit", "2"),
                         ("who-could", "push-image", "--project", "web", "--on", "2024-01-01",
                          "--tz", "Europe/Berlin"),
                         ("who-could", "audit-log:list", "--system", "--from",
                          "2024-01-01T00:00:00Z", "--to", "2024-01-02T00:00:00Z")):
            for slim in ((), ("--slim",)):
                with self.subTest(question=question, slim=slim):
                    bundle = self.bundle(*question, *slim)
                    members = self.members(bundle)
                    self.assertEqual(members["answer.json"].decode(),
                                     self.done(*question, "--json"))
                    answer = self.check(bundle)
                    self.assertEqual(list(answer), ["holds", "complete", "question", "as_of",
                                                    "origin", "root_hash", "events", "files",
                                                    "notes"])
                    self.assertEqual([answer["complete"], answer["notes"]], [not slim, []])
                    self.assertEqual(answer["files"], len(members))
                    self.assertEqual(answer["root_hash"], self.json("stats")["root_hash"])

    def test_it_says_what_was_written_and_how_to_check_it(self):
        out = self.done("evidence", *PUSHED, "--out", self.path("it.zip"))
        self.assertTrue(out.startswith("2 accounts could, in 2 windows.\nAs of event "), out)
        self.assertIn("The whole log is in it", out)
        command = out.splitlines()[-1].strip()
        self.assertIn("Nothing is wrong.", subprocess.run(
            command.replace("robotledger", shlex.quote(PROGRAM), 1), shell=True, check=True,
            capture_output=True, text=True).stdout)
        shown = self.done("check-evidence", self.path("it.zip"), "--key",
                          self.write("log.vkey", self.key + "\n"))
        self.assertIn("shown      complete: ", shown)
        os.remove(self.path("it.zip"))
        out = self.done("evidence", *PUSHED, "--slim", "--out", self.path("it.zip"))
        self.assertIn("cannot show that nobody was left out", out)
        shown = self.done("check-evidence", self.path("it.zip"), "--key", self.key)
        self.assertIn("shown      slim: what is there is right; others may be missing", shown)

    def test_the_same_question_gives_the_same_bytes_whenever_it_is_asked(self):
        last = self.json("stats")["events"] - 1
        questions = (PUSHED, ("account", "history", "robot$web+ci-1"), ("log",))
        first = {}
        for question in questions:
            for slim in ((), ("--slim",)):
                with open(self.bundle(*question, *slim), "rb") as file:
                    first[question + slim] = file.read()
        self.done("account", "delete", "robot$web+ci-1")
        self.done("project", "create", "later")
        for question, before in first.items():
            with open(self.bundle(*question, "--as-of", str(last)), "rb") as file:
                self.assertEqual(file.read(), before, question)
        # Whoever asks, if he may read everything; and what it says now is another answer.
        again = self.bundle(*PUSHED, "--as-of", str(last), options=("--as", "audrey"))
        with open(again, "rb") as file:
            self.assertEqual(file.read(), first[PUSHED])
        with open(self.bundle(*PUSHED), "rb") as file:
            self.assertNotEqual(file.read(), first[PUSHED])

    def test_now_is_an_instant_by_then(self):
        bundle = self.bundle("who-could", "push-image", "--project", "web", "--at", "now")
        asked = self.check(bundle)["question"]
        self.assertRegex(asked["at"], r"^20\d\d-\d\d-\d\dT[0-9:.]+Z$")

    def test_who_may_not_read_everything_gets_a_slim_one(self):
        alice = ("--as", "alice")
        refusal = self.refused(*alice, "evidence", *PUSHED, "--out", self.path("it.zip"))
        self.assertEqual(refusal, "forbidden")
        _, err = self.expect(REFUSED, *alice, "evidence", *PUSHED, "--out", self.path("it.zip"))
        self.assertIn("--slim", err)
        self.assertFalse(os.path.exists(self.path("it.zip")))
        bundle = self.bundle(*PUSHED, "--slim", options=alice)
        self.assertFalse(self.check(bundle)["complete"])
        self.assertEqual(self.members(bundle)["answer.json"].decode(),
                         self.done(*alice, *PUSHED, "--json"))
        for question in (("log",), ("who-could", "push-image", "--project", "docs", "--at", "now"),
                         ("account", "history", "robot$docs+ci")):
            self.assertEqual(self.refused(*alice, "evidence", *question, "--slim", "--out",
                                          self.path("other.zip")), "forbidden")
        self.assertEqual(self.refused("--as", "nobody", "evidence", *PUSHED, "--out",
                                      self.path("other.zip")), "unknown_operator")

    def test_nothing_is_overwritten(self):
        mine = self.write("it.zip", "mine")
        self.assertIn("there is something of that name",
                      self.failed("evidence", *PUSHED, "--out", mine))
        with open(mine, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.failed("evidence", *PUSHED, "--out", self.path("nowhere", "it.zip"))
        self.failed("check-evidence", self.path("nothing.zip"), "--key", self.key, code=FAILED)
        left = [name for name in os.listdir(self.folder) if name.startswith("it.zip.")]
        self.assertEqual(left, [])

    def test_wrong_usage(self):
        out = ("--out", self.path("it.zip"))
        self.misused("evidence", *PUSHED)
        self.misused("evidence", "who-could", "push-image", "--at", "now", *out)
        self.assertIn("say when", self.misused("evidence", "who-could", "push-image", "--project",
                                               "web", *out))
        self.assertIn("event 1000", self.misused("evidence", *PUSHED, "--as-of", "1000", *out))
        self.misused("evidence", *PUSHED, "--as-of", "-1", *out)
        self.assertIn("not after", self.misused("evidence", "log", "--from", "2024-01-02T00:00:00Z",
                                                "--to", "2024-01-01T00:00:00Z", *out))
        self.misused("evidence", *out)
        self.misused("check-evidence", self.path("it.zip"))
        self.misused("check-evidence", self.path("it.zip"), "--key", "no+key")
        self.assertEqual(self.refused("evidence", "who-could", "push-image", "--project", "nowhere",
                                      "--at", "now", *out), "unknown_project")

    def test_the_page_stands_for_itself(self):
        members = self.members(self.bundle("account", "history", "robot$web+ci-1"))
        page = Page(members["answer.html"].decode())
        self.assertEqual(page.open, [])
        self.assertFalse(page.tags & {"script", "link", "img", "iframe", "b"})
        self.assertIn('<b>=1+1</b>, "x"', page.texts)
        self.assertNotIn(b"http", members["answer.html"])
        self.assertNotIn(b"url(", members["answer.html"])

    def test_a_spreadsheet_computes_nothing(self):
        members = self.members(self.bundle("log", "--kind", "account_disabled"))
        rows = list(csv.reader(io.StringIO(members["answer.csv"].decode(), newline="")))
        self.assertEqual(rows[0], ["event", "time", "kind", "what happened", "by", "because",
                                   "note"])
        self.assertEqual(rows[1][5], '<b>=1+1</b>, "x"')
        self.assertTrue(members["answer.csv"].endswith(b"\r\n"))
        self.done("account", "enable", "robot$web+ci-1", "--reason", "=1+1")
        members = self.members(self.bundle("log", "--kind", "account_enabled"))
        rows = list(csv.reader(io.StringIO(members["answer.csv"].decode(), newline="")))
        self.assertEqual(rows[1][5], "'=1+1")

    def test_no_secret_is_in_it(self):
        secret = self.json("account", "create", "new", "--project", "web", "--push-image")["secret"]
        for name, content in self.members(self.bundle("log")).items():
            self.assertNotIn(secret.encode(), content, name)

    def test_the_checking_script_needs_none_of_our_software(self):
        for slim in ((), ("--slim",)):
            bundle = self.bundle(*PUSHED, *slim)
            script = self.write("check.py", self.members(bundle)["check_evidence.py"])
            done = subprocess.run([sys.executable, "-B", script, bundle, self.key], check=True,
                                  capture_output=True, text=True)
            self.assertTrue(done.stdout.startswith("Right: "), done.stdout)


class Tampering(EvidenceCase):
    def test_of_a_row_that_was_edited_nothing_reaches_the_evidence(self):
        honest = self.members(self.bundle(*PUSHED))
        # The windows follow from the rows of accounts and of who could.
        rows = [row for row in self.edit("views", "list")
                if row[0].startswith(("41", "54"))]  # "A", "T"
        self.assertGreater(len(rows), 4)
        for key, value in rows:
            self.edit("views", "put", key, value[:-2] + f"{int(value[-2:] or '0', 16) ^ 1:02x}")
        self.assertEqual(self.members(self.bundle(*PUSHED)), honest)
        for key, _ in rows:
            self.edit("views", "delete", key)
        self.assertEqual(self.members(self.bundle(*PUSHED)), honest)

    def test_of_a_record_that_was_edited_no_evidence_is_made(self):
        self.done("import", self.write("more.jsonl", "".join(
            history_line(50, "create_project", project=f"p{n}") for n in range(600))))
        key, value = [row for row in self.edit("log", "list") if row[0].startswith("65")][8]
        entry = bytes.fromhex(value)[32:]
        self.assertIn(b"ci-0", entry)
        entry = entry.replace(b"ci-0", b"cx-0")
        leaf = hashlib.sha256(b"\0" + entry).hexdigest()
        self.edit("log", "put", key, leaf + entry.hex())
        said = self.failed("evidence", *PUSHED, "--out", self.path("it.zip"), code=DAMAGE)
        self.assertIn("record 8", said)
        self.assertFalse(os.path.exists(self.path("it.zip")))

    def test_some_of_all_bits(self):
        for slim in ((), ("--slim",)):
            bundle = self.bundle(*PUSHED, *slim)
            with open(bundle, "rb") as file:
                good = file.read()
            for at in random.Random(7).sample(range(len(good)), 25):
                bad = bytearray(good)
                bad[at] ^= 1 << at % 8
                self.wrong(self.write("bad.zip", bytes(bad)))
            self.wrong(self.write("bad.zip", good[:-1]))
            self.wrong(self.write("bad.zip", good + b"\0"))
            # An ordinary ZIP file of the same members is not the one that was written.
            with zipfile.ZipFile(self.path("bad.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in self.members(bundle).items():
                    archive.writestr(name, content)
            self.wrong(self.path("bad.zip"))

    def test_another_ledgers_bundle(self):
        bundle = self.bundle(*PUSHED)
        self.ledger = self.path("other")
        self.done("init", "--origin", "test.example/robots")
        other = self.json("key")["verifier_key"]
        self.assertNotEqual(other, self.key)
        self.assertIn("manifest.note is not signed with " + other, self.wrong(bundle, other))


class SharedQuestions(EvidenceCase):
    """The history and some of the questions that lie beside the checkout, where they do."""

    @unittest.skipUnless(os.path.isdir(DATA), "there is no folder of data beside the checkout")
    def test_some_of_them(self):
        self.ledger = self.path("shared")
        self.done("init", "--origin", "shared.example/robots")
        self.run_program("import", os.path.join(DATA, "history.jsonl"), "--keep-going")
        self.key = self.json("key")["verifier_key"]
        with open(os.path.join(DATA, "questions.jsonl"), encoding="utf-8") as file:
            questions = [json.loads(line) for line in file]
        for one in random.Random(3).sample(questions, 4):
            asked = one["question"]
            where = ["--system"] if asked["project"] == "/" else ["--project", asked["project"]]
            when = [word for name in ("at", "on", "tz", "from", "to") if name in asked
                    for word in ("--" + name, asked[name])]
            for slim in ((), ("--slim",)):
                with self.subTest(question=asked, slim=slim):
                    bundle = self.bundle("who-could", asked["capability"], *where, *when, *slim)
                    self.assertIs(self.check(bundle)["holds"], True)
                    answers = json.loads(self.members(bundle)["answer.json"])["answers"]
                    self.assertEqual(
                        [(account["id"], [(w["from"], w["until"]) for w in account["windows"]])
                         for account in answers],
                        [(account["id"], [(w["from"], w["until"]) for w in account["windows"]])
                         for account in one["answers"]])


if __name__ == "__main__":
    sys.exit(unittest.main())
