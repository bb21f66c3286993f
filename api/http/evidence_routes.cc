#include "api/http/evidence_routes.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include "api/evidence/ledger_signer.h"
#include "api/http/audit_question.h"
#include "api/http/log_asked.h"
#include "api/http/outcomes.h"
#include "core/base/limits.h"

namespace robotledger::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

// Whose turn it is, until it goes.
class Turn {
 public:
  explicit Turn(std::shared_ptr<std::atomic<bool>> taken) : taken_(std::move(taken)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { *taken_ = false; }
  static std::unique_ptr<Turn> take(const std::shared_ptr<std::atomic<bool>>& taken) {
    if (taken->exchange(true)) return nullptr;
    return std::make_unique<Turn>(taken);
  }

 private:
  std::shared_ptr<std::atomic<bool>> taken_;
};

// A folder of our own that is gone when this is.
class Folder {
 public:
  Folder() {
    std::error_code failed;
    path_ = (fs::temp_directory_path(failed) / "robotledger-XXXXXX").string();
    if (failed || ::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  // Empty where there is none.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A file that has no name any more.
class File final : public Stream {
 public:
  explicit File(int file) : file_(file) {}
  ~File() override { ::close(file_); }

  Piece next() override {
    Piece piece{.bytes = std::string(kPieceBytes, '\0'), .next = Next::kMore};
    const ssize_t got = ::read(file_, piece.bytes.data(), piece.bytes.size());
    if (got < 0) return {.bytes = {}, .next = Next::kCut};
    piece.bytes.resize(static_cast<std::size_t>(got));
    if (got == 0) piece.next = Next::kEnd;
    return piece;
  }

 private:
  int file_;
};

// Puts "now" where it is asked for.
using AskedEvidence = std::function<Result<Question>(Instant now)>;

struct EvidenceAsked {
  AskedEvidence question;
  AskedAsOf when;
  Completeness completeness = Completeness::kFull;
  Reader reader;
};

// A question that he may ask, as it is to be proved; or what he is answered.
using Allowed = std::variant<Response, EvidenceRequest>;

// By the views, which is quick: the log is not read for who may not ask.
Result<Allowed> allowed(const View& view, const OperatorParts& parts, const EvidenceAsked& asked) {
  const auto as_of =
      asked.when.as_of ? asOf(view, Sequence{*asked.when.as_of}) : Result<AsOf>(view.newest());
  if (!as_of && as_of.error().code == ErrorCode::kNotFound) {
    return Allowed(errorAnswer(400, "BAD_REQUEST", as_of.error().message, "as_of"));
  }
  if (!as_of) return as_of.error();
  const Asking asking(view, asked.reader, std::max(parts.clock.now(), view.last_time));
  auto question = asked.question(asking.now());
  if (!question) return Allowed(endsBeforeItBegins());
  const auto refused = refusalOf(asking, *question, *as_of);
  if (!refused) return refused.error();
  if (*refused) return Allowed(refusalAnswer(**refused));
  if (asked.completeness == Completeness::kFull && !asked.reader.everything) {
    return Allowed(errorAnswer(403, refusalName(RefusalCode::kForbidden),
                               "a full bundle has the whole log in it, which an auditor or a "
                               "system administrator may read; slim=true makes one of the answer's "
                               "own events"));
  }
  return Allowed(EvidenceRequest{.question = *std::move(question),
                                 .size = TreeSize{as_of->sequence.value + 1},
                                 .completeness = asked.completeness,
                                 .reader = asked.reader});
}

Result<Response> made(const OperatorParts& parts, const EvidenceRequest& request) {
  const auto signer = evidenceSigner(parts.ledger);
  if (!signer) {
    Response no = errorAnswer(404, "NOT_FOUND",
                              "this ledger signs nothing: its key is not here, as in a copy");
    no.why = signer.error().message;
    return no;
  }
  const Folder folder;
  if (folder.path().empty()) return Error{ErrorCode::kIo, "no folder for a bundle"};
  const std::string path = folder.path() + "/evidence.zip";
  const auto written = writeEvidence(parts.ledger.log(), request, *signer, path, {});
  if (!written) return written.error();
  if (const auto* no = std::get_if<Refusal>(&*written)) return refusalAnswer(*no);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error{ErrorCode::kIo, "a bundle that was just written is gone"};
  const std::string sequence = std::to_string(request.size.value - 1);
  Response answer{
      .status = 200,
      .headers = {{"Content-Type", "application/zip"},
                  {"Content-Disposition", "attachment; filename=\"evidence-" + sequence + ".zip\""},
                  {"X-Robotledger-As-Of", sequence}}};
  answer.stream = std::make_shared<File>(file);
  return answer;
}

Response busy() {
  Response answer = errorAnswer(503, "UNAVAILABLE", "another bundle is being made; try again");
  answer.headers.push_back({"Retry-After", "5"});
  return answer;
}

// Reads the question's own parameters.
using ReadEvidence = AskedEvidence (*)(QueryReader& query);

AskedEvidence whoCould(QueryReader& query) {
  return [asked = readWhoCouldAsked(query)](Instant now) -> Result<Question> {
    auto question = asked.at(now);
    if (!question) return question.error();
    return Question(*std::move(question));
  };
}

AskedEvidence history(QueryReader& query) {
  return [account = query.needAccount("account")](Instant) -> Result<Question> {
    return Question(HistoryQuestion{account});
  };
}

AskedEvidence events(QueryReader& query) {
  const auto limit = query.number("limit", kMaxEvidenceEvents);
  if (limit == 0U) query.fail("limit", "it is at least 1");
  return [asked = readLogAsked(query), limit](Instant now) -> Result<Question> {
    LogQuestion question = asked.at(now);
    if (limit) question.limit = *limit;
    if (auto right = checkTimes(question); !right) return right.error();
    return Question(std::move(question));
  };
}

}  // namespace

std::vector<Route> evidenceRoutes(const OperatorParts& parts) {
  const auto taken = std::make_shared<std::atomic<bool>>(false);
  const auto route = [&](const char* name, ReadEvidence read) {
    return operatorRoute(
        parts.sign_in,
        {.method = "GET",
         .path = std::string("/audit/evidence/") + name,
         .access = Access::kOperators,
         .statuses = {200, 400, 404},
         .handler = [&parts, read, taken](const Request& request, const SignedIn& by) -> Handled {
           QueryReader query(request.query);
           EvidenceAsked asked{
               .question = {},
               .when = readAskedAsOf(query),
               .completeness = query.flag("slim") ? Completeness::kSlim : Completeness::kFull,
               .reader = readerOf(by)};
           asked.question = read(query);
           if (auto wrong = query.wrong()) return *std::move(wrong);
           const AskedAsOf when = asked.when;
           return whenThere(parts, when, [&parts, taken, asked = std::move(asked)]() -> Response {
             const auto looked =
                 parts.ledger.ask([&](const View& view) { return allowed(view, parts, asked); });
             if (!looked) return failureAnswer(looked.error());
             if (const auto* no = std::get_if<Response>(&*looked)) return *no;
             const auto turn = Turn::take(taken);
             if (!turn) return busy();
             auto answer = made(parts, std::get<EvidenceRequest>(*looked));
             if (!answer) return failureAnswer(answer.error());
             return *std::move(answer);
           });
         },
         .body_limit = 0});
  };
  return {route("who-could", whoCould), route("history", history), route("events", events)};
}

}  // namespace robotledger::http
