// Sessions: operators who signed in, so that a browser need not keep their passwords.
//
//   Sessions sessions(authorizer);
//   auto opened = sessions.open(login.who, now);          // opened->token goes into a cookie
//   if (auto session = sessions.find(token, now)) use(session->who);
//   sessions.close(token);
//
// A token is 256 random bits in hexadecimal; what is kept of it, in memory alone, is its SHA-256. A
// session ends after 30 minutes without a request, after 12 hours in all, by logout, with the
// process, and by any change of the operator: removed, another password, other roles. There are at
// most 16 of an operator and 4,096 in all; where there is no room, the one that was used least
// recently goes, of the operator's own or of all.
//
// Any thread; never waits for long. `now` is the system's clock.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "projections/authorizer.h"

namespace robotledger {

inline constexpr std::int64_t kSessionIdleUs = std::int64_t{30} * 60 * kUsPerSecond;
inline constexpr std::int64_t kSessionWholeUs = std::int64_t{12} * 3600 * kUsPerSecond;
inline constexpr std::size_t kSessionsOfOne = 16;
inline constexpr std::size_t kSessionsInAll = 4096;
inline constexpr std::size_t kSessionTokenBytes = 64;  // as text

struct OperatorSession {
  OperatorAccess who;  // as he is now
  Instant idle_until;  // unless it is used
  Instant ends;        // in any case
};

struct OpenedSession {
  std::string token;
  OperatorSession session;
};

class Sessions {
 public:
  // The authorizer outlives it.
  explicit Sessions(const Authorizer& authorizer) : authorizer_(authorizer) {}

  // For an operator whose login was checked, as he was then: one who has changed since has a
  // session that ends at its first use. kIo where there is no randomness.
  Result<OpenedSession> open(const OperatorAccess& who, Instant now);

  // Uses the session: from here on it is idle. Nothing where there is none, or it has ended.
  std::optional<OperatorSession> find(std::string_view token, Instant now);

  // Ends it, where there is one.
  void close(std::string_view token);

  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept;
  };
  struct Kept {
    std::string name;
    Sequence changed;  // the last event about him when he signed in
    Instant opened;
    Instant used;
  };
  using Table = std::unordered_map<Digest, Kept, Hash>;

  static bool hasEnded(const Kept& kept, Instant now);
  void makeRoom(const std::string& name, Instant now);

  const Authorizer& authorizer_;
  mutable std::mutex mutex_;
  Table sessions_;
};

}  // namespace robotledger
