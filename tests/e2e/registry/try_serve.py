#!/usr/bin/env python3
"""Leaves a ledger, its token service and a registry running until Ctrl-C: try_serve.py ROBOTLEDGER.

tools/try --serve builds the program and calls this.
"""
import os
import signal
import subprocess
import sys

import programs
from artifacts import make_chart, make_image
from stack import Stack

TEXT = """
A registry is at {registry}, and takes the tokens of a ledger. In another terminal, first:

  cd {folder}
  export PATH={bin}:{build}:"$PATH" DOCKER_CONFIG=$PWD ROBOTLEDGER_DIR=$PWD/ledger

Log in as a robot that may push images to the project library. Its secret is
{secret}

  docker login --username {name} {registry}

Push an image, and ask who can:

  skopeo --insecure-policy copy --authfile config.json --dest-tls-verify=false \\
    oci:image docker://{registry}/library/hello:1
  robotledger who-could push-image --project library --at now

Its secret was seen in a build log. After this, log in and push again, and ask again:

  robotledger account disable {name} --reason 'seen in a build log'

Charts are another thing, and lie under library/charts/. A robot for them, and one to push:

  robotledger account create charts --project library --push-chart
  export HELM_REGISTRY_CONFIG=$PWD/config.json
  helm4 registry login --plain-http --username 'robot$library+charts' {registry}
  helm4 push --plain-http tiny-1.0.0.tgz oci://{registry}/library/charts

What the service says is in serve.log there, and what the registry says in registry.log.
Ctrl-C ends them, and removes {folder}
"""


def show(stack):
    stack.done("project", "create", "library")
    robot = stack.create("ci", "--project", "library", "--push-image", "--expires-in", "90")
    make_image(stack.path("image"), "hello")
    make_chart(stack.path("chart"), "tiny", "1.0.0")
    subprocess.run([programs.path("helm4"), "package", "chart"], cwd=stack.folder, check=True,
                   stdout=subprocess.DEVNULL)
    print(TEXT.format(registry=stack.registry, folder=stack.folder, secret=robot.secret,
                      name=f"'{robot.name}'", bin=os.path.dirname(programs.path("docker")),
                      build=os.path.dirname(stack.program)), flush=True)


def main():
    if programs.missing():
        sys.exit(f"try: no {', '.join(programs.missing())}; tools/e2e-setup fetches them")
    # A shell that starts it in the background has it ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    stack = Stack(sys.argv[1])
    try:
        stack.make_ledger()
        stack.start()
        show(stack)
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # until a server ends by itself
        print(stack.logs(), file=sys.stderr)
        sys.exit("try: a server has ended, see above")
    except KeyboardInterrupt:
        print("\nEnds, and removes all.")
    finally:
        stack.stop()


if __name__ == "__main__":
    main()
