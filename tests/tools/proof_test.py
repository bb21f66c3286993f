#!/usr/bin/env python3
"""checkpoint, key, prove and check-proof; verify with what an auditor kept; backup, restore and
roll-back."""
import os
import shutil
import stat
import unittest

from cli_testing import DAMAGE, DONE, LedgerCase, history_line


class ProofCase(LedgerCase):
    def setUp(self):
        super().setUp()
        lines = [history_line(0, "create_project", project="web")]
        lines += [history_line(1, "create_account", project="web", name=f"ci-{n}",
                               permissions=["push-image"]) for n in range(6)]
        self.done("import", self.write("history.jsonl", "".join(lines)))
        self.key = self.done("key").strip()

    def kept_checkpoint(self, name):
        return self.write(name, self.done("checkpoint"))

    def flip(self, file, at):
        with open(file, "r+b") as opened:
            opened.seek(at)
            byte = opened.read(1)[0]
            opened.seek(at)
            opened.write(bytes([byte ^ 1]))

    def wrong(self, *arguments):
        return self.failed(*arguments, code=DAMAGE)


class Keys(ProofCase):
    def test_init_makes_a_key_for_its_owner_and_prints_the_one_that_checks(self):
        file = os.path.join(self.ledger, "keys", "log-key.pem")
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertRegex(self.key, r"\Atest\.example/robots\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+\Z")
        made = self.json("--ledger", self.path("other"), "init", "--origin", "other.example/x")
        self.assertTrue(made["verifier_key"].startswith("other.example/x+"))
        self.assertEqual(self.json("--ledger", self.path("other"), "key"),
                         {"verifier_key": made["verifier_key"], "signs": True})

    def test_a_key_kept_elsewhere_is_made_there_and_remembered(self):
        file = self.path("signing.pem")
        out = self.done("--ledger", self.path("other"), "--key", file, "init")
        self.assertIn(file, out)
        self.assertTrue(os.path.exists(file))
        self.assertEqual(os.listdir(self.path("other", "keys")), ["pepper"])
        self.done("--ledger", self.path("other"), "checkpoint")

    def test_without_its_key_it_answers_and_takes_nothing(self):
        file = os.path.join(self.ledger, "keys", "log-key.pem")
        os.rename(file, self.path("kept.pem"))
        self.assertIn("web", self.done("project", "list"))
        self.assertIn("is a copy", self.failed("project", "create", "api"))
        self.assertIn("is a copy", self.failed("checkpoint"))
        self.done("verify")
        self.done("--key", self.path("kept.pem"), "project", "create", "api")

    def test_a_key_that_was_swapped_is_found(self):
        self.done("--ledger", self.path("other"), "init", "--origin", "test.example/robots")
        shutil.copy(self.path("other", "keys", "log-key.pem"),
                    os.path.join(self.ledger, "keys", "log-key.pem"))
        self.assertIn("not the one that the log names", self.wrong("stats"))
        self.assertIn(self.key, self.wrong("verify"))


class Proofs(ProofCase):
    def test_every_event_is_proved_without_a_ledger(self):
        for sequence in range(self.events()):
            proof, entry = self.path(f"{sequence}.proof"), self.path(f"{sequence}.entry")
            self.done("prove", str(sequence), "--out", proof, "--entry", entry)
            answer = self.json("check-proof", proof, "--key", self.key, "--entry", entry)
            self.assertEqual(answer["sequence"], sequence)
            self.assertIs(answer["entry_checked"], True)
        other = self.path("0.entry")
        self.assertIn("does not lead to the root",
                      self.wrong("check-proof", self.path("1.proof"), "--key", self.key,
                                 "--entry", other))
        out = self.done("check-proof", self.path("1.proof"), "--key", self.key)
        self.assertIn("was not checked", out)

    def test_a_changed_byte_or_another_key_is_found(self):
        proof, entry = self.path("p"), self.path("e")
        self.done("prove", "3", "--out", proof, "--entry", entry)
        with open(proof, "rb") as file:
            good = file.read()
        for at in range(0, len(good), 7):
            bad = self.write("bad", good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            self.wrong("check-proof", bad, "--key", self.key, "--entry", entry)
        stranger = self.json("--ledger", self.path("o"), "init", "--origin", "test.example/robots")
        self.wrong("check-proof", proof, "--key", stranger["verifier_key"], "--entry", entry)

    def test_the_past_is_proved_to_be_the_beginning_of_now(self):
        old = self.kept_checkpoint("old")
        size = self.json("checkpoint")["events"]
        self.done("project", "create", "api")
        now = self.json("checkpoint")["events"]
        proof = self.write("c.proof", self.done("prove", "--consistency", str(size), str(now)))
        answer = self.json("check-proof", proof, "--key", self.key, "--since", old)
        self.assertEqual((answer["old_events"], answer["events"]), (size, now))
        later = self.kept_checkpoint("later")
        self.wrong("check-proof", proof, "--key", self.key, "--since", later)

    def test_wrong_words_are_told(self):
        self.assertIn("SEQUENCE, or --consistency", self.misused("prove"))
        self.assertIn("there is no event 99", self.misused("prove", "99"))
        self.misused("prove", "1", "--consistency", "1", "2")
        self.misused("prove", "--consistency", "5", "2")
        self.misused("prove", "--consistency", "0", "2")
        self.misused("check-proof", self.write("p", "x"), "--key", "nonsense+key")
        self.failed("check-proof", self.path("none"), "--key", self.key)
        self.assertIn("no tlog-proof", self.wrong("check-proof", self.write("p", "x"), "--key",
                                                  self.key))
        old = self.kept_checkpoint("old")
        self.assertIn("already", self.failed("prove", "1", "--out", old))

    def test_who_may_not_read_an_event_gets_no_proof_of_it(self):
        self.done("operator", "add", "carol")
        self.assertEqual(self.refused("prove", "3", "--as", "carol"), "forbidden")
        self.assertEqual(self.refused("export-tiles", self.path("t"), "--as", "carol"), "forbidden")
        self.assertFalse(os.path.exists(self.path("t")))


class Since(ProofCase):
    def test_an_old_checkpoint_is_a_beginning_of_the_log(self):
        old = self.kept_checkpoint("old")
        size = self.json("checkpoint")["events"]
        self.done("project", "create", "api")
        answer = self.json("verify", "--since", old)
        self.assertEqual(answer["since_events"], size)
        self.assertEqual(answer["checkpoint_events"], size + 1)
        out = self.done("verify", "--log", "--since", old)
        self.assertIn(f"old checkpoint of {size} events", out)
        self.flip(old, 25)
        self.wrong("verify", "--since", old)
        self.failed("verify", "--since", self.path("none"))

    def test_one_of_a_fork_is_not(self):
        """The same key signs two histories: whoever kept a checkpoint finds it."""
        fork = self.path("fork")
        shutil.copytree(self.ledger, fork)
        self.done("project", "create", "api")
        old = self.kept_checkpoint("old")
        self.done("--ledger", fork, "project", "create", "evil")
        said = self.wrong("--ledger", fork, "verify", "--since", old)
        self.assertIn("root", said)

    def test_the_log_has_to_name_the_key_that_was_given(self):
        self.done("verify", "--log", "--key", self.key)
        other = self.json("--ledger", self.path("o"), "init")["verifier_key"]
        self.assertIn("names the key", self.wrong("verify", "--log", "--key", other))


class Backups(ProofCase):
    def setUp(self):
        super().setUp()
        self.backup = self.path("backup")

    def test_it_is_what_verify_takes_and_only_what_is_new_is_written(self):
        first = self.json("backup", self.backup)
        self.assertEqual(first["events"], self.events())
        self.json("verify", "--tiles", self.backup, "--key", self.key)
        again = self.json("backup", self.backup)
        self.assertEqual(again["files_written"], 0)
        self.done("project", "create", "api")
        more = self.json("backup", self.backup)
        self.assertEqual((more["had_events"], more["events"]),
                         (first["events"], first["events"] + 1))
        names = [name for _, _, files in os.walk(self.backup) for name in files]
        self.assertFalse([name for name in names if "pem" in name])

    def test_a_ledger_is_built_anew_from_it_as_a_copy(self):
        self.done("backup", self.backup)
        before = self.json("stats")
        events = self.done("export")
        new = self.path("new")
        answer = self.json("--ledger", new, "restore", self.backup, "--key", self.key)
        self.assertEqual(answer["root_hash"], self.json("checkpoint")["root_hash"])
        out, said = self.expect(DONE, "--ledger", new, "export")
        self.assertEqual((out, said), (events, ""))
        self.assertEqual(self.json("--ledger", new, "stats")["events"], before["events"])
        self.done("--ledger", new, "verify")
        self.assertIn("is a copy", self.failed("--ledger", new, "project", "create", "api"))
        key = os.path.join(self.ledger, "keys", "log-key.pem")
        self.done("--ledger", new, "--key", key, "project", "create", "api")

    def test_without_a_key_it_says_whose_word_that_rests_on(self):
        self.done("backup", self.backup)
        out = self.done("--ledger", self.path("new"), "restore", self.backup)
        self.assertIn("key that lies in it", out)
        self.assertIn(self.key, out)

    def test_a_damaged_one_is_not_restored(self):
        self.done("backup", self.backup)
        for folder, _, files in os.walk(self.backup):
            for name in files:
                if name == "log.vkey":
                    continue
                bad = self.path("bad")
                shutil.copytree(self.backup, bad)
                file = os.path.join(bad, os.path.relpath(os.path.join(folder, name), self.backup))
                self.flip(file, os.path.getsize(file) // 2)
                self.wrong("--ledger", self.path("new"), "restore", bad, "--key", self.key)
                self.assertFalse(os.path.exists(self.path("new")))
                shutil.rmtree(bad)

    def test_it_is_not_restored_over_anything(self):
        self.done("backup", self.backup)
        self.assertIn("already", self.failed("restore", self.backup))
        self.failed("--ledger", self.path("new"), "restore", self.path("none"), "--key", self.key)


class RollBack(ProofCase):
    def setUp(self):
        super().setUp()
        self.done("backup", self.path("backup"))
        self.done("project", "create", "lost")
        self.lost = self.kept_checkpoint("lost")
        self.old_key = os.path.join(self.ledger, "keys", "log-key.pem")
        self.old = self.ledger
        self.ledger = self.path("restored")
        self.done("restore", self.path("backup"), "--key", self.key)

    def test_it_goes_on_under_a_new_key_with_all_accounts_disabled(self):
        answer = self.json("roll-back", "--lost", self.lost, "--origin", "test.example/robots-2",
                           "--reason", "disk lost")
        self.assertEqual(answer["disabled_accounts"], 6)
        self.assertTrue(answer["verifier_key"].startswith("test.example/robots-2+"))
        self.assertEqual(self.done("key").strip(), answer["verifier_key"])
        accounts = self.json("account", "list")
        self.assertEqual({one["status"] for one in accounts["accounts"]}, {"disabled"})
        event = self.json("show", str(answer["event"]))
        self.assertEqual(event["kind"], "ledger_rolled_back")
        self.done("project", "create", "api")
        self.done("verify")
        self.assertTrue(self.done("checkpoint").startswith("test.example/robots-2\n"))
        proof, entry = self.path("p"), self.path("e")
        self.done("prove", "1", "--out", proof, "--entry", entry)
        self.done("check-proof", proof, "--key", answer["verifier_key"], "--entry", entry)

    def test_the_old_key_never_signs_again(self):
        self.done("roll-back", "--lost", self.lost, "--origin", "test.example/robots-2")
        self.assertIn("not the one that the log names",
                      self.failed("--key", self.old_key, "checkpoint"))
        shutil.copy(self.old_key, os.path.join(self.ledger, "keys", "log-key.pem"))
        self.assertIn("not the one that the log names", self.wrong("checkpoint"))

    def test_accounts_may_stay_enabled_and_the_guard_of_the_lost_will_do(self):
        answer = self.json("roll-back", "--lost", os.path.join(self.old, "guard"), "--origin",
                           "test.example/robots-2", "--keep-enabled")
        self.assertEqual(answer["disabled_accounts"], 0)
        accounts = self.json("account", "list")
        self.assertNotIn("disabled", {one["status"] for one in accounts["accounts"]})

    def test_what_makes_no_sense_changes_nothing(self):
        events = self.events()
        origin = ["--origin", "test.example/robots-2"]
        kept = self.path("backup", "checkpoint")
        self.assertIn("nothing was lost", self.failed("roll-back", "--lost", kept, *origin))
        self.failed("roll-back", "--lost", self.path("history.jsonl"), *origin)
        self.failed("roll-back", "--lost", self.path("none"), *origin)
        self.assertEqual(self.refused("roll-back", "--lost", self.lost, "--origin",
                                      "test.example/robots"), "invalid_name")
        self.done("operator", "list")
        self.assertEqual(self.events(), events)
        self.ledger = self.old
        self.assertIn("only a copy", self.failed("roll-back", "--lost", self.lost, *origin))

    def test_a_rollback_that_was_killed_at_its_end_is_finished_by_the_next_opening(self):
        self.done("roll-back", "--lost", self.lost, "--origin", "test.example/robots-2")
        key = os.path.join(self.ledger, "keys", "log-key.pem")
        os.rename(key, key + ".new")
        self.done("project", "create", "api")
        self.assertTrue(os.path.exists(key))
        self.assertFalse(os.path.exists(key + ".new"))

    def test_a_second_time_it_is_no_copy_any_more(self):
        self.done("roll-back", "--lost", self.lost, "--origin", "test.example/robots-2")
        self.failed("roll-back", "--lost", self.lost, "--origin", "test.example/robots-3")


if __name__ == "__main__":
    unittest.main()
