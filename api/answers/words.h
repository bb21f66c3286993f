// The small words of answers: how a window, a place, a status are said, in text and in JSON.
//
//   untilText(window, as_of)     "expires 2026-11-30T10:00:00Z"
//   windowJson(window)           {"from":…,"until":…,"opened_by":12,"closed_by":"expiry"}
//
// All functions: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/json/json_text.h"
#include "core/domain/command.h"
#include "projections/account_queries.h"
#include "projections/windows.h"

namespace robotledger {

// "As of event 5384 (2026-11-30T10:00:00Z), the newest."
std::string asOfText(const View& view, const AsOf& as_of);
// "1 account", "2 accounts".
std::string countText(std::size_t count, std::string_view one);
// "project web" or "the system".
std::string placeText(std::string_view name);
// "open", "expires 2026-11-30T10:00:00Z" where that is to come, or the instant.
std::string untilText(const Window& window, const AsOf& as_of);
// {"from","until","opened_by","closed_by"}.
Json windowJson(const Window& window);
// "enabled", "disabled" or "expired"; what is disabled is that first.
std::string accountStatus(const AccountAt& account);
// What robot accounts log in with: "robot$NAME".
std::string loginName(const Account& account);
// "never", "90 days, 2026-03-01T10:00:00Z", "system, 2026-03-01T10:00:00Z".
std::string expiryText(const Expiry& expiry, const std::optional<Instant>& end);
// The instant in JSON, or null.
Json instantJson(const std::optional<Instant>& instant);
// "project" or "system".
const char* levelName(const Account& account);
const char* levelName(const AccessAnswer& answer);
// "asserted, recorded on 2026-07-01"; empty for what was witnessed.
std::string assertedText(const Event& event);
// "robot$library+ci", or "#12".
std::string accountText(const AccountRef& account);

// What answers about access end with.
inline constexpr const char* kTailNote =
    "A registry token that was issued before a loss of access lives on until it runs out; these\n"
    "answers speak of the grant alone.";

}  // namespace robotledger
