// The ledger's own structs in messages: commands of every kind with their context, and what becomes
// of them. For messages.h; see message_fields.h.
#pragma once

#include "api/control/message_fields.h"
#include "api/embed/ledger_access.h"
#include "core/base/limits.h"

namespace robotledger {

// Commands that one job may have; the importer takes a thousand lines at a time.
template <>
inline constexpr std::size_t kMostInList<Submission> = 4096;

constexpr Expiry::Kind lastOf(Expiry::Kind) { return Expiry::Kind::kDays; }
constexpr SecretHash::Kind lastOf(SecretHash::Kind) { return SecretHash::Kind::kAsserted; }
constexpr RollBackLedger::Accounts lastOf(RollBackLedger::Accounts) {
  return RollBackLedger::Accounts::kKeepEnabled;
}
constexpr AccountStatus lastOf(AccountStatus) { return AccountStatus::kDisabled; }
constexpr Role lastOf(Role) { return Role::kProjectAdmin; }
constexpr AfterRefusal lastOf(AfterRefusal) { return AfterRefusal::kStop; }
constexpr ReceiptKind lastOf(ReceiptKind) { return ReceiptKind::kRepeated; }
constexpr RefusalCode lastOf(RefusalCode) { return RefusalCode::kInvalidClaim; }
constexpr ErrorCode lastOf(ErrorCode) { return ErrorCode::kClosed; }
constexpr VerifyScope lastOf(VerifyScope) { return VerifyScope::kEverything; }
constexpr VerifyStep lastOf(VerifyStep) { return VerifyStep::kComparingRows; }

// ---- parts of commands --------------------------------------------------------------------------

template <class Io, Is<AccountRef> T>
void fields(Io& io, T& ref) {
  io(ref.name, ref.id);
}
template <class Io, Is<PermissionRequest> T>
void fields(Io& io, T& request) {
  io(request.scope, request.capability);
}
template <class Io, Is<ExpiryRequest> T>
void fields(Io& io, T& request) {
  io(request.kind, request.days);
}
template <class Io, Is<SecretHash> T>
void fields(Io& io, T& secret) {
  io(secret.kind, secret.hash, secret.salt, secret.fingerprint);
}
template <class Io, Is<ServiceSettings> T>
void fields(Io& io, T& settings) {
  io(settings.token_lifetime_s, settings.charts_segment, settings.service_name);
}

// ---- commands -----------------------------------------------------------------------------------

template <class Io, Is<CreateProject> T>
void fields(Io& io, T& command) {
  io(command.project);
}
template <class Io, Is<DeleteProject> T>
void fields(Io& io, T& command) {
  io(command.project);
}
template <class Io, Is<AddOperator> T>
void fields(Io& io, T& command) {
  io(command.name);
}
template <class Io, Is<RemoveOperator> T>
void fields(Io& io, T& command) {
  io(command.name);
}
template <class Io, Is<SetOperatorPassword> T>
void fields(Io& io, T& command) {
  io(command.name, command.password);
}
template <class Io, Is<GrantRole> T>
void fields(Io& io, T& command) {
  io(command.name, command.role, command.project);
}
template <class Io, Is<RevokeRole> T>
void fields(Io& io, T& command) {
  io(command.name, command.role, command.project);
}
template <class Io, Is<CreateAccount> T>
void fields(Io& io, T& command) {
  io(command.project, command.name, command.description, command.permissions, command.expiry,
     command.secret, command.issued_at);
}
template <class Io, Is<GrantPermissions> T>
void fields(Io& io, T& command) {
  io(command.account, command.permissions);
}
template <class Io, Is<RevokePermissions> T>
void fields(Io& io, T& command) {
  io(command.account, command.permissions);
}
template <class Io, Is<DisableAccount> T>
void fields(Io& io, T& command) {
  io(command.account);
}
template <class Io, Is<EnableAccount> T>
void fields(Io& io, T& command) {
  io(command.account);
}
template <class Io, Is<DeleteAccount> T>
void fields(Io& io, T& command) {
  io(command.account);
}
template <class Io, Is<RenewAccount> T>
void fields(Io& io, T& command) {
  io(command.account);
}
template <class Io, Is<RotateSecret> T>
void fields(Io& io, T& command) {
  io(command.account, command.secret);
}
template <class Io, Is<SetAccountExpiry> T>
void fields(Io& io, T& command) {
  io(command.account, command.expiry);
}
template <class Io, Is<DescribeAccount> T>
void fields(Io& io, T& command) {
  io(command.account, command.description);
}
template <class Io, Is<SetSystemExpiry> T>
void fields(Io& io, T& command) {
  io(command.days);
}
template <class Io, Is<ChangeServiceSettings> T>
void fields(Io& io, T& command) {
  io(command.settings);
}
template <class Io, Is<ImportHistory> T>
void fields(Io& io, T& command) {
  io(command.file, command.first_line);
}
template <class Io, Is<RollBackLedger> T>
void fields(Io& io, T& command) {
  io(command.lost_size, command.lost_root, command.origin, command.verifier_key, command.accounts);
}

template <class Io, Is<UpdateAccount> T>
void fields(Io& io, T& command) {
  io(command.account, command.permissions, command.expiry, command.description, command.status);
}
template <class Io, Is<RecordClaim> T>
void fields(Io& io, T& command) {
  io(command.account, command.project, command.source, command.source_id, command.time,
     command.actor, command.operation, command.resource, command.resource_type);
}

// ---- who, and jobs ------------------------------------------------------------------------------

template <class Io, Is<LedgerItself> T>
void fields(Io&, T&) {}
template <class Io, Is<CommandLine> T>
void fields(Io& io, T& channel) {
  io(channel.system_user, channel.sudo_user, channel.host);
}
template <class Io, Is<Http> T>
void fields(Io& io, T& channel) {
  io(channel.address);
}
template <class Io, Is<Import> T>
void fields(Io& io, T& channel) {
  io(channel.opened, channel.line);
}
template <class Io, Is<Embedder> T>
void fields(Io& io, T& channel) {
  io(channel.program);
}
template <class Io, Is<Context> T>
void fields(Io& io, T& context) {
  io(context.actor, context.channel, context.reason, context.request_id, context.idempotency_key,
     context.command_digest, context.now, context.at);
}
template <class Io, Is<Submission> T>
void fields(Io& io, T& submission) {
  io(submission.command, submission.context);
}
template <class Io, Is<Job> T>
void fields(Io& io, T& job) {
  io(job.submissions, job.after_refusal, job.announcement);
}

// ---- what becomes of them -----------------------------------------------------------------------

template <class Io, Is<Error> T>
void fields(Io& io, T& error) {
  io(error.code, error.message);
}
template <class Io, Is<Refusal> T>
void fields(Io& io, T& refusal) {
  io(refusal.code, refusal.message);
}
template <class Io, Is<Receipt> T>
void fields(Io& io, T& receipt) {
  io(receipt.first, receipt.count, receipt.account, receipt.time, receipt.kind);
}
template <class Io, Is<JobResult> T>
void fields(Io& io, T& result) {
  io(result.outcomes, result.announced);
}

// ---- what is asked for --------------------------------------------------------------------------

template <class Io, Is<LogHead> T>
void fields(Io& io, T& head) {
  io(head.size, head.root, head.batch);
}
template <class Io, Is<Operator> T>
void fields(Io& io, T& person) {
  io(person.id, person.name, person.roles, person.administers);
}
template <class Io, Is<LivingAccount> T>
void fields(Io& io, T& account) {
  io(account.id, account.name, account.expires_at);
}
template <class Io, Is<ExpiryPreview> T>
void fields(Io& io, T& preview) {
  io(preview.following, preview.would_expire, preview.would_expire_disabled);
}
template <class Io, Is<Checkpoint> T>
void fields(Io& io, T& checkpoint) {
  io(checkpoint.origin, checkpoint.size, checkpoint.root);
}
template <class Io, Is<SignedCheckpoint> T>
void fields(Io& io, T& made) {
  io(made.checkpoint, made.note, made.signature);
}
template <class Io, Is<VerifiedLog> T>
void fields(Io& io, T& verified) {
  io(verified.size, verified.root, verified.tiles, verified.copy);
}
template <class Io, Is<Verified> T>
void fields(Io& io, T& verified) {
  io(verified.log, verified.checkpoint, verified.rows);
}
template <class Io, Is<SeenByGuard> T>
void fields(Io& io, T& seen) {
  io(seen.path, seen.size, seen.root);
}

}  // namespace robotledger
