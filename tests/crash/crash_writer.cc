// A process to be killed: opens a ledger, looks that what it was told of is there, and writes until
// it is killed, saying after each acknowledgement how much is acknowledged.
//
//   crash_writer DIRECTORY SEED SIZE ROOT
//
// Prints "SIZE ROOT" when it has opened the ledger and after each job. Ends by itself only where
// something is wrong, and says what.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <unistd.h>

#include "api/embed/open_ledger.h"
#include "tests/crash/crash_testing.h"

namespace robotledger {
namespace {

constexpr int kJobsBetweenOpenings = 25;
constexpr std::chrono::microseconds kBetweenJobs{500};

int fail(const std::string& what) {
  std::fprintf(stderr, "crash_writer: %s\n", what.c_str());
  return 3;
}

// In one write, which a pipe takes whole or not at all.
void sayAcknowledged(const LogHead& head) {
  const std::string line =
      std::to_string(head.size.value) + " " + toHex(digestBytes(head.root)) + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
}

// Opens, works for a while, and closes again.
int workOnce(const std::string& directory, std::mt19937& random, LogHead& known) {
  std::string told;
  auto opened = OpenLedger::open(
      directory,
      {.program = "crash_writer", .tell = [&](const std::string& what) { told = what; }});
  if (!opened) return fail("cannot open: " + opened.error().message);
  OpenLedger& ledger = **opened;
  const auto root = rootAt(ledger.log(), known.size);
  if (!root) return fail("acknowledged events are gone: " + root.error().message);
  if (*root != known.root) return fail("acknowledged events are not what they were");
  known = ledger.log().head();
  sayAcknowledged(known);
  for (int i = 0; i < kJobsBetweenOpenings; ++i) {
    const auto done = ledger.ledger().run(randomJob(random));
    if (!done) return fail("cannot write: " + done.error().message);
    known = ledger.log().head();
    sayAcknowledged(known);
    if (random() % 8 == 0) {
      const auto view = ledger.view();
      if (!view) return fail("no views: " + view.error().message);
    }
    std::this_thread::sleep_for(kBetweenJobs);
  }
  opened->reset();
  return told.empty() ? 0 : fail("what nobody broke was mended: " + told);
}

int run(int count, char** arguments) {
  if (count != 5) return fail("wants DIRECTORY SEED SIZE ROOT");
  std::mt19937 random(static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10)));
  const auto root = fromHex(arguments[4]);
  if (!root || root->size() != sizeof(Digest)) return fail("no root");
  LogHead known{.size = TreeSize{std::strtoull(arguments[3], nullptr, 10)},
                .root = digestFrom(*root)};
  for (;;) {
    if (const int failed = workOnce(arguments[1], random, known); failed != 0) return failed;
  }
}

}  // namespace
}  // namespace robotledger

int main(int count, char** arguments) { return robotledger::run(count, arguments); }
