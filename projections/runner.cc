#include "projections/runner.h"

#include "core/base/limits.h"
#include "projections/row_build.h"

namespace robotledger {
namespace {

// While following: rows are written when as many events changed them, or nothing came for a while.
constexpr std::size_t kFlushEvents = 16384;
constexpr std::chrono::milliseconds kIdleBeforeFlush{20};
// Under load events are taken some at a time: to be woken for each batch would cost the writer,
// whose core that is, more than the work itself.
constexpr std::chrono::milliseconds kGather{2};
constexpr std::size_t kGatherEvents = 1024;
// Rows go to the disk after as many events, so that opening after a kill has little to read again.
constexpr std::size_t kDiskFlushEvents = 131072;
// Above this the log is read with the memory of a rebuild.
constexpr std::uint64_t kMuch = 65536;

constexpr std::chrono::milliseconds kWaitForViews{5};

}  // namespace

std::unique_ptr<Runner> Runner::start(const LogStore& log, RowStore& rows, RunnerOptions options) {
  return std::unique_ptr<Runner>(new Runner(log, rows, std::move(options)));
}

Runner::Runner(const LogStore& log, RowStore& rows, RunnerOptions options)
    : log_(log), rows_(rows), options_(std::move(options)), thread_([this] { work(); }) {}

Runner::~Runner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Runner::onCommitted(const CommittedEvents& events) {
  std::unique_lock lock(mutex_);
  if (!following_) return;  // it will read them in the log
  changed_.wait(lock, [&] { return stopping_ || !following_ || queued_ < kMaxProjectionLag; });
  if (!following_) return;
  queued_ += events->size();
  queue_.push_back(events);
  const bool is_due = !gathers_ || queued_ >= kGatherEvents;
  lock.unlock();
  if (is_due) changed_.notify_all();
}

Result<std::shared_ptr<const View>> Runner::view(TreeSize at_least) {
  std::unique_lock lock(mutex_);
  if (wanted_ < at_least) {
    wanted_ = at_least;
    changed_.notify_all();
  }
  changed_.wait(lock, [&] {
    return stopping_ || broken_ || (published_ != nullptr && published_->size >= at_least);
  });
  if (broken_) return *broken_;
  if (published_ == nullptr || published_->size < at_least) {
    return Error{ErrorCode::kClosed, "the ledger is shut down"};
  }
  return published_;
}

Result<void> Runner::rebuild() {
  std::unique_lock lock(mutex_);
  if (broken_) return *broken_;
  rebuild_wanted_ = true;
  following_ = false;
  changed_.notify_all();
  changed_.wait(lock, [&] {
    return stopping_ || broken_ || (!rebuild_wanted_ && following_ && published_ != nullptr);
  });
  if (broken_) return *broken_;
  if (stopping_) return Error{ErrorCode::kClosed, "the ledger is shut down"};
  return {};
}

void Runner::work() {
  auto ended = openRows();
  int rebuilds = 0;
  while (true) {
    if (ended) ended = workUntilStopped();
    if (ended) return;
    // Rows that are damaged are built anew, once; a log that is damaged is for people to look at.
    if (ended.error().code == ErrorCode::kViewsDamaged && rebuilds++ == 0) {
      if (options_.tell) options_.tell(ended.error().message);
      ended = clearRows();
      if (ended) continue;
    }
    const std::lock_guard lock(mutex_);
    broken_ = ended.error();
    following_ = false;
    queue_.clear();
    queued_ = 0;
    changed_.notify_all();
    return;
  }
}

Result<void> Runner::workUntilStopped() {
  while (true) {
    bool rebuild = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
      rebuild = rebuild_wanted_;
    }
    if (rebuild) {
      if (auto cleared = clearRows(); !cleared) return cleared;
      const std::lock_guard lock(mutex_);
      rebuild_wanted_ = false;
    }
    if (auto caught_up = catchUp(); !caught_up) return caught_up;
    if (auto followed = follow(); !followed) return followed;
  }
}

bool Runner::interrupted() {
  const std::lock_guard lock(mutex_);
  return stopping_ || rebuild_wanted_;
}

Result<void> Runner::openRows() {
  set_ = std::make_unique<ProjectionSet>(options_.memory);
  std::string why;
  if (auto opened = set_->open(log_, rows_, why); !opened) return opened;
  if (why.empty()) return {};
  if (options_.tell) options_.tell(why);
  return clearRows();
}

// While somebody holds a view; nobody is waited for at the end.
Result<void> Runner::goOnWaiting() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error{ErrorCode::kClosed, "the ledger is shut down"};
  }
  std::this_thread::sleep_for(kWaitForViews);
  return {};
}

Result<void> Runner::clearRows() {
  std::vector<std::weak_ptr<const View>> given;
  {
    const std::lock_guard lock(mutex_);
    following_ = false;
    queue_.clear();
    queued_ = 0;
    given.swap(given_);
    published_.reset();
  }
  changed_.notify_all();
  applied_ = 0;
  set_.reset();
  for (const auto& view : given) {
    while (!view.expired()) {
      if (auto still = goOnWaiting(); !still) return still;
    }
  }
  auto cleared = rows_.clear();
  // A view's last holder is still at letting go of its rows, or holds them alone.
  while (!cleared && cleared.error().code == ErrorCode::kInUse) {
    if (auto still = goOnWaiting(); !still) return still;
    cleared = rows_.clear();
  }
  if (!cleared) return cleared;
  set_ = std::make_unique<ProjectionSet>(options_.memory);
  std::string none;
  return set_->open(log_, rows_, none);
}

Result<void> Runner::catchUp() {
  while (!interrupted()) {
    const TreeSize head = log_.head().size;
    if (set_->position() < head) {
      if (auto read = readTo(head); !read) return read;
      continue;
    }
    if (auto published = publish(); !published) return published;
    const std::lock_guard lock(mutex_);
    // What is appended from here on comes by the queue, or was in the head that is looked at here.
    following_ = true;
    if (log_.head().size == set_->position()) {
      changed_.notify_all();
      return {};
    }
    following_ = false;
    queue_.clear();
    queued_ = 0;
  }
  return {};
}

Result<void> Runner::readTo(TreeSize until) {
  const bool much = until.value - set_->position().value > kMuch;
  if (much) {
    // Nothing is unflushed here: the rows have all that the set knows.
    if (auto published = publish(); !published) return published;
    set_ = std::make_unique<ProjectionSet>(kRebuildMemory);
    std::string none;
    if (auto opened = set_->open(log_, rows_, none); !opened) return opened;
  }
  // Nothing of a build from nothing is seen before its end, so that rows are written when they are
  // finished, once, and not at every flush.
  RowBuild build(log_, rows_, *set_, until);
  while (!interrupted()) {
    const auto taken = build.next();
    if (!taken) return taken.error();
    if (!*taken) break;
    if (build.isFromNothing() && (set_->isFull() || isWaitedFor())) {
      if (auto ended = build.endOfNothing(); !ended) return ended;
    }
    if (!build.isFromNothing()) {
      if (auto published = publishWhereDue(kCatchUpFlushEvents); !published) return published;
    }
    if (much && options_.progress) options_.progress(set_->position(), until);
  }
  if (build.isFromNothing()) {
    if (auto ended = build.endOfNothing(); !ended) return ended;
  }
  if (!much) return {};
  if (auto published = publish(); !published) return published;
  set_ = std::make_unique<ProjectionSet>(options_.memory);
  std::string none;
  return set_->open(log_, rows_, none);
}

std::deque<CommittedEvents> Runner::takeQueued(std::unique_lock<std::mutex>& lock) {
  const auto called = [&] { return stopping_ || rebuild_wanted_ || wanted_ > published_->size; };
  const auto has_work = [&] { return called() || !queue_.empty(); };
  if (set_->unflushed() == 0) {
    changed_.wait(lock, [&] { return stopping_ || rebuild_wanted_ || !queue_.empty(); });
  } else {
    changed_.wait_for(lock, kIdleBeforeFlush, has_work);
  }
  if (!queue_.empty()) {
    gathers_ = true;
    changed_.wait_for(lock, kGather, [&] { return called() || queued_ >= kGatherEvents; });
    gathers_ = false;
  }
  return std::exchange(queue_, {});
}

Result<void> Runner::follow() {
  while (true) {
    std::deque<CommittedEvents> taken;
    {
      std::unique_lock lock(mutex_);
      taken = takeQueued(lock);
      // What was taken is read from the log, next time.
      if (stopping_ || rebuild_wanted_) break;
    }
    std::size_t applied_events = 0;
    for (const CommittedEvents& events : taken) {
      for (const Event& event : *events) {
        if (event.sequence.value < set_->position().value) continue;
        if (auto applied = set_->apply(event); !applied) return applied;
      }
      applied_events += events->size();
      applied_ = set_->position().value;
      if (auto published = publishWhereDue(kFlushEvents); !published) return published;
    }
    if (taken.empty()) {
      if (auto published = publish(); !published) return published;
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      queued_ -= applied_events;
    }
    changed_.notify_all();
  }
  // What was applied is worth keeping.
  return publish();
}

bool Runner::isWaitedFor() {
  const std::lock_guard lock(mutex_);
  const TreeSize had = published_ == nullptr ? TreeSize{0} : published_->size;
  return wanted_ > had && wanted_ <= set_->position();
}

Result<void> Runner::publishWhereDue(std::size_t unflushed_at_most) {
  if (!isWaitedFor() && set_->unflushed() < unflushed_at_most) return {};
  return publish();
}

Result<void> Runner::publish() {
  if (set_->position().value == 0) return {};
  since_disk_flush_ += set_->unflushed();
  auto view = set_->flush(log_, rows_);
  if (!view) return view.error();
  applied_ = set_->position().value;
  if (since_disk_flush_ >= kDiskFlushEvents) {
    if (auto flushed = rows_.flush(); !flushed) return flushed;
    since_disk_flush_ = 0;
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(given_, [](const auto& old) { return old.expired(); });
  given_.push_back(*view);
  published_ = std::move(*view);
  changed_.notify_all();
  return {};
}

}  // namespace robotledger
