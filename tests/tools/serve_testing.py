"""What the tests of `robotledger serve` share: a server of a ledger of its own, and sockets to it.

    class Served(ServeCase):
        def test_it_is_alive(self):
            server = self.serve()
            self.assertEqual(server.get("/health/live").status, 200)
"""
import json
import os
import re
import resource
import signal
import socket
import subprocess
import time

from cli_testing import LedgerCase, PROGRAM

WAIT_S = 20


class Answer:
    """One answer, as its bytes have it."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.version, status, self.text = lines[0].split(" ", 2)
        self.status = int(status)
        self.headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            self.headers[name.lower()] = value
        self.body = body

    def json(self):
        return json.loads(self.body)


class Client:
    """A connection, and what came over it and was not read yet."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(WAIT_S)
        self.came = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, content):
        self.sock.sendall(content if isinstance(content, bytes) else content.encode("latin-1"))

    def more(self):
        """False where the other side has ended it."""
        try:
            got = self.sock.recv(65536)
        except ConnectionError:
            return False
        self.came += got
        return bool(got)

    def answer(self, to_head=False):
        """The next answer, or nothing where the connection was ended before it."""
        while b"\r\n\r\n" not in self.came:
            if not self.more():
                return None
        head, self.came = self.came.split(b"\r\n\r\n", 1)
        answer = Answer(head, b"")
        size = 0 if to_head else int(answer.headers.get("content-length", 0))
        while len(self.came) < size:
            if not self.more():
                raise AssertionError(f"the body ends early: {self.came!r}")
        answer.body, self.came = self.came[:size], self.came[size:]
        return answer

    def ended(self):
        """Whether nothing comes any more, and the other side says so."""
        while self.more():
            pass
        return self.came == b""


class Server:
    def __init__(self, process, url, log):
        self.process = process
        self.url = url
        self.log_file = log
        found = re.fullmatch(r"https?://\[?([0-9a-f.:]+?)\]?:(\d+)", url)
        self.address = (found.group(1), int(found.group(2)))

    def connect(self):
        return Client(socket.create_connection(self.address, WAIT_S))

    def request(self, text):
        with self.connect() as client:
            client.send(text)
            return client.answer()

    def get(self, path, *headers):
        lines = [f"GET {path} HTTP/1.1", "Host: test", "Connection: close", *headers]
        return self.request("\r\n".join(lines) + "\r\n\r\n")

    def metric(self, name):
        """The figure of that name and labels, or None."""
        text = self.get("/metrics").body.decode()
        found = re.search("^" + re.escape(name) + r" (\S+)$", text, re.M)
        return float(found.group(1)) if found else None

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def log(self):
        """Its lines so far, each of them JSON."""
        with open(self.log_file, encoding="ascii") as file:
            return [json.loads(line) for line in file]

    def logged(self, **fields):
        """Waits for a line with these fields, and gives it."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            for line in self.log():
                if all(line.get(name) == value for name, value in fields.items()):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"{fields} is not in {self.log()}")

    def end(self, with_signal=signal.SIGTERM):
        """The exit code after that signal."""
        self.process.send_signal(with_signal)
        return self.process.wait(WAIT_S)


class ServeCase(LedgerCase):
    def start(self, *options, env=None, **more):
        """The process, whose standard output is a pipe, and its log's file."""
        log = self.path(f"log-{time.monotonic_ns()}")
        with open(log, "wb") as file:
            process = subprocess.Popen([PROGRAM, "serve", *options], stdout=subprocess.PIPE,
                                       stderr=file, env=env or self.environment(),
                                       cwd=self.folder, **more)
        self.addCleanup(self.put_down, process)
        return process, log

    @staticmethod
    def put_down(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()

    def serve(self, *options, **more):
        if "--listen" not in options and not more.get("pass_fds"):
            options = (*options, "--listen", "127.0.0.1:0")
        process, log = self.start(*options, **more)
        line = process.stdout.readline().decode()
        with open(log, encoding="utf-8") as file:
            self.assertTrue(line.startswith("Listening on "), line + file.read())
        return Server(process, line.split()[-1], log)

    def certificate(self, name="localhost", key_of=None):
        """The files of a certificate that was just made, and of its key."""
        cert, key = self.path(name + ".crt"), self.path((key_of or name) + ".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                        "-out", cert], check=True, stderr=subprocess.DEVNULL)
        return cert, key


def more_descriptors(count):
    """Lets this process have as many, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= count
