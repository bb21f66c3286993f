#include <array>
#include <cstring>
#include <vector>

#include <capnp/message.h>
#include <kj/exception.h>

#include "core/wire/event.capnp.h"
#include "core/wire/event_codec.h"
#include "core/wire/fields.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxWords = kMaxEntryBytes / sizeof(capnp::word);

// Deeper than any event: envelope, body, secret or settings, text.
constexpr int kMaxNesting = 8;

SecretHash read(wire::SecretHash::Reader in) {
  return {enumFrom(in.getKind(), SecretHash::Kind::kAsserted, "the kind of secret"),
          stringFrom(in.getHash()), stringFrom(in.getSalt()), in.getFingerprint()};
}

Role roleFrom(wire::Role role) { return enumFrom(role, Role::kProjectAdmin, "the role"); }

EventBody read(wire::LedgerInitialized::Reader in) {
  return LedgerInitialized{
      stringFrom(in.getOrigin()), arrayFrom<16>(in.getLedgerId(), "the ledger's id"),
      daysFrom(in.getSystemExpiryDays(), "the setting"), stringFrom(in.getAdmin())};
}

EventBody read(wire::HistoryImported::Reader in) {
  return HistoryImported{arrayFrom<32>(in.getFile(), "the file's hash"), in.getFirstLine()};
}

EventBody read(wire::ProjectCreated::Reader in) {
  return ProjectCreated{ProjectId{in.getProject()}, stringFrom(in.getName())};
}

EventBody read(wire::ProjectDeleted::Reader in) {
  return ProjectDeleted{ProjectId{in.getProject()}};
}

EventBody read(wire::AccountCreated::Reader in) {
  return AccountCreated{AccountId{in.getAccount()},
                        ProjectId{in.getProject()},
                        stringFrom(in.getName()),
                        stringFrom(in.getDescription()),
                        permissionsFrom(in.getPermissions()),
                        expiryFrom(in.getExpiry()),
                        Instant{in.getIssuedAt()}};
}

EventBody read(wire::PermissionsGranted::Reader in) {
  return PermissionsGranted{AccountId{in.getAccount()}, permissionsFrom(in.getPermissions())};
}

EventBody read(wire::PermissionsRevoked::Reader in) {
  return PermissionsRevoked{AccountId{in.getAccount()}, permissionsFrom(in.getPermissions())};
}

EventBody read(wire::AccountDisabled::Reader in) {
  return AccountDisabled{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountEnabled::Reader in) {
  return AccountEnabled{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountDeleted::Reader in) {
  return AccountDeleted{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountRenewed::Reader in) {
  return AccountRenewed{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountExpiryChanged::Reader in) {
  return AccountExpiryChanged{AccountId{in.getAccount()}, expiryFrom(in.getBefore()),
                              expiryFrom(in.getAfter())};
}

EventBody read(wire::AccountDescribed::Reader in) {
  return AccountDescribed{AccountId{in.getAccount()}, stringFrom(in.getBefore()),
                          stringFrom(in.getAfter())};
}

EventBody read(wire::SecretIssued::Reader in) {
  return SecretIssued{AccountId{in.getAccount()}, read(in.getSecret())};
}

EventBody read(wire::SystemExpiryChanged::Reader in) {
  return SystemExpiryChanged{daysFrom(in.getBeforeDays(), "the setting before"),
                             daysFrom(in.getAfterDays(), "the setting after")};
}

EventBody read(wire::OperatorAdded::Reader in) {
  return OperatorAdded{OperatorId{in.getOperator()}, stringFrom(in.getName())};
}

EventBody read(wire::OperatorRemoved::Reader in) {
  return OperatorRemoved{stringFrom(in.getName())};
}

EventBody read(wire::OperatorPasswordSet::Reader in) {
  return OperatorPasswordSet{stringFrom(in.getName()), read(in.getPassword())};
}

EventBody read(wire::RoleGranted::Reader in) {
  return RoleGranted{stringFrom(in.getName()), roleFrom(in.getRole()), ProjectId{in.getProject()}};
}

EventBody read(wire::RoleRevoked::Reader in) {
  return RoleRevoked{stringFrom(in.getName()), roleFrom(in.getRole()), ProjectId{in.getProject()}};
}

EventBody read(wire::ServiceSettingsChanged::Reader in) {
  return ServiceSettingsChanged{serviceSettingsFrom(in.getBefore()),
                                serviceSettingsFrom(in.getAfter())};
}

EventBody read(wire::Event::Body::Reader in) {
  using Body = wire::Event::Body;
  switch (in.which()) {
    case Body::LEDGER_INITIALIZED: return read(in.getLedgerInitialized());
    case Body::HISTORY_IMPORTED: return read(in.getHistoryImported());
    case Body::PROJECT_CREATED: return read(in.getProjectCreated());
    case Body::PROJECT_DELETED: return read(in.getProjectDeleted());
    case Body::ACCOUNT_CREATED: return read(in.getAccountCreated());
    case Body::PERMISSIONS_GRANTED: return read(in.getPermissionsGranted());
    case Body::PERMISSIONS_REVOKED: return read(in.getPermissionsRevoked());
    case Body::ACCOUNT_DISABLED: return read(in.getAccountDisabled());
    case Body::ACCOUNT_ENABLED: return read(in.getAccountEnabled());
    case Body::ACCOUNT_DELETED: return read(in.getAccountDeleted());
    case Body::ACCOUNT_RENEWED: return read(in.getAccountRenewed());
    case Body::ACCOUNT_EXPIRY_CHANGED: return read(in.getAccountExpiryChanged());
    case Body::ACCOUNT_DESCRIBED: return read(in.getAccountDescribed());
    case Body::SECRET_ISSUED: return read(in.getSecretIssued());
    case Body::SYSTEM_EXPIRY_CHANGED: return read(in.getSystemExpiryChanged());
    case Body::OPERATOR_ADDED: return read(in.getOperatorAdded());
    case Body::OPERATOR_REMOVED: return read(in.getOperatorRemoved());
    case Body::OPERATOR_PASSWORD_SET: return read(in.getOperatorPasswordSet());
    case Body::ROLE_GRANTED: return read(in.getRoleGranted());
    case Body::ROLE_REVOKED: return read(in.getRoleRevoked());
    case Body::SERVICE_SETTINGS_CHANGED: return read(in.getServiceSettingsChanged());
  }
  failUnknown("the kind of event", static_cast<unsigned>(in.which()));
}

Channel read(wire::Event::Channel::Reader in) {
  using Channel = wire::Event::Channel;
  switch (in.which()) {
    case Channel::LEDGER_ITSELF: return LedgerItself{};
    case Channel::COMMAND_LINE: {
      const auto line = in.getCommandLine();
      return CommandLine{stringFrom(line.getSystemUser()), stringFrom(line.getSudoUser()),
                         stringFrom(line.getHost())};
    }
    case Channel::HTTP: return Http{stringFrom(in.getHttp().getAddress())};
    case Channel::IMPORT: {
      const auto import = in.getImport();
      return Import{Sequence{import.getOpened()}, import.getLine()};
    }
    case Channel::EMBEDDER: return Embedder{stringFrom(in.getEmbedder().getProgram())};
  }
  failUnknown("the channel", static_cast<unsigned>(in.which()));
}

std::optional<Digest> readDigest(wire::Event::Reader in) {
  if (!in.hasCommandDigest()) return std::nullopt;
  return arrayFrom<32>(in.getCommandDigest(), "the command's digest");
}

Event read(wire::Event::Reader in) {
  return {.sequence = Sequence{in.getSequence()},
          .time = Instant{in.getTime()},
          .recorded_at = Instant{in.getRecordedAt()},
          .actor = stringFrom(in.getActor()),
          .channel = read(in.getChannel()),
          .reason = stringFrom(in.getReason()),
          .request_id = stringFrom(in.getRequestId()),
          .idempotency_key = stringFrom(in.getIdempotencyKey()),
          .command_digest = readDigest(in),
          .body = read(in.getBody())};
}

// Checks every pointer against the words, and stops what would read the same words over and over.
Event read(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * kMaxWords;
  options.nestingLimit = kMaxNesting;
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&words, 1), options);
  return read(message.getRoot<wire::Event>());
}

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, "an entry: " + what}; }

Result<Event> decodeAligned(kj::ArrayPtr<const capnp::word> words) {
  try {
    return read(words);
  } catch (const Damage& damage) {
    return damaged(damage.what);
  } catch (const kj::Exception& exception) {
    return damaged(exception.getDescription().cStr());
  }
}

}  // namespace

Result<Event> decodeEvent(BytesView entry) {
  constexpr std::size_t kUsualWords = 128;
  if (entry.empty() || entry.size() > kMaxEntryBytes || entry.size() % sizeof(capnp::word) != 0) {
    return damaged("no entry is " + std::to_string(entry.size()) + " bytes long");
  }
  const std::size_t count = entry.size() / sizeof(capnp::word);
  if (reinterpret_cast<std::uintptr_t>(entry.data()) % alignof(std::uint64_t) == 0) {
    return decodeAligned({reinterpret_cast<const capnp::word*>(entry.data()), count});
  }
  std::array<std::uint64_t, kUsualWords> usual;
  std::vector<std::uint64_t> large;
  std::uint64_t* copy = usual.data();
  if (count > usual.size()) {
    large.resize(count);
    copy = large.data();
  }
  std::memcpy(copy, entry.data(), entry.size());
  return decodeAligned({reinterpret_cast<const capnp::word*>(copy), count});
}

bool isCanonical(BytesView entry) {
  const Result<Event> event = decodeEvent(entry);
  return event && encodeEvent(*event) == entry;
}

}  // namespace robotledger
