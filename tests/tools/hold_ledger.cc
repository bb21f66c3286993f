// Has a ledger, and lets the command line use it: hold_ledger DIR [CONNECTIONS]. Says "ready" when
// it listens, and ends when its standard input does.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <unistd.h>

#include "api/control/control_server.h"
#include "api/embed/open_ledger.h"

namespace robotledger {
namespace {

int complain(const Error& error) {
  (void)std::fprintf(stderr, "hold_ledger: %s\n", error.message.c_str());
  return 1;
}

int hold(const std::string& path, const ControlOptions& options) {
  OpenOptions open;
  open.program = "hold_ledger";
  open.tell = [](const std::string& note) { (void)std::fprintf(stderr, "%s\n", note.c_str()); };
  const auto ledger = OpenLedger::open(path, std::move(open));
  if (!ledger) return complain(ledger.error());
  const auto control = ControlServer::start(**ledger, options);
  if (!control) return complain(control.error());
  (void)std::puts("ready");
  (void)std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace robotledger

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) return 2;
  robotledger::ControlOptions options;
  if (argc == 3) options.connections = static_cast<std::size_t>(std::atoi(argv[2]));
  return robotledger::hold(argv[1], options);
}
