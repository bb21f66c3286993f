#include "api/login/sessions.h"

#include <algorithm>
#include <utility>

#include "core/base/random.h"
#include "core/base/secure.h"

namespace robotledger {
namespace {

// A clock that is put back does not make a session older than it was, nor younger.
OperatorSession sessionOf(OperatorAccess who, Instant opened, Instant used) {
  return {.who = std::move(who),
          .idle_until = Instant{used.us + kSessionIdleUs},
          .ends = Instant{opened.us + kSessionWholeUs}};
}

}  // namespace

std::size_t Sessions::Hash::operator()(const Digest& digest) const noexcept {
  return static_cast<std::size_t>(ByteReader(digestBytes(digest)).bigEndian64());
}

bool Sessions::hasEnded(const Kept& kept, Instant now) {
  return now.us - kept.used.us >= kSessionIdleUs || now.us - kept.opened.us >= kSessionWholeUs;
}

// Takes away what has ended, and, where there is still no room, what was used least recently.
void Sessions::makeRoom(const std::string& name, Instant now) {
  std::erase_if(sessions_, [&](const auto& entry) { return hasEnded(entry.second, now); });
  std::size_t of_one = 0;
  auto oldest = sessions_.end();
  auto oldest_of_one = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    const auto older = [&](Table::iterator than) {
      return than == sessions_.end() || it->second.used < than->second.used;
    };
    if (older(oldest)) oldest = it;
    if (it->second.name != name) continue;
    ++of_one;
    if (older(oldest_of_one)) oldest_of_one = it;
  }
  if (of_one >= kSessionsOfOne) {
    sessions_.erase(oldest_of_one);
  } else if (sessions_.size() >= kSessionsInAll) {
    sessions_.erase(oldest);
  }
}

Result<OpenedSession> Sessions::open(const OperatorAccess& who, Instant now) {
  auto random = randomBytes(kSessionTokenBytes / 2);
  if (!random) return random.error();
  const SecretText bytes(*std::move(random));
  std::string token = toHex(bytes.text());
  const Digest kept = sha256(token);
  const std::lock_guard lock(mutex_);
  makeRoom(who.name, now);
  sessions_[kept] = {.name = who.name, .changed = who.changed, .opened = now, .used = now};
  return OpenedSession{.token = std::move(token), .session = sessionOf(who, now, now)};
}

std::optional<OperatorSession> Sessions::find(std::string_view token, Instant now) {
  if (token.size() != kSessionTokenBytes) return std::nullopt;
  const Digest kept = sha256(token);
  const std::lock_guard lock(mutex_);
  // By its hash: how far two of them are alike says nothing of a token.
  const auto found = sessions_.find(kept);
  if (found == sessions_.end()) return std::nullopt;
  Kept& session = found->second;
  auto who = authorizer_.findOperator(session.name);
  if (!who || who->changed != session.changed || hasEnded(session, now)) {
    sessions_.erase(found);
    return std::nullopt;
  }
  session.used = std::max(session.used, now);
  return sessionOf(*std::move(who), session.opened, session.used);
}

void Sessions::close(std::string_view token) {
  const Digest kept = sha256(token);
  const std::lock_guard lock(mutex_);
  sessions_.erase(kept);
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace robotledger
