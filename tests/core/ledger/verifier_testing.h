// What the tests of the verifier share: a history made by hand, and a log that lies about it.
//
//   LyingLog log(manyEvents());
//   log.change(785, otherEntry(785));
//   EXPECT_EQ(shortFaultOf(log), "record 785 was changed");
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/ledger/verifier.h"
#include "core/log/memory_log_store.h"
#include "core/merkle/tiles.h"
#include "core/wire/event_codec.h"

namespace robotledger {

inline constexpr std::uint64_t kManyEvents = 65536 + 700;  // tiles of three levels
inline constexpr std::size_t kEventsABatch = 4096;

// The events of a small history by hand: a project, an account, and that one disabled and enabled
// for ever after.
inline Event eventNumber(std::uint64_t sequence) {
  Event event{.sequence = Sequence{sequence},
              .time = Instant{static_cast<std::int64_t>(sequence)},
              .actor = "admin",
              .channel = Embedder{"test"},
              .reason = "as ever"};
  if (sequence == 0) {
    event.body = LedgerInitialized{"verify.example", {7}, 30, "admin"};
  } else if (sequence == 1) {
    event.body = ProjectCreated{ProjectId{1}, "web"};
  } else if (sequence == 2) {
    event.body = AccountCreated{.account = AccountId{1}, .project = ProjectId{1}, .name = "ci"};
  } else if (sequence % 2 == 1) {
    event.body = AccountDisabled{AccountId{1}};
  } else {
    event.body = AccountEnabled{AccountId{1}};
  }
  return event;
}

inline void append(LogStore& log, std::vector<Bytes> entries) {
  const auto id = newBatchId();
  ASSERT_TRUE(id);
  const AppendOutcome appended = log.append(log.head().size, LogBatch{*id, std::move(entries)});
  ASSERT_EQ(appended.ending, AppendEnding::kCommitted) << appended.error.message;
}

inline void appendEvents(LogStore& log, std::uint64_t until) {
  std::vector<Bytes> entries;
  for (std::uint64_t sequence = log.head().size.value; sequence < until; ++sequence) {
    entries.push_back(encodeEvent(eventNumber(sequence)));
    if (entries.size() == kEventsABatch || sequence + 1 == until) {
      append(log, std::exchange(entries, {}));
    }
  }
}

// Made once; nobody changes it.
inline const LogStore& manyEvents() {
  static const auto log = [] {
    auto made = std::make_unique<MemoryLogStore>();
    appendEvents(*made, kManyEvents);
    return made;
  }();
  return *log;
}

// An entry that is an event of that place, and not the one that is there.
inline Bytes otherEntry(std::uint64_t sequence) {
  Event event = eventNumber(sequence);
  event.reason = "for another reason";
  return encodeEvent(event);
}

// A store that gives other bytes than those it was given, and thinks nothing of it.
class LyingLog final : public LogStore {
 public:
  explicit LyingLog(const LogStore& log) : log_(log), head_(log.head()) {}

  void change(std::uint64_t sequence, Bytes entry) { records_[sequence] = std::move(entry); }
  void drop(std::uint64_t sequence) { records_[sequence] = std::nullopt; }
  void swap(std::uint64_t one, std::uint64_t other) {
    change(one, *log_.read(Sequence{other}));
    change(other, *log_.read(Sequence{one}));
  }
  void changeHash(TileId tile, std::size_t place, const Digest& hash) {
    tiles_[{tile.level, tile.index}][place] = hash;
  }
  void changeRoot(const Digest& root) { head_.root = root; }

  LogHead head() const override { return head_; }
  AppendOutcome append(TreeSize, const LogBatch&) override { return {}; }
  Result<Bytes> read(Sequence sequence) const override { return log_.read(sequence); }

  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    auto cursor = log_.scan(from, until);
    if (!cursor) return cursor.error();
    return std::unique_ptr<LogCursor>(std::make_unique<Cursor>(*this, *std::move(cursor), from));
  }

  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    auto hashes = log_.hashTile(level, index, width);
    const auto changed = tiles_.find({level, index});
    if (!hashes || changed == tiles_.end()) return hashes;
    for (const auto& [place, hash] : changed->second) {
      if (place < width) hashes->replace(place * kDigestBytes, kDigestBytes, digestBytes(hash));
    }
    return hashes;
  }

 private:
  class Cursor final : public LogCursor {
   public:
    Cursor(const LyingLog& log, std::unique_ptr<LogCursor> cursor, Sequence from)
        : log_(log), cursor_(std::move(cursor)), at_(from.value) {}
    Result<std::optional<BytesView>> next() override {
      while (true) {
        auto record = cursor_->next();
        if (!record || !record->has_value()) return record;
        const auto changed = log_.records_.find(at_++);
        if (changed == log_.records_.end()) return record;
        if (changed->second) return std::optional<BytesView>(*changed->second);
      }
    }

   private:
    const LyingLog& log_;
    std::unique_ptr<LogCursor> cursor_;
    std::uint64_t at_;
  };

  const LogStore& log_;
  LogHead head_;
  std::map<std::uint64_t, std::optional<Bytes>> records_;
  std::map<std::pair<unsigned, std::uint64_t>, std::map<std::size_t, Digest>> tiles_;
};

inline std::string faultOf(const LogStore& log, SavedStates* copies = nullptr) {
  const auto verified = verifyLog(log, {.copies = copies});
  if (verified) return "none";
  EXPECT_EQ(verified.error().code, ErrorCode::kDamaged);
  return verified.error().message;
}

// What is wrong, without the hashes that are told with it.
inline std::string shortFaultOf(const LogStore& log) {
  const std::string fault = faultOf(log);
  return fault.substr(0, fault.find(':'));
}

}  // namespace robotledger
