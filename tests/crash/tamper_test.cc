// Changes single bits of a small ledger's files, all of them, wherever they lie: who reads it is
// told of it, or reads nothing that was changed.
//
// ROBOTLEDGER_CRASH_SEED says which change comes first, ROBOTLEDGER_CRASH_SEEDS how many there are;
// the same number is always the same change of a file that is the same.
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "tests/crash/crash_testing.h"
#include "tests/crash/known_ledger.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kChanges = 2000;
constexpr std::uint64_t kChangesInLongForm = 20000;
constexpr std::uint64_t kVerifyOneIn = 8;

// Those that have bits, in order of their names.
std::vector<fs::path> filesOf(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.file_size() > 0) {
      files.push_back(fs::relative(entry.path(), directory));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void flip(const fs::path& file, std::uint64_t bit) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(bit / 8);
  stream.seekg(at);
  const int byte = stream.get();
  stream.seekp(at);
  stream.put(static_cast<char>(byte ^ (1 << bit % 8)));
  ASSERT_TRUE(stream.flush().good());
}

// How many changes of a file were said, and how many were of nothing that is read.
struct Count {
  std::uint64_t said = 0;
  std::uint64_t unread = 0;
};

// The file's name, without numbers, by which changes are counted.
std::string kindOf(const fs::path& file) {
  std::string kind = file.string();
  std::erase_if(kind, [](char c) { return c >= '0' && c <= '9'; });
  return kind;
}

TEST(Tampering, AnyBitOfAnyFileThatWasChangedIsFoundOrReadByNobody) {
  const SmallLedger made;
  const std::vector<fs::path> files = filesOf(made.path());
  const std::uint64_t first = numberFromEnvironment("ROBOTLEDGER_CRASH_SEED", 1);
  const std::uint64_t changes =
      numberFromEnvironment("ROBOTLEDGER_CRASH_SEEDS", longForms() ? kChangesInLongForm : kChanges);
  std::map<std::string, Count> counts;
  for (std::uint64_t seed = first; seed < first + changes; ++seed) {
    std::mt19937_64 random(seed);
    const fs::path& file = files[random() % files.size()];
    const std::uint64_t bit = random() % (fs::file_size(made.path() / file) * 8);
    SCOPED_TRACE("ROBOTLEDGER_CRASH_SEED=" + std::to_string(seed) +
                 " ROBOTLEDGER_CRASH_SEEDS=1: bit " + std::to_string(bit) + " of " + file.string());
    const TestDirectory room(roomForDirectories());
    const fs::path copy = room.path() / "data";
    fs::copy(made.path(), copy, fs::copy_options::recursive);
    flip(copy / file, bit);
    std::string told;
    const auto found =
        readAll(copy, made.contents(),
                seed % kVerifyOneIn == 0 ? Looking::kReadsAndVerifies : Looking::kReads, told);
    if (HasFatalFailure()) return;
    Count& count = counts[kindOf(file)];
    (found || !told.empty() ? count.said : count.unread) += 1;
    if (!found) continue;
    // A marker that is none says that this is no ledger, and a key that is none says just that.
    const ErrorCode code = found->code;
    const bool says_what_it_is_not = file == "LEDGER" || file == "keys/log-key.pem";
    ASSERT_TRUE(code == ErrorCode::kDamaged ||
                (code == ErrorCode::kInvalidArgument && says_what_it_is_not))
        << found->message;
  }
  for (const auto& [kind, count] : counts) {
    std::printf("%-16s %5llu said, %5llu of no effect\n", kind.c_str(),
                static_cast<unsigned long long>(count.said),
                static_cast<unsigned long long>(count.unread));
  }
  EXPECT_EQ(counts["LEDGER"].unread, 0U);
  EXPECT_GT(counts["log/.sst"].said, 0U);
}

}  // namespace
}  // namespace robotledger
