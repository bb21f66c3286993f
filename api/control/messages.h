// What is said over a control socket. The client asks, the other side answers, one after the other;
// the first thing asked is Hello. A request is the index of its type in AnyRequest and its fields;
// an answer is one byte, AnswerKind, and what that says. Each is one frame (frame.h).
//
// What is asked is what LedgerAccess has, records and rows in pages. A change of anything that is
// sent raises kControlVersion: both sides have to have the same, so there is nothing else to keep
// compatible.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/control/domain_fields.h"

namespace robotledger {

inline constexpr char kControlName[] = "robotledger control";
inline constexpr std::uint32_t kControlVersion = 2;

// Bounds of frames. A thousand lines of a history are at most 5 MiB; an outline has 50 bytes a
// project.
inline constexpr std::size_t kMaxRequestBytes = std::size_t{8} << 20;
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;
// An answer in pages ends one with the record or row that reaches this.
inline constexpr std::size_t kPageBytes = std::size_t{1} << 20;
// Rows of a page, and keys that are looked up at once.
inline constexpr std::uint32_t kMaxPageRows = 4096;
inline constexpr std::size_t kMaxKeys = 512;
// Views that one connection may hold.
inline constexpr std::size_t kMaxHeldViews = 8;

enum class AnswerKind : std::uint8_t {
  kValue,     // the request's Answer
  kError,     // an Error
  kProgress,  // a VerifyTold; the answer is still to come
};

struct Nothing {};

struct Hello {
  std::string name = kControlName;
  std::uint32_t version = kControlVersion;
  struct Answer {
    std::array<std::uint8_t, 16> ledger_id{};
    std::optional<std::string> verifier_key;  // as text
    std::string rows;                         // the versions of all that builds rows
  };
};
struct AskHead {
  using Answer = LogHead;
};
struct ReadRecord {
  Sequence sequence;
  using Answer = Bytes;
};
// At least one, unless there is none.
struct ReadRecords {
  Sequence from;
  TreeSize until;
  using Answer = std::vector<Bytes>;
};
struct ReadTile {
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  std::uint32_t width = 0;
  using Answer = Bytes;
};
struct RunJob {
  Job job;
  using Answer = JobResult;
};
struct AskRefusal {
  Submission submission;
  using Answer = std::optional<Refusal>;
};
struct AskOperator {
  std::string name;
  using Answer = std::optional<Operator>;
};
struct AskAccount {
  AccountRef account;
  using Answer = std::optional<LivingAccount>;
};
struct AskOutline {
  struct Answer {
    Bytes state;  // as a saved state
    std::map<ProjectId, std::uint64_t> accounts;
  };
};
struct AskPreview {
  std::int32_t days = 0;
  using Answer = ExpiryPreview;
};
struct AskCanSign {
  using Answer = Nothing;
};
struct SignNow {
  using Answer = SignedCheckpoint;
};
struct SignAt {
  TreeSize size;
  using Answer = SignedCheckpoint;
};
struct SignText {
  std::string text;
  using Answer = std::string;
};
struct OpenView {
  struct Answer {
    std::uint64_t view = 0;
    TreeSize size;
    Instant last_time;
  };
};
struct CloseView {
  std::uint64_t view = 0;
  using Answer = Nothing;
};
// At most kMaxKeys.
struct GetRows {
  std::uint64_t view = 0;
  std::vector<Bytes> keys;
  using Answer = std::vector<std::optional<Bytes>>;
};
// From where rows are read, and which way.
enum class RowsFrom : std::uint8_t {
  kAtOrAfter,   // the first at or after the key, and on
  kAtOrBefore,  // the last at or before the key, and on from there, to later ones
  kBefore,      // the last before the key, and backwards
};
constexpr RowsFrom lastOf(RowsFrom) { return RowsFrom::kBefore; }
struct ReadRows {
  std::uint64_t view = 0;
  RowsFrom from = RowsFrom::kAtOrAfter;
  Bytes key;
  std::uint32_t most = 0;  // rows; 1 to kMaxPageRows
  struct Answer {
    std::vector<std::pair<Bytes, Bytes>> rows;
    bool is_last = false;  // there is no further one that way
  };
};
struct RebuildViews {
  using Answer = Nothing;
};
struct VerifyLedger {
  VerifyScope scope = VerifyScope::kEverything;
  using Answer = Verified;
};
struct AskGuard {
  using Answer = SeenByGuard;
};

using AnyRequest =
    std::variant<Hello, AskHead, ReadRecord, ReadRecords, ReadTile, RunJob, AskRefusal, AskOperator,
                 AskAccount, AskOutline, AskPreview, AskCanSign, SignNow, SignAt, SignText,
                 OpenView, CloseView, GetRows, ReadRows, RebuildViews, VerifyLedger, AskGuard>;

struct VerifyTold {
  VerifyStep step = VerifyStep::kLog;
  std::uint64_t done = 0;
  std::uint64_t all = 0;
};

// ---- their fields -------------------------------------------------------------------------------

template <class T>
concept WithoutFields = std::same_as<T, Nothing> || std::same_as<T, AskHead> ||
    std::same_as<T, AskOutline> || std::same_as<T, AskCanSign> || std::same_as<T, SignNow> ||
    std::same_as<T, OpenView> || std::same_as<T, RebuildViews> || std::same_as<T, AskGuard>;

template <class Io, class T>
requires WithoutFields<std::remove_const_t<T>>
void fields(Io&, T&) {}

template <class Io, Is<Hello> T>
void fields(Io& io, T& hello) {
  io(hello.name, hello.version);
}
template <class Io, Is<Hello::Answer> T>
void fields(Io& io, T& answer) {
  io(answer.ledger_id, answer.verifier_key, answer.rows);
}
template <class Io, Is<ReadRecord> T>
void fields(Io& io, T& request) {
  io(request.sequence);
}
template <class Io, Is<ReadRecords> T>
void fields(Io& io, T& request) {
  io(request.from, request.until);
}
template <class Io, Is<ReadTile> T>
void fields(Io& io, T& request) {
  io(request.level, request.index, request.width);
}
template <class Io, Is<RunJob> T>
void fields(Io& io, T& request) {
  io(request.job);
}
template <class Io, Is<AskRefusal> T>
void fields(Io& io, T& request) {
  io(request.submission);
}
template <class Io, Is<AskOperator> T>
void fields(Io& io, T& request) {
  io(request.name);
}
template <class Io, Is<AskAccount> T>
void fields(Io& io, T& request) {
  io(request.account);
}
template <class Io, Is<AskOutline::Answer> T>
void fields(Io& io, T& answer) {
  io(answer.state, answer.accounts);
}
template <class Io, Is<AskPreview> T>
void fields(Io& io, T& request) {
  io(request.days);
}
template <class Io, Is<SignAt> T>
void fields(Io& io, T& request) {
  io(request.size);
}
template <class Io, Is<SignText> T>
void fields(Io& io, T& request) {
  io(request.text);
}
template <class Io, Is<OpenView::Answer> T>
void fields(Io& io, T& answer) {
  io(answer.view, answer.size, answer.last_time);
}
template <class Io, Is<CloseView> T>
void fields(Io& io, T& request) {
  io(request.view);
}
template <class Io, Is<GetRows> T>
void fields(Io& io, T& request) {
  io(request.view, request.keys);
}
template <class Io, Is<ReadRows> T>
void fields(Io& io, T& request) {
  io(request.view, request.from, request.key, request.most);
}
template <class Io, Is<ReadRows::Answer> T>
void fields(Io& io, T& answer) {
  io(answer.rows, answer.is_last);
}
template <class Io, Is<VerifyLedger> T>
void fields(Io& io, T& request) {
  io(request.scope);
}
template <class Io, Is<VerifyTold> T>
void fields(Io& io, T& told) {
  io(told.step, told.done, told.all);
}

}  // namespace robotledger
