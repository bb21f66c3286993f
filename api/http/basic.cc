#include "api/http/basic.h"

#include <algorithm>

#include "api/http/ascii.h"
#include "core/base/base64.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kScheme = "Basic";

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::optional<BasicCredentials> basicCredentials(std::string_view header) {
  std::string_view rest = header;
  const std::string_view scheme = takeUntil(rest, ' ');
  if (!sameIgnoringCase(scheme, kScheme)) return std::nullopt;
  auto decoded = fromBase64(trimmed(rest));
  if (!decoded) return std::nullopt;
  const SecretText both(*std::move(decoded));
  const std::string_view text = both.text();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, colon);
  if (std::ranges::any_of(name, isControl)) return std::nullopt;
  return BasicCredentials{.name = std::string(name), .secret = std::string(text.substr(colon + 1))};
}

}  // namespace robotledger::http
