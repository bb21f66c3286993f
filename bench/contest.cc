#include "bench/contest.h"

#include <latch>
#include <thread>

namespace robotledger::bench {

double inThreads(std::size_t threads, const std::function<void(std::size_t thread)>& work) {
  std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      ready.arrive_and_wait();
      work(i);
    });
  }
  ready.arrive_and_wait();
  const Stopwatch watch;
  for (std::thread& one : running) one.join();
  return watch.seconds();
}

void expectReceipt(const Outcome& outcome) {
  if (const auto* no = std::get_if<Refusal>(&outcome)) fail("refused: " + no->message);
}

void submitAll(Ledger& ledger, std::vector<Submission> commands) {
  for (Submission& command : commands) expectReceipt(must(ledger.submit(std::move(command))));
}

std::vector<Submission> take(Fleet& fleet, std::size_t count) {
  std::vector<Submission> commands;
  commands.reserve(count);
  while (commands.size() < count) commands.push_back(fleet.next());
  return commands;
}

}  // namespace robotledger::bench
