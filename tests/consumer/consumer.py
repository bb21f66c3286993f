"""A program in Python that embeds a ledger through ctypes: consumer.py LIBRARY DIRECTORY."""
import ctypes as c
import json
import sys
import threading

OK, REFUSED, CLOSED = 0, 1, 11
ALLOWED, DISABLED, WELCOME, LOGIN_DISABLED = 0, 2, 0, 3


class NewLedger(c.Structure):
    _fields_ = [("size", c.c_size_t), ("origin", c.c_char_p), ("guard", c.c_char_p),
                ("key", c.c_char_p)]


class OldOptions(c.Structure):
    """As a header had it that knew nothing of what comes after the program's name."""
    _fields_ = [("size", c.c_size_t), ("program", c.c_char_p)]


class Robot(c.Structure):
    _fields_ = [("account_id", c.c_uint64), ("slot", c.c_uint32)]


class Project(c.Structure):
    _fields_ = [("project_id", c.c_uint32), ("slot", c.c_uint32)]


OnEvent = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_char_p)


class Failed(Exception):
    def __init__(self, code, refusal, message):
        super().__init__(message)
        self.code, self.refusal = code, refusal


class Ledger:
    """What a wrapper for Python looks like."""

    def __init__(self, library, directory):
        self.lib = lib = c.CDLL(library)
        for name in ("version", "error_refusal", "error_message", "decision_name"):
            getattr(lib, "robotledger_" + name).restype = c.c_char_p
        lib.robotledger_error_refusal.argtypes = [c.c_void_p]
        lib.robotledger_error_message.argtypes = [c.c_void_p]
        lib.robotledger_error_free.argtypes = [c.c_void_p]
        lib.robotledger_text_free.argtypes = [c.c_void_p]
        lib.robotledger_close.argtypes = [c.c_void_p]
        lib.robotledger_unsubscribe.argtypes = [c.c_void_p]
        lib.robotledger_authorize.argtypes = [c.c_void_p, Robot, c.c_uint16, Project]
        self.handle = c.c_void_p()
        options = OldOptions(c.sizeof(OldOptions), b"python-consumer")
        self.call("open", directory.encode(), c.byref(options), c.byref(self.handle))

    def call(self, name, *arguments):
        error = c.c_void_p()
        code = getattr(self.lib, "robotledger_" + name)(*arguments, c.byref(error))
        if code == OK:
            return
        failed = Failed(code, self.lib.robotledger_error_refusal(error).decode(),
                        self.lib.robotledger_error_message(error).decode())
        self.lib.robotledger_error_free(error)
        raise failed

    def take(self, text):
        taken = c.cast(text, c.c_char_p).value
        self.lib.robotledger_text_free(text)
        return None if taken is None else taken.decode()

    def submit(self, do, **fields):
        receipt, secret = c.c_void_p(), c.c_void_p()
        command = json.dumps({"actor": "admin", "do": do, **fields}).encode()
        self.call("submit", self.handle, command, c.byref(receipt), c.byref(secret))
        return json.loads(self.take(receipt)), self.take(secret)

    def ask(self, question, reader=None):
        answer = c.c_void_p()
        self.call("ask", self.handle, json.dumps(question).encode(),
                  reader and reader.encode(), c.byref(answer))
        return json.loads(self.take(answer))

    def events(self, first, limit):
        events = c.c_void_p()
        self.call("events", self.handle, c.c_uint64(first), c.c_size_t(limit), c.byref(events))
        return json.loads(self.take(events))

    def authenticate(self, login, secret):
        robot = Robot()
        return self.lib.robotledger_authenticate(self.handle, login.encode(), secret.encode(),
                                                 c.byref(robot)), robot

    def close(self):
        self.lib.robotledger_close(self.handle)


def live_a_life(ledger):
    lib = ledger.lib
    ledger.submit("create_project", project="web")
    receipt, secret = ledger.submit("create_account", project="web", name="ci",
                                    permissions=[{"scope": "web", "capability": "push-image"}])
    assert receipt["sequence"] == 2 and receipt["account"] == "robot$web+ci", receipt
    assert secret.startswith("rbt_")
    result, robot = ledger.authenticate("robot$web+ci", secret)
    assert result == WELCOME, result
    web, push = Project(), c.c_uint16()
    assert lib.robotledger_find_project(ledger.handle, b"web", c.byref(web)) == OK
    assert lib.robotledger_find_capability(b"repository:push", c.byref(push)) == OK
    assert lib.robotledger_authorize(ledger.handle, robot, push, web) == ALLOWED
    disabled, none = ledger.submit("disable", account="#1", reason="seen in a build log")
    assert none is None and disabled["account"] == "robot$web+ci", disabled
    decision = lib.robotledger_authorize(ledger.handle, robot, push, web)
    assert lib.robotledger_decision_name(decision) == b"disabled", decision
    assert ledger.authenticate("robot$web+ci", secret)[0] == LOGIN_DISABLED
    return receipt, disabled


def ask_questions(ledger, made, disabled):
    question = {"ask": "who-could", "capability": "push-image", "project": "web"}
    before = ledger.ask({**question, "at": made["time"]})
    assert [one["account"] for one in before["answers"]] == ["robot$web+ci"], before
    assert before["answers"][0]["windows"][0]["closed_by"] == disabled["sequence"], before
    assert ledger.ask({**question, "at": disabled["time"]})["answers"] == []
    # As of an event before, it could go on.
    then = ledger.ask({**question, "at": disabled["time"], "as_of": disabled["sequence"] - 1})
    assert len(then["answers"]) == 1, then
    why = ledger.ask({"ask": "could", "account": "robot$web+ci", "capability": "push-image",
                      "project": "web"})
    assert why["verdict"] == "disabled" and why["chain"], why
    assert ledger.ask({"ask": "what-could", "account": "#1"})["status"] == "disabled"
    assert ledger.ask({"ask": "accounts"})["accounts"][0]["status"] == "disabled"
    assert ledger.ask({"ask": "account", "account": "#1"})["permissions"]
    assert len(ledger.ask({"ask": "account history", "account": "#1"})["accounts"]) == 1
    assert len(ledger.ask({"ask": "log", "kind": "account_disabled"})["events"]) == 1


def must_fail(code, refusal, function, *arguments, **fields):
    try:
        function(*arguments, **fields)
    except Failed as failed:
        assert (failed.code, failed.refusal) == (code, refusal), (failed.code, failed.refusal)
    else:
        raise AssertionError(f"that should be refused: {arguments} {fields}")


def main(library, directory):
    lib = c.CDLL(library)
    made = NewLedger(c.sizeof(NewLedger), b"consumer.example/robots", None, None)
    assert lib.robotledger_create(directory.encode(), c.byref(made), None, None) == OK
    ledger = Ledger(library, directory)
    heard, all_heard = [], threading.Event()

    def hear(_, event):
        heard.append(json.loads(event)["sequence"])
        if len(heard) == 5:
            all_heard.set()
        return 0

    callback, subscription = OnEvent(hear), c.c_void_p()
    ledger.call("subscribe", ledger.handle, c.c_uint64(0), callback, None, c.byref(subscription))
    ask_questions(ledger, *live_a_life(ledger))
    must_fail(REFUSED, "no_change", ledger.submit, "disable", account="#1")
    must_fail(REFUSED, "unknown_account", ledger.submit, "disable", account="robot$web+no")
    must_fail(REFUSED, "malformed_line", ledger.submit, "disable", account="#1", at="now")
    must_fail(REFUSED, "unknown_operator", ledger.ask, {"ask": "accounts"}, reader="nobody")
    must_fail(2, "", ledger.ask, {"ask": "the time"})
    must_fail(2, "", ledger.ask, {"ask": "accounts", "porject": "web"})
    events = ledger.events(0, 1000)
    assert [one["sequence"] for one in events] == [0, 1, 2, 3, 4], events
    assert events[4]["channel"] == {"kind": "program", "program": "python-consumer"}, events[4]
    assert events[4]["reason"] == "seen in a build log"
    assert all_heard.wait(30) and heard == [0, 1, 2, 3, 4], heard
    lib.robotledger_unsubscribe.argtypes = [c.c_void_p]
    lib.robotledger_unsubscribe(subscription)
    ledger.close()
    print("python consumer:", ledger.lib.robotledger_version().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
