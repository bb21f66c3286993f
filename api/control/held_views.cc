#include "api/control/held_views.h"

#include <utility>
#include <vector>

#include "api/control/messages.h"

namespace robotledger {

Result<std::uint64_t> HeldViews::Mine::open(LedgerAccess& ledger) {
  while (true) {
    {
      std::unique_lock lock(all_.mutex_);
      all_.rebuilt_.wait(lock, [&] { return all_.rebuilding_ == 0; });
      const auto mine = all_.held_.lower_bound(Key{this, 0});
      std::size_t held = 0;
      for (auto at = mine; at != all_.held_.end() && at->first.first == this; ++at) ++held;
      if (held >= kMaxHeldViews) {
        return Error{ErrorCode::kInvalidArgument, "this connection holds as many views as it may"};
      }
    }
    auto view = ledger.view();
    if (!view) return view.error();
    const std::lock_guard lock(all_.mutex_);
    // One that began meanwhile waits for this view to go.
    if (all_.rebuilding_ > 0) continue;
    const std::uint64_t id = ++last_id_;
    all_.held_.emplace(Key{this, id}, *std::move(view));
    return id;
  }
}

Result<std::shared_ptr<const View>> HeldViews::Mine::find(std::uint64_t id) const {
  const std::lock_guard lock(all_.mutex_);
  const auto found = all_.held_.find(Key{this, id});
  if (found != all_.held_.end()) return found->second;
  return Error{ErrorCode::kClosed,
               "the views were built anew, or nothing was asked of them for long, and what was "
               "looked at is gone: ask again"};
}

void HeldViews::Mine::close(std::uint64_t id) {
  const std::lock_guard lock(all_.mutex_);
  all_.held_.erase(Key{this, id});
}

void HeldViews::Mine::closeAll() {
  const std::lock_guard lock(all_.mutex_);
  auto at = all_.held_.lower_bound(Key{this, 0});
  while (at != all_.held_.end() && at->first.first == this) at = all_.held_.erase(at);
}

Result<void> HeldViews::rebuild(LedgerAccess& ledger) {
  {
    const std::lock_guard lock(mutex_);
    rebuilding_ += 1;
    held_.clear();
  }
  auto rebuilt = ledger.rebuildViews();
  {
    const std::lock_guard lock(mutex_);
    rebuilding_ -= 1;
  }
  rebuilt_.notify_all();
  return rebuilt;
}

}  // namespace robotledger
