// check-proof: whether a proof holds, with nothing at hand but the proof and the verifier key.
#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/merkle/consistency_proof.h"
#include "core/merkle/tlog_proof.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/key_option.h"

namespace robotledger {
namespace {

struct CheckOptions {
  std::string proof;
  std::optional<VerifierKey> key;
  std::string entry;
  std::string since;
};

constexpr std::string_view kConsistencyBegin = "old ";

Error inFile(const std::string& file, const Error& error) {
  return {error.code, file + ": " + error.message};
}

// A file that was given is wrong, not a log: but what it says of a log does not hold.
int sayWrong(const Session& session, const Error& error) {
  if (error.code != ErrorCode::kDamaged) return fail(error);
  if (session.json()) {
    printJson({{"holds", false}, {"message", error.message}});
  } else {
    printNote("the proof does not hold: " + error.message);
  }
  return kExitDamage;
}

int sayEvent(const Session& session, const TlogProof& proof, const Checkpoint& checkpoint,
             std::optional<std::size_t> entry_bytes) {
  if (session.json()) {
    printJson({{"holds", true},
               {"origin", checkpoint.origin},
               {"events", checkpoint.size.value},
               {"sequence", proof.index.value},
               {"entry_checked", entry_bytes.has_value()}});
    return kExitDone;
  }
  print("The checkpoint of {} events is signed by {}.\n", checkpoint.size.value, checkpoint.origin);
  if (entry_bytes) {
    print("The entry of {} bytes is event {} in it.\n", *entry_bytes, proof.index.value);
  } else {
    print("Which event {} is was not checked: --entry FILE gives its bytes.\n", proof.index.value);
  }
  return kExitDone;
}

Result<int> checkEvent(const Session& session, const CheckOptions& options, const Bytes& file,
                       const VerifierKey& key) {
  const auto proof = parseTlogProof(file);
  if (!proof) return inFile(options.proof, proof.error());
  if (options.entry.empty()) {
    const auto opened = openCheckpoint(proof->checkpoint, key);
    if (!opened) return inFile(options.proof, opened.error());
    return sayEvent(session, *proof, opened->checkpoint, {});
  }
  const auto entry = readFile(options.entry, kMaxEntryBytes);
  if (!entry) return entry.error();
  const auto opened = checkTlogProof(*proof, *entry, key);
  if (!opened) return inFile(options.proof, opened.error());
  return sayEvent(session, *proof, opened->checkpoint, entry->size());
}

Result<int> checkBeginning(const Session& session, const CheckOptions& options, const Bytes& file,
                           const VerifierKey& key) {
  if (options.since.empty()) {
    return misuse("this is a consistency proof: --since FILE gives the old checkpoint");
  }
  const auto proof = parseConsistencyProof(file);
  if (!proof) return inFile(options.proof, proof.error());
  const auto old_note = readFile(options.since, kMaxNoteBytes);
  if (!old_note) return old_note.error();
  const auto now = checkConsistencyProof(*proof, *old_note, key);
  if (!now) return inFile(options.proof, now.error());
  if (session.json()) {
    printJson({{"holds", true},
               {"origin", now->origin},
               {"old_events", proof->old_size.value},
               {"events", now->size.value}});
  } else {
    print("The log of {} events, signed by {}, begins with the {} of the old checkpoint.\n",
          now->size.value, now->origin, proof->old_size.value);
  }
  return kExitDone;
}

int runCheck(const Session& session, const CheckOptions& options) {
  const auto file = readFile(options.proof, kMaxNoteBytes);
  if (!file) return fail(file.error());
  const bool of_beginning = file->starts_with(kConsistencyBegin);
  if (of_beginning && !options.entry.empty()) return misuse("--entry goes with an event's proof");
  if (!of_beginning && !options.since.empty())
    return misuse("--since goes with a consistency proof");
  const auto code = of_beginning ? checkBeginning(session, options, *file, *options.key)
                                 : checkEvent(session, options, *file, *options.key);
  return code ? *code : sayWrong(session, code.error());
}

}  // namespace

void addCheckProofCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check-proof", "Whether a proof holds; needs no ledger");
  command->add_option("FILE", options->proof, "What 'robotledger prove' wrote")->required();
  addKeyOption(command, options->key)->required();
  command->add_option("--entry", options->entry, "The event's bytes, as they are hashed")
      ->check(notEmpty())
      ->type_name("FILE");
  command->add_option("--since", options->since, "The old checkpoint of a consistency proof")
      ->check(notEmpty())
      ->type_name("FILE");
  command->footer(
      "Exit code 0 where it holds, 4 where it does not.\n\n"
      "  robotledger check-proof 5312.tlog-proof --key log.vkey --entry 5312.entry\n"
      "  robotledger check-proof 4000-5312.proof --key log.vkey --since old.checkpoint");
  whenChosen(command, exit_code, [&session, options] { return runCheck(session, *options); });
}

}  // namespace robotledger
