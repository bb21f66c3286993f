#include "tests/conformance/living_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace robotledger {
namespace {

using Json = nlohmann::json;

Json objectIn(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("do")) return nullptr;
  const bool living =
      json["do"] == "update" || json["do"] == "record_claim" || json.contains("issued_at");
  return living ? json : Json();
}

Instant timeIn(const Json& json, const char* field) {
  const auto time = parseInstant(json.value(field, ""));
  EXPECT_TRUE(time) << json;
  return time.value_or(Instant{});
}

// The line with another command, of those that history files have, and with the fields of it that
// are there; so what both have is read by the same reader.
HistoryLine readAs(const char* verb, const Json& json, std::initializer_list<const char*> fields) {
  Json other{{"do", verb}};
  for (const char* field : {"at", "actor", "reason"}) {
    if (json.contains(field)) other[field] = json[field];
  }
  for (const char* field : fields) other[field] = json.contains(field) ? json[field] : Json("");
  auto read = parseHistoryLine(other.dump());
  const auto* refused = std::get_if<Refusal>(&read);
  EXPECT_EQ(refused, nullptr) << json << ": " << (refused == nullptr ? "" : refused->message);
  return refused == nullptr ? std::get<HistoryLine>(std::move(read)) : HistoryLine();
}

HistoryLine readUpdate(const Json& json) {
  HistoryLine line = readAs("describe", json, {"account", "description"});
  auto& described = std::get<DescribeAccount>(line.command);
  UpdateAccount update{.account = described.account,
                       .permissions = std::nullopt,
                       .expiry = std::nullopt,
                       .description = std::nullopt,
                       .status = std::nullopt};
  if (json.contains("description")) update.description = described.description;
  if (json.contains("permissions")) {
    const HistoryLine grant = readAs("grant", json, {"account", "permissions"});
    update.permissions = std::get<GrantPermissions>(grant.command).permissions;
  }
  if (json.contains("expires")) {
    const HistoryLine expiry = readAs("set_expiry", json, {"account", "expires"});
    update.expiry = std::get<SetAccountExpiry>(expiry.command).expiry;
  }
  if (json.contains("status")) {
    update.status =
        json["status"] == "disabled" ? AccountStatus::kDisabled : AccountStatus::kEnabled;
  }
  line.command = std::move(update);
  return line;
}

HistoryLine readClaim(const Json& json) {
  HistoryLine line = readAs("disable", json, {"account"});
  RecordClaim claim;
  if (json.contains("account")) claim.account = std::get<DisableAccount>(line.command).account;
  if (json.contains("project")) claim.project = json["project"];
  claim.source = json["source"];
  claim.source_id = json["source_id"];
  claim.time = timeIn(json, "when");
  claim.actor = json["who"];
  claim.operation = json["operation"];
  claim.resource = json["resource"];
  claim.resource_type = json["resource_type"];
  line.command = std::move(claim);
  return line;
}

}  // namespace

bool isOfLivingLedger(std::string_view line) { return !objectIn(line).is_null(); }

std::variant<Refusal, HistoryLine> parseLine(std::string_view line) {
  Json json = objectIn(line);
  if (json.is_null()) return parseHistoryLine(line);
  if (json["do"] == "update") return readUpdate(json);
  if (json["do"] == "record_claim") return readClaim(json);
  const Instant issued_at = timeIn(json, "issued_at");
  json.erase("issued_at");
  auto read = parseHistoryLine(json.dump());
  if (auto* created = std::get_if<HistoryLine>(&read)) {
    std::get<CreateAccount>(created->command).issued_at = issued_at;
  }
  return read;
}

}  // namespace robotledger
