#!/usr/bin/env python3
"""Each rule of tidy.py finds a planted violation, and lets the clean neighbour pass."""
import os
import tempfile
import unittest

import tidy
from cpp_text import blank, functions

HEADER = "// What it is for.\n#pragma once\n"
READMES = {room + "/README.md": "# A room\n" for room in tidy.ROOMS_TO_READ}
# Planted in pieces, since tidy reads this file too.
LATER = "TO" + "DO"
PROMISE = "for" + " now"
MACHINE = "/wo" + "rk/main"
SIBLING = "../sha" + "red/data"


def check(tree):
    """The findings in a temporary tree of these files, that of missing READMEs put aside."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**READMES, **tree}.items():
            place = os.path.join(root, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="utf-8") as stream:
                stream.write(text)
        findings, warnings = tidy.check(root)
    # The exceptions of the real tree are no concern of a small one.
    return [line for line in findings if "UNTESTED names" not in line], warnings


class Rules(unittest.TestCase):
    def finds(self, path, text, *words, line=1, beside=None):
        """One finding, at that path and line, which has these words."""
        findings, _ = check({**(beside or {}), path: text})
        self.assertEqual(len(findings), 1, findings)
        self.assertTrue(findings[0].startswith(f"{path}:{line}: "), findings[0])
        for word in words:
            self.assertIn(word, findings[0])

    def passes(self, path, text, beside=None):
        self.assertEqual(check({**(beside or {}), path: text})[0], [])

    def test_an_include_against_an_arrow_is_found(self):
        self.finds("core/log/a.cc", '#include "core/domain/event.h"\n', "core/log", "core/domain")
        self.finds("core/base/a.cc", '\n#include "tools/a.h"\n', "tools", line=2)
        self.finds("projections/a.cc", '#include "api/embed/a.h"\n', "api")

    def test_an_include_along_the_arrows_passes(self):
        self.passes("tools/robotledger/a.cc", '#include "core/base/bytes.h"\n')
        self.passes("core/ledger/a.cc", '#include "core/merkle/tree.h"\n')
        self.passes("core/ledger/a.cc", '#include "core/domain/event.h"\n')
        self.passes("tests/core/log/a_test.cc", '#include "core/domain/event.h"\n')
        self.passes("core/log/a.cc", '// #include "core/domain/event.h"\n')

    def test_an_include_without_its_path_from_the_root_is_found(self):
        self.finds("core/log/a.cc", '#include "a.h"\n', "path from the root")

    def test_a_library_where_it_does_not_belong_is_found(self):
        self.finds("core/log/store.cc", "#include <rocksdb/db.h>\n", "RocksDB", "rocks_")
        self.finds("core/ledger/a.cc", '#include "core/wire/event.capnp.h"\n', "Cap'n Proto")
        self.finds("projections/a.cc", "#include <kj/common.h>\n", "KJ")
        self.finds("core/ledger/a.cc", "#include <openssl/sha.h>\n", "OpenSSL")
        self.finds("tests/core/ledger/a_test.cc", "#include <openssl/sha.h>\n", "OpenSSL")

    def test_a_library_where_it_belongs_passes(self):
        self.passes("core/log/rocks_log_store.cc", "#include <rocksdb/db.h>\n")
        self.passes("tests/crash/kill_test.cc", "#include <rocksdb/db.h>\n")
        self.passes("bench/store_bench.cc", "#include <rocksdb/db.h>\n")
        self.passes("core/wire/a.cc", '#include "core/wire/event.capnp.h"\n#include <kj/io.h>\n')
        self.passes("api/token/token_key.cc", "#include <openssl/evp.h>\n")
        self.passes("api/http/server.cc", "#include <kj/async.h>\n")
        self.passes("tests/core/merkle/a_test.cc", "#include <openssl/sha.h>\n")

    def test_the_world_in_the_domain_is_found(self):
        for header in ("random", "fstream", "thread", "fmt/format.h"):
            self.finds("core/domain/a.cc", f"#include <{header}>\n", "core/domain")
        self.finds("core/domain/a.cc", "auto t = std::chrono::system_clock::now();\n", "time comes")
        self.passes("core/domain/a.cc", "#include <chrono>\n#include <vector>\n")
        self.passes("core/base/a.cc", "#include <random>\n")

    def test_a_long_function_is_found(self):
        body = "  f();\n" * tidy.MAX_FUNCTION_LINES
        self.finds("core/base/a.cc", "namespace a {\nvoid f() {\n" + body + "}\n}\n", "function",
                   line=2)
        self.finds("core/base/a.cc", "X::X(int a) : a_{a} {\n" + body + "}\n", "function")
        self.passes("core/base/a.cc", "void f() {\n" + body[:-2 * len("  f();\n")] + "}\n")
        self.passes("core/base/a.cc", "namespace a {\nenum class E {\n" + "kA,\n" * 90 + "};}\n")
        self.passes("core/base/a.cc", "struct A {\n" + "  void f() {}\n" * 90 + "};\n")

    def test_a_long_file_is_found_and_a_longish_one_is_a_warning(self):
        self.finds("core/base/a.cc", "\n" * 501, "501 lines", line=501)
        findings, warnings = check({"core/base/a.cc": "\n" * 450})
        self.assertEqual(findings, [])
        self.assertEqual(len(warnings), 1)
        self.assertEqual(check({"core/base/a.cc": "\n" * 400}), ([], []))

    def test_a_long_line_is_found(self):
        self.finds("core/base/a.cc", "//" + "x" * 99 + "\n", "101 columns")
        self.finds("tools/try", "#!/bin/bash\n#" + "x" * 100 + "\n", "101 columns", line=2)
        self.passes("core/base/a.cc", "//" + "\u00e9" * 98 + "\n")

    def test_a_banned_word_is_found(self):
        for code in ("std::cout << 1;", "int a = rand();", "strcpy(a, b);", "sprintf(a, b);",
                     "using namespace std;", "assert(a);", "std::regex a;", "throw 1;",
                     "std::ranges::unique(a);"):
            self.finds("core/base/a.cc", f"\n{code}\n", ": ", line=2)
        self.finds("core/base/a.cc", f"// {LATER}: more\n", LATER)
        self.finds("core/base/README.md", f"It works {PROMISE}.\n", PROMISE)
        self.finds("tools/README.md", "A white" + "list.\n", "allow list")

    def test_a_word_that_only_looks_banned_passes(self):
        self.passes("core/base/a.cc", 'static_assert(true);\nstd::snprintf(a);\nf("rand(");\n')
        self.passes("core/base/a.cc", "std::ranges::sort(a);\n")
        self.passes("core/base/a.cc", "// throw is not used here\nint operand();\n")
        self.passes("tools/robotledger/a.cc", "std::cout << 1;\n")
        self.passes("api/http/a.cc", "throw 1;\n")

    def test_a_bool_parameter_is_found(self):
        self.finds("api/embed/a.h", HEADER + "void f(int a,\n       bool force);\n", line=4)
        self.finds("api/embed/a.h", HEADER + "void f(const bool force = false);\n", "force",
                   line=3)
        self.passes("api/embed/a.h", HEADER + "bool f(int a);\nstruct A {\n  bool b = true;\n};\n")
        self.passes("core/base/a.cc", "static void f(bool deep) {}\n")

    def test_a_header_without_a_test_is_found(self):
        header = {"core/merkle/a.h": HEADER}
        self.finds("core/merkle/a.h", HEADER, "core/merkle/a.h")
        self.passes("tests/core/merkle/a_test.cc", '#include "core/merkle/a.h"\n', header)
        self.finds("core/merkle/a.h", HEADER, "UNTESTED",
                   beside={"tests/core/merkle/helper.cc": '#include "core/merkle/a.h"\n'})
        self.passes("core/base/limits.h", HEADER)

    def test_an_exception_for_a_header_that_is_gone_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "core/log"))
            for name in ("README.md", "a.cc"):
                with open(os.path.join(root, "core/log", name), "w", encoding="utf-8"):
                    pass
            findings, _ = tidy.check(root)
        gone = [path for path in tidy.UNTESTED if path.startswith("core/log/")]
        self.assertEqual(len(findings), len(gone), findings)
        self.assertIn(f"UNTESTED names {gone[0]}", findings[0])

    def test_a_missing_or_long_readme_is_found(self):
        self.finds("tools/README.md", "a\n" * 61, "61 lines", line=61)
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "bench"))
            with open(os.path.join(root, "bench/a_bench.cc"), "w", encoding="utf-8"):
                pass
            self.assertIn("bench/README.md:1: missing", tidy.check(root)[0][0])

    def test_a_header_without_manual_or_guard_is_found(self):
        self.finds("api/embed/a.h", "#pragma once\n", "manual")
        self.finds("api/embed/a.h", "// What it is for.\n", "#pragma once")
        self.passes("api/embed/a.h", "/* For C. */\n#pragma once\n")

    def test_a_path_of_this_machine_is_found(self):
        self.finds("core/base/a.cc", f'auto a = "{MACHINE}";\n', "machine")
        self.finds("tests/a.py", f"{MACHINE}\n", "machine")
        self.finds("tools/setup", f"#!/bin/bash\ncat {SIBLING}\n", "beside", line=2)
        self.passes("tools/try", f"#!/bin/bash\ncat {SIBLING}\n")
        self.passes("tests/a.py", f"{SIBLING}\n")
        self.passes("core/base/a.cc", f"std::shared_ptr<int> a;  // net{MACHINE}\n")

    def test_build_folders_are_not_read(self):
        self.passes("build-thread/generated/core/base/a.h", "no header\n")


class CppText(unittest.TestCase):
    def test_comments_and_strings_are_blank_and_lines_stay(self):
        text = 'a("b{\\"c"); /* {\n } */ d = \'{\'; // {\ne = R"x({\n)")x" + 1\'000;\n'
        code = blank(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)

    def test_functions_are_told_from_other_braces(self):
        code = """namespace a {
struct S : T {
  S(O o = {}) : a_{1}, b_(2), c_{3} {
    f();
  }
  int a_{0};
 private:
  enum class K : int { kA, kB };
};
template <class T>
Result<T> g(
    T x) noexcept {
  if (x) { h(); }
}
constexpr int kA[] = {1, 2};
}
extern "C" {
int c(void) { return 0; }
}
"""
        self.assertEqual(list(functions(blank(code))), [(3, 5), (10, 14), (18, 18)])


if __name__ == "__main__":
    unittest.main()
