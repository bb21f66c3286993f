// A ledger on the disk, and the authorizer that it keeps where somebody asks for one.
#include <filesystem>

#include <gtest/gtest.h>

#include "api/embed/open_ledger.h"
#include "api/secret/secret.h"
#include "projections/rocks_row_store.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr char kSecret[] = "a secret";
constexpr char kName[] = "robot$web+ci";

class OpenLedgerAuthorizer : public testing::Test {
 protected:
  OpenLedgerAuthorizer() {
    EXPECT_NE(::mkdtemp(room_.data()), nullptr);
    EXPECT_TRUE(createLedger(path(), {.origin = "test.example/robots"}));
  }
  ~OpenLedgerAuthorizer() override {
    ledger_.reset();
    fs::remove_all(room_);
  }
  std::string path() const { return room_ + "/data"; }

  void open(AuthorizerUse authorizer) {
    ledger_.reset();
    told_.clear();
    auto opened = OpenLedger::open(
        path(),
        {.authorizer = authorizer, .tell = [this](const std::string& why) { told_ = why; }});
    ASSERT_TRUE(opened) << opened.error().message;
    ledger_ = *std::move(opened);
  }
  static Submission byAdmin(Command command) {
    Submission submission{.command = std::move(command), .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"test"};
    return submission;
  }
  void must(Command command) {
    const auto outcome = ledger_->ledger().submit(byAdmin(std::move(command)));
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_TRUE(std::holds_alternative<Receipt>(*outcome));
  }
  void fill() {
    must(CreateProject{"web"});
    must(CreateAccount{"web", "ci", "", {{{}, "push-image"}}, {}, hashOf(kSecret)});
    must(SetOperatorPassword{"admin", password_});
  }
  std::optional<Denial> mayPush() const {
    return ledger_->authorizer()->authorize(kName, kPushImage, "web", {});
  }
  bool letsIn(std::string_view secret) const {
    const Login login = ledger_->authorizer()->authenticate(kName, secret, {});
    return std::holds_alternative<Principal>(login);
  }

  std::string room_ = (fs::temp_directory_path() / "robotledger-XXXXXX").string();
  std::unique_ptr<OpenLedger> ledger_;
  std::string told_;
  const SecretHash password_{SecretHash::Kind::kChosen, Bytes(32, 'p'), Bytes(16, 's'), 0};
};

TEST_F(OpenLedgerAuthorizer, IsThereWhereItWasAskedFor) {
  open(AuthorizerUse::kNone);
  EXPECT_EQ(ledger_->authorizer(), nullptr);
  open(AuthorizerUse::kKept);
  EXPECT_NE(ledger_->authorizer(), nullptr);
}

TEST_F(OpenLedgerAuthorizer, HasWhatWasAcknowledged) {
  open(AuthorizerUse::kKept);
  fill();
  EXPECT_EQ(mayPush(), std::nullopt);
  EXPECT_TRUE(letsIn(kSecret));
  must(DisableAccount{{kName, {}}});
  EXPECT_EQ(mayPush(), Denial::kDisabled);
  EXPECT_EQ(ledger_->authorizer()->size(), ledger_->ledger().head().size);
}

TEST_F(OpenLedgerAuthorizer, KnowsSecretsAndPasswordsAgainWhenTheLedgerIsOpenedAnew) {
  open(AuthorizerUse::kNone);
  fill();
  for (int i = 0; i < 2; ++i) {
    open(AuthorizerUse::kKept);
    EXPECT_EQ(mayPush(), std::nullopt);
    EXPECT_TRUE(letsIn(kSecret));
    EXPECT_FALSE(letsIn("another"));
    EXPECT_EQ(ledger_->authorizer()->findOperator("admin")->password, password_);
    EXPECT_EQ(ledger_->authorizer()->size(), ledger_->ledger().head().size);
    // From a saved copy of the state or from the log.
    ledger_.reset();
    fs::remove(path() + "/state");
  }
}

TEST_F(OpenLedgerAuthorizer, BuildsDamagedViewsAnewBeforeItTrustsThem) {
  open(AuthorizerUse::kNone);
  fill();
  ASSERT_TRUE(ledger_->view());
  ledger_.reset();
  {
    const auto rows = openRocksRowStore(path() + "/views", {});
    ASSERT_TRUE(rows);
    RowBatch batch;
    batch.remove(accountKey(ProjectId{1}, AccountId{1}));
    ASSERT_TRUE((*rows)->write(batch));
  }
  open(AuthorizerUse::kKept);
  EXPECT_NE(told_.find("built anew"), std::string::npos) << told_;
  EXPECT_TRUE(letsIn(kSecret));
}

TEST_F(OpenLedgerAuthorizer, IsTheSameAfterARollBackAndHasSeenIt) {
  open(AuthorizerUse::kNone);
  fill();
  ledger_.reset();
  fs::rename(path() + "/keys", room_ + "/keys");
  open(AuthorizerUse::kKept);
  const Authorizer* authorizer = ledger_->authorizer();
  RollBackLedger command{.lost_size = TreeSize{99}, .origin = "test.example/robots-2"};
  const auto outcome = ledger_->rollBack(byAdmin(std::move(command)));
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_TRUE(std::holds_alternative<Receipt>(*outcome));
  EXPECT_EQ(ledger_->authorizer(), authorizer);
  EXPECT_EQ(authorizer->origin(), "test.example/robots-2");
  EXPECT_EQ(mayPush(), Denial::kDisabled);
  must(EnableAccount{{kName, {}}});
  EXPECT_EQ(mayPush(), std::nullopt);
  EXPECT_EQ(authorizer->size(), ledger_->ledger().head().size);
}

}  // namespace
}  // namespace robotledger
