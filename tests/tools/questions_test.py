#!/usr/bin/env python3
"""The subcommands that ask, as people and scripts use them: questions_test.py ROBOTLEDGER.

The first argument is the program to test. Where a folder of data lies beside the checkout, all of
its questions are asked, too.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")

# When, who, what, and the fields of it.
HISTORY = [
    ("2025-01-01T08:00:00Z", "admin", "create_project", {"project": "web"}),
    ("2025-01-01T08:00:00Z", "admin", "create_project", {"project": "docs"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "alice"}),
    ("2025-01-01T09:00:00Z", "admin", "grant_role",
     {"operator": "alice", "role": "project_admin", "project": "web"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "audrey"}),
    ("2025-01-01T09:00:00Z", "admin", "grant_role", {"operator": "audrey", "role": "auditor"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "nora"}),
    ("2025-01-02T12:00:00Z", "alice", "create_account",
     {"project": "web", "name": "ci", "permissions": ["push-image"], "expires": 30}),
    ("2025-01-10T00:30:00Z", "alice", "disable",
     {"account": "robot$web+ci", "reason": "seen in a log"}),
    ("2025-01-12T12:00:00Z", "alice", "enable", {"account": "robot$web+ci"}),
    ("2025-01-15T12:00:00Z", "admin", "create_account",
     {"level": "system", "name": "all",
      "permissions": [{"scope": "*", "capability": "push-image"}], "expires": "never"}),
    ("2025-03-01T12:00:00Z", "alice", "delete", {"account": "robot$web+ci"}),
    ("2025-03-02T12:00:00Z", "alice", "create_account",
     {"project": "web", "name": "ci", "permissions": ["pull-chart"], "expires": "never"}),
    ("2025-03-03T12:00:00Z", "admin", "create_account",
     {"project": "docs", "name": "ci", "permissions": [], "expires": 7}),
    ("2025-03-04T12:00:00Z", "admin", "remove_operator", {"operator": "alice"}),
    ("2025-03-04T12:00:00Z", "admin", "add_operator", {"operator": "alice"}),
    ("2025-03-05T12:00:00Z", "admin", "grant_role",
     {"operator": "alice", "role": "project_admin", "project": "web"}),
]


class Answer:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(ledger, *arguments):
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    environment.pop("ROBOTLEDGER_DIR", None)
    return Answer(subprocess.run([PROGRAM, "--ledger", ledger, *arguments], text=True,
                                 capture_output=True, env=environment, check=False, timeout=120))


def imported(folder, history):
    ledger = os.path.join(folder, "ledger")
    assert run(ledger, "init", "--origin", "test/ledger").code == 0
    done = run(ledger, "import", history, "--keep-going")
    assert done.code in (0, 1), done.err
    return ledger


class Questions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        history = os.path.join(cls.folder.name, "history.jsonl")
        with open(history, "w", encoding="utf-8") as file:
            for at, actor, what, fields in HISTORY:
                file.write(json.dumps({"at": at, "actor": actor, "do": what, **fields}) + "\n")
        cls.ledger = imported(cls.folder.name, history)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, *arguments, code=0):
        answer = run(self.ledger, *arguments)
        self.assertEqual(answer.code, code, answer.out + answer.err)
        return answer

    def misuse(self, *arguments):
        """Wrong usage: exit code 2, one line, nothing on standard output."""
        answer = self.ask(*arguments, code=2)
        self.assertEqual(answer.out, "")
        self.assertEqual(answer.err.count("\n"), 1, answer.err)
        return answer.err

    def refused(self, refusal, *arguments):
        answer = self.ask("--json", *arguments, code=1)
        self.assertEqual(answer.json()["refused"], refusal)
        self.assertIn(f"refused ({refusal})", self.ask(*arguments, code=1).err)

    def windows(self, *arguments):
        answer = self.ask("who-could", "push-image", "--project", "web", "--json", *arguments)
        return {one["account"]: [(w["from"], w["until"]) for w in one["windows"]]
                for one in answer.json()["answers"]}

    # ---- who-could ----------------------------------------------------------------------------

    def test_who_could_prints_exactly_the_promised_json(self):
        answer = self.ask("who-could", "repository:push", "--project", "web",
                          "--at", "2025-01-20T13:00:00+01:00", "--json")
        self.assertEqual(answer.out, json.dumps({
            "question": {"capability": "push-image", "project": "web",
                         "at": "2025-01-20T12:00:00Z"},
            "as_of": {"sequence": 18},
            "answers": [
                {"id": 2, "account": "robot$all", "level": "system",
                 "windows": [{"from": "2025-01-15T12:00:00Z", "until": None,
                              "opened_by": 12, "closed_by": None}]},
                {"id": 1, "account": "robot$web+ci", "level": "project",
                 "windows": [{"from": "2025-01-12T12:00:00Z", "until": "2025-02-01T12:00:00Z",
                              "opened_by": 11, "closed_by": "expiry"}]}]},
            separators=(",", ":")) + "\n")

    def test_an_account_that_was_disabled_within_the_period_has_two_windows(self):
        self.assertEqual(
            self.windows("--from", "2025-01-01T00:00:00Z", "--to", "2025-01-13T00:00:00Z"),
            {"robot$web+ci": [("2025-01-02T12:00:00Z", "2025-01-10T00:30:00Z"),
                              ("2025-01-12T12:00:00Z", "2025-02-01T12:00:00Z")]})

    def test_a_token_outlives_the_loss_of_access_by_its_lifetime_and_a_minute(self):
        # Disabled at half past; tokens live for 300 s, and registries allow 60 s.
        at = ("push-image", "--project", "web", "--at")
        self.assertEqual(self.windows(*at, "2025-01-10T00:30:00Z"), [])
        for instant, lives in (("2025-01-10T00:30:00Z", True), ("2025-01-10T00:35:59.999999Z", True),
                               ("2025-01-10T00:36:00Z", False), ("2025-01-12T11:59:59Z", False)):
            found = self.windows(*at, instant, "--token-tail")
            self.assertEqual(len(found), int(lives), instant)
            code = 0 if lives else 1
            could = self.ask("could", "#1", *at, instant, "--token-tail", "--json", code=code).json()
            self.assertEqual(could["token_until"], "2025-01-10T00:36:00Z" if lives else None)
            self.assertEqual((could["could"], could["verdict"]), (lives, "disabled"))
        answer = self.ask("who-could", *at, "2025-01-10T00:33:00Z", "--token-tail", "--json").json()
        self.assertIs(answer["question"]["token_tail"], True)
        [window] = answer["answers"][0]["windows"]
        self.assertEqual(window["until"], "2025-01-10T00:36:00Z")
        self.assertEqual(window["access_until"], "2025-01-10T00:30:00Z")
        table = self.ask("who-could", *at, "2025-01-10T00:33:00Z", "--token-tail").out
        self.assertIn("tokens until", table)
        self.assertIn("These answers are widened by that.", table)

    def test_only_what_tokens_carry_has_a_tail(self):
        at = ("--at", "now", "--token-tail")
        self.assertIn("--project", self.misuse("who-could", "push-image", "--system", *at))
        self.assertIn("repository:delete",
                      self.misuse("who-could", "tag:delete", "--project", "web", *at))
        self.assertIn("repository:delete",
                      self.misuse("could", "#1", "tag:delete", "--project", "web", *at))

    def test_a_date_depends_on_the_zone(self):
        # Disabled at 00:30 on the 10th by London's clocks, in the evening of the 9th by New York's.
        self.assertIn("robot$web+ci", self.windows("--on", "2025-01-10"))
        self.assertNotIn("robot$web+ci",
                         self.windows("--on", "2025-01-10", "--tz", "America/New_York"))
        question = self.ask("who-could", "push-image", "--project", "web", "--json", "--on",
                            "2025-01-10", "--tz", "America/New_York").json()["question"]
        self.assertEqual(question["on"], "2025-01-10")
        self.assertEqual(question["tz"], "America/New_York")
        self.assertRegex(question["tzdata"], r"^20\d\d[a-z]+$")

    def test_a_past_answer_can_be_had_again(self):
        # Before event 12, which made robot$all.
        self.assertEqual(list(self.windows("--at", "2025-01-20T12:00:00Z", "--as-of", "11")),
                         ["robot$web+ci"])

    def test_an_empty_answer_is_an_answer(self):
        answer = self.ask("who-could", "push-chart", "--project", "docs", "--at", "now")
        self.assertIn("Nobody could push-chart in project docs", answer.out)
        self.assertEqual(self.ask("who-could", "audit-log:list", "--system", "--at", "now",
                                  "--json").json()["answers"], [])

    def test_the_table_reads_to_an_auditor(self):
        out = self.ask("who-could", "push-image", "--project", "web", "--on", "2025-01-20").out
        self.assertIn("Who could push-image in project web, on 2025-01-20 in UTC", out)
        self.assertIn("As of event 18 (2025-03-05T12:00:00Z), the newest.", out)
        row = next(line for line in out.splitlines() if line.startswith("robot$web+ci"))
        for part in ("#1", "project", "2025-01-12T12:00:00Z", "2025-02-01T12:00:00Z",
                     "event 11: alice (import line 10)", "expiry", "asserted, recorded on 20"):
            self.assertIn(part, row)
        self.assertIn("open", next(x for x in out.splitlines() if x.startswith("robot$all")))
        self.assertIn("2 accounts could, in 2 windows.", out)
        self.assertIn("registry token", out)

    def test_wrong_questions_get_one_line(self):
        web = ("who-could", "push-image", "--project", "web")
        self.assertIn("'push-imag'", self.misuse("who-could", "push-imag", "--project", "web",
                                                 "--at", "now"))
        self.assertIn("2025-01-20T10:00:00", self.misuse(*web, "--at", "2025-01-20T10:00:00"))
        self.assertIn("2025-03-01T09:30:00Z", self.misuse(*web, "--at", "yesterday"))
        self.assertIn("say when", self.misuse(*web))
        self.assertIn("say when", self.misuse(*web, "--from", "2025-01-01T00:00:00Z"))
        self.assertIn("say when", self.misuse(*web, "--at", "now", "--on", "2025-01-01"))
        self.assertIn("say where", self.misuse("who-could", "push-image", "--at", "now"))
        self.assertIn("not after", self.misuse(*web, "--from", "2025-01-02T00:00:00Z",
                                               "--to", "2025-01-02T00:00:00Z"))
        self.assertIn("event 19", self.misuse(*web, "--at", "now", "--as-of", "19"))
        self.misuse(*web, "--at", "now", "--as-of", "-1")
        self.misuse(*web, "--at", "now", "--as-of", "one")
        self.assertIn("2025-02-29", self.misuse(*web, "--on", "2025-02-29"))
        self.assertIn("Mars/Base", self.misuse(*web, "--on", "2025-01-01", "--tz", "Mars/Base"))
        self.assertIn("skipped", self.misuse(*web, "--on", "2011-12-30", "--tz", "Pacific/Apia"))
        self.assertIn("--tz", self.misuse(*web, "--at", "now", "--tz", "UTC"))
        self.misuse(*web, "--on", "2025-01-01", "--tz", "")
        self.misuse(*web, "--system", "--at", "now")
        self.misuse(*web, "--at", "now", "--frm", "now")

    def test_a_name_that_no_project_bore_is_refused(self):
        for name in ("nowhere", "*", "We b"):
            self.refused("unknown_project", "who-could", "push-image", "--project", name,
                         "--at", "now")

    # ---- who may ask --------------------------------------------------------------------------

    def test_a_projects_administrator_asks_about_that_project_alone(self):
        # The alice of today administers web; she who did so before is another.
        self.ask("--as", "alice", "who-could", "push-image", "--project", "web", "--at", "now")
        self.ask("--as", "alice", "account", "history", "robot$web+ci")
        self.ask("--as", "alice", "account", "show", "robot$all")
        self.ask("--as", "alice", "log", "--project", "web")
        for question in (("who-could", "push-image", "--project", "docs", "--at", "now"),
                         ("who-could", "push-image", "--project", "nowhere", "--at", "now"),
                         ("who-could", "push-image", "--system", "--at", "now"),
                         ("account", "show", "robot$docs+ci"),
                         ("account", "show", "robot$docs+nobody"),
                         ("account", "list"), ("log",), ("export",), ("stats",),
                         ("diff", "--from", "2025-01-01T00:00:00Z", "--to", "now")):
            self.refused("forbidden", "--as", "alice", *question)
        self.refused("unknown_account", "--as", "alice", "account", "show", "robot$web+nobody")

    def test_an_auditor_asks_everything_and_others_nothing(self):
        self.ask("--as", "audrey", "export")
        self.ask("--as", "audrey", "account", "list")
        self.refused("forbidden", "--as", "nora", "who-could", "push-image", "--project", "web",
                     "--at", "now")
        self.refused("unknown_operator", "--as", "mallory", "stats")

    # ---- could, what-could, diff --------------------------------------------------------------

    def test_could_says_yes_and_no_by_its_exit_code(self):
        question = ("could", "#1", "push-image", "--project", "web", "--at")
        yes = self.ask(*question, "2025-01-05T00:00:00Z")
        self.assertTrue(yes.out.startswith("Yes: robot$web+ci (#1) could push-image"), yes.out)
        no = self.ask(*question, "2025-01-11T00:00:00Z", code=1)
        self.assertTrue(no.out.startswith("No: "), no.out)
        chain = self.ask(*question, "2025-01-11T00:00:00Z", "--json", code=1).json()
        self.assertEqual(chain["verdict"], "disabled")
        self.assertEqual(chain["chain"][-1]["sequence"], 10)
        expired = self.ask(*question, "2025-02-01T12:00:00Z", "--json", code=1).json()
        self.assertEqual(expired["verdict"], "expired")
        self.assertEqual(expired["expired_at"], "2025-02-01T12:00:00Z")

    def test_the_dead_are_asked_about_by_number(self):
        # The name is another account's by now.
        answer = self.ask("could", "robot$web+ci", "push-image", "--project", "web", "--at",
                          "2025-01-05T00:00:00Z", "--json", code=1).json()
        self.assertEqual(answer["question"]["id"], 3)
        self.assertEqual(answer["verdict"], "no_such_account")
        self.refused("unknown_account", "account", "show", "#99")

    def test_what_could_counts_the_pull_that_is_always_there(self):
        answer = self.ask("what-could", "#1", "--at", "2025-01-05T00:00:00Z", "--json").json()
        self.assertEqual([one["capability"] for one in answer["could"]],
                         ["repository:pull", "repository:push"])
        self.assertEqual(answer["could"][0]["until"], "2025-01-10T00:30:00Z")
        disabled = self.ask("what-could", "#1", "--at", "2025-01-11T00:00:00Z", "--json").json()
        self.assertEqual((disabled["status"], disabled["could"]), ("disabled", []))

    def test_diff_tells_who_gained_and_who_lost(self):
        period = ("diff", "--from", "2025-01-01T00:00:00Z", "--to", "2025-02-02T00:00:00Z",
                  "--project", "web", "--json")
        net = {(one["account"], one["change"], one["capability"], one["because"])
               for one in self.ask(*period).json()["differences"]}
        self.assertEqual(net, {("robot$all", "gained", "repository:pull", 12),
                               ("robot$all", "gained", "repository:push", 12)})
        pushes = [(one["account"], one["change"], one["because"])
                  for one in self.ask(*period, "--all").json()["differences"]
                  if one["capability"] == "repository:push"]
        self.assertEqual(pushes, [("robot$web+ci", "gained", 9), ("robot$web+ci", "lost", 10),
                                  ("robot$web+ci", "gained", 11), ("robot$all", "gained", 12),
                                  ("robot$web+ci", "lost", "expiry")])
        self.misuse("diff", "--from", "now", "--to", "now")
        self.misuse("diff", "--from", "now")

    # ---- accounts -----------------------------------------------------------------------------

    def accounts(self, *arguments):
        answer = self.ask("account", "list", "--json", *arguments).json()
        return [one["id"] for one in answer["accounts"]]

    def test_account_list_finds_what_auditors_look_for(self):
        self.assertEqual(self.accounts(), [2, 3, 4])
        self.assertEqual(self.accounts("--project", "web"), [3])
        self.assertEqual(self.accounts("--project", "web", "--at", "2025-02-15T00:00:00Z"), [1])
        self.assertEqual(self.accounts("--system"), [2])
        self.assertEqual(self.accounts("--never-expiring"), [2, 3])
        self.assertEqual(self.accounts("--expired"), [4])
        self.assertEqual(self.accounts("--all-projects"), [2])
        # The alice who made #3 is gone; another one has her name.
        self.assertEqual(self.accounts("--creator-gone"), [3])
        self.assertEqual(self.accounts("--creator-gone", "--at", "2025-03-03T00:00:00Z"), [])
        self.assertEqual(self.accounts("--expiring-within", "7", "--at", "2025-03-05T00:00:00Z"),
                         [4])
        self.assertEqual(self.accounts("--expiring-within", "5", "--at", "2025-03-05T00:00:00Z"),
                         [])
        self.assertEqual(self.accounts("--secret-older-than", "0"), [])
        self.misuse("account", "list", "--expiring-within", "-1")

    def test_a_projects_list_shows_login_names(self):
        out = self.ask("account", "list", "--project", "web").out
        self.assertIn("robot$ci ", out)
        self.assertNotIn("robot$web+ci", out)

    def test_a_names_history_shows_every_bearer_and_its_expiry(self):
        accounts = self.ask("account", "history", "robot$web+ci", "--json").json()["accounts"]
        self.assertEqual([one["id"] for one in accounts], [1, 3])
        self.assertEqual([event["kind"] for event in accounts[0]["events"]],
                         ["account_created", "account_disabled", "account_enabled", "expiry",
                          "account_deleted"])
        self.assertEqual(accounts[0]["events"][3]["time"], "2025-02-01T12:00:00Z")
        out = self.ask("account", "history", "robot$web+ci").out
        self.assertIn("seen in a log", out)
        self.assertIn("asserted, recorded on", out)

    def test_account_show_shows_the_living_and_the_dead(self):
        living = self.ask("account", "show", "robot$web+ci", "--json").json()
        self.assertEqual((living["id"], living["status"], living["expires"]),
                         (3, "enabled", "never"))
        dead = self.ask("account", "show", "#1", "--json").json()
        self.assertEqual((dead["status"], dead["deleted_by"]), ("deleted", 13))
        self.assertIn("deleted at 2025-03-01T12:00:00Z", self.ask("account", "show", "#1").out)
        then = self.ask("account", "show", "#1", "--at", "2025-01-11T00:00:00Z", "--json").json()
        self.assertEqual(then["status"], "disabled")
        self.refused("unknown_account", "account", "show", "#1", "--at", "2024-01-01T00:00:00Z")

    # ---- the log ------------------------------------------------------------------------------

    def sequences(self, *arguments):
        return [event["sequence"] for event in self.ask("log", "--json", *arguments).lines()]

    def test_log_filters(self):
        self.assertEqual(self.sequences(), list(range(19)))
        self.assertEqual(self.sequences("--account", "robot$web+ci"), [9, 10, 11, 13, 14])
        self.assertEqual(self.sequences("--account", "#3"), [14])
        self.assertEqual(self.sequences("--account", "robot$web+ci", "--kind", "account_created"),
                         [9, 14])
        self.assertEqual(self.sequences("--actor", "alice", "--from", "2025-01-12T12:00:00Z"),
                         [11, 13, 14])
        self.assertEqual(self.sequences("--actor", "alice", "--to", "2025-01-12T12:00:00Z"),
                         [9, 10])
        self.assertEqual(self.sequences("--project", "docs"), [3, 15])
        self.assertEqual(self.sequences("--after", "16", "--limit", "1"), [17])
        self.assertEqual(self.sequences("--as-of", "1"), [0, 1])
        self.assertEqual(self.sequences("--after", "500"), [])
        self.assertEqual(self.ask("log", "--after", "500").out, "No event matches.\n")
        self.refused("unknown_project", "log", "--project", "nowhere")
        self.assertIn("account_disabled", self.misuse("log", "--kind", "nothing"))
        self.misuse("log", "--project", "")
        self.misuse("log", "--limit", "0")
        self.misuse("log", "--account", "#x")

    def test_log_says_who_by_which_way_and_why(self):
        out = self.ask("log", "--account", "#1", "--kind", "account_disabled").out
        self.assertIn("alice (import line 9): disabled robot$web+ci, because: seen in a log", out)

    def test_export_prints_every_event_as_a_line(self):
        events = self.ask("export").lines()
        self.assertEqual([event["sequence"] for event in events], list(range(19)))
        self.assertEqual(events[1]["kind"], "history_imported")
        self.assertTrue(events[9]["asserted"])
        self.assertEqual(self.ask("export", "--after", "17").lines(), events[18:])
        self.assertEqual(self.ask("export", "--after", "18").out, "")
        self.assertEqual(self.ask("show", "9", "--json").json(), events[9])

    def test_export_says_when_it_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "--ledger", self.ledger, "export"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("No space left", done.stderr)

    def test_show_stats_and_rebuild(self):
        self.assertIn("created robot$web+ci (#1)", self.ask("show", "9").out)
        self.assertIn("there is no event 19", self.misuse("show", "19"))
        stats = self.ask("stats", "--json").json()
        self.assertEqual((stats["events"], stats["origin"]), (19, "test/ledger"))
        self.assertEqual(stats["accounts"], {"living": 3, "ever": 4})
        self.assertIn("root hash", self.ask("stats").out)
        before = self.ask("who-could", "push-image", "--project", "web", "--at", "now").out
        rebuilt = self.ask("rebuild")
        self.assertIn("19 events", rebuilt.out)
        self.assertEqual(rebuilt.err, "")
        after = self.ask("who-could", "push-image", "--project", "web", "--at", "now").out
        # The instant that was asked about is another.
        self.assertEqual(before.split("\n")[3:], after.split("\n")[3:])


class LivingLedger(unittest.TestCase):
    """What was witnessed, as the command line made it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ledger = os.path.join(folder.name, "ledger")
        self.do("init")
        self.do("project", "create", "web")
        created = self.do("account", "create", "ci", "--project", "web", "--push-image", "--json")
        self.secret = created.json()["secret"]

    def do(self, *arguments):
        answer = run(self.ledger, *arguments)
        self.assertEqual(answer.code, 0, answer.err)
        return answer

    def test_nothing_is_marked_as_asserted(self):
        out = self.do("who-could", "push-image", "--project", "web", "--at", "now").out
        self.assertIn("admin (cli, ", out)
        self.assertNotIn("asserted", out)
        for event in self.do("export").lines():
            self.assertNotIn("asserted", event)

    def test_secrets_are_told_by_kind_and_fingerprint_alone(self):
        export = self.do("export").out
        self.assertNotIn(self.secret, export)
        issued = [event for event in map(json.loads, export.splitlines())
                  if event["kind"] == "secret_issued"]
        self.assertEqual(len(issued), 1)
        self.assertEqual(sorted(issued[0]["secret"]), ["fingerprint", "kind"])
        self.assertIn("generated, fingerprint", self.do("account", "show", "#1").out)
        for days, expected in (("0", [1]), ("1", [])):
            listed = self.do("account", "list", "--secret-older-than", days, "--json").json()
            self.assertEqual([one["id"] for one in listed["accounts"]], expected)

    def test_a_disabled_account_is_gone_from_the_next_answer(self):
        self.do("account", "disable", "robot$web+ci", "--reason", "leaked")
        self.assertEqual(self.do("who-could", "push-image", "--project", "web", "--at", "now",
                                 "--json").json()["answers"], [])
        self.assertIn("because: leaked", self.do("log", "--kind", "account_disabled").out)


class SharedQuestions(unittest.TestCase):
    """The history and the questions that lie beside the checkout, where they do."""

    @unittest.skipUnless(os.path.isdir(DATA), "there is no folder of data beside the checkout")
    def test_all_of_them(self):
        with tempfile.TemporaryDirectory() as folder:
            ledger = imported(folder, os.path.join(DATA, "history.jsonl"))
            with open(os.path.join(DATA, "questions.jsonl"), encoding="utf-8") as file:
                questions = [json.loads(line) for line in file]
            self.assertGreater(len(questions), 0)
            for one in questions:
                with self.subTest(question=one["question"]):
                    self.check(ledger, one)

    def check(self, ledger, one):
        asked = one["question"]
        where = ["--system"] if asked["project"] == "/" else ["--project", asked["project"]]
        when = [word for name in ("at", "on", "tz", "from", "to") if name in asked
                for word in ("--" + name, asked[name])]
        answer = run(ledger, "--json", "who-could", asked["capability"], *where, *when)
        self.assertEqual(answer.code, 0, answer.err)
        answers = [{"id": account["id"], "account": account["account"],
                    "windows": [{"from": window["from"], "until": window["until"]}
                                for window in account["windows"]]}
                   for account in answer.json()["answers"]]
        self.assertEqual(answers, one["answers"])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
