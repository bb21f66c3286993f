// evidence: an answer with everything that shows that it is right, in one file.
#include <algorithm>

#include "api/evidence/bundle.h"
#include "api/evidence/ledger_signer.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/asked.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct BundleOptions {
  std::string out;
  bool slim = false;
};

// A question that is asked when it is known what "now" is; or what is wrong with it.
using AskedAt = std::function<Result<Question>(Instant now)>;

const char* nameOf(EvidenceStep step) {
  switch (step) {
    case EvidenceStep::kVerifyingLog: return "verifying the log";
    case EvidenceStep::kBuildingRows: return "deriving the answer from it";
    case EvidenceStep::kWritingFiles: return "writing the files";
  }
  return "";
}

// How many events the log has as of that one.
Result<TreeSize> sizeAsked(const LogStore& log, const std::optional<std::int64_t>& as_of) {
  const TreeSize size = log.head().size;
  if (!as_of) return size;
  if (*as_of >= 0 && static_cast<std::uint64_t>(*as_of) < size.value) {
    return TreeSize{static_cast<std::uint64_t>(*as_of) + 1};
  }
  return Error{ErrorCode::kNotFound, fmt::format("--as-of: there is no event {}: they are 0 to {}",
                                                 *as_of, size.value - 1)};
}

std::string keyInQuotes(const VerifierKey& key) { return "'" + formatVerifierKey(key) + "'"; }

void sayWritten(const Session& session, const EvidenceRequest& request, const std::string& out,
                const WrittenEvidence& written, const VerifierKey& key) {
  const bool is_full = request.completeness == Completeness::kFull;
  if (session.json()) {
    printJson({{"file", out},
               {"question", questionJson(request.question)},
               {"as_of", {{"sequence", written.as_of.sequence.value}}},
               {"completeness", is_full ? "full" : "slim"},
               {"events", written.events},
               {"files", written.files},
               {"bytes", written.bytes},
               {"root_hash", toHex(digestBytes(written.checkpoint.root))},
               {"verifier_key", formatVerifierKey(key)}});
    return;
  }
  print("{}\nAs of event {} ({}).\n\n", written.verdict, written.as_of.sequence.value,
        formatInstant(written.as_of.time));
  print("Wrote {}: {} with proofs, {} in {} bytes.\n", inQuotes(out),
        countText(written.events, "event"), countText(written.files, "file"), written.bytes);
  print("{}\n", is_full ? "The whole log is in it, so that it shows that nobody was left out."
                        : "It cannot show that nobody was left out: that takes a bundle without "
                          "--slim.");
  print(
      "Whoever knows the key checks it, without the ledger:\n"
      "  robotledger check-evidence {} --key {}\n",
      inQuotes(out), keyInQuotes(key));
}

Result<int> makeBundle(Session& session, LedgerAccess& ledger, const Reader& reader,
                       const AskedAt& asked, const std::optional<std::int64_t>& as_of,
                       const BundleOptions& options) {
  const LogStore& log = ledger.log();
  const auto size = sizeAsked(log, as_of);
  if (!size) return misuseOrError(size.error());
  const auto last = readEvent(log, Sequence{log.head().size.value - 1});
  if (!last) return last.error();
  auto question = asked(std::max(SystemClock().now(), last->time));
  if (!question) return misuseOrError(question.error());
  const auto signer = evidenceSigner(ledger);
  if (!signer) return signer.error();
  const EvidenceRequest request{
      .question = std::move(*question),
      .size = *size,
      .completeness = options.slim ? Completeness::kSlim : Completeness::kFull,
      .reader = reader};
  std::optional<EvidenceStep> step;
  std::optional<Progress> progress;
  const auto outcome = writeEvidence(log, request, *signer, options.out,
                                     [&](EvidenceStep at, std::uint64_t done, std::uint64_t all) {
                                       if (step != at) progress.emplace(nameOf(at));
                                       step = at;
                                       progress->show(done, all);
                                     });
  progress.reset();
  if (!outcome) return outcome.error();
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return refuse(session, *refusal);
  sayWritten(session, request, options.out, std::get<WrittenEvidence>(*outcome), signer->key);
  return kExitDone;
}

int runEvidence(Session& session, const AskedAt& asked, const std::optional<std::int64_t>& as_of,
                const BundleOptions& options) {
  return askLedger(session, [&](LedgerAccess& ledger, const Reader& reader) {
    return makeBundle(session, ledger, reader, asked, as_of, options);
  });
}

void addBundleOptions(CLI::App* command, BundleOptions& options) {
  command->add_option("--out", options.out, "The file to be made")
      ->required()
      ->type_name("FILE.zip")
      ->check(notEmpty());
  command->add_flag("--slim", options.slim,
                    "The answer's own events alone: cannot show that nobody was left out");
}

constexpr const char* kWhatItIs =
    "The bundle has the question, the answer (JSON, CSV, a page to print), the events it rests on\n"
    "with their proofs, the signed checkpoint, and how to check all of it; without --slim the "
    "whole\n"
    "log as well. The answer is derived from the log, not from the views. The same question as of\n"
    "the same event gives the same bytes whenever it is asked.";

void addWhoCould(CLI::App* group, Session& session, int& exit_code) {
  struct Options {
    WhoCouldOptions asked;
    BundleOptions bundle;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = group->add_subcommand("who-could", "Who could do a thing, and when");
  addWhoCouldOptions(command, options->asked);
  addBundleOptions(command, options->bundle);
  command->footer(std::string(kWhatItIs) +
                  "\n\n  robotledger evidence who-could push-image --project library "
                  "--on 2025-03-01 --out q1.zip");
  whenChosen(command, exit_code, [&session, options] {
    const std::string problem = problemWith(options->asked);
    if (!problem.empty()) return misuse(problem);
    return runEvidence(
        session,
        [&](Instant now) -> Result<Question> {
          auto question = whoCouldAsked(options->asked, now);
          if (!question) return question.error();
          return Question(std::move(*question));
        },
        options->asked.as_of, options->bundle);
  });
}

void addAccountHistory(CLI::App* group, Session& session, int& exit_code) {
  struct Options {
    HistoryOptions asked;
    BundleOptions bundle;
  };
  auto options = std::make_shared<Options>();
  CLI::App* account = group->add_subcommand("account", "What happened to an account");
  account->require_subcommand(1);
  CLI::App* command = account->add_subcommand("history", "Everything that happened to it");
  addHistoryOptions(command, options->asked);
  addBundleOptions(command, options->bundle);
  command->footer(std::string(kWhatItIs) +
                  "\n\n  robotledger evidence account history 'robot$library+ci' --out ci.zip");
  whenChosen(command, exit_code, [&session, options] {
    return runEvidence(
        session,
        [&](Instant) -> Result<Question> {
          return Question(HistoryQuestion{options->asked.account});
        },
        options->asked.as_of, options->bundle);
  });
}

void addLog(CLI::App* group, Session& session, int& exit_code) {
  struct Options {
    LogOptions asked;
    BundleOptions bundle;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = group->add_subcommand("log", "The events that match");
  addLogOptions(command, options->asked);
  addBundleOptions(command, options->bundle);
  command->footer(std::string(kWhatItIs) +
                  "\n\n  robotledger evidence log --actor alice --project library --out alice.zip");
  whenChosen(command, exit_code, [&session, options] {
    const std::string problem = problemWith(options->asked);
    if (!problem.empty()) return misuse(problem);
    return runEvidence(
        session,
        [&](Instant now) -> Result<Question> {
          LogQuestion question = logAsked(options->asked, now);
          if (auto times = checkTimes(question); !times) return times.error();
          return Question(std::move(question));
        },
        options->asked.as_of, options->bundle);
  });
}

}  // namespace

void addEvidenceCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "evidence", "An answer and its proofs, in one file");
  group->footer("'robotledger check-evidence' checks such a file, without a ledger.");
  addWhoCould(group, session, exit_code);
  addAccountHistory(group, session, exit_code);
  addLog(group, session, exit_code);
}

}  // namespace robotledger
