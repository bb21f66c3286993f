// Servant: answers what one connection of the control socket asks.
//
//   Servant servant(ledger, views, peer);
//   Bytes answer = servant.answer(request, send_progress);
//
// What it is given is the client's to choose, and nothing of it is trusted but where it could as
// well open the ledger itself: the system's user in a command's channel is the peer's, as the
// system says it, and no command is taken by another way than the command line or an import that
// this user has begun.
#pragma once

#include <functional>

#include "api/control/address.h"
#include "api/control/held_views.h"
#include "api/control/messages.h"

namespace robotledger {

class Servant {
 public:
  // All outlive it.
  Servant(LedgerAccess& ledger, HeldViews& views, const Peer& peer)
      : ledger_(ledger), all_views_(views), views_(views), peer_(peer) {}

  using SendProgress = std::function<void(const Bytes& message)>;

  // The message that answers a request. Nothing where it is none of this protocol, or the first is
  // no Hello of this version: then the connection is to end. One thread.
  std::optional<Bytes> answer(BytesView request, const SendProgress& progress);

  // Lets go of the views: the client has asked nothing for long.
  void closeViews() { views_.closeAll(); }

 private:
  // One for each kind of request: its answer, or an error.
  Result<Hello::Answer> answerTo(const Hello& request);
  Result<LogHead> answerTo(const AskHead& request);
  Result<Bytes> answerTo(const ReadRecord& request);
  Result<std::vector<Bytes>> answerTo(const ReadRecords& request);
  Result<Bytes> answerTo(const ReadTile& request);
  Result<JobResult> answerTo(RunJob& request);
  Result<std::optional<Refusal>> answerTo(AskRefusal& request);
  Result<std::optional<Operator>> answerTo(const AskOperator& request);
  Result<std::optional<LivingAccount>> answerTo(const AskAccount& request);
  Result<AskOutline::Answer> answerTo(const AskOutline& request);
  Result<ExpiryPreview> answerTo(const AskPreview& request);
  Result<Nothing> answerTo(const AskCanSign& request);
  Result<SignedCheckpoint> answerTo(const SignNow& request);
  Result<SignedCheckpoint> answerTo(const SignAt& request);
  Result<std::string> answerTo(const SignText& request);
  Result<OpenView::Answer> answerTo(const OpenView& request);
  Result<Nothing> answerTo(const CloseView& request);
  Result<std::vector<std::optional<Bytes>>> answerTo(const GetRows& request);
  Result<ReadRows::Answer> answerTo(const ReadRows& request);
  Result<Nothing> answerTo(const RebuildViews& request);
  Result<Verified> answerTo(const VerifyLedger& request);
  Result<SeenByGuard> answerTo(const AskGuard& request);

  // Whether the import that a line belongs to is known to be this user's.
  enum class Known : std::uint8_t { kNo, kYes };
  // Says in the command's channel who it is; kInvalidArgument for what this way is not for.
  Result<void> admit(Submission& submission, Known known) const;
  Result<void> admit(Job& job) const;
  Result<void> admitImport(const Import& channel) const;

  LedgerAccess& ledger_;
  HeldViews& all_views_;
  HeldViews::Mine views_;
  const Peer& peer_;
  bool greeted_ = false;
  const SendProgress* progress_ = nullptr;  // while it answers
};

// A message that is an error.
Bytes errorMessage(const Error& error);

}  // namespace robotledger
