#include "api/http/head.h"

#include <algorithm>
#include <limits>

#include "api/http/ascii.h"

namespace robotledger::http {
namespace {

// Takes a line off the text, without its end. Nothing where no end is left, or one that is no CRLF.
std::optional<std::string_view> takeHttpLine(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos || newline == 0 || rest[newline - 1] != '\r') {
    return std::nullopt;
  }
  const std::string_view line = rest.substr(0, newline - 1);
  rest.remove_prefix(newline + 1);
  return line;
}

std::optional<HeadRefused> bad(std::string why) {
  return HeadRefused{.status = 400, .why = std::move(why)};
}

// The path and query of a request's target; false where it is none. An absolute URL is taken as
// RFC 9112 asks for, and its host counts for nothing.
bool splitTarget(std::string_view target, Head& head) {
  const bool printable = std::ranges::all_of(target, [](char c) { return c > ' ' && c <= '~'; });
  if (target.empty() || !printable || target.find('#') != std::string_view::npos) return false;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!sameIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
    break;
  }
  const std::size_t question = target.find('?');
  head.path = std::string(target.substr(0, question));
  if (head.path.empty()) head.path = "/";
  if (question != std::string_view::npos) head.query = std::string(target.substr(question + 1));
  return head.path.front() == '/' || head.path == "*" || head.method == "CONNECT";
}

std::optional<HeadRefused> readRequestLine(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("a request line without form");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!isToken(method) || method.size() > kMaxMethodBytes) return bad("a method that is none");
  head.method = std::string(method);
  if (target.size() > kMaxTargetBytes) return HeadRefused{.status = 414, .why = "a long target"};
  if (!splitTarget(target, head)) return bad("a target that is no path");
  if (version == "HTTP/1.1") return std::nullopt;
  head.after = AfterAnswer::kClose;
  if (version == "HTTP/1.0") return std::nullopt;
  if (version.starts_with("HTTP/")) {
    return HeadRefused{.status = 505, .why = "a version that is neither HTTP/1.1 nor HTTP/1.0"};
  }
  return bad("a request line without version");
}

std::optional<HeadRefused> readHeader(std::string_view line, Head& head) {
  if (head.headers.size() == kMaxHeaders) {
    return HeadRefused{.status = 431, .why = "too many headers"};
  }
  const std::size_t colon = line.find(':');
  // A folded line begins with a space, which is no part of a name, as one before the colon.
  if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
    return bad("a header whose name is none");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!isHeaderValue(value)) return bad("a header with control characters");
  head.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  return std::nullopt;
}

// The one header of that name; refused where it came more than once.
std::optional<HeadRefused> findOnce(const Head& head, std::string_view name,
                                    std::optional<std::string_view>& found) {
  for (const Header& header : head.headers) {
    if (!sameIgnoringCase(header.name, name)) continue;
    if (found) return bad("more than one " + std::string(name));
    found = header.value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> readLength(std::string_view text) {
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits) return std::nullopt;
  std::uint64_t length = 0;
  for (const char c : text) {
    // What is so long is beyond every limit, however long.
    if (length > std::numeric_limits<std::uint64_t>::max() / 16) break;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return length;
}

std::optional<HeadRefused> readFraming(Head& head) {
  std::optional<std::string_view> length;
  std::optional<std::string_view> encoding;
  if (auto no = findOnce(head, "Content-Length", length)) return no;
  if (auto no = findOnce(head, "Transfer-Encoding", encoding)) return no;
  if (length && encoding) return bad("both a Content-Length and a Transfer-Encoding");
  if (length) {
    const auto bytes = readLength(*length);
    if (!bytes) return bad("a Content-Length that is no number");
    head.body_bytes = *bytes;
  }
  if (!encoding) return std::nullopt;
  if (head.after == AfterAnswer::kClose) return bad("a Transfer-Encoding in HTTP/1.0");
  if (!sameIgnoringCase(*encoding, "chunked")) {
    return HeadRefused{.status = 501, .why = "a Transfer-Encoding that is not chunked"};
  }
  head.framing = Framing::kChunked;
  return std::nullopt;
}

std::optional<HeadRefused> readConnection(Head& head) {
  std::optional<std::string_view> host;
  std::optional<std::string_view> expect;
  const bool is_old = head.after == AfterAnswer::kClose;
  if (auto no = findOnce(head, "Host", host)) return no;
  if (!host && !is_old) return bad("no Host");
  if (auto no = findOnce(head, "Expect", expect)) return no;
  if (expect && !sameIgnoringCase(*expect, "100-continue")) {
    return HeadRefused{.status = 417, .why = "an Expect that is not 100-continue"};
  }
  head.expects_continue = expect.has_value() && !is_old;
  for (const Header& header : head.headers) {
    if (!sameIgnoringCase(header.name, "Connection")) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      if (sameIgnoringCase(trimmed(takeUntil(rest, ',')), "close"))
        head.after = AfterAnswer::kClose;
    }
  }
  return std::nullopt;
}

std::optional<HeadRefused> readHead(std::string_view rest, Head& head) {
  // An empty line before the request line is passed over, as RFC 9112, section 2.2, asks for.
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);
  const auto request_line = takeHttpLine(rest);
  if (!request_line) return bad("a newline that is not HTTP's");
  if (auto no = readRequestLine(*request_line, head)) return no;
  while (true) {
    const auto line = takeHttpLine(rest);
    if (!line) return bad("a newline that is not HTTP's");
    if (line->empty()) break;
    if (auto no = readHeader(*line, head)) return no;
  }
  if (auto no = readFraming(head)) return no;
  return readConnection(head);
}

}  // namespace

std::optional<std::size_t> findHeadEnd(std::string_view text, std::size_t from) {
  // The empty line that may stand before a request line is no end.
  const std::size_t begin = text.starts_with("\r\n") ? 2 : 0;
  // The line's end before may have been looked at already.
  std::size_t at = std::max(begin, from < 3 ? 0 : from - 3);
  while ((at = text.find('\n', at)) != std::string_view::npos) {
    if (at == 0 || text[at - 1] != '\r') return at + 1;
    if (at >= begin + 3 && text.substr(at - 3, 4) == "\r\n\r\n") return at + 1;
    ++at;
  }
  return std::nullopt;
}

Head parseHead(std::string_view text) {
  Head head;
  head.refused = readHead(text, head);
  return head;
}

Head parseTooLongHead(std::string_view text) {
  Head head = parseHead(text);
  const bool in_request_line = text.find('\n', 2) == std::string_view::npos;
  if (in_request_line) {
    head.refused = HeadRefused{.status = 414, .why = "a long target"};
  } else if (head.refused && head.refused->status == 400) {
    head.refused = HeadRefused{.status = 431, .why = "long headers"};
  }
  return head;
}

Response refusedAnswer(const HeadRefused& refused) {
  const char* code = "BAD_REQUEST";
  switch (refused.status) {
    case 414: code = "TARGET_TOO_LONG"; break;
    case 417: code = "EXPECTATION_FAILED"; break;
    case 431: code = "HEADERS_TOO_LARGE"; break;
    case 501: code = "NOT_IMPLEMENTED"; break;
    case 505: code = "VERSION_NOT_SUPPORTED"; break;
    default: break;
  }
  Response answer = errorAnswer(refused.status, code, "the request has " + refused.why);
  answer.why = refused.why;
  return answer;
}

}  // namespace robotledger::http
