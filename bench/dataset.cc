#include "bench/dataset.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace robotledger::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCommandsAJob = 2000;
constexpr std::size_t kJobsAhead = 3;
constexpr std::size_t kPushers = 18;  // of a project; two more come from the system level
constexpr unsigned kHotPercent = 10;
constexpr std::int64_t kSystemDays = 365;
constexpr std::int64_t kTwoYearsUs = 730 * kUsPerDay;
constexpr Instant kBegin{std::int64_t{1672531200} * kUsPerSecond};  // 2023-01-01

// Hands jobs to the ledger, some of them ahead of their answers.
class Feeder {
 public:
  explicit Feeder(Ledger& ledger) : ledger_(ledger) {}

  void add(Submission submission) {
    job_.submissions.push_back(std::move(submission));
    if (job_.submissions.size() == kCommandsAJob) send();
  }

  void send() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return waiting_ < kJobsAhead; });
      waiting_ += 1;
    }
    ledger_.enqueue(std::exchange(job_, {}), [this](const Result<JobResult>& result) {
      if (!result) fail(result.error().message);
      for (const Outcome& outcome : result->outcomes) {
        if (const auto* no = std::get_if<Refusal>(&outcome)) fail("refused: " + no->message);
      }
      const std::lock_guard lock(mutex_);
      waiting_ -= 1;
      changed_.notify_all();
    });
  }

  void finish() {
    send();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ == 0; });
  }

 private:
  Ledger& ledger_;
  Job job_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
};

Submission bySystem(Command command, Instant at) {
  Submission made{.command = std::move(command), .context = {}};
  made.context.actor = "admin";
  made.context.channel = Embedder{"bench"};
  made.context.at = at;
  return made;
}

void fill(Ledger& ledger, const DatasetShape& shape) {
  Feeder feeder(ledger);
  Fleet fleet({.projects = shape.projects,
               .accounts = shape.accounts,
               .pushers = kPushers,
               .hot_percent = kHotPercent});
  std::size_t events = 1;
  const auto add = [&](Submission submission, std::size_t count) {
    submission.context.at =
        Instant{kBegin.us + static_cast<std::int64_t>(static_cast<double>(events) /
                                                      static_cast<double>(shape.events) *
                                                      static_cast<double>(kTwoYearsUs))};
    feeder.add(std::move(submission));
    events += count;
  };
  add(bySystem(SetSystemExpiry{kSystemDays}, kBegin), 1);
  for (Submission& project : fleet.opening()) add(std::move(project), 1);
  for (const char* name : {"mirror", "scanner"}) {
    add(bySystem(CreateAccount{.project = {},
                               .name = name,
                               .description = "reaches into every project",
                               .permissions = {{"*", "push-image"}},
                               .expiry = {Expiry::Kind::kNever, 0},
                               .secret = {}},
                 kBegin),
        1);
  }
  while (events < shape.events) {
    Submission next = fleet.next();
    add(std::move(next), fleet.lastEvents());
  }
  feeder.finish();
}

}  // namespace

std::string typicalProject(std::size_t index) { return "team-" + std::to_string(index); }

DatasetShape shapeNamed(const std::string& size) {
  if (size == "full") return {5000000, 1000, 100};
  if (size == "medium") return {500000, 500, 40};
  if (size == "small") return {50000, 100, 25};
  if (size == "tiny") return {10000, 25, 20};
  fail("there is no size " + size + ": full, medium, small, tiny");
}

DatasetShape shapeOf(const Arguments& arguments) {
  return shapeNamed(arguments.text("size", quick() ? "small" : "full"));
}

Dataset datasetOf(const Arguments& arguments, const DatasetShape& shape) {
  const std::string name = "ledger-" + std::to_string(shape.events) + "-" +
                           std::to_string(shape.projects) + "x" + std::to_string(shape.accounts);
  Dataset dataset{.shape = shape,
                  .path = dataDirectory(arguments) + "/" + name,
                  .from = kBegin,
                  .until = Instant{kBegin.us + kTwoYearsUs}};
  if (fs::exists(dataset.path)) return dataset;
  std::fprintf(stderr, "making %s\n", dataset.path.c_str());
  const Stopwatch watch;
  const std::string unfinished = dataset.path + ".part";
  fs::remove_all(unfinished);
  must(createLedger(unfinished, {.origin = "bench.example/robots"}));
  {
    auto ledger = must(OpenLedger::open(unfinished, {}));
    fill(ledger->ledger(), shape);
    must(ledger->view());
    settledDiskUsage(unfinished);
  }
  fs::rename(unfinished, dataset.path);
  std::fprintf(stderr, "made in %.0f s\n", watch.seconds());
  return dataset;
}

void copyLedger(const std::string& from, const std::string& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path target = fs::path(to) / fs::relative(entry.path(), from);
    if (entry.is_directory()) {
      fs::create_directories(target);
      continue;
    }
    if (!entry.is_regular_file()) continue;
    if (entry.path().extension() == ".sst") {
      std::error_code failed;  // as between two file systems
      fs::create_hard_link(entry.path(), target, failed);
      if (!failed) continue;
    }
    fs::copy_file(entry.path(), target);
  }
}

}  // namespace robotledger::bench
