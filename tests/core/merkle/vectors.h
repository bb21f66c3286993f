// What another implementation made of the entries "entry-0", "entry-1", …, where it lies beside the
// checkout.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/merkle/verifier_key.h"
#include "tests/core/merkle/naive_tree.h"

namespace robotledger {

inline const std::filesystem::path kVectors =
    std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "../shared/vectors";

inline constexpr std::size_t kVectorSizes[] = {0, 1, 2, 3, 7, 255, 256, 257, 70000};

inline Bytes vectorFile(const std::string& name) {
  std::ifstream in(kVectors / name, std::ios::binary);
  EXPECT_TRUE(in) << "no vector " << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string checkpointFile(std::size_t size) {
  return "checkpoint-" + std::to_string(size) + ".txt";
}

inline VerifierKey vectorKey(const std::string& name) {
  std::string line = vectorFile(name);
  if (line.ends_with('\n')) line.pop_back();
  auto key = parseVerifierKey(line);
  EXPECT_TRUE(key) << name;
  return key ? *key : VerifierKey();
}

inline const std::vector<Digest>& vectorLeaves() {
  static const std::vector<Digest> kLeaves = numberedLeaves(70000);
  return kLeaves;
}

}  // namespace robotledger
