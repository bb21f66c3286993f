// A registry's robots taken into a ledger: as they stand at Harbor, at the time of the import, with
// what Harbor says of their past as claims.
//
//   HarborImport import{.source = "harbor.example", .file = sha256(text), .robots = robots};
//   auto report = importHarbor(ledger, importer, import, {});
//   if (!report) return report.error();
//   if (auto* no = std::get_if<Refusal>(&*report)) ...      // the importer may not import
//
// Before the import the ledger says nothing of them: Harbor does not know who could do what when.
// An account has the issue time that its expiry counts from at Harbor, and no secret: Harbor has
// none to give, so it logs in when its secret is rotated here. Its id there, its creator and when
// he made it are a ClaimRecorded event, as is each audit row. All that comes of it is marked as
// asserted, behind one HistoryImported event; the line is the place in the list, from 1.
//
// Run again, it adds what is new, and changes what is other than at Harbor now. What was deleted
// here stays so; what is no longer at Harbor stays here, and is reported.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "api/embed/ledger_access.h"
#include "api/import/harbor_data.h"
#include "api/import/harbor_words.h"

namespace robotledger {

struct HarborImport {
  std::string source;  // what the other system is called in the claims, such as "harbor.example"
  Digest file{};       // the SHA-256 of all that was read
  std::string prefix = "robot$";  // of its robots' names
  std::vector<HarborProject> projects;
  std::vector<HarborRobot> robots;
  std::vector<HarborAuditRow> audit_rows;
};

struct HarborReport {
  std::uint64_t projects_created = 0;
  std::uint64_t accounts_created = 0;
  std::uint64_t accounts_updated = 0;
  std::uint64_t accounts_unchanged = 0;
  std::uint64_t audit_rows = 0;  // recorded as claims
  std::uint64_t events = 0;      // HistoryImported is not counted
  std::vector<HarborNote> notes;
};

// How many elements are done.
using HarborProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// A refusal where `importer` may not import or gave no valid reason; of him the actor, the channel
// and the reason are read. Errors: those of the views and of the writer; what was written before
// stays, and the next run goes on from there. Any thread.
Result<std::variant<Refusal, HarborReport>> importHarbor(LedgerAccess& ledger,
                                                         const Context& importer,
                                                         const HarborImport& import,
                                                         const HarborProgress& progress);

}  // namespace robotledger
