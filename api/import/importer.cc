#include "api/import/importer.h"

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "api/history/history_line.h"
#include "core/base/limits.h"

namespace robotledger {
namespace {

constexpr std::size_t kBatchLines = 1000;
// A batch of long lines ends here: lines of a MiB are allowed, a thousand of them in memory are
// not.
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

// A line that was looked at: a command in the job, or malformed.
struct Slot {
  std::uint64_t line = 0;
  std::optional<Refusal> malformed;
};

struct Batch {
  Job job;
  std::vector<Slot> slots;
};

using Answer = std::future<Result<JobResult>>;

// Where lines go.
struct Target {
  std::function<Result<std::optional<Refusal>>(Submission)> refusal_of;
  std::function<Answer(Job)> start;  // returns at once
};

class Importer {
 public:
  Importer(const Target& target, const Context& importer, const ImportRequest& request,
           const ImportWatch& watch)
      : target_(target), importer_(importer), request_(request), watch_(watch) {}

  Result<std::optional<Refusal>> mayImport() const;
  Result<ImportSummary> run();

 private:
  enum class Ending : std::uint8_t { kGoOn, kStop };

  Submission announcement() const;
  Result<Batch> readBatch(HistoryReader& reader) const;
  static void add(Batch& batch, const HistoryText& text);
  Answer start(Batch& batch) const;
  Ending settle(const std::vector<Slot>& slots, JobResult result);
  void tell(std::uint64_t line, Refusal refusal);

  const Target& target_;
  const Context& importer_;
  const ImportRequest& request_;
  const ImportWatch& watch_;
  ImportSummary summary_;
};

Submission Importer::announcement() const {
  Submission announcement{ImportHistory{request_.file.sha256, request_.from_line}, {}};
  announcement.context.actor = importer_.actor;
  announcement.context.channel = importer_.channel;
  announcement.context.reason = importer_.reason;
  return announcement;
}

Result<std::optional<Refusal>> Importer::mayImport() const {
  return target_.refusal_of(announcement());
}

void Importer::add(Batch& batch, const HistoryText& text) {
  if (text.kind == HistoryText::Kind::kTooLong) {
    batch.slots.push_back(
        {text.number,
         Refusal{RefusalCode::kMalformedLine,
                 "the line is longer than " + std::to_string(kMaxHistoryLineBytes) + " bytes"}});
    return;
  }
  auto read = parseHistoryLine(text.text);
  if (auto* refused = std::get_if<Refusal>(&read)) {
    batch.slots.push_back({text.number, std::move(*refused)});
    return;
  }
  auto& line = std::get<HistoryLine>(read);
  Submission submission{std::move(line.command), {}};
  submission.context.actor = std::move(line.actor);
  submission.context.reason = std::move(line.reason);
  submission.context.channel = Import{.opened = {}, .line = text.number};
  submission.context.at = line.at;
  batch.job.submissions.push_back(std::move(submission));
  batch.slots.push_back({text.number, std::nullopt});
}

// The next lines; none at the end of the file. Where a refusal stops, a malformed line is the last.
Result<Batch> Importer::readBatch(HistoryReader& reader) const {
  Batch batch;
  batch.job.after_refusal = request_.after_refusal;
  std::size_t bytes = 0;
  while (batch.slots.size() < kBatchLines && bytes < kBatchBytes) {
    auto next = reader.next();
    if (!next) return next.error();
    if (!next->has_value()) break;
    const HistoryText& text = **next;
    if (text.number < request_.from_line) continue;
    bytes += text.text.size();
    add(batch, text);
    const bool malformed = batch.slots.back().malformed.has_value();
    if (malformed && request_.after_refusal == AfterRefusal::kStop) break;
  }
  return batch;
}

Answer Importer::start(Batch& batch) const {
  if (batch.job.submissions.empty()) {
    std::promise<Result<JobResult>> nothing;
    nothing.set_value(JobResult());
    return nothing.get_future();
  }
  if (summary_.announced) {
    for (Submission& submission : batch.job.submissions) {
      std::get<Import>(submission.context.channel).opened = *summary_.announced;
    }
  } else {
    batch.job.announcement = announcement();
  }
  return target_.start(std::move(batch.job));
}

void Importer::tell(std::uint64_t line, Refusal refusal) {
  summary_.refusals += 1;
  if (watch_.refused) watch_.refused(RefusedLine{line, std::move(refusal)});
}

Importer::Ending Importer::settle(const std::vector<Slot>& slots, JobResult result) {
  if (result.announced) summary_.announced = result.announced;
  auto outcome = result.outcomes.begin();
  for (const Slot& slot : slots) {
    summary_.lines += 1;
    if (slot.malformed) {
      tell(slot.line, *slot.malformed);
    } else if (auto* refused = std::get_if<Refusal>(&*outcome)) {
      tell(slot.line, std::move(*refused));
    } else {
      summary_.events += std::get<Receipt>(*outcome).count;
    }
    if (!slot.malformed) ++outcome;
    // What comes behind was not decided and has no outcome.
    if (summary_.refusals > 0 && request_.after_refusal == AfterRefusal::kStop) {
      return Ending::kStop;
    }
  }
  if (watch_.done) watch_.done(slots.back().line);
  return Ending::kGoOn;
}

Result<ImportSummary> Importer::run() {
  auto reader = HistoryReader::open(request_.file);
  if (!reader) return reader.error();
  Result<Batch> next = readBatch(**reader);
  while (true) {
    if (!next) return next.error();
    if (next->slots.empty()) return summary_;
    auto answer = start(*next);
    const std::vector<Slot> slots = std::move(next->slots);
    // Read on while the writer works.
    next = readBatch(**reader);
    auto result = answer.get();
    if (!result) return result.error();
    if (settle(slots, std::move(*result)) == Ending::kStop) return summary_;
  }
}

Result<std::variant<Refusal, ImportSummary>> importInto(const Target& target,
                                                        const Context& importer,
                                                        const ImportRequest& request,
                                                        const ImportWatch& watch) {
  Importer import(target, importer, request, watch);
  auto refused = import.mayImport();
  if (!refused) return refused.error();
  if (*refused) return std::variant<Refusal, ImportSummary>(std::move(**refused));
  auto summary = import.run();
  if (!summary) return summary.error();
  return std::variant<Refusal, ImportSummary>(std::move(*summary));
}

}  // namespace

Result<std::variant<Refusal, ImportSummary>> importHistory(LedgerAccess& ledger,
                                                           const Context& importer,
                                                           const ImportRequest& request,
                                                           const ImportWatch& watch) {
  const Target target{
      .refusal_of = [&](Submission asked) { return ledger.refusalOf(std::move(asked)); },
      .start =
          [&](Job job) {
            return std::async(std::launch::async, [&ledger, job = std::move(job)]() mutable {
              return ledger.run(std::move(job));
            });
          }};
  return importInto(target, importer, request, watch);
}

Result<std::variant<Refusal, ImportSummary>> importHistory(Ledger& ledger, const Context& importer,
                                                           const ImportRequest& request,
                                                           const ImportWatch& watch) {
  const Target target{
      .refusal_of = [&](Submission asked) { return refusalOf(ledger, std::move(asked)); },
      .start =
          [&](Job job) {
            const auto answered = std::make_shared<std::promise<Result<JobResult>>>();
            ledger.enqueue(std::move(job), [answered](Result<JobResult> result) {
              answered->set_value(std::move(result));
            });
            return answered->get_future();
          }};
  return importInto(target, importer, request, watch);
}

}  // namespace robotledger
