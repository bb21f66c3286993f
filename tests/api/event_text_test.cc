// Events in words and as JSON, and tables: what people and machines are shown.
#include "api/text/event_text.h"

#include <gtest/gtest.h>

#include "api/json/event_json.h"
#include "api/text/table.h"
#include "core/ledger/ledger.h"
#include "core/log/memory_log_store.h"
#include "projections/memory_row_store.h"
#include "projections/runner.h"

namespace robotledger {
namespace {

// A ledger in memory with an event of every sort that a person may cause.
class EventTexts : public testing::Test {
 protected:
  void SetUp() override {
    SystemClock clock;
    ASSERT_TRUE(initializeLedger(log_, {.origin = "test/ledger"}, clock));
    runner_ = Runner::start(log_, rows_, {});
    auto opened = Ledger::open(log_, {.observers = {runner_.get()}});
    ASSERT_TRUE(opened);
    ledger_ = std::move(*opened);
    submit(CreateProject{"web"});
    const std::vector<PermissionRequest> push{{.capability = "push-image"}};
    submit(CreateAccount{.project = "web", .name = "ci", .description = "builds"});
    submit(GrantPermissions{{"robot$web+ci", {}}, push});
    submit(CreateAccount{.name = "all",
                         .permissions = {{.scope = "*", .capability = "push-image"},
                                         {.scope = "*", .capability = "pull-chart"},
                                         {.scope = "web", .capability = "repository:delete"}},
                         .expiry = {Expiry::Kind::kDays, 1}});
    submit(RotateSecret{{"robot$all", {}},
                        {.kind = SecretHash::Kind::kGenerated,
                         .hash = Bytes(32, 'h'),
                         .fingerprint = 0x123456789abcdef}});
    submit(AddOperator{"alice"});
    submit(GrantRole{"alice", "project_admin", "web"});
    submit(SetSystemExpiry{60});
    submit(SetAccountExpiry{{"robot$web+ci", {}}, {Expiry::Kind::kNever, 0}});
    submit(DescribeAccount{{"robot$web+ci", {}}, "nightly builds"});
    submit(DeleteProject{"web"});
    Digest lost_root{};
    lost_root.fill(0xab);
    submit(RollBackLedger{TreeSize{70000}, lost_root, "test/ledger-2", "test/ledger-2+01234567+AQ",
                          RollBackLedger::Accounts::kDisable});
    submit(CreateProject{"shop"});
    RecordClaim claim{.account = AccountRef{"robot$all", {}},
                      .project = "shop",
                      .source = "harbor.example",
                      .source_id = "audit-log/345",
                      .time = *parseInstant("2019-05-01T12:00:00Z"),
                      .actor = "anna",
                      .operation = "create",
                      .resource = "robot$all",
                      .resource_type = "robot"};
    submit(claim);
    submit(RecordClaim{.source = "harbor.example", .source_id = "robot/12"});
    view_ = *runner_->view(ledger_->head().size);
  }

  void submit(Command command) {
    const Context context{.actor = "admin", .channel = CommandLine{"bob", "", "build"}};
    const auto outcome = ledger_->submit({std::move(command), context});
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_TRUE(std::holds_alternative<Receipt>(*outcome)) << std::get<Refusal>(*outcome).message;
  }

  std::string text(std::uint64_t sequence) {
    EventNames names(*view_);
    return *eventText(*readEvent(log_, Sequence{sequence}), names);
  }
  nlohmann::ordered_json json(std::uint64_t sequence) {
    EventNames names(*view_);
    return *eventJson(*readEvent(log_, Sequence{sequence}), names);
  }

  // As it is shown.
  static std::string lostRoot() {
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "ab";
    return hex;
  }

  MemoryLogStore log_;
  MemoryRowStore rows_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Ledger> ledger_;
  std::shared_ptr<const View> view_;
};

TEST_F(EventTexts, SayWhatHappenedWithNamesAlsoOfTheDead) {
  EXPECT_EQ(text(0), "began the ledger test/ledger: system expiry of 30 days, operator admin");
  EXPECT_EQ(text(1), "created project web");
  EXPECT_EQ(text(2), "created robot$web+ci (#1): no permissions granted, expiry system");
  EXPECT_EQ(text(3), "granted push-image in web to robot$web+ci");
  EXPECT_EQ(text(4),
            "created robot$all (#2): granted push-image, pull-chart in *; repository:delete in "
            "web, expiry 1 day");
  EXPECT_EQ(text(5), "issued a secret for robot$all, fingerprint 0123456789abcdef");
  EXPECT_EQ(text(6), "added operator alice");
  EXPECT_EQ(text(7), "made alice project administrator of web");
  EXPECT_EQ(text(8), "changed the system's expiry from 30 days to 60 days");
  EXPECT_EQ(text(9), "changed the expiry of robot$web+ci from system to never");
  EXPECT_EQ(text(10), "described robot$web+ci as 'nightly builds', before 'builds'");
  EXPECT_EQ(text(11), "deleted robot$web+ci");
  EXPECT_EQ(text(12), "revoked repository:delete in web from robot$all");
  EXPECT_EQ(text(13), "took from alice the role project administrator of web");
  EXPECT_EQ(text(14), "deleted project web");
  EXPECT_EQ(text(15),
            "went back to an older history, and left test/ledger behind at 70000 events with the "
            "root " +
                lostRoot() +
                ": from here on the ledger is test/ledger-2, its key test/ledger-2+01234567+AQ");
  EXPECT_EQ(text(16), "disabled robot$all");
  EXPECT_EQ(text(18),
            "recorded that, as harbor.example says, anna did create robot$all on "
            "2019-05-01T12:00:00Z");
  EXPECT_EQ(text(19),
            "recorded that, as harbor.example says, somebody did something to nothing that it "
            "names on 1970-01-01T00:00:00Z");
}

TEST_F(EventTexts, AreJsonWithNamesBesideIds) {
  const auto granted = json(3);
  EXPECT_EQ(granted["sequence"], 3);
  EXPECT_EQ(granted["kind"], "permissions_granted");
  EXPECT_EQ(granted["actor"], "admin");
  EXPECT_EQ(granted["channel"].dump(), R"({"kind":"cli","system_user":"bob","host":"build"})");
  EXPECT_EQ(granted["account_id"], 1);
  EXPECT_EQ(granted["account"], "robot$web+ci");
  EXPECT_EQ(granted["permissions"].dump(), R"([{"scope":"web","capability":"repository:push"}])");
  EXPECT_FALSE(granted.contains("asserted"));
  EXPECT_FALSE(granted.contains("reason"));
  EXPECT_EQ(json(2)["expires"], "system");
  EXPECT_EQ(json(2)["description"], "builds");
  EXPECT_EQ(json(4)["expires"], 1);
  EXPECT_EQ(json(4)["level"], "system");
  EXPECT_EQ(json(7)["role"], "project_admin");
  EXPECT_EQ(json(7)["project"], "web");
  EXPECT_EQ(json(8)["after_days"], 60);
  EXPECT_EQ(json(9)["after"], "never");
  EXPECT_EQ(json(14)["project_id"], 1);
  EXPECT_EQ(json(15)["kind"], "ledger_rolled_back");
  EXPECT_EQ(json(15)["lost_size"], 70000);
  EXPECT_EQ(json(15)["lost_root"], lostRoot());
  EXPECT_EQ(json(15)["old_origin"], "test/ledger");
  EXPECT_EQ(json(15)["origin"], "test/ledger-2");
  EXPECT_EQ(json(15)["verifier_key"], "test/ledger-2+01234567+AQ");
  EXPECT_FALSE(json(15).contains("account"));
}

TEST_F(EventTexts, KeepWhatAnotherSystemSaysApartFromWhatTheLedgerSays) {
  const auto claim = json(18);
  EXPECT_EQ(claim["kind"], "claim_recorded");
  EXPECT_EQ(claim["actor"], "admin");
  EXPECT_NE(claim["time"], "2019-05-01T12:00:00Z");
  EXPECT_EQ(claim["account_id"], 2);
  EXPECT_EQ(claim["account"], "robot$all");
  EXPECT_EQ(claim["project_id"], 2);
  EXPECT_EQ(claim["project"], "shop");
  EXPECT_EQ(claim["claim"].dump(),
            R"({"source":"harbor.example","source_id":"audit-log/345",)"
            R"("time":"2019-05-01T12:00:00Z","actor":"anna","operation":"create",)"
            R"("resource":"robot$all","resource_type":"robot"})");
  EXPECT_FALSE(json(19).contains("account"));
  EXPECT_FALSE(json(19).contains("project"));
  EXPECT_EQ(json(19)["claim"]["actor"], "");
}

TEST_F(EventTexts, TellOfASecretNothingButItsFingerprint) {
  EXPECT_EQ(json(5)["secret"].dump(), R"({"kind":"generated","fingerprint":"0123456789abcdef"})");
  EXPECT_EQ(json(5).dump().find("hhhh"), std::string::npos);
}

TEST(ActorText, NamesTheWay) {
  EXPECT_EQ(actorText("admin", CommandLine{"bob", "", "build"}), "admin (cli, bob)");
  EXPECT_EQ(actorText("admin", CommandLine{"root", "bob", "build"}),
            "admin (cli, root, sudo by bob)");
  EXPECT_EQ(actorText("alice", Http{"10.0.0.1"}), "alice (http, 10.0.0.1)");
  EXPECT_EQ(actorText("alice", Import{Sequence{1}, 12}), "alice (import line 12)");
  EXPECT_EQ(actorText("alice", Embedder{"my-registry"}), "alice (program my-registry)");
  EXPECT_EQ(actorText("", LedgerItself{}), "the ledger itself");
}

TEST(ActorText, LetsNoControlCharactersThrough) {
  EXPECT_EQ(actorText("admin", CommandLine{"b\x1b[31mob\n", "", ""}),
            R"(admin (cli, b\x1b[31mob\x0a))");
}

TEST(PrintableText, KeepsUtf8AndNothingThatSteersATerminal) {
  EXPECT_EQ(printableText("Größe ✓"), "Größe ✓");
  EXPECT_EQ(printableText("a\tb\x7f"), "a\\x09b\\x7f");
  EXPECT_EQ(printableText("a\xff\xc3"), "a??");
  EXPECT_EQ(printableText("\xc2\x9b"), "??");  // U+009B begins a sequence in some terminals
  EXPECT_EQ(printableText(""), "");
}

TEST(Table, AlignsByCodePointsAndLeavesOutEmptyColumns) {
  Table table({"name", "note", "n"});
  table.add({"Größe", "", "1"});
  table.add({"x", "", "22"});
  EXPECT_EQ(table.text(),
            "name   n\n"
            "-----  --\n"
            "Größe  1\n"
            "x      22\n");
}

TEST(Table, KeepsThePlaceOfAnEmptyFirstCell) {
  Table table({"a", "b"});
  table.add({"long", "1"});
  table.add({"", "2"});
  EXPECT_EQ(table.text(),
            "a     b\n"
            "----  -\n"
            "long  1\n"
            "      2\n");
}

}  // namespace
}  // namespace robotledger
