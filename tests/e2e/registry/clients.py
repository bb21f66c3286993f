"""docker, skopeo and helm as one robot uses them, each with configuration of its own.

    client = Client(stack, robot)
    client.docker_login()
    client.push(image, "library/app:1")

Each call gives a Said: whether it was done, and what was said.
"""
import os
import re
import subprocess

import programs

REFUSED = re.compile(r"unauthorized|denied|forbidden|\b40[13]\b", re.IGNORECASE)


class Said:
    def __init__(self, ran):
        self.done = ran.returncode == 0
        self.text = ran.stdout + ran.stderr
        # Refused, and not failed for another reason.
        self.refused = not self.done and REFUSED.search(self.text) is not None


class Client:
    made = 0

    def __init__(self, stack, robot):
        self.stack = stack
        self.robot = robot
        Client.made += 1
        self.folder = stack.path("clients", str(Client.made))
        os.makedirs(self.folder)
        # docker's file, which skopeo and helm read, too.
        self.credentials = os.path.join(self.folder, "config.json")

    def run(self, program, *arguments, stdin="", **environment):
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": self.folder,
                       "DOCKER_CONFIG": self.folder,
                       "HELM_REGISTRY_CONFIG": self.credentials, **environment}
        return Said(subprocess.run([programs.path(program), *arguments], input=stdin, text=True,
                                   env=environment, cwd=self.folder, capture_output=True,
                                   check=False, timeout=60))

    def docker_login(self, robot=None):
        robot = robot or self.robot
        return self.run("docker", "login", "--username", robot.name, "--password-stdin",
                        self.stack.registry, stdin=robot.secret)

    def skopeo(self, command, *arguments):
        return self.run("skopeo", "--insecure-policy", "--registries.d", self.folder, "--tmpdir",
                        self.folder, command, *arguments)

    def push(self, image, name):
        """An OCI layout's image to the repository and tag."""
        return self.skopeo("copy", "--authfile", self.credentials, "--dest-tls-verify=false",
                           f"oci:{image}", f"docker://{self.stack.registry}/{name}")

    def pull(self, name, folder="pulled"):
        return self.skopeo("copy", "--authfile", self.credentials, "--src-tls-verify=false",
                           f"docker://{self.stack.registry}/{name}",
                           f"oci:{os.path.join(self.folder, folder)}")

    def digest(self, name):
        return self.skopeo("inspect", "--authfile", self.credentials, "--tls-verify=false",
                           "--format", "{{.Digest}}", f"docker://{self.stack.registry}/{name}")

    def delete(self, name):
        return self.skopeo("delete", "--authfile", self.credentials, "--tls-verify=false",
                           f"docker://{self.stack.registry}/{name}")

    def helm_login(self, helm):
        # helm 3 takes plain HTTP on loopback without a word.
        plain = ("--plain-http",) if helm == "helm4" else ()
        return self.run(helm, "registry", "login", self.stack.registry, *plain, "--username",
                        self.robot.name, "--password-stdin", stdin=self.robot.secret)

    def helm_push(self, helm, chart, place):
        """A chart's archive under that path of the registry."""
        return self.run(helm, "push", chart, f"oci://{self.stack.registry}/{place}", "--plain-http")

    def helm_pull(self, helm, name, version):
        return self.run(helm, "pull", f"oci://{self.stack.registry}/{name}", "--version", version,
                        "--plain-http", "--destination", self.folder)
