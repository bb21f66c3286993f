// What the subcommands that ask have in common: who asks, times and places on the command line, and
// as of which event. What is asked then, and who may ask it, is in api/answers.
//
//   int runShow(Session& session, const ShowOptions& options) {
//     return ask(session, [&](Asking& asking) -> Result<int> {
//       if (auto refusal = asking.needEverything()) return refuse(session, *refusal);
//       auto event = asking.event(Sequence{7});
//       if (!event) return event.error();
//       print("{}\n", (*event)->what);
//       return kExitDone;
//     });
//   }
//
// An answer is printed when everything it needs has been read, since a question that finds damaged
// views is asked again. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/answers/asking.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// Opens the ledger, finds out who asks, and asks. An operator that there is not is refused. The
// exit code, after errors and refusals have been said.
int ask(Session& session, const std::function<Result<int>(Asking&)>& question);
// The same, for those that need more of the ledger than its views.
int ask(Session& session, const std::function<Result<int>(Asking&, LedgerAccess&)>& question);
// The same, for those that ask no views.
int askLedger(Session& session,
              const std::function<Result<int>(LedgerAccess&, const Reader&)>& question);

// ---- on the command line ----------------------------------------------------------------------

// An option whose value is an instant, or "now".
struct TimeArgument {
  bool given = false;
  bool is_now = false;
  Instant instant;
  Instant at(Instant now) const { return is_now ? now : instant; }
};
CLI::Option* addTimeOption(CLI::App* command, const std::string& name, TimeArgument& time,
                           const std::string& description);

// A CAPABILITY argument.
CLI::Option* addCapabilityArgument(CLI::App* command, Capability& capability);

// --project P or --system.
struct PlaceArgument {
  std::string project;
  bool system = false;
  // "web", or "/"; empty where none was given.
  std::string name() const { return system ? "/" : project; }
};
void addPlaceOptions(CLI::App* command, PlaceArgument& place);

// --as-of SEQUENCE.
void addAsOfOption(CLI::App* command, std::optional<std::int64_t>& sequence);
// The newest where none was given; kNotFound where there is no such event.
Result<AsOf> readAsOf(const View& view, const std::optional<std::int64_t>& sequence);
// Says what is wrong with the command line, for errors that are its fault (kNotFound and
// kInvalidArgument), and gives the exit code; other errors as they are.
Result<int> misuseOrError(const Error& error);

}  // namespace robotledger
