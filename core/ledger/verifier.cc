#include "core/ledger/verifier.h"

#include <algorithm>
#include <array>
#include <thread>

#include "core/ledger/log_ranges.h"
#include "core/log/tile_check.h"
#include "core/merkle/tree.h"
#include "core/wire/state_codec.h"

namespace robotledger {
namespace {

// Of those that stand in order of their ids: "account 12", where one of them is not the same.
template <class Thing>
std::string firstDifference(const char* what, const std::vector<Thing>& copied,
                            const std::vector<Thing>& replayed) {
  const auto [left, right] = std::ranges::mismatch(copied, replayed);
  if (left == copied.end() && right == replayed.end()) return "";
  const bool is_extra = right == replayed.end() || (left != copied.end() && left->id < right->id);
  return std::string(what) + " " + std::to_string(is_extra ? left->id.value : right->id.value);
}

std::string firstDifference(const StateImage& copied, const StateImage& replayed) {
  std::string found = firstDifference("project", copied.projects, replayed.projects);
  if (found.empty()) found = firstDifference("operator", copied.operators, replayed.operators);
  if (found.empty()) found = firstDifference("account", copied.accounts, replayed.accounts);
  if (!found.empty()) return found;
  if (copied.origin != replayed.origin || copied.former_origins != replayed.former_origins ||
      copied.verifier_key != replayed.verifier_key) {
    return "the origins or the key";
  }
  return copied == replayed ? "how it is encoded" : "the settings or the counters";
}

// The saved copy of the state, which is looked at where the replay has reached its size. Its fault
// is kept until the end: what is wrong with the log comes first.
class CopyCheck {
 public:
  // What the copy is, before the log is read.
  Result<void> load(SavedStates* copies) {
    if (copies == nullptr) return {};
    auto bytes = copies->load();
    if (!bytes) return bytes.error();
    if (!bytes->has_value()) return {};
    bytes_ = std::move(**bytes);
    auto decoded = decodeState(bytes_);
    if (decoded) {
      saved_ = *std::move(decoded);
    } else {
      fault_ = "is damaged: " + decoded.error().message;
    }
    return {};
  }

  bool isDueAt(TreeSize size) const { return saved_ && saved_->image.size == size; }

  void compare(const State& replayed) {
    const StateImage image = replayed.image();
    if (saved_->image.ledger_id != image.ledger_id) {
      fault_ = "is of another ledger";
    } else if (encodeState(image, saved_->root) != bytes_) {
      fault_ = "differs from what the first " + std::to_string(image.size.value) +
               " events give, in " + firstDifference(saved_->image, image);
    }
  }

  // At the end, when all tiles are known to be right.
  Result<std::optional<TreeSize>> finish(const LogStore& log, TreeSize size) {
    if (saved_ && fault_.empty()) {
      const TreeSize made_of = saved_->image.size;
      if (made_of > size) {
        fault_ = "was made of " + std::to_string(made_of.value) + " events, and the log has " +
                 std::to_string(size.value);
      } else if (const auto root = rootAt(log, made_of); !root) {
        return root.error();
      } else if (*root != saved_->root) {
        fault_ = "is of another log: its root at " + std::to_string(made_of.value) + " events is " +
                 toHex(digestBytes(saved_->root)) + ", and the log's is " +
                 toHex(digestBytes(*root));
      }
    }
    if (!fault_.empty()) return Error{ErrorCode::kDamaged, "the saved state " + fault_};
    return saved_ ? std::optional(saved_->image.size) : std::nullopt;
  }

 private:
  Bytes bytes_;
  std::optional<SavedState> saved_;
  std::string fault_;
};

// The tiles above level 0, from the roots of those below, each compared when it is full.
class UpperTiles {
 public:
  explicit UpperTiles(const LogStore& log) : log_(log) {}

  Result<void> add(Digest hash) {
    for (unsigned level = 1; level < kTileLevels; ++level) {
      Level& at = levels_[level];
      at.hashes += digestBytes(hash);
      if (at.hashes.size() < kTileBytes) return {};
      if (auto fits = check(level); !fits) return fits;
      hash = tileRoot(at.hashes);
      at.hashes.clear();
      at.index += 1;
    }
    return {};
  }

  // The tiles at the right edge, that are not full.
  Result<void> finish() {
    for (unsigned level = 1; level < kTileLevels; ++level) {
      if (levels_[level].hashes.empty()) continue;
      if (auto fits = check(level); !fits) return fits;
    }
    return {};
  }

  std::uint64_t checked() const { return checked_; }

 private:
  struct Level {
    Bytes hashes;
    std::uint64_t index = 0;
  };

  Result<void> check(unsigned level) {
    checked_ += 1;
    const Level& at = levels_[level];
    auto fault = checkTile(log_, TileId{level, at.index}, at.hashes);
    if (fault) return std::move(fault->error);
    return {};
  }

  const LogStore& log_;
  std::array<Level, kTileLevels> levels_;
  std::uint64_t checked_ = 0;
};

Result<void> replay(const CheckedRange& range, State& state, CopyCheck& copy) {
  for (const Event& event : range.events) {
    if (auto applied = state.apply(event); !applied) return applied;
    if (copy.isDueAt(state.size())) copy.compare(state);
  }
  return {};
}

}  // namespace

Result<VerifiedLog> verifyLog(const LogStore& log, const VerifyLogOptions& options) {
  CopyCheck copy;
  if (auto loaded = copy.load(options.copies); !loaded) return loaded.error();
  // A copy is made of what is durable, so this head has at least as many events.
  const LogHead head = log.head();
  VerifiedLog verified{.size = head.size, .root = head.root, .tiles = 0, .copy = {}};

  State state;
  UpperTiles upper(log);
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  LogRanges ranges(log, head.size, options.workers == 0 ? cores : options.workers);
  while (const auto range = ranges.next()) {
    if (auto replayed = replay(*range, state, copy); !replayed) return replayed.error();
    for (const Digest& root : range->tile_roots) {
      if (auto fits = upper.add(root); !fits) return fits.error();
    }
    if (range->fault) return *range->fault;
    verified.tiles += range->tiles;
    if (options.progress) options.progress(state.size(), head.size);
  }
  if (auto fits = upper.finish(); !fits) return fits.error();
  verified.tiles += upper.checked();

  // From here on the stored tiles are those of the records.
  const auto root = rootAt(log, head.size);
  if (!root) return root.error();
  if (*root != head.root) {
    return Error{ErrorCode::kDamaged, "the root of the records is " + toHex(digestBytes(*root)) +
                                          ", and the log's head has " +
                                          toHex(digestBytes(head.root))};
  }
  auto made_of = copy.finish(log, head.size);
  if (!made_of) return made_of.error();
  verified.copy = *made_of;
  return verified;
}

}  // namespace robotledger
