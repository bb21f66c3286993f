// How fast are all views built anew from the log? Beside a bare scan of the log that decodes every
// event and does nothing with it.
//
//   rebuild_bench [--size full|medium|small|tiny] [--rounds N] [--data DIR]

#include "bench/dataset.h"
#include "core/ledger/saved_state.h"

namespace robotledger::bench {
namespace {

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 1 : 3);
  const Dataset dataset = datasetOf(arguments, shapeOf(arguments));
  auto ledger = must(OpenLedger::open(dataset.path, {}));
  must(ledger->view());
  const TreeSize all = ledger->log().head().size;
  const auto events = static_cast<double>(all.value);
  std::printf("rival: a scan that decodes and drops each event\n");
  std::vector<double> ours;
  std::vector<double> rivals;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < rounds; ++round) {
    const double used_before = processorSeconds();
    const Stopwatch rebuild;
    must(ledger->rebuildViews());
    const double ours_s = rebuild.seconds();
    const double ours_used = processorSeconds() - used_before;
    settledDiskUsage(dataset.path);
    const double scan_before = processorSeconds();
    const Stopwatch scan;
    std::size_t seen = 0;
    must(forEachEvent(ledger->log(), Sequence{0}, all, [&](const Event& event) {
      seen += event.actor.size();
      return Result<void>();
    }));
    const double rival_s = scan.seconds();
    std::printf("  rebuilt in %.2f s (%.2f s of the processor), scanned in %.2f s (%.2f s); %zu\n",
                ours_s, ours_used, rival_s, processorSeconds() - scan_before, seen);
    ours.push_back(events / ours_s);
    rivals.push_back(events / rival_s);
    ratios.push_back(rival_s / ours_s);
  }
  report({"rebuild of all views", withUnit(median(ours), " events/s"),
          withUnit(median(rivals), " events/s"), median(ratios), ">= 300000 events/s",
          durability(dataset.path, Sync::kOff)});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
