// The head of a request, read strictly: request line and headers, as RFC 9112 has them. What two
// readers could understand differently is refused, so that nothing can be smuggled past a proxy:
// two lengths, a length and chunks, a bare newline, a folded header, a space before the colon.
//
//   if (const auto end = findHeadEnd(received, 0)) {
//     const Head head = parseHead(received.substr(0, *end));
//     if (head.refused) answer(head.refused->status);
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"

namespace robotledger::http {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{32} << 10;
inline constexpr std::size_t kMaxTargetBytes = std::size_t{8} << 10;
inline constexpr std::size_t kMaxHeaders = 100;
inline constexpr std::size_t kMaxMethodBytes = 32;

enum class Framing : std::uint8_t { kLength, kChunked };
enum class AfterAnswer : std::uint8_t { kKeepAlive, kClose };

// Why a request is not served, and the status that says so.
struct HeadRefused {
  int status = 400;
  std::string why;  // one line, of our own words
};

struct Head {
  std::string method;
  std::string path;   // as it was sent; of an absolute URL, what stands behind the host
  std::string query;  // as it was sent, without the '?'
  std::vector<Header> headers;
  Framing framing = Framing::kLength;
  std::uint64_t body_bytes = 0;  // of Framing::kLength
  AfterAnswer after = AfterAnswer::kKeepAlive;
  bool expects_continue = false;
  // Where this is there, the rest is what was understood before it, and the connection has to end:
  // nobody knows where the next request would begin.
  std::optional<HeadRefused> refused;
};

// Where the head ends that a text begins with: behind its empty line, or behind the first newline
// that is none of HTTP's, so that who sends such is answered and not waited for. Nothing where it
// has not ended. `from` is how much of it was looked at before. Any thread.
std::optional<std::size_t> findHeadEnd(std::string_view text, std::size_t from);

// Reads a head that ends as findHeadEnd() says. Any thread.
Head parseHead(std::string_view text);
// The same of the beginning of one that is longer than it may be: refused, with what could be read.
Head parseTooLongHead(std::string_view text);

// The answer to a head that is refused.
Response refusedAnswer(const HeadRefused& refused);

}  // namespace robotledger::http
