#include "api/embed/core.h"

#include "api/login/pepper.h"
#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/domain/text.h"

namespace robotledger::v1 {
namespace {

Code codeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return Code::kInvalidArgument;
    case ErrorCode::kNotFound: return Code::kNotFound;
    case ErrorCode::kInUse: return Code::kInUse;
    case ErrorCode::kIo: return Code::kIo;
    case ErrorCode::kDamaged: return Code::kDamaged;
    case ErrorCode::kViewsDamaged: return Code::kViewsDamaged;
    case ErrorCode::kOutcomeUnknown: return Code::kOutcomeUnknown;
    case ErrorCode::kClock: return Code::kClock;
    case ErrorCode::kOverloaded: return Code::kOverloaded;
    case ErrorCode::kClosed: return Code::kClosed;
  }
  return Code::kBug;
}

// 0000-01-01T00:00:00Z.
constexpr Instant kBeginningOfTime{std::int64_t{-62167219200} * kUsPerSecond};

}  // namespace

robotledger::Result<std::shared_ptr<Core>> Core::open(const std::string& directory,
                                                      const Options& options) {
  if (options.program.empty() || !isPrintable(options.program, kMaxNameBytes)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the program's name has to be 1 to 255 printable ASCII characters: " +
                     inQuotes(options.program)};
  }
  std::shared_ptr<Core> core(new Core());
  core->program_ = options.program;
  OpenOptions open_options;
  open_options.program = options.program;
  open_options.guard = options.guard;
  open_options.key = options.key;
  if (options.tell) {
    open_options.tell = [tell = options.tell](const std::string& line) {
      // Threads of the library's own call it: nothing gets out of there.
      try {
        tell(line);
      } catch (...) {
      }
    };
  }
  open_options.authorizer = AuthorizerUse::kKept;
  open_options.observers = {core.get()};
  auto opened = OpenLedger::open(directory, std::move(open_options));
  if (!opened) return opened.error();
  core->ledger_ = std::move(*opened);
  core->authorizer_ = core->ledger_->authorizer();
  if (options.control == Control::kListen) {
    auto control = ControlServer::start(*core->ledger_, {});
    if (!control) return control.error();
    core->control_ = *std::move(control);
  }
  const std::lock_guard lock(core->mutex_);
  core->size_ = std::max(core->size_, core->ledger_->ledger().head().size);
  return core;
}

Core::~Core() = default;

void Core::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  // Its clients may hold views that somebody here waits for.
  control_.reset();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return users_ == 0; });
  }
  logins_.reset();
  ledger_.reset();
}

robotledger::Result<LoginChecker*> Core::logins() {
  const std::lock_guard lock(logins_mutex_);
  if (logins_) return logins_.get();
  const auto pepper = ledger_->ask(
      [&](const View& view) { return ensurePepper(pepperPath(ledger_->path()), view); });
  if (!pepper) return pepper.error();
  auto started = LoginChecker::start(*authorizer_, {.pepper = (*pepper)->text()});
  if (!started) return started.error();
  logins_ = std::move(*started);
  return logins_.get();
}

std::optional<Core::Use> Core::use() {
  const std::lock_guard lock(mutex_);
  if (closed_) return std::nullopt;
  ++users_;
  return Use(*this);
}

Core::Use::~Use() {
  if (core_ == nullptr) return;
  const std::lock_guard lock(core_->mutex_);
  if (--core_->users_ == 0) core_->changed_.notify_all();
}

TreeSize Core::awaitMoreThan(TreeSize size, std::chrono::milliseconds timeout,
                             const std::function<bool()>& stopped) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return closed_ || size_ > size || stopped(); });
  return size_;
}

void Core::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void Core::onCommitted(const CommittedEvents& events) {
  const std::lock_guard lock(mutex_);
  size_ = TreeSize{events->back().sequence.value + 1};
  changed_.notify_all();
}

Failure failureOf(const Error& error) { return {codeOf(error.code), {}, error.message}; }

Failure failureOf(const Refusal& refusal) {
  return {Code::kRefused, std::string(refusalName(refusal.code)), refusal.message};
}

robotledger::Result<Instant> checkedInstant(Time time) {
  const Instant instant = instantOf(time);
  if (instant >= kBeginningOfTime && instant < kEndOfTime) return instant;
  return Error{ErrorCode::kInvalidArgument, "an instant has to be in the years 0 to 9999"};
}

robotledger::Result<AccountRef> accountRef(const std::string& text) {
  if (!text.empty() && text.front() != '#') return AccountRef{.name = text, .id = {}};
  const auto id = parseDecimal(std::string_view(text).substr(text.empty() ? 0 : 1));
  if (id) return AccountRef{.name = {}, .id = AccountId{*id}};
  return Error{
      ErrorCode::kInvalidArgument,
      inQuotes(text) + " is no account: a qualified name such as robot$library+ci, or #12, is"};
}

}  // namespace robotledger::v1
