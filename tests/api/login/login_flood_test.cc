// Floods of logins that take slow checks, with threads: whom they slow, and whom not.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "api/login/remembered_logins.h"
#include "tests/api/login/login_testing.h"

namespace robotledger {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

struct Latencies {
  double p50_us = 0;
  double p99_us = 0;
  double worst_us = 0;
  std::size_t count = 0;
};

// One login after the other, a little apart, as an event loop has them among other work.
Latencies latenciesOf(const LoginLedger& ledger, const LoginAttempt& attempt, double seconds) {
  std::vector<double> took_us;
  const auto begun = steady_clock::now();
  while (duration<double>(steady_clock::now() - begun).count() < seconds) {
    const auto before = steady_clock::now();
    const auto login = ledger.logins->quick(attempt);
    took_us.push_back(duration<double, std::micro>(steady_clock::now() - before).count());
    EXPECT_TRUE(login && std::holds_alternative<RobotLogin>(*login));
    if (took_us.size() % 16 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  std::ranges::sort(took_us);
  return {.p50_us = took_us[took_us.size() / 2],
          .p99_us = took_us[took_us.size() * 99 / 100],
          .worst_us = took_us.back(),
          .count = took_us.size()};
}

// Event loops that get one login after the other, and wait for none, until it ends; then the
// checker ends with what waits in it, and another begins.
class Flood {
 public:
  template <class Next>
  Flood(LoginLedger& ledger, const Next& next) : ledger_(ledger) {
    for (int thread = 0; thread < 2; ++thread) {
      threads_.emplace_back([this, next, thread] {
        for (int i = 0; !ended_; ++i) {
          ledger_.logins->slow(next(thread, i), [this](const CheckedLogin& login) {
            ++answers_;
            const auto* no = std::get_if<LoginRefused>(&login);
            if (no != nullptr && *no == LoginRefused::kBusy) ++busy_;
          });
          std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
      });
    }
  }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() {
    ended_ = true;
    for (std::thread& thread : threads_) thread.join();
    ledger_.start();
  }
  int answers() const { return answers_; }
  int busy() const { return busy_; }

 private:
  LoginLedger& ledger_;
  std::atomic<bool> ended_ = false;
  std::atomic<int> answers_ = 0;
  std::atomic<int> busy_ = 0;
  std::vector<std::thread> threads_;
};

std::string numbered(const std::string& text, int thread, int i) {
  return text + std::to_string(thread) + "-" + std::to_string(i);
}

void report(const char* what, const Latencies& latencies) {
  std::printf("%-44s p50 %7.2f us, p99 %7.2f us, worst %8.0f us, %zu logins\n", what,
              latencies.p50_us, latencies.p99_us, latencies.worst_us, latencies.count);
}

constexpr double kSeconds = 1.5;
constexpr int kHosts = 200;  // more than may wait
// A scrypt takes some 80 ms: whoever waits for one is far above this.
constexpr double kNotWaitingUs = 20000;

TEST(LoginFlood, NeitherWrongNorChosenSecretsSlowARobotWithASecretThatIsMadeHere) {
  LoginLedger ledger;
  const LoginAttempt robot = ledger.attempt(ledger.made, ledger.secret);
  report("a right secret, alone", latenciesOf(ledger, robot, kSeconds));
  {
    const Flood wrong(ledger, [&](int thread, int i) {
      return ledger.attempt(numbered("robot$web+a", thread, i), "Wrong-secret-1",
                            numbered("host", thread, i % kHosts));
    });
    const Latencies latencies = latenciesOf(ledger, robot, kSeconds);
    report("in a flood of wrong secrets, of many hosts", latencies);
    EXPECT_LT(latencies.p99_us, kNotWaitingUs);
    EXPECT_GT(wrong.answers(), 0);
  }
  {
    const Flood wrong(
        ledger, [&](int, int) { return ledger.attempt(ledger.made, newSecret(), "10.0.0.7"); });
    const Latencies latencies = latenciesOf(ledger, robot, kSeconds);
    report("of wrong secrets of our form, from its host", latencies);
    EXPECT_LT(latencies.p99_us, kNotWaitingUs);
  }
  {
    // Right ones, which nobody remembers, since each is a minute after the last.
    const Flood chosen(ledger, [&](int thread, int i) {
      LoginAttempt attempt =
          ledger.attempt(ledger.chosen, kChosenSecret, numbered("host", thread, i % kHosts));
      attempt.now.us += (std::int64_t{i} * 2 + thread) * 61 * kUsPerSecond;
      return attempt;
    });
    const Latencies latencies = latenciesOf(ledger, robot, kSeconds);
    report("in a flood of chosen secrets that are right", latencies);
    EXPECT_LT(latencies.p99_us, kNotWaitingUs);
    EXPECT_GT(chosen.answers(), 0);
  }
}

TEST(LoginFlood, OneThatIsRememberedIsNotSlowedEither) {
  LoginLedger ledger;
  ASSERT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "robot$web+chosen");
  const Flood wrong(ledger, [&](int thread, int i) {
    return ledger.attempt(ledger.chosen, "Wrong-secret-1", numbered("host", thread, i));
  });
  const Latencies latencies =
      latenciesOf(ledger, ledger.attempt(ledger.chosen, kChosenSecret), kSeconds);
  report("a chosen secret that is remembered", latencies);
  EXPECT_LT(latencies.p99_us, kNotWaitingUs);
}

// A flood from one host leaves a person elsewhere a wait for what is running, and no more.
TEST(LoginFlood, AnOperatorElsewhereGetsInWhileOneHostFloodsTheLane) {
  LoginLedger ledger;
  const Flood wrong(ledger, [&](int thread, int i) {
    return ledger.attempt(numbered("robot$web+a", thread, i), "Wrong-secret-1", "192.0.2.1");
  });
  while (wrong.busy() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (int i = 0; i < 5; ++i) {
    LoginAttempt attempt = ledger.attempt(ledger.alice, kPassword, "10.0.0.9");
    attempt.now.us += std::int64_t{i} * 2 * kRememberedSeconds * kUsPerSecond;
    const auto before = steady_clock::now();
    EXPECT_EQ(words(ledger.check(attempt)), "operator alice");
    std::printf("an operator elsewhere: %.0f ms\n",
                duration<double, std::milli>(steady_clock::now() - before).count());
  }
}

// Who was there before goes first, so a flood from many hosts does not keep him out.
TEST(LoginFlood, AnOperatorWhoWasThereBeforeGetsInWhileManyHostsFloodTheLane) {
  LoginLedger ledger;
  LoginAttempt attempt = ledger.attempt(ledger.alice, kPassword, "10.0.0.9");
  ASSERT_EQ(words(ledger.check(attempt)), "operator alice");
  const Flood wrong(ledger, [&](int thread, int i) {
    return ledger.attempt("nobody", "a wrong password", numbered("host", thread, i));
  });
  while (wrong.busy() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (int i = 1; i < 6; ++i) {
    attempt.now.us += 2 * kRememberedSeconds * kUsPerSecond;
    EXPECT_EQ(words(ledger.check(attempt)), "operator alice");
  }
}

}  // namespace
}  // namespace robotledger
