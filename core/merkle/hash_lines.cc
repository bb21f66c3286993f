#include "core/merkle/hash_lines.h"

#include <limits>

#include "core/base/base64.h"
#include "core/base/parse.h"

namespace robotledger {
namespace {

// A tree of fewer than 2^64 leaves is not deeper.
constexpr std::size_t kMaxHashes = std::numeric_limits<std::uint64_t>::digits;

Error wrong(std::string why) { return Error{ErrorCode::kDamaged, std::move(why)}; }

}  // namespace

std::string formatHashLines(std::span<const Digest> hashes) {
  std::string lines;
  for (const Digest& hash : hashes) lines += toBase64(digestBytes(hash)) + "\n";
  return lines;
}

Result<std::vector<Digest>> takeHashLines(std::string_view& file) {
  std::vector<Digest> hashes;
  auto line = takeLine(file);
  for (; line && !line->empty(); line = takeLine(file)) {
    const auto hash = digestFromBase64(*line);
    if (!hash) {
      return wrong("hash " + std::to_string(hashes.size() + 1) +
                   " of the path is not the base64 of 32 bytes");
    }
    if (hashes.size() == kMaxHashes) return wrong("its path is longer than any tree is deep");
    hashes.push_back(*hash);
  }
  if (!line) return wrong("it has no empty line, and no checkpoint after it");
  return hashes;
}

}  // namespace robotledger
