#include "api/control/servant.h"

#include <algorithm>

#include "core/ledger/saved_state.h"
#include "core/wire/state_codec.h"
#include "projections/projection_set.h"

namespace robotledger {
namespace {

template <class T>
Bytes valueMessage(const T& value) {
  Bytes message(1, static_cast<char>(AnswerKind::kValue));
  return message += toBytes(value);
}

Error notThisWay(const std::string& what) {
  return {ErrorCode::kInvalidArgument, what + " is not done over the control socket"};
}

bool isPrintableName(const std::string& text) { return printableName(text) == text; }

Result<Nothing> nothingOr(const Result<void>& done) {
  if (!done) return done.error();
  return Nothing{};
}

}  // namespace

Bytes errorMessage(const Error& error) {
  Bytes message(1, static_cast<char>(AnswerKind::kError));
  return message += toBytes(error);
}

std::optional<Bytes> Servant::answer(BytesView request, const SendProgress& progress) {
  auto asked = fromBytes<AnyRequest>(request);
  if (!asked) return std::nullopt;
  // Who begins otherwise does not speak this.
  if (!greeted_ && !std::holds_alternative<Hello>(*asked)) return std::nullopt;
  progress_ = &progress;
  Bytes message = std::visit(
      [this](auto& one) {
        const auto answer = this->answerTo(one);
        return answer ? valueMessage(*answer) : errorMessage(answer.error());
      },
      *asked);
  progress_ = nullptr;
  if (message.size() <= kMaxAnswerBytes) return message;
  return errorMessage(
      {ErrorCode::kInvalidArgument, "the answer has " + std::to_string(message.size()) +
                                        " bytes, which is too long for the control socket"});
}

Result<Hello::Answer> Servant::answerTo(const Hello& request) {
  if (request.name != kControlName || request.version != kControlVersion) {
    return Error{ErrorCode::kInvalidArgument,
                 "the process that has the ledger is another version of this program: use the one "
                 "that it is"};
  }
  const auto outline = ledger_.outline();
  if (!outline) return outline.error();
  greeted_ = true;
  Hello::Answer answer{.ledger_id = outline->image.ledger_id,
                       .verifier_key = std::nullopt,
                       .rows = ProjectionSet(ProjectionMemory()).versions()};
  if (const auto& key = ledger_.verifierKey()) answer.verifier_key = formatVerifierKey(*key);
  return answer;
}

// ---- the log --------------------------------------------------------------------------------

Result<LogHead> Servant::answerTo(const AskHead&) { return ledger_.log().head(); }

Result<Bytes> Servant::answerTo(const ReadRecord& request) {
  return ledger_.log().read(request.sequence);
}

Result<std::vector<Bytes>> Servant::answerTo(const ReadRecords& request) {
  const auto cursor = ledger_.log().scan(request.from, request.until);
  if (!cursor) return cursor.error();
  std::vector<Bytes> records;
  for (std::size_t bytes = 0; bytes < kPageBytes;) {
    const auto record = (*cursor)->next();
    // What is before a damaged one is given; who asks for more is told.
    if (!record && records.empty()) return record.error();
    if (!record || !record->has_value()) break;
    records.emplace_back(**record);
    bytes += records.back().size();
  }
  return records;
}

Result<Bytes> Servant::answerTo(const ReadTile& request) {
  return ledger_.log().hashTile(request.level, request.index, request.width);
}

// ---- commands -------------------------------------------------------------------------------

Result<void> Servant::admitImport(const Import& channel) const {
  const auto opened = readEvent(ledger_.log(), channel.opened);
  if (!opened) return opened.error();
  const auto* begun_by = std::get_if<CommandLine>(&opened->channel);
  const bool is_import = std::holds_alternative<HistoryImported>(opened->body);
  if (is_import && begun_by != nullptr && begun_by->system_user == peer_.user) return {};
  return notThisWay("going on with an import that user " + peer_.user + " has not begun");
}

Result<void> Servant::admit(Submission& submission, Known known) const {
  if (std::holds_alternative<RollBackLedger>(submission.command)) {
    return notThisWay("a rollback");
  }
  Channel& channel = submission.context.channel;
  if (auto* line = std::get_if<CommandLine>(&channel)) {
    if (!isPrintableName(line->sudo_user) || !isPrintableName(line->host)) {
      return notThisWay("a command of a user or host without a printable name");
    }
    line->system_user = peer_.user;
    // What is done now is done now: a time that is given is an import's.
    submission.context.at.reset();
    return {};
  }
  if (const auto* import = std::get_if<Import>(&channel)) {
    if (known == Known::kYes) return {};
    return admitImport(*import);
  }
  return notThisWay("what came by another way than the command line");
}

Result<void> Servant::admit(Job& job) const {
  if (job.submissions.empty()) return notThisWay("a job without a command");
  if (job.announcement) {
    if (!std::holds_alternative<ImportHistory>(job.announcement->command)) {
      return notThisWay("announcing something that is no import");
    }
    if (auto admitted = admit(*job.announcement, Known::kNo); !admitted) return admitted;
  }
  // Lines of one import have one beginning, which is read once.
  std::optional<Sequence> opened;
  for (Submission& submission : job.submissions) {
    const auto* import = std::get_if<Import>(&submission.context.channel);
    const bool known = job.announcement || (import != nullptr && import->opened == opened);
    if (auto admitted = admit(submission, known ? Known::kYes : Known::kNo); !admitted) {
      return admitted;
    }
    if (import != nullptr) opened = import->opened;
  }
  return {};
}

Result<JobResult> Servant::answerTo(RunJob& request) {
  if (auto admitted = admit(request.job); !admitted) return admitted.error();
  return ledger_.run(std::move(request.job));
}

Result<std::optional<Refusal>> Servant::answerTo(AskRefusal& request) {
  if (auto admitted = admit(request.submission, Known::kNo); !admitted) return admitted.error();
  return ledger_.refusalOf(std::move(request.submission));
}

// ---- the state, signatures, and what takes long -----------------------------------------------

Result<std::optional<Operator>> Servant::answerTo(const AskOperator& request) {
  return ledger_.findOperator(request.name);
}

Result<std::optional<LivingAccount>> Servant::answerTo(const AskAccount& request) {
  return ledger_.findAccount(request.account);
}

Result<AskOutline::Answer> Servant::answerTo(const AskOutline&) {
  auto outline = ledger_.outline();
  if (!outline) return outline.error();
  return AskOutline::Answer{.state = encodeState(outline->image, Digest{}),
                            .accounts = std::move(outline->accounts)};
}

Result<ExpiryPreview> Servant::answerTo(const AskPreview& request) {
  if (request.days < kMinDays || request.days > kMaxDays) {
    return Error{ErrorCode::kInvalidArgument,
                 std::to_string(request.days) + " days are no setting"};
  }
  return ledger_.previewExpiry(request.days);
}

Result<Nothing> Servant::answerTo(const AskCanSign&) { return nothingOr(ledger_.canSign()); }
Result<SignedCheckpoint> Servant::answerTo(const SignNow&) { return ledger_.checkpoint(); }
Result<SignedCheckpoint> Servant::answerTo(const SignAt& request) {
  return ledger_.checkpointAt(request.size);
}
Result<std::string> Servant::answerTo(const SignText& request) {
  return ledger_.signText(request.text);
}

Result<Nothing> Servant::answerTo(const RebuildViews&) {
  return nothingOr(all_views_.rebuild(ledger_));
}

Result<Verified> Servant::answerTo(const VerifyLedger& request) {
  return ledger_.verify(
      request.scope, [this](VerifyStep step, std::uint64_t done, std::uint64_t all) {
        Bytes message(1, static_cast<char>(AnswerKind::kProgress));
        (*progress_)(message += toBytes(VerifyTold{.step = step, .done = done, .all = all}));
      });
}

Result<SeenByGuard> Servant::answerTo(const AskGuard&) { return ledger_.seenByGuard(); }

// ---- the views --------------------------------------------------------------------------------

Result<OpenView::Answer> Servant::answerTo(const OpenView&) {
  const auto id = views_.open(ledger_);
  if (!id) return id.error();
  const auto view = views_.find(*id);
  if (!view) return view.error();
  return OpenView::Answer{.view = *id, .size = (*view)->size, .last_time = (*view)->last_time};
}

Result<Nothing> Servant::answerTo(const CloseView& request) {
  views_.close(request.view);
  return Nothing{};
}

Result<std::vector<std::optional<Bytes>>> Servant::answerTo(const GetRows& request) {
  const auto view = views_.find(request.view);
  if (!view) return view.error();
  if (request.keys.size() > kMaxKeys) {
    return Error{ErrorCode::kInvalidArgument, "too many rows are asked for at once"};
  }
  return (*view)->rows->getMany(request.keys);
}

Result<ReadRows::Answer> Servant::answerTo(const ReadRows& request) {
  const auto view = views_.find(request.view);
  if (!view) return view.error();
  const std::size_t most = std::clamp<std::size_t>(request.most, 1, kMaxPageRows);
  const auto cursor = (*view)->rows->cursor();
  const bool backwards = request.from == RowsFrom::kBefore;
  if (request.from == RowsFrom::kAtOrAfter) {
    cursor->seek(request.key);
  } else {
    cursor->seekForPrev(request.key);
  }
  if (backwards && cursor->valid() && cursor->key() == request.key) cursor->prev();
  ReadRows::Answer answer;
  for (std::size_t bytes = 0; cursor->valid() && answer.rows.size() < most && bytes < kPageBytes;) {
    answer.rows.emplace_back(Bytes(cursor->key()), Bytes(cursor->value()));
    bytes += cursor->key().size() + cursor->value().size();
    if (backwards) {
      cursor->prev();
    } else {
      cursor->next();
    }
  }
  const auto status = cursor->status();
  // What is before a damaged row is given; who asks for more is told.
  if (!status && answer.rows.empty()) return status.error();
  answer.is_last = status.has_value() && !cursor->valid();
  return answer;
}

}  // namespace robotledger
