// Threads that ask while a writer commits: what was acknowledged is seen by every later call. To be
// run under the thread sanitizer as well.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "core/log/memory_log_store.h"
#include "tests/projections/authorizer_testing.h"

namespace robotledger {
namespace {

constexpr int kReaders = 3;

// A ledger in memory whose writer tells an authorizer.
struct Served {
  MemoryLogStore log;
  SystemClock clock;
  std::unique_ptr<Authorizer> authorizer;
  std::unique_ptr<Ledger> ledger;

  Served() {
    EXPECT_TRUE(initializeLedger(log, {.origin = "test.example/robots"}, clock));
    auto loaded = loadState(log, nullptr);
    EXPECT_TRUE(loaded);
    authorizer = authorizerWithoutRows(loaded->state);
    ledger =
        Ledger::open(log, {.clock = &clock, .observers = {authorizer.get()}}, *std::move(loaded));
  }
  void must(Command command) {
    Context context;
    context.actor = "admin";
    context.channel = Embedder{"test"};
    const auto outcome = ledger->submit({std::move(command), std::move(context)});
    ASSERT_TRUE(outcome);
    const auto* refused = std::get_if<Refusal>(&*outcome);
    ASSERT_EQ(refused, nullptr) << refused->message;
  }
};

// What is known to be acknowledged of a thing that is on or off: even where nothing is under way;
// then the lowest bit but one says which it is.
class Acknowledged {
 public:
  void begin() { count_.fetch_add(1); }
  void end() { count_.fetch_add(1); }
  std::uint64_t now() const { return count_.load(); }
  static bool isSettled(std::uint64_t count) { return count % 2 == 0; }
  static bool isOn(std::uint64_t count) { return count % 4 == 0; }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

// Runs `change` with what it is about to do, off or on, so many times, while others call `look`,
// which says whether it is on.
template <class Change, class Look>
void watch(int changes, const Change& change, const Look& look) {
  Acknowledged acknowledged;
  std::atomic<int> reading = 0;
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> settled = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      reading += 1;
      while (!done) {
        std::this_thread::yield();  // there may be fewer cores than threads
        const std::uint64_t before = acknowledged.now();
        const bool on = look();
        if (before != acknowledged.now() || !Acknowledged::isSettled(before)) continue;
        settled += 1;
        ASSERT_EQ(on, Acknowledged::isOn(before));
      }
    });
  }
  while (reading < kReaders) std::this_thread::yield();
  for (int i = 0; i < changes; ++i) {
    acknowledged.begin();
    change(i % 2 == 1);
    acknowledged.end();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(settled, 0u);
}

class AuthorizerThreads : public testing::Test {
 protected:
  AuthorizerThreads() {
    it_.must(CreateProject{"web"});
    it_.must(account("web", "ci", own({"push-image"}), "of web"));
    it_.must(account("", "mirror", {{"web", "push-image"}, {"*", "push-chart"}}, "of mirror"));
  }
  const Authorizer& authorizer() const { return *it_.authorizer; }
  std::optional<Denial> ask(const char* name, Capability capability) const {
    return authorizer().authorize(name, capability, "web", {});
  }
  Served it_;
};

TEST_F(AuthorizerThreads, ADisableThatIsAcknowledgedIsSeenByEveryLaterCall) {
  const Principal ci = *authorizer().principal("robot$web+ci");
  const ProjectHandle web = *authorizer().project("web");
  watch(
      3000,
      [&](bool on) {
        it_.must(on ? Command(EnableAccount{named("robot$web+ci")})
                    : Command(DisableAccount{named("robot$web+ci")}));
      },
      [&] {
        const auto denial = authorizer().authorize(ci, kPushImage, web, {});
        EXPECT_TRUE(!denial || *denial == Denial::kDisabled);
        return !denial;
      });
}

TEST_F(AuthorizerThreads, ARevocationFromASystemAccountIsSeenAndTouchesNothingElse) {
  watch(
      3000,
      [&](bool on) {
        std::vector<PermissionRequest> push{{"web", "push-image"}};
        it_.must(on ? Command(GrantPermissions{named("robot$mirror"), push})
                    : Command(RevokePermissions{named("robot$mirror"), push}));
      },
      [&] {
        EXPECT_EQ(ask("robot$mirror", kPushChart), std::nullopt);
        const auto denial = ask("robot$mirror", kPushImage);
        EXPECT_TRUE(!denial || *denial == Denial::kNotGranted);
        return !denial;
      });
}

// An account whose permissions in a project are all exchanged for others could pull all along.
TEST_F(AuthorizerThreads, AnExchangeOfPermissionsIsSeenAsBeforeOrAsAfter) {
  watch(
      3000,
      [&](bool on) {
        UpdateAccount update;
        update.account = named("robot$mirror");
        update.permissions = {{{"web", on ? "push-image" : "pull-chart"}}};
        it_.must(update);
      },
      [&] {
        EXPECT_EQ(ask("robot$mirror", kPullImage), std::nullopt);
        const auto denial = ask("robot$mirror", kPushImage);
        EXPECT_TRUE(!denial || *denial == Denial::kNotGranted);
        return !denial;
      });
}

TEST_F(AuthorizerThreads, ADeletedAccountIsGoneAndItsSuccessorIsAnother) {
  const Principal first = *authorizer().principal("robot$web+ci");
  watch(
      3000,
      [&](bool on) {
        it_.must(on ? Command(account("web", "ci", own({"push-image"}), "of web"))
                    : Command(DeleteAccount{named("robot$web+ci")}));
        // Others take its place, and leave it.
        if (!on) {
          it_.must(account("", "a-guest-with-a-long-name", {{"*", "pull-chart"}}));
          it_.must(account("web", "guest", own({"push-chart"})));
          it_.must(DeleteAccount{named("robot$a-guest-with-a-long-name")});
          it_.must(DeleteAccount{named("robot$web+guest")});
        }
      },
      [&] {
        const auto name = authorizer().qualifiedName(first);
        EXPECT_TRUE(!name || *name == "robot$web+ci");
        const auto denial = ask("robot$web+ci", kPushImage);
        EXPECT_TRUE(!denial || *denial == Denial::kNoAccount);
        return !denial;
      });
}

TEST_F(AuthorizerThreads, ADeletedProjectIsGoneWithAllThatIsInIt) {
  watch(
      1500,
      [&](bool on) {
        if (!on) return it_.must(DeleteProject{"web"});
        it_.must(CreateProject{"web"});
        it_.must(account("web", "ci", own({"push-image"})));
      },
      [&] {
        const auto denial = ask("robot$mirror", kPushChart);
        EXPECT_TRUE(!denial || *denial == Denial::kNoProject);
        return !denial && ask("robot$web+ci", kPushImage) == std::nullopt;
      });
}

TEST_F(AuthorizerThreads, ASecretThatWasReplacedLetsNobodyIn) {
  watch(
      3000,
      [&](bool on) {
        it_.must(RotateSecret{named("robot$web+ci"), hashOf(on ? "of web" : "another")});
      },
      [&] {
        EXPECT_EQ(authorizer().authenticate("robot$mirror", "of mirror", {}).index(), 0u);
        const Login login = authorizer().authenticate("robot$ci", "of web", {});
        const auto* failed = std::get_if<LoginFailure>(&login);
        EXPECT_TRUE(failed == nullptr || *failed == LoginFailure::kWrongSecret);
        return failed == nullptr;
      });
}

TEST_F(AuthorizerThreads, ManyNamesComeAndGoBesideThoseThatStay) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        std::this_thread::yield();
        ASSERT_EQ(ask("robot$web+ci", kPushImage), std::nullopt);
        ASSERT_EQ(ask("robot$mirror", kPushImage), std::nullopt);
        ASSERT_EQ(authorizer().authenticate("robot$mirror", "of mirror", {}).index(), 0u);
        const auto who = authorizer().principal("robot$web+a7");
        if (!who) continue;
        const auto name = authorizer().qualifiedName(*who);
        ASSERT_TRUE(!name || *name == "robot$web+a7");
        (void)authorizer().findOperator("admin");
        (void)authorizer().changed(*who);
      }
    });
  }
  // Enough that every table has to grow.
  for (int i = 0; i < 1500; ++i) {
    const std::string name = "a" + std::to_string(i);
    it_.must(account("web", name.c_str(), {}, name.c_str()));
    if (i % 3 == 0) it_.must(DeleteAccount{named("robot$web+" + name)});
    if (i % 500 == 0) it_.must(SetSystemExpiry{i + 100});
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_TRUE(authorizer().principal("robot$web+a7"));
  EXPECT_FALSE(authorizer().principal("robot$web+a9"));
  EXPECT_EQ(authorizer().size(), it_.ledger->head().size);
}

}  // namespace
}  // namespace robotledger
