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

Role roleFrom(wire::Role role, FieldReader& fields) {
  return fields.enumerant(role, Role::kProjectAdmin, "the role");
}

EventBody read(wire::LedgerInitialized::Reader in, FieldReader& fields) {
  return LedgerInitialized{stringFrom(in.getOrigin()),
                           fields.bytes<16>(in.getLedgerId(), "the ledger's id"),
                           fields.days(in.getSystemExpiryDays(), "the setting"),
                           stringFrom(in.getAdmin()), stringFrom(in.getVerifierKey())};
}

EventBody read(wire::HistoryImported::Reader in, FieldReader& fields) {
  return HistoryImported{fields.bytes<32>(in.getFile(), "the file's hash"), in.getFirstLine()};
}

EventBody read(wire::ProjectCreated::Reader in, FieldReader&) {
  return ProjectCreated{ProjectId{in.getProject()}, stringFrom(in.getName())};
}

EventBody read(wire::ProjectDeleted::Reader in, FieldReader&) {
  return ProjectDeleted{ProjectId{in.getProject()}};
}

EventBody read(wire::AccountCreated::Reader in, FieldReader& fields) {
  return AccountCreated{AccountId{in.getAccount()},
                        ProjectId{in.getProject()},
                        stringFrom(in.getName()),
                        stringFrom(in.getDescription()),
                        fields.permissions(in.getPermissions()),
                        fields.expiry(in.getExpiry()),
                        Instant{in.getIssuedAt()}};
}

EventBody read(wire::PermissionsGranted::Reader in, FieldReader& fields) {
  return PermissionsGranted{AccountId{in.getAccount()}, fields.permissions(in.getPermissions())};
}

EventBody read(wire::PermissionsRevoked::Reader in, FieldReader& fields) {
  return PermissionsRevoked{AccountId{in.getAccount()}, fields.permissions(in.getPermissions())};
}

EventBody read(wire::AccountDisabled::Reader in, FieldReader&) {
  return AccountDisabled{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountEnabled::Reader in, FieldReader&) {
  return AccountEnabled{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountDeleted::Reader in, FieldReader&) {
  return AccountDeleted{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountRenewed::Reader in, FieldReader&) {
  return AccountRenewed{AccountId{in.getAccount()}};
}

EventBody read(wire::AccountExpiryChanged::Reader in, FieldReader& fields) {
  return AccountExpiryChanged{AccountId{in.getAccount()}, fields.expiry(in.getBefore()),
                              fields.expiry(in.getAfter())};
}

EventBody read(wire::AccountDescribed::Reader in, FieldReader&) {
  return AccountDescribed{AccountId{in.getAccount()}, stringFrom(in.getBefore()),
                          stringFrom(in.getAfter())};
}

EventBody read(wire::SecretIssued::Reader in, FieldReader& fields) {
  return SecretIssued{AccountId{in.getAccount()}, fields.secret(in.getSecret())};
}

EventBody read(wire::SystemExpiryChanged::Reader in, FieldReader& fields) {
  return SystemExpiryChanged{fields.days(in.getBeforeDays(), "the setting before"),
                             fields.days(in.getAfterDays(), "the setting after")};
}

EventBody read(wire::OperatorAdded::Reader in, FieldReader&) {
  return OperatorAdded{OperatorId{in.getOperator()}, stringFrom(in.getName())};
}

EventBody read(wire::OperatorRemoved::Reader in, FieldReader&) {
  return OperatorRemoved{stringFrom(in.getName())};
}

EventBody read(wire::OperatorPasswordSet::Reader in, FieldReader& fields) {
  return OperatorPasswordSet{stringFrom(in.getName()), fields.secret(in.getPassword())};
}

EventBody read(wire::RoleGranted::Reader in, FieldReader& fields) {
  return RoleGranted{stringFrom(in.getName()), roleFrom(in.getRole(), fields),
                     ProjectId{in.getProject()}};
}

EventBody read(wire::RoleRevoked::Reader in, FieldReader& fields) {
  return RoleRevoked{stringFrom(in.getName()), roleFrom(in.getRole(), fields),
                     ProjectId{in.getProject()}};
}

EventBody read(wire::ServiceSettingsChanged::Reader in, FieldReader& fields) {
  return ServiceSettingsChanged{fields.serviceSettings(in.getBefore()),
                                fields.serviceSettings(in.getAfter())};
}

EventBody read(wire::LedgerRolledBack::Reader in, FieldReader& fields) {
  return LedgerRolledBack{
      TreeSize{in.getLostSize()}, fields.bytes<32>(in.getLostRoot(), "the lost root"),
      stringFrom(in.getOldOrigin()), stringFrom(in.getOrigin()), stringFrom(in.getVerifierKey())};
}

EventBody read(wire::ClaimRecorded::Reader in, FieldReader&) {
  return ClaimRecorded{.account = AccountId{in.getAccount()},
                       .project = ProjectId{in.getProject()},
                       .source = stringFrom(in.getSource()),
                       .source_id = stringFrom(in.getSourceId()),
                       .time = Instant{in.getTime()},
                       .actor = stringFrom(in.getActor()),
                       .operation = stringFrom(in.getOperation()),
                       .resource = stringFrom(in.getResource()),
                       .resource_type = stringFrom(in.getResourceType())};
}

EventBody read(wire::Event::Body::Reader in, FieldReader& fields) {
  using Body = wire::Event::Body;
  switch (in.which()) {
    case Body::LEDGER_INITIALIZED: return read(in.getLedgerInitialized(), fields);
    case Body::HISTORY_IMPORTED: return read(in.getHistoryImported(), fields);
    case Body::PROJECT_CREATED: return read(in.getProjectCreated(), fields);
    case Body::PROJECT_DELETED: return read(in.getProjectDeleted(), fields);
    case Body::ACCOUNT_CREATED: return read(in.getAccountCreated(), fields);
    case Body::PERMISSIONS_GRANTED: return read(in.getPermissionsGranted(), fields);
    case Body::PERMISSIONS_REVOKED: return read(in.getPermissionsRevoked(), fields);
    case Body::ACCOUNT_DISABLED: return read(in.getAccountDisabled(), fields);
    case Body::ACCOUNT_ENABLED: return read(in.getAccountEnabled(), fields);
    case Body::ACCOUNT_DELETED: return read(in.getAccountDeleted(), fields);
    case Body::ACCOUNT_RENEWED: return read(in.getAccountRenewed(), fields);
    case Body::ACCOUNT_EXPIRY_CHANGED: return read(in.getAccountExpiryChanged(), fields);
    case Body::ACCOUNT_DESCRIBED: return read(in.getAccountDescribed(), fields);
    case Body::SECRET_ISSUED: return read(in.getSecretIssued(), fields);
    case Body::SYSTEM_EXPIRY_CHANGED: return read(in.getSystemExpiryChanged(), fields);
    case Body::OPERATOR_ADDED: return read(in.getOperatorAdded(), fields);
    case Body::OPERATOR_REMOVED: return read(in.getOperatorRemoved(), fields);
    case Body::OPERATOR_PASSWORD_SET: return read(in.getOperatorPasswordSet(), fields);
    case Body::ROLE_GRANTED: return read(in.getRoleGranted(), fields);
    case Body::ROLE_REVOKED: return read(in.getRoleRevoked(), fields);
    case Body::SERVICE_SETTINGS_CHANGED: return read(in.getServiceSettingsChanged(), fields);
    case Body::LEDGER_ROLLED_BACK: return read(in.getLedgerRolledBack(), fields);
    case Body::CLAIM_RECORDED: return read(in.getClaimRecorded(), fields);
  }
  fields.unknown("the kind of event", static_cast<unsigned>(in.which()));
  return {};
}

Channel read(wire::Event::Channel::Reader in, FieldReader& fields) {
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
  fields.unknown("the channel", static_cast<unsigned>(in.which()));
  return {};
}

std::optional<Digest> readDigest(wire::Event::Reader in, FieldReader& fields) {
  if (!in.hasCommandDigest()) return std::nullopt;
  return fields.bytes<32>(in.getCommandDigest(), "the command's digest");
}

Event read(wire::Event::Reader in, FieldReader& fields) {
  return {.sequence = Sequence{in.getSequence()},
          .time = Instant{in.getTime()},
          .recorded_at = Instant{in.getRecordedAt()},
          .actor = stringFrom(in.getActor()),
          .channel = read(in.getChannel(), fields),
          .reason = stringFrom(in.getReason()),
          .request_id = stringFrom(in.getRequestId()),
          .idempotency_key = stringFrom(in.getIdempotencyKey()),
          .command_digest = readDigest(in, fields),
          .body = read(in.getBody(), fields)};
}

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, "an entry: " + what}; }

// Throws kj::Exception where a pointer leads outside of the words, or the same words are read over
// and over.
Result<Event> readChecked(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * kMaxWords;
  options.nestingLimit = kMaxNesting;
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&words, 1), options);
  FieldReader fields;
  Event event = read(message.getRoot<wire::Event>(), fields);
  if (!fields.damage().empty()) return damaged(fields.damage());
  return event;
}

Result<Event> decodeAligned(const void* words, std::size_t count) {
  try {
    return readChecked({static_cast<const capnp::word*>(words), count});
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
    return decodeAligned(entry.data(), count);
  }
  std::array<std::uint64_t, kUsualWords> usual;
  std::vector<std::uint64_t> large;
  std::uint64_t* copy = usual.data();
  if (count > usual.size()) {
    large.resize(count);
    copy = large.data();
  }
  std::memcpy(copy, entry.data(), entry.size());
  return decodeAligned(copy, count);
}

bool isCanonical(BytesView entry) {
  const Result<Event> event = decodeEvent(entry);
  return event && encodeEvent(*event) == entry;
}

}  // namespace robotledger
