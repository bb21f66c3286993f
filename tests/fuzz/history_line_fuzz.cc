#include <algorithm>

#include "api/history/history_line.h"
#include "core/base/check.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxMessageBytes = 1000;

}  // namespace

Tried tryHistoryLine(BytesView bytes) {
  const auto read = parseHistoryLine(bytes);
  if (const auto* refused = std::get_if<Refusal>(&read)) {
    RL_CHECK(refused->code == RefusalCode::kMalformedLine, "what is no line is malformed");
    RL_CHECK(!refused->message.empty() && refused->message.size() <= kMaxMessageBytes,
             "a refusal says why, and repeats little of the line");
    RL_CHECK(std::ranges::all_of(refused->message,
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20; }),
             "a refusal is one line");
    return Tried::kRefused;
  }
  const auto& line = std::get<HistoryLine>(read);
  RL_CHECK(parseInstant(formatInstant(line.at)) == line.at, "a line's time is an instant");
  return Tried::kTaken;
}

}  // namespace robotledger
