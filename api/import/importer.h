// Importing a history: what happened elsewhere, one command a line, becomes events of this ledger,
// asserted and not witnessed.
//
//   auto file = inspectHistory("past.jsonl");
//   ImportRequest request{.file = *file, .after_refusal = AfterRefusal::kGoOn};
//   auto imported = importHistory(ledger, importer, request, {.refused = report});
//   if (!imported) return imported.error();          // what was told of before is kept
//   if (auto* no = std::get_if<Refusal>(&*imported)) // the importer may not import
//   std::get<ImportSummary>(*imported).events
//
// A HistoryImported event, with the file's hash and the importer, comes before the first line that
// is accepted, and not at all where none is. Each line then has its own time, actor and reason, and
// the channel says which file and line it was. Lines go to the writer a thousand at a time, and
// while it works on these the next are read, so memory does not grow with the file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "api/embed/ledger_access.h"
#include "api/history/history_reader.h"

namespace robotledger {

struct ImportRequest {
  HistoryFile file;             // as inspectHistory() found it
  std::uint64_t from_line = 1;  // earlier ones are passed over
  // kStop ends at the first refused line and keeps what came before it.
  AfterRefusal after_refusal = AfterRefusal::kStop;
};

struct RefusedLine {
  std::uint64_t line = 0;
  Refusal refusal;
};

// Whom to tell, on the caller's thread. Either may be empty.
struct ImportWatch {
  // Each refused line in turn.
  std::function<void(const RefusedLine& refused)> refused;
  // Now and then: all lines up to this one are dealt with, and what they became is durable.
  std::function<void(std::uint64_t line)> done;
};

struct ImportSummary {
  std::uint64_t lines = 0;   // that were looked at: not blank ones, nor what comes after a stop
  std::uint64_t events = 0;  // that they became; HistoryImported is not counted
  std::uint64_t refusals = 0;
  std::optional<Sequence> announced;  // the HistoryImported event, where there is one
};

// Reads the file and writes what it says. A refusal, before any line is looked at, where `importer`
// may not import (`forbidden`, also for an empty file), is unknown or has no valid reason; of
// `importer` the actor, the channel and the reason are read. Errors: of the reader, also where the
// file has changed, and of the writer; kOutcomeUnknown says that the lines after the last that was
// told as done may be there. Any thread.
Result<std::variant<Refusal, ImportSummary>> importHistory(LedgerAccess& ledger,
                                                           const Context& importer,
                                                           const ImportRequest& request,
                                                           const ImportWatch& watch);
// The same, where there is the writer alone.
Result<std::variant<Refusal, ImportSummary>> importHistory(Ledger& ledger, const Context& importer,
                                                           const ImportRequest& request,
                                                           const ImportWatch& watch);

}  // namespace robotledger
