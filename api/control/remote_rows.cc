#include "api/control/remote_rows.h"

#include <algorithm>

namespace robotledger {
namespace {

constexpr std::uint32_t kFirstPageRows = 64;
constexpr std::size_t kBeside = 200;  // what a row that is kept takes beside its bytes

// Stands on a row of a page. A page goes one way; turning round at its end asks for another.
class RemoteCursor final : public RowCursor {
 public:
  RemoteCursor(ControlChannel& channel, std::uint64_t view) : channel_(channel), view_(view) {}

  void seek(BytesView key) override { begin(RowsFrom::kAtOrAfter, Bytes(key)); }
  void seekForPrev(BytesView key) override { begin(RowsFrom::kAtOrBefore, Bytes(key)); }
  void next() override { move(Way::kForwards); }
  void prev() override { move(Way::kBackwards); }
  bool valid() const override { return at_ < rows_.size(); }
  BytesView key() const override { return rows_[at_].first; }
  BytesView value() const override { return rows_[at_].second; }
  Result<void> status() const override { return status_; }

 private:
  enum class Way : std::uint8_t { kForwards, kBackwards };

  void begin(RowsFrom from, Bytes key) {
    page_rows_ = kFirstPageRows;
    fetch(from, std::move(key));
  }

  void move(Way way) {
    if (way == way_) {
      if (++at_ < rows_.size() || is_last_) return;
      page_rows_ = std::min(page_rows_ * 4, kMaxPageRows);
      at_ = rows_.size() - 1;
    } else if (at_ > 0) {
      --at_;
      return;
    } else {
      page_rows_ = kFirstPageRows;
    }
    // The next key in order of bytes is this one with a zero behind it.
    Bytes from(key());
    if (way == Way::kBackwards) return fetch(RowsFrom::kBefore, std::move(from));
    from.push_back('\0');
    fetch(RowsFrom::kAtOrAfter, std::move(from));
  }

  void fetch(RowsFrom from, Bytes key) {
    auto page = channel_.ask(
        ReadRows{.view = view_, .from = from, .key = std::move(key), .most = page_rows_});
    rows_.clear();
    at_ = 0;
    way_ = from == RowsFrom::kBefore ? Way::kBackwards : Way::kForwards;
    is_last_ = true;
    status_ = {};
    if (!page) {
      status_ = page.error();
      return;
    }
    rows_ = std::move(page->rows);
    is_last_ = page->is_last;
  }

  ControlChannel& channel_;
  std::uint64_t view_;
  std::vector<std::pair<Bytes, Bytes>> rows_;  // in the order of the way
  std::size_t at_ = 0;
  Way way_ = Way::kForwards;
  bool is_last_ = true;  // there is no further one that way
  std::uint32_t page_rows_ = kFirstPageRows;
  Result<void> status_;
};

}  // namespace

RemoteRows::~RemoteRows() { (void)channel_->ask(CloseView{.view = view_}); }

Result<std::optional<Bytes>> RemoteRows::get(BytesView key) const {
  auto rows = getMany({Bytes(key)});
  if (!rows) return rows.error();
  return std::move(rows->front());
}

Result<std::vector<std::optional<Bytes>>> RemoteRows::getMany(
    const std::vector<Bytes>& keys) const {
  std::vector<std::optional<Bytes>> rows(keys.size());
  std::vector<std::size_t> missing;  // their places
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (auto known = recent_.find(keys[i])) {
      rows[i] = *std::move(known);
    } else {
      missing.push_back(i);
    }
  }
  for (std::size_t from = 0; from < missing.size(); from += kMaxKeys) {
    GetRows request{.view = view_, .keys = {}};
    const std::size_t until = std::min(from + kMaxKeys, missing.size());
    for (std::size_t i = from; i < until; ++i) request.keys.push_back(keys[missing[i]]);
    auto part = channel_->ask(request);
    if (!part) return part.error();
    if (part->size() != request.keys.size()) {
      return Error{ErrorCode::kClosed,
                   "the process that has the ledger gave other rows than asked"};
    }
    for (std::size_t i = from; i < until; ++i) {
      std::optional<Bytes>& row = (*part)[i - from];
      const Bytes& key = keys[missing[i]];
      recent_.put(key, row, key.size() + (row ? row->size() : 0) + kBeside);
      rows[missing[i]] = std::move(row);
    }
  }
  return rows;
}

std::unique_ptr<RowCursor> RemoteRows::cursor() const {
  return std::make_unique<RemoteCursor>(*channel_, view_);
}

}  // namespace robotledger
