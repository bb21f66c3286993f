#include "api/login/login.h"

#include <array>
#include <atomic>
#include <future>
#include <utility>

#include "api/login/chosen_secret.h"
#include "api/login/pepper.h"
#include "api/login/remembered_logins.h"
#include "api/login/slow_lane.h"
#include "api/secret/secret.h"
#include "core/base/random.h"
#include "core/base/secure.h"
#include "core/domain/names.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKnownPairs = 8192;
constexpr std::int64_t kKnownUs = kUsPerDay;

LoginRefused refusedBy(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::kUnknownAccount: return LoginRefused::kUnknown;
    case LoginFailure::kWrongSecret: return LoginRefused::kWrongSecret;
    case LoginFailure::kDisabled: return LoginRefused::kDisabled;
    case LoginFailure::kExpired: return LoginRefused::kExpired;
  }
  return LoginRefused::kUnknown;
}

LoginRefused refusedBy(Denial denial) {
  switch (denial) {
    case Denial::kDisabled: return LoginRefused::kDisabled;
    case Denial::kExpired: return LoginRefused::kExpired;
    case Denial::kNoAccount:
    case Denial::kNoProject:
    case Denial::kNotGranted: break;
  }
  return LoginRefused::kUnknown;
}

// Who has a chosen secret of that name, before it is checked.
struct Candidate {
  bool exists = false;
  std::optional<Principal> robot;  // else an operator
  std::optional<SecretHash> secret;
  Sequence changed;
};

}  // namespace

class LoginChecker::Impl {
 public:
  Impl(const Authorizer& authorizer, std::string&& pepper, const SecretText& key)
      : authorizer_(authorizer),
        pepper_(std::move(pepper)),
        limits_(key.text()),
        known_(key.text(), kKnownPairs),
        remembered_(key.text()) {}

  Result<void> begin() {
    auto lane = SlowLane::start();
    if (!lane) return lane.error();
    lane_ = *std::move(lane);
    return {};
  }

  void count(const CheckedLogin& login) {
    struct OutcomeOf {
      std::size_t operator()(const RobotLogin&) const { return 0; }
      std::size_t operator()(const OperatorLogin&) const { return 1; }
      std::size_t operator()(LoginRefused refused) const {
        if (refused == LoginRefused::kSlowedDown) return 3;
        return refused == LoginRefused::kBusy ? 4 : 2;
      }
    };
    counts_.at(std::visit(OutcomeOf(), login)).fetch_add(1, std::memory_order_relaxed);
  }
  std::vector<std::pair<std::string_view, std::uint64_t>> counts() const {
    std::vector<std::pair<std::string_view, std::uint64_t>> counts;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts.emplace_back(kOutcomes[i], counts_[i].load(std::memory_order_relaxed));
    }
    return counts;
  }

  std::optional<CheckedLogin> quick(const LoginAttempt& attempt) {
    switch (formOf(attempt.secret)) {
      case SecretForm::kOurs: return lookUp(attempt);
      case SecretForm::kWrongChecksum: return LoginRefused::kTypo;
      case SecretForm::kNotOurs: break;
    }
    if (!isOperatorName(attempt.name) && !parseQualifiedName(attempt.name)) {
      return LoginRefused::kUnknown;
    }
    if (auto login = recall(attempt)) return login;
    const Allowance left = limits_.look(sourceOf(attempt.address), attempt.name, attempt.now);
    if (left == Allowance::kNone) return LoginRefused::kSlowedDown;
    return std::nullopt;
  }

  void slow(LoginAttempt attempt, std::function<void(CheckedLogin)> done) {
    if (const auto login = quick(attempt)) {
      wipe(attempt.secret);
      return done(*login);
    }
    const std::string source = sourceOf(attempt.address);
    const Rank rank = rankOf(source, attempt);
    const auto shared = std::make_shared<LoginAttempt>(std::move(attempt));
    wipe(attempt.secret);  // a short text is copied, not moved
    lane_->run(source, rank, [this, shared, source, done = std::move(done)](Turn turn) {
      CheckedLogin login = LoginRefused::kBusy;
      if (turn == Turn::kYours) login = check(*shared, source);
      wipe(shared->secret);
      done(std::move(login));
    });
  }

 private:
  CheckedLogin lookUp(const LoginAttempt& attempt) const {
    const Login login = authorizer_.authenticate(attempt.name, attempt.secret, attempt.now);
    if (const auto* failure = std::get_if<LoginFailure>(&login)) return refusedBy(*failure);
    const Principal robot = std::get<Principal>(login);
    auto name = authorizer_.qualifiedName(robot);
    if (!name) return LoginRefused::kUnknown;
    return RobotLogin{.principal = robot, .name = *std::move(name)};
  }

  // A success that is remembered and still holds. Where it does not, nobody is told sooner than by
  // a slow check.
  std::optional<CheckedLogin> recall(const LoginAttempt& attempt) {
    const auto key = remembered_.keyOf(attempt.name, attempt.secret);
    const auto before = remembered_.find(key, attempt.now);
    if (!before) return std::nullopt;
    if (before->account == AccountId{}) {
      auto who = authorizer_.findOperator(attempt.name);
      if (who && who->changed == before->changed) return OperatorLogin{*std::move(who)};
    } else if (const auto robot = authorizer_.principal(attempt.name);
               robot && robot->account == before->account &&
               authorizer_.changed(*robot) == before->changed &&
               !authorizer_.standing(*robot, attempt.now)) {
      return RobotLogin{.principal = *robot, .name = attempt.name};
    }
    remembered_.forget(key);
    return std::nullopt;
  }

  Rank rankOf(const std::string& source, const LoginAttempt& attempt) {
    const std::uint64_t tag = known_.tag(source, attempt.name);
    const std::lock_guard lock(known_mutex_);
    return known_.until(tag) > attempt.now.us ? Rank::kKnown : Rank::kStranger;
  }

  // What `changed` is before the secret is read: what is found out of it is void after an event.
  Candidate candidateOf(const std::string& name) const {
    Candidate candidate;
    if (parseQualifiedName(name)) {
      candidate.robot = authorizer_.principal(name);
      if (!candidate.robot) return candidate;
      candidate.exists = true;
      candidate.changed = authorizer_.changed(*candidate.robot);
      const auto chosen = authorizer_.chosenSecret(name);
      if (chosen && chosen->principal == *candidate.robot) candidate.secret = chosen->secret;
      return candidate;
    }
    const auto who = authorizer_.findOperator(name);
    if (!who) return candidate;
    candidate.exists = true;
    candidate.changed = who->changed;
    candidate.secret = who->password;
    return candidate;
  }

  // On a thread of the lane: one scrypt, whoever it is, unless another found the same out
  // meanwhile.
  CheckedLogin check(const LoginAttempt& attempt, const std::string& source) {
    if (auto login = recall(attempt)) return *std::move(login);
    if (limits_.take(source, attempt.name, attempt.now) == Allowance::kNone) {
      return LoginRefused::kSlowedDown;
    }
    const Candidate candidate = candidateOf(attempt.name);
    const SecretHash secret = candidate.secret ? *candidate.secret : nobodysSecret();
    const auto matches = matchesChosen(attempt.secret, secret, pepper_.text());
    if (!matches) {
      limits_.giveBack(source, attempt.name, attempt.now);
      return LoginRefused::kBusy;
    }
    if (!*matches) return candidate.exists ? LoginRefused::kWrongSecret : LoginRefused::kUnknown;
    CheckedLogin login = stillSo(attempt, candidate);
    if (!std::holds_alternative<LoginRefused>(login)) succeeded(attempt, source, candidate);
    return login;
  }

  // A secret that is right by what was so when the check began, judged by what is so now.
  CheckedLogin stillSo(const LoginAttempt& attempt, const Candidate& before) const {
    const Candidate now = candidateOf(attempt.name);
    if (!now.exists) return LoginRefused::kUnknown;
    if (now.robot != before.robot || now.secret != before.secret) {
      return LoginRefused::kWrongSecret;
    }
    if (now.robot) {
      if (const auto denial = authorizer_.standing(*now.robot, attempt.now)) {
        return refusedBy(*denial);
      }
      return RobotLogin{.principal = *now.robot, .name = attempt.name};
    }
    auto who = authorizer_.findOperator(attempt.name);
    if (!who || who->password != before.secret) return LoginRefused::kUnknown;
    return OperatorLogin{*std::move(who)};
  }

  void succeeded(const LoginAttempt& attempt, const std::string& source, const Candidate& who) {
    limits_.giveBack(source, attempt.name, attempt.now);
    remembered_.put(remembered_.keyOf(attempt.name, attempt.secret),
                    {.account = who.robot ? who.robot->account : AccountId{},
                     .changed = who.changed,
                     .at = attempt.now});
    const std::uint64_t tag = known_.tag(source, attempt.name);
    const std::lock_guard lock(known_mutex_);
    known_.put(tag, attempt.now.us + kKnownUs);
  }

  // Not why one was refused: who may count is not who may know.
  static constexpr std::array<std::string_view, 5> kOutcomes{"robot", "operator", "refused",
                                                             "slowed_down", "busy"};

  const Authorizer& authorizer_;
  std::array<std::atomic<std::uint64_t>, kOutcomes.size()> counts_{};
  const SecretText pepper_;
  FailureLimits limits_;
  std::mutex known_mutex_;
  TagTable known_;  // who logged in from where with a chosen secret, in the last day
  RememberedLogins remembered_;
  std::unique_ptr<SlowLane> lane_;  // last: its threads end before what they use
};

LoginChecker::LoginChecker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoginChecker::~LoginChecker() = default;

Result<std::unique_ptr<LoginChecker>> LoginChecker::start(const Authorizer& authorizer,
                                                          Options options) {
  if (options.pepper.size() != kPepperBytes) {
    wipe(options.pepper);
    return Error{ErrorCode::kInvalidArgument,
                 "a pepper has " + std::to_string(kPepperBytes) + " bytes"};
  }
  auto random = randomBytes(kKeyBytes);
  if (!random) return random.error();
  const SecretText key(*std::move(random));
  auto impl = std::make_unique<Impl>(authorizer, std::move(options.pepper), key);
  if (auto begun = impl->begin(); !begun) return begun.error();
  return std::unique_ptr<LoginChecker>(new LoginChecker(std::move(impl)));
}

std::optional<CheckedLogin> LoginChecker::quick(const LoginAttempt& attempt) {
  auto login = impl_->quick(attempt);
  if (login) impl_->count(*login);
  return login;
}

CheckedLogin LoginChecker::slow(const LoginAttempt& attempt) {
  // Shared, since the other thread may still be in it when this one has the answer.
  const auto promise = std::make_shared<std::promise<CheckedLogin>>();
  std::future<CheckedLogin> checked = promise->get_future();
  slow(attempt, [promise](CheckedLogin login) { promise->set_value(std::move(login)); });
  return checked.get();
}

void LoginChecker::slow(LoginAttempt attempt, std::function<void(CheckedLogin)> done) {
  impl_->slow(std::move(attempt),
              [impl = impl_.get(), done = std::move(done)](const CheckedLogin& login) {
                impl->count(login);
                done(login);
              });
}

std::vector<std::pair<std::string_view, std::uint64_t>> LoginChecker::counts() const {
  return impl_->counts();
}

std::string_view loginRefusedName(LoginRefused refused) {
  switch (refused) {
    case LoginRefused::kUnknown: return "unknown";
    case LoginRefused::kWrongSecret: return "wrong_secret";
    case LoginRefused::kTypo: return "typo";
    case LoginRefused::kDisabled: return "disabled";
    case LoginRefused::kExpired: return "expired";
    case LoginRefused::kSlowedDown: return "slowed_down";
    case LoginRefused::kBusy: return "busy";
  }
  return "unknown";
}

int retryAfterSeconds(LoginRefused refused) {
  return refused == LoginRefused::kSlowedDown ? static_cast<int>(kSecondsPerFailure) : 1;
}

std::string nameForLogs(const Authorizer& authorizer, std::string_view name) {
  if (parseQualifiedName(name) || authorizer.findOperator(name)) return std::string(name);
  return "?";
}

}  // namespace robotledger
