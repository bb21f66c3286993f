// Against what another implementation made of the entries "entry-0", "entry-1", ….
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "core/merkle/tree.h"

namespace robotledger {
namespace {

const std::filesystem::path kVectors =
    std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "../shared/vectors";

Bytes readFile(const char* name) {
  std::ifstream in(kVectors / name, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::string base64(BytesView bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (unsigned j = 0; j < 4; ++j) {
      text += i + j > bytes.size() ? '=' : kAlphabet[group >> (18 - 6 * j) & 63];
    }
  }
  return text;
}

class Vectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors at " << kVectors;
  }
  static TreeBuilder treeOf(std::size_t size) {
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < size; ++i) leaves.push_back(leafHash("entry-" + std::to_string(i)));
    TreeBuilder tree;
    tree.commit(tree.grow(leaves));
    return tree;
  }
};

TEST_F(Vectors, RootsAreThoseOfTheCheckpoints) {
  for (const std::size_t size : {0U, 1U, 2U, 3U, 7U, 255U, 256U, 257U, 70000U}) {
    std::istringstream lines(readFile(("checkpoint-" + std::to_string(size) + ".txt").c_str()));
    std::string origin;
    std::string count;
    std::string root;
    std::getline(lines, origin);
    std::getline(lines, count);
    std::getline(lines, root);
    EXPECT_EQ(count, std::to_string(size));
    EXPECT_EQ(base64(digestBytes(treeOf(size).root())), root) << size;
  }
}

TEST_F(Vectors, PartialTilesAreThePublishedOnes) {
  const TreeBuilder tree = treeOf(70000);
  EXPECT_EQ(tree.unfinishedTile(1), readFile("tile-1-001.p.17.bin"));
  EXPECT_EQ(tree.unfinishedTile(2), readFile("tile-2-000.p.1.bin"));
}

TEST_F(Vectors, EntryBundleHoldsTheEntriesThatWereHashed) {
  const Bytes bundle = readFile("entries-000.bin");
  ByteReader in(bundle);
  std::vector<Digest> leaves;
  while (!in.atEnd() && in.ok()) leaves.push_back(leafHash(in.take(in.bigEndian16())));
  ASSERT_TRUE(in.ok());
  ASSERT_EQ(leaves.size(), 256U);
  TreeBuilder tree;
  tree.commit(tree.grow(leaves));
  EXPECT_EQ(tree.root(), treeOf(256).root());
}

}  // namespace
}  // namespace robotledger
