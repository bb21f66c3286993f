// How fast is one event proved out of a log of millions? Beside the reading of one record of the
// same log, which is the least that anybody does who answers about it.
//
//   proof_bench [--records N] [--proofs N] [--dir DIR]
//
// The log has synthetic records of the length of an event; a proof needs only hashes.
#include <random>

#include "bench/harness.h"
#include "core/log/rocks_log_store.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"

namespace robotledger::bench {
namespace {

constexpr std::size_t kRecordBytes = 200;
constexpr std::size_t kBatchRecords = 4096;

Bytes recordNumber(std::uint64_t number) {
  Bytes record = "record " + std::to_string(number);
  record.resize(kRecordBytes, '.');
  return record;
}

void fill(LogStore& log, std::uint64_t records) {
  while (log.head().size.value < records) {
    const std::uint64_t from = log.head().size.value;
    LogBatch batch{.id = must(newBatchId()), .entries = {}};
    for (std::uint64_t i = from; i < std::min(records, from + kBatchRecords); ++i) {
      batch.entries.push_back(recordNumber(i));
    }
    const AppendOutcome outcome = log.append(TreeSize{from}, batch);
    if (outcome.ending != AppendEnding::kCommitted) fail(outcome.error.message);
  }
}

int run(const Arguments& arguments) {
  const std::size_t records = arguments.number("records", quick() ? 70000 : 5000000);
  const std::size_t proofs = arguments.number("proofs", quick() ? 200 : 20000);
  const WorkDirectory work(arguments);
  {
    const auto log =
        must(openRocksLogStore(work.path() + "/log", {.opening = LogOpening::kCreateIfMissing}));
    fill(*log, records);
  }
  // Opened anew: nothing of it is in RocksDB's own caches.
  const auto log = must(openRocksLogStore(work.path() + "/log", {}));
  settledDiskUsage(work.path());
  const auto key = must(SigningKey::generate("bench.example/robots"));
  const LogHead head = log->head();
  const Checkpoint checkpoint{
      .origin = "bench.example/robots", .size = head.size, .root = head.root};
  const std::string note = must(signCheckpoint(checkpoint, *key));
  const HashTileReader tiles = std::bind_front(&LogStore::hashTile, log.get());
  std::mt19937_64 random(1);
  std::vector<double> proved;
  std::vector<double> read;
  for (std::size_t i = 0; i < proofs; ++i) {
    const Sequence sequence{random() % head.size.value};
    const Stopwatch reading;
    const Bytes record = must(log->read(Sequence{random() % head.size.value}));
    read.push_back(reading.microseconds());
    const Stopwatch proving;
    const std::string proof =
        formatTlogProof({.index = sequence,
                         .path = must(proveInclusion(sequence, head.size, tiles)),
                         .checkpoint = note,
                         .extra = {}});
    proved.push_back(proving.microseconds());
    if (i % 1000 != 0) continue;
    const TlogProof parsed = must(parseTlogProof(proof));
    must(checkTlogProof(parsed, must(log->read(sequence)), key->verifierKey()));
  }
  const auto times = [](const std::vector<double>& values) {
    return withUnit(percentile(values, 0.5), " us") + ", " +
           withUnit(percentile(values, 0.99), " us");
  };
  report({"proof of an event of " + std::to_string(records) + ", p50 and p99", times(proved),
          times(read) + " to read a record", median(read) / median(proved), "<= 200 us",
          durability(work.path(), Sync::kOff)});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
