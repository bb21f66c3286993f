// A ledger on the disk that is verified while it is in use; damage is tested from the command line.
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "api/embed/open_ledger.h"

namespace robotledger {
namespace {

// A ledger in a directory of its own.
struct OnDisk {
  std::string room = (std::filesystem::temp_directory_path() / "robotledger-XXXXXX").string();
  std::unique_ptr<OpenLedger> ledger;

  OnDisk() {
    EXPECT_NE(::mkdtemp(room.data()), nullptr);
    EXPECT_TRUE(createLedger(path(), {.origin = "verify.example/robots"}));
    auto opened = OpenLedger::open(path(), {});
    EXPECT_TRUE(opened);
    ledger = *std::move(opened);
  }
  ~OnDisk() {
    ledger.reset();
    std::filesystem::remove_all(room);
  }
  std::string path() const { return room + "/data"; }

  void createProject(const std::string& name) const {
    Submission submission{.command = CreateProject{name}, .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"test"};
    ASSERT_TRUE(ledger->ledger().submit(std::move(submission)));
  }
};

TEST(OpenLedgerVerify, GoesThroughAllStepsAndLeavesNothingBehind) {
  const OnDisk on_disk;
  on_disk.createProject("web");
  std::set<VerifyStep> steps;
  const auto verified = on_disk.ledger->verify(
      VerifyScope::kEverything,
      [&](VerifyStep step, std::uint64_t, std::uint64_t) { steps.insert(step); });
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->log.size.value, 2u);
  EXPECT_EQ(verified->log.root, on_disk.ledger->log().head().root);
  EXPECT_GT(verified->rows.value_or(0), 2u);
  EXPECT_TRUE(steps.contains(VerifyStep::kLog));
  EXPECT_TRUE(steps.contains(VerifyStep::kBuildingRows));
  EXPECT_FALSE(std::filesystem::exists(on_disk.path() + "/scratch"));

  const auto log = on_disk.ledger->verify(VerifyScope::kLog, {});
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_FALSE(log->rows);
}

TEST(OpenLedgerVerify, FindsNothingWrongWhileOthersAppend) {
  const OnDisk on_disk;
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) on_disk.createProject("p" + std::to_string(i));
  });
  std::uint64_t before = 0;
  for (int i = 0; i < 10; ++i) {
    const auto verified = on_disk.ledger->verify(VerifyScope::kEverything, {});
    EXPECT_TRUE(verified) << verified.error().message;
    if (!verified) break;
    EXPECT_GE(verified->log.size.value, before);
    before = verified->log.size.value;
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace robotledger
