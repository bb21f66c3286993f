#include <algorithm>
#include <array>
#include <cctype>

#include <unistd.h>

#include "api/embed/open_ledger.h"
#include "core/domain/text.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// HOSTNAME/robots, with what an origin may not have left out.
std::string defaultOrigin() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name[0] = '\0';
  std::string host(name.data());
  const auto strange = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-';
  };
  host.erase(std::remove_if(host.begin(), host.end(), strange), host.end());
  const std::string origin = (host.empty() ? "localhost" : host) + "/robots";
  return isOrigin(origin) ? origin : "localhost/robots";
}

int init(Session& session, const std::string& named) {
  const std::string origin = named.empty() ? defaultOrigin() : named;
  if (!isOrigin(origin)) {
    return misuse(inQuotes(origin) +
                  " is no origin: a name such as ledger.example/robots, without a scheme, spaces "
                  "or '+', of at most 255 bytes");
  }
  const std::string& directory = session.globals().ledger_dir;
  const std::string& guard = session.globals().guard;
  const std::string& key = session.globals().key;
  const auto made = createLedger(directory, {.origin = origin}, {.guard = guard, .key = key});
  if (!made) return fail(made.error());
  const std::string verifier_key = formatVerifierKey(*made);
  if (session.json()) {
    printJson({{"ledger", directory},
               {"origin", origin},
               {"admin", "admin"},
               {"guard", guard.empty() ? directory + "/guard" : guard},
               {"key", key.empty() ? directory + "/keys/log-key.pem" : key},
               {"verifier_key", verifier_key}});
    return kExitDone;
  }
  print("Made the ledger {} in {}, with the operator admin.\n", origin, directory);
  if (guard.empty()) {
    print(
        "Its guard, which knows how far the log has come, lies beside it. Only a guard on another\n"
        "disk or host (init --guard FILE) finds that the whole directory was put back to an older\n"
        "copy.\n");
  } else {
    print("Its guard is {}: without that file it does not open.\n", guard);
  }
  print("Its checkpoints are signed with the key {}. Auditors check them with\n{}\n",
        key.empty() ? directory + "/keys/log-key.pem" : key, verifier_key);
  print("Next: robotledger project create NAME, or robotledger import FILE for a history.\n");
  return kExitDone;
}

}  // namespace

void addInitCommand(CLI::App& app, Session& session, int& exit_code) {
  auto origin = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("init", "Make a ledger in a directory of its own");
  command->add_option("--origin", *origin,
                      "What the ledger is called in its proofs (HOSTNAME/robots by default)");
  command->footer(
      "The directory (--ledger) has to be new or empty; its parent has to be there. Others than\n"
      "its owner have no access to it. With --guard FILE the guard is made there, best on another\n"
      "disk or host, and the ledger remembers where. With --key FILE it signs with the key there,\n"
      "or makes one there, where there is none.\n\n"
      "  robotledger --ledger /var/lib/robots init --origin registry.example.com/robots");
  whenChosen(command, exit_code, [&session, origin] { return init(session, *origin); });
}

}  // namespace robotledger
