// A fuzzer's way into the event codec. A short run of it is part of wire_test; for a long one,
// build with clang, from the golden files on:
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -isystem BUILD/generated
//     tests/fuzz/event_codec_fuzz.cc core/wire/event_*.cc core/wire/canonical.cc
//     core/domain/capability.cc core/base/*.cc
//     -x c++ BUILD/generated/core/wire/event.capnp.c++ -x none
//     -lcapnp -lkj -lcrypto -o event_codec_fuzz
//   ./event_codec_fuzz -max_len=4096 CORPUS tests/golden/events
#include "tests/fuzz/event_codec_fuzz.h"

#include "core/base/check.h"
#include "core/wire/event_codec.h"

namespace robotledger {

void tryEntry(BytesView bytes) {
  const Result<Event> event = decodeEvent(bytes);
  if (!event) {
    RL_CHECK(event.error().code == ErrorCode::kDamaged, "bytes that are no event are damage");
    return;
  }
  const Bytes entry = encodeEvent(*event);
  const Result<Event> again = decodeEvent(entry);
  RL_CHECK(again && *again == *event, "an event survives its encoding");
  RL_CHECK(isCanonical(entry), "an encoding is canonical");
}

}  // namespace robotledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  robotledger::tryEntry({reinterpret_cast<const char*>(data), size});
  return 0;
}
