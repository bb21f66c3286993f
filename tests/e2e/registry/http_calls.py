"""HTTP without a client's own ideas about it, and tokens taken apart and put together."""
import base64
import http.client
import json
import subprocess
from urllib.parse import urlencode


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # their names are found in any case
        self.text = body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)


def call(port, method, target, headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def basic(robot):
    word = base64.b64encode(f"{robot.name}:{robot.secret}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def ask_token(stack, robot, *scopes, service=None, **parameters):
    """The token service's answer to a GET."""
    query = [("service", service or stack.service), *(("scope", scope) for scope in scopes),
             *parameters.items()]
    return call(stack.port, "GET", "/service/token?" + urlencode(query),
                basic(robot) if robot else None)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def parts_of(token):
    """Its header and its claims."""
    header, claims, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


def with_parts(header, claims, sign=lambda content: b""):
    content = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{content}.{encoded(sign(content.encode()))}"


def es256(key):
    """Signs with the EC key in that file. openssl writes a signature as DER, JWT two numbers."""
    def sign(content):
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=content,
                             capture_output=True, check=True).stdout
        numbers, at = b"", 2  # behind the sequence's tag and length
        for _ in range(2):
            length = der[at + 1]
            number = der[at + 2:at + 2 + length]
            numbers += number.lstrip(b"\0").rjust(32, b"\0")
            at += 2 + length
        return numbers
    return sign
