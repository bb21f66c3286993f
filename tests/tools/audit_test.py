#!/usr/bin/env python3
"""The audit interface and the command line give the same answers: each question is asked both ways,
of a server and of a shell beside it, as each operator, and the JSON is compared byte by byte.

ROBOTLEDGER names the program.
"""
import base64
import http.client
import json
import os
import unittest
from urllib.parse import urlencode

from cli_testing import DONE, REFUSED
from serve_testing import ServeCase

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")
PASSWORD = "correct horse battery staple"

# When, who, what, and the fields of it.
HISTORY = [
    ("2025-01-01T08:00:00Z", "admin", "create_project", {"project": "web"}),
    ("2025-01-01T08:00:00Z", "admin", "create_project", {"project": "docs"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "alice"}),
    ("2025-01-01T09:00:00Z", "admin", "grant_role",
     {"operator": "alice", "role": "project_admin", "project": "web"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "audrey"}),
    ("2025-01-01T09:00:00Z", "admin", "grant_role", {"operator": "audrey", "role": "auditor"}),
    ("2025-01-01T09:00:00Z", "admin", "add_operator", {"operator": "otto"}),
    ("2025-01-02T12:00:00Z", "alice", "create_account",
     {"project": "web", "name": "ci", "permissions": ["push-image"], "expires": 30,
      "description": "builds"}),
    ("2025-01-10T00:30:00Z", "alice", "disable",
     {"account": "robot$web+ci", "reason": "seen in a log"}),
    ("2025-01-12T12:00:00Z", "alice", "enable", {"account": "robot$web+ci"}),
    ("2025-01-15T12:00:00Z", "admin", "create_account",
     {"level": "system", "name": "all",
      "permissions": [{"scope": "*", "capability": "push-image"},
                      {"scope": "docs", "capability": "push-chart"}], "expires": "never"}),
    ("2025-03-01T12:00:00Z", "alice", "delete", {"account": "robot$web+ci"}),
    ("2025-03-02T12:00:00Z", "alice", "create_account",
     {"project": "web", "name": "ci", "permissions": ["pull-chart"], "expires": "never"}),
    ("2025-03-03T12:00:00Z", "admin", "create_account",
     {"project": "docs", "name": "ci", "permissions": [], "expires": 7}),
    ("2025-03-04T12:00:00Z", "admin", "remove_operator", {"operator": "otto"}),
]

AT = "2025-02-01T10:00:00+01:00"
AS_OF = {"as_of": "13"}

# A path, its parameters, and the same on the command line.
QUESTIONS = [
    ("/audit/who-could", {"capability": "push-image", "project": "web", "at": AT},
     ["who-could", "push-image", "--project", "web", "--at", AT]),
    ("/audit/who-could", {"capability": "pull-image", "project": "docs", "on": "2025-03-30",
                          "tz": "Europe/Berlin", "as_of": "16"},
     ["who-could", "pull-image", "--project", "docs", "--on", "2025-03-30", "--tz",
      "Europe/Berlin", "--as-of", "16"]),
    ("/audit/who-could", {"capability": "push-image", "project": "web", "token_tail": "true",
                          "from": "2025-01-01T00:00:00Z", "to": "2025-04-01T00:00:00Z"},
     ["who-could", "push-image", "--project", "web", "--token-tail", "--from",
      "2025-01-01T00:00:00Z", "--to", "2025-04-01T00:00:00Z"]),
    ("/audit/who-could", {"capability": "project:list", "project": "/", "at": AT},
     ["who-could", "project:list", "--system", "--at", AT]),
    ("/audit/who-could", {"capability": "push-image", "project": "none", "at": AT},
     ["who-could", "push-image", "--project", "none", "--at", AT]),
    ("/audit/could", {"account": "#1", "capability": "push-image", "project": "web", "at": AT},
     ["could", "#1", "push-image", "--project", "web", "--at", AT]),
    ("/audit/could", {"account": "robot$all", "capability": "push-chart", "project": "web",
                      "at": AT, "token_tail": "true"},
     ["could", "robot$all", "push-chart", "--project", "web", "--at", AT, "--token-tail"]),
    ("/audit/could", {"account": "robot$none", "capability": "push-chart", "project": "web",
                      "at": AT},
     ["could", "robot$none", "push-chart", "--project", "web", "--at", AT]),
    ("/audit/what-could", {"account": "robot$all", "at": AT},
     ["what-could", "robot$all", "--at", AT]),
    ("/audit/what-could", {"account": "#1", "at": "2025-01-11T00:00:00Z", **AS_OF},
     ["what-could", "#1", "--at", "2025-01-11T00:00:00Z", "--as-of", "13"]),
    ("/audit/diff", {"from": "2025-01-01T00:00:00Z", "to": "2025-04-01T00:00:00Z",
                     "project": "web"},
     ["diff", "--from", "2025-01-01T00:00:00Z", "--to", "2025-04-01T00:00:00Z",
      "--project", "web"]),
    ("/audit/diff", {"from": "2025-01-01T00:00:00Z", "to": "2025-04-01T00:00:00Z", "all": "true"},
     ["diff", "--from", "2025-01-01T00:00:00Z", "--to", "2025-04-01T00:00:00Z", "--all"]),
    ("/audit/accounts", {"at": AT}, ["account", "list", "--at", AT]),
    ("/audit/accounts", {"at": "2025-03-05T00:00:00Z", "project": "web"},
     ["account", "list", "--project", "web", "--at", "2025-03-05T00:00:00Z"]),
    ("/audit/accounts", {"at": "2025-03-05T00:00:00Z", "project": "/"},
     ["account", "list", "--system", "--at", "2025-03-05T00:00:00Z"]),
    ("/audit/accounts", {"at": "2025-03-05T00:00:00Z", "never_expiring": "true",
                         "all_projects": "true", "expiring_within": "9", "as_of": "16"},
     ["account", "list", "--at", "2025-03-05T00:00:00Z", "--never-expiring", "--all-projects",
      "--expiring-within", "9", "--as-of", "16"]),
    ("/audit/accounts", {"at": "2025-03-05T00:00:00Z", "creator_gone": "true", "expired": "true",
                         "secret_older_than": "3"},
     ["account", "list", "--at", "2025-03-05T00:00:00Z", "--creator-gone", "--expired",
      "--secret-older-than", "3"]),
    ("/audit/accounts/1", {"at": AT}, ["account", "show", "#1", "--at", AT]),
    ("/audit/accounts/robot$all", {"at": AT, **AS_OF},
     ["account", "show", "robot$all", "--at", AT, "--as-of", "13"]),
    ("/audit/accounts/robot$web+ci", {"at": "2025-03-05T00:00:00Z"},
     ["account", "show", "robot$web+ci", "--at", "2025-03-05T00:00:00Z"]),
    ("/audit/accounts/77", {"at": AT}, ["account", "show", "#77", "--at", AT]),
    ("/audit/accounts/robot$web+ci/history", {},
     ["account", "history", "robot$web+ci"]),
    ("/audit/accounts/2/history", AS_OF, ["account", "history", "#2", "--as-of", "13"]),
    ("/audit/events", {"project": "web"}, ["log", "--project", "web"]),
    ("/audit/events", {"actor": "alice", "from": "2025-01-05T00:00:00Z",
                       "to": "2025-03-01T12:00:00Z"},
     ["log", "--actor", "alice", "--from", "2025-01-05T00:00:00Z", "--to",
      "2025-03-01T12:00:00Z"]),
    ("/audit/events", {"kind": "account_created", "after": "10", "as_of": "14"},
     ["log", "--kind", "account_created", "--after", "10", "--as-of", "14"]),
    ("/audit/events", {"account": "robot$web+ci"}, ["log", "--account", "robot$web+ci"]),
    ("/audit/events/9", {}, ["show", "9"]),
    ("/audit/events/2", {}, ["show", "2"]),
    ("/api/ledger/operators", {}, ["operator", "list"]),
]


def in_the_words_of_the_command_line(path, answer):
    """What it prints for what was answered."""
    if path == "/audit/events":
        return "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n"
                       for one in answer["events"])
    more = {"/audit/accounts": "next_cursor", "/api/ledger/operators": "as_of"}
    answer.pop("as_of" if path.startswith("/audit/events/") else more.get(path), None)
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n"


class Audit(ServeCase):
    def ask(self, who, path, parameters):
        """Status and body over HTTP."""
        word = base64.b64encode(f"{who}:{PASSWORD}".encode()).decode()
        connection = http.client.HTTPConnection(*self.server.address, timeout=60)
        try:
            query = "?" + urlencode(parameters) if parameters else ""
            connection.request("GET", path + query, headers={"Authorization": "Basic " + word})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_the_same(self, who, path, parameters, words):
        status, body = self.ask(who, path, parameters)
        ran = self.run_program("--as", who, *words, "--json")
        out = ran.stdout.decode()
        if status == 200:
            # `could` ends with 1 for no.
            self.assertIn(ran.returncode, (DONE, REFUSED), ran.stderr)
            self.assertEqual(in_the_words_of_the_command_line(path, json.loads(body)), out)
            return status
        self.assertIn(status, (403, 404), body)
        self.assertEqual(ran.returncode, REFUSED, ran.stderr)
        error = json.loads(body)["errors"][0]
        self.assertEqual({"refused": error["code"], "message": error["message"]}, json.loads(out))
        return status

    def serve_history(self, history, people):
        self.run_program("import", history, "--keep-going")
        for name in people:
            self.done("operator", "set-password", name, "--password-stdin",
                      stdin=(PASSWORD + "\n").encode())
        self.server = self.serve()

    def test_each_question_is_answered_as_on_the_command_line(self):
        lines = [json.dumps({"at": at, "actor": actor, "do": do, **fields}) + "\n"
                 for at, actor, do, fields in HISTORY]
        self.serve_history(self.write("history.jsonl", "".join(lines)), ("audrey", "alice"))
        seen = {}
        for who in ("audrey", "alice"):
            for path, parameters, words in QUESTIONS:
                with self.subTest(who=who, path=path, parameters=parameters):
                    status = self.is_the_same(who, path, parameters, words)
                    seen.setdefault(who, set()).add(status)
        self.assertEqual(seen, {"audrey": {200, 404}, "alice": {200, 403}})

    @unittest.skipUnless(os.path.isdir(DATA), "there is no folder of data beside the checkout")
    def test_the_known_questions_have_the_known_answers(self):
        self.serve_history(os.path.join(DATA, "history.jsonl"), ("admin",))
        with open(os.path.join(DATA, "questions.jsonl"), encoding="utf-8") as file:
            known = [json.loads(line) for line in file]
        self.assertGreater(len(known), 0)
        for one in known:
            with self.subTest(question=one["question"]):
                status, body = self.ask("admin", "/audit/who-could", one["question"])
                self.assertEqual(status, 200, body)
                answers = [{"id": account["id"], "account": account["account"],
                            "windows": [{"from": window["from"], "until": window["until"]}
                                        for window in account["windows"]]}
                           for account in json.loads(body)["answers"]]
                self.assertEqual(answers, one["answers"])


if __name__ == "__main__":
    unittest.main()
