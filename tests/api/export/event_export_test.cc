#include "api/export/event_export.h"

#include <gtest/gtest.h>

#include "core/ledger/saved_state.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger {
namespace {

const ExportSource kSource{.origin = "site.example/robots", .version = "1.2.3"};

// Every kind of event that a ledger of this test has, in a format.
class Exported : public testing::Test {
 protected:
  Exported() {
    const AccountRef made{.name = "robot$web+made", .id = {}};
    site_.submit(GrantPermissions{made, {{.scope = std::nullopt, .capability = "pull-chart"}}});
    site_.submit(RevokePermissions{made, {{.scope = std::nullopt, .capability = "pull-chart"}}});
    site_.submit(DescribeAccount{made, "=cmd|' /C calc'!A0, \"two\""});
    site_.submit(DisableAccount{made});
    site_.submit(EnableAccount{made});
    site_.submit(RenewAccount{made});
    site_.submit(SetAccountExpiry{made, {.kind = Expiry::Kind::kNever}});
    site_.submit(SetSystemExpiry{40});
    site_.submit(ChangeServiceSettings{{.token_lifetime_s = 600}});
    site_.submit(RevokeRole{"audrey", "auditor", std::nullopt});
    site_.submit(CreateAccount{.project = std::nullopt,
                               .name = "all",
                               .permissions = {{.scope = "*", .capability = "push-image"},
                                               {.scope = "/", .capability = "project:list"}}});
    site_.submit(DeleteAccount{made});
    site_.submit(DeleteProject{"web"});
    site_.submit(RemoveOperator{"norm"});
    site_.submit(RecordClaim{.account = AccountRef{.name = "robot$all", .id = {}},
                             .source = "harbor.example",
                             .source_id = "robot/3",
                             .operation = "create"});
  }

  std::vector<std::string> lines(ExportFormat format) {
    const auto view = site_.ledger().view();
    EXPECT_TRUE(view);
    EventNames names(**view);
    std::vector<std::string> lines;
    for (std::uint64_t i = 0; i < site_.events(); ++i) {
      const auto event = readEvent(*(*view)->log, Sequence{i});
      EXPECT_TRUE(event);
      const auto line = exportLine(format, *event, names, kSource);
      EXPECT_TRUE(line);
      EXPECT_TRUE(line->ends_with('\n'));
      lines.push_back(*line);
    }
    return lines;
  }
  // Of the first event of that kind.
  Json ocsf(const std::string& kind) {
    for (const std::string& line : lines(ExportFormat::kOcsf)) {
      Json json = Json::parse(line);
      if (json["metadata"]["event_code"] == kind) return json;
    }
    ADD_FAILURE() << kind;
    return {};
  }

  http::OperatorSite site_;
};

TEST_F(Exported, AsCsvHasACellForEachHead) {
  const std::string head = exportHead(ExportFormat::kCsv);
  const auto heads = std::ranges::count(head, ',');
  for (const std::string& line : lines(ExportFormat::kCsv)) {
    std::size_t commas = 0;
    bool is_quoted = false;
    for (const char c : line) {
      if (c == '"') is_quoted = !is_quoted;
      if (c == ',' && !is_quoted) commas += 1;
    }
    EXPECT_EQ(commas, static_cast<std::size_t>(heads)) << line;
    EXPECT_TRUE(line.ends_with("\r\n"));
  }
}

TEST_F(Exported, AsCsvIsNoFormula) {
  site_.submit(AddOperator{"bob"});
  Submission submission{.command = SetSystemExpiry{50}, .context = {}};
  submission.context.actor = "admin";
  submission.context.reason = "=1+1";
  submission.context.channel = Embedder{"test"};
  ASSERT_TRUE(site_.ledger().submit(std::move(submission)));
  EXPECT_NE(lines(ExportFormat::kCsv).back().find(",'=1+1,"), std::string::npos);
}

TEST_F(Exported, AsSyslogHasItsPartsAndEscapesThem) {
  Submission submission{.command = SetSystemExpiry{50}, .context = {}};
  submission.context.actor = "admin";
  submission.context.reason = R"(a "b" \ ])";
  submission.context.channel = Http{"10.0.0.1"};
  ASSERT_TRUE(site_.ledger().submit(std::move(submission)));
  const std::string line = lines(ExportFormat::kSyslog).back();
  EXPECT_TRUE(line.starts_with("<110>1 20")) << line;
  EXPECT_NE(line.find("Z site.example robotledger - system_expiry_changed [robotledger@32473 "
                      "sequence=\""),
            line.npos)
      << line;
  EXPECT_NE(line.find(R"( address="10.0.0.1" reason="a \"b\" \\ \]"] )"), line.npos) << line;
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
}

TEST_F(Exported, AsCloudEventsHasWhatThoseAskFor) {
  std::set<std::string> ids;
  for (const std::string& line : lines(ExportFormat::kCloudEvents)) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json["specversion"], "1.0");
    EXPECT_EQ(json["source"], "//site.example/robots");
    EXPECT_TRUE(json["type"].get<std::string>().starts_with("robotledger."));
    EXPECT_EQ(json["datacontenttype"], "application/json");
    EXPECT_EQ(json["data"]["time"], json["time"]);
    EXPECT_TRUE(!json.contains("subject") || !json["subject"].get<std::string>().empty());
    ids.insert(json["id"]);
  }
  EXPECT_EQ(ids.size(), site_.events());
}

// The attributes that OCSF 1.8.0 requires of a base event, of the three classes, and of the objects
// in them; https://schema.ocsf.io/1.8.0/classes/account_change and so on.
void expectRequired(const Json& json) {
  for (const char* field : {"activity_id", "category_uid", "class_uid", "metadata", "severity_id",
                            "time", "type_uid"}) {
    EXPECT_TRUE(json.contains(field)) << field << " of " << json.dump();
  }
  EXPECT_EQ(json["category_uid"], 3);
  EXPECT_EQ(json["type_uid"], json["class_uid"].get<int>() * 100 + json["activity_id"].get<int>());
  EXPECT_EQ(json["metadata"]["version"], "1.8.0");
  EXPECT_TRUE(json["metadata"]["product"].contains("name"));
  EXPECT_TRUE(json["metadata"]["product"].contains("vendor_name"));
  const int class_uid = json["class_uid"];
  // A validator refuses what a class does not have.
  EXPECT_EQ(json.contains("privileges"), class_uid == 3005);
  EXPECT_EQ(json.contains("resources"), class_uid == 3005);
  EXPECT_EQ(json.contains("user"), class_uid != 3004);
  EXPECT_EQ(json.contains("entity"), class_uid == 3004);
  if (class_uid == 3004) {
    const Json& entity = json["entity"];
    EXPECT_TRUE(entity.contains("name") || entity.contains("uid")) << json.dump();
    return;
  }
  ASSERT_TRUE(class_uid == 3001 || class_uid == 3005);
  EXPECT_TRUE(json["user"].contains("name")) << json.dump();
  if (class_uid == 3005) {
    EXPECT_FALSE(json["privileges"].empty());
    for (const Json& resource : json["resources"]) {
      EXPECT_TRUE(resource.contains("name"));
    }
  }
}

TEST_F(Exported, AsOcsfHasWhatItsClassesRequire) {
  std::set<std::string> kinds;
  for (const std::string& line : lines(ExportFormat::kOcsf)) {
    const Json json = Json::parse(line);
    expectRequired(json);
    kinds.insert(json["metadata"]["event_code"]);
  }
  // Not in this ledger: an import, a password, a rollback.
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody> - 3);
}

TEST_F(Exported, AsOcsfHasTheRightActivity) {
  const auto of = [this](const char* kind) { return ocsf(kind)["type_uid"].get<int>(); };
  EXPECT_EQ(of("account_created"), 300101);
  EXPECT_EQ(of("account_enabled"), 300102);
  EXPECT_EQ(of("secret_issued"), 300104);
  EXPECT_EQ(of("account_disabled"), 300105);
  EXPECT_EQ(of("account_deleted"), 300106);
  EXPECT_EQ(of("permissions_granted"), 300501);
  EXPECT_EQ(of("permissions_revoked"), 300502);
  EXPECT_EQ(of("role_granted"), 300501);
  EXPECT_EQ(of("role_revoked"), 300502);
  EXPECT_EQ(of("operator_added"), 300101);
  EXPECT_EQ(of("operator_removed"), 300106);
  EXPECT_EQ(of("account_renewed"), 300403);
  EXPECT_EQ(of("account_expiry_changed"), 300403);
  EXPECT_EQ(of("project_created"), 300401);
  EXPECT_EQ(of("project_deleted"), 300404);
  EXPECT_EQ(of("system_expiry_changed"), 300403);
  EXPECT_EQ(of("claim_recorded"), 300499);
  const Json granted = ocsf("permissions_granted");
  EXPECT_EQ(granted["user"]["name"], "robot$web+made");
  EXPECT_EQ(granted["user"]["type_id"], 4);
  EXPECT_EQ(granted["privileges"], Json::array({"helm-chart:read"}));
  EXPECT_EQ(granted["resources"][0]["name"], "web");
  EXPECT_EQ(granted["actor"]["user"]["name"], "admin");
  EXPECT_EQ(granted["actor"]["app_name"], "test");
  EXPECT_EQ(ocsf("ledger_initialized")["actor"]["app_name"], "robotledger");
}

TEST(ExportFormats, AreReadByTheirNames) {
  for (const char* name : {"jsonl", "csv", "ocsf", "cloudevents", "syslog"}) {
    const auto format = parseExportFormat(name);
    ASSERT_TRUE(format) << name;
    EXPECT_NE(exportFormatNames().find(name), std::string_view::npos);
    EXPECT_FALSE(mediaTypeOf(*format).empty());
    EXPECT_FALSE(extensionOf(*format).empty());
  }
  EXPECT_FALSE(parseExportFormat("JSONL"));
  EXPECT_FALSE(parseExportFormat(""));
}

}  // namespace
}  // namespace robotledger
