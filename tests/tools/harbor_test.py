#!/usr/bin/env python3
"""Harbor's interface over a socket: each call, each rule, each error of it; who gets what of every
route; and that the description of the interface, what is served, and what is answered are one.

ROBOTLEDGER names the program.
"""
import base64
import http.client
import json
import re
import time
import unittest
from urllib.parse import quote

from serve_testing import ServeCase

PASSWORD = "correct horse battery staple"
PEOPLE = ("admin", "audrey", "petra", "otto", "norm")  # otto administers api


class Answer:
    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    def json(self):
        return json.loads(self.text)

    def code(self):
        return self.json()["errors"][0]["code"]


def robot(name, project="web", actions=("push",), **more):
    return {"name": name, "level": "project", "duration": 30,
            "permissions": [{"kind": "project", "namespace": project,
                             "access": [{"resource": "repository", "action": action}
                                        for action in actions]}], **more}


def system_robot(name, **more):
    return {"name": name, "level": "system", "duration": -1,
            "permissions": [
                {"kind": "project", "namespace": "*",
                 "access": [{"resource": "repository", "action": "pull"}]},
                {"kind": "system", "namespace": "/",
                 "access": [{"resource": "project", "action": "list"}]}], **more}


class Harbor(ServeCase):
    """One server for all of it, since signing in takes its time."""

    def setUp(self):
        super().setUp()
        for name in PEOPLE[1:]:
            self.done("operator", "add", name)
        for project in ("web", "api"):
            self.done("project", "create", project)
        self.done("operator", "grant-role", "audrey", "auditor")
        self.done("operator", "grant-role", "petra", "project_admin", "--project", "web")
        self.done("operator", "grant-role", "otto", "project_admin", "--project", "api")
        for name in PEOPLE:
            self.done("operator", "set-password", name, "--password-stdin",
                      stdin=(PASSWORD + "\n").encode())
        self.server = self.serve()

    def call(self, who, method, path, body=None, **headers):
        """`who` is an operator, (name, secret), or None; a body is JSON unless it is a text."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            name, secret = who if isinstance(who, tuple) else (who, PASSWORD)
            word = base64.b64encode(f"{name}:{secret}".encode()).decode()
            fields["Authorization"] = "Basic " + word
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        try:
            connection.request(method, path, body=body, headers=fields)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        finally:
            connection.close()

    def api(self, who, method, path, body=None, **headers):
        return self.call(who, method, "/api/v2.0" + path, body, **headers)

    def gets(self, status, who, method, path, body=None, code=None, **headers):
        answer = self.api(who, method, path, body, **headers)
        self.assertEqual(answer.status, status, f"{method} {path} by {who}: {answer.text}")
        if status >= 400 and method != "HEAD":
            self.assertEqual(list(answer.json()), ["errors"])
            self.assertEqual(answer.headers["Content-Type"], "application/json; charset=utf-8")
            if code:
                self.assertEqual(answer.code(), code)
        self.assertTrue(answer.headers["X-Request-Id"])
        return answer

    def count_events(self):
        return len(self.done("export").splitlines())

    def made(self, who, body):
        return self.gets(201, who, "POST", "/robots", body).json()

    # ---- robots -------------------------------------------------------------------------------

    def test_a_robots_life(self):
        answer = self.gets(201, "petra", "POST", "/robots", robot("ci", description="pipeline"))
        created = answer.json()
        self.assertEqual(set(created), {"id", "name", "secret", "creation_time", "expires_at"})
        self.assertEqual(created["name"], "robot$web+ci")
        self.assertEqual(answer.headers["Location"], f"/api/v2.0/robots/{created['id']}")
        self.assertRegex(created["creation_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertAlmostEqual(created["expires_at"], time.time() + 30 * 86400, delta=10)
        self.logs_in(created["name"], created["secret"])

        path = f"/robots/{created['id']}"
        read = self.gets(200, "petra", "GET", path).json()
        self.assertNotIn("secret", read)
        self.assertEqual(
            {name: read[name] for name in ("level", "duration", "editable", "disable",
                                           "description", "creation_time", "expires_at")},
            {"level": "project", "duration": 30, "editable": True, "disable": False,
             "description": "pipeline", "creation_time": created["creation_time"],
             "expires_at": created["expires_at"]})

        before = self.count_events()
        unchanged = self.gets(200, "petra", "PUT", path, read)
        self.assertEqual((unchanged.text, self.count_events()), ("", before))
        read["disable"], read["description"] = True, "held"
        read["permissions"][0]["access"] = [{"resource": "repository", "action": "pull"},
                                            {"resource": "repository", "action": "delete"}]
        self.gets(200, "petra", "PUT", path, read)
        self.assertEqual(self.count_events(), before + 4)
        self.logs_in(created["name"], created["secret"], may=False)
        del read["disable"]
        self.gets(200, "petra", "PUT", path, read)
        self.logs_in(created["name"], created["secret"])

        fresh = self.gets(200, "petra", "PATCH", path, {}).json()
        self.assertEqual(list(fresh), ["secret"])
        self.logs_in(created["name"], created["secret"], may=False)
        self.logs_in(created["name"], fresh["secret"])
        chosen = self.gets(200, "petra", "PATCH", path, {"secret": "Chosen-by-me-1"})
        self.assertEqual(chosen.json(), {})
        self.logs_in(created["name"], fresh["secret"], may=False)
        self.logs_in(created["name"], "Chosen-by-me-1")

        self.assertEqual(self.gets(200, "petra", "DELETE", path).text, "")
        self.logs_in(created["name"], "Chosen-by-me-1", may=False)
        self.gets(404, "petra", "GET", path, code="NOT_FOUND")
        kinds = [json.loads(line)["kind"] for line in self.done("export").splitlines()[before:]]
        self.assertEqual(kinds, [
            "permissions_revoked", "permissions_granted", "account_described", "account_disabled",
            "account_enabled", "secret_issued", "secret_issued", "account_deleted"])

    def logs_in(self, name, secret, may=True):
        answer = self.call((name, secret), "GET", "/service/token?service=ledger.example/test")
        service = self.call((name, secret), "GET", "/service/token")
        self.assertEqual(service.status, 200 if may else 401, answer.text)

    def test_what_a_robot_may_not_be(self):
        wrong = [robot("CI"), robot("ci", level="all"), robot("ci", duration=-2),
                 robot("ci", duration=0x7fffffff), robot("ci", permissions=[]),
                 robot("ci", actions=()), robot("ci", actions=("launch",)),
                 robot("ci", description="x" * 1025), robot("ci", project="*"),
                 system_robot("all", permissions=[])]
        two = robot("ci")
        two["permissions"] *= 2
        denies = robot("ci")
        denies["permissions"][0]["access"][0]["effect"] = "deny"
        for body in [*wrong, two, denies]:
            self.gets(400, None, "POST", "/robots", body, code="BAD_REQUEST")
        # What can be is looked at only once it is known who asks.
        self.gets(401, None, "POST", "/robots", robot("ci"), code="UNAUTHORIZED")
        self.gets(401, ("admin", "wrong"), "POST", "/robots", robot("ci"))
        for body in ("", "{", "[]", '"x"', '{"name":', "\x00"):
            self.gets(422, "admin", "POST", "/robots", body)
        self.gets(422, "admin", "POST", "/robots", robot("ci"), Content_Type="text/plain")
        self.gets(422, "admin", "POST", "/robots", robot("ci", duration="30"))
        self.assertEqual(self.call("admin", "POST", "/api/v2.0/robots",
                                   "x" * (1 << 20) + "x").status, 413)
        self.gets(404, "admin", "POST", "/robots", robot("ci", "nothing"), code="NOT_FOUND")
        self.gets(403, "petra", "POST", "/robots", robot("ci", "nothing"), code="FORBIDDEN")
        self.gets(403, "petra", "POST", "/robots", robot("ci", "api"))
        self.gets(403, "petra", "POST", "/robots", system_robot("all"))
        self.made("admin", robot("ci"))
        self.gets(409, "admin", "POST", "/robots", robot("ci"), code="CONFLICT")
        # Fields that are not Robot's are passed over, and so are those that are not to be set.
        self.made("admin", robot("more", secret="mine", disable=True, other={"a": [1]}, id=7))

    def test_every_call_on_a_number_is_answered_in_the_same_order(self):
        mine = self.made("admin", robot("a"))["id"]
        other = self.made("admin", robot("b", "api"))["id"]
        gone = self.made("admin", robot("gone"))["id"]
        self.gets(200, "admin", "DELETE", f"/robots/{gone}")
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = None if method in ("GET", "DELETE") else "{"
            for number in (mine, other, gone, 999):
                self.gets(401, None, method, f"/robots/{number}", body)
            self.gets(404, "petra", method, f"/robots/{gone}", body)
            self.gets(404, "admin", method, "/robots/999", body)
            texts = {self.gets(403, "petra", method, f"/robots/{number}", body).text
                     for number in (other, 999)}
            self.assertEqual(len(texts), 1)
            self.gets(422, "admin", method, "/robots/x", body)
        self.gets(422, "petra", "PUT", f"/robots/{mine}", "{")
        self.gets(422, "petra", "PATCH", f"/robots/{mine}", "[]")
        self.gets(400, "petra", "PATCH", f"/robots/{mine}", {"secret": "weak"})
        whole = self.gets(200, "petra", "GET", f"/robots/{mine}").json()
        for change in ({"name": "a"}, {"level": "system"}, {"permissions": []},
                       {"duration": -5}):
            self.gets(400, "petra", "PUT", f"/robots/{mine}", {**whole, **change})
        for method, body in (("PUT", whole), ("PATCH", {}), ("DELETE", None)):
            self.gets(403, "audrey", method, f"/robots/{mine}", body)

    def test_lists_have_pages_an_order_and_a_query(self):
        for name in ("c", "a", "b"):
            self.made("petra", robot(name))
        self.made("admin", system_robot("all"))
        of_web = "Level=project,ProjectID=1"

        def listed(query="", who="admin", **parameters):
            target = "/robots?" + "&".join(
                [f"q={quote(query)}", *(f"{key}={value}" for key, value in parameters.items())])
            answer = self.gets(200, who, "GET", target)
            names = " ".join(one["name"].split("+")[-1] for one in answer.json())
            return names, int(answer.headers["X-Total-Count"]), answer.headers.get("Link", "")

        self.assertEqual(listed()[:2], ("robot$all", 1))
        self.assertEqual(listed("Level=system")[:2], ("robot$all", 1))
        self.assertEqual(listed(of_web)[:2], ("c a b", 3))
        self.assertEqual(listed(of_web, who="petra", sort="name")[:2], ("a b c", 3))
        self.assertEqual(listed(of_web, sort="-creation_time")[:2], ("b a c", 3))
        self.assertEqual(listed(of_web + ",name=web+a")[:2], ("a", 1))
        self.assertEqual(listed(of_web + ",name=~+b,strange=1")[:2], ("b", 1))
        self.assertEqual(listed(of_web + ",name={web+a web+c}")[:2], ("c a", 2))
        self.assertEqual(listed(quote(of_web))[:2], ("c a b", 3))
        names, total, link = listed(of_web, page=2, page_size=1)
        self.assertEqual((names, total), ("a", 3))
        self.assertRegex(link, r'^</api/v2\.0/robots\?page=1&page_size=1&q=[^>]*>; rel="prev" , '
                               r'</api/v2\.0/robots\?page=3&page_size=1&q=[^>]*>; rel="next"$')
        self.assertEqual(listed(of_web, page=0, page_size=0)[:2], ("c a b", 3))
        self.assertEqual(self.gets(200, "admin", "GET", "/robots?page=7").text.strip(), "[]")
        for target in ("/robots?page_size=101", "/robots?page=x", "/robots?page_size=-1"):
            self.gets(422, "admin", "GET", target)
        for query in ("name", "Level=project", "Level=project,ProjectID=web"):
            self.gets(400, "admin", "GET", "/robots?q=" + quote(query))
        self.gets(403, "petra", "GET", "/robots")
        for project in (2, 77):
            self.gets(403, "petra", "GET",
                      "/robots?q=" + quote(f"Level=project,ProjectID={project}"))
        self.gets(404, "admin", "GET", "/robots?q=" + quote("Level=project,ProjectID=77"))

    # ---- the rest of it -----------------------------------------------------------------------

    def test_projects(self):
        answer = self.gets(201, "admin", "POST", "/projects", {"project_name": "2024"})
        self.assertEqual(answer.headers["Location"], "/api/v2.0/projects/3")
        self.gets(409, "admin", "POST", "/projects", {"project_name": "2024"})
        self.gets(400, "admin", "POST", "/projects", {"project_name": "A"})
        self.gets(400, "admin", "POST", "/projects", {})
        self.gets(422, "admin", "POST", "/projects", "x")
        self.gets(403, "petra", "POST", "/projects", {"project_name": "x"})
        self.gets(404, "admin", "GET", "/projects/2024")
        named = self.gets(200, "admin", "GET", "/projects/2024", X_Is_Resource_Name="true")
        self.assertEqual(named.json()["project_id"], 3)
        self.gets(200, "petra", "GET", "/projects/web")
        self.gets(200, "petra", "HEAD", "/projects/1")
        self.gets(403, "petra", "GET", "/projects/api")
        self.gets(401, None, "GET", "/projects")
        self.assertEqual([one["name"] for one in self.api("petra", "GET", "/projects").json()],
                         ["web"])
        self.assertEqual(self.api("norm", "GET", "/projects").text.strip(), "[]")
        self.gets(403, "audrey", "DELETE", "/projects/3")
        self.gets(200, "admin", "DELETE", "/projects/3")
        self.gets(404, "admin", "DELETE", "/projects/3")
        self.gets(422, "admin", "GET", "/projects?page_size=1000")
        self.gets(400, "admin", "GET", "/projects?q=x")
        self.gets(404, "admin", "HEAD", "/projects?project_name=none")

    def test_settings_and_what_may_be_granted(self):
        self.assertEqual(self.gets(200, "admin", "GET", "/configurations").json(), {
            "robot_token_duration": {"value": 30, "editable": True},
            "robot_name_prefix": {"value": "robot$", "editable": False}})
        self.gets(200, "admin", "PUT", "/configurations", {"robot_token_duration": 60})
        self.gets(200, "admin", "PUT", "/configurations", {"robot_token_duration": 60})
        self.assertIn("60 days", self.done("system", "expiry"))
        self.gets(400, "admin", "PUT", "/configurations", {"robot_token_duration": 0})
        self.gets(400, "admin", "PUT", "/configurations", {"robot_name_prefix": "bot$"})
        self.gets(422, "admin", "PUT", "/configurations", {"robot_token_duration": "x"})
        for who, status in (("audrey", 403), ("petra", 403), (None, 401)):
            self.gets(status, who, "GET", "/configurations")
            self.gets(status, who, "PUT", "/configurations", {"robot_token_duration": 1})
        self.assertEqual(set(self.gets(200, "admin", "GET", "/permissions").json()),
                         {"system", "project"})
        self.assertEqual(set(self.gets(200, "petra", "GET", "/permissions").json()), {"project"})
        self.gets(403, "norm", "GET", "/permissions")

    def test_who_one_is_and_what_needs_no_login(self):
        user = self.gets(200, "admin", "GET", "/users/current").json()
        self.assertEqual((user["user_id"], user["username"], user["sysadmin_flag"]),
                         (1, "admin", True))
        created = self.made("admin", robot("ci"))
        self.gets(412, (created["name"], created["secret"]), "GET", "/users/current",
                    code="PRECONDITION")
        self.gets(403, (created["name"], created["secret"]), "GET", "/robots")
        self.gets(401, None, "GET", "/users/current")
        self.assertEqual(self.api(None, "GET", "/ping").text, "Pong")
        self.assertEqual(self.api(None, "GET", "/health").json()["status"], "healthy")
        self.assertEqual(self.api(None, "GET", "/systeminfo").status, 200)
        self.assertEqual(self.call(None, "GET", "/api/version").json(), {"version": "v2.0"})
        echoed = self.api(None, "GET", "/ping", X_Request_Id="my-own-id")
        self.assertEqual(echoed.headers["X-Request-Id"], "my-own-id")

    def test_the_audit_log(self):
        created = self.made("petra", robot("ci"))
        self.made("otto", robot("secret", "api"))
        self.gets(200, "petra", "DELETE", f"/robots/{created['id']}")
        rows = self.gets(200, "petra", "GET", "/audit-logs").json()
        self.assertEqual([(row["operation"], row["username"]) for row in rows[:3]],
                         [("delete", "petra"), ("rotate_secret", "petra"), ("create", "petra")])
        self.assertEqual((rows[0]["resource"], rows[0]["resource_type"]), ("robot$web+ci", "robot"))
        self.assertNotIn("api", json.dumps([row["resource"] for row in rows]))
        self.assertEqual(self.api("petra", "GET", "/projects/web/logs").json(), rows)
        self.assertEqual(self.api("petra", "GET", "/auditlog-exts").json(), rows)
        found = self.gets(200, "audrey", "GET",
                          "/audit-logs?q=" + quote("username=otto,operation=create"))
        self.assertEqual([row["resource"] for row in found.json()], ["robot$api+secret"])
        self.assertEqual(found.headers["X-Total-Count"], "1")
        self.gets(400, "audrey", "GET", "/audit-logs?q=x")
        self.gets(422, "audrey", "GET", "/auditlog-exts?page_size=101")
        self.gets(400, "audrey", "GET", "/auditlog-exts?q=x")
        self.gets(422, "audrey", "GET", "/audit-logs?page=x")
        self.gets(400, "audrey", "GET", "/projects/web/logs?q=x")
        self.gets(422, "audrey", "GET", "/projects/web/logs?page=x")
        self.gets(403, "petra", "GET", "/projects/api/logs")
        self.gets(404, "audrey", "GET", "/projects/none/logs")
        self.gets(403, "norm", "GET", "/audit-logs")

    # ---- retries ------------------------------------------------------------------------------

    def test_a_retry_over_a_restart_is_done_once(self):
        key = {"Idempotency_Key": "job-17"}
        first = self.gets(201, "petra", "POST", "/robots", robot("ci"), **key)
        again = self.gets(201, "petra", "POST", "/robots", robot("ci"), **key)
        self.server.end()
        self.server = self.serve()
        later = self.gets(201, "petra", "POST", "/robots", robot("ci"), **key)
        for answer in (again, later):
            self.assertNotIn("secret", answer.json())
            self.assertIn("shown", answer.json()["message"])
            self.assertEqual(answer.json()["id"], first.json()["id"])
            self.assertEqual(answer.headers["Location"], first.headers["Location"])
            self.assertEqual(answer.headers["Idempotent-Replayed"], "true")
        self.gets(409, "petra", "POST", "/robots", robot("other"), **key)
        # Another operator's key is another key.
        self.gets(201, "otto", "POST", "/robots", robot("ci", "api"), **key)
        path = f"/robots/{first.json()['id']}"
        self.assertIn("secret", self.gets(200, "petra", "PATCH", path, {},
                                            Idempotency_Key="rotate").json())
        self.assertNotIn("secret", self.gets(200, "petra", "PATCH", path, {},
                                               Idempotency_Key="rotate").json())
        self.gets(400, "petra", "POST", "/robots", robot("x"), Idempotency_Key="k" * 129)

    # ---- who gets what ------------------------------------------------------------------------

    def routes(self):
        end = self.server.end()
        self.assertEqual(end, 0)
        lines = self.done("serve", "--print-routes", "--json").splitlines()
        self.server = self.serve()
        return [json.loads(line) for line in lines]

    def test_every_route_lets_in_whom_it_says(self):
        """A table from the router itself: a new route without a rule fails here."""
        created = self.made("admin", robot("ci"))
        machine = (created["name"], created["secret"])
        wanted = {
            # access: who is refused, and how: nobody, a robot, and those without a role for it.
            "operators": {None: 401, machine: 403},
            "readers": {None: 401, machine: 403, "petra": 403, "norm": 403},
            "system administrators": {None: 401, machine: 403, "audrey": 403, "petra": 403,
                                      "norm": 403},
            "robots": {None: 401, "admin": 401},
            "anyone": {},
            "watchers": {},
        }
        for route in self.routes():
            path = re.sub(r"\{[^}]*\}", "1", route["path"])
            path += {"/api/ledger/preview/system-expiry": "?days=3",
                     "/authorize": "?capability=push-image&project=web"}.get(route["path"], "")
            body = None
            if route["method"] in ("POST", "PUT", "PATCH"):
                body = robot("new") if route["path"].endswith("/robots") else {}
            for who, status in wanted[route["access"]].items():
                if route["path"] == "/service/token" and route["method"] == "POST":
                    continue  # its credentials are in a form
                if route["path"] == "/authorize" and who == "admin":
                    status = 401
                if route["path"] == "/api/v2.0/users/current" and who == machine:
                    status = 412
                with self.subTest(method=route["method"], path=path, who=who):
                    answer = self.call(who, route["method"], path, body)
                    self.assertEqual(answer.status, status, answer.text)

    def test_the_description_is_of_what_is_served(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not there")
        described = yaml.safe_load(self.call(None, "GET", "/openapi.yaml").text)
        told = {}
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                told[method.upper(), path] = {int(status) for status in operation["responses"]}
                names = {one["name"] for one in operation.get("parameters", ())
                         if one["in"] == "path"}
                self.assertEqual(names, set(re.findall(r"\{(\w+)\}", path)), path)
        served = {(route["method"], route["path"].replace("...", "")): set(route["statuses"])
                  for route in self.routes()}
        self.assertEqual(set(told), set(served))
        for key, statuses in served.items():
            self.assertEqual(told[key], statuses, key)

    def test_every_status_that_is_described_is_answered(self):
        """What is said of each route is real: somebody gets each of its statuses."""
        routes = self.routes()
        created = self.made("admin", robot("ci"))
        machine = (created["name"], created["secret"])
        seen = set()

        def call(who, method, path, body=None, **headers):
            answer = self.call(who, method, path, body, **headers)
            bare, method = path.split("?")[0], method.replace("HEAD", "GET")
            spelled = [one for one in routes if one["method"] == method and one["path"] == bare]
            for route in spelled or routes:
                pattern = re.sub(r"\\{[^}]*\\.\\.\\.\\}", ".+", re.escape(route["path"]))
                pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", pattern)
                if route["method"] == method and re.fullmatch(pattern, bare):
                    seen.add((method, route["path"], answer.status))
                    return

        for route in routes:
            path = re.sub(r"\{[^}]*\}", "1", route["path"])
            query = {"/audit/who-could": "?capability=push-image&project=web&at=now",
                     "/audit/could": "?account=1&capability=push-image&project=web",
                     "/audit/what-could": "?account=1",
                     "/audit/diff": "?from=2026-01-01T00:00:00Z&to=now",
                     "/audit/expiring": "?days=1",
                     "/audit/evidence/who-could":
                         "?capability=push-image&project=web&at=now",
                     "/audit/evidence/history": "?account=1",
                     "/authorize": "?capability=push-image&project=web",
                     "/api/ledger/preview/system-expiry": "?days=3"}.get(route["path"], "")
            method = route["method"]
            if route["path"] not in ("/audit/stream",) and (
                    method in ("GET", "OPTIONS") or "authorize" in path):
                for who in ("admin", machine, "norm", None):
                    call(who, method, path + query)
            elif route["path"] == "/audit/stream":
                self.begin_stream(seen)
            for who in (None, machine, "norm"):
                call(who, method, path, robot("new") if method == "POST" else {})
            call("admin", "GET", path + "?no_such_parameter=1")
        self.statuses_of_the_rest(call, machine)
        self.statuses_of_harbor(call, created)
        wanted = {(route["method"], route["path"], status)
                  for route in routes for status in route["statuses"]}
        # Of a copy, which signs nothing.
        wanted.remove(("GET", "/log/checkpoint", 404))
        self.assertEqual(wanted - seen, set())

    def begin_stream(self, seen):
        with self.server.connect() as client:
            word = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
            client.send("GET /audit/stream HTTP/1.1\r\nHost: a\r\n"
                        f"Authorization: Basic {word}\r\n\r\n")
            answer = client.answer()
            self.assertEqual(answer.headers["content-type"], "text/event-stream")
            seen.add(("GET", "/audit/stream", answer.status))
        for who, status in ((None, 401), ("norm", 403)):
            answer = self.call(who, "GET", "/audit/stream")
            self.assertEqual(answer.status, status)
            seen.add(("GET", "/audit/stream", status))

    def statuses_of_harbor(self, call, created):
        api = "/api/v2.0"
        one = f"{api}/robots/{created['id']}"
        bad_key = {"Idempotency_Key": "k" * 129}
        whole = self.call("admin", "GET", one).json()
        call("admin", "POST", api + "/robots", robot("fresh"))
        for body in (robot("fresh"), robot("x", "none"), robot("BAD"), "{"):
            call("admin", "POST", api + "/robots", body)
        for query in ("", "?page_size=101", "?q=x", "?q=Level%3Dproject,ProjectID%3D77"):
            call("admin", "GET", api + "/robots" + query)
        for method, good in (("PUT", whole), ("PATCH", {}), ("DELETE", None)):
            for path in (api + "/robots/x", api + "/robots/999"):
                call("admin", method, path, good)
            # The same key for another command.
            self.call("admin", "POST", api + "/projects", {"project_name": "k" + method.lower()},
                      Idempotency_Key=method)
            call("admin", method, one, good, Idempotency_Key=method)
            call("admin", method, one, good, **bad_key)
            call("norm", method, one, good)
            call("admin", method, one, good)
        for path in ("/robots/x", "/robots/999"):
            call("admin", "GET", api + path)
        call("admin", "PUT", api + "/robots/1", {**whole, "name": "x"})
        call("admin", "POST", api + "/projects", {"project_name": "tools"})
        for body in ({"project_name": "tools"}, {}, "x"):
            call("admin", "POST", api + "/projects", body)
        for query in ("?q=x", "?page=x"):
            for path in ("/projects", "/projects/web/logs", "/audit-logs", "/auditlog-exts"):
                call("admin", "GET", api + path + query)
        call("admin", "HEAD", api + "/projects?project_name=none")
        for path in ("/projects/none", "/projects/none/logs"):
            call("admin", "GET", api + path)
        call("admin", "DELETE", api + "/projects/none")
        call("admin", "DELETE", api + "/projects/tools", Idempotency_Key="PUT")
        call("admin", "DELETE", api + "/projects/tools", **bad_key)
        call("admin", "DELETE", api + "/projects/tools")
        for body in ({"robot_token_duration": 31}, {"robot_token_duration": 0}, "x"):
            call("admin", "PUT", api + "/configurations", body)
        call("admin", "PUT", api + "/configurations", {"robot_token_duration": 32},
             Idempotency_Key="PUT")

    def statuses_of_the_rest(self, call, machine):
        gone = "?capability=push-image&project=none&at=now"
        for path in ("/audit/who-could" + gone, "/audit/evidence/who-could" + gone,
                     "/audit/could?account=999&capability=push-image&project=web",
                     "/audit/what-could?account=999", "/audit/accounts?project=none",
                     "/audit/diff?from=2026-01-01T00:00:00Z&to=now&project=none",
                     "/audit/accounts/999", "/audit/accounts/999/history",
                     "/audit/events?account=999", "/audit/events/9999",
                     "/audit/export?account=999", "/audit/stream?account=999",
                     "/audit/expiring?days=1&project=none",
                     "/audit/evidence/history?account=999",
                     "/audit/evidence/events?account=999", "/log/tile/0/999", "/log/tile/0/000.p/1",
                     "/log/proof/x", "/log/proof/9999"):
            call("admin", "GET", path)
        for body in ({"do": "set_system_expiry", "days": 40}, {"do": "fly"},
                     {"do": "enable", "account": "#999"},
                     {"do": "set_system_expiry", "days": 40}):
            call("admin", "POST", "/api/ledger/commands", body)
        call("norm", "POST", "/api/ledger/commands", {"do": "set_system_expiry", "days": 50})
        secret = {"password": PASSWORD}
        for name, body in (("norm", secret), ("norm", {}), ("nobody", secret)):
            call("admin", "PUT", f"/api/ledger/operators/{name}/password", body)
        # The same key for another command.
        self.call("admin", "POST", "/api/v2.0/projects", {"project_name": "keyed"},
                  Idempotency_Key="keyed")
        call("admin", "PUT", "/api/ledger/operators/norm/password", secret,
             Idempotency_Key="keyed")
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        for words in (f"grant_type=password&username={quote(machine[0])}&password={machine[1]}",
                      "grant_type=password&username=x&password=y", "grant_type=refresh_token"):
            call(None, "POST", "/service/token", words, **form)
        call(machine, "GET", "/service/token?service=another")
        call("admin", "POST", "/service/session")
        call("admin", "DELETE", "/service/session")
        call(None, "DELETE", "/service/session", Cookie="robotledger=x")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            for query in ("?capability=push-image&project=api", "?capability=fly&project=web"):
                call(machine, method, "/authorize" + query)


if __name__ == "__main__":
    unittest.main()
