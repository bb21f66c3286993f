// tests/golden/events: an entry of every kind, as it was stored when the kind was new. They are
// never regenerated: where one does not match, what is stored everywhere could not be read either.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <capnp/compat/json.h>
#include <capnp/message.h>
#include <gtest/gtest.h>

#include "core/wire/event.capnp.h"
#include "core/wire/event_codec.h"
#include "tests/core/wire/sample_events.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "tests" / "golden" / "events";

Bytes contentOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path << " is not there. For a new sample: write the bytes of its hex once "
                  << "(xxd -r -p), and its twin (capnp convert flat:json).";
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

TEST(GoldenEvents, EncodingASampleGivesTheStoredBytes) {
  for (const auto& [name, event] : sampleEvents()) {
    EXPECT_EQ(toHex(encodeEvent(event)), toHex(contentOf(kFolder / (name + ".bin")))) << name;
  }
}

TEST(GoldenEvents, DecodingTheStoredBytesGivesTheSample) {
  for (const auto& [name, event] : sampleEvents()) {
    const Result<Event> decoded = decodeEvent(contentOf(kFolder / (name + ".bin")));
    ASSERT_TRUE(decoded) << name << ": " << decoded.error().message;
    EXPECT_EQ(*decoded, event) << name;
  }
}

// The twin is what the capnp tool prints; read back by Cap'n Proto alone, it is the same bytes.
TEST(GoldenEvents, TheTwinThatCanBeReadSaysTheSame) {
  capnp::JsonCodec codec;
  codec.handleByAnnotation<wire::Event>();
  for (const auto& [name, event] : sampleEvents()) {
    const Bytes text = contentOf(kFolder / (name + ".json"));
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<wire::Event>();
    codec.decode(kj::arrayPtr(text.data(), text.size()), root);
    const auto words = capnp::canonicalize(root.asReader());
    const auto bytes = words.asBytes();
    EXPECT_EQ(toHex({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}),
              toHex(contentOf(kFolder / (name + ".bin"))))
        << name;
  }
}

TEST(GoldenEvents, EveryKindOfEventHasOneUnderItsName) {
  std::set<std::string> names;
  for (const auto& [name, event] : sampleEvents()) {
    const std::string number =
        (event.body.index() < 10 ? "0" : "") + std::to_string(event.body.index());
    const std::string kind = number + "-" + std::string(eventKindName(event.body.index()));
    EXPECT_TRUE(name == kind || name.starts_with(kind + "-")) << name;
    names.insert(kind);
  }
  EXPECT_EQ(names.size(), std::variant_size_v<EventBody>);
}

TEST(GoldenEvents, NoFileIsWithoutItsSample) {
  std::set<std::string> names;
  for (const auto& sample : sampleEvents()) names.insert(sample.name);
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    if (file.path().extension() == ".md") continue;
    EXPECT_TRUE(names.contains(file.path().stem().string())) << file.path();
  }
}

// Changes an entry as a fuzzer does.
void mutate(Bytes& entry, std::mt19937_64& random, const std::vector<Bytes>& others) {
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  if (entry.empty()) entry = others[below(others.size())];
  const std::size_t at = below(entry.size());
  const std::size_t word = at / 8 * 8;
  switch (below(7)) {
    case 0: entry[at] = static_cast<char>(entry[at] ^ (1 << below(8))); break;
    case 1: entry[at] = static_cast<char>(random()); break;
    case 2: entry.resize(word); break;
    case 3: entry.insert(word, entry.substr(below(entry.size()) / 8 * 8, 8 * below(8))); break;
    case 4: entry.erase(word, 8); break;
    case 5: entry.replace(word, 8, Bytes(8, static_cast<char>(below(2) == 0 ? 0 : 0xff))); break;
    default: {
      const Bytes& other = others[below(others.size())];
      entry.resize(word);
      entry += other.substr(std::min(word, other.size()));
    }
  }
}

TEST(GoldenEvents, ThousandsOfMutationsAreErrorsOrEvents) {
  std::vector<Bytes> golden;
  for (const auto& sample : sampleEvents()) {
    golden.push_back(contentOf(kFolder / (sample.name + ".bin")));
  }
  std::mt19937_64 random(7);
  int events = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes entry = golden[random() % golden.size()];
    for (auto changes = 1 + random() % 4; changes > 0; --changes) mutate(entry, random, golden);
    tryEntry(entry);
    events += decodeEvent(entry) ? 1 : 0;
  }
  // Neither all refused nor all accepted, else the run would say little.
  EXPECT_GT(events, 2000);
  EXPECT_LT(events, 18000);
}

}  // namespace
}  // namespace robotledger
