// publish_ledger LOG_DIR TILES_DIR KEY_FILE: exports the tiles of a ledger's log/ that nobody has
// open, under a checkpoint that the key in KEY_FILE signs, which is made where there is none.
// Prints the verifier key. For the tests of the command line.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "core/log/rocks_log_store.h"
#include "core/log/tile_directory.h"

namespace robotledger {
namespace {

constexpr const char* kOrigin = "test.example/robots";

template <class T>
T orEnd(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "publish_ledger: %s\n", result.error().message.c_str());
  std::exit(1);
}

std::unique_ptr<SigningKey> keyIn(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (in) {
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    return orEnd(SigningKey::fromPem(kOrigin, pem));
  }
  auto key = orEnd(SigningKey::generate(kOrigin));
  const auto pem = orEnd(key->toPem());
  std::ofstream(file, std::ios::binary) << pem->text();
  return key;
}

int run(const std::string& log_directory, const std::string& tiles, const std::string& key_file) {
  const auto log = orEnd(openRocksLogStore(log_directory, {.opening = LogOpening::kMustExist}));
  const auto key = keyIn(key_file);
  const LogHead head = log->head();
  const Checkpoint checkpoint{.origin = kOrigin, .size = head.size, .root = head.root};
  const std::string note = orEnd(signCheckpoint(checkpoint, *key));
  (void)orEnd(exportTiles(*log, note, checkpoint, tiles, {}));
  std::printf("%s\n", formatVerifierKey(key->verifierKey()).c_str());
  return 0;
}

}  // namespace
}  // namespace robotledger

int main(int argc, char** argv) {
  if (argc == 4) return robotledger::run(argv[1], argv[2], argv[3]);
  std::fprintf(stderr, "usage: publish_ledger LOG_DIR TILES_DIR KEY_FILE\n");
  return 2;
}
