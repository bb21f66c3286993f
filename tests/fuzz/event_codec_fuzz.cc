#include "core/base/check.h"
#include "core/wire/event_codec.h"
#include "tests/fuzz/tried.h"

namespace robotledger {

Tried tryEntry(BytesView bytes) {
  const Result<Event> event = decodeEvent(bytes);
  if (!event) {
    RL_CHECK(event.error().code == ErrorCode::kDamaged, "bytes that are no event are damage");
    return Tried::kRefused;
  }
  const Bytes entry = encodeEvent(*event);
  const Result<Event> again = decodeEvent(entry);
  RL_CHECK(again && *again == *event, "an event survives its encoding");
  RL_CHECK(isCanonical(entry), "an encoding is canonical");
  return Tried::kTaken;
}

}  // namespace robotledger
