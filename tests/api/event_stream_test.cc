// Events as they happen, pulled and given to callbacks.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/api/embedding.h"

namespace robotledger {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What a callback heard, and a wait for it.
class Heard {
 public:
  void add(std::uint64_t sequence) {
    const std::lock_guard lock(mutex_);
    all_.push_back(sequence);
    changed_.notify_all();
  }
  std::vector<std::uint64_t> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(60), [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> all_;
};

std::vector<std::uint64_t> fromTo(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t one = from; one < to; ++one) all.push_back(one);
  return all;
}

// Disables and enables, `count` events in all.
void write(rl::Ledger& ledger, int count) {
  for (int i = 0; i < count; ++i) {
    if (i % 2 == 0) {
      carryOut(ledger, rl::DisableAccount{"#1"});
    } else {
      carryOut(ledger, rl::EnableAccount{"#1"});
    }
  }
}

std::vector<std::uint64_t> pull(rl::EventStream& stream, std::size_t count) {
  std::vector<std::uint64_t> all;
  while (all.size() < count) {
    const auto event = stream.next(seconds(60));
    if (!event || !*event) break;
    all.push_back((**event).sequence);
  }
  return all;
}

TEST(EventStream, GivesEachEventOnceAndInOrderWhileManyWrite) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  Heard heard;
  auto stream = ledger.stream(0);
  ASSERT_TRUE(stream);
  const auto subscription = ledger.subscribe(0, [&](const rl::Event& event) {
    heard.add(event.sequence);
    return rl::Flow::kGoOn;
  });
  ASSERT_TRUE(subscription);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        carryOut(ledger, rl::CreateProject{"p" + std::to_string(writer * 50 + i)});
      }
    });
  }
  EXPECT_EQ(pull(*stream, 201), fromTo(0, 201));
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(ledger.size(), 201U);
  EXPECT_EQ(heard.await(201), fromTo(0, 201));
  const auto none = stream->next(milliseconds(20));
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST(EventStream, StartsWhereItIsToldAlsoAfterTheLedgerWasOpenedAgain) {
  const Embedding embedding;
  {
    rl::Ledger ledger = embedding.open();
    fill(ledger);
    write(ledger, 600);
  }
  rl::Ledger ledger = embedding.open();
  for (const std::uint64_t from : {0U, 1U, 3U, 255U, 256U, 603U}) {
    auto stream = ledger.stream(from);
    ASSERT_TRUE(stream);
    EXPECT_EQ(pull(*stream, 604 - from), fromTo(from, 604));
  }
  // Of what is not there yet it waits for the first.
  auto stream = ledger.stream(605);
  ASSERT_TRUE(stream);
  std::thread writer([&] { write(ledger, 3); });
  EXPECT_EQ(pull(*stream, 2), fromTo(605, 607));
  writer.join();
}

TEST(EventStream, TellsWhatHappened) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  const rl::Receipt made = fill(ledger);
  auto stream = ledger.stream(made.sequence);
  ASSERT_TRUE(stream);
  const auto event = stream->next(seconds(60));
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((**event).kind, "account_created");
  EXPECT_EQ((**event).account, "robot$web+ci");
  EXPECT_EQ((**event).account_id, 1U);
  EXPECT_EQ((**event).actor, "admin");
  EXPECT_EQ((**event).time, made.time);
  EXPECT_NE((**event).json.find(R"("kind":"program","program":"embedding-test")"),
            std::string::npos);
  const auto read = ledger.events(made.sequence, 1);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().json, (**event).json);
  // No more than there are, and none behind them.
  EXPECT_EQ(ledger.events(2, 1000)->size(), 2U);
  EXPECT_TRUE(ledger.events(4, 1000)->empty());
  EXPECT_TRUE(ledger.events(~std::uint64_t{0}, 1000)->empty());
}

TEST(EventStream, EndsAWaitWhenItIsStopped) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  auto stream = ledger.stream(1);
  ASSERT_TRUE(stream);
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(50));
    stream->stop();
  });
  const auto stopped = stream->next(std::chrono::hours(1));
  stopper.join();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.failure().code, rl::Code::kClosed);
  EXPECT_FALSE(stream->next(milliseconds(0)));
}

TEST(EventStream, OutlivesItsLedgerAndIsClosedThen) {
  const Embedding embedding;
  auto ledger = std::make_unique<rl::Ledger>(embedding.open());
  auto stream = ledger->stream(1);
  ASSERT_TRUE(stream);
  std::thread closer([&] {
    std::this_thread::sleep_for(milliseconds(50));
    ledger.reset();
  });
  const auto ended = stream->next(std::chrono::hours(1));
  closer.join();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.failure().code, rl::Code::kClosed);
  // Nothing of it keeps the ledger from being opened again.
  EXPECT_EQ(embedding.open().size(), 1U);
}

TEST(Subscription, HoldsNoWriterUpHoweverSlowItIs) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  std::atomic<bool> may_go_on = false;
  Heard heard;
  const auto subscription = ledger.subscribe(0, [&](const rl::Event& event) {
    while (!may_go_on) std::this_thread::sleep_for(milliseconds(1));
    heard.add(event.sequence);
    return rl::Flow::kGoOn;
  });
  ASSERT_TRUE(subscription);
  write(ledger, 400);  // more than it reads ahead
  EXPECT_EQ(ledger.size(), 404U);
  may_go_on = true;
  EXPECT_EQ(heard.await(404), fromTo(0, 404));
}

TEST(Subscription, MayUseTheLedgerWhichHasTheEventByThen) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  Heard heard;
  const auto subscription = ledger.subscribe(4, [&](const rl::Event& event) {
    EXPECT_EQ(ledger.authorize("robot$web+ci", rl::kPushImage, "web"), rl::Decision::kDisabled);
    const auto account = ledger.account("robot$web+ci");
    EXPECT_TRUE(account && account->status == "disabled");
    heard.add(event.sequence);
    return rl::Flow::kGoOn;
  });
  ASSERT_TRUE(subscription);
  carryOut(ledger, rl::DisableAccount{"robot$web+ci"});
  EXPECT_EQ(heard.await(1), fromTo(4, 5));
}

TEST(Subscription, EndsWhenItsCallbackSaysSo) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  Heard heard;
  auto subscription = ledger.subscribe(0, [&](const rl::Event& event) {
    heard.add(event.sequence);
    return event.sequence == 1 ? rl::Flow::kStop : rl::Flow::kGoOn;
  });
  ASSERT_TRUE(subscription);
  heard.await(2);
  {
    // Letting go waits for its thread, so nothing more can come.
    const rl::Subscription ended = std::move(*subscription);
    EXPECT_FALSE(ended.ended());
  }
  EXPECT_EQ(heard.await(2), fromTo(0, 2));
}

TEST(Subscription, EndsWhereItsCallbackThrows) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  const auto subscription = ledger.subscribe(
      0, [](const rl::Event&) -> rl::Flow { throw std::runtime_error("a callback's own"); });
  ASSERT_TRUE(subscription);
  for (int i = 0; i < 6000 && !subscription->ended(); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  ASSERT_TRUE(subscription->ended());
  EXPECT_EQ(subscription->ended()->code, rl::Code::kBug);
  carryOut(ledger, rl::CreateProject{"web"});  // the ledger knows nothing of it
}

TEST(Subscription, MayBeLetGoOfByItsCallback) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  std::mutex mutex;
  std::optional<rl::Subscription> subscription;
  Heard heard;
  auto made = ledger.subscribe(0, [&](const rl::Event& event) {
    const std::lock_guard lock(mutex);
    subscription.reset();
    heard.add(event.sequence);
    return rl::Flow::kGoOn;
  });
  ASSERT_TRUE(made);
  {
    const std::lock_guard lock(mutex);
    subscription.emplace(std::move(*made));
  }
  EXPECT_EQ(heard.await(1), fromTo(0, 1));
  carryOut(ledger, rl::CreateProject{"web"});
  EXPECT_EQ(heard.await(1).size(), 1U);
}

TEST(Subscription, IsToldOfItsLedgersEnd) {
  const Embedding embedding;
  auto ledger = std::make_unique<rl::Ledger>(embedding.open());
  const auto subscription = ledger->subscribe(1, [](const rl::Event&) { return rl::Flow::kGoOn; });
  ASSERT_TRUE(subscription);
  ledger.reset();
  for (int i = 0; i < 6000 && !subscription->ended(); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  ASSERT_TRUE(subscription->ended());
  EXPECT_EQ(subscription->ended()->code, rl::Code::kClosed);
}

TEST(Subscription, NeedsACallback) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  const auto none = ledger.subscribe(0, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.failure().code, rl::Code::kInvalidArgument);
}

}  // namespace
}  // namespace robotledger
