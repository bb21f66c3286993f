// A bundle of evidence checked, with nothing but the ledger's public key.
//
//   auto checked = checkEvidence("evidence.zip", key, {});
//   if (!checked) return checked.error();      // "answer.json is not what the log gives"
//
// Every byte of the file counts: it has to be the ZIP file that a writer makes of its members, they
// those of the signed manifest, each event proven under the signed checkpoint, and whatever follows
// from these is made again and compared: the answer, as JSON, CSV and page, and the list of events.
// From a full bundle it is made from the log, which is verified whole; from a slim one, from the
// events that are in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/evidence/statement.h"

namespace robotledger {

struct CheckedEvidence {
  Statement statement;
  std::string question;      // in words
  std::string verdict;       // of the answer
  std::uint64_t events = 0;  // that were proven one by one
  std::uint64_t files = 0;
  // What is not wrong and may yet be good to know, a line each.
  std::vector<std::string> notes;
};

enum class CheckStep : std::uint8_t { kReadingFiles, kVerifyingLog, kBuildingRows };
// How far a step is, on the caller's thread.
using CheckProgress = std::function<void(CheckStep, std::uint64_t done, std::uint64_t all)>;

// kDamaged names what is wrong; kNotFound where there is no
// such file, kInvalidArgument where it is none; else kIo.
Result<CheckedEvidence> checkEvidence(const std::string& path, const VerifierKey& key,
                                      const CheckProgress& progress);

}  // namespace robotledger
