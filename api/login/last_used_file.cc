#include "api/login/last_used_file.h"

#include <algorithm>
#include <charconv>

#include "core/base/crc32.h"

namespace robotledger {
namespace {

constexpr std::string_view kTitle = "robotledger last used 1\n";
constexpr std::string_view kSince = "since ";
constexpr std::string_view kEnd = "end ";

std::string checkOf(std::string_view before) {
  Bytes check;
  putBigEndian32(check, crc32(before));
  return toHex(check);
}

void appendLine(Bytes& text, AccountId account, const LastUse& use) {
  text.append(std::to_string(account.value)).append(" ").append(formatInstant(use.at));
  text.append(" ").append(use.address).append("\n");
}

std::string_view takeLine(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

std::optional<std::pair<AccountId, LastUse>> parseLine(std::string_view line) {
  AccountId account;
  const auto [stopped, error] =
      std::from_chars(line.data(), line.data() + line.size(), account.value);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(stopped - line.data()));
  const std::size_t space = line.rfind(' ');
  if (!line.starts_with(' ') || space == 0) return std::nullopt;
  const auto at = parseInstant(line.substr(1, space - 1));
  LastUse use{.at = {}, .address = std::string(line.substr(space + 1))};
  if (!at || use.address.empty() || keptAddress(use.address) != use.address) return std::nullopt;
  use.at = *at;
  return std::pair(account, std::move(use));
}

}  // namespace

std::string keptAddress(std::string_view address) {
  const bool plain = !address.empty() && address.size() <= kMaxAddressBytes &&
                     std::ranges::all_of(address, [](char c) { return c > ' ' && c <= '~'; });
  return plain ? std::string(address) : "?";
}

Bytes formatLastUsed(const LastUses& uses) {
  Bytes text(kTitle);
  text.append(kSince).append(formatInstant(uses.since)).append("\n");
  for (const auto& [account, use] : uses.uses) appendLine(text, account, use);
  const std::string check = checkOf(text);
  text.append(kEnd).append(std::to_string(uses.uses.size())).append(" ").append(check).append("\n");
  return text;
}

std::optional<LastUses> parseLastUsed(std::string_view text) {
  std::string_view rest = text;
  if (!rest.starts_with(kTitle)) return std::nullopt;
  rest.remove_prefix(kTitle.size());
  const std::string_view since = takeLine(rest);
  if (!since.starts_with(kSince)) return std::nullopt;
  const auto began = parseInstant(since.substr(kSince.size()));
  if (!began) return std::nullopt;
  LastUses uses{.since = *began, .uses = {}};
  while (!rest.empty() && !rest.starts_with(kEnd)) {
    auto line = parseLine(takeLine(rest));
    if (!line) return std::nullopt;
    uses.uses.insert(uses.uses.end(), *std::move(line));
  }
  // One spelling of it, so what was read is compared whole, its order and its check with it.
  if (formatLastUsed(uses) != text) return std::nullopt;
  return uses;
}

}  // namespace robotledger
