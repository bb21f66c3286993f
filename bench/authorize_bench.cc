// What may a robot do, and is it who it says: asked in process, of an Authorizer that follows a
// ledger on the disk. Beside SQLite in the same process, in memory, with indexes and prepared
// statements.
//
//   authorize_bench [--accounts N] [--calls N] [--rounds N] [--data DIR]
//
// Random questions about random accounts: a hundred in each project, one in a hundred of the
// system, with scopes in five projects. A call is shorter than a look at the clock, so batches of
// calls are timed, and a percentile is of batches. The calls of a batch do not wait for one
// another's answers; what a call takes where the next question depends on its answer is printed
// beside it.
#include <atomic>
#include <random>
#include <thread>

#include "api/embed/open_ledger.h"
#include "api/secret/secret.h"
#include "bench/harness.h"
#include "bench/sqlite_rival.h"

namespace robotledger::bench {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kAccountsInProject = 100;
constexpr std::size_t kSystemEvery = 100;
constexpr std::size_t kScopes = 5;
constexpr std::size_t kCommandsAtOnce = 1000;

struct Question {
  std::string account;
  std::string project;
  std::string login;
  std::string secret;
  Principal who;
  ProjectHandle where;
  Capability capability;
};

// A ledger of many accounts, and the secret of each.
class Registry {
 public:
  Registry(const std::string& path, std::size_t accounts) : path_(path) {
    must(createLedger(path_, {.origin = "bench.example/robots"}));
    open();
    fill(accounts);
  }

  // As a process does that starts anew.
  double open() {
    ledger_.reset();
    const Stopwatch watch;
    ledger_ = must(OpenLedger::open(path_, {.authorizer = AuthorizerUse::kKept}));
    return watch.seconds();
  }

  OpenLedger& ledger() { return *ledger_; }
  const Authorizer& authorizer() { return *ledger_->authorizer(); }
  const std::string& secretOf(AccountId id) const { return secrets_.at(id.value - 1); }

  std::vector<Question> draw(std::size_t count) {
    std::vector<Question> questions(count);
    must(ledger_->ledger().inspect([&](const State& state) {
      for (Question& q : questions) drawOne(state, q);
    }));
    for (Question& q : questions) {
      q.who = *authorizer().principal(q.account);
      q.where = *authorizer().project(q.project);
    }
    return questions;
  }

  // A command that changes some account and is acknowledged when this returns.
  void change(std::size_t number) {
    const std::string& name = names_.at(random_() % names_.size());
    Command command = RenewAccount{{name, {}}};
    if (number % 2 == 0) command = DescribeAccount{{name, {}}, "number " + std::to_string(number)};
    must(ledger_->ledger().submit(byAdmin(std::move(command))));
  }

 private:
  static Submission byAdmin(Command command) {
    Submission submission{.command = std::move(command), .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"bench"};
    return submission;
  }

  void fill(std::size_t accounts) {
    Job job;
    const auto add = [&](Command command) {
      job.submissions.push_back(byAdmin(std::move(command)));
      if (job.submissions.size() == kCommandsAtOnce) send(job);
    };
    const std::size_t projects = std::max<std::size_t>(accounts / kAccountsInProject, kScopes);
    for (std::size_t i = 0; i < projects; ++i) add(CreateProject{projectName(i)});
    for (std::size_t i = 0; i < accounts; ++i) add(create(i, projects));
    // Not everybody may: some are disabled.
    for (std::size_t i = 0; i < accounts; i += 50) add(DisableAccount{{names_.at(i), {}}});
    send(job);
  }

  void send(Job& job) {
    const JobResult result = must(ledger_->ledger().run(std::move(job)));
    for (const Outcome& outcome : result.outcomes) {
      if (const auto* no = std::get_if<Refusal>(&outcome)) fail("refused: " + no->message);
    }
    job = {};
  }

  static std::string projectName(std::size_t index) { return "team-" + std::to_string(index); }

  Command create(std::size_t index, std::size_t projects) {
    CreateAccount create;
    create.name = "build-" + std::to_string(index / projects);
    create.expiry = {Expiry::Kind::kDays, index % 20 == 0 ? 1 : 365};
    const std::string home = projectName(index % projects);
    if (index % kSystemEvery == kSystemEvery - 1) {
      create.name = "fleet-" + std::to_string(index);
      for (std::size_t i = 0; i < kScopes; ++i) {
        create.permissions.push_back({projectName((index + i * 7) % projects), "push-image"});
      }
      if (index % 1000 == 999) create.permissions.push_back({"*", "push-chart"});
      names_.push_back("robot$" + create.name);
    } else {
      create.project = home;
      create.permissions.push_back({std::nullopt, "push-image"});
      if (index % 3 == 0) create.permissions.push_back({std::nullopt, "push-chart"});
      names_.push_back("robot$" + home + "+" + create.name);
    }
    secrets_.push_back(must(makeSecret())->text());
    create.secret = hashOf(secrets_.back());
    return create;
  }

  void drawOne(const State& state, Question& question) {
    const std::size_t index = random_() % names_.size();
    const Account& account = *state.findAccount(AccountRef{names_[index], {}});
    question.account = names_[index];
    question.login = "robot$" + account.name;
    question.secret = secrets_[index];
    question.capability = Capability{static_cast<std::uint16_t>(random_() % 4)};
    // Most ask for what is theirs.
    ProjectId project{static_cast<std::uint32_t>(1 + random_() % state.projects().size())};
    if (random_() % 10 != 0) {
      project =
          account.isSystemLevel() ? account.permissions.back().scope.project : account.project;
    }
    const Project* found = state.findProject(project);
    question.project = found == nullptr ? projectName(0) : found->name;
  }

  std::string path_;
  std::unique_ptr<OpenLedger> ledger_;
  std::vector<std::string> names_;
  std::vector<std::string> secrets_;
  std::mt19937_64 random_{11};
};

struct Times {
  std::vector<double> ns;  // of a call, a value for each batch
  double calls_per_s = 0;
  std::size_t yes = 0;
};

// Asks the questions in turn, `calls` times in all. Those of a batch are copied before it: whoever
// asks has just read his question, and what is timed is the answer alone.
template <class Ask>
Times timed(const std::vector<Question>& questions, std::size_t calls, const Ask& ask) {
  Times times;
  times.ns.reserve(calls / kBatch);
  std::vector<Question> batch(kBatch);
  std::size_t at = 0;
  double seconds = 0;
  for (std::size_t done = 0; done < calls; done += kBatch) {
    std::copy_n(questions.begin() + static_cast<std::ptrdiff_t>(at), kBatch, batch.begin());
    at = at + 2 * kBatch > questions.size() ? 0 : at + kBatch;
    const Stopwatch watch;
    for (const Question& question : batch) times.yes += ask(question) ? 1 : 0;
    const double took_s = watch.seconds();
    seconds += took_s;
    times.ns.push_back(took_s * 1e9 / kBatch);
  }
  times.calls_per_s = static_cast<double>(calls) / seconds;
  return times;
}

// The same where each question depends on the answer before it, so that the processor cannot begin
// it sooner.
template <class Ask>
double chainedNs(const std::vector<Question>& questions, std::size_t calls, const Ask& ask) {
  std::size_t at = 0;
  const Stopwatch all;
  for (std::size_t done = 0; done < calls; ++done) {
    at = (at + 1 + (ask(questions[at]) ? 1 : 0)) % questions.size();
  }
  return all.seconds() * 1e9 / static_cast<double>(calls);
}

struct Rounds {
  std::vector<double> p50;
  std::vector<double> p99;
  std::vector<double> rate;
  void add(const Times& times) {
    p50.push_back(percentile(times.ns, 0.5));
    p99.push_back(percentile(times.ns, 0.99));
    rate.push_back(times.calls_per_s);
  }
  std::string text() const {
    return withUnit(median(p50), " ns") + ", p99 " + withUnit(median(p99), " ns");
  }
};

void compare(const std::string& what, const Rounds& ours, const Rounds& rival,
             const std::string& goal) {
  report({what + ", p50 of batches of " + std::to_string(kBatch), withUnit(median(ours.p50), " ns"),
          withUnit(median(rival.p50), " ns"), median(rival.p50) / median(ours.p50), goal,
          "in memory"});
  std::printf("%s: ours %s; SQLite %s\n", what.c_str(), ours.text().c_str(), rival.text().c_str());
}

class Bench {
 public:
  explicit Bench(const Arguments& arguments)
      : accounts_(arguments.number("accounts", quick() ? 2000 : 100000)),
        calls_(arguments.number("calls", quick() ? 64 * 100 : 64 * 50000)),
        rounds_(arguments.number("rounds", quick() ? 1 : 5)),
        work_(arguments),
        registry_(work_.path() + "/ledger", accounts_) {}

  int run() {
    std::printf("rival: SQLite in this process, in memory, indexed, prepared statements\n");
    const double open_s = registry_.open();
    std::printf("%zu accounts; opened with its authorizer in %.2f s\n", accounts_, open_s);
    questions_ = registry_.draw(std::min<std::size_t>(calls_, 64 * 4096));
    must(registry_.ledger().ledger().inspect([&](const State& state) {
      rival_ = std::make_unique<SqliteRival>(state, [&](const Account& account) {
        return hashOf(registry_.secretOf(account.id)).hash;
      });
    }));
    check();
    handles();
    names();
    secrets();
    return 0;
  }

 private:
  bool byHandles(const Question& q) {
    return !registry_.authorizer().authorize(q.who, q.capability, q.where, now_);
  }
  bool byNames(const Question& q) {
    return !registry_.authorizer().authorize(q.account, q.capability, q.project, now_);
  }
  bool bySecret(const Question& q) {
    const Login login = registry_.authorizer().authenticate(q.login, q.secret, now_);
    return std::holds_alternative<Principal>(login);
  }

  // Both give the same answers.
  void check() {
    std::size_t yes = 0;
    for (const Question& q : questions_) {
      const bool may = byHandles(q);
      const bool lets_in = bySecret(q);
      yes += may ? 1 : 0;
      if (may != byNames(q) ||
          may != rival_->may(q.who.account, q.capability, q.where.project, now_) ||
          may != rival_->may(q.account, q.capability, q.project, now_) ||
          lets_in != (rival_->login(q.login, hashOf(q.secret).hash, now_) == q.who.account)) {
        fail("the authorizer and SQLite differ about " + q.account + " in " + q.project);
      }
    }
    std::printf("%zu questions, %.0f%% of them answered with yes\n", questions_.size(),
                100.0 * static_cast<double>(yes) / static_cast<double>(questions_.size()));
  }

  template <class Ours, class Rival>
  std::pair<Rounds, Rounds> contest(const Ours& ours, const Rival& rival) {
    std::pair<Rounds, Rounds> both;
    for (std::size_t round = 0; round <= rounds_; ++round) {
      const Times mine = timed(questions_, calls_, ours);
      const Times theirs = timed(questions_, std::max(calls_ / 20, kBatch), rival);
      if (round == 0) continue;  // it warms up
      both.first.add(mine);
      both.second.add(theirs);
    }
    return both;
  }

  void handles() {
    const auto ask = [&](const Question& q) { return byHandles(q); };
    const auto [ours, rival] = contest(ask, [&](const Question& q) {
      return rival_->may(q.who.account, q.capability, q.where.project, now_);
    });
    const std::string what = "authorize by handles, " + std::to_string(accounts_) + " accounts";
    compare(what, ours, rival, "<= 60 ns");
    report({"authorize by handles, a thread", withUnit(median(ours.rate) / 1e6, " M/s"),
            withUnit(median(rival.rate) / 1e6, " M/s"), median(ours.rate) / median(rival.rate),
            ">= 10 M/s", "in memory"});
    std::printf("one that waits for the answer before it: %.1f ns\n",
                chainedNs(questions_, calls_, ask));
    besideWriter(ask, ours);
  }

  template <class Ask>
  void besideWriter(const Ask& ask, const Rounds& alone) {
    std::atomic<bool> done = false;
    std::atomic<std::size_t> changes = 0;
    std::thread writer([&] {
      while (!done) registry_.change(changes++);
    });
    Rounds beside;
    const Stopwatch watch;
    for (std::size_t round = 0; round <= rounds_; ++round) {
      const Times times = timed(questions_, calls_, ask);
      if (round > 0) beside.add(times);
    }
    const double seconds = watch.seconds();
    done = true;
    writer.join();
    std::printf("beside a writer of %.0f synced commits/s: %s, %.1f M/s\n",
                static_cast<double>(changes) / seconds, beside.text().c_str(),
                median(beside.rate) / 1e6);
    report({"the same while a writer commits, p50; beside none",
            withUnit(median(beside.p50), " ns"), withUnit(median(alone.p50), " ns"),
            median(alone.p50) / median(beside.p50), "<= 60 ns",
            durability(work_.path(), Sync::kOn)});
  }

  void names() {
    const auto [ours, rival] = contest(
        [&](const Question& q) { return byNames(q); },
        [&](const Question& q) { return rival_->may(q.account, q.capability, q.project, now_); });
    compare("authorize by names", ours, rival, "<= 500 ns");
  }

  void secrets() {
    const auto [ours, rival] = contest([&](const Question& q) { return bySecret(q); },
                                       [&](const Question& q) {
                                         const Digest hash = sha256(q.secret);
                                         const AccountId who =
                                             rival_->login(q.login, digestBytes(hash), now_);
                                         return who.value != 0;
                                       });
    compare("authenticate with a generated secret", ours, rival, "<= 1000 ns");
    const Times bare =
        timed(questions_, calls_, [](const Question& q) { return sha256(q.secret)[0] != 0; });
    std::printf("SHA-256 of a secret's %zu bytes alone: %.0f ns\n", kSecretBytes,
                percentile(bare.ns, 0.5));
  }

  std::size_t accounts_;
  std::size_t calls_;
  std::size_t rounds_;
  WorkDirectory work_;
  Registry registry_;
  std::vector<Question> questions_;
  std::unique_ptr<SqliteRival> rival_;
  // Two days on: those that live for one day have expired.
  Instant now_{SystemClock().now().us + 2 * kUsPerDay};
};

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  const robotledger::bench::Arguments arguments(argc, argv);
  return robotledger::bench::Bench(arguments).run();
}
