#include "projections/capability_set.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(CapabilitySet, HasRoomForEveryCapabilityOfTheTable) {
  EXPECT_LE(capabilityCount(), kCapabilityWords * kBitsAWord);
}

TEST(CapabilitySet, HasWhatWasAddedAndNothingElse) {
  for (std::uint16_t added = 0; added < capabilityCount(); ++added) {
    CapabilitySet set;
    set.add(Capability{added});
    for (std::uint16_t i = 0; i < capabilityCount(); ++i) {
      EXPECT_EQ(set.has(Capability{i}), i == added);
    }
  }
}

TEST(CapabilitySet, HasNothingThatIsNoCapability) {
  CapabilitySet set;
  for (std::uint16_t i = 0; i < capabilityCount(); ++i) set.add(Capability{i});
  EXPECT_FALSE(set.has(Capability{kCapabilityWords * kBitsAWord}));
  EXPECT_FALSE(set.has(Capability{UINT16_MAX}));
}

}  // namespace
}  // namespace robotledger
