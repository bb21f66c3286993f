// What the tests of the runner share: a ledger in memory, with rows that can be held up and that
// remember how they were.
//
//   House house;
//   house.start();                          // the ledger, and a runner that follows it
//   house.work(0, 20);
//   EXPECT_EQ(rowsIn(*house.viewNow()->rows), builtFrom(house.log));
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "core/log/memory_log_store.h"
#include "projections/memory_row_store.h"
#include "projections/runner.h"
#include "tests/projections/rows_in.h"

namespace robotledger {

inline Submission byAdmin(Command command) {
  Context context;
  context.actor = "admin";
  context.channel = Embedder{"test"};
  return {std::move(command), std::move(context)};
}

inline void fill(RowStore& store, const Rows& rows) {
  RowBatch batch;
  for (const auto& [key, value] : rows) batch.put(key, value);
  ASSERT_TRUE(store.write(batch));
}

// Rows that are written for so long as the test wants, and that remember how they were after each.
class WatchedRows final : public RowStore {
 public:
  Result<void> write(const RowBatch& batch) override {
    while (held.load()) std::this_thread::yield();
    writes += 1;
    auto written = rows_.write(batch);
    if (keep_copies) copies.push_back(rowsIn(rows_));
    return written;
  }
  Result<void> flush() override { return rows_.flush(); }
  Result<void> beginBulk() override { return rows_.beginBulk(); }
  Result<void> endBulk() override { return rows_.endBulk(); }
  Result<void> clear() override { return rows_.clear(); }
  std::shared_ptr<const RowSnapshot> snapshot() const override { return rows_.snapshot(); }
  std::uint64_t diskBytes() const override { return rows_.diskBytes(); }

  std::atomic<bool> held = false;
  std::atomic<int> writes = 0;
  bool keep_copies = false;
  std::vector<Rows> copies;

 private:
  MemoryRowStore rows_;
};

// What the runner said.
class Told {
 public:
  void add(const std::string& why) {
    const std::lock_guard lock(mutex_);
    text_ += why + ";";
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

// A log in memory, with a ledger and a runner where they are started.
struct House {
  MemoryLogStore log;
  SystemClock clock;
  WatchedRows rows;
  Told told;
  std::unique_ptr<Runner> runner;
  std::unique_ptr<Ledger> ledger;

  House() { EXPECT_TRUE(initializeLedger(log, {.origin = "test.example/robots"}, clock)); }

  void startRunner() {
    runner = Runner::start(
        log, rows, {.memory = {}, .progress = {}, .tell = [this](auto& why) { told.add(why); }});
  }
  void openLedger() {
    std::vector<Observer*> observers;
    if (runner) observers.push_back(runner.get());
    auto opened = Ledger::open(log, {.observers = observers});
    ASSERT_TRUE(opened) << opened.error().message;
    ledger = *std::move(opened);
  }
  void start() {
    startRunner();
    openLedger();
  }
  void stop() {
    ledger.reset();
    runner.reset();
  }
  void submit(Command command) { ASSERT_TRUE(ledger->submit(byAdmin(std::move(command)))); }
  // Projects and accounts that come and go.
  void work(int from, int until) {
    for (int i = from; i < until; ++i) {
      const std::string project = "p" + std::to_string(i % 7);
      const std::string name = "a" + std::to_string(i % 5);
      submit(CreateProject{project});
      submit(CreateAccount{project, name, "", {{{}, "push-image"}}, {}, {}});
      submit(GrantPermissions{{"robot$" + project + "+" + name, {}}, {{{}, "push-chart"}}});
      if (i % 3 == 0) submit(DisableAccount{{"robot$" + project + "+" + name, {}}});
      if (i % 6 == 0) submit(DeleteProject{project});
    }
  }
  std::shared_ptr<const View> viewNow() {
    auto view = runner->view(log.head().size);
    EXPECT_TRUE(view) << (view ? "" : view.error().message);
    return view ? *view : nullptr;
  }
};

}  // namespace robotledger
