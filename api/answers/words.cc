#include "api/answers/words.h"

#include <fmt/format.h>

#include "core/domain/names.h"

namespace robotledger {
namespace {

constexpr std::size_t kDateLength = 10;

}  // namespace

std::string untilText(const Window& window, const AsOf& as_of) {
  if (!window.until) return "open";
  const bool coming =
      std::holds_alternative<ByExpiry>(window.closed_by) && *window.until > as_of.time;
  return (coming ? "expires " : "") + formatInstant(*window.until);
}

Json windowJson(const Window& window) {
  Json json{{"from", formatInstant(window.from)},
            {"until", nullptr},
            {"opened_by", window.opened_by.value},
            {"closed_by", nullptr}};
  if (window.until) json["until"] = formatInstant(*window.until);
  if (std::holds_alternative<ByExpiry>(window.closed_by)) json["closed_by"] = "expiry";
  if (const auto* event = std::get_if<Sequence>(&window.closed_by)) {
    json["closed_by"] = event->value;
  }
  return json;
}

std::string accountStatus(const AccountAt& account) {
  if (account.account.status == AccountStatus::kDisabled) return "disabled";
  return account.expired ? "expired" : "enabled";
}

std::string loginName(const Account& account) { return std::string(kRobotPrefix) + account.name; }

std::string expiryText(const Expiry& expiry, const std::optional<Instant>& end) {
  if (!end) return expiry.kind == Expiry::Kind::kNever ? "never" : expiry.text() + ", never";
  return expiry.text() + ", " + formatInstant(*end);
}

Json instantJson(const std::optional<Instant>& instant) {
  return instant ? Json(formatInstant(*instant)) : Json(nullptr);
}

std::string asOfText(const View& view, const AsOf& as_of) {
  return fmt::format("As of event {} ({}){}", as_of.sequence.value, formatInstant(as_of.time),
                     as_of.sequence == view.last() ? ", the newest." : ".");
}

std::string countText(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string placeText(std::string_view name) {
  return name == "/" ? "the system" : "project " + std::string(name);
}

const char* levelName(const Account& account) {
  return account.isSystemLevel() ? "system" : "project";
}

const char* levelName(const AccessAnswer& answer) {
  return answer.system_level ? "system" : "project";
}

std::string assertedText(const Event& event) {
  if (!isAsserted(event)) return "";
  return "asserted, recorded on " + formatInstant(event.recorded_at).substr(0, kDateLength);
}

std::string accountText(const AccountRef& account) {
  return account.name.empty() ? "#" + std::to_string(account.id.value) : account.name;
}

}  // namespace robotledger
