#include "api/http/request_id.h"

#include <atomic>

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/domain/text.h"

namespace robotledger::http {
namespace {

// What all ids of this process begin with.
std::string processPrefix() {
  const auto bytes = randomBytes(8);
  // Without randomness an id is still unlike the others of this process.
  return bytes ? toHex(*bytes) : std::string(16, '0');
}

}  // namespace

std::string newRequestId() {
  static const std::string prefix = processPrefix();
  static std::atomic<std::uint64_t> made = 0;
  return fmt::format("{}{:016x}", prefix, ++made);
}

std::string requestId(const Request& request) {
  const auto sent = request.header("X-Request-Id");
  const bool is_one = sent && !sent->empty() && isPrintable(*sent, kMaxRequestIdBytes);
  if (is_one && request.headerCount("X-Request-Id") == 1) return std::string(*sent);
  return newRequestId();
}

}  // namespace robotledger::http
