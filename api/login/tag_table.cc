#include "api/login/tag_table.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hmac.h"

namespace robotledger {
namespace {

constexpr std::size_t kWays = 8;

}  // namespace

TagTable::TagTable(BytesView key, std::size_t room) : key_(key), entries_(room) {
  RL_CHECK(room > 0 && room % kWays == 0, "a table has whole sets");
}

std::uint64_t TagTable::tag(std::string_view first, std::string_view second) const {
  Bytes both;
  putText(both, first);
  putText(both, second);
  const Digest code = hmacSha256(key_, both);
  return ByteReader(digestBytes(code)).bigEndian64();
}

std::size_t TagTable::setOf(std::uint64_t tag) const {
  return static_cast<std::size_t>(tag % (entries_.size() / kWays)) * kWays;
}

std::int64_t TagTable::until(std::uint64_t tag) const {
  const Entry* set = &entries_[setOf(tag)];
  const Entry* end = set + kWays;
  const Entry* found =
      std::find_if(set, end, [&](const Entry& e) { return e.tag == tag && e.until_us != 0; });
  return found == end ? 0 : found->until_us;
}

void TagTable::put(std::uint64_t tag, std::int64_t until_us) {
  Entry* set = &entries_[setOf(tag)];
  Entry* end = set + kWays;
  Entry* place = std::find_if(set, end, [&](const Entry& e) { return e.tag == tag; });
  if (place == end) {
    if (until_us == 0) return;
    place = std::min_element(
        set, end, [](const Entry& a, const Entry& b) { return a.until_us < b.until_us; });
  }
  *place = {.tag = tag, .until_us = until_us};
}

}  // namespace robotledger
