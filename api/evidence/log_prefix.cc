#include "api/evidence/log_prefix.h"

#include "core/ledger/saved_state.h"
#include "core/log/log_rules.h"

namespace robotledger {
namespace {

class LogPrefix final : public LogStore {
 public:
  LogPrefix(const LogStore& log, TreeSize size, const Digest& root)
      : log_(log), head_{.size = size, .root = root, .batch = {}} {}

  LogHead head() const override { return head_; }

  AppendOutcome append(TreeSize, const LogBatch&) override {
    return {.ending = AppendEnding::kNotWritten,
            .head = head_,
            .error = {ErrorCode::kInvalidArgument, "the beginning of a log takes no records"}};
  }

  Result<Bytes> read(Sequence sequence) const override {
    if (auto refused = refuseRead(head_, sequence)) return *refused;
    return log_.read(sequence);
  }

  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    if (auto refused = refuseScan(head_, from, until)) return *refused;
    return log_.scan(from, until);
  }

  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    if (auto refused = refuseTile(head_, level, index, width)) return *refused;
    return log_.hashTile(level, index, width);
  }

 private:
  const LogStore& log_;
  LogHead head_;
};

}  // namespace

Result<std::unique_ptr<LogStore>> openLogPrefix(const LogStore& log, TreeSize size) {
  if (size.value == 0) return Error{ErrorCode::kNotFound, "a log of no records has no beginning"};
  const auto root = rootAt(log, size);
  if (!root) return root.error();
  return std::unique_ptr<LogStore>(std::make_unique<LogPrefix>(log, size, *root));
}

}  // namespace robotledger
