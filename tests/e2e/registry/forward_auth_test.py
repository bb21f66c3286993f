#!/usr/bin/env python3
"""Forward auth for what is no registry: forward_auth_test.py ROBOTLEDGER.

A real nginx stands in front of a folder of charts, as it would in front of ChartMuseum. Traefik and
Envoy are no packages of Debian's: their questions are asked here in their shape.
"""
from e2e_testing import Robot, StackCase, main
from http_calls import basic, call

ASK = "/authorize?capability=pull-chart&project=library"


class Nginx(StackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.stack.create("reader", "--project", "library", "--pull-chart")
        cls.writer = cls.stack.create("writer", "--project", "library", "--push-chart")
        cls.stranger = cls.stack.create("stranger", "--project", "web", "--push-chart",
                                        "--pull-chart")
        cls.stack.write("www/library/index.yaml", "apiVersion: v1\nentries: {}\n")
        # The project is the location's: nothing that a client sends has a say in it.
        cls.stack.start_nginx(f"""
    location /library/ {{
      auth_request /authorize-library;
      dav_methods PUT;
    }}
    location = /authorize-library {{
      internal;
      proxy_pass http://127.0.0.1:{cls.stack.port}/authorize?capability=$chart&project=library;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }}""", http="map $request_method $chart { default push-chart; GET pull-chart; }")

    def get(self, robot, target="/library/index.yaml", **headers):
        return call(self.stack.nginx_port, "GET", target,
                    {**(basic(robot) if robot else {}), **headers})

    def put(self, robot, name):
        return call(self.stack.nginx_port, "PUT", f"/library/{name}", basic(robot), "chart").status

    def test_who_may_gets_it(self):
        answer = self.get(self.reader)
        self.assertEqual((answer.status, answer.text), (200, "apiVersion: v1\nentries: {}\n"))

    def test_who_may_not_is_refused(self):
        self.assertEqual(self.get(self.stranger).status, 403)
        self.assertEqual(self.get(Robot(self.reader.name, self.stranger.secret)).status, 401)

    def test_without_a_login_nginx_asks_for_one(self):
        answer = self.get(None)
        self.assertEqual(answer.status, 401)
        self.assertIn("Basic", answer.headers["WWW-Authenticate"])

    def test_pushing_is_another_thing(self):
        self.assertEqual(self.put(self.reader, "a.tgz"), 403)
        self.assertEqual(self.put(self.stranger, "a.tgz"), 403)
        self.assertEqual(self.put(self.writer, "a.tgz"), 201)

    def test_no_header_changes_the_project(self):
        for name in ("X-Original-URI", "X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL",
                     "X-Project", "Project"):
            for value in ("/web/", "web", "/authorize?capability=pull-chart&project=web"):
                self.assertEqual(self.get(self.stranger, **{name: value}).status, 403)
                self.assertEqual(self.get(self.reader, **{name: value}).status, 200)
        for query in ("?project=web", "?capability=push-chart&project=web"):
            self.assertEqual(self.get(self.stranger, "/library/index.yaml" + query).status, 403)

    def test_a_loss_is_felt_at_once(self):
        robot = self.stack.create("lost", "--project", "library", "--pull-chart")
        self.assertEqual(self.get(robot).status, 200)
        self.stack.json("account", "revoke", robot.name, "pull-chart")
        self.assertEqual(self.get(robot).status, 403)
        self.stack.json("account", "disable", robot.name)
        self.assertEqual(self.get(robot).status, 401)


class OtherProxies(StackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.stack.create("reader", "--project", "library", "--pull-chart")
        cls.stranger = cls.stack.create("stranger", "--project", "web", "--pull-chart")

    def statuses(self, method, behind="", **headers):
        """For who may, who may not, and nobody."""
        return [call(self.stack.port, method, ASK + behind, {**who, **headers}).status
                for who in (basic(self.reader), basic(self.stranger), {})]

    def test_traefik_asks_with_a_get_and_forwarded_headers(self):
        self.assertEqual(self.statuses("GET", **{
            "X-Forwarded-Method": "POST", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443",
            "X-Forwarded-Host": "charts.example", "X-Forwarded-Uri": "/web/index.yaml?project=web",
            "X-Forwarded-For": "10.1.2.3", "X-Forwarded-Server": "traefik",
            "Accept-Encoding": "gzip"}), [200, 403, 401])

    def test_envoy_asks_with_the_clients_method_and_path_and_no_body(self):
        """Its path_prefix ends with &original=, and what the client asked for is behind it."""
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            with self.subTest(method):
                self.assertEqual(self.statuses(method, "&original=/web/a?project=web&x=1", **{
                    "Content-Length": "0", "X-Envoy-Internal": "true", "Host": "charts.example",
                    "X-Forwarded-Proto": "http", "X-Request-Id": "0b8c5b9c"}), [200, 403, 401])

    def test_each_parameter_comes_once_and_there_is_no_other(self):
        for query in ("", "capability=pull-chart", "project=library",
                      "capability=pull-chart&project=library&project=library",
                      "capability=pull-chart&capability=pull-chart&project=library",
                      "capability=pull-chart&project=library&more=1",
                      "capability=pull-chart&project=Library",
                      "capability=pull-chart&project=library%2Fa",
                      "capability=pull-everything&project=library"):
            with self.subTest(query):
                answer = call(self.stack.port, "GET", f"/authorize?{query}", basic(self.reader))
                self.assertEqual(answer.status, 400, answer.text)


if __name__ == "__main__":
    main()
