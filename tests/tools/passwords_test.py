"""Secrets that people choose, from the command line: operators' passwords, an account's secret, and
the pepper that they are kept with; and when accounts were last used."""
import binascii
import datetime
import hashlib
import hmac
import json
import os
import pty
import stat
import subprocess
import unittest

from cli_testing import FAILED, PROGRAM, LedgerCase

PASSWORD = "correct horse battery staple"
CI = "robot$web+ci"


class ChosenCase(LedgerCase):
    def pepper(self):
        return os.path.join(self.ledger, "keys", "pepper")

    def set_password(self, name, password, *arguments, run=None, **more):
        return (run or self.done)("operator", "set-password", name, "--password-stdin", *arguments,
                                  stdin=password.encode() + b"\n", **more)

    def last_event(self):
        return json.loads(self.done("export").splitlines()[-1])

    def everything(self):
        """The content of each file of the ledger."""
        for folder, _, names in os.walk(self.ledger):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    yield os.path.join(folder, name), file.read()


class Passwords(ChosenCase):
    def test_it_is_kept_as_a_slow_hash_under_the_pepper(self):
        said = self.set_password("admin", PASSWORD)
        self.assertRegex(said, r"\ASet the password of admin: event 1, by admin")
        event = self.last_event()
        self.assertEqual(event["kind"], "operator_password_set")
        self.assertNotIn(PASSWORD, json.dumps(event))
        self.set_password("admin", PASSWORD, "--json")
        for path, content in self.everything():
            self.assertNotIn(PASSWORD.encode(), content, path)

    def test_who_may_set_it(self):
        self.done("operator", "add", "alice")
        self.assertEqual(self.set_password("alice", PASSWORD, "--as", "alice", run=self.refused),
                         "forbidden")
        self.assertEqual(self.set_password("bob", PASSWORD, run=self.refused), "unknown_operator")
        self.set_password("alice", PASSWORD)

    def test_what_is_no_password(self):
        before = self.events()
        for password in ("", "too short", "x" * 129, "x" * 100000, "with a\ttab in it",
                         " a space before it", "a space behind it ", "no UTF-8 \udcff in here",
                         "rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6P"):
            said = self.misused("operator", "set-password", "admin", "--password-stdin",
                                stdin=password.encode(errors="surrogateescape") + b"\n")
            self.assertIn("this is no password: it ", said)
            if password:
                self.assertNotIn(password, said)
        said = self.misused("operator", "set-password", "admin", stdin=PASSWORD.encode())
        self.assertIn("--password-stdin", said)
        self.assertEqual(self.events(), before)

    def test_the_line_is_taken_as_it_is(self):
        for password in ("twelve chars", "x" * 128, "é" * 128, "tab-less : and = \"quoted\" 'text'"):
            self.done("operator", "set-password", "admin", "--password-stdin",
                      stdin=password.encode() + b"\r\nanother line\n")
            self.done("operator", "set-password", "admin", "--password-stdin",
                      stdin=password.encode())

    def on_a_terminal(self, *lines):
        parent, child = pty.openpty()
        process = subprocess.Popen([PROGRAM, "operator", "set-password", "admin"], stdin=child,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        try:
            for prompt, line in zip((b"New password: ", b"The same again: "), lines):
                said = process.stderr.read(len(prompt))
                self.assertEqual(said, prompt)
                while b"-echo " not in subprocess.run(["stty", "-a"], stdin=child,
                                                      stdout=subprocess.PIPE, check=True).stdout:
                    pass
                os.write(parent, line.encode() + b"\n")
            out, err = process.communicate(timeout=60)
            self.assertNotIn(lines[0].encode(), os.read(parent, 4096) + out + err)
            return process.returncode, out.decode(), err.decode()
        finally:
            os.close(parent)
            os.close(child)

    def test_on_a_terminal_it_is_asked_for_twice_and_not_shown(self):
        code, out, _ = self.on_a_terminal(PASSWORD, PASSWORD)
        self.assertEqual(code, 0)
        self.assertIn("Set the password of admin", out)
        before = self.events()
        code, _, err = self.on_a_terminal(PASSWORD, PASSWORD + "!")
        self.assertEqual(code, 2)
        self.assertIn("not the same", err)
        self.assertEqual(self.events(), before)


class Pepper(ChosenCase):
    def test_it_comes_with_the_ledger_for_its_owner_alone(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.pepper()).st_mode), 0o600)
        self.assertEqual(os.stat(self.pepper()).st_size, 32)

    def test_an_older_ledger_gets_one_with_the_first_secret_that_is_chosen(self):
        os.remove(self.pepper())
        self.done("project", "list")
        self.assertFalse(os.path.exists(self.pepper()))
        self.set_password("admin", PASSWORD)
        self.assertEqual(os.stat(self.pepper()).st_size, 32)

    def test_one_that_is_lost_is_not_made_anew_unless_that_is_meant(self):
        self.set_password("admin", PASSWORD)
        with open(self.pepper(), "rb") as file:
            kept = file.read()
        os.remove(self.pepper())
        before = self.events()
        said = self.set_password("admin", PASSWORD, run=self.failed)
        self.assertIn("is lost", said)
        self.assertIn("--new-pepper", said)
        self.assertFalse(os.path.exists(self.pepper()))
        self.assertEqual(self.events(), before)
        self.set_password("admin", PASSWORD, "--new-pepper")
        with open(self.pepper(), "rb") as file:
            self.assertNotEqual(file.read(), kept)
        self.assertIn("already", self.set_password("admin", PASSWORD, "--new-pepper",
                                                   run=self.misused))

    def test_one_that_others_can_read_is_not_used(self):
        os.chmod(self.pepper(), 0o640)
        self.assertIn("chmod 600", self.set_password("admin", PASSWORD, run=self.misused))

    def test_without_a_ledger_none_is_made(self):
        for arguments in ((), ("--new-pepper",)):
            self.set_password("admin", PASSWORD, "--ledger", self.path("none"), *arguments,
                              run=self.failed)
        self.assertFalse(os.path.exists(self.path("none")))


class ChosenSecrets(ChosenCase):
    def setUp(self):
        super().setUp()
        self.done("project", "create", "web")
        self.done("account", "create", "ci", "--project", "web")

    def rotate(self, secret, *arguments, run=None):
        return (run or self.done)("account", "rotate-secret", CI, "--secret-stdin", *arguments,
                                  stdin=secret.encode() + b"\n")

    def test_it_takes_the_place_of_one_that_was_made(self):
        self.assertIn("Set the secret of robot$web+ci (#1)", self.rotate("Passw0rd"))
        self.assertEqual(self.json("account", "show", CI)["secret"]["kind"], "chosen")
        for path, content in self.everything():
            self.assertNotIn(b"Passw0rd", content, path)
        made = self.json("account", "rotate-secret", CI)["secret"]
        self.assertTrue(made.startswith("rbt_"))
        self.assertEqual(self.json("account", "show", CI)["secret"]["kind"], "generated")

    def test_it_is_the_hash_that_the_manual_says(self):
        self.rotate("Passw0rd")
        secret = self.last_event()["secret"]
        with open(self.pepper(), "rb") as file:
            pepper = file.read()
        if "salt" not in secret:
            self.skipTest("events do not show the salt")
        slow = hashlib.scrypt(b"Passw0rd", salt=binascii.unhexlify(secret["salt"]), n=1 << 15, r=8,
                              p=1, dklen=32, maxmem=1 << 26)
        self.assertEqual(secret["hash"], hmac.new(pepper, slow, "sha256").hexdigest())

    def test_what_is_none(self):
        for secret in ("", "Passw0r", "password1", "PASSWORD1", "Password", "Passw0rd" * 17):
            self.assertIn("this is no secret: it ", self.rotate(secret, run=self.misused))
        self.misused("account", "rotate-secret", CI, "--new-pepper")
        self.expect(2, "account", "rotate-secret", CI, "--secret-stdin", "--export", "x.json")


class LastUsed(ChosenCase):
    def setUp(self):
        super().setUp()
        self.done("project", "create", "web")
        for name in ("used", "old", "never"):
            self.done("account", "create", name, "--project", "web")
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def ago(self, days):
        return (self.now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def note(self, since, *uses):
        lines = ["robotledger last used 1", f"since {since}", *uses]
        text = "".join(line + "\n" for line in lines).encode()
        with open(os.path.join(self.ledger, "last-used"), "wb") as file:
            file.write(text + b"end %d %08x\n" % (len(uses), binascii.crc32(text)))

    def listed(self, *arguments):
        return [account["account"] for account in
                self.json("account", "list", *arguments)["accounts"]]

    def test_it_is_shown_where_it_is_known(self):
        shown = self.done("account", "show", "robot$web+used")
        self.assertIn("last used    unknown. Uses have not been noted yet.", shown)
        self.assertNotIn("last used", self.done("account", "list"))
        # After the accounts were made, since what is from before is of others.
        soon = (self.now + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.note(self.ago(100), f"1 {soon} 10.0.0.7")
        self.assertIn(f"last used    {soon} from 10.0.0.7. Uses are noted since {self.ago(100)}.",
                      self.done("account", "show", "robot$web+used"))
        self.assertIn("last used    never. ", self.done("account", "show", "robot$web+never"))
        shown = self.json("account", "show", "robot$web+used")
        self.assertEqual((shown["last_used_at"], shown["last_used_from"]), (soon, "10.0.0.7"))
        text = self.done("account", "list")
        self.assertRegex(text, rf"robot\$web\+used .*{soon} from 10\.0\.0\.7")
        self.assertRegex(text, r"robot\$web\+never .*never")
        self.assertIn(f"Uses are noted since {self.ago(100)}.", text)
        answer = self.json("account", "list")
        self.assertEqual(answer["uses_noted_since"], self.ago(100))
        self.assertEqual([account["last_used_at"] for account in answer["accounts"]],
                         [soon, None, None])

    def test_answers_about_another_time_leave_it_out(self):
        self.note(self.ago(100))
        for arguments in (("--as-of", "4"), ("--at", self.ago(0))):
            answer = self.json("account", "list", *arguments)
            self.assertNotIn("uses_noted_since", answer)
            self.assertNotIn("last_used", json.dumps(answer))
            self.misused("account", "list", "--unused-for", "1", *arguments)

    def test_the_unused_are_listed(self):
        self.assertIn("have not been noted", self.failed("account", "list", "--unused-for", "0"))
        soon = (self.now + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.note(self.ago(100), f"1 {soon} 10.0.0.7", f"2 {self.ago(95)} 10.0.0.7")
        # None was created as long ago as that.
        self.assertEqual(self.listed("--unused-for", "1"), [])
        self.assertEqual(self.listed("--unused-for", "0"), ["robot$web+old", "robot$web+never"])
        self.misused("account", "list", "--unused-for", "-1")

    def test_who_was_never_used_counts_from_his_creation_or_since_uses_are_noted(self):
        # A ledger of its own, whose accounts were made long ago.
        old = self.path("old")
        self.done("--ledger", old, "init")
        history = self.write("history.jsonl", "".join(
            json.dumps({"at": at, "actor": "admin", "do": do, "project": "web", **more}) + "\n"
            for at, do, more in (
                (self.ago(400), "create_project", {}),
                (self.ago(399), "create_account", {"name": "first", "permissions": []}),
                (self.ago(398), "create_account", {"name": "second", "permissions": []}),
                (self.ago(50), "create_account", {"name": "third", "permissions": []}))))
        self.done("--ledger", old, "import", history)
        self.ledger = old
        self.note(self.ago(100), f"1 {self.ago(30)} 10.0.0.7")
        self.assertEqual(self.listed("--unused-for", "29"),
                         ["robot$web+first", "robot$web+second", "robot$web+third"])
        self.assertEqual(self.listed("--unused-for", "31"), ["robot$web+second", "robot$web+third"])
        self.assertEqual(self.listed("--unused-for", "90"), ["robot$web+second"])
        self.assertEqual(self.listed("--unused-for", "101"), [])

    def test_a_damaged_file_is_told_of_and_does_not_stand_in_the_way(self):
        self.note(self.ago(100))
        with open(os.path.join(self.ledger, "last-used"), "ab") as file:
            file.write(b"more\n")
        out, err = self.expect(0, "account", "list")
        self.assertIn("robot$web+used", out)
        self.assertIn("last-used does not say", self.one_line(err))
        out, err = self.expect(FAILED, "account", "list", "--unused-for", "1")
        self.assertIn("nobody knows", err)


if __name__ == "__main__":
    unittest.main()
