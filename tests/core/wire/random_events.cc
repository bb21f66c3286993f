#include <algorithm>

#include "core/base/limits.h"
#include "tests/core/wire/sample_events.h"

namespace robotledger {

std::uint64_t RandomEvents::number(std::uint64_t below) { return random_() % below; }

std::uint64_t RandomEvents::anyNumber() { return random_() >> number(64); }

std::string RandomEvents::text(std::size_t max_bytes) {
  if (oneIn(3)) return {};
  std::string text(1 + number(oneIn(8) ? max_bytes : std::min<std::size_t>(max_bytes, 24)), ' ');
  for (char& c : text) c = static_cast<char>(oneIn(30) ? number(256) : 'a' + number(26));
  return text;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> RandomEvents::bytes() {
  std::array<std::uint8_t, Size> bytes{};
  if (oneIn(10)) return bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
  return bytes;
}

std::int32_t RandomEvents::days() {
  return static_cast<std::int32_t>(1 + anyNumber() % static_cast<std::uint64_t>(kMaxDays));
}

Expiry RandomEvents::expiry() {
  if (oneIn(3)) return Expiry::system();
  return oneIn(3) ? Expiry::never() : Expiry::days(days());
}

Permissions RandomEvents::permissions() {
  Permissions permissions(number(oneIn(20) ? kMaxPermissions + 1 : 6));
  for (Permission& permission : permissions) {
    permission.capability.index = static_cast<std::uint16_t>(number(capabilityCount()));
    const auto any = static_cast<std::uint32_t>(anyNumber());
    permission.scope = any != 0   ? Scope::inProject(ProjectId{any})
                       : oneIn(2) ? Scope::allProjects()
                                  : Scope::system();
  }
  std::ranges::sort(permissions);
  const auto twice = std::unique(permissions.begin(), permissions.end());
  permissions.erase(twice, permissions.end());
  return permissions;
}

SecretHash RandomEvents::secret() {
  return {static_cast<SecretHash::Kind>(number(3)), text(64), text(64), anyNumber()};
}

ServiceSettings RandomEvents::service() {
  return {static_cast<std::int32_t>(number(3600)), text(40), text(40)};
}

Channel RandomEvents::channel() {
  switch (number(5)) {
    case 0: return LedgerItself{};
    case 1: return CommandLine{text(255), text(255), text(255)};
    case 2: return Http{text(64)};
    case 3: return Import{Sequence{anyNumber()}, anyNumber()};
    default: return Embedder{text(255)};
  }
}

EventBody RandomEvents::accountBody(std::size_t kind) {
  switch (kind) {
    case 4:
      return AccountCreated{account(),
                            project(),
                            text(255),
                            text(1024),
                            permissions(),
                            expiry(),
                            Instant{static_cast<std::int64_t>(anyNumber())}};
    case 5: return PermissionsGranted{account(), permissions()};
    case 6: return PermissionsRevoked{account(), permissions()};
    case 7: return AccountDisabled{account()};
    case 8: return AccountEnabled{account()};
    case 9: return AccountDeleted{account()};
    case 10: return AccountRenewed{account()};
    case 11: return AccountExpiryChanged{account(), expiry(), expiry()};
    case 12: return AccountDescribed{account(), text(1024), text(1024)};
    default: return SecretIssued{account(), secret()};
  }
}

EventBody RandomEvents::otherBody(std::size_t kind) {
  switch (kind) {
    case 0: return LedgerInitialized{text(255), bytes<16>(), days(), text(255), text(255)};
    case 1: return HistoryImported{bytes<32>(), anyNumber()};
    case 2: return ProjectCreated{project(), text(255)};
    case 3: return ProjectDeleted{project()};
    case 14: return SystemExpiryChanged{days(), days()};
    case 15: return OperatorAdded{OperatorId{project().value}, text(255)};
    case 16: return OperatorRemoved{text(255)};
    case 17: return OperatorPasswordSet{text(255), secret()};
    case 18: return RoleGranted{text(255), role(), project()};
    case 19: return RoleRevoked{text(255), role(), project()};
    case 20: return ServiceSettingsChanged{service(), service()};
    case 21:
      return LedgerRolledBack{TreeSize{anyNumber()}, bytes<32>(), text(255), text(255), text(512)};
    default:
      return ClaimRecorded{account(),
                           project(),
                           text(1024),
                           text(1024),
                           Instant{static_cast<std::int64_t>(random_())},
                           text(1024),
                           text(1024),
                           text(1024),
                           text(1024)};
  }
}

EventBody RandomEvents::body(std::size_t kind) {
  return kind >= 4 && kind <= 13 ? accountBody(kind) : otherBody(kind);
}

Event RandomEvents::next() {
  Event event;
  event.sequence = Sequence{anyNumber()};
  event.time = Instant{static_cast<std::int64_t>(random_())};
  event.recorded_at = Instant{static_cast<std::int64_t>(anyNumber())};
  event.actor = text(255);
  event.channel = channel();
  event.reason = text(1024);
  event.request_id = text(128);
  event.idempotency_key = text(128);
  if (oneIn(4)) event.command_digest = bytes<32>();
  event.body = body(number(std::variant_size_v<EventBody>));
  return event;
}

}  // namespace robotledger
