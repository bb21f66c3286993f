// TagTable: what is known of some things until an instant, in a table of a fixed size. For what
// strangers can make arbitrarily many of, such as pairs of an address and a name.
//
//   TagTable table(key, 65536);
//   table.put(table.tag(address, name), now_us + 30 * kUsPerSecond);
//   table.until(tag)            // 0 where nothing is known
//
// A thing is a tag of 64 bits that nobody can foretell without the key. A set of eight is looked at
// for each; where they are all taken, the one that ends first goes. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

namespace robotledger {

class TagTable {
 public:
  // Room for so many, a multiple of eight.
  TagTable(BytesView key, std::size_t room);

  // Any thread.
  std::uint64_t tag(std::string_view first, std::string_view second) const;

  // In microseconds since 1970; 0 where nothing is known.
  std::int64_t until(std::uint64_t tag) const;
  // 0 forgets it.
  void put(std::uint64_t tag, std::int64_t until_us);

 private:
  struct Entry {
    std::uint64_t tag = 0;
    std::int64_t until_us = 0;
  };
  std::size_t setOf(std::uint64_t tag) const;

  std::string key_;
  std::vector<Entry> entries_;
};

}  // namespace robotledger
