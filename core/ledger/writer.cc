#include "core/ledger/writer.h"

#include <algorithm>
#include <future>

#include "core/base/limits.h"
#include "core/domain/text.h"
#include "core/wire/event_codec.h"
#include "core/wire/state_codec.h"

namespace robotledger {
namespace {

constexpr std::chrono::hours kIdleClockReading{1};
constexpr std::chrono::microseconds kLookBeforeSleep{50};
constexpr int kMaxConflicts = 8;
// On closing, a tail shorter than this is read again as quickly as a copy would be.
constexpr std::size_t kTailNotWorthACopy = 4096;

bool channelFits(const Channel& channel) {
  struct Fits {
    bool operator()(const LedgerItself&) const { return true; }
    bool operator()(const CommandLine& c) const {
      return fits(c.system_user) && fits(c.sudo_user) && fits(c.host);
    }
    bool operator()(const Http& c) const { return fits(c.address); }
    bool operator()(const Import&) const { return true; }
    bool operator()(const Embedder& c) const { return fits(c.program); }
    static bool fits(const std::string& text) { return text.size() <= kMaxNameBytes; }
  };
  return std::visit(Fits{}, channel);
}

// What the domain does not look at, since no file of history can have it.
bool contextFits(const Context& context) {
  return isPrintable(context.request_id, kMaxRequestIdBytes) &&
         isPrintable(context.idempotency_key, kMaxIdempotencyKeyBytes) &&
         context.idempotency_key.empty() == !context.command_digest.has_value() &&
         channelFits(context.channel);
}

bool jobFits(const Job& job) {
  return std::ranges::all_of(job.submissions,
                             [](const Submission& s) { return contextFits(s.context); }) &&
         (!job.announcement || contextFits(job.announcement->context));
}

}  // namespace

Ledger::Writer::Writer(LogStore& log, LedgerOptions options, Clock& clock, LoadedState loaded)
    : log_(log),
      options_(std::move(options)),
      clock_(clock),
      state_(std::move(loaded.state)),
      last_time_us_(state_.lastTime().us),
      copied_at_(loaded.copied_at),
      thread_([this] { work(); }) {}

Ledger::Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  if (copier_.joinable()) copier_.join();
  if (!poisoned_) saveCopyWhereDue(kTailNotWorthACopy);
  if (copier_.joinable()) copier_.join();
}

void Ledger::Writer::enqueue(Job job, Done done) {
  if (!jobFits(job)) {
    return done(Error{ErrorCode::kInvalidArgument,
                      "a request id, an idempotency key or a channel is longer than it may be or "
                      "has characters that are not printable ASCII"});
  }
  const auto refused = takeIn(job, done);
  if (!refused) return wake_.notify_one();
  done(*refused);
}

Result<JobResult> Ledger::Writer::run(Job job) {
  const auto answered = answered_;
  std::optional<Result<JobResult>> answer;
  std::atomic<bool> is_answered = false;
  enqueue(std::move(job), [&](Result<JobResult> result) {
    answer = std::move(result);
    // The last that is done with what lies here: from now on the caller may be gone.
    is_answered = true;
  });
  while (true) {
    const std::uint32_t before = *answered;
    if (is_answered) return *std::move(answer);
    answered->wait(before);
  }
}

void Ledger::Writer::wakeWaiting() {
  *answered_ += 1;
  answered_->notify_all();
}

std::optional<Error> Ledger::Writer::takeIn(Job& job, Done& done) {
  const std::lock_guard lock(mutex_);
  if (auto closed = whyClosed()) return closed;
  if (options_.read_only) return options_.read_only;
  // A job that is larger than the queue may wait in it alone.
  if (!queue_.empty() && queued_commands_ + job.submissions.size() > kMaxQueuedCommands) {
    return Error{ErrorCode::kOverloaded, "too many commands wait; try again later"};
  }
  queued_commands_ += job.submissions.size();
  queue_.emplace_back(WaitingJob{std::move(job), std::move(done)});
  waits_ = true;
  return std::nullopt;
}

std::optional<Error> Ledger::Writer::whyClosed() const {
  if (poisoned_) return poisoned_;
  if (stopping_) return Error{ErrorCode::kClosed, "the ledger is shut down"};
  return std::nullopt;
}

Result<void> Ledger::Writer::inspect(const Look& look) {
  // Shared, since this may go on while the writer's thread is still inside set_value().
  const auto answered = std::make_shared<std::promise<Result<void>>>();
  {
    const std::lock_guard lock(mutex_);
    if (auto closed = whyClosed()) return *closed;
    queue_.emplace_back(
        WaitingLook{&look, [answered](Result<void> r) { answered->set_value(std::move(r)); }});
    waits_ = true;
  }
  wake_.notify_one();
  return answered->get_future().get();
}

void Ledger::Writer::work() {
  for (;;) {
    std::vector<Waiting> waiting = takeWaiting();
    if (waiting.empty()) return;
    process(std::move(waiting));
  }
}

// Who was just answered often has the next command ready: to look for it a moment costs less than
// to be woken for it.
void Ledger::Writer::lookForWork() const {
  const auto until = std::chrono::steady_clock::now() + kLookBeforeSleep;
  while (!waits_ && std::chrono::steady_clock::now() < until) std::this_thread::yield();
}

std::vector<Ledger::Writer::Waiting> Ledger::Writer::takeWaiting() {
  lookForWork();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kIdleClockReading, [&] { return stopping_ || !queue_.empty(); })) {
    // A reading now and then, so that a quiet week does not look like a leap of the clock.
    (void)clock_.read(state_.lastTime());
  }
  std::vector<Waiting> taken;
  std::size_t commands = 0;
  while (!queue_.empty() && commands < kMaxBatchEvents) {
    const auto* job = std::get_if<WaitingJob>(&queue_.front());
    if (job == nullptr && !taken.empty()) break;
    if (job != nullptr) commands += job->job.submissions.size();
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (job == nullptr) break;
  }
  queued_commands_ -= commands;
  waits_ = !queue_.empty();
  return taken;
}

void Ledger::Writer::process(std::vector<Waiting> waiting) {
  std::optional<Error> closed;
  {
    const std::lock_guard lock(mutex_);
    closed = whyClosed();
  }
  std::vector<WaitingJob*> jobs;
  for (Waiting& one : waiting) {
    if (auto* look = std::get_if<WaitingLook>(&one)) {
      if (closed) return look->done(*closed);
      (*look->look)(state_);
      return look->done({});
    }
    jobs.push_back(&std::get<WaitingJob>(one));
  }
  Batch batch;
  const Result<void> committed = closed ? Result<void>(*closed) : commit(jobs, batch);
  if (!committed) {
    for (WaitingJob* job : jobs) job->done(committed.error());
    return wakeWaiting();
  }
  if (!batch.events.empty()) {
    last_time_us_ = state_.lastTime().us;
    tellObservers(std::move(batch.events));
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->done(std::move(batch.results[i]));
  wakeWaiting();
  saveCopyWhereDue(std::max(options_.copy_every, state_.accounts().size()));
}

Result<void> Ledger::Writer::commit(std::vector<WaitingJob*>& jobs, Batch& batch) {
  for (int conflicts = 0; conflicts < kMaxConflicts; ++conflicts) {
    batch = Batch();
    const TreeSize expected = state_.size();
    if (auto decided = decideAll(jobs, batch); !decided) return decided;
    if (batch.entries.empty()) return {};
    const auto id = newBatchId();
    const AppendOutcome appended =
        id ? log_.append(expected, LogBatch{*id, std::move(batch.entries)})
           : AppendOutcome{AppendEnding::kNotWritten, log_.head(), id.error()};
    // Once committed, the batch is durable and in the tree.
    if (appended.ending == AppendEnding::kCommitted) return {};
    if (appended.ending == AppendEnding::kUnknown) {
      poison(Error{ErrorCode::kOutcomeUnknown,
                   "nobody knows whether the last commands are on disk (" + appended.error.message +
                       "); open the ledger again to find out"});
      return *poisoned_;
    }
    auto dropped = dropSpeculation();
    if (dropped) dropped = tellOfOthers(expected);
    if (!dropped) {
      poison(dropped.error());
      return dropped;
    }
    if (appended.ending == AppendEnding::kNotWritten) return appended.error;
  }
  return Error{ErrorCode::kIo, "another writer kept changing the log; nothing was written"};
}

Result<void> Ledger::Writer::decideAll(std::vector<WaitingJob*>& jobs, Batch& batch) {
  const auto now = clock_.read(state_.lastTime());
  if (!now) return now.error();
  if (auto recalled = recallKeys(jobs, *now); !recalled) return recalled;
  for (WaitingJob* job : jobs) batch.results.push_back(decideJob(job->job, *now, batch));
  return {};
}

JobResult Ledger::Writer::decideJob(Job& job, Instant now, Batch& batch) {
  JobResult result;
  result.outcomes.reserve(job.submissions.size());
  for (Submission& submission : job.submissions) {
    std::optional<Outcome> ended;
    if (job.announcement && !result.announced) {
      ended = announce(*job.announcement, submission, now, batch, result.announced);
    }
    auto* import = std::get_if<Import>(&submission.context.channel);
    if (import != nullptr && result.announced) import->opened = *result.announced;
    result.outcomes.push_back(ended ? *std::move(ended) : decideOne(submission, now, batch));
    if (job.after_refusal == AfterRefusal::kStop &&
        std::holds_alternative<Refusal>(result.outcomes.back())) {
      break;
    }
  }
  return result;
}

std::optional<Outcome> Ledger::Writer::announce(Submission& announcement, Submission& followed_by,
                                                Instant now, Batch& batch,
                                                std::optional<Sequence>& announced) {
  // Announce only what is followed by something: try first.
  followed_by.context.now = now;
  Decision tried = decide(state_, followed_by.command, followed_by.context);
  if (auto* refused = std::get_if<Refusal>(&tried)) return std::move(*refused);
  if (std::get<Accepted>(tried).bodies.empty()) return decideOne(followed_by, now, batch);
  // Whatever the clock says, it comes at the time of the last event before it.
  announcement.context.at = state_.lastTime();
  const Outcome outcome = decideOne(announcement, now, batch);
  if (std::holds_alternative<Refusal>(outcome)) return outcome;
  announced = std::get<Receipt>(outcome).first;
  return std::nullopt;
}

Outcome Ledger::Writer::decideOne(const Submission& submission, Instant now, Batch& batch) {
  Context context = submission.context;
  context.now = now;
  if (!context.idempotency_key.empty()) {
    auto known = keys_->find(context.actor, context.idempotency_key, context.command_digest);
    if (known) return *known;
  }
  Decision decision = decide(state_, submission.command, context);
  if (auto* refused = std::get_if<Refusal>(&decision)) return std::move(*refused);
  return emit(std::get<Accepted>(std::move(decision)), context, now, batch);
}

Receipt Ledger::Writer::emit(Accepted accepted, const Context& context, Instant now, Batch& batch) {
  Receipt receipt{.first = Sequence{state_.size().value},
                  .count = static_cast<std::uint32_t>(accepted.bodies.size()),
                  .account = {},
                  .time = accepted.time};
  if (!accepted.bodies.empty()) receipt.account = accountOf(accepted.bodies.front());
  for (EventBody& body : accepted.bodies) {
    Event event{.sequence = Sequence{state_.size().value},
                .time = accepted.time,
                .recorded_at = now,
                .actor = context.actor,
                .channel = context.channel,
                .reason = context.reason,
                .request_id = context.request_id,
                .idempotency_key = context.idempotency_key,
                .command_digest = context.command_digest,
                .body = std::move(body)};
    const auto applied = state_.apply(event);
    RL_CHECK(applied.has_value(), "what decide() accepts can be applied");
    batch.entries.push_back(encodeEvent(event));
    RL_CHECK(batch.entries.back().size() <= kMaxEntryBytes, "an event fits in an entry");
    if (keys_) keys_->add(event);
    batch.events.push_back(std::move(event));
  }
  return receipt;
}

Result<void> Ledger::Writer::recallKeys(const std::vector<WaitingJob*>& jobs, Instant now) {
  const auto keyed = [](const Submission& s) { return !s.context.idempotency_key.empty(); };
  const bool needed = std::ranges::any_of(jobs, [&](const WaitingJob* job) {
    const auto& announcement = job->job.announcement;
    return std::ranges::any_of(job->job.submissions, keyed) ||
           (announcement && keyed(*announcement));
  });
  if (keys_) keys_->forgetBefore(now);
  if (!needed || keys_) return {};
  // The first event that was recorded within the window.
  std::uint64_t low = 0;
  std::uint64_t high = log_.head().size.value;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto event = readEvent(log_, Sequence{middle});
    if (!event) return event.error();
    if (now.us - event->recorded_at.us > kIdempotencyWindowUs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  IdempotencyTable keys;
  const auto read = forEachEvent(log_, Sequence{low}, log_.head().size, [&](const Event& event) {
    keys.add(event);
    return Result<void>();
  });
  if (!read) return read;
  keys_ = std::move(keys);
  return {};
}

Result<void> Ledger::Writer::dropSpeculation() {
  keys_.reset();
  if (copier_.joinable()) copier_.join();
  auto loaded = loadState(log_, options_.copies);
  if (!loaded) return loaded.error();
  state_ = std::move(loaded->state);
  copied_at_ = loaded->copied_at;
  return {};
}

Result<void> Ledger::Writer::tellOfOthers(TreeSize from) {
  if (state_.size() == from) return {};
  std::vector<Event> events;
  const auto read =
      forEachEvent(log_, Sequence{from.value}, state_.size(), [&](const Event& event) {
        events.push_back(event);
        return Result<void>();
      });
  if (!read) return read;
  tellObservers(std::move(events));
  return {};
}

void Ledger::Writer::tellObservers(std::vector<Event> events) {
  const auto told = std::make_shared<const std::vector<Event>>(std::move(events));
  for (Observer* observer : options_.observers) observer->onCommitted(told);
}

void Ledger::Writer::poison(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    poisoned_ = error;
  }
  if (options_.poisoned) options_.poisoned(error);
}

std::size_t Ledger::Writer::queuedCommands() const {
  const std::lock_guard lock(mutex_);
  return queued_commands_;
}

void Ledger::Writer::saveCopyWhereDue(std::size_t events_at_least) {
  if (options_.copies == nullptr) return;
  if (state_.size().value - copied_at_.value < events_at_least) return;
  if (copier_.joinable()) copier_.join();
  copied_at_ = state_.size();
  copier_ =
      std::thread([image = state_.image(), root = log_.head().root, copies = options_.copies] {
        // A copy that could not be kept costs the next opening time, and nothing else.
        (void)copies->save(encodeState(image, root));
      });
}

}  // namespace robotledger
