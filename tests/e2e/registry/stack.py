"""A ledger, `robotledger serve` on it, and docker-registry that takes its tokens, all on loopback
and in a temporary folder.

    stack = Stack(robotledger)
    stack.start()
    robot = stack.create("ci", "--project", "library", "--push-image")
    ...
    stack.stop()
"""
import json
import os
import shutil
import subprocess
import tempfile

import programs
from processes import Server, free_port

SERVICE = "test-registry"


class Robot:
    """The name to log in with, and the secret."""

    def __init__(self, name, secret):
        self.name = name
        self.secret = secret


class Stack:
    def __init__(self, program, *serve_options):
        self.program = os.path.abspath(program)
        self.serve_options = serve_options
        self.service = SERVICE
        self.folder = tempfile.mkdtemp(prefix="robotledger-e2e-")
        self.ledger = self.path("ledger")
        self.port = free_port()
        self.registry_port = free_port()
        self.registry = f"127.0.0.1:{self.registry_port}"
        self.secrets = []  # every one that was shown, for searches
        self.service_server = self.registry_server = self.nginx_server = None
        self.nginx_port = None

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content)
        return self.path(name)

    # The command line.

    def run(self, *arguments, stdin=""):
        environment = {**os.environ, "ROBOTLEDGER_DIR": self.ledger}
        environment.pop("SUDO_USER", None)
        return subprocess.run([self.program, *arguments], input=stdin, env=environment, text=True,
                              capture_output=True, check=False, timeout=60)

    def done(self, *arguments, **more):
        """What it says, once it has succeeded."""
        ran = self.run(*arguments, **more)
        if ran.returncode != 0:
            raise RuntimeError(f"robotledger {' '.join(arguments)}: {ran.returncode}\n{ran.stdout}"
                               f"{ran.stderr}")
        return ran.stdout

    def json(self, *arguments, **more):
        return json.loads(self.done("--json", *arguments, **more))

    def robot(self, answer, name=None):
        """The robot of an answer that shows a secret."""
        self.secrets.append(answer["secret"])
        return Robot(name or answer["account"]["name"], answer["secret"])

    def create(self, name, *options):
        return self.robot(self.json("account", "create", name, *options))

    # The servers.

    def make_ledger(self, history=""):
        """`history`: JSON Lines to begin with."""
        self.done("init", "--origin", "test.example/robots")
        if history:
            self.done("import", self.write("history.jsonl", history))

    def start(self):
        self.start_service()
        self.start_registry()

    def serve_arguments(self):
        return ("serve", "--listen", f"127.0.0.1:{self.port}", "--service", SERVICE,
                *self.serve_options)

    def start_service(self):
        environment = {**os.environ, "ROBOTLEDGER_DIR": self.ledger}
        self.service_server = Server("serve", [self.program, *self.serve_arguments()],
                                     self.path("serve.log"), env=environment)
        self.service_server.wait_until_ready(self.port, "/health/ready", 200)

    def start_registry(self):
        auth = self.done(*self.serve_arguments(), "--print-registry-config")
        config = self.write("registry.yml", f"""\
version: 0.1
log: {{level: info, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {self.path("images")}}}
  delete: {{enabled: true}}
http: {{addr: "{self.registry}", secret: not-needed-on-one-host}}
{auth}""")
        self.registry_server = Server(
            "docker-registry", [programs.path("docker-registry"), "serve", config],
            self.path("registry.log"))
        self.registry_server.wait_until_ready(self.registry_port, "/v2/", 401)

    def start_nginx(self, locations, http=""):
        """nginx in front of the folder "www", by locations in its own language."""
        self.nginx_port = free_port()
        os.makedirs(self.path("www"), exist_ok=True)
        config = self.write("nginx.conf", f"""\
daemon off;
master_process off;
pid {self.path("nginx.pid")};
error_log {self.path("nginx.log")} warn;
events {{}}
http {{
  access_log off;
  {" ".join(f"{kind}_temp_path {self.path('nginx')};" for kind in
            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}
  {http}
  server {{
    listen 127.0.0.1:{self.nginx_port};
    root {self.path("www")};
    location = /ready {{ return 204; }}
    {locations}
  }}
}}
""")
        self.nginx_server = Server("nginx", [programs.path("nginx"), "-e", self.path("nginx.log"),
                                             "-c", config], self.path("nginx.log"))
        self.nginx_server.wait_until_ready(self.nginx_port, "/ready", 204)

    def servers(self):
        return [server for server in (self.nginx_server, self.registry_server, self.service_server)
                if server]

    def files(self):
        """What the service wrote: the ledger's files, and its log."""
        kept = [os.path.join(place, name) for place, _, names in os.walk(self.ledger)
                for name in names if name != "control.sock"]
        return [*kept, self.service_server.log]

    def logs(self):
        return "".join(f"== {server.name}\n{server.said()}" for server in self.servers())

    def stop(self):
        """Ends all, and removes the folder. The exit code of `serve`, if it ran."""
        try:
            codes = {server.name: server.stop() for server in self.servers()}
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        return codes.get("serve")
