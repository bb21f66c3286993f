#include "projections/row_writer.h"

#include <utility>

namespace robotledger {
namespace {

// They are large; one is written while the next waits.
constexpr std::size_t kBatchesWaiting = 1;

}  // namespace

RowWriter::RowWriter(RowStore& rows) : rows_(rows), thread_([this] { work(); }) {}

RowWriter::~RowWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void RowWriter::write(RowBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < kBatchesWaiting; });
  waiting_.push_back(std::move(batch));
  changed_.notify_all();
}

Result<void> RowWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && !busy_; });
  return failed_;
}

void RowWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const RowBatch batch = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    const bool wanted = failed_.has_value();
    lock.unlock();
    changed_.notify_all();
    Result<void> written = wanted ? rows_.write(batch) : Result<void>();
    lock.lock();
    if (!written) failed_ = std::move(written);
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace robotledger
