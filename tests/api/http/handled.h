// What a handler's work comes to, waited for, for tests.
#pragma once

#include <future>
#include <memory>
#include <utility>

#include "api/http/exchange.h"

namespace robotledger::http {

inline Response answerOf(Handled handled) {
  if (auto* answer = std::get_if<Response>(&handled)) return std::move(*answer);
  if (auto* work = std::get_if<SlowWork>(&handled)) return (*work)();
  const auto promise = std::make_shared<std::promise<Answered>>();
  std::get<LaterWork>(handled)([promise](Answered with) { promise->set_value(std::move(with)); });
  Answered with = promise->get_future().get();
  if (auto* work = std::get_if<SlowWork>(&with)) return (*work)();
  return std::get<Response>(std::move(with));
}

}  // namespace robotledger::http
