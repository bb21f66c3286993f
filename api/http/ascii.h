// What the texts of HTTP are made of, whatever the system's locale.
//
//   sameIgnoringCase("Content-Length", "content-length")     true
//   isToken("X-Request-Id")                                  true
#pragma once

#include <string_view>

namespace robotledger::http {

// All of these: any thread.

// Letters of ASCII alone have a case.
bool sameIgnoringCase(std::string_view a, std::string_view b);
// A token of RFC 9110, section 5.6.2: the name of a method or a header; not empty.
bool isToken(std::string_view text);
// A header's value, RFC 9110, section 5.5: no control characters but tabs; bytes above ASCII may
// be.
bool isHeaderValue(std::string_view text);
// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);
// Takes what stands before the first `separator` off the text, with it; all where there is none.
std::string_view takeUntil(std::string_view& rest, char separator);

}  // namespace robotledger::http
