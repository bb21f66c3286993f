#include "api/http/address.h"

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

TEST(Address, OfIpv4InTheFormOfIpv6IsOfIpv4) {
  EXPECT_EQ(parseAddress("::ffff:10.0.0.7")->text(), "10.0.0.7");
  EXPECT_EQ(parseAddress("::FFFF:a00:7")->text(), "10.0.0.7");
  EXPECT_EQ(parseAddress("2001:DB8::1")->text(), "2001:db8::1");
  for (const char* none : {"", "10.0.0", "10.0.0.256", "localhost", "::1%lo", " ::1", "1"}) {
    EXPECT_EQ(parseAddress(none), std::nullopt) << none;
  }
}

TEST(Address, OfLoopbackIsToldFromOthers) {
  for (const char* loopback : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(parseAddress(loopback)->isLoopback()) << loopback;
  }
  for (const char* other : {"0.0.0.0", "::", "128.0.0.1", "::2", "1::1"}) {
    EXPECT_FALSE(parseAddress(other)->isLoopback()) << other;
  }
}

TEST(Endpoint, OfIpv6HasBrackets) {
  EXPECT_EQ(parseEndpoint("[::1]:8080")->text(), "[::1]:8080");
  EXPECT_EQ(parseEndpoint("127.0.0.1:0")->text(), "127.0.0.1:0");
  for (const char* none : {"::1:80", "[::1]", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:080", "[127.0.0.1]:80", ":80", "[]:80"}) {
    EXPECT_FALSE(parseEndpoint(none).has_value()) << none;
  }
}

TEST(Network, HasTheAddressesWhoseFirstBitsAreIts) {
  const auto has = [](const char* network, const char* address) {
    return parseNetwork(network)->contains(*parseAddress(address));
  };
  EXPECT_TRUE(has("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(has("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(has("10.1.2.128/25", "10.1.2.200"));
  EXPECT_FALSE(has("10.1.2.128/25", "10.1.2.127"));
  EXPECT_TRUE(has("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(has("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(has("0.0.0.0/0", "1.2.3.4"));
  EXPECT_FALSE(has("0.0.0.0/0", "::1"));
  EXPECT_TRUE(has("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(has("2001:db8::/33", "2001:db8:8000::1"));
  for (const char* none : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "x/8"}) {
    EXPECT_FALSE(parseNetwork(none).has_value()) << none;
  }
}

Client seenFrom(const char* peer, const std::vector<Header>& headers) {
  return clientOf(*parseAddress(peer), Transport::kPlain, headers,
                  {*parseNetwork("10.0.0.0/8"), *parseNetwork("::1")});
}

TEST(ClientOf, IsThePeerWhereThatIsNoTrustedProxy) {
  const Client client =
      seenFrom("192.0.2.1", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Proto", "https"}});
  EXPECT_EQ(client.address, "192.0.2.1");
  EXPECT_EQ(client.transport, Transport::kPlain);
}

TEST(ClientOf, IsTheLastThatIsNoTrustedProxy) {
  EXPECT_EQ(seenFrom("10.0.0.1", {{"x-forwarded-for", "9.9.9.9, 1.1.1.1"}}).address, "1.1.1.1");
  EXPECT_EQ(
      seenFrom("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1,10.0.0.2"}, {"X-Forwarded-For", "::1"}})
          .address,
      "1.1.1.1");
  EXPECT_EQ(seenFrom("::1", {{"X-Forwarded-For", "[2001:db8::1]:1234"}}).address, "2001:db8::1");
  EXPECT_EQ(seenFrom("::1", {{"X-Forwarded-For", "[2001:db8::1]"}}).address, "2001:db8::1");
  EXPECT_EQ(seenFrom("::1", {{"X-Forwarded-For", "1.1.1.1:80"}}).address, "1.1.1.1");
}

TEST(ClientOf, IsTheLastThatIsKnownWhereTheRestIsNoAddress) {
  EXPECT_EQ(seenFrom("10.0.0.1", {}).address, "10.0.0.1");
  EXPECT_EQ(seenFrom("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, unknown, 10.0.0.3"}}).address,
            "10.0.0.3");
  EXPECT_EQ(seenFrom("10.0.0.1", {{"X-Forwarded-For", "10.0.0.2"}}).address, "10.0.0.2");
}

TEST(ClientOf, HasTheTransportThatTheTrustedProxyTells) {
  EXPECT_EQ(seenFrom("10.0.0.1", {{"X-Forwarded-Proto", "http, HTTPS"}}).transport,
            Transport::kTls);
  EXPECT_EQ(seenFrom("10.0.0.1", {{"X-Forwarded-Proto", "https, http"}}).transport,
            Transport::kPlain);
}

}  // namespace
}  // namespace robotledger::http
