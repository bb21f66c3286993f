#include "projections/verify_rows.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "projections/row_build.h"
#include "projections/row_words.h"

namespace robotledger {
namespace {

constexpr unsigned kFirstBytes = 256;
constexpr std::uint64_t kRowsBetweenTold = 4096;

// Walks over both, kinds of rows beside each other.
class Comparison {
 public:
  Comparison(const RowSnapshot& stored, const RowSnapshot& fresh, const VerifyRowsOptions& options)
      : stored_(stored), fresh_(fresh), options_(options) {}

  Result<std::uint64_t> run() {
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    const unsigned workers = options_.workers == 0 ? cores : options_.workers;
    std::vector<std::thread> others;
    for (unsigned i = 1; i < workers; ++i) {
      others.emplace_back([this] { work(nullptr); });
    }
    work(&options_.comparing);
    for (std::thread& other : others) other.join();
    if (!faults_.empty()) return faults_.begin()->second;
    return rows_.load();
  }

 private:
  using Telling = std::function<void(std::uint64_t)>;

  // Takes all the rows with one first byte, and then those with another.
  void work(const Telling* telling) {
    while (true) {
      const unsigned first_byte = next_.fetch_add(1);
      if (first_byte >= kFirstBytes) return;
      auto compared = compare(static_cast<char>(first_byte), telling);
      if (compared) continue;
      const std::lock_guard lock(mutex_);
      faults_.emplace(first_byte, compared.error());
      next_ = kFirstBytes;  // what comes later is no longer the first
    }
  }

  Result<void> compare(char first_byte, const Telling* telling) {
    const auto stored = stored_.cursor();
    const auto fresh = fresh_.cursor();
    const Bytes from(first_byte == 0 ? 0 : 1, first_byte);
    stored->seek(from);
    fresh->seek(from);
    const auto isHere = [&](const RowCursor& cursor) {
      return cursor.valid() && (cursor.key().empty() || cursor.key().front() == first_byte);
    };
    std::uint64_t untold = 0;
    while (isHere(*stored) && isHere(*fresh) && stored->key() == fresh->key() &&
           stored->value() == fresh->value()) {
      stored->next();
      fresh->next();
      if (++untold < kRowsBetweenTold) continue;
      rows_ += std::exchange(untold, 0);
      if (telling != nullptr && *telling) (*telling)(rows_);
    }
    rows_ += untold;
    for (const auto* cursor : {stored.get(), fresh.get()}) {
      if (auto status = cursor->status(); !status) return status;
    }
    const bool is_stored = isHere(*stored);
    const bool is_due = isHere(*fresh);
    if (!is_stored && !is_due) return {};
    if (!is_stored || (is_due && fresh->key() < stored->key())) {
      return wrong(fresh->key(), "is missing");
    }
    if (!is_due || stored->key() < fresh->key()) return wrong(stored->key(), "is one too many");
    return wrong(stored->key(), "was changed");
  }

  static Error wrong(BytesView key, const char* what) {
    return {ErrorCode::kViewsDamaged, rowInWords(key) + " " + what + " (key " + toHex(key) + ")"};
  }

  const RowSnapshot& stored_;
  const RowSnapshot& fresh_;
  const VerifyRowsOptions& options_;
  std::atomic<unsigned> next_ = 0;
  std::atomic<std::uint64_t> rows_ = 0;
  std::mutex mutex_;
  std::map<unsigned, Error> faults_;  // guarded by mutex_; by the first byte of their keys
};

}  // namespace

Result<std::uint64_t> verifyRows(const View& view, RowStore& fresh,
                                 const VerifyRowsOptions& options) {
  const auto built =
      buildFromNothing(*view.log, view.size, fresh, options.memory, options.building);
  if (!built) return built.error();
  return Comparison(*view.rows, *(*built)->rows, options).run();
}

}  // namespace robotledger
