// check-evidence: whether a bundle of evidence shows what it says, with nothing at hand but the
// bundle and the verifier key.
#include "api/evidence/check_bundle.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/key_option.h"

namespace robotledger {
namespace {

struct CheckOptions {
  std::string file;
  std::optional<VerifierKey> key;
};

constexpr const char* kComplete =
    "complete: the log was replayed and gives this answer, so nobody was left out";
constexpr const char* kSlimOnly =
    "slim: what is there is right; others may be missing, which no bundle without the log can show";

const char* nameOf(CheckStep step) {
  switch (step) {
    case CheckStep::kReadingFiles: return "reading the files";
    case CheckStep::kVerifyingLog: return "verifying the log";
    case CheckStep::kBuildingRows: return "deriving the answer from it";
  }
  return "";
}

int sayWrong(const Session& session, const Error& error) {
  if (error.code != ErrorCode::kDamaged) return fail(error);
  if (session.json()) {
    printJson({{"holds", false}, {"message", error.message}});
  } else {
    printNote("the evidence does not hold: " + error.message);
  }
  return kExitDamage;
}

int sayRight(const Session& session, const CheckedEvidence& checked) {
  const Statement& statement = checked.statement;
  const Checkpoint& log = statement.checkpoint;
  const bool is_full = statement.completeness == Completeness::kFull;
  const std::string root = toHex(digestBytes(log.root));
  if (session.json()) {
    printJson({{"holds", true},
               {"complete", is_full},
               {"question", questionJson(statement.question)},
               {"as_of",
                {{"sequence", statement.as_of.sequence.value},
                 {"time", formatInstant(statement.as_of.time)}}},
               {"origin", log.origin},
               {"root_hash", root},
               {"events", checked.events},
               {"files", checked.files},
               {"notes", checked.notes}});
    return kExitDone;
  }
  print("question   {}\n", checked.question);
  print("as of      event {} ({}) of {}\n", statement.as_of.sequence.value,
        formatInstant(statement.as_of.time), log.origin);
  print("answer     {}\n", checked.verdict);
  print("root hash  {}\n", root);
  print("proven     {} to be in the log, {} to be those that were signed\n",
        countText(checked.events, "event"), countText(checked.files, "file"));
  print("shown      {}\n", is_full ? kComplete : kSlimOnly);
  for (const std::string& note : checked.notes) print("note       {}\n", note);
  print("Nothing is wrong.\n");
  return kExitDone;
}

int runCheck(const Session& session, const CheckOptions& options) {
  std::optional<CheckStep> step;
  std::optional<Progress> progress;
  const auto checked = checkEvidence(options.file, *options.key,
                                     [&](CheckStep at, std::uint64_t done, std::uint64_t all) {
                                       if (step != at) progress.emplace(nameOf(at));
                                       step = at;
                                       progress->show(done, all);
                                     });
  progress.reset();
  return checked ? sayRight(session, *checked) : sayWrong(session, checked.error());
}

}  // namespace

void addCheckEvidenceCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand(
      "check-evidence", "Whether a bundle of evidence shows what it says; needs no ledger");
  command->add_option("FILE", options->file, "What 'robotledger evidence' wrote")->required();
  addKeyOption(command, options->key)->required();
  command->footer(
      "Every byte counts: the signatures, the files, the proofs; and the question is asked again "
      "of\n"
      "the log in the bundle, or of the events that are there. Exit code 0 where all of it holds, "
      "4\n"
      "where it does not, with what is wrong.\n\n"
      "  robotledger check-evidence q1.zip --key log.vkey");
  whenChosen(command, exit_code, [&session, options] { return runCheck(session, *options); });
}

}  // namespace robotledger
