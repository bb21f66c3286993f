// RemoteRows: the rows of a view that another process holds for us, read over its control socket.
#pragma once

#include <memory>

#include "api/control/control_channel.h"
#include "api/control/recent.h"
#include "projections/row_store.h"

namespace robotledger {

class RemoteRows final : public RowSnapshot {
 public:
  RemoteRows(std::shared_ptr<ControlChannel> channel, std::uint64_t view)
      : channel_(std::move(channel)), view_(view) {}
  RemoteRows(const RemoteRows&) = delete;
  RemoteRows& operator=(const RemoteRows&) = delete;
  // Lets go of the view.
  ~RemoteRows() override;

  // Keep what they read.
  Result<std::optional<Bytes>> get(BytesView key) const override;
  Result<std::vector<std::optional<Bytes>>> getMany(const std::vector<Bytes>& keys) const override;
  // Reads ahead, a few rows at first, and more with each page.
  std::unique_ptr<RowCursor> cursor() const override;

 private:
  std::shared_ptr<ControlChannel> channel_;
  std::uint64_t view_;
  mutable Recent<Bytes, std::optional<Bytes>> recent_{kRecentBytes};
};

}  // namespace robotledger
