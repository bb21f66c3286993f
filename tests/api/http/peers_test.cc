#include "api/http/peers.h"

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

Address at(const char* text) { return *parseAddress(text); }

TEST(Peers, HaveAsManyConnectionsAsTheyMayEach) {
  Peers peers({.most = 2, .trusted = {*parseNetwork("10.0.0.0/24")}});
  EXPECT_TRUE(peers.enter(at("192.0.2.1")));
  EXPECT_TRUE(peers.enter(at("192.0.2.1")));
  EXPECT_FALSE(peers.enter(at("192.0.2.1")));
  EXPECT_TRUE(peers.enter(at("192.0.2.2")));
  peers.leave(at("192.0.2.1"));
  EXPECT_TRUE(peers.enter(at("192.0.2.1")));
  // A proxy stands for many.
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(peers.enter(at("10.0.0.7")));
}

TEST(Peers, OfIPv6AreNetworksOf64Bits) {
  Peers peers({.most = 1, .trusted = {}});
  EXPECT_TRUE(peers.enter(at("2001:db8::1")));
  EXPECT_FALSE(peers.enter(at("2001:db8::2")));
  EXPECT_TRUE(peers.enter(at("2001:db8:0:1::1")));
}

TEST(Peers, AreNotCountedWhereThereIsNoLimit) {
  Peers peers({.most = 0, .trusted = {}});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(peers.enter(at("192.0.2.1")));
  peers.leave(at("192.0.2.1"));
}

}  // namespace
}  // namespace robotledger::http
