// Commands in JSON, beside the lines of history files that they are said to be.
#include "api/embed/command_json.h"

#include <gtest/gtest.h>

#include "api/embed/commands.h"
#include "api/history/history_line.h"

namespace robotledger {
namespace {

// The domain's command of each, by its index; -1 where there is none.
int ofHistory(const std::string& fields) {
  const auto read =
      parseHistoryLine(R"({"at":"2025-03-01T09:30:00Z","actor":"alice",)" + fields + "}");
  const auto* line = std::get_if<HistoryLine>(&read);
  return line == nullptr ? -1 : static_cast<int>(line->command.index());
}

int ofCommand(const std::string& fields) {
  const auto read = v1::readCommand(R"({"actor":"alice",)" + fields + "}");
  if (!read) {
    EXPECT_EQ(read.failure().refusal, "malformed_line");
    return -1;
  }
  EXPECT_EQ(read->by.actor, "alice");
  const auto prepared = v1::prepare(read->command, read->by, "test");
  EXPECT_TRUE(prepared);
  return prepared ? static_cast<int>(prepared->submission.command.index()) : -2;
}

TEST(CommandJson, HasEveryCommandOfAHistory) {
  for (const std::string fields :
       {R"("do":"create_project","project":"web")", R"("do":"delete_project","project":"web")",
        R"("do":"add_operator","operator":"bob")", R"("do":"remove_operator","operator":"bob")",
        R"("do":"grant_role","operator":"bob","role":"auditor")",
        R"("do":"revoke_role","operator":"bob","role":"project_admin","project":"web")",
        R"("do":"create_account","project":"web","name":"ci","permissions":[])",
        R"("do":"create_account","level":"system","name":"ci","permissions":
            [{"scope":"*","resource":"repository","action":"push"}],"expires":"never")",
        R"("do":"grant","account":"#1","permissions":["push-image"])",
        R"("do":"revoke","account":"#1","permissions":["push-image"])",
        R"("do":"disable","account":"robot$a")", R"("do":"enable","account":"robot$a")",
        R"("do":"delete","account":"robot$a")", R"("do":"renew","account":"robot$a")",
        R"("do":"rotate_secret","account":"robot$a")",
        R"("do":"set_expiry","account":"robot$a","expires":"system")",
        R"("do":"describe","account":"robot$a","description":"")",
        R"("do":"set_system_expiry","days":30,"reason":"policy")"}) {
    const int of_history = ofHistory(fields);
    EXPECT_EQ(ofCommand(fields), of_history) << fields;
  }
}

TEST(CommandJson, RefusesWhatAHistoryRefuses) {
  for (const std::string fields :
       {R"("do":"fly")", R"("project":"web")", R"("do":"create_project")",
        R"("do":"create_project","project":7)", R"("do":"create_project","project":null)",
        R"("do":"create_project","project":"web","projct":"web")",
        R"("do":"create_project","project":"web","project":"web")",
        R"("do":"create_project","project":"web")"
        "\x01",
        R"("do":"create_account","project":"web","level":"system","name":"a","permissions":[])",
        R"("do":"create_account","name":"a","permissions":[])",
        R"("do":"create_account","project":"web","name":"a")",
        R"("do":"create_account","project":"web","name":"a","permissions":[7])",
        R"("do":"create_account","project":"web","name":"a","permissions":[{"scope":"*"}])",
        R"("do":"create_account","project":"web","name":"a","permissions":["x"],"expires":true)",
        R"("do":"set_expiry","account":"robot$a")", R"("do":"set_system_expiry","days":1.5)",
        R"("do":"grant","account":"robot$a","permissions":"push-image")"}) {
    EXPECT_EQ(ofHistory(fields), -1) << fields;
    EXPECT_EQ(ofCommand(fields), -1) << fields;
  }
}

TEST(CommandJson, SaysWhichFieldAndTakesNoTime) {
  const auto timed =
      v1::readCommand(R"({"at":"2025-03-01T09:30:00Z","actor":"a","do":"disable","account":"#1"})");
  ASSERT_FALSE(timed);
  EXPECT_EQ(timed.failure().message, "there is no field 'at' in the text");
  // A history's line takes numbers of any length.
  EXPECT_FALSE(
      v1::readCommand(R"({"actor":"a","do":"set_system_expiry","days":99999999999999999999})"));
  EXPECT_FALSE(v1::readCommand(""));
  EXPECT_FALSE(v1::readCommand("[]"));
  EXPECT_FALSE(v1::readCommand(std::string(2 << 20, ' ') + "{}"));
}

TEST(CommandJson, CarriesWhoAndWhyAndAKey) {
  const auto read = v1::readCommand(
      R"({"actor":"a","do":"disable","account":"#1","reason":"why","request_id":"r",)"
      R"("idempotency_key":"k"})");
  ASSERT_TRUE(read);
  const auto one = v1::prepare(read->command, read->by, "test");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->submission.context.reason, "why");
  EXPECT_EQ(one->submission.context.request_id, "r");
  EXPECT_EQ(one->submission.context.idempotency_key, "k");
  EXPECT_EQ(one->submission.context.channel, Channel(Embedder{"test"}));
  // Two commands of one meaning have one digest, and others another.
  EXPECT_EQ(v1::prepare(v1::DisableAccount{"#1"}, read->by, "x")->submission.context.command_digest,
            one->submission.context.command_digest);
  EXPECT_NE(v1::prepare(v1::EnableAccount{"#1"}, read->by, "x")->submission.context.command_digest,
            one->submission.context.command_digest);
  EXPECT_FALSE(v1::prepare(v1::EnableAccount{"#1"}, {"a", "", "\n"}, "x"));
}

TEST(CommandJson, ChangesTheServicesSettings) {
  const auto read = v1::readCommand(
      R"({"actor":"a","do":"set_service","token_lifetime_s":600,"charts_segment":"",)"
      R"("service_name":"r"})");
  ASSERT_TRUE(read);
  const auto& settings = std::get<v1::ChangeServiceSettings>(read->command);
  EXPECT_EQ(settings.token_lifetime_s, 600);
  EXPECT_EQ(settings.charts_segment, "");
  EXPECT_EQ(settings.service_name, "r");
}

// A text from anybody must not end the process.
TEST(CommandJson, RefusesWhatIsNestedTooDeep) {
  const std::string deep = std::string(400000, '[') + std::string(400000, ']');
  for (const std::string& fields :
       {R"("do":"grant","account":"#1","permissions":)" + deep,
        R"("do":"grant","account":"#1","permissions":[)" + deep + "]",
        R"("do":"create_account","project":"web","name":"ci","expires":)" + deep}) {
    EXPECT_EQ(ofCommand(fields), -1);
    EXPECT_EQ(ofHistory(fields), -1);
  }
}

}  // namespace
}  // namespace robotledger
