#include <algorithm>
#include <array>

#include <capnp/message.h>

#include "core/wire/canonical.h"
#include "core/wire/event.capnp.h"
#include "core/wire/event_codec.h"
#include "core/wire/fields.h"

namespace robotledger {
namespace {

// Text ends with a NUL on the wire, which is not part of its size.
capnp::Text::Reader textOf(const std::string& text) { return {text.c_str(), text.size()}; }

template <class Container>
capnp::Data::Reader dataOf(const Container& bytes) {
  return {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()};
}

using Body = wire::Event::Body::Builder;

void put(Body body, const LedgerInitialized& e) {
  auto out = body.initLedgerInitialized();
  if (!e.origin.empty()) out.setOrigin(textOf(e.origin));
  out.setLedgerId(dataOf(e.ledger_id));
  if (!e.admin.empty()) out.setAdmin(textOf(e.admin));
  out.setSystemExpiryDays(e.system_expiry_days);
  if (!e.verifier_key.empty()) out.setVerifierKey(textOf(e.verifier_key));
}

void put(Body body, const HistoryImported& e) {
  auto out = body.initHistoryImported();
  out.setFile(dataOf(e.file));
  out.setFirstLine(e.first_line);
}

void put(Body body, const ProjectCreated& e) {
  auto out = body.initProjectCreated();
  out.setProject(e.project.value);
  if (!e.name.empty()) out.setName(textOf(e.name));
}

void put(Body body, const ProjectDeleted& e) {
  body.initProjectDeleted().setProject(e.project.value);
}

void put(Body body, const AccountCreated& e) {
  auto out = body.initAccountCreated();
  out.setAccount(e.account.value);
  out.setProject(e.project.value);
  out.setIssuedAt(e.issued_at.us);
  putPermissions(out, e.permissions);
  if (!e.name.empty()) out.setName(textOf(e.name));
  putExpiry(out.getExpiry(), e.expiry);
  if (!e.description.empty()) out.setDescription(textOf(e.description));
}

void put(Body body, const PermissionsGranted& e) {
  auto out = body.initPermissionsGranted();
  out.setAccount(e.account.value);
  putPermissions(out, e.permissions);
}

void put(Body body, const PermissionsRevoked& e) {
  auto out = body.initPermissionsRevoked();
  out.setAccount(e.account.value);
  putPermissions(out, e.permissions);
}

void put(Body body, const AccountDisabled& e) {
  body.initAccountDisabled().setAccount(e.account.value);
}

void put(Body body, const AccountEnabled& e) {
  body.initAccountEnabled().setAccount(e.account.value);
}

void put(Body body, const AccountDeleted& e) {
  body.initAccountDeleted().setAccount(e.account.value);
}

void put(Body body, const AccountRenewed& e) {
  body.initAccountRenewed().setAccount(e.account.value);
}

void put(Body body, const AccountExpiryChanged& e) {
  auto out = body.initAccountExpiryChanged();
  out.setAccount(e.account.value);
  putExpiry(out.getBefore(), e.before);
  putExpiry(out.getAfter(), e.after);
}

void put(Body body, const AccountDescribed& e) {
  auto out = body.initAccountDescribed();
  out.setAccount(e.account.value);
  if (!e.before.empty()) out.setBefore(textOf(e.before));
  if (!e.after.empty()) out.setAfter(textOf(e.after));
}

void put(Body body, const SecretIssued& e) {
  auto out = body.initSecretIssued();
  out.setAccount(e.account.value);
  putSecret(out.initSecret(), e.secret);
}

void put(Body body, const SystemExpiryChanged& e) {
  auto out = body.initSystemExpiryChanged();
  out.setBeforeDays(e.before_days);
  out.setAfterDays(e.after_days);
}

void put(Body body, const OperatorAdded& e) {
  auto out = body.initOperatorAdded();
  out.setOperator(e.id.value);
  if (!e.name.empty()) out.setName(textOf(e.name));
}

void put(Body body, const OperatorRemoved& e) {
  auto out = body.initOperatorRemoved();
  if (!e.name.empty()) out.setName(textOf(e.name));
}

void put(Body body, const OperatorPasswordSet& e) {
  auto out = body.initOperatorPasswordSet();
  if (!e.name.empty()) out.setName(textOf(e.name));
  putSecret(out.initPassword(), e.password);
}

void put(Body body, const RoleGranted& e) {
  auto out = body.initRoleGranted();
  if (!e.name.empty()) out.setName(textOf(e.name));
  out.setRole(static_cast<wire::Role>(e.role));
  out.setProject(e.project.value);
}

void put(Body body, const RoleRevoked& e) {
  auto out = body.initRoleRevoked();
  if (!e.name.empty()) out.setName(textOf(e.name));
  out.setRole(static_cast<wire::Role>(e.role));
  out.setProject(e.project.value);
}

void put(Body body, const ServiceSettingsChanged& e) {
  auto out = body.initServiceSettingsChanged();
  putServiceSettings(out.initBefore(), e.before);
  putServiceSettings(out.initAfter(), e.after);
}

void put(Body body, const LedgerRolledBack& e) {
  auto out = body.initLedgerRolledBack();
  out.setLostSize(e.lost_size.value);
  out.setLostRoot(dataOf(e.lost_root));
  if (!e.old_origin.empty()) out.setOldOrigin(textOf(e.old_origin));
  if (!e.origin.empty()) out.setOrigin(textOf(e.origin));
  if (!e.verifier_key.empty()) out.setVerifierKey(textOf(e.verifier_key));
}

void put(Body body, const ClaimRecorded& e) {
  auto out = body.initClaimRecorded();
  out.setAccount(e.account.value);
  if (!e.source.empty()) out.setSource(textOf(e.source));
  if (!e.source_id.empty()) out.setSourceId(textOf(e.source_id));
  out.setTime(e.time.us);
  if (!e.operation.empty()) out.setOperation(textOf(e.operation));
  if (!e.resource.empty()) out.setResource(textOf(e.resource));
  if (!e.resource_type.empty()) out.setResourceType(textOf(e.resource_type));
  if (!e.actor.empty()) out.setActor(textOf(e.actor));
  out.setProject(e.project.value);
}

using ChannelOut = wire::Event::Channel::Builder;

void put(ChannelOut out, const LedgerItself&) { out.setLedgerItself(); }

void put(ChannelOut out, const CommandLine& c) {
  auto line = out.initCommandLine();
  if (!c.system_user.empty()) line.setSystemUser(textOf(c.system_user));
  if (!c.host.empty()) line.setHost(textOf(c.host));
  if (!c.sudo_user.empty()) line.setSudoUser(textOf(c.sudo_user));
}

void put(ChannelOut out, const Http& c) {
  auto http = out.initHttp();
  if (!c.address.empty()) http.setAddress(textOf(c.address));
}

void put(ChannelOut out, const Import& c) {
  auto import = out.initImport();
  import.setOpened(c.opened.value);
  import.setLine(c.line);
}

void put(ChannelOut out, const Embedder& c) {
  auto embedder = out.initEmbedder();
  if (!c.program.empty()) embedder.setProgram(textOf(c.program));
}

void put(wire::Event::Builder out, const Event& event) {
  out.setSequence(event.sequence.value);
  out.setTime(event.time.us);
  out.setRecordedAt(event.recorded_at.us);
  if (!event.actor.empty()) out.setActor(textOf(event.actor));
  std::visit([&](const auto& channel) { put(out.getChannel(), channel); }, event.channel);
  std::visit([&](const auto& body) { put(out.getBody(), body); }, event.body);
  if (!event.reason.empty()) out.setReason(textOf(event.reason));
  if (!event.request_id.empty()) out.setRequestId(textOf(event.request_id));
  if (!event.idempotency_key.empty()) out.setIdempotencyKey(textOf(event.idempotency_key));
  if (event.command_digest) out.setCommandDigest(dataOf(*event.command_digest));
}

// The canonical form, where the message fitted into its first segment; else nothing.
Bytes canonicalOf(capnp::MallocMessageBuilder& message) {
  const auto segments = message.getSegmentsForOutput();
  if (segments.size() != 1) return {};
  return canonicalForm(
      {reinterpret_cast<const std::uint64_t*>(segments[0].begin()), segments[0].size()});
}

Bytes encodeLarge(const Event& event, std::size_t segment_words) {
  for (;; segment_words *= 4) {
    capnp::MallocMessageBuilder message(static_cast<unsigned>(segment_words));
    put(message.initRoot<wire::Event>(), event);
    if (Bytes bytes = canonicalOf(message); !bytes.empty()) return bytes;
  }
}

}  // namespace

Bytes encodeEvent(const Event& event) {
  constexpr std::size_t kUsualWords = 128;
  std::array<capnp::word, kUsualWords> usual;
  std::fill_n(reinterpret_cast<std::uint64_t*>(usual.data()), usual.size(), 0);
  capnp::MallocMessageBuilder message(kj::arrayPtr(usual.data(), usual.size()));
  put(message.initRoot<wire::Event>(), event);
  if (Bytes bytes = canonicalOf(message); !bytes.empty()) return bytes;
  return encodeLarge(event, 8 * kUsualWords);
}

}  // namespace robotledger
