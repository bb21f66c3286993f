#include "tests/crash/known_log.h"

#include "core/merkle/tree.h"

namespace robotledger {

LogBatch randomBatch(std::mt19937& random) {
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  const std::size_t count = random() % 8 == 0 ? random() % 300 + 1 : random() % 10 + 1;
  const std::size_t longest = random() % 4 == 0 ? 5000 : 300;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes entry(random() % longest + 1, '\0');
    for (char& c : entry) c = static_cast<char>(random() % 251);
    batch.entries.push_back(std::move(entry));
  }
  return batch;
}

void expectEntries(const LogStore& store, const std::vector<Bytes>& entries) {
  ASSERT_EQ(store.head().root, naiveRoot(naiveLeaves(entries)));
  auto cursor = store.scan(Sequence{0}, store.head().size);
  ASSERT_TRUE(cursor) << cursor.error().message;
  for (const Bytes& expected : entries) {
    auto entry = (*cursor)->next();
    ASSERT_TRUE(entry) << entry.error().message;
    ASSERT_EQ(**entry, expected);
  }
}

void settleUnknown(const LogStore& store, KnownLog& known) {
  if (store.head().size.value != known.acknowledged.size()) {
    ASSERT_EQ(store.head().size.value, known.acknowledged.size() + known.unknown.size());
    known.acknowledged.insert(known.acknowledged.end(), known.unknown.begin(), known.unknown.end());
  }
  known.unknown.clear();
}

AppendEnding appendRandomBatch(LogStore& store, std::mt19937& random, KnownLog& known) {
  LogBatch batch = randomBatch(random);
  const AppendOutcome outcome = store.append(TreeSize{known.acknowledged.size()}, batch);
  EXPECT_NE(outcome.ending, AppendEnding::kConflict) << outcome.error.message;
  if (outcome.ending == AppendEnding::kUnknown) known.unknown = std::move(batch.entries);
  if (outcome.ending != AppendEnding::kCommitted) return outcome.ending;
  known.acknowledged.insert(known.acknowledged.end(), batch.entries.begin(), batch.entries.end());
  return outcome.ending;
}

void expectAllThatWasAcknowledged(const std::string& directory, std::mt19937& random,
                                  KnownLog& known) {
  auto store = openRocksLogStore(
      directory, {.opening = LogOpening::kCreateIfMissing, .write_buffer_bytes = kSmallBuffer});
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_NO_FATAL_FAILURE(settleUnknown(**store, known));
  ASSERT_NO_FATAL_FAILURE(expectEntries(**store, known.acknowledged));
  // It goes on from there.
  ASSERT_EQ(appendRandomBatch(**store, random, known), AppendEnding::kCommitted);
}

}  // namespace robotledger
