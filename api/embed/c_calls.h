// What the files of the C header share: what its handles stand for, and the one way in which
// results become codes, errors and texts.
//
//   int robotledger_checkpoint(robotledger_ledger* ledger, char** out, robotledger_error** error) {
//     return callForText(out, error, [&] { return ledger->ledger.checkpoint(); });
//   }
//
// For those files only. Any thread.
#pragma once

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "api/embed/robotledger/robotledger.h"
#include "api/embed/robotledger/robotledger_c.h"
#include "api/json/json_text.h"

namespace rl = robotledger::v1;

// NOLINTBEGIN(readability-identifier-naming): the names of the C header
struct robotledger_ledger {
  rl::Ledger ledger;
};
struct robotledger_error {
  rl::Failure failure;
};
struct robotledger_stream {
  rl::EventStream stream;
};
struct robotledger_subscription {
  rl::Subscription subscription;
};
// NOLINTEND(readability-identifier-naming)

namespace robotledger::c {

// Given where there is no memory for another.
inline robotledger_error* outOfMemory() {
  static robotledger_error error{{rl::Code::kNoMemory, {}, "out of memory"}};
  return &error;
}

inline int give(rl::Failure&& failure, robotledger_error** error) {
  const int code = static_cast<int>(failure.code);
  if (error == nullptr) return code;
  *error = new (std::nothrow) robotledger_error{std::move(failure)};
  if (*error == nullptr) *error = outOfMemory();
  return code;
}

inline rl::Failure invalid(const char* what) { return {rl::Code::kInvalidArgument, {}, what}; }

// Runs `body`, which gives a Result<Done>, and lets no exception out.
template <class Body>
int call(robotledger_error** error, const Body& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    rl::Result<rl::Done> done = body();
    if (done) return ROBOTLEDGER_OK;
    return give(rl::Failure(done.failure()), error);
  } catch (const std::bad_alloc&) {
    if (error != nullptr) *error = outOfMemory();
    return ROBOTLEDGER_NO_MEMORY;
  } catch (...) {
    return give({rl::Code::kBug, {}, "unexpected"}, error);
  }
}

// A copy for the caller; none where it is not wanted.
inline rl::Result<rl::Done> put(const std::string& text, char** out) {
  if (out == nullptr) return rl::Done{};
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) return rl::Failure{rl::Code::kNoMemory, {}, "out of memory"};
  std::memcpy(copy, text.c_str(), text.size() + 1);
  *out = copy;
  return rl::Done{};
}

// What a call gives as text.
template <class Body>
int callForText(char** out, robotledger_error** error, const Body& body) noexcept {
  if (out != nullptr) *out = nullptr;
  return call(error, [&]() -> rl::Result<rl::Done> {
    const rl::Result<std::string> text = body();
    if (!text) return text.failure();
    return put(*text, out);
  });
}

inline std::string orEmpty(const char* text) { return text == nullptr ? std::string() : text; }

}  // namespace robotledger::c
