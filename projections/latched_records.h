// LatchedRecords: records of a few words, changed by one thread and read by any number of others
// without locks. A reader never waits for the writer, wherever that one is stopped.
//
//   LatchedRecords<3> records;
//   const std::uint32_t slot = records.take();
//   records.write(slot, {1, 2, 3});                      // the writer's thread
//   for (;;) {                                           // any thread
//     const auto look = records.look(slot);
//     const auto sum = look.word(0) + look.word(1);
//     if (look.holds()) return sum;
//   }
//
// A change is first written beside the records, in one place for all of them; then the record's
// version is made odd, which sends readers there; then the record itself is written, and its
// version made even again. So there is always a whole record to be read (as with the latch of
// Linux's seqlock.h), and where nothing changes it is in one place. What was read is of one moment
// where the version is still the same; a reader starts anew only where a record changed under his
// eyes. Every word is an atomic that is stored with release and loaded with acquire: who reads a
// word of a later change reads the later version as well.
//
// Memory is never given back, and a slot is used again: a record has to say whose it is.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/check.h"

namespace robotledger {

template <std::size_t kWords>
class LatchedRecords {
  static constexpr std::size_t kLineWords = 8;
  // As large as a line of the processor's cache.
  struct alignas(64) Line {
    std::array<std::atomic<std::uint64_t>, kLineWords> words{};
  };
  // Of a record; the first word is its version.
  static constexpr std::size_t kLines = kWords / kLineWords + 1;

 public:
  using Words = std::array<std::uint64_t, kWords>;

  // A record as somebody reads it. Lives as long as the records.
  class Look {
   public:
    // Whether there ever was such a slot; nothing else may be asked where not.
    explicit operator bool() const { return line_ != nullptr; }
    std::uint64_t word(std::size_t index) const {
      const std::size_t at = index + 1;
      return from_[at / kLineWords * stride_].words[at % kLineWords].load(
          std::memory_order_acquire);
    }
    // Whether all that was read until here was of one moment.
    bool holds() const { return line_->words[0].load(std::memory_order_acquire) == version_; }

   private:
    friend class LatchedRecords;
    const Line* line_ = nullptr;
    std::uint64_t version_ = 0;
    const Line* from_ = nullptr;
    std::size_t stride_ = 0;
  };

  // Any thread, and any number for a slot.
  Look look(std::uint32_t slot) const {
    const Place place = placeOf(slot);
    const Line* lines = blocks_[place.block].load(std::memory_order_acquire);
    Look look;
    if (lines == nullptr) return look;
    look.line_ = lines + place.index;
    look.version_ = look.line_->words[0].load(std::memory_order_acquire);
    look.from_ = look.line_;
    look.stride_ = place.stride;
    if (look.version_ % 2 != 0) [[unlikely]] {
      look.from_ = beside_.data();
      look.stride_ = 1;
    }
    return look;
  }

  // The writer's thread: all of these.

  // A slot whose record is all zeros, or what was left in it.
  std::uint32_t take() {
    if (!free_.empty()) {
      const std::uint32_t slot = free_.back();
      free_.pop_back();
      return slot;
    }
    RL_CHECK(next_ != UINT32_MAX, "there are fewer records than numbers");
    const Place place = placeOf(next_);
    if (blocks_[place.block].load(std::memory_order_relaxed) == nullptr) {
      memory_.push_back(std::make_unique<Line[]>(place.stride * kLines));
      blocks_[place.block].store(memory_.back().get(), std::memory_order_release);
    }
    return next_++;
  }
  void giveBack(std::uint32_t slot) { free_.push_back(slot); }

  void write(std::uint32_t slot, const Words& words) {
    const Place place = placeOf(slot);
    Line* line = blocks_[place.block].load(std::memory_order_relaxed) + place.index;
    const std::uint64_t version = line->words[0].load(std::memory_order_relaxed);
    put(words, beside_.data(), 1);
    // From here on the change is what readers see.
    line->words[0].store(version + 1, std::memory_order_release);
    put(words, line, place.stride);
    line->words[0].store(version + 2, std::memory_order_release);
  }

 private:
  // Block k has room for 1024 * 2^k records, first a line of each, then the next of each: lines
  // that are read often lie together.
  static constexpr unsigned kFirstBits = 10;
  static constexpr std::size_t kBlocks = 32 - kFirstBits + 1;
  struct Place {
    std::size_t block;
    std::size_t index;
    std::size_t stride;
  };
  static Place placeOf(std::uint32_t slot) {
    const std::uint64_t number = std::uint64_t{slot} + (std::uint64_t{1} << kFirstBits);
    const auto top = static_cast<unsigned>(std::bit_width(number)) - 1;
    const std::uint64_t stride = std::uint64_t{1} << top;
    return {top - kFirstBits, number - stride, stride};
  }

  static void put(const Words& words, Line* to, std::size_t stride) {
    for (std::size_t i = 0; i < kWords; ++i) {
      const std::size_t at = i + 1;
      to[at / kLineWords * stride].words[at % kLineWords].store(words[i],
                                                                std::memory_order_release);
    }
  }

  std::array<std::atomic<Line*>, kBlocks> blocks_{};
  std::array<Line, kLines> beside_{};
  std::vector<std::unique_ptr<Line[]>> memory_;
  std::vector<std::uint32_t> free_;
  std::uint32_t next_ = 0;
};

}  // namespace robotledger
