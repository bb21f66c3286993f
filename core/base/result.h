// Result<T>: a value, or an Error that says what failed, where, and what to do.
//
//   Result<Bytes> record = store.read(Sequence{7});
//   if (!record) return record.error();
//   use(*record);
//
// The member names are those of std::expected, which clang 14 cannot see in libstdc++ 12.
// Refusals of the domain are not errors: they are values (core/domain/refusal.h).
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "core/base/check.h"

namespace robotledger {

enum class ErrorCode {
  kInvalidArgument,  // the caller asked for what cannot be
  kNotFound,         // there is no such thing
  kInUse,            // another process or thread has it
  kIo,               // the disk or the system failed; nothing is known to be lost
  kDamaged,          // stored bytes are not what was written
  kViewsDamaged,     // the same, of rows that can be built again from the log
  kOutcomeUnknown,   // a write may or may not be on disk
  kClock,            // the clock cannot be believed
  kOverloaded,       // a bounded queue is full
  kClosed,           // the thing was shut down
};

struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;  // one line, for a person
  bool operator==(const Error&) const = default;
};

// The code's stable name, such as "damaged".
const char* errorCodeName(ErrorCode code);

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->checked(); }

  const Error& error() const {
    RL_CHECK(!has_value(), "a result that succeeded has no error");
    return *std::get_if<1>(&held_);
  }

 private:
  T& checked() {
    RL_CHECK(has_value(), "a result that failed has no value");
    return *std::get_if<0>(&held_);
  }

  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    RL_CHECK(failed_, "a result that succeeded has no error");
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace robotledger
