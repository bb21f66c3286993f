#include "api/http/address.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "api/http/ascii.h"
#include "core/base/parse.h"

namespace robotledger::http {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::uint64_t kMaxPort = 65535;

Address fromV4(const in_addr& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(kV4Prefix, bytes.begin());
  std::memcpy(bytes.data() + kV4Prefix.size(), &address, sizeof(address));
  return Address::fromBytes(bytes);
}

Address fromV6(const in6_addr& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &address, sizeof(address));
  return Address::fromBytes(bytes);
}

// One of X-Forwarded-For, which some proxies write with a port.
std::optional<Address> parseForwarded(std::string_view text) {
  if (const auto address = parseAddress(text)) return address;
  if (text.starts_with('[') && text.ends_with(']')) {
    return parseAddress(text.substr(1, text.size() - 2));
  }
  const auto endpoint = parseEndpoint(text);
  if (!endpoint) return std::nullopt;
  return endpoint->address;
}

bool isTrusted(const Address& address, const std::vector<Network>& trusted_proxies) {
  return std::ranges::any_of(trusted_proxies,
                             [&](const Network& proxy) { return proxy.contains(address); });
}

// All that the headers of that name list, in order.
std::vector<std::string_view> listed(const std::vector<Header>& headers, std::string_view name) {
  std::vector<std::string_view> all;
  for (const Header& header : headers) {
    if (!sameIgnoringCase(header.name, name)) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) all.push_back(trimmed(takeUntil(rest, ',')));
  }
  return all;
}

}  // namespace

Address Address::fromBytes(const std::array<std::uint8_t, 16>& bytes) {
  Address address;
  address.bytes_ = bytes;
  return address;
}

bool Address::isV4() const {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

bool Address::isLoopback() const {
  if (isV4()) return bytes_[12] == 127;
  return bytes_.back() == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = isV4() ? bytes_.data() + kV4Prefix.size() : bytes_.data();
  if (::inet_ntop(isV4() ? AF_INET : AF_INET6, bytes, text.data(), text.size()) == nullptr) {
    return "unknown";
  }
  return text.data();
}

std::string Endpoint::text() const {
  const std::string host = address.isV4() ? address.text() : "[" + address.text() + "]";
  return host + ":" + std::to_string(port);
}

bool Network::contains(const Address& other) const {
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const unsigned left = std::min(8U, bits - bit);
    const unsigned mask = (0xff00U >> left) & 0xffU;
    if (((address.bytes()[bit / 8] ^ other.bytes()[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::optional<Address> parseAddress(std::string_view text) {
  const std::string terminated(text.substr(0, INET6_ADDRSTRLEN));
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, terminated.c_str(), &v4) == 1) return fromV4(v4);
  if (::inet_pton(AF_INET6, terminated.c_str(), &v6) == 1) return fromV6(v6);
  return std::nullopt;
}

std::optional<Endpoint> parseEndpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parseAddress(host);
  const auto port = parseDecimal(text.substr(colon + 1), kMaxPort);
  if (!address || !port) return std::nullopt;
  // Without brackets nobody could tell where an address of IPv6 ends.
  if ((host.find(':') != std::string_view::npos) != bracketed) return std::nullopt;
  return Endpoint{.address = *address, .port = static_cast<std::uint16_t>(*port)};
}

std::optional<Network> parseNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto address = parseAddress(host);
  if (!address) return std::nullopt;
  Network network{.address = *address, .bits = 128};
  if (slash == std::string_view::npos) return network;
  const bool is_v4 = host.find(':') == std::string_view::npos;
  const auto bits = parseDecimal(text.substr(slash + 1), is_v4 ? 32 : 128);
  if (!bits) return std::nullopt;
  network.bits = static_cast<unsigned>(*bits) + (is_v4 ? 96 : 0);
  return network;
}

std::optional<Endpoint> endpointOf(const sockaddr_storage& socket) {
  if (socket.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &socket, sizeof(v4));
    return Endpoint{.address = fromV4(v4.sin_addr), .port = ntohs(v4.sin_port)};
  }
  if (socket.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &socket, sizeof(v6));
    return Endpoint{.address = fromV6(v6.sin6_addr), .port = ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

Client clientOf(const Address& peer, Transport transport, const std::vector<Header>& headers,
                const std::vector<Network>& trusted_proxies) {
  if (trusted_proxies.empty() || !isTrusted(peer, trusted_proxies)) {
    return {.address = peer.text(), .transport = transport};
  }
  Address client = peer;
  std::vector<std::string_view> forwarded = listed(headers, "X-Forwarded-For");
  for (; !forwarded.empty() && isTrusted(client, trusted_proxies); forwarded.pop_back()) {
    const auto before = parseForwarded(forwarded.back());
    if (!before) break;
    client = *before;
  }
  const std::vector<std::string_view> schemes = listed(headers, "X-Forwarded-Proto");
  if (!schemes.empty()) {
    const bool is_tls = sameIgnoringCase(schemes.back(), "https");
    transport = is_tls ? Transport::kTls : Transport::kPlain;
  }
  return {.address = client.text(), .transport = transport};
}

}  // namespace robotledger::http
