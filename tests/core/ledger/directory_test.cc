#include "core/ledger/directory.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ledger/log_key.h"
#include "core/log/rocks_log_store.h"
#include "tests/core/ledger/ledger_testing.h"
#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

struct Directory {
  TestDirectory room;
  TestClock clock;
  std::string path = (room.path() / "data").string();
  std::string guard;
  std::string key;

  std::string create(std::string origin = "test.example/robots") {
    return said(LedgerDirectory::create(path, {.origin = std::move(origin)},
                                        {.guard = guard, .key = key}, clock));
  }
  // The verifier key that the first event names.
  std::string named() const {
    const auto log = openRocksLogStore(path + "/log", {});
    if (!log) return log.error().message;
    return std::get<LedgerInitialized>(eventAt(**log, 0).body).verifier_key;
  }
  static std::string keyIn(const std::string& file) {
    const auto key = readLogKey(file, "test.example/robots");
    return key ? formatVerifierKey((*key)->verifierKey()) : key.error().message;
  }
  // "opened", and it is closed again, or what went wrong.
  std::string open() const { return said(LedgerDirectory::open(path, "the test")); }

  template <class T>
  static std::string said(const Result<T>& result) {
    if (result) return "done";
    return std::string(errorCodeName(result.error().code)) + ": " + result.error().message;
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

TEST(LedgerDirectory, IsMadeWithOneEventAndForItsOwnerOnly) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  struct stat info {};
  ASSERT_EQ(::stat(made.path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  const auto directory = LedgerDirectory::open(made.path, "the test");
  ASSERT_TRUE(directory) << directory.error().message;
  const auto log = openRocksLogStore((*directory)->logPath(), {});
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ((*log)->head().size.value, 1u);
  EXPECT_TRUE(std::holds_alternative<LedgerInitialized>(eventAt(**log, 0).body));
}

TEST(LedgerDirectory, HasAKeyOfItsOwnThatItsFirstEventNames) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  const std::string file = made.path + "/keys/log-key.pem";
  EXPECT_EQ(LedgerDirectory::open(made.path, "the test").value()->keyPath(), file);
  EXPECT_EQ(made.named(), Directory::keyIn(file));
  EXPECT_EQ(fs::status(made.path + "/keys").permissions(), fs::perms::owner_all);

  Directory other;
  ASSERT_EQ(other.create(), "done");
  EXPECT_NE(other.named(), made.named());
}

TEST(LedgerDirectory, TakesAKeyElsewhereOrMakesItThere) {
  Directory made;
  made.key = (made.room.path() / "elsewhere.pem").string();
  ASSERT_EQ(made.create(), "done");
  EXPECT_FALSE(fs::exists(made.path + "/keys"));
  EXPECT_EQ(LedgerDirectory::open(made.path, "the test").value()->keyPath(), made.key);
  EXPECT_EQ(made.named(), Directory::keyIn(made.key));

  Directory second;
  second.key = made.key;
  ASSERT_EQ(second.create(), "done");
  EXPECT_EQ(second.named(), made.named());

  Directory third;
  third.key = (third.room.path() / "none.pem").string();
  write(third.key, "no key");
  EXPECT_TRUE(has(third.create(), "invalid_argument: ")) << third.create();
  EXPECT_TRUE(fs::exists(third.key));
  EXPECT_FALSE(fs::exists(third.path));

  Directory fourth;
  fourth.key = (fourth.room.path() / "new.pem").string();
  EXPECT_TRUE(has(fourth.create("no origin"), "invalid_argument: "));
  EXPECT_FALSE(fs::exists(fourth.key));
}

TEST(LedgerDirectory, MayBeMadeAsACopyWithoutAKey) {
  Directory made;
  const auto copied = LedgerDirectory::createCopy(made.path, "", [&](LogStore& log) {
    return initializeLedger(log, {.origin = "test.example/robots", .verifier_key = "k"},
                            made.clock);
  });
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(made.named(), "k");
  EXPECT_FALSE(fs::exists(made.path + "/keys"));
  EXPECT_EQ(made.open(), "done");

  Directory failed;
  const auto not_copied = LedgerDirectory::createCopy(failed.path, "", [](LogStore&) {
    return Result<void>(Error{ErrorCode::kDamaged, "the backup is damaged"});
  });
  ASSERT_FALSE(not_copied);
  EXPECT_EQ(not_copied.error().message, "the backup is damaged");
  EXPECT_FALSE(fs::exists(failed.path));
}

TEST(LedgerDirectory, MayBeMadeInAnEmptyDirectoryWhichBecomesItsOwn) {
  Directory made;
  fs::create_directory(made.path);
  ::chmod(made.path.c_str(), 0755);
  ASSERT_EQ(made.create(), "done");
  EXPECT_EQ(fs::status(made.path).permissions(), fs::perms::owner_all);
  EXPECT_EQ(made.open(), "done");
}

TEST(LedgerDirectory, IsNotMadeWhereSomethingIs) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  EXPECT_TRUE(has(made.create(), "invalid_argument: there is a ledger at")) << made.create();

  Directory full;
  fs::create_directory(full.path);
  write(fs::path(full.path) / "notes.txt", "mine");
  EXPECT_TRUE(has(full.create(), "invalid_argument: ")) << full.create();
  EXPECT_EQ(std::distance(fs::directory_iterator(full.path), {}), 1);

  Directory file;
  write(file.path, "a file");
  EXPECT_TRUE(has(file.create(), "invalid_argument: ")) << file.create();
  EXPECT_TRUE(fs::is_regular_file(file.path));

  Directory orphan;
  orphan.path += "/below";
  EXPECT_TRUE(has(orphan.create(), "io: cannot make")) << orphan.create();
}

TEST(LedgerDirectory, ThatCouldNotBeMadeLeavesNothing) {
  Directory made;
  EXPECT_TRUE(has(made.create("no origin"), "invalid_argument: ")) << made.create("no origin");
  EXPECT_FALSE(fs::exists(made.path));
  fs::create_directory(made.path);
  EXPECT_TRUE(has(made.create("no origin"), "invalid_argument: "));
  EXPECT_TRUE(fs::is_empty(made.path));
  EXPECT_EQ(made.create(), "done");
}

TEST(LedgerDirectory, WhoseMakingWasCutShortIsMadeAnew) {
  Directory locked;
  fs::create_directory(locked.path);
  write(fs::path(locked.path) / "lock", "process 1");
  EXPECT_EQ(locked.create(), "done");
  EXPECT_EQ(locked.open(), "done");

  Directory filled;
  fs::create_directories(fs::path(filled.path) / "log");
  fs::create_directories(fs::path(filled.path) / "keys");
  write(fs::path(filled.path) / "keys" / "log-key.pem", "half");
  write(fs::path(filled.path) / "LEDGER.new", "");
  write(fs::path(filled.path) / "log" / "CURRENT", "half");
  EXPECT_TRUE(has(filled.open(), "invalid_argument: ")) << filled.open();
  EXPECT_TRUE(has(filled.open(), "cut short")) << filled.open();
  EXPECT_EQ(filled.create(), "done");
  EXPECT_EQ(filled.open(), "done");
  EXPECT_FALSE(fs::exists(fs::path(filled.path) / "LEDGER.new"));
}

TEST(LedgerDirectory, WhoseMakingWasCutShortTakesItsGuardElsewhereAwayAndNoOther) {
  Directory made;
  made.guard = (made.room.path() / "elsewhere").string();
  write(made.guard, "another ledger's");
  EXPECT_TRUE(has(made.create(), "invalid_argument: there is a file at")) << made.create();
  EXPECT_EQ(fs::file_size(made.guard), 16U);
  EXPECT_FALSE(fs::exists(made.path));

  fs::create_directory(made.path);
  write(fs::path(made.path) / "LEDGER.new", "robotledger 1\nguard " + made.guard + "\n");
  EXPECT_EQ(made.create(), "done");
  EXPECT_EQ(made.open(), "done");
  EXPECT_EQ(fs::file_size(made.guard), 1024U);
}

TEST(LedgerDirectory, IsNotMadeByTwoAtOnce) {
  Directory made;
  fs::create_directory(made.path);
  const int lock = ::open((made.path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  EXPECT_TRUE(has(made.create(), "in_use: ")) << made.create();
  ::close(lock);
  EXPECT_EQ(made.create(), "done");
}

TEST(LedgerDirectory, IsNotOpenedWhereThereIsNone) {
  Directory made;
  EXPECT_TRUE(has(made.open(), "not_found: there is no ledger at")) << made.open();

  write(made.path, "a file");
  EXPECT_TRUE(has(made.open(), "invalid_argument: ")) << made.open();
  EXPECT_TRUE(has(made.open(), "is a file")) << made.open();

  Directory below;
  write(below.path, "a file");
  below.path += "/below";
  EXPECT_TRUE(has(below.open(), "not_found: ")) << below.open();

  Directory empty;
  fs::create_directory(empty.path);
  EXPECT_TRUE(has(empty.open(), "is no ledger")) << empty.open();
  EXPECT_TRUE(fs::is_empty(empty.path));
}

TEST(LedgerDirectory, OfAnotherFormatOrOfNoneIsRefused) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  const fs::path marker = fs::path(made.path) / "LEDGER";
  write(marker, "robotledger 2\n");
  EXPECT_TRUE(has(made.open(), "invalid_argument: ")) << made.open();
  EXPECT_TRUE(has(made.open(), "another format")) << made.open();
  for (const char* text : {"", "something else\n"}) {
    write(marker, text);
    EXPECT_TRUE(has(made.open(), "is no ledger")) << made.open();
  }
  write(marker, "robotledger 1\n");
  EXPECT_EQ(made.open(), "done");
}

TEST(LedgerDirectory, IsHeldByOneAndTheOtherIsToldWho) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  {
    const auto held = LedgerDirectory::open(made.path, "a long import");
    ASSERT_TRUE(held);
    const std::string refused = made.open();
    EXPECT_TRUE(has(refused, "in_use: ")) << refused;
    EXPECT_TRUE(has(refused, "process " + std::to_string(::getpid()) + " (a long import, user "))
        << refused;
  }
  EXPECT_EQ(made.open(), "done");
}

// The child is a program of its own: it takes the lock as flock(1) does, and is killed.
TEST(LedgerDirectory, HeldByAnotherProcessIsInUseUntilThatIsGone) {
  Directory made;
  ASSERT_EQ(made.create(), "done");
  const std::string script = "exec 9>>'" + made.path +
                             "/lock'; flock 9; echo 'process 7 (child)' >'" + made.path +
                             "/lock'; echo ready; exec sleep 60";
  int ready[2] = {};
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ready[1], STDOUT_FILENO);
  std::string shell = "sh";
  std::string option = "-c";
  std::string text = script;
  char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t child = 0;
  ASSERT_EQ(::posix_spawn(&child, "/bin/sh", &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ready[1]);
  char line[8] = {};
  EXPECT_GT(::read(ready[0], line, sizeof line), 0);
  ::close(ready[0]);

  const std::string refused = made.open();
  EXPECT_TRUE(has(refused, "in_use: ")) << refused;
  EXPECT_TRUE(has(refused, "process 7 (child)")) << refused;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(made.open(), "done");
}

}  // namespace
}  // namespace robotledger
