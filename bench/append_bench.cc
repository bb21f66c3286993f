// How fast are commands taken? Beside RocksDB alone, which writes the same entries in the same
// batches with sync: what the ledger adds is to decide, to encode, to hash, and the views.
//
//   append_bench [--rounds N] [--commands N] [--batches N] [--callers N] [--dir DIR]
//                [--only one|many|batches]
//
// In rounds: the ledger takes its commands, then the rival writes the entries that came of them, in
// the batches in which the ledger's writer wrote them.
#include "bench/contest.h"

namespace robotledger::bench {
namespace {

constexpr std::size_t kBatchCommands = 1000;

Rates oneCaller(Contest& contest, std::size_t rounds, std::size_t commands) {
  std::printf("one caller\n");
  Fleet fleet({.name = "one", .projects = 10, .accounts = 30, .pushers = 10});
  submitAll(contest.ledger(), fleet.opening());
  submitAll(contest.ledger(), take(fleet, commands));
  contest.catchUp();
  contest.replay();
  Rates rates;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<Submission> work = take(fleet, commands);
    const Stopwatch watch;
    submitAll(contest.ledger(), std::move(work));
    const double ours = watch.seconds();
    contest.catchUp();
    const double events = contest.events();
    rates.add(events, ours, contest.replay());
  }
  return rates;
}

struct ManyRates {
  Rates same_batches;
  Rates own_writes;    // the rival's threads write for themselves
  Rates behind_queue;  // or have one thread write for them, and wait
};

ManyRates manyCallers(Contest& contest, std::size_t callers, std::size_t rounds,
                      std::size_t commands) {
  std::printf("%zu callers\n", callers);
  std::vector<Fleet> fleets;
  for (std::size_t i = 0; i < callers; ++i) {
    fleets.emplace_back(FleetOptions{.name = "c" + std::to_string(i),
                                     .projects = 2,
                                     .accounts = 20,
                                     .pushers = 10,
                                     .seed = i + 1});
    submitAll(contest.ledger(), fleets.back().opening());
  }
  contest.catchUp();
  contest.replay();
  ManyRates rates;
  for (std::size_t round = 0; round <= rounds; ++round) {
    std::vector<std::vector<Submission>> work;
    for (Fleet& fleet : fleets) work.push_back(take(fleet, commands / callers));
    const double ours = inThreads(
        callers, [&](std::size_t caller) { submitAll(contest.ledger(), std::move(work[caller])); });
    contest.catchUp();
    const double events = contest.events();
    std::printf("  %.1f events a batch\n", events / contest.batches());
    const double batched = contest.replay();
    const double own = contest.replayInThreads(callers);
    const double queued = contest.replayBehindQueue(callers);
    if (round == 0) continue;  // it warms up
    rates.same_batches.add(events, ours, batched);
    rates.own_writes.add(events, ours, own);
    rates.behind_queue.add(events, ours, queued);
  }
  return rates;
}

struct BatchRates {
  Rates acknowledged;
  Rates caught_up;
};

BatchRates inBatches(Contest& contest, std::size_t rounds, std::size_t batches) {
  std::printf("batches of %zu\n", kBatchCommands);
  Fleet fleet({.name = "batch", .projects = 200, .accounts = 50, .pushers = 15});
  submitAll(contest.ledger(), fleet.opening());
  contest.catchUp();
  contest.replay();
  BatchRates rates;
  for (std::size_t round = 0; round <= rounds; ++round) {
    std::vector<Job> jobs(batches);
    for (Job& job : jobs) job.submissions = take(fleet, kBatchCommands);
    const Stopwatch watch;
    for (Job& job : jobs) {
      const JobResult result = must(contest.ledger().run(std::move(job)));
      for (const Outcome& outcome : result.outcomes) expectReceipt(outcome);
    }
    const double acknowledged = watch.seconds();
    contest.catchUp();
    const double caught_up = watch.seconds();
    const double events = contest.events();
    const double rivals = contest.replay();
    if (round == 0) continue;  // it warms up
    rates.acknowledged.add(events, acknowledged, rivals);
    rates.caught_up.add(events, caught_up, rivals);
  }
  return rates;
}

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 2 : 7);
  const std::size_t commands = arguments.number("commands", quick() ? 200 : 2000);
  const std::size_t shared = arguments.number("shared-commands", quick() ? 2000 : 30000);
  const std::size_t batches = arguments.number("batches", quick() ? 4 : 60);
  const std::size_t callers = arguments.number("callers", 64);
  const std::string only = arguments.text("only", "");
  const WorkDirectory directory(arguments);
  const std::string kept = durability(directory.path(), Sync::kOn);
  std::printf("rival: RocksDB alone, the same entries in the same synced batches (%s)\n",
              kept.c_str());
  Contest contest(directory.path());
  const auto wanted = [&](const char* part) { return only.empty() || only == part; };
  if (wanted("one")) {
    oneCaller(contest, rounds, commands).print("append, one caller", "ratio >= 0.7", kept);
  }
  if (wanted("many")) {
    const ManyRates rates = manyCallers(contest, callers, rounds, shared);
    const std::string question = "append, " + std::to_string(callers) + " callers";
    rates.same_batches.print(question, "ratio >= 0.7", kept);
    rates.own_writes.print(question + ", beside as many threads of RocksDB's", "", kept);
    rates.behind_queue.print(question + ", beside as many who wait for one of RocksDB's", "", kept);
  }
  if (wanted("batches")) {
    const BatchRates rates = inBatches(contest, rounds, batches);
    rates.acknowledged.print("append, batches of 1000, acknowledged", "ratio >= 0.2", kept);
    rates.caught_up.print("append, batches of 1000, views caught up", "ratio >= 0.12", kept);
  }
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
