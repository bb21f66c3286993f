// The grammars of names and free texts.
//
//   isName("web-shop")       true      isName("Web")         false
//   isOperatorName("alice")  true      isText("a\tb")        false
#pragma once

#include <string>
#include <string_view>

namespace robotledger {

// A name of an account or a project: `[a-z0-9]+(?:[._-][a-z0-9]+)*`, 1 to 255 bytes.
bool isName(std::string_view name);

// A name of an operator: `[A-Za-z0-9][A-Za-z0-9._@-]{0,254}`.
bool isOperatorName(std::string_view name);

// A description or a reason: UTF-8 (RFC 3629: no surrogates, no overlong forms) without control
// characters (U+0000 to U+001F, U+007F to U+009F), at most 1024 bytes; empty is allowed.
bool isText(std::string_view text);

// An origin: a schema-less URL without spaces, '+' or control characters, 1 to 255 bytes of ASCII.
bool isOrigin(std::string_view origin);

// 1 to `limit` printable ASCII characters, or none: an idempotency key, a request id.
bool isPrintable(std::string_view text, std::size_t limit);

// Somebody's text in quotes, for a message of one line: at most 100 bytes of it, control characters
// and what is not UTF-8 as '?'.
std::string inQuotes(std::string_view text);

}  // namespace robotledger
