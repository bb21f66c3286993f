#include "core/wire/event_codec.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/core/wire/sample_events.h"

namespace robotledger {
namespace {

Event decoded(BytesView entry) {
  Result<Event> event = decodeEvent(entry);
  EXPECT_TRUE(event) << event.error().message;
  return event ? *event : Event{};
}

TEST(EventCodec, EveryKindAndEveryChannelComesBackAsItWas) {
  std::set<std::size_t> kinds;
  std::set<std::size_t> channels;
  for (const auto& [name, event] : sampleEvents()) {
    EXPECT_EQ(decoded(encodeEvent(event)), event) << name;
    kinds.insert(event.body.index());
    channels.insert(event.channel.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody>);
  EXPECT_EQ(channels.size(), std::variant_size_v<Channel>);
}

TEST(EventCodec, RandomEventsComeBackAsTheyWereAndTheirBytesAreCanonical) {
  RandomEvents random(20250301);
  std::set<std::size_t> kinds;
  for (int i = 0; i < 5000; ++i) {
    const Event event = random.next();
    const Bytes entry = encodeEvent(event);
    ASSERT_LE(entry.size(), kMaxEntryBytes);
    ASSERT_EQ(decoded(entry), event) << i;
    ASSERT_TRUE(isCanonical(entry)) << i;
    kinds.insert(event.body.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody>);
}

}  // namespace
}  // namespace robotledger
