// A ledger used by way of its control socket, beside the same one used here.
#include <chrono>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/control/control_server.h"
#include "api/control/frame.h"
#include "api/control/remote_ledger.h"
#include "api/embed/open_ledger.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

class Controlled : public ::testing::Test {
 protected:
  Controlled() {
    EXPECT_NE(::mkdtemp(room_.data()), nullptr);
    EXPECT_TRUE(createLedger(path(), {.origin = "control.example/robots"}));
    auto opened = OpenLedger::open(path(), {});
    EXPECT_TRUE(opened);
    here_ = *std::move(opened);
    listen({});
  }
  ~Controlled() override {
    there_.reset();
    server_.reset();
    here_.reset();
    fs::remove_all(room_);
  }

  std::string path() const { return room_ + "/data"; }

  void listen(const ControlOptions& options) {
    there_.reset();
    server_.reset();
    auto server = ControlServer::start(*here_, options);
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
    there_ = connect();
  }

  std::unique_ptr<RemoteLedger> connect() const {
    auto there = RemoteLedger::connect(path(), {});
    EXPECT_TRUE(there) << there.error().message;
    return there ? *std::move(there) : nullptr;
  }

  static Submission from(Command command, Channel channel = CommandLine{"somebody", "", "host"}) {
    Submission submission{std::move(command), {}};
    submission.context.actor = "admin";
    submission.context.channel = std::move(channel);
    return submission;
  }

  static Receipt receiptOf(const Result<Outcome>& outcome) {
    EXPECT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome && std::holds_alternative<Receipt>(*outcome));
    return outcome ? std::get<Receipt>(*outcome) : Receipt{};
  }

  std::string room_ = (fs::temp_directory_path() / "robotledger-XXXXXX").string();
  std::unique_ptr<OpenLedger> here_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<RemoteLedger> there_;
};

TEST_F(Controlled, TakesCommandsAndRecordsTheUserThatTheSystemNames) {
  const Receipt receipt = receiptOf(there_->submit(from(CreateProject{"web"})));
  const auto event = readEvent(here_->log(), receipt.first);
  ASSERT_TRUE(event);
  const auto& channel = std::get<CommandLine>(event->channel);
  EXPECT_EQ(channel.system_user, userName(::geteuid()));
  EXPECT_EQ(channel.host, "host");
  const auto again = there_->submit(from(CreateProject{"web"}));
  ASSERT_TRUE(again);
  EXPECT_EQ(std::get<Refusal>(*again).code, RefusalCode::kProjectExists);
}

TEST_F(Controlled, TakesNoCommandThatCameByAnotherWay) {
  for (const Channel& channel :
       {Channel(LedgerItself{}), Channel(Http{"127.0.0.1"}), Channel(Embedder{"registry"}),
        Channel(Import{Sequence{0}, 1}), Channel(Import{Sequence{900}, 1}),
        Channel(CommandLine{"", "b\n", "host"})}) {
    const auto outcome = there_->submit(from(CreateProject{"web"}, channel));
    EXPECT_FALSE(outcome);
  }
  RollBackLedger back;
  back.origin = "other.example/robots";
  EXPECT_FALSE(there_->submit(from(back)));
  EXPECT_FALSE(there_->run(Job{}));
  Job announced;
  announced.submissions.push_back(from(CreateProject{"web"}, Import{{}, 1}));
  announced.announcement = from(CreateProject{"docs"});
  EXPECT_FALSE(there_->run(std::move(announced)));
  EXPECT_EQ(here_->log().head().size, TreeSize{1});
}

TEST_F(Controlled, GoesOnWithAnImportThatItsUserBegan) {
  Job first;
  first.submissions.push_back(from(CreateProject{"web"}, Import{{}, 1}));
  first.announcement = from(ImportHistory{});
  const auto begun = there_->run(std::move(first));
  ASSERT_TRUE(begun) << begun.error().message;
  ASSERT_EQ(begun->announced, Sequence{1});
  receiptOf(there_->submit(from(CreateProject{"docs"}, Import{Sequence{1}, 2})));
  // One that somebody else began here.
  const Receipt other =
      receiptOf(here_->submit(from(ImportHistory{}, CommandLine{"somebody else", "", "host"})));
  EXPECT_FALSE(there_->submit(from(CreateProject{"ops"}, Import{other.first, 3})));
}

TEST_F(Controlled, TakesAnUpdateAlsoWhereThereIsNothingToDo) {
  receiptOf(there_->submit(from(CreateProject{"web"})));
  CreateAccount account;
  account.project = "web";
  account.name = "ci";
  account.issued_at = Instant{0};
  receiptOf(there_->submit(from(account)));
  UpdateAccount update;
  update.account.name = "robot$web+ci";
  update.description = "builds";
  update.status = AccountStatus::kDisabled;
  const Receipt done = receiptOf(there_->submit(from(update)));
  EXPECT_EQ(done.first, Sequence{3});
  EXPECT_EQ(done.count, 2U);
  EXPECT_EQ(done.account, AccountId{1});
  const Receipt nothing = receiptOf(there_->submit(from(update)));
  EXPECT_EQ(nothing.first, Sequence{5});
  EXPECT_EQ(nothing.count, 0U);
  EXPECT_EQ(here_->log().head().size, TreeSize{5});
  // Who asks afterwards waits for no event that there is not.
  EXPECT_TRUE(there_->ask([](const View& view) -> Result<TreeSize> { return view.size; }));
  const auto created = readEvent(here_->log(), Sequence{2});
  ASSERT_TRUE(created);
  EXPECT_EQ(std::get<AccountCreated>(created->body).issued_at, Instant{0});
}

TEST_F(Controlled, TakesClaims) {
  receiptOf(there_->submit(from(CreateProject{"web"})));
  RecordClaim claim;
  claim.project = "web";
  claim.source = "harbor.example";
  const auto refused = there_->submit(from(claim));
  ASSERT_TRUE(refused);
  EXPECT_EQ(std::get<Refusal>(*refused).code, RefusalCode::kInvalidClaim);
  claim.source_id = "project/1";
  claim.time = Instant{kUsPerDay};
  const Receipt receipt = receiptOf(there_->submit(from(claim)));
  const auto event = readEvent(here_->log(), receipt.first);
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<ClaimRecorded>(event->body), (ClaimRecorded{.project = ProjectId{1},
                                                                 .source = "harbor.example",
                                                                 .source_id = "project/1",
                                                                 .time = Instant{kUsPerDay}}));
}

TEST_F(Controlled, SaysOfTheStateWhatTheLedgerSays) {
  receiptOf(here_->submit(from(CreateProject{"web"})));
  CreateAccount account;
  account.project = "web";
  account.name = "ci";
  account.permissions = {{.scope = std::nullopt, .capability = "push-image"}};
  account.expiry = {Expiry::Kind::kDays, 30};
  account.secret = SecretHash{SecretHash::Kind::kGenerated, Bytes(32, 'x'), {}, 5};
  const Receipt receipt = receiptOf(there_->submit(from(account)));

  const auto living = there_->findAccount({.name = "robot$web+ci", .id = {}});
  ASSERT_TRUE(living && *living);
  EXPECT_EQ((*living)->id, receipt.account);
  EXPECT_EQ((*living)->expires_at, afterDays(receipt.time, 30));
  EXPECT_FALSE(*there_->findAccount({.name = "robot$web+none", .id = {}}));
  EXPECT_EQ(*there_->findOperator("admin"), *here_->findOperator("admin"));
  EXPECT_FALSE(*there_->findOperator("nobody"));
  const auto outline = there_->outline();
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->image, here_->outline()->image);
  EXPECT_EQ(outline->accounts, (std::map<ProjectId, std::uint64_t>{{ProjectId{1}, 1}}));
  EXPECT_TRUE(outline->image.accounts.empty());
  EXPECT_TRUE(there_->previewExpiry(5));
  EXPECT_FALSE(there_->previewExpiry(0));
  const auto refused = there_->refusalOf(from(CreateProject{"web"}));
  ASSERT_TRUE(refused && *refused);
  EXPECT_EQ((*refused)->code, RefusalCode::kProjectExists);
}

TEST_F(Controlled, HasTheSameLog) {
  for (int i = 0; i < 700; ++i) {
    receiptOf(here_->submit(from(CreateProject{"p" + std::to_string(i)})));
  }
  const LogStore& log = there_->log();
  EXPECT_EQ(log.head(), here_->log().head());
  EXPECT_EQ(*log.read(Sequence{5}), *here_->log().read(Sequence{5}));
  EXPECT_EQ(log.read(Sequence{701}).error().code, ErrorCode::kNotFound);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 701; ++i) {
      ASSERT_EQ(*log.read(Sequence{i}), *here_->log().read(Sequence{i})) << i;
    }
  }
  EXPECT_EQ(log.read(Sequence{701}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*log.hashTile(0, 1, 256), *here_->log().hashTile(0, 1, 256));
  EXPECT_EQ(log.hashTile(0, 2, 257).error().code, ErrorCode::kInvalidArgument);
  const auto near = here_->log().scan(Sequence{3}, TreeSize{700});
  const auto far = log.scan(Sequence{3}, TreeSize{700});
  ASSERT_TRUE(near && far);
  for (int i = 3; i < 700; ++i) ASSERT_EQ(**(*far)->next(), **(*near)->next()) << i;
  EXPECT_FALSE(*(*far)->next());
  EXPECT_EQ(log.scan(Sequence{3}, TreeSize{702}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(log.scan(Sequence{5}, TreeSize{4}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(*(*log.scan(Sequence{5}, TreeSize{5}))->next());
  EXPECT_EQ(*verifyLog(log, {}), *verifyLog(here_->log(), {}));
  EXPECT_EQ(there_->checkpoint()->note, here_->checkpoint()->note);
  EXPECT_EQ(there_->checkpointAt(TreeSize{300})->note, here_->checkpointAt(TreeSize{300})->note);
  EXPECT_EQ(there_->verifierKey(), here_->verifierKey());
}

// Walks both cursors alike, there and back, with turns.
TEST_F(Controlled, HasTheSameRowsWhicheverWayTheyAreRead) {
  for (int i = 0; i < 300; ++i) {
    receiptOf(here_->submit(from(CreateProject{"p" + std::to_string(i)})));
  }
  const auto near_view = *here_->view();
  const auto far_view = *there_->view();
  EXPECT_EQ(far_view->size, near_view->size);
  EXPECT_EQ(far_view->last_time, near_view->last_time);
  EXPECT_EQ(far_view->catalog->projects.size(), 300U);
  EXPECT_EQ(far_view->catalog->settings, near_view->catalog->settings);
  const auto near = near_view->rows->cursor();
  const auto far = far_view->rows->cursor();
  std::vector<Bytes> keys;
  near->seek({});
  for (far->seek({}); near->valid(); near->next(), far->next()) {
    ASSERT_TRUE(far->valid());
    ASSERT_EQ(far->key(), near->key());
    ASSERT_EQ(far->value(), near->value());
    keys.emplace_back(near->key());
  }
  EXPECT_FALSE(far->valid());
  EXPECT_TRUE(far->status());
  ASSERT_GT(keys.size(), 300U);
  std::uint64_t chance = 1;
  for (int i = 0; i < 3000; ++i) {
    chance = chance * 6364136223846793005U + 1442695040888963407U;
    const auto what = (chance >> 33) % 40;
    if (what < 2 || !near->valid()) {
      Bytes key = keys[(chance >> 40) % keys.size()];
      if (what == 1) key.push_back('x');
      near->seek(key);
      far->seek(key);
    } else if (what < 4) {
      const Bytes key = keys[(chance >> 40) % keys.size()] + (what == 2 ? "" : "x");
      near->seekForPrev(key);
      far->seekForPrev(key);
    } else if ((i / 150) % 2 == 0 ? what < 34 : what < 10) {
      near->next();
      far->next();
    } else {
      near->prev();
      far->prev();
    }
    ASSERT_EQ(far->valid(), near->valid()) << i;
    if (near->valid()) {
      ASSERT_EQ(far->key(), near->key()) << i;
    }
  }
  keys.push_back("no such row");
  EXPECT_EQ(*far_view->rows->getMany(keys), *near_view->rows->getMany(keys));
}

TEST_F(Controlled, LooksAtOneMomentWhateverIsWrittenAfter) {
  const auto view = *there_->view();
  receiptOf(here_->submit(from(CreateProject{"web"})));
  EXPECT_EQ(view->size, TreeSize{1});
  EXPECT_TRUE(view->catalog->projects.empty());
  EXPECT_EQ((*there_->view())->catalog->projects.size(), 1U);
}

TEST_F(Controlled, BuildsViewsAnewThoughAnotherClientHoldsSome) {
  const auto other = connect();
  const auto held = *other->view();
  EXPECT_TRUE(there_->rebuildViews());
  const auto gone = held->rows->get("key");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kClosed);
  EXPECT_TRUE(other->view());
  EXPECT_EQ(there_->verify(VerifyScope::kEverything, {})->log.size, TreeSize{1});
}

TEST_F(Controlled, LetsGoOfViewsThatNobodyAsks) {
  listen({.connections = 32, .idle_views_ms = 20});
  const auto held = *there_->view();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(held->rows->get("key").error().code, ErrorCode::kClosed);
  EXPECT_TRUE(there_->view());
}

TEST_F(Controlled, HoldsSoManyViewsOfAClientAndNoMore) {
  std::vector<std::shared_ptr<const View>> held;
  for (std::size_t i = 0; i < kMaxHeldViews; ++i) held.push_back(*there_->view());
  EXPECT_FALSE(there_->view());
  held.pop_back();
  EXPECT_TRUE(there_->view());
}

TEST_F(Controlled, TellsHowFarAVerificationIs) {
  int told = 0;
  const auto verified = there_->verify(
      VerifyScope::kLog, [&](VerifyStep, std::uint64_t, std::uint64_t) { told += 1; });
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->log, here_->verify(VerifyScope::kLog, {})->log);
  EXPECT_GT(told, 0);
}

TEST_F(Controlled, SaysThatItsProcessWentAway) {
  const auto view = *there_->view();
  server_.reset();
  EXPECT_EQ(there_->findOperator("admin").error().code, ErrorCode::kClosed);
  EXPECT_EQ(view->rows->get("key").error().code, ErrorCode::kClosed);
  EXPECT_EQ(there_->log().read(Sequence{0}).error().code, ErrorCode::kClosed);
  EXPECT_EQ(there_->submit(from(CreateProject{"web"})).error().code, ErrorCode::kClosed);
  EXPECT_EQ(RemoteLedger::connect(path(), {}).error().code, ErrorCode::kNotFound);
}

TEST(ControlFrames, AreBoundedAndWhole) {
  int both[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, both), 0);
  const Descriptor near(both[0]);
  Descriptor far(both[1]);
  ASSERT_TRUE(sendFrame(near.get(), "abc"));
  EXPECT_EQ(**receiveFrame(far.get(), 3), "abc");
  ASSERT_TRUE(sendFrame(near.get(), "abcd"));
  EXPECT_EQ(receiveFrame(far.get(), 3).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(::recv(far.get(), both, 4, 0), 4);
  EXPECT_EQ(::send(near.get(), "\0\0\0\0\0\0\0\5ab", 10, 0), 10);
  EXPECT_EQ(receiveFrame(far.get(), 9).error().code, ErrorCode::kInvalidArgument);
  ::shutdown(near.get(), SHUT_WR);
  EXPECT_EQ(receiveFrame(far.get(), 9).error().code, ErrorCode::kClosed);
  EXPECT_FALSE(*receiveFrame(far.get(), 9));
  far = Descriptor(-1);
  EXPECT_EQ(sendFrame(near.get(), "abc").error().code, ErrorCode::kClosed);
}

}  // namespace
}  // namespace robotledger
