// A ledger in a folder of its own, embedded as a program does it, for tests of the public header.
//
//   Embedding embedding;
//   rl::Ledger ledger = embedding.open();
//   fill(ledger);                     // web, and robot$web+ci in it: events 1 to 3
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "api/embed/robotledger/robotledger.h"

namespace robotledger {

namespace rl = robotledger::v1;

struct Embedding {
  std::string room = (std::filesystem::temp_directory_path() / "robotledger-XXXXXX").string();

  Embedding() {
    EXPECT_NE(::mkdtemp(room.data()), nullptr);
    const auto made = rl::Ledger::create(path(), rl::NewLedger{"embed.example/robots"});
    EXPECT_TRUE(made);
  }
  Embedding(const Embedding&) = delete;
  Embedding& operator=(const Embedding&) = delete;
  ~Embedding() { std::filesystem::remove_all(room); }

  std::string path() const { return room + "/data"; }

  rl::Ledger open() const {
    auto opened = rl::Ledger::open(path(), rl::Options{"embedding-test"});
    EXPECT_TRUE(opened) << opened.failure().message;
    return std::move(*opened);
  }
};

inline const rl::By kAdmin{"admin"};

// Carries a command out that must be.
inline rl::Receipt carryOut(rl::Ledger& ledger, const rl::Command& command,
                            const rl::By& by = kAdmin) {
  auto receipt = ledger.submit(command, by);
  EXPECT_TRUE(receipt) << (receipt ? "" : receipt.failure().message);
  return receipt ? std::move(*receipt) : rl::Receipt();
}

// Events 1 to 3: the project web, and robot$web+ci in it, which may push images.
inline rl::Receipt fill(rl::Ledger& ledger) {
  carryOut(ledger, rl::CreateProject{"web"});
  return carryOut(ledger, rl::CreateAccount{"web", "ci", {{"push-image"}}});
}

}  // namespace robotledger
