// Addresses of the internet: those that a server listens on, those of its clients, and which of
// them are proxies whose word is taken for whom they speak.
//
//   parseAddress("::ffff:10.0.0.7")->text()              "10.0.0.7"
//   parseEndpoint("[::1]:8080")->port                    8080
//   parseNetwork("10.0.0.0/8")->contains(*client)        true
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"

struct sockaddr_storage;

namespace robotledger::http {

// IPv4, or IPv6; the first in the other's form is taken as what it is.
class Address {
 public:
  Address() = default;  // 0.0.0.0
  bool isV4() const;
  bool isLoopback() const;
  // 16 bytes, IPv4 as ::ffff:a.b.c.d.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::string text() const;
  bool operator==(const Address&) const = default;

  static Address fromBytes(const std::array<std::uint8_t, 16>& bytes);

 private:
  std::array<std::uint8_t, 16> bytes_{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;
  // "127.0.0.1:8080", "[::1]:8080".
  std::string text() const;
};

struct Network {
  Address address;
  unsigned bits = 128;  // of 128, also where it was written as one of IPv4
  bool contains(const Address& other) const;
};

// All of these: any thread. Nothing where the text is none.
std::optional<Address> parseAddress(std::string_view text);
std::optional<Endpoint> parseEndpoint(std::string_view text);
std::optional<Network> parseNetwork(std::string_view text);
// Of a socket; nothing for one of another family.
std::optional<Endpoint> endpointOf(const sockaddr_storage& socket);

// Who asks, and over what.
struct Client {
  std::string address;
  Transport transport = Transport::kPlain;
};

// Where the peer is a trusted proxy: X-Forwarded-For's last address that is none, and
// X-Forwarded-Proto's last word. Whoever else sends such headers is the client himself.
Client clientOf(const Address& peer, Transport transport, const std::vector<Header>& headers,
                const std::vector<Network>& trusted_proxies);

}  // namespace robotledger::http
