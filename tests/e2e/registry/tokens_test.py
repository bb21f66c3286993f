#!/usr/bin/env python3
"""Tokens as a client that means no good uses them, at the service and at a real registry:
tokens_test.py ROBOTLEDGER.
"""
import base64
import hashlib
import hmac
import json
import subprocess
import time
from urllib.parse import urlencode

from artifacts import make_image
from e2e_testing import Client, Robot, StackCase, instant, main, now
from http_calls import (ask_token, basic, bearer, call, encoded, es256, parts_of, with_parts)

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
NOTED_S = 15  # at most, until a use can be read: what is noted is written in batches
SKEW_S = 60  # what docker-registry allows


class TokenCase(StackCase):
    serve_options = ("--token-ttl", "120")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = cls.stack.create("ci", "--project", "library", "--push-image")
        cls.web = cls.stack.create("ci", "--project", "web", "--push-image")
        cls.image = cls.stack.path("image")
        make_image(cls.image, "hello")
        for robot, name in ((cls.library, "library/app:1"), (cls.web, "web/app:1")):
            client = Client(cls.stack, robot)
            assert client.docker_login().done
            said = client.push(cls.image, name)
            assert said.done, said.text

    def token(self, robot, *scopes):
        answer = ask_token(self.stack, robot, *scopes)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()["token"]

    def granted(self, robot, *scopes):
        """By type and name, what the token allows."""
        _, claims = parts_of(self.token(robot, *scopes))
        return {(access["type"], access["name"]): sorted(access["actions"])
                for access in claims["access"]}

    def at_registry(self, method, path, token):
        return call(self.stack.registry_port, method, path,
                    {**bearer(token), "Accept": MANIFEST_TYPE}).status


class Service(TokenCase):
    def test_an_answer_is_as_the_distribution_project_says(self):
        answer = ask_token(self.stack, self.library, "repository:library/app:pull,push",
                           account="robot$somebody", client_id="docker", offline_token="true")
        self.assertEqual(answer.status, 200, answer.text)
        said = answer.json()
        self.assertEqual(said["token"], said["access_token"])
        self.assertEqual(said["expires_in"], 120)
        self.assertNotIn("refresh_token", said)
        header, claims = parts_of(said["token"])
        self.assertEqual((header["typ"], header["alg"]), ("JWT", "ES256"))
        self.assertEqual(claims["sub"], self.library.name)  # whatever the account parameter says
        self.assertEqual((claims["iss"], claims["aud"]),
                         ("test.example/robots", self.stack.service))
        self.assertEqual(claims["exp"] - claims["iat"], 120)
        self.assertLessEqual(claims["nbf"], time.time())
        self.assertIsInstance(claims["iat"], int)
        self.assertEqual(claims["access"], [{"type": "repository", "name": "library/app",
                                             "actions": ["pull", "push"]}])
        other = parts_of(self.token(self.library, "repository:library/app:pull"))[1]
        self.assertNotEqual(claims["jti"], other["jti"])

    def test_the_key_is_the_certificates(self):
        header, _ = parts_of(self.token(self.library))
        certificate = base64.b64decode(header["x5c"][0])
        public = subprocess.run(
            "openssl x509 -inform DER -pubkey -noout | openssl pkey -pubin -outform DER",
            shell=True, input=certificate, capture_output=True, check=True).stdout
        name = base64.b32encode(hashlib.sha256(public).digest()[:30]).decode()
        self.assertEqual(header["kid"],
                         ":".join(name[at:at + 4] for at in range(0, len(name), 4)))
        keys = call(self.stack.port, "GET", "/service/keys").json()["keys"]
        [key] = [key for key in keys if key["kid"] == header["kid"]]
        point = public[-64:]
        self.assertEqual((key["kty"], key["crv"]), ("EC", "P-256"))
        self.assertEqual((key["x"], key["y"]), (encoded(point[:32]), encoded(point[32:])))
        self.assertNotIn("d", key)

    def test_the_intersection_is_granted(self):
        asked_and_held = {
            "repository:library/app:pull,push,delete": ["pull", "push"],
            "repository:library/app:*": ["pull", "push"],
            "repository:library/app/deeper:push": ["push"],
            "repository:web/app:pull,push": [],
            "repository:library:pull": ["pull"],
            "repository:library/charts/app:pull,push": [],
            "repository:library-2/app:pull": [],
            "repository:../library/app:pull": [],
            "repository:Library/app:pull": [],
            "registry:catalog:*": [],
        }
        for scope, held in asked_and_held.items():
            with self.subTest(scope):
                kind, _, rest = scope.partition(":")
                granted = self.granted(self.library, scope)
                self.assertEqual(granted.get((kind, rest.rpartition(":")[0]), []), held)
        both = self.granted(self.library, "repository:library/a:pull repository:web/b:pull",
                            "repository:library/c:push")
        self.assertEqual(both[("repository", "library/a")], ["pull"])
        self.assertEqual(both.get(("repository", "web/b"), []), [])
        self.assertEqual(both[("repository", "library/c")], ["push"])

    def test_who_may_not_is_told_nothing_but_that(self):
        wrong = ask_token(self.stack, Robot(self.library.name, self.web.secret))
        self.assertEqual(wrong.status, 401)
        for robot in (Robot("robot$library+nobody", self.library.secret),
                      Robot("admin", self.library.secret), Robot("", ""),
                      Robot(self.library.name, self.library.secret + "0")):
            answer = ask_token(self.stack, robot)
            self.assertEqual((answer.status, answer.text), (401, wrong.text))
        nobody = ask_token(self.stack, None)
        self.assertEqual(nobody.status, 401)
        self.assertRegex(nobody.headers["WWW-Authenticate"], r"\ABasic realm=")

    def test_what_is_asked_wrongly_is_said_so(self):
        robot = self.library
        self.assertEqual(ask_token(self.stack, robot, service="another").status, 400)
        refresh = self.post(grant_type="refresh_token", refresh_token="x",
                            service=self.stack.service, client_id="docker")
        self.assertEqual(refresh.status, 400)
        self.assertIn("unsupported_grant_type", refresh.text)

    def post(self, **form):
        return call(self.stack.port, "POST", "/service/token",
                    {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form))

    def test_a_form_does_as_well(self):
        form = {"grant_type": "password", "service": self.stack.service, "client_id": "helm",
                "username": self.library.name, "password": self.library.secret,
                "scope": "repository:library/app:pull repository:library/app:pull,push"}
        answer = self.post(**form)
        self.assertEqual(answer.status, 200, answer.text)
        said = answer.json()
        self.assertEqual(said["expires_in"], 120)
        self.assertEqual(self.at_registry("GET", "/v2/library/app/manifests/1",
                                          said["access_token"]), 200)
        self.assertEqual(self.post(**{**form, "password": self.web.secret}).status, 401)


class AtTheRegistry(TokenCase):
    MANIFEST = "/v2/library/app/manifests/1"

    def good(self):
        return self.token(self.library, "repository:library/app:pull")

    def signer(self):
        return es256(self.stack.path("ledger", "keys", "token-key.pem"))

    def test_a_token_is_for_what_it_says_alone(self):
        token = self.good()
        self.assertEqual(self.at_registry("GET", self.MANIFEST, token), 200)
        self.assertEqual(self.at_registry("GET", "/v2/web/app/manifests/1", token), 401)
        self.assertEqual(self.at_registry("GET", "/v2/library/other/tags/list", token), 401)
        self.assertEqual(self.at_registry("POST", "/v2/library/app/blobs/uploads/", token), 401)
        self.assertEqual(self.at_registry("GET", "/v2/_catalog",
                                          self.token(self.library, "registry:catalog:*")), 401)

    def test_a_blob_is_not_mounted_from_where_the_robot_may_not_pull(self):
        token = self.token(self.web, "repository:web/app:pull")
        manifest = call(self.stack.registry_port, "GET", "/v2/web/app/manifests/1",
                        {**bearer(token), "Accept": MANIFEST_TYPE})
        query = urlencode({"mount": manifest.json()["layers"][0]["digest"], "from": "web/app"})
        mount = f"/v2/library/taken/blobs/uploads/?{query}"
        scopes = ("repository:library/taken:pull,push", "repository:web/app:pull")
        self.assertEqual(self.at_registry("POST", mount, self.token(self.library, *scopes)), 401)
        both = self.stack.create("both", "--system", "--grant", "library=push-image",
                                 "--grant", "web=pull-image")
        self.assertEqual(self.at_registry("POST", mount, self.token(both, *scopes)), 201)

    def test_a_changed_token_is_worth_nothing(self):
        token = self.good()
        header, claims, signature = token.split(".")
        said = parts_of(token)[1]
        said["access"][0]["actions"] = ["pull", "push"]
        more = encoded(json.dumps(said).encode())
        flipped = ("A" if signature[10] != "A" else "B").join((signature[:10], signature[11:]))
        for changed in (f"{header}.{more}.{signature}", f"{header}.{claims}.{flipped}",
                        f"{header}.{claims}.", f"{header}.{claims}"):
            self.assertEqual(self.at_registry("GET", self.MANIFEST, changed), 401)

    def test_a_token_signed_otherwise_is_worth_nothing(self):
        header, claims = parts_of(self.good())
        with open(self.stack.path("ledger", "keys", "token-cert.pem"), "rb") as file:
            certificate = file.read()
        foreign = self.stack.path("foreign.pem")
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                        foreign], check=True)

        def hs256(content):
            return hmac.new(certificate, content, hashlib.sha256).digest()

        for forged in (with_parts({**header, "alg": "none"}, claims),
                       with_parts({**header, "alg": "HS256"}, claims, hs256),
                       with_parts(header, claims, es256(foreign))):
            self.assertEqual(self.at_registry("GET", self.MANIFEST, forged), 401)

    def test_a_token_ends(self):
        """Signed again with another time, since a real one takes minutes to end."""
        header, claims = parts_of(self.good())
        sign = self.signer()
        for late_s, status in ((-30, 200), (SKEW_S + 30, 401)):
            claims["exp"] = int(time.time()) - late_s
            token = with_parts(header, claims, sign)
            self.assertEqual(self.at_registry("GET", self.MANIFEST, token), status, late_s)

    def test_a_token_outlives_a_loss_and_who_could_says_so(self):
        robot = self.stack.create("lost", "--project", "library", "--push-image")
        token = self.token(robot, "repository:library/app:pull")
        loss = self.stack.json("account", "disable", robot.name)
        self.assertEqual(self.at_registry("GET", self.MANIFEST, token), 200)
        asked = ("who-could", "push-image", "--project", "library", "--at", loss["time"])
        without, with_tail = ([answer["account"] for answer in
                               self.stack.json(*asked, *more)["answers"]]
                              for more in ((), ("--token-tail",)))
        self.assertNotIn(robot.name, without)
        self.assertIn(robot.name, with_tail)


class Elsewhere(TokenCase):
    def test_a_robot_is_let_in_nowhere_else(self):
        wrong = Robot(self.library.name, self.web.secret)
        for method, target in (("GET", "/service/session"), ("POST", "/service/session"),
                               ("GET", "/metrics")):
            with self.subTest(f"{method} {target}"):
                refused = call(self.stack.port, method, target, basic(self.library))
                self.assertEqual(refused.status, 403)
                self.assertIn("robot accounts cannot sign in", refused.text)
                self.assertNotIn("Set-Cookie", refused.headers)
                self.assertEqual(call(self.stack.port, method, target, basic(wrong)).status, 401)

    def test_no_secret_is_in_the_logs_or_the_ledger(self):
        ask_token(self.stack, Robot(self.library.name, self.web.secret))
        secrets = [secret.encode() for secret in self.stack.secrets]
        secrets += [basic(robot)["Authorization"].partition(" ")[2].encode()
                    for robot in (self.library, self.web)]
        token = self.token(self.library, "repository:library/app:pull").encode()
        for file in self.stack.files():
            with open(file, "rb") as stream:
                content = stream.read()
            for secret in (*secrets, token.rpartition(b".")[2]):
                self.assertNotIn(secret, content, file)

    def test_the_account_shows_when_and_whence_it_was_last_used(self):
        robot = self.stack.create("used", "--project", "library")
        before = now()
        self.token(robot)
        def shown():
            account = self.stack.json("account", "show", robot.name)
            return account if account["last_used_at"] else None

        used = self.eventually(shown)
        self.assertEqual(used["last_used_from"], "127.0.0.1")
        self.assertLessEqual(before, instant(used["last_used_at"]))
        self.assertLessEqual(instant(used["last_used_at"]), now())

    def eventually(self, read):
        """What is read once there is something."""
        deadline = time.monotonic() + NOTED_S
        while not (value := read()):
            self.assertLess(time.monotonic(), deadline)
        return value


if __name__ == "__main__":
    main()
