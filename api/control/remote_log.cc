#include "api/control/remote_log.h"

#include <algorithm>
#include <utility>

namespace robotledger {
namespace {

class RemoteCursor final : public LogCursor {
 public:
  RemoteCursor(std::shared_ptr<ControlChannel> channel, Sequence from, TreeSize until)
      : channel_(std::move(channel)), next_(from), until_(until) {}

  // Whether the range is one; with the first page.
  Result<void> start() {
    if (next_.value < until_.value) return fetch();
    const auto answer = channel_->ask(ReadRecords{.from = next_, .until = until_});
    if (!answer) return answer.error();
    return {};
  }

  Result<std::optional<BytesView>> next() override {
    if (at_ == page_.size() && next_.value < until_.value) {
      if (auto fetched = fetch(); !fetched) return fetched.error();
    }
    if (at_ == page_.size()) return std::optional<BytesView>();
    return std::optional<BytesView>(page_[at_++]);
  }

 private:
  Result<void> fetch() {
    auto answer = channel_->ask(ReadRecords{.from = next_, .until = until_});
    if (!answer) return answer.error();
    page_ = *std::move(answer);
    at_ = 0;
    const std::uint64_t left = until_.value > next_.value ? until_.value - next_.value : 0;
    if (page_.empty() || page_.size() > left) {
      return Error{ErrorCode::kDamaged,
                   "record " + std::to_string(next_.value) + " did not come from its process"};
    }
    next_.value += page_.size();
    return {};
  }

  std::shared_ptr<ControlChannel> channel_;
  Sequence next_;  // that comes after the page
  TreeSize until_;
  std::vector<Bytes> page_;
  std::size_t at_ = 0;
};

}  // namespace

LogHead RemoteLog::head() const {
  const auto now = channel_->ask(AskHead{});
  const std::lock_guard lock(mutex_);
  if (now) head_ = *now;
  return head_;
}

AppendOutcome RemoteLog::append(TreeSize, const LogBatch&) {
  return {.ending = AppendEnding::kNotWritten,
          .head = head(),
          .error = {ErrorCode::kInvalidArgument, "another process has the log, and appends to it"}};
}

Result<Bytes> RemoteLog::read(Sequence sequence) const {
  constexpr std::uint64_t kMostAhead = 65536;  // the page is full before
  auto known = recent_.find(sequence);
  std::uint64_t ahead = 1;
  TreeSize size;
  {
    const std::lock_guard lock(mutex_);
    const bool reads_on = last_read_ && last_read_->value + 1 == sequence.value;
    if (!reads_on) ahead_ = 1;
    if (reads_on && !known) ahead_ = std::min(ahead_ * 4, kMostAhead);
    last_read_ = sequence;
    ahead = ahead_;
    size = head_.size;
  }
  if (known) return *std::move(known);
  if (ahead > 1) {
    if (sequence.value >= size.value) size = head().size;
    // What stops this is found by reading the one.
    const TreeSize until{std::min(sequence.value + ahead, size.value)};
    auto page = channel_->ask(ReadRecords{.from = sequence, .until = until});
    if (page && !page->empty()) {
      for (std::size_t i = 0; i < page->size(); ++i) keep({sequence.value + i}, (*page)[i]);
      return std::move(page->front());
    }
  }
  auto record = channel_->ask(ReadRecord{.sequence = sequence});
  if (record) keep(sequence, *record);
  return record;
}

void RemoteLog::keep(Sequence sequence, const Bytes& record) const {
  constexpr std::size_t kBeside = 100;  // what it takes beside its bytes
  recent_.put(sequence, record, record.size() + kBeside);
}

Result<std::unique_ptr<LogCursor>> RemoteLog::scan(Sequence from, TreeSize until) const {
  auto cursor = std::make_unique<RemoteCursor>(channel_, from, until);
  if (auto started = cursor->start(); !started) {
    // A damaged record is told of by next(), as by a cursor that is near.
    if (started.error().code != ErrorCode::kDamaged) return started.error();
  }
  return std::unique_ptr<LogCursor>(std::move(cursor));
}

Result<Bytes> RemoteLog::hashTile(unsigned level, std::uint64_t index, unsigned width) const {
  return channel_->ask(ReadTile{.level = level, .index = index, .width = width});
}

}  // namespace robotledger
