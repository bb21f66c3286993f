// Observer: what the writer tells to those who follow the log as it grows.
#pragma once

#include <memory>
#include <vector>

#include "core/domain/event.h"

namespace robotledger {

// Events of one committed batch, in order of sequence, never empty.
using CommittedEvents = std::shared_ptr<const std::vector<Event>>;

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  // Called on the writer's thread for every batch in turn, when it is durable and in the tree, and
  // before its callers are answered. May wait, and then the writer does: that bounds how far an
  // observer falls behind. Must not call the ledger.
  virtual void onCommitted(const CommittedEvents& events) = 0;
};

}  // namespace robotledger
