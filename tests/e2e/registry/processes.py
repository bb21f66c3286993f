"""Servers that a test starts, waits for, and ends by their process ids."""
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import time

READY_S = 20  # at most, until a server has to answer
END_S = 20    # at most, from SIGTERM to its end
TURN_S = 0.02

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status_of(port, path):
    """The status of a GET, or None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def end_with_parent():
    """No server outlives a test that was killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """One running server, whose output goes to a file. A terminal's Ctrl-C does not reach it."""

    def __init__(self, name, argv, log, **more):
        self.name = name
        self.log = log
        with open(log, "ab") as file:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=file,
                                            stderr=subprocess.STDOUT, start_new_session=True,
                                            preexec_fn=end_with_parent, **more)

    def wait_until_ready(self, port, path, status):
        """Until a GET of the path has that status; an error where it ends before."""
        deadline = time.monotonic() + READY_S
        while status_of(port, path) != status:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} is not ready after {READY_S} s")
            try:
                code = self.process.wait(TURN_S)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"{self.name} ended with {code}:\n{self.said()}")

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self):
        """The exit code. One that does not end by SIGTERM is killed, and that is an error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"{self.name} does not end by SIGTERM") from None
