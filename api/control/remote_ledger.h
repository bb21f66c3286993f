// RemoteLedger: a ledger that another process has and listens for (control_server.h), used as if it
// were here.
//
//   auto ledger = RemoteLedger::connect("robotledger-data", tell);
//   if (!ledger) return ledger.error();        // kNotFound: nobody listens
//   auto outcome = (*ledger)->submit({DisableAccount{{"robot$web+ci"}}, context});
//
// Commands are carried out there; the system's user in their channel is the one that the other side
// finds. Questions are answered here, from its log and its views, read in pages. What it is asked
// while it goes away fails with kClosed; a command whose answer is lost so with kOutcomeUnknown.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/control/remote_log.h"
#include "api/embed/ledger_access.h"

namespace robotledger {

class RemoteLedger final : public LedgerAccess {
 public:
  using Tell = std::function<void(const std::string& note)>;

  // kNotFound where nobody listens there; kInvalidArgument where the other side is another version
  // of this program, or does not serve this user; kOverloaded where it serves enough others; kIo,
  // kClosed. `tell` may be empty.
  static Result<std::unique_ptr<RemoteLedger>> connect(const std::string& path, Tell tell);

  const std::string& path() const override { return path_; }
  const LogStore& log() const override { return log_; }

  Result<JobResult> run(Job job) override;
  Result<std::optional<Refusal>> refusalOf(Submission submission) override;
  Result<std::optional<Operator>> findOperator(const std::string& name) override;
  Result<std::optional<LivingAccount>> findAccount(const AccountRef& account) override;
  Result<LedgerOutline> outline() override;
  Result<ExpiryPreview> previewExpiry(std::int32_t days) override;

  const std::optional<VerifierKey>& verifierKey() const override { return verifier_key_; }
  Result<void> canSign() override;
  Result<SignedCheckpoint> checkpoint() override;
  Result<SignedCheckpoint> checkpointAt(TreeSize size) override;
  Result<std::string> signText(const std::string& text) override;

  Result<std::shared_ptr<const View>> view() override;
  Result<void> rebuildViews() override;
  Result<Verified> verify(VerifyScope scope, const VerifyProgress& progress) override;
  Result<SeenByGuard> seenByGuard() override;

 private:
  RemoteLedger(std::string path, Tell tell, std::shared_ptr<ControlChannel> channel);
  void tell(const std::string& note) override;

  std::string path_;
  Tell tell_;
  std::shared_ptr<ControlChannel> channel_;
  RemoteLog log_;
  std::optional<VerifierKey> verifier_key_;
};

}  // namespace robotledger
