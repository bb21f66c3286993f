#!/usr/bin/env python3
"""The command line from end to end: what changes things, exit codes, JSON, and bad input. What
concerns the ledger's directory as a whole is in ledgers_test.py."""
import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import unittest

from cli_testing import DONE, FAILED, PROGRAM, REFUSED, LedgerCase, history_line

BROKEN_CALLS = os.environ.get("BROKEN_CALLS", "libbroken_calls.so")
CI = "robot$web+ci"
UNKNOWN_SECRET = "rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6P"


class Usage(LedgerCase):
    def test_what_is_unknown_is_named(self):
        self.assertIn("'frobnicate'", self.misused("frobnicate"))
        self.assertIn("'frobnicate'", self.misused("project", "frobnicate"))
        self.assertIn("'--frob'", self.misused("--frob"))
        self.assertIn("--frob", self.misused("project", "create", "web", "--frob"))
        self.assertIn("again", self.misused("project", "create", "web", "again"))
        self.misused()
        self.misused("project")
        self.misused("project", "create")
        self.assertIn("--reason", self.misused("project", "create", "web", "--reason"))

    def test_every_subcommand_has_a_manual(self):
        for words in (["--help"], ["init", "-h"], ["import", "--help"], ["account", "--help"],
                      ["account", "create", "--help"], ["secret", "whose", "--help"]):
            self.assertIn("robotledger", self.done(*words))

    def test_empty_values_are_no_values(self):
        self.misused("project", "create", "web", "--as", "")
        self.misused("project", "list", "--ledger", "")
        self.misused("account", "create", "ci", "--project", "web", "--export", "")

    def test_accounts_are_names_or_ids(self):
        for account in ("#", "#x", "#-1", "#1x", "#99999999999999999999", ""):
            self.misused("account", "disable", account)
        self.assertEqual(self.refused("account", "disable", "#7"), "unknown_account")
        self.assertEqual(self.refused("account", "disable", "ci"), "unknown_account")

    def test_numbers_are_whole(self):
        for number in ("x", "1.5", "0x10", "1e3", "", " 1", "1 "):
            self.misused("system", "expiry", number)
        for number in ("0", "2147483647", "99999999999999999999"):
            self.assertEqual(self.refused("system", "expiry", number), "invalid_days")

    def test_options_that_exclude_each_other(self):
        self.misused("account", "create", "ci")
        self.misused("account", "create", "ci", "--project", "web", "--system")
        self.misused("account", "create", "ci", "--project", "web", "--expires-in", "1",
                     "--never-expires")
        self.misused("account", "set-expiry", CI)
        self.misused("account", "set-expiry", CI, "--never", "--system")
        self.misused("system", "expiry", "--preview")

    def test_a_system_account_has_no_scope_of_its_own(self):
        self.assertIn("--grant SCOPE=push-image",
                      self.misused("account", "create", "ops", "--system", "--push-image"))
        self.misused("account", "create", "ops", "--system", "--grant", "push-image")


class Names(LedgerCase):
    def test_names_and_texts_are_the_domains_to_judge(self):
        self.done("project", "create", "web")
        for name in ("Web", "", "a b", "a\nb", b"\xff", "x" * 256, "x" * 100000):
            self.assertEqual(self.refused("project", "create", name), "invalid_name")
            self.assertEqual(self.refused("account", "create", name, "--project", "web"),
                             "invalid_name")
        for name in ("-alice", "al ice", b"\xc3\x28", "a" * 256):
            self.assertEqual(self.refused("operator", "add", "--", name), "invalid_name")
        for text in ("a\tb", "\x7f", "x" * 1025, b"\xff", b"\xed\xa0\x80", "\u0085"):
            self.assertEqual(self.refused("project", "create", "x", "--reason", text),
                             "invalid_reason")
            self.assertEqual(self.refused("account", "create", "ci", "--project", "web",
                                          "--description", text), "invalid_description")

    def refused(self, *arguments, **more):
        # Options go before a `--`.
        if "--" not in arguments:
            return super().refused(*arguments, **more)
        _, err = self.expect(REFUSED, *arguments, **more)
        return self.one_line(err).split("(")[1].split(")")[0]

    def test_the_longest_texts_fit(self):
        self.done("project", "create", "x" * 255, "--reason", "ä" * 512)
        self.done("operator", "add", "a" * 255)


class Changes(LedgerCase):
    def setUp(self):
        super().setUp()
        self.done("project", "create", "web")

    def create(self, name="ci", *more):
        return self.json("account", "create", name, "--project", "web", "--push-image", *more)

    def test_an_account_from_its_creation_to_its_deletion(self):
        receipt = self.create("ci", "--expires-in", "90", "--description", "build")
        self.assertEqual(receipt["account"], {"id": 1, "name": CI})
        self.assertEqual((receipt["first_sequence"], receipt["events"]), (2, 2))
        self.assertRegex(receipt["by"], r"\Aadmin \(cli, .+\)\Z")
        for command in (["disable", CI], ["enable", "#1"], ["renew", CI], ["describe", CI, "x"],
                        ["grant", CI, "push-chart", "web=pull-chart"], ["revoke", CI, "push-image"],
                        ["set-expiry", CI, "--never"], ["set-expiry", CI, "--days", "3"],
                        ["set-expiry", CI, "--system"], ["rotate-secret", CI], ["delete", CI]):
            said = self.done("account", *command)
            self.assertIn("robot$web+ci (#1)", said)
            self.assertRegex(said, r"event \d+, by admin \(cli, .+\)\.")
        self.assertEqual(self.refused("account", "disable", CI), "unknown_account")

    def test_what_was_granted_is_said(self):
        self.create()
        self.assertIn("Granted push-chart in web to robot$web+ci",
                      self.done("account", "grant", CI, "push-image", "push-chart"))

    def test_refusals_have_their_codes(self):
        self.create()
        self.assertEqual(self.refused("account", "enable", CI), "no_change")
        self.assertEqual(self.refused("account", "revoke", CI, "pull-image"),
                         "pull_is_always_granted")
        self.assertEqual(self.refused("account", "grant", CI, "data=push-image"),
                         "scope_not_allowed")
        self.assertEqual(self.refused("operator", "remove", "admin"), "last_system_admin")
        self.assertEqual(self.refused("project", "create", "web"), "project_exists")
        self.assertEqual(self.refused("project", "create", "x", "--as", "bob"), "unknown_operator")

    def test_operators_act_within_their_roles(self):
        self.done("operator", "add", "alice")
        self.done("operator", "grant-role", "alice", "project_admin", "--project", "web")
        self.done("account", "create", "hers", "--project", "web", "--as", "alice")
        self.assertEqual(self.refused("project", "create", "x", "--as", "alice"), "forbidden")
        self.assertEqual(self.refused("operator", "grant-role", "alice", "boss"), "invalid_role")
        self.assertEqual(self.json("operator", "list")["operators"][1],
                         {"id": 2, "name": "alice", "roles": [], "administers": ["web"]})
        self.assertEqual(self.json("project", "list", "--as", "alice")["projects"],
                         [{"id": 1, "name": "web", "accounts": 1, "administrators": ["alice"]}])
        self.done("operator", "revoke-role", "alice", "project_admin", "--project", "web")
        self.done("operator", "remove", "alice")

    def test_system_accounts_name_their_scopes(self):
        self.done("account", "create", "ops", "--system", "--grant", "*=pull-image", "--grant",
                  "web=push-image", "--grant", "/=robot:create", "--never-expires")
        self.assertEqual(self.refused("account", "create", "none", "--system"),
                         "permissions_required")
        self.assertEqual(self.refused("account", "create", "x", "--system", "--grant",
                                      "nowhere=push-image"), "unknown_project")

    def test_the_systems_expiry_is_previewed_shown_and_set(self):
        self.create("ci")
        self.create("other", "--never-expires")
        self.assertEqual(self.json("system", "expiry"), {"days": 30})
        self.assertEqual(self.json("system", "expiry", "1", "--preview")["preview"],
                         {"days": 1, "following": 1, "would_expire": 0,
                          "would_expire_disabled": 0})
        self.done("system", "expiry", "14")
        self.assertEqual(self.json("system", "expiry"), {"days": 14})

    def test_who_is_behind_sudo_is_recorded(self):
        said = self.done("project", "create", "x", env=self.environment(SUDO_USER="bob\n\x1b[1m"))
        self.assertIn("bob??[1m", said)

    def test_deleting_a_project_tells_all_its_events(self):
        self.create()
        self.assertIn("Deleted project web: events 4 to 5", self.done("project", "delete", "web"))


class Secrets(LedgerCase):
    def setUp(self):
        super().setUp()
        self.done("project", "create", "web")

    def whose(self, secret, code=DONE):
        out, _ = self.expect(code, "secret", "whose", "--stdin", "--json", stdin=secret.encode())
        return json.loads(out)

    def test_it_is_found_and_how_things_stand_with_it(self):
        first = self.json("account", "create", "ci", "--project", "web")["secret"]
        found = self.whose(first + "\r\n")
        self.assertEqual(found["account"], {"id": 1, "name": CI})
        self.assertEqual(found["issued"]["sequence"], 3)
        self.assertTrue(found["current"] and found["usable"])
        self.done("account", "disable", CI)
        self.assertEqual(self.whose(first)["account_is"], "disabled")
        self.done("account", "enable", CI)
        second = self.json("account", "rotate-secret", CI)["secret"]
        self.assertFalse(self.whose(first)["current"])
        self.assertTrue(self.whose(second)["usable"])
        self.done("account", "delete", CI)
        self.assertEqual(self.whose(second)["account_is"], "deleted")
        self.assertFalse(self.whose(second)["usable"])

    def test_what_is_nobodys_is_told_from_a_typo(self):
        self.assertEqual(self.whose(UNKNOWN_SECRET, REFUSED), {"found": False, "why": "unknown"})
        self.assertEqual(self.whose(UNKNOWN_SECRET[:-1] + "Q", REFUSED)["why"], "wrong_checksum")
        for other in ("", "Passw0rd", "x" * 100000):
            self.assertEqual(self.whose(other, REFUSED)["why"], "other_form")
        self.misused("secret", "whose")

    def test_it_is_not_shown_on_a_terminal(self):
        parent, child = pty.openpty()
        process = subprocess.Popen([PROGRAM, "secret", "whose", "--stdin"], stdin=child,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        try:
            self.assertEqual(process.stderr.read(8), b"Secret: ")
            # The echo is off from the moment at which the terminal's queue is flushed.
            while b"-echo " not in subprocess.run(["stty", "-a"], stdin=child,
                                                  stdout=subprocess.PIPE, check=True).stdout:
                pass
            os.write(parent, UNKNOWN_SECRET.encode() + b"\n")
            out, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, REFUSED)
            self.assertIn(b"no account", out)
            self.assertNotIn(b"rbt_", os.read(parent, 4096))
        finally:
            os.close(parent)
            os.close(child)

    def test_it_is_exported_into_a_new_file_of_its_owner_alone(self):
        file = self.path("ci.json")
        said = self.done("account", "create", "ci", "--project", "web", "--export", file,
                         "--expires-in", "1")
        self.assertNotIn("rbt_", said)
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        with open(file, encoding="utf-8") as text:
            exported = json.load(text)
        self.assertEqual(list(exported), ["id", "name", "secret", "creation_time", "expires_at"])
        self.assertEqual((exported["id"], exported["name"]), (1, CI))
        self.assertGreater(exported["expires_at"], 1700000000)
        self.assertTrue(self.whose(exported["secret"])["usable"])
        other = self.path("other.json")
        self.done("account", "create", "other", "--project", "web", "--export", other,
                  "--never-expires")
        with open(other, encoding="utf-8") as text:
            self.assertEqual(json.load(text)["expires_at"], -1)

    def test_nothing_is_done_where_the_file_cannot_be_made(self):
        before = self.events()
        there = self.write("there.json", "kept")
        os.symlink(self.path("elsewhere"), self.path("link"))
        for file in (there, self.path("link"), self.path("no", "folder"), self.folder):
            self.failed("account", "create", "ci", "--project", "web", "--export", file)
        self.assertEqual(self.events(), before)
        with open(there, encoding="utf-8") as text:
            self.assertEqual(text.read(), "kept")
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    def test_the_file_goes_away_with_a_refusal(self):
        file = self.path("ci.json")
        self.assertEqual(self.refused("account", "create", "No", "--project", "web", "--export",
                                      file), "invalid_name")
        self.assertFalse(os.path.exists(file))

    def test_it_is_printed_where_the_file_gets_full_half_way(self):
        # The loader takes no path with a space in it.
        broken_calls = self.path("libbroken_calls.so")
        os.symlink(os.path.abspath(BROKEN_CALLS), broken_calls)
        if self.run_program("--help", env=self.environment(LD_PRELOAD=broken_calls)).returncode:
            self.skipTest("the program takes no library before its own")
        self.done("account", "create", "old", "--project", "web")
        for room, words in ((0, ["create", "c0", "--project", "web"]),
                            (40, ["create", "c40", "--project", "web", "--json"]),
                            (40, ["rotate-secret", "robot$web+old"])):
            file = os.path.realpath(self.path(f"{words[1]}.json"))
            out, err = self.expect(FAILED, "account", *words, "--export", file,
                                   env=self.environment(LD_PRELOAD=broken_calls,
                                                        ROBOTLEDGER_ROOM=f"{room}:{file}"))
            self.assertIn(f"cannot write '{file}': No space left", self.one_line(err))
            secret = re.search(r"rbt_\w+", out).group()
            self.assertNotIn("rbt_", err)
            self.assertFalse(os.path.exists(file), "what is in it is no secret that can be read")
            self.assertTrue(self.whose(secret)["usable"])

    def test_what_can_not_be_shown_is_said_to_be_lost(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        ran = self.run_program("account", "create", "ci", "--project", "web", stdout_to="/dev/full")
        self.assertEqual(ran.returncode, FAILED)
        self.assertIn(b"rotate", ran.stderr)
        self.assertNotIn(b"rbt_", ran.stderr)

    def run_program(self, *arguments, stdout_to=None, **more):
        if stdout_to is None:
            return super().run_program(*arguments, **more)
        with open(stdout_to, "wb") as out:
            return subprocess.run([PROGRAM, *arguments], stdout=out, stderr=subprocess.PIPE,
                                  env=self.environment(), timeout=120, check=False)

    def test_none_is_anywhere_in_the_ledgers_directory(self):
        secrets = [self.json("account", "create", f"a{i}", "--project", "web")["secret"]
                   for i in range(5)]
        secrets.append(self.json("account", "rotate-secret", "#1")["secret"])
        self.done("rebuild")
        searched = 0
        for folder, _, names in os.walk(self.ledger):
            for name in names:
                if name == "control.sock":
                    continue
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                searched += 1
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, name)
                    self.assertNotIn(secret[4:36].encode(), content, name)
        self.assertGreater(searched, 5)
        self.assertNotIn("rbt_", self.done("export"))


class Imports(LedgerCase):
    def imported(self, code, *arguments):
        out, err = self.expect(code, "import", "--json", *arguments)
        self.assertEqual(err, "")
        return [json.loads(line) for line in out.splitlines()]

    def test_it_stops_at_the_first_refused_line_and_says_where(self):
        file = self.write("h.jsonl", history_line(0, "create_project", project="web") + "\n" +
                          history_line(1, "create_project", project="web") +
                          history_line(2, "create_project", project="x"))
        out, err = self.expect(REFUSED, "import", file)
        self.assertEqual(self.one_line(err),
                         f"{file}:3: refused (project_exists): there is a project 'web' already")
        self.assertIn("2 lines", out)
        self.assertEqual(self.events(), 3)

    def test_it_goes_on_where_it_was_told_to(self):
        file = self.write("h.jsonl", history_line(0, "create_project", project="web") + "{\n" +
                          history_line(1, "create_project", project="web") +
                          history_line(2, "create_project", project="x"))
        said = self.imported(REFUSED, file, "--keep-going")
        self.assertEqual([(line.get("line"), line.get("refused")) for line in said[:-1]],
                         [(2, "malformed_line"), (3, "project_exists")])
        self.assertEqual(said[-1], {"lines": 4, "events": 2, "refusals": 2})

    def test_it_begins_where_it_was_told_to(self):
        file = self.write("h.jsonl", "{\n" + history_line(2, "create_project", project="x"))
        self.assertEqual(self.imported(DONE, file, "--from-line", "2"),
                         [{"lines": 1, "events": 1, "refusals": 0}])
        self.misused("import", file, "--from-line", "0")
        self.misused("import", file, "--from-line", "two")

    def test_only_a_system_administrator_imports(self):
        self.done("operator", "add", "alice")
        file = self.write("h.jsonl", "")
        self.assertEqual(self.refused("import", file, "--as", "alice"), "forbidden")
        self.assertEqual(self.imported(DONE, file), [{"lines": 0, "events": 0, "refusals": 0}])

    def test_files_that_are_no_history(self):
        before = self.events()
        good = history_line(0, "create_project", project="web")
        for name, content in (("binary", os.urandom(100000).replace(b"\n", b"x") + b"\n"),
                              ("truncated", good[:len(good) // 2]), ("array", "[1,2]\n"),
                              ("huge line", b"{" + b" " * (3 << 20)),
                              ("utf-16", good.encode("utf-16")), ("nul", b"\0" * 4096),
                              ("deep", "[" * 100000),
                              ("unknown field", good.replace("project\":", "projekt\":"))):
            with self.subTest(name):
                said = self.imported(REFUSED, self.write("h.jsonl", content))
                self.assertEqual((said[0]["line"], said[0]["refused"]), (1, "malformed_line"))
                self.assertLess(len(said[0]["message"]), 1000)
        self.assertEqual(self.events(), before)

    def test_a_file_cut_in_its_last_line_keeps_what_came_before(self):
        lines = [history_line(i, "create_project", project=f"p{i}") for i in range(10)]
        file = self.write("h.jsonl", "".join(lines)[:-20])
        self.assertEqual(self.imported(REFUSED, file)[-1],
                         {"lines": 10, "events": 9, "refusals": 1})

    def test_what_is_no_file(self):
        os.mkfifo(self.path("pipe"))
        for name in ("nothing", "pipe", ".", "/dev/null"):
            self.assertIn(name, self.failed("import", name))
        self.misused("import")


class Output(LedgerCase):
    def test_a_full_disk_is_a_failure(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        for words in (["--help"], ["project", "list"], ["operator", "list", "--json"]):
            with open("/dev/full", "wb") as full:
                ran = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                                     env=self.environment(), check=False)
            self.assertEqual(ran.returncode, FAILED)
            self.assertIn(b"No space left", ran.stderr)

    def test_a_reader_who_goes_away_ends_it_quietly(self):
        read, write = os.pipe()
        os.close(read)
        ran = subprocess.run([PROGRAM, "operator", "list"], stdout=write, stderr=subprocess.PIPE,
                             env=self.environment(), check=False)
        os.close(write)
        self.assertEqual((ran.returncode, ran.stderr), (-signal.SIGPIPE, b""))

    def test_what_is_printed_never_lands_in_the_ledgers_files(self):
        ran = subprocess.run(["sh", "-c", 'exec "$0" operator list >&- 2>&- <&-', PROGRAM],
                             env=self.environment(), check=False)
        self.assertEqual(ran.returncode, FAILED)
        self.done("project", "create", "web")

    def test_no_progress_in_a_pipe(self):
        self.write("h.jsonl", "".join(
            history_line(i, "create_project", project=f"p{i}") for i in range(3000)))
        _, err = self.expect(DONE, "import", self.path("h.jsonl"))
        self.assertEqual(err, "")


if __name__ == "__main__":
    sys.exit(unittest.main())
