// The corpora of the fuzzers, replayed, each file also cut and with its bits flipped.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

std::vector<Bytes> corpusOf(const std::string& name) {
  std::vector<std::filesystem::path> paths;
  const std::string folder = std::string(ROBOTLEDGER_SOURCE_DIR) + "/tests/fuzz/corpus/" + name;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Corpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(Corpus, HasWhatIsTakenAndWhatIsRefused) {
  std::set<Tried> seen;
  for (const Bytes& bytes : corpusOf(GetParam().name)) seen.insert(GetParam().tried(bytes));
  EXPECT_EQ(seen, (std::set<Tried>{Tried::kTaken, Tried::kRefused}));
}

TEST_P(Corpus, HoldsWhereItsFilesAreCutAndChanged) {
  std::size_t refused = 0;
  for (const Bytes& bytes : corpusOf(GetParam().name)) {
    const std::size_t step = bytes.size() / 200 + 1;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      refused += GetParam().tried(BytesView(bytes).substr(0, at)) == Tried::kRefused;
      Bytes changed = bytes;
      for (const int bit : {0, 3, 5, 7}) {
        changed[at] = static_cast<char>(bytes[at] ^ (1 << bit));
        refused += GetParam().tried(changed) == Tried::kRefused;
      }
    }
  }
  EXPECT_GT(refused, 0U);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace robotledger
