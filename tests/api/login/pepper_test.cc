#include "api/login/pepper.h"

#include <fstream>

#include <sys/stat.h>

#include "tests/api/login/login_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<SecretText>> ensured(const LoginLedger& made) {
  return made.ledger->ask(
      [&](const View& view) { return ensurePepper(pepperPath(made.path()), view); });
}

TEST(Pepper, IsMadeOnceForItsOwnerAlone) {
  const TestFolder folder;
  const std::string path = folder / "keys/pepper";
  EXPECT_EQ(readPepper(path).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(makePepper(path));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(folder / "keys").permissions(), fs::perms::owner_all);
  const auto pepper = readPepper(path);
  ASSERT_TRUE(pepper);
  EXPECT_EQ((*pepper)->text().size(), kPepperBytes);
  EXPECT_EQ(makePepper(path).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ((*readPepper(path))->text(), (*pepper)->text());
  ASSERT_TRUE(makePepper(folder / "keys/other"));
  EXPECT_NE((*readPepper(folder / "keys/other"))->text(), (*pepper)->text());
}

TEST(Pepper, IsNotTakenWhereItIsNoneOrOthersHaveRightsToIt) {
  const TestFolder folder;
  const std::string path = folder / "keys/pepper";
  ASSERT_TRUE(makePepper(path));
  fs::permissions(path, fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(readPepper(path).error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(readPepper(path).error().message.find("chmod 600"), std::string::npos);
  fs::permissions(path, fs::perms::owner_read);
  EXPECT_TRUE(readPepper(path));
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  fs::resize_file(path, kPepperBytes - 1);
  EXPECT_EQ(readPepper(path).error().code, ErrorCode::kInvalidArgument);
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(readPepper(path).error().code, ErrorCode::kInvalidArgument);
}

TEST(Pepper, ComesWithTheLedger) {
  const TestFolder folder;
  ASSERT_TRUE(createLedger(folder / "data", {.origin = "pepper.example/robots"}));
  EXPECT_TRUE(readPepper(folder / "data/keys/pepper"));
}

TEST(Pepper, OfAnOlderLedgerIsMadeWhereNoneIsMissed) {
  const TestFolder folder;
  const std::string path = folder / "data";
  ASSERT_TRUE(createLedger(path, {.origin = "pepper.example/robots"}));
  fs::remove(pepperPath(path));
  auto ledger = OpenLedger::open(path, {});
  ASSERT_TRUE(ledger);
  const auto ask = [&] {
    return (*ledger)->ask([&](const View& view) { return ensurePepper(pepperPath(path), view); });
  };
  const auto made = ask();
  ASSERT_TRUE(made);
  EXPECT_EQ((*ask())->text(), (*made)->text());
}

TEST(Pepper, ThatIsMissedIsNotMadeAnew) {
  LoginLedger made;
  const std::string path = pepperPath(made.path());
  ASSERT_TRUE(ensured(made));
  fs::remove(path);
  // Passwords and chosen secrets were recorded.
  const auto lost = ensured(made);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kNotFound);
  EXPECT_NE(lost.error().message.find("is lost"), std::string::npos);
  EXPECT_FALSE(fs::exists(path));
}

TEST(Pepper, IsMissedForAPasswordAloneAndForAChosenSecretAlone) {
  for (const bool password : {true, false}) {
    const TestFolder folder;
    const std::string path = folder / "data";
    ASSERT_TRUE(createLedger(path, {.origin = "pepper.example/robots"}));
    auto opened = OpenLedger::open(path, {});
    ASSERT_TRUE(opened);
    OpenLedger& ledger = **opened;
    const auto submit = [&](Command command) {
      Submission submission{.command = std::move(command), .context = {}};
      submission.context.actor = "admin";
      submission.context.channel = Embedder{"test"};
      ASSERT_TRUE(ledger.ledger().submit(std::move(submission)));
    };
    const auto missed = [&] { return *ledger.ask(hasChosenSecrets); };
    submit(CreateProject{"web"});
    submit(CreateAccount{.project = "web", .name = "ci", .secret = hashOf(newSecret())});
    EXPECT_FALSE(missed());
    const SecretHash hash = *hashChosen(kPassword, std::string(kPepperBytes, 'x'));
    if (password) submit(SetOperatorPassword{"admin", hash});
    if (!password) submit(RotateSecret{{.name = "robot$web+ci", .id = {}}, hash});
    EXPECT_TRUE(missed());
  }
}

}  // namespace
}  // namespace robotledger
