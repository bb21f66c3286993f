// RemoteLog: the log of a ledger that another process has, read over its control socket.
#pragma once

#include <memory>
#include <mutex>

#include "api/control/control_channel.h"
#include "api/control/recent.h"
#include "core/log/log_store.h"

namespace robotledger {

class RemoteLog final : public LogStore {
 public:
  explicit RemoteLog(std::shared_ptr<ControlChannel> channel) : channel_(std::move(channel)) {}

  // The head now. Where the other side has gone, the last one that it gave: whatever is read next
  // says that it has.
  LogHead head() const override;
  // Takes nothing: kNotWritten with kInvalidArgument.
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override;
  // Keeps what it read; where neighbours are read one after the other it reads ahead, more each
  // time.
  Result<Bytes> read(Sequence sequence) const override;
  // Reads ahead, a page at a time.
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override;
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override;

 private:
  void keep(Sequence sequence, const Bytes& record) const;

  std::shared_ptr<ControlChannel> channel_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable LogHead head_;
  mutable std::optional<Sequence> last_read_;
  mutable std::uint64_t ahead_ = 0;                       // how many are read at once
  mutable Recent<Sequence, Bytes> recent_{kRecentBytes};  // guards itself
};

}  // namespace robotledger
