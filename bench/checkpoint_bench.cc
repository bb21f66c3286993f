// What do checkpoints cost, and how soon does one cover what was acknowledged? Beside the same
// ledger without them, in rounds that take turns.
//
//   checkpoint_bench [--rounds N] [--commands N] [--shared-commands N] [--callers N] [--dir DIR]
#include <filesystem>

#include "bench/contest.h"

namespace robotledger::bench {
namespace {

// The same commands to a ledger that signs and to one that does not.
class Pair {
 public:
  explicit Pair(const std::string& directory)
      : without_(made(directory + "/without"), Signing::kOff),
        with_(made(directory + "/with"), Signing::kOn) {}

  Rates measure(const std::string& name, std::size_t callers, std::size_t rounds,
                std::size_t commands) {
    std::printf("with checkpoints, %zu callers\n", callers);
    Rates rates;
    const Callers signing(with_.ledger(), name, callers);
    const Callers plain(without_.ledger(), name, callers);
    for (std::size_t round = 0; round <= rounds; ++round) {
      const double with = signing.run(commands);
      const double without = plain.run(commands);
      if (round > 0) rates.add(static_cast<double>(commands), with, without);  // the first warms up
    }
    return rates;
  }

  // Seconds from an acknowledgement to the checkpoint that covers it, while one caller goes on.
  std::vector<double> delays(std::size_t commands) {
    Fleet fleet({.name = "signed", .projects = 5, .accounts = 20, .pushers = 5});
    submitAll(with_.ledger(), fleet.opening());
    std::vector<std::pair<std::uint64_t, double>> acknowledged;
    for (Submission& command : take(fleet, commands)) {
      const Outcome outcome = must(with_.ledger().submit(std::move(command)));
      expectReceipt(outcome);
      const auto& receipt = std::get<Receipt>(outcome);
      acknowledged.emplace_back(receipt.first.value + receipt.count, with_.signedWhen().now());
    }
    must(with_.checkpointer().fresh());
    return with_.signedWhen().delays(acknowledged);
  }

 private:
  // Callers with fleets of their own, at one ledger.
  class Callers {
   public:
    Callers(Ledger& ledger, const std::string& name, std::size_t count) : ledger_(ledger) {
      for (std::size_t i = 0; i < count; ++i) {
        fleets_.emplace_back(FleetOptions{.name = name + std::to_string(i),
                                          .projects = 2,
                                          .accounts = 20,
                                          .pushers = 10,
                                          .seed = i + 1});
        submitAll(ledger, fleets_.back().opening());
      }
    }
    double run(std::size_t commands) const {
      std::vector<std::vector<Submission>> work;
      for (Fleet& fleet : fleets_) work.push_back(take(fleet, commands / fleets_.size()));
      return inThreads(fleets_.size(),
                       [&](std::size_t caller) { submitAll(ledger_, std::move(work[caller])); });
    }

   private:
    Ledger& ledger_;
    mutable std::vector<Fleet> fleets_;
  };

  static std::string made(const std::string& directory) {
    std::filesystem::create_directory(directory);
    return directory;
  }

  Contest without_;
  Contest with_;
};

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 2 : 7);
  const std::size_t commands = arguments.number("commands", quick() ? 200 : 2000);
  const std::size_t shared = arguments.number("shared-commands", quick() ? 2000 : 30000);
  const std::size_t callers = arguments.number("callers", 64);
  const WorkDirectory directory(arguments);
  const std::string kept = durability(directory.path(), Sync::kOn);
  Pair pair(directory.path());
  pair.measure("one", 1, rounds, commands)
      .print("append with checkpoints, one caller", "ratio >= 0.9", kept);
  pair.measure("many", callers, rounds, shared)
      .print("append with checkpoints, " + std::to_string(callers) + " callers", "ratio >= 0.9",
             kept);
  const std::vector<double> delays = pair.delays(commands);
  report({"from an acknowledgement to its checkpoint, p50 and p99",
          withUnit(percentile(delays, 0.5) * 1e3, " ms") + ", " +
              withUnit(percentile(delays, 0.99) * 1e3, " ms"),
          "", 0, "p99 <= 100 ms", kept});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
