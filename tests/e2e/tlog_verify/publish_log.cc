// publish_log DIR SIZE: makes a log of SIZE entries and publishes it in DIR, with proofs, for a
// program that others wrote to check.
//
//   log.vkey                       the verifier key
//   checkpoint                     signed
//   tile/...                       all hash tiles and entry bundles, as C2SP tlog-tiles names them
//   proofs/INDEX.tlog-proof        some entries, as C2SP tlog-proof writes them
//   consistency                    a line for each older tree: SIZE ROOT HASH..., roots and hashes
//   in
//                                  base64
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "core/base/base64.h"
#include "core/base/check.h"
#include "core/base/parse.h"
#include "core/log/memory_log_store.h"
#include "core/log/tile_tree.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"

namespace robotledger {
namespace {

constexpr std::size_t kBatch = 1000;

template <class T>
T orEnd(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "publish_log: %s\n", result.error().message.c_str());
  std::exit(1);
}

void write(const std::filesystem::path& file, BytesView bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  RL_CHECK(out.good(), "the file was written");
}

// Of several lengths, and any bytes.
Bytes entryOf(std::size_t i) {
  return "entry-" + std::to_string(i) + Bytes(i % 97, static_cast<char>(i));
}

void fill(MemoryLogStore& log, std::size_t size) {
  for (std::size_t at = 0; at < size;) {
    LogBatch batch{.id = orEnd(newBatchId()), .entries = {}};
    for (; batch.entries.size() < kBatch && at < size; ++at) batch.entries.push_back(entryOf(at));
    const auto outcome = log.append(TreeSize{at - batch.entries.size()}, batch);
    RL_CHECK(outcome.ending == AppendEnding::kCommitted, "memory takes every batch");
  }
}

class Publisher {
 public:
  Publisher(std::filesystem::path directory, const MemoryLogStore& log)
      : directory_(std::move(directory)),
        log_(log),
        size_(log.head().size),
        read_(std::bind_front(&LogStore::hashTile, &log)) {}

  void publish() {
    const auto key = orEnd(SigningKey::generate("ledger.example/robots"));
    write(directory_ / "log.vkey", formatVerifierKey(key->verifierKey()) + "\n");
    const Checkpoint checkpoint{
        .origin = key->verifierKey().name, .size = size_, .root = log_.head().root};
    note_ = orEnd(signCheckpoint(checkpoint, *key));
    write(directory_ / "checkpoint", note_);
    publishTiles();
    for (const std::uint64_t index : interesting(size_.value - 1)) publishProof(index);
    std::string lines;
    for (const std::uint64_t size : interesting(size_.value)) {
      if (size > 0) lines += consistencyLine(TreeSize{size});
    }
    write(directory_ / "consistency", lines);
  }

 private:
  // Numbers up to `most` on both sides of where a tile or a level begins, and some others.
  static std::set<std::uint64_t> interesting(std::uint64_t most) {
    std::set<std::uint64_t> numbers{0, most, most / 2, most / 3, most - most / 5};
    for (const std::uint64_t edge : {1U, 2U, 256U, 512U, 65536U, 69888U}) {
      for (const std::uint64_t number : {edge - 1, edge, edge + 1}) {
        if (number <= most) numbers.insert(number);
      }
    }
    return numbers;
  }

  void publishTiles() {
    const auto written =
        writeTileTree(log_, TreeSize{0}, size_, [&](const std::string& path, BytesView bytes) {
          write(directory_ / path, bytes);
          return Result<void>();
        });
    RL_CHECK(written.has_value(), "memory reads every tile and entry");
  }

  void publishProof(std::uint64_t index) {
    const TlogProof proof{.index = Sequence{index},
                          .path = orEnd(proveInclusion(Sequence{index}, size_, read_)),
                          .checkpoint = note_,
                          .extra = {}};
    write(directory_ / "proofs" / (std::to_string(index) + ".tlog-proof"), formatTlogProof(proof));
  }

  std::string consistencyLine(TreeSize old_size) {
    const Digest root = orEnd(rootFromTiles(old_size, read_));
    std::string line = std::to_string(old_size.value) + " " + toBase64(digestBytes(root));
    for (const Digest& hash : orEnd(proveConsistency(old_size, size_, read_))) {
      line += " " + toBase64(digestBytes(hash));
    }
    return line + "\n";
  }

  std::filesystem::path directory_;
  const MemoryLogStore& log_;
  TreeSize size_;
  HashTileReader read_;
  std::string note_;
};

int run(int argc, char** argv) {
  const auto size = argc == 3 ? parseDecimal(argv[2]) : std::nullopt;
  if (!size || *size == 0) {
    std::fprintf(stderr, "usage: publish_log DIR SIZE\n");
    return 2;
  }
  MemoryLogStore log;
  fill(log, *size);
  Publisher(argv[1], log).publish();
  return 0;
}

}  // namespace
}  // namespace robotledger

int main(int argc, char** argv) { return robotledger::run(argc, argv); }
