#include "api/http/query_reader.h"

#include "core/base/parse.h"
#include "core/domain/names.h"
#include "core/domain/text.h"

namespace robotledger::http {

std::optional<AccountRef> accountNamed(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('#')) digits.remove_prefix(1);
  if (const auto number = parseDecimal(digits)) return AccountRef{.name = {}, .id = {*number}};
  if (!parseQualifiedName(text)) return std::nullopt;
  return AccountRef{.name = std::string(text), .id = {}};
}

QueryReader::QueryReader(std::string_view query) : form_(parseForm(query)) {
  if (!form_) {
    fail("", "the query is not form-encoded as it should be, or has too many parameters");
    form_.emplace();
  }
}

void QueryReader::fail(std::string_view field, std::string_view message) {
  if (!wrong_) wrong_ = errorAnswer(400, "BAD_REQUEST", message, field);
}

std::optional<std::string> QueryReader::text(const char* name) {
  read_.insert(name);
  const auto values = form_->all(name);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) fail(name, "it is given more than once");
  if (values.front().empty()) fail(name, "it is empty");
  return values.front();
}

std::string QueryReader::needText(const char* name) {
  auto given = text(name);
  if (!given) fail(name, "it is missing");
  return given.value_or("");
}

std::optional<std::uint64_t> QueryReader::number(const char* name, std::uint64_t most) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto number = parseDecimal(*given, most);
  if (!number) fail(name, inQuotes(*given) + " is no number from 0 to " + std::to_string(most));
  return number.value_or(0);
}

std::optional<TimeAsked> QueryReader::time(const char* name) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  if (*given == "now") return TimeAsked{};
  // A '+' in a query is a space, unless it is encoded: an offset's is meant.
  std::string spelled = *given;
  for (char& c : spelled) {
    if (c == ' ') c = '+';
  }
  const auto instant = parseInstant(spelled);
  if (!instant) {
    fail(name, inQuotes(*given) +
                   " is no instant: it has to be one such as 2025-03-01T09:30:00Z "
                   "or 2025-03-01T10:30:00+01:00, or now");
  }
  return TimeAsked{instant.value_or(Instant())};
}

TimeAsked QueryReader::needTime(const char* name) {
  const auto given = time(name);
  if (!given) fail(name, "it is missing");
  return given.value_or(TimeAsked());
}

bool QueryReader::flag(const char* name) {
  const auto given = text(name);
  if (given && *given != "true" && *given != "false") fail(name, "it is true or false");
  return given && *given == "true";
}

Capability QueryReader::needCapability(const char* name) {
  const std::string given = needText(name);
  const auto capability = parseCapability(given);
  if (!capability) {
    fail(name, inQuotes(given) +
                   " is none: push-image, pull-image, push-chart, pull-chart, or a "
                   "resource:action such as repository:delete");
  }
  return capability.value_or(Capability());
}

std::optional<AccountRef> QueryReader::account(const char* name) {
  auto given = text(name);
  if (!given) return std::nullopt;
  // A name has a '+', which stands for a space unless it is encoded; no name has a space.
  for (char& c : *given) {
    if (c == ' ') c = '+';
  }
  auto account = accountNamed(*given);
  if (!account)
    fail(name, inQuotes(*given) + " is neither a name such as robot$library+ci nor #ID");
  return account;
}

AccountRef QueryReader::needAccount(const char* name) {
  auto given = account(name);
  if (!given) fail(name, "it is missing");
  return given.value_or(AccountRef());
}

std::optional<Response> QueryReader::wrong() {
  for (const auto& [name, value] : form_->parameters) {
    if (!read_.contains(name)) fail(name, "there is no parameter " + inQuotes(name) + " here");
  }
  return wrong_;
}

}  // namespace robotledger::http
