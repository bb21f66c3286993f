#include "core/merkle/entry_bundle.h"

#include <cstdint>
#include <string>

#include "core/base/limits.h"

namespace robotledger {

Result<void> putEntry(Bytes& bundle, BytesView entry) {
  if (entry.size() > kMaxEntryBytes) {
    return Error{ErrorCode::kInvalidArgument, "an entry has at most " +
                                                  std::to_string(kMaxEntryBytes) + " bytes, not " +
                                                  std::to_string(entry.size())};
  }
  putBigEndian16(bundle, static_cast<std::uint16_t>(entry.size()));
  bundle += entry;
  return {};
}

Result<std::vector<BytesView>> readEntryBundle(BytesView bundle, unsigned width) {
  ByteReader in(bundle);
  std::vector<BytesView> entries;
  for (unsigned i = 0; i < width; ++i) {
    entries.push_back(in.take(in.bigEndian16()));
    if (!in.ok()) {
      return Error{ErrorCode::kDamaged, "the bundle is cut off in entry " + std::to_string(i) +
                                            " of " + std::to_string(width)};
    }
  }
  if (!in.atEnd()) {
    return Error{ErrorCode::kDamaged, "the bundle has " + std::to_string(in.left()) +
                                          " bytes behind its " + std::to_string(width) +
                                          " entries"};
  }
  return entries;
}

}  // namespace robotledger
