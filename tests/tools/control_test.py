#!/usr/bin/env python3
"""The control socket: the command line on a ledger that another process has. ROBOTLEDGER and
HOLD_LEDGER name the programs.

The other suites of this folder run through it once more (ROBOTLEDGER_HELD); here is what they do
not see: the same answers byte for byte, others at work meanwhile, and all that goes wrong.
"""
import hashlib
import json
import os
import random
import re
import socket
import stat
import struct
import subprocess
import threading
import time
import unittest

from cli_testing import DONE, FAILED, PROGRAM, Holder, LedgerCase, history_line

# As api/control/messages.h has them.
HELLO = b"\0" + b"\x13robotledger control" + b"\2"
RUN_JOB, ASK_OPERATOR = 5, 7


def frame(message):
    return struct.pack(">I", len(message)) + message


def take(sock, size):
    got = b""
    while len(got) < size:
        part = sock.recv(size - len(got))
        if not part:
            return None
        got += part
    return got


def take_frame(sock):
    """The next message, or None where the other side has ended."""
    length = take(sock, 4)
    return length and take(sock, struct.unpack(">I", length)[0])


class ControlCase(LedgerCase):
    def hold(self, *arguments):
        holder = Holder(self.ledger, *arguments)
        self.addCleanup(lambda: holder.process.poll() is None and holder.close())
        return holder

    def socket_path(self):
        return os.path.join(self.ledger, "control.sock")

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(sock.close)
        sock.settimeout(30)
        sock.connect(self.socket_path())
        return sock

    def start(self, *arguments, **more):
        ran = subprocess.Popen([PROGRAM, *arguments], env=self.environment(), cwd=self.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.addCleanup(ran.stdout.close)
        self.addCleanup(ran.stderr.close)
        return ran

    def import_projects(self, count):
        self.done("import", self.write("projects.jsonl", "".join(
            history_line(i, "create_project", project=f"p{i}") for i in range(count))))


class Proxy:
    """Stands between clients and the control socket, and keeps what clients say. Where one asks
    what is `lost`, the answer does not reach him, and all ends. Of job number `cut_at` half gets
    through; then `cut` is called, and all ends."""

    def __init__(self, path, lost=None, cut_at=None, cut=None):
        self.real = path + ".real"
        self.path = path
        os.rename(path, self.real)
        self.said = []
        self.lost = lost
        self.cut_at = cut_at
        self.cut = cut
        self.jobs = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX) as server:
                server.connect(self.real)
                while (request := take_frame(client)) is not None:
                    self.said.append(request)
                    self.jobs += request[0] == RUN_JOB
                    if self.jobs == self.cut_at:
                        server.sendall(frame(request)[:len(request) // 2])
                        self.cut()
                        break
                    server.sendall(frame(request))
                    answer = take_frame(server)
                    if answer is None or request[0] == self.lost:
                        break
                    client.sendall(frame(answer))

    def close(self):
        # Closing alone does not wake who waits in accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.rename(self.real, self.path)


# Reading commands, as people type them. What "now" is differs between two runs.
QUESTIONS = [
    ["who-could", "push-image", "--project", "web", "--on", "2024-01-01"],
    ["who-could", "push-image", "--project", "web", "--from", "2024-01-01T00:00:00Z",
     "--to", "2024-02-01T00:00:00Z"],
    ["could", "robot$web+ci", "push-image", "--project", "web", "--at", "2024-01-01T00:30:00Z"],
    ["what-could", "robot$web+ci", "--at", "2024-01-01T00:30:00Z"],
    ["diff", "--from", "2024-01-01T00:00:10Z", "--to", "2024-01-02T00:00:00Z", "--project", "web"],
    ["log"], ["log", "--project", "web"], ["log", "--actor", "admin", "--limit", "3"],
    ["show", "4"], ["show", "400"], ["export"],
    ["replay", "--until", "6"], ["verify", "--log"],
    ["account", "list"], ["account", "list", "--project", "web"],
    ["account", "show", "robot$web+ci"], ["account", "show", "robot$web+none"],
    ["account", "history", "robot$web+ci"],
    ["project", "list"], ["operator", "list"], ["operator", "list", "--as", "nobody"],
    ["system", "expiry"], ["system", "expiry", "1", "--preview"],
    ["stats"], ["checkpoint"], ["key"], ["guard", "show"], ["prove", "3"],
    ["prove", "--consistency", "2", "5"], ["prove", "900"], ["secret", "whose", "--stdin"],
]


class TheSameAnswers(ControlCase):
    def setUp(self):
        super().setUp()
        self.done("import", self.write("past.jsonl", "".join([
            history_line(0, "create_project", project="web"),
            history_line(10, "create_account", project="web", name="ci",
                         permissions=["push-image"], expires=30),
            history_line(20, "create_account", level="system", name="all",
                         permissions=[{"scope": "*", "capability": "pull-image"}],
                         expires="never"),
            history_line(30, "add_operator", operator="alice"),
            history_line(40, "grant_role", operator="alice", role="project_admin", project="web"),
            history_line(50, "disable", account="robot$web+ci", reason="leaked"),
        ])))

    def answers(self):
        """Exit code, standard output and standard error of each question, as text and as JSON."""
        answers = {}
        for question in QUESTIONS:
            for words in (question, [*question, "--json"]):
                ran = self.run_program(*words, stdin=b"robot-secret-of-nobody\n")
                text = (ran.stdout + b"|" + ran.stderr).decode()
                text = re.sub(r"\b202[5-9]-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "NOW", text)
                text = re.sub(r'in \d+\.\d+ s|"seconds":[\d.e-]+', "SECONDS", text)
                # Files of the log and the views grow when they are opened.
                text = re.sub(r'on disk .*|"bytes":\{.*?\}', "BYTES", text)
                answers[" ".join(words)] = (ran.returncode, text)
        return answers

    def test_are_given_byte_for_byte_by_way_of_another_process(self):
        here = self.answers()
        self.hold()
        there = self.answers()
        for question, answer in here.items():
            with self.subTest(question):
                self.assertEqual(there[question], answer)
        self.assertGreater(sum(code == DONE for code, _ in there.values()), len(there) // 2)

    def test_bundles_tiles_and_backups_are_the_same_bytes(self):
        def made(name):
            folder = self.path(name)
            os.mkdir(folder)
            self.done("evidence", "who-could", "push-image", "--project", "web", "--on",
                      "2024-01-01", "--as-of", "5", "--out", os.path.join(folder, "q.zip"))
            self.done("backup", os.path.join(folder, "backup"))
            self.done("replay", "--to", os.path.join(folder, "copy"))
            files = {}
            for where, _, names in os.walk(folder):
                if "copy" in os.path.relpath(where, folder).split(os.sep):
                    continue
                for file in names:
                    with open(os.path.join(where, file), "rb") as opened:
                        files[os.path.relpath(opened.name, folder)] = opened.read()
            return files
        here = made("here")
        self.hold()
        there = made("there")
        self.assertEqual(sorted(there), sorted(here))
        self.assertEqual([name for name in here if here[name] != there[name]], [])

    def test_changes_are_told_and_recorded_the_same(self):
        self.hold()
        out = self.done("account", "enable", "robot$web+ci", "--reason", "it was nothing",
                        env=self.environment(SUDO_USER="bob"))
        self.assertRegex(out, r"\AEnabled robot\$web\+ci \(#1\): event 8, by admin \(.*bob.*\)")
        event = json.loads(self.done("show", "8", "--json"))
        text = json.dumps(event)
        self.assertIn("it was nothing", text)
        self.assertIn("bob", text)
        self.assertEqual(self.refused("account", "enable", "robot$web+ci"), "no_change")


class Writing(ControlCase):
    def test_a_leaked_robot_is_disabled_while_a_server_runs(self):
        self.done("project", "create", "web")
        self.done("account", "create", "ci", "--project", "web", "--push-image")
        self.hold()
        self.done("account", "disable", "robot$web+ci", "--reason", "leaked")
        self.assertIn("disabled", self.done("account", "show", "robot$web+ci"))

    def test_a_secret_goes_over_it_only_hashed(self):
        self.done("project", "create", "web")
        self.hold()
        proxy = Proxy(self.socket_path())
        made = self.json("account", "create", "ci", "--project", "web", "--push-image")
        self.done("account", "rotate-secret", "robot$web+ci", "--export", self.path("new.json"))
        proxy.close()
        with open(self.path("new.json"), encoding="utf-8") as file:
            rotated = json.load(file)["secret"]
        said = b"".join(proxy.said)
        for secret in (made["secret"].encode(), rotated.encode()):
            self.assertNotIn(secret, said)
            self.assertIn(hashlib.sha256(secret).digest(), said)

    def test_several_write_and_ask_at_once_and_each_gets_its_own_answer(self):
        self.hold()
        wrong = []

        def work(number):
            for i in range(5):
                name = f"p{number}-{i}"
                made = self.run_program("project", "create", name)
                seen = self.run_program("project", "list")
                if made.returncode or f"{name} ".encode() not in seen.stdout:
                    wrong.append((name, made.stderr, seen.stderr))
        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.events(), 21)
        self.done("verify")

    def test_a_question_is_answered_from_one_moment_while_events_come(self):
        self.import_projects(4000)
        self.hold()
        slow = self.start("export")
        first = slow.stdout.read(1000)
        for name in ("later", "still-later"):
            self.done("project", "create", name)
        lines = (first + slow.stdout.read()).splitlines()
        self.assertEqual(slow.wait(), DONE)
        self.assertEqual(len(lines), 4002)
        self.assertEqual(self.events(), 4004)

    def test_a_client_that_is_killed_within_an_import_leaves_whole_lines(self):
        history = self.write("long.jsonl", "".join(
            history_line(i, "create_project", project=f"p{i}") for i in range(5000)))
        self.hold()
        proxy = Proxy(self.socket_path(), cut_at=3, cut=lambda: importing.kill())
        importing = self.start("import", history)
        self.assertLess(importing.wait(), 0)
        proxy.close()
        # A thousand lines are a job; the third did not come whole.
        self.assertEqual(self.events(), 2002)
        self.assertEqual(self.json("import", history, "--from-line", "2001")["events"], 3000)
        self.done("verify")

    def test_views_are_built_anew_though_somebody_still_looks_at_them(self):
        self.import_projects(4000)
        self.hold()
        slow = self.start("log", "--limit", "4000")
        slow.stdout.read(1000)
        self.assertIn("4002 events", self.done("rebuild"))
        rest = slow.stdout.read()
        # It had what it needed, or is told in a line that it is gone.
        if slow.wait() != DONE:
            self.assertIn(b"ask again", slow.stderr.read())
        self.assertGreater(len(rest), 0)
        self.done("verify")


class GoingWrong(ControlCase):
    def test_the_socket_is_there_for_the_owner_alone_and_goes_with_its_process(self):
        holder = self.hold()
        mode = os.stat(self.socket_path()).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(holder.close(), 0)
        self.assertFalse(os.path.exists(self.socket_path()))
        self.done("project", "create", "web")

    def test_the_socket_of_a_process_that_was_killed_is_in_nobodys_way(self):
        self.hold().kill()
        self.assertTrue(os.path.exists(self.socket_path()))
        self.done("project", "create", "web")
        self.hold()
        self.done("project", "create", "docs")
        self.assertEqual(self.events(), 3)

    def test_a_directory_may_have_any_name(self):
        self.ledger = self.path("long" * 40, "ledger")
        os.mkdir(os.path.dirname(self.ledger))
        self.done("init", "--origin", "test.example/robots")
        self.hold()
        self.done("project", "create", "web")
        self.assertEqual(self.events(), 2)

    def test_an_answer_that_is_lost_is_told_of(self):
        self.done("project", "create", "docs")
        self.hold()
        for request, what in ((0, "went away"), (ASK_OPERATOR, "went away"),
                              (RUN_JOB, "nobody knows")):
            with self.subTest(request):
                proxy = Proxy(self.socket_path(), lost=request)
                err = self.failed("project", "create", f"p{request}")
                proxy.close()
                self.assertIn(what, err)
        self.assertEqual(self.events(), 3)

    def test_a_process_that_is_killed_meanwhile_is_told_of(self):
        self.import_projects(4000)
        holder = self.hold()
        slow = self.start("export")
        slow.stdout.read(1000)
        holder.kill()
        slow.stdout.read()
        if slow.wait() != DONE:
            self.assertEqual(slow.returncode, FAILED)
            self.assertIn(b"went away", self.one_line(slow.stderr.read().decode()).encode())

    def test_malformed_messages_end_their_connection_and_nothing_else(self):
        self.hold()
        chance = random.Random(7)
        messages = [b"", b"\0" * 4, b"\xff" * 4, struct.pack(">I", (8 << 20) + 1), frame(b"\x15"),
                    frame(b"\x01"), frame(HELLO) + frame(b"\xff\xff"), frame(HELLO)[:10],
                    frame(HELLO + b"\0"), frame(HELLO) + frame(b"\5" + b"\xff" * 40),
                    frame(HELLO) + struct.pack(">I", 8 << 20) + b"\5"]
        messages += [chance.randbytes(chance.randrange(1, 200)) for _ in range(100)]
        messages += [frame(HELLO) + frame(bytes([chance.randrange(22)])
                                          + chance.randbytes(chance.randrange(60)))
                     for _ in range(200)]
        for message in messages:
            sock = self.connect()
            sock.sendall(message)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(1 << 16):
                pass
            sock.close()
        self.done("project", "create", "web")
        self.assertEqual(self.events(), 2, "none of these is a command that is carried out")

    def test_who_speaks_another_version_is_told(self):
        self.hold()
        sock = self.connect()
        sock.sendall(frame(HELLO[:-1] + b"\3"))
        self.assertIn(b"another version", take_frame(sock))

    def test_more_than_it_serves_are_turned_away_politely(self):
        self.hold("2")
        others = [self.connect() for _ in range(2)]
        for sock in others:
            sock.sendall(frame(HELLO))
            self.assertEqual(take_frame(sock)[0], 0)
        self.assertIn("try again", self.failed("project", "list"))
        others[0].close()
        deadline = time.monotonic() + 30
        while self.run_program("project", "list").returncode != DONE:
            self.assertLess(time.monotonic(), deadline)

    def test_idle_connections_hold_up_no_ending(self):
        holder = self.hold()
        for _ in range(3):
            sock = self.connect()
            sock.sendall(frame(HELLO))
            take_frame(sock)
        self.connect()
        begun = time.monotonic()
        self.assertEqual(holder.close(), 0)
        self.assertLess(time.monotonic() - begun, 20)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_another_user_is_refused(self):
        self.hold()
        for path, mode in ((self.folder, 0o755), (self.ledger, 0o755), (self.socket_path(), 0o666)):
            os.chmod(path, mode)
        os.seteuid(65534)
        try:
            said = take_frame(self.connect())
        finally:
            os.seteuid(0)
        self.assertIn(b"the ledger is not for user", said)

    def test_what_cannot_be_done_this_way_says_so(self):
        self.hold()
        note = self.write("lost.checkpoint", self.done("checkpoint"))
        for words in (["roll-back", "--lost", note, "--origin", "test.example/two"],
                      ["guard", "renew", "--events", "1"]):
            with self.subTest(words[0]):
                self.assertIn("only while nobody has it", self.failed(*words))
        self.assertIn("already", self.failed("init", "--origin", "test.example/robots"))


if __name__ == "__main__":
    unittest.main()
