// How fast is a ledger verified: its log alone, by one core and by all, and everything? Beside the
// SHA-256 of OpenSSL over the same bytes: of each entry once, and of the inner nodes of its tree.
//
//   verify_bench [--size full|medium|small|tiny] [--rounds N] [--data DIR] [--what all|log]
#include <array>
#include <thread>

#include <openssl/evp.h>

#include "bench/dataset.h"
#include "core/ledger/verifier.h"

namespace robotledger::bench {
namespace {

// The entries one behind the other, and their lengths.
struct Entries {
  Bytes bytes;
  std::vector<std::uint32_t> lengths;
};

Entries entriesOf(const LogStore& log) {
  Entries entries;
  const auto cursor = must(log.scan(Sequence{0}, log.head().size));
  while (true) {
    const auto record = must(cursor->next());
    if (!record) return entries;
    entries.bytes += *record;
    entries.lengths.push_back(static_cast<std::uint32_t>(record->size()));
  }
}

// By OpenSSL's own front door: seconds for a digest of each entry and of as many inner nodes, which
// is what the tree takes, from memory, on one core.
double hashAll(const Entries& entries) {
  constexpr std::size_t kNodeBytes = 65;
  const std::array<char, kNodeBytes> node{};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const auto hash = [&](const char* bytes, std::size_t length) {
    EVP_DigestInit_ex(context, sha256, nullptr);
    EVP_DigestUpdate(context, bytes, length);
    EVP_DigestFinal_ex(context, digest.data(), nullptr);
  };
  const Stopwatch watch;
  const char* at = entries.bytes.data();
  for (const std::uint32_t length : entries.lengths) {
    hash(at, length);
    hash(node.data(), node.size());
    at += length;
  }
  const double seconds = watch.seconds();
  EVP_MD_CTX_free(context);
  EVP_MD_free(const_cast<EVP_MD*>(sha256));
  return seconds;
}

struct Took {
  double seconds = 0;
  double processor = 0;
};

template <class Work>
Took timed(const Work& work) {
  const double before = processorSeconds();
  const Stopwatch watch;
  work();
  return {watch.seconds(), processorSeconds() - before};
}

void printTook(const char* what, const Took& took) {
  std::printf("  %s in %.2f s (%.2f s of the processor)\n", what, took.seconds, took.processor);
}

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 1 : 3);
  const bool everything = arguments.text("what", "all") == "all";
  const Dataset dataset = datasetOf(arguments, shapeOf(arguments));
  const WorkDirectory work(arguments);
  copyLedger(dataset.path, work.path() + "/ledger");
  auto ledger = must(OpenLedger::open(work.path() + "/ledger", {}));
  must(ledger->view());
  settledDiskUsage(work.path());
  const auto events = static_cast<double>(ledger->log().head().size.value);
  double hashed_s = 0;
  {
    const Entries entries = entriesOf(ledger->log());
    hashed_s = hashAll(entries);
    std::printf(
        "rival: OpenSSL's SHA-256 of %.0f MB of entries and their tree, from memory, on one "
        "core: %.2f s\n",
        static_cast<double>(entries.bytes.size()) / 1e6, hashed_s);
  }
  std::vector<double> a_core;
  std::vector<double> log;
  std::vector<double> all;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Took log_took = timed([&] { must(ledger->verify(VerifyScope::kLog, {})); });
    printTook("log verified", log_took);
    log.push_back(events / log_took.seconds);
    a_core.push_back(events / log_took.processor);
    if (!everything) continue;
    const Took all_took = timed([&] { must(ledger->verify(VerifyScope::kEverything, {})); });
    printTook("everything verified", all_took);
    all.push_back(events / all_took.seconds);
  }
  const double rival = events / hashed_s;
  const std::string cores = std::to_string(std::thread::hardware_concurrency());
  const std::string how = durability(work.path(), Sync::kOff);
  report({"verify --log, a core", withUnit(median(a_core), " events/s"),
          withUnit(rival, " events/s hashed"), median(a_core) / rival, ">= 400000 events/s", how});
  report({"verify --log, " + cores + " cores", withUnit(median(log), " events/s"),
          withUnit(rival, " events/s hashed"), median(log) / rival, "", how});
  if (everything) {
    report({"verify, " + cores + " cores", withUnit(median(all), " events/s"),
            withUnit(rival, " events/s hashed"), median(all) / rival, ">= 120000 events/s", how});
  }
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
