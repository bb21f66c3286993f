// Ledgers on the disk and their keys: what is signed, copies without one, and keys that were
// swapped.
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "api/embed/open_ledger.h"
#include "core/ledger/log_key.h"
#include "core/merkle/checkpoint.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr char kOrigin[] = "keys.example/robots";

struct OnDisk {
  std::string room = (fs::temp_directory_path() / "robotledger-XXXXXX").string();
  VerifierKey key;

  OnDisk() {
    EXPECT_NE(::mkdtemp(room.data()), nullptr);
    const auto made = createLedger(path(), {.origin = kOrigin});
    EXPECT_TRUE(made);
    key = *made;
  }
  ~OnDisk() { fs::remove_all(room); }
  std::string path() const { return room + "/data"; }
  std::string keyFile() const { return path() + "/keys/log-key.pem"; }

  std::unique_ptr<OpenLedger> open(const std::string& key_file = "") const {
    auto opened = OpenLedger::open(path(), {.key = key_file});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *std::move(opened) : nullptr;
  }
  Error refused(const std::string& key_file = "") const {
    const auto opened = OpenLedger::open(path(), {.key = key_file});
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
};

Result<Outcome> createProject(OpenLedger& ledger, const std::string& name) {
  Submission submission{.command = CreateProject{name}, .context = {}};
  submission.context.actor = "admin";
  submission.context.channel = Embedder{"test"};
  return ledger.ledger().submit(std::move(submission));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(OpenLedgerKey, SignsWhatIsAcknowledgedAndItsGuardKeepsIt) {
  const OnDisk on_disk;
  {
    const auto ledger = on_disk.open();
    ASSERT_EQ(ledger->verifierKey(), on_disk.key);
    for (const char* name : {"a", "b", "c"}) {
      ASSERT_TRUE(createProject(*ledger, name));
      const auto made = (*ledger->signer())->fresh();
      ASSERT_TRUE(made) << made.error().message;
      const auto opened = openCheckpoint(made->note, on_disk.key);
      ASSERT_TRUE(opened) << opened.error().message;
      EXPECT_EQ(opened->checkpoint.size, ledger->log().head().size);
      EXPECT_EQ(opened->checkpoint.root, ledger->log().head().root);
    }
    const auto verified = ledger->verify(VerifyScope::kLog, {});
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->checkpoint, TreeSize{4});
  }
  const auto guard = Guard::open(on_disk.path() + "/guard");
  ASSERT_TRUE(guard);
  EXPECT_EQ((*guard)->state().checkpoint->size, TreeSize{4});
}

TEST(OpenLedgerKey, WithoutItsKeyItAnswersAndTakesAndSignsNothing) {
  const OnDisk on_disk;
  const std::string elsewhere = on_disk.room + "/moved.pem";
  fs::rename(on_disk.keyFile(), elsewhere);
  {
    const auto ledger = on_disk.open();
    EXPECT_EQ(ledger->verifierKey(), on_disk.key);
    const auto outcome = createProject(*ledger, "web");
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(has(outcome.error().message, "is a copy")) << outcome.error().message;
    EXPECT_TRUE(has(outcome.error().message, "--key FILE")) << outcome.error().message;
    EXPECT_FALSE(ledger->signer());
    EXPECT_EQ(ledger->log().head().size, TreeSize{1});
    EXPECT_TRUE(ledger->view());
    const auto verified = ledger->verify(VerifyScope::kEverything, {});
    EXPECT_TRUE(verified) << verified.error().message;
  }
  const auto ledger = on_disk.open(elsewhere);
  EXPECT_TRUE(createProject(*ledger, "web"));
  EXPECT_TRUE((*ledger->signer())->fresh());
}

TEST(OpenLedgerKey, OneThatIsNotTheLogsIsFound) {
  const OnDisk on_disk;
  const std::string own = on_disk.room + "/own.pem";
  fs::rename(on_disk.keyFile(), own);
  ASSERT_TRUE(makeLogKey(on_disk.keyFile(), kOrigin));
  const Error swapped = on_disk.refused();
  EXPECT_EQ(swapped.code, ErrorCode::kDamaged);
  EXPECT_TRUE(has(swapped.message, "is not the one that the log names")) << swapped.message;
  EXPECT_TRUE(has(swapped.message, formatVerifierKey(on_disk.key))) << swapped.message;

  const Error given = on_disk.refused(on_disk.keyFile());
  EXPECT_EQ(given.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(on_disk.refused(on_disk.room + "/none").code, ErrorCode::kNotFound);
  ASSERT_EQ(::chmod(own.c_str(), 0644), 0);
  EXPECT_TRUE(has(on_disk.refused(own).message, "chmod 600"));
  ASSERT_EQ(::chmod(own.c_str(), 0600), 0);
  EXPECT_NE(on_disk.open(own), nullptr);
}

TEST(OpenLedgerKey, ACheckpointInTheGuardThatItDidNotSignIsFound) {
  const OnDisk on_disk;
  const std::string guard_file = on_disk.path() + "/guard";
  on_disk.open().reset();
  {
    const auto guard = Guard::open(guard_file);
    ASSERT_TRUE(guard);
    auto kept = (*guard)->state().checkpoint;
    ASSERT_TRUE(kept);
    kept->signature[7] ^= 1;
    ASSERT_TRUE((*guard)->keep(*kept));
  }
  const Error refused = on_disk.refused();
  EXPECT_EQ(refused.code, ErrorCode::kDamaged);
  EXPECT_TRUE(has(refused.message, "is not signed by the key that the log names"))
      << refused.message;
}

}  // namespace
}  // namespace robotledger
