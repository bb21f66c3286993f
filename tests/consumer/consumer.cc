// A program that embeds a ledger: what its author would write, from the public header alone.
//
//   consumer DIRECTORY      makes a ledger there; ends with 0 where all was as it should be
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <robotledger/robotledger.h>

namespace rl = robotledger::v1;

namespace {

void need(bool holds, const char* what, int line) {
  if (holds) return;
  std::fprintf(stderr, "line %d: it should be that %s\n", line, what);
  std::exit(1);
}
#define NEED(condition) need(static_cast<bool>(condition), #condition, __LINE__)

template <class T>
T take(rl::Result<T> result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", what, result.failure().message.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

struct Heard {
  std::vector<std::uint64_t> sequences;
  std::atomic<std::uint64_t> count{0};
};

void waitFor(const Heard& heard, std::uint64_t events) {
  for (int attempt = 0; heard.count < events && attempt < 3000; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  NEED(heard.count == events);
}

// A robot made, let in, disabled and refused.
void liveALife(rl::Ledger& ledger) {
  const rl::By admin{"admin", "the consumer's test"};
  take(ledger.submit(rl::CreateProject{"web"}, admin), "create project");
  const rl::Receipt made =
      take(ledger.submit(rl::CreateAccount{"web", "ci", {{"push-image"}}, rl::Expiry::inDays(90)},
                         admin),
           "create account");
  NEED(made.sequence == 2);
  NEED(made.events == 2);
  NEED(made.account == "robot$web+ci");
  NEED(made.account_id == 1);
  NEED(made.secret && made.secret->text().rfind("rbt_", 0) == 0);
  const std::string secret = made.secret->text();

  const rl::Login login = ledger.authenticate("robot$web+ci", secret);
  NEED(login.result == rl::LoginResult::kWelcome);
  NEED(ledger.authenticate("robot$ci", secret).result == rl::LoginResult::kWelcome);
  NEED(ledger.authenticate("robot$web+ci", secret + "x").result == rl::LoginResult::kWrongSecret);
  const auto web = ledger.project("web");
  NEED(web);
  NEED(ledger.authorize(login.robot, rl::kPushImage, *web) == rl::Decision::kAllowed);
  NEED(ledger.authorize(login.robot, rl::kPullImage, *web) == rl::Decision::kAllowed);
  NEED(ledger.authorize(login.robot, rl::kPushChart, *web) == rl::Decision::kNotGranted);
  NEED(ledger.authorize("robot$web+ci", rl::kPushImage, "web") == rl::Decision::kAllowed);
  NEED(ledger.authorize(login.robot, rl::kPushImage, *web,
                        made.time + std::chrono::hours(90 * 24)) == rl::Decision::kExpired);
  NEED(ledger.authorizeSystem(login.robot, *rl::capability("robot:create")) ==
       rl::Decision::kNotGranted);

  const rl::Receipt disabled =
      take(ledger.submit(rl::DisableAccount{"robot$web+ci"}, admin), "disable");
  NEED(ledger.authorize(login.robot, rl::kPushImage, *web) == rl::Decision::kDisabled);
  NEED(ledger.authenticate("robot$web+ci", secret).result == rl::LoginResult::kDisabled);
  const auto again = ledger.submit(rl::DisableAccount{"robot$web+ci"}, admin);
  NEED(!again && again.failure().code == rl::Code::kRefused);
  NEED(again.failure().refusal == "no_change");

  // Who could, before and after.
  const rl::WhoCouldAnswer before = take(
      ledger.whoCould(rl::WhoCould{"push-image", "web", rl::At{made.time}}), "who could before");
  NEED(before.accounts.size() == 1 && before.accounts[0].account == "robot$web+ci");
  NEED(before.accounts[0].windows.at(0).opened_by == made.sequence);
  NEED(before.accounts[0].windows.at(0).closed_by == disabled.sequence);
  const rl::WhoCouldAnswer after = take(
      ledger.whoCould(rl::WhoCould{"push-image", "web", rl::At{disabled.time}}), "who could after");
  NEED(after.accounts.empty());
  const rl::CouldAnswer why =
      take(ledger.could(rl::Could{"robot$web+ci", "push-image", "web", disabled.time}), "could");
  NEED(why.verdict == "disabled" && !why.reasons.empty());
  NEED(take(ledger.account("robot$web+ci"), "account").status == "disabled");
  NEED(!ledger.whoCould(rl::WhoCould{"fly", "web"}));
}

void repeatUnderAKey(rl::Ledger& ledger) {
  const rl::By once{"admin", "", "", "rotation-7"};
  const rl::Receipt first = take(ledger.submit(rl::RotateSecret{"#1"}, once), "rotate");
  const rl::Receipt second = take(ledger.submit(rl::RotateSecret{"#1"}, once), "rotate again");
  NEED(!first.repeated && first.secret && first.account == "robot$web+ci");
  NEED(second.repeated && !second.secret && second.sequence == first.sequence);
}

void prove(rl::Ledger& ledger) {
  const std::string checkpoint = take(ledger.checkpoint(), "checkpoint");
  NEED(checkpoint.rfind("consumer.example/robots\n", 0) == 0);
  NEED(take(ledger.proof(2), "proof").rfind("c2sp.org/tlog-proof@v1\n", 0) == 0);
  const auto missing = ledger.proof(1000);
  NEED(!missing && missing.failure().code == rl::Code::kNotFound);
  const rl::Verified verified = take(ledger.verify(rl::VerifyScope::kEverything), "verify");
  NEED(verified.events == ledger.size() && verified.rows);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string directory = argv[1];
  take(rl::Ledger::create(directory, rl::NewLedger{"consumer.example/robots"}), "create");
  Heard heard;
  {
    rl::Options options{"cpp-consumer"};
    options.control = rl::Control::kListen;
    rl::Ledger ledger = take(rl::Ledger::open(directory, options), "open");
    NEED(!rl::Ledger::open(directory));  // it is in use
    NEED(std::filesystem::is_socket(directory + "/control.sock"));
    const rl::Subscription subscription =
        take(ledger.subscribe(1,
                              [&](const rl::Event& event) {
                                heard.sequences.push_back(event.sequence);
                                ++heard.count;
                                return rl::Flow::kGoOn;
                              }),
             "subscribe");
    liveALife(ledger);
    repeatUnderAKey(ledger);
    prove(ledger);
    waitFor(heard, ledger.size() - 1);
    NEED(!subscription.ended());
  }
  for (std::size_t i = 0; i < heard.sequences.size(); ++i) NEED(heard.sequences[i] == i + 1);

  // Another opening goes on where this one ended, and a stream where it is told to.
  rl::Ledger ledger = take(rl::Ledger::open(directory, rl::Options{"cpp-consumer"}), "open again");
  rl::EventStream stream = take(ledger.stream(4), "stream");
  const auto event = take(stream.next(std::chrono::seconds(10)), "next");
  NEED(event && event->sequence == 4 && event->kind == "account_disabled");
  NEED(event->account == "robot$web+ci" && event->actor == "admin");
  NEED(event->json.find("\"program\":\"cpp-consumer\"") != std::string::npos);
  NEED(ledger.authorize("robot$web+ci", rl::kPushImage, "web") == rl::Decision::kDisabled);
  std::printf("cpp consumer: %s, %llu events\n", rl::version(),
              static_cast<unsigned long long>(ledger.size()));
  return 0;
}
