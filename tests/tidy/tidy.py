#!/usr/bin/env python3
"""The project's own rules, as a test: tidy.py [ROOT] reads every file below the root and prints
file:line: what is wrong, and what to do. Ends with 1 where a rule is broken.

A rule is a function below with @rule above it; tidy_test.py shows each of them a violation.
"""
import os
import re
import sys

from cpp_text import blank, functions

# ---- what the rules know ----------------------------------------------------------------------

# The rooms, and which others each may include; what is reachable along the arrows is allowed too.
ARROWS = {
    "tools": ["api"],
    "api": ["projections"],
    "projections": ["core/ledger"],
    "core/ledger": ["core/wire", "core/log"],
    "core/wire": ["core/domain"],
    "core/log": ["core/merkle"],
    "core/merkle": ["core/base"],
    "core/domain": ["core/base"],
    "core/base": [],
}

# Headers of a library, and the files that may include them. A test may include what the folder
# that it mirrors may include, and a benchmark everything: rivals live there.
LIBRARIES = [
    (r"rocksdb/", "RocksDB", r"(.*/)?rocks_[^/]*$|tests/crash/",
     "keep RocksDB behind an interface, in a file named rocks_*"),
    (r"capnp/|.*\.capnp\.h$", "Cap'n Proto", r"core/wire/",
     "bytes become structs in core/wire; include its codec instead"),
    (r"kj/", "KJ", r"core/wire/|api/http/",
     "use standard types outside of core/wire and api/http"),
    (r"openssl/", "OpenSSL", r"core/base/|core/merkle/|api/token/",
     "put the primitive into core/base and use it from there"),
]

# In core/domain: no clock, no randomness, no input or output, no threads.
IMPURE = r"random|fstream|iostream|filesystem|thread|mutex|atomic|future|ctime|time\.h|cstdio"

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 500
WARN_FILE_LINES = 400
MAX_COLUMNS = 100
MAX_README_LINES = 60

# Words in code (comments and strings do not count): pattern, files (all C++ where empty), what to
# do instead.
CODE_WORDS = [
    (r"std::c(out|err|log)\b", r"core/|projections/|api/",
     "return what is to be said; tools print it"),
    (r"\bs?rand\(", "", "randomBytes() of core/base/random.h"),
    (r"\bstr(cpy|cat|tok)\(", "", "std::string"),
    (r"\bv?sprintf\(", "", "std::snprintf or fmt::format"),
    (r"\busing namespace std\b", "", "write std:: where it is used"),
    (r"\bassert\(", "", "RL_CHECK, which is on in every build"),
    (r"\bstd::w?regex\b", "", "a matcher written by hand: it is quick, and bounded on any input"),
    (r"\bthrow\b", r"core/|projections/", "return an Error, or a Refusal"),
    (r"std::(views::|ranges::(unique|remove|(stable_)?partition|rotate|search|find_end|equal_range"
     r"|subrange|views))", "", "the form of <algorithm> with two iterators: clang-tidy 14 cannot "
     "read what these return in libstdc++ 12"),
    (r"_clock::now\b", r"core/domain/", "the time comes with the command's context"),
]

# Words anywhere, comments and documents included.
TEXT_WORDS = [
    (r"\b(TO[D]O|FIX[M]E|XX[X])\b", "do it, or open an issue"),
    (r"\bfor[ ]now\b", "say what is true, without a promise"),
    (r"(?i)\b(white|black)[-_ ]?list", "allow list, block list"),
]

# Rooms whose headers have rules, so that each has a test that includes it; and those without one.
TESTED = ["core/base", "core/domain", "core/merkle", "core/log", "core/wire", "core/ledger",
          "projections"]
UNTESTED = {
    "core/base/check.h": "one macro; a test of it would only be the end of the test",
    "core/base/ids.h": "types without rules",
    "core/base/limits.h": "constants; the tests of what they bound use them",
    "core/base/prefetch.h": "one instruction, which changes nothing that can be seen",
    "core/base/random.h": "a call of OpenSSL's generator",
    "core/domain/checks.h": "a part of decide, tested through it",
    "core/domain/command.h": "plain structs; decide.h has their rules",
    "core/domain/decide.h": "tested as text, in tests/scenarios",
    "core/domain/decide_accounts.h": "a part of decide, tested through it",
    "core/ledger/log_ranges.h": "a part of the verifier, tested through it",
    "core/ledger/observer.h": "an interface",
    "core/ledger/receipt.h": "plain structs",
    "core/ledger/writer.h": "a part of Ledger, tested through it",
    "core/merkle/hash_lines.h": "a part of two proof files, tested through them",
    "core/log/rocks_log_options.h": "a part of the store in RocksDB, tested through it",
    "core/log/rocks_log_recovery.h": "a part of the store in RocksDB, tested through it",
    "core/log/rocks_opening.h": "a part of the store in RocksDB, tested through it",
    "core/log/rocks_status.h": "a part of the store in RocksDB, tested through it",
    "core/log/tile_check.h": "a part of the verifier and of the published log, tested through them",
    "core/wire/fields.h": "a part of the codecs, tested through them",
    "projections/authorizer_tables.h": "a part of Authorizer, tested through it",
    "projections/page_sizes.h": "constants; the tests of what they bound use them",
    "projections/projection.h": "an interface; one suite runs over all projections",
    "projections/row_store.h": "an interface; its stores are tested by one suite",
}

# Functions whose signature with a bool in it is not ours to choose: (file, parameter) and why.
FOREIGN_BOOLS = {}

# Folders with a README, where they exist.
ROOMS_TO_READ = [*ARROWS, "bench", "tests", "api/embed", "api/http", "api/web"]

CPP = (".h", ".cc")
TEXT = CPP + (".c", ".capnp", ".cmake", ".css", ".go", ".html", ".js", ".json", ".jsonl", ".md",
              ".py", ".sh", ".txt", ".yml", "")
SKIPPED = re.compile(r"(build[^/]*|\.git|\.cache|robotledger-data|__pycache__)$")
# Where this project's files could have been written, and the folder of data beside a checkout.
MACHINE = re.compile(r"(?<![\w.])/(wor[k]|far[m]|tmp/bash_job[s])/")
SIBLING = re.compile(r"\.\./share[d]\b|\bshare[d]/(data|vectors|hooks)\b|/share[d]/")

# ---- reading ----------------------------------------------------------------------------------


class File:
    """A file of the tree: its path from the root, its text, and for C++ its code alone."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.is_cpp = path.endswith(CPP)
        self.code = blank(text) if self.is_cpp else ""
        self.code_lines = self.code.split("\n")

    def includes(self):
        """(line, path, whether in quotes) of each #include."""
        for number, line in enumerate(self.code_lines, 1):
            found = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
            if found:
                yield number, found.group(1) or found.group(2), bool(found.group(1))


def read_tree(root):
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not SKIPPED.match(name))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.splitext(name)[1] not in TEXT or os.path.islink(path) or name == ".git":
                continue  # .git is a file in a worktree, and names the checkout
            try:
                with open(path, encoding="utf-8", newline="") as stream:
                    files.append(File(os.path.relpath(path, root), stream.read()))
            except (UnicodeDecodeError, FileNotFoundError):
                continue  # no text, or gone since it was listed
    return files


def room_of(path):
    """The room that a path lies in, or nothing."""
    return max((room for room in ARROWS if path.startswith(room + "/")), key=len, default=None)


def reachable(room):
    found, todo = set(), [room]
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += ARROWS[at]
    return found


# ---- the rules --------------------------------------------------------------------------------

RULES = []


def rule(function):
    """A rule takes all files and yields (path, line, what is wrong and what to do)."""
    RULES.append(function)
    return function


@rule
def arrows(files):
    """An #include goes along the arrows between the rooms only."""
    for file in files:
        room = room_of(file.path)
        if not room:
            continue
        for line, path, quoted in file.includes():
            if not quoted:
                continue
            target = room_of(path)
            if target is None:
                yield file.path, line, f'"{path}" is in no room: write the path from the root'
            elif target not in reachable(room):
                yield (file.path, line, f"{room} may not include {target}: move what is needed to "
                       "a room that both may know, or turn the call round with an interface")


@rule
def libraries(files):
    """RocksDB, Cap'n Proto, KJ and OpenSSL stay where they belong."""
    for file in files:
        if not file.is_cpp or file.path.startswith("bench/"):
            continue
        mirrored = file.path.removeprefix("tests/")
        for line, path, _ in file.includes():
            for header, library, allowed, advice in LIBRARIES:
                if re.match(header, path) and not (re.match(allowed, file.path)
                                                   or re.match(allowed, mirrored)):
                    yield file.path, line, f"{library} does not belong here: {advice}"


@rule
def pure_domain(files):
    """core/domain includes the standard library and core/base, nothing of the world."""
    for file in files:
        if not file.is_cpp or not file.path.startswith("core/domain/"):
            continue
        for line, path, quoted in file.includes():
            if quoted:
                continue
            if re.fullmatch(IMPURE, path):
                yield (file.path, line, f"<{path}> in core/domain: the domain is pure; let the "
                       "caller do it and pass the value")
            elif not re.fullmatch(r"[a-z_0-9]+", path):
                yield (file.path, line, f"<{path}> in core/domain: the standard library and "
                       "core/base only")


@rule
def long_functions(files):
    for file in files:
        for first, last in functions(file.code) if file.is_cpp else ():
            length = last - first + 1
            if length > MAX_FUNCTION_LINES:
                yield (file.path, first, f"a function of {length} lines, {MAX_FUNCTION_LINES} at "
                       "most: name a part of it and move it out")


@rule
def long_files(files):
    for file in files:
        if file.is_cpp and len(file.lines) > MAX_FILE_LINES:
            yield (file.path, MAX_FILE_LINES + 1, f"a file of {len(file.lines)} lines, "
                   f"{MAX_FILE_LINES} at most: it wants to be two")


@rule
def long_lines(files):
    for file in files:
        if not file.path.endswith((".h", ".cc", ".capnp", ".py")) and not is_script(file):
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > MAX_COLUMNS:
                yield (file.path, number, f"{len(line)} columns, {MAX_COLUMNS} at most: break the "
                       "line (tools/check --fix)")


def is_script(file):
    return file.text.startswith("#!")


@rule
def banned_words(files):
    for file in files:
        for number, line in enumerate(file.code_lines if file.is_cpp else [], 1):
            for word, where, instead in CODE_WORDS:
                found = re.search(word, line)
                if found and re.match(where, file.path):
                    yield file.path, number, f"{found.group().strip('(')}: {instead}"
        for number, line in enumerate(file.lines, 1):
            for word, instead in TEXT_WORDS:
                found = re.search(word, line)
                if found:
                    yield file.path, number, f'"{found.group()}": {instead}'


@rule
def bool_parameters(files):
    """An enum at the call says what is meant, `true` does not."""
    for file in files:
        if not re.match(r"(core|projections|api)/.*\.h$", file.path):
            continue
        for found in re.finditer(r"(?<=[(,])\s*(?:const\s+)?bool\s+(\w+)\s*(?==|,|\))", file.code):
            name = found.group(1)
            if (file.path, name) not in FOREIGN_BOOLS:
                line = file.code.count("\n", 0, found.start(1)) + 1
                yield file.path, line, f"bool {name} as a parameter: an enum says what is meant"


@rule
def a_test_for_every_header(files):
    paths = {file.path for file in files}
    for path in sorted(paths):
        folder, name = os.path.split(path)
        room = room_of(path)
        if room not in TESTED or not name.endswith(".h") or path in UNTESTED:
            continue
        tests = f"tests/{folder}/"
        if not any(file.path.startswith(tests) and file.path.endswith("_test.cc")
                   and any(include == path for _, include, _ in file.includes())
                   for file in files):
            yield (path, 1, f'no {tests}*_test.cc includes "{path}": test its rules, or say in '
                   "UNTESTED of tests/tidy/tidy.py why there are none")
    # An exception that has lost its header is noticed where its room exists at all.
    for path in UNTESTED:
        if path not in paths and any(other.startswith(room_of(path) + "/") for other in paths):
            yield "tests/tidy/tidy.py", 1, f"UNTESTED names {path}, which is not there: remove it"


@rule
def readmes(files):
    by_path = {file.path: file for file in files}
    for room in ROOMS_TO_READ:
        if not any(path.startswith(room + "/") for path in by_path):
            continue
        readme = by_path.get(room + "/README.md")
        if readme is None:
            yield (room + "/README.md", 1, "missing: what lives here, what it may include, what it "
                   "must not know, where to start reading")
        elif len(readme.lines) > MAX_README_LINES:
            yield (readme.path, MAX_README_LINES + 1, f"{len(readme.lines)} lines, "
                   f"{MAX_README_LINES} at most: a screen is read, a book is not")


@rule
def header_manuals(files):
    for file in files:
        if not file.path.endswith(".h"):
            continue
        if not re.match(r"//|/\*", file.text):
            yield (file.path, 1, "a header begins with its manual: a comment that says what it is "
                   "for, with an example")
        if not re.search(r"^#pragma once$", file.code, re.M):
            yield file.path, 1, "no #pragma once: add it after the manual"


@rule
def machine_paths(files):
    for file in files:
        tests = file.path.startswith("tests/") or file.path == "tools/try"
        for number, line in enumerate(file.lines, 1):
            if MACHINE.search(line):
                yield (file.path, number, "a path of the machine that it was written on: find it "
                       "from the checkout")
            if not tests and SIBLING.search(line):
                yield (file.path, number, "the folder beside the checkout: only tests and "
                       "tools/try may look for it")


# ---- running ----------------------------------------------------------------------------------


def check(root):
    """(findings, warnings), each sorted lines of text."""
    files = read_tree(root)
    findings = {f"{path}:{line}: {what}"
                for one in RULES for path, line, what in one(files)}
    warnings = [f"{file.path}:1: warning: {len(file.lines)} lines, soon it wants to be two"
                for file in files
                if file.is_cpp and WARN_FILE_LINES < len(file.lines) <= MAX_FILE_LINES]
    return sorted(findings), sorted(warnings)


def main():
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else default)
    findings, warnings = check(root)
    for line in warnings + findings:
        print(line)
    print(f"tidy: {len(findings)} findings, {len(warnings)} warnings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
