// Random histories and questions, nasty on purpose, for checking an implementation of the rules
// against the naive model: few names, deleted and made again; many events at one instant; short
// expiries, and events exactly at them; a setting that goes up and down; every refusal there is;
// and what only the living ledger is told, such as updates (command.h).
//
//   for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
//     auto lines = randomHistory(seed, 200);
//     … submit them to the model (as an import, now = kRandomNowUs) and to the other …
//     for (const auto& asked : randomQuestions(seed, model.events(), 20)) { … compare … }
//   }
//
// The same seed and size give the same result, on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/model/event.h"
#include "tests/model/questions.h"

namespace robotledger::model {

// 2026-01-01T00:00:00Z. Histories end before it, but for lines that are to be `invalid_time`.
inline constexpr std::int64_t kRandomNowUs = 1'767'225'600'000'000;

// `line_count` lines without newlines, blank ones and malformed ones among them; about a quarter
// is refused. Times go from 2025-01-01 on and stay within the year for up to 400 lines or so.
std::vector<std::string> randomHistory(std::uint64_t seed, std::size_t line_count);

struct RandomQuestion {
  Question question;
  std::uint64_t as_of = kNewest;
};
// Questions about a history, at its instants, at the possible expiries of its accounts, and beside
// them; of all shapes, as of now and earlier.
std::vector<RandomQuestion> randomQuestions(std::uint64_t seed, std::span<const Event> events,
                                            std::size_t count);

// The instants at which something happens in a history or may expire, ascending, each once: where
// to look at account tables.
std::vector<std::int64_t> instantsOf(std::span<const Event> events);

}  // namespace robotledger::model
