// Entries that nobody vouches for: damaged, made up, or made by a newer version.
#include <functional>

#include <capnp/message.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/event.capnp.h"
#include "core/wire/event_codec.h"
#include "tests/core/wire/sample_events.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

// The message's one segment, as it was built.
Bytes built(const std::function<void(wire::Event::Builder)>& build) {
  capnp::MallocMessageBuilder message;
  build(message.initRoot<wire::Event>());
  const auto bytes = message.getSegmentsForOutput()[0].asBytes();
  return Bytes(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

Bytes sample(std::string_view name) {
  for (const auto& [its_name, event] : sampleEvents()) {
    if (its_name == name) return encodeEvent(event);
  }
  ADD_FAILURE() << name;
  return {};
}

void expectDamaged(BytesView entry, const std::string& why) {
  const Result<Event> event = decodeEvent(entry);
  ASSERT_FALSE(event) << why;
  EXPECT_EQ(event.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(event.error().message, HasSubstr(why));
}

// Of the envelope's data, after the root pointer.
constexpr std::size_t kChannelAt = 8 + 24;
constexpr std::size_t kBodyAt = 8 + 26;

void putWord(Bytes& entry, std::size_t word, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) {
    entry[8 * word + i] = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

TEST(DamagedEntry, EveryTruncationIsAnErrorOrSomeEvent) {
  for (const auto& [name, event] : sampleEvents()) {
    const Bytes entry = encodeEvent(event);
    for (std::size_t size = 0; size < entry.size(); ++size) {
      const BytesView cut = BytesView(entry).substr(0, size);
      tryEntry(cut);
      EXPECT_FALSE(isCanonical(cut)) << name << " cut to " << size;
    }
  }
}

TEST(DamagedEntry, EveryFlippedBitIsAnErrorOrAnotherEvent) {
  for (const auto& [name, event] : sampleEvents()) {
    Bytes entry = encodeEvent(event);
    for (std::size_t bit = 0; bit < 8 * entry.size(); ++bit) {
      const auto flip = static_cast<char>(1 << (bit % 8));
      entry[bit / 8] = static_cast<char>(entry[bit / 8] ^ flip);
      tryEntry(entry);
      const Result<Event> other = decodeEvent(entry);
      // What is canonical is one to one with the events.
      if (isCanonical(entry)) {
        EXPECT_NE(*other, event) << name << " bit " << bit;
      }
      entry[bit / 8] = static_cast<char>(entry[bit / 8] ^ flip);
    }
  }
}

TEST(DamagedEntry, EveryByteReplacedByAnyOtherIsAnErrorOrSomeEvent) {
  for (const char* name : {"04-account_created-system", "07-account_disabled-everything"}) {
    Bytes entry = sample(name);
    for (char& byte : entry) {
      const char before = byte;
      for (int other = 0; other < 256; ++other) {
        byte = static_cast<char>(other);
        tryEntry(entry);
      }
      byte = before;
    }
  }
}

TEST(DamagedEntry, ASizeThatIsNoEntrysIsDamage) {
  expectDamaged("", "no entry is 0 bytes long");
  expectDamaged(Bytes(9, '\0'), "no entry is 9 bytes long");
  expectDamaged(Bytes(65536, '\0'), "no entry is 65536 bytes long");
}

TEST(DamagedEntry, AnArmOfANewerVersionIsDamage) {
  Bytes entry = sample("07-account_disabled");
  entry[kBodyAt] = static_cast<char>(std::variant_size_v<EventBody>);
  expectDamaged(entry, "the kind of event 23 is unknown: made by a newer version?");
  entry = sample("07-account_disabled");
  entry[kChannelAt] = static_cast<char>(std::variant_size_v<Channel>);
  expectDamaged(entry, "the channel 5 is unknown: made by a newer version?");
}

TEST(DamagedEntry, AnEnumerantOfANewerVersionIsDamage) {
  expectDamaged(built([](auto event) {
                  event.getBody().initRoleGranted().setRole(static_cast<wire::Role>(3));
                }),
                "the role 3 is unknown");
  expectDamaged(built([](auto event) {
                  auto secret = event.getBody().initSecretIssued().initSecret();
                  secret.setKind(static_cast<wire::SecretHash::Kind>(3));
                }),
                "the kind of secret 3 is unknown");
}

Bytes withPermissions(const std::vector<std::array<unsigned, 3>>& permissions) {
  return built([&](auto event) {
    auto list = event.getBody().initPermissionsGranted().initPermissions(
        static_cast<unsigned>(permissions.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setProject(permissions[i][0]);
      list[i].setScope(static_cast<wire::Permission::Scope>(permissions[i][1]));
      list[i].setCapability(static_cast<wire::Capability>(permissions[i][2]));
    }
  });
}

TEST(DamagedEntry, PermissionsAreKnownSortedAndEachThereOnce) {
  EXPECT_TRUE(decodeEvent(withPermissions({{0, 1, 3}, {0, 2, 1}, {1, 0, 0}, {1, 0, 2}})));
  expectDamaged(withPermissions({{1, 0, 2}, {1, 0, 1}}), "not sorted");
  expectDamaged(withPermissions({{1, 0, 2}, {1, 0, 2}}), "not sorted, or one is there twice");
  expectDamaged(withPermissions({{1, 0, 131}}), "the capability 131 is unknown");
  expectDamaged(withPermissions({{0, 3, 1}}), "the scope 3 is unknown");
  expectDamaged(withPermissions({{0, 0, 1}}), "scope and its project do not fit");
  expectDamaged(withPermissions({{1, 1, 1}}), "scope and its project do not fit");
}

TEST(DamagedEntry, DaysAreInTheirRange) {
  const auto withDays = [](std::int32_t days) {
    return built(
        [&](auto event) { event.getBody().initAccountExpiryChanged().getAfter().setDays(days); });
  };
  EXPECT_TRUE(decodeEvent(withDays(1)));
  EXPECT_TRUE(decodeEvent(withDays(2147483646)));
  expectDamaged(withDays(0), "an expiry is 0 days");
  expectDamaged(withDays(-1), "an expiry is -1 days");
  expectDamaged(withDays(2147483647), "an expiry is 2147483647 days");
  expectDamaged(built([](auto event) { event.getBody().initSystemExpiryChanged(); }),
                "the setting before is 0 days");
}

TEST(DamagedEntry, HashesAndIdsHaveTheirLength) {
  expectDamaged(built([](auto event) { event.getBody().initHistoryImported().initFile(31); }),
                "the file's hash is 31 bytes long, not 32");
  expectDamaged(built([](auto event) { event.getBody().initLedgerRolledBack().initLostRoot(33); }),
                "the lost root is 33 bytes long, not 32");
  expectDamaged(built([](auto event) {
                  event.getBody().initAccountEnabled();
                  event.initCommandDigest(33);
                }),
                "the command's digest is 33 bytes long, not 32");
  expectDamaged(Bytes(8, '\0'), "the ledger's id is 0 bytes long, not 16");
}

TEST(DamagedEntry, APointerThatLeadsOutsideIsDamage) {
  Bytes entry = sample("07-account_disabled");
  putWord(entry, 0, 0x00030004'00000400);  // a struct 256 words further on
  EXPECT_FALSE(decodeEvent(entry));
  putWord(entry, 0, 0x00000001'00000002);  // far, into a segment that is not there
  EXPECT_FALSE(decodeEvent(entry));
  putWord(entry, 0, 0x00000000'00000003);  // a capability
  EXPECT_FALSE(decodeEvent(entry));
}

TEST(DamagedEntry, AListOfFiveHundredMillionNothingsIsNotReadOut) {
  Bytes entry =
      built([](auto event) { event.getBody().initPermissionsGranted().initPermissions(1); });
  // The tag of the list is the last word but one: as many structs as a list can have, of no size.
  putWord(entry, entry.size() / 8 - 2, 0x00000000'7ffffffc);
  const Result<Event> event = decodeEvent(entry);
  EXPECT_FALSE(event);
}

TEST(DamagedEntry, TheAddressOfTheBytesDoesNotMatter) {
  const Bytes entry = sample("04-account_created-system");
  const Result<Event> expected = decodeEvent(entry);
  ASSERT_TRUE(expected);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const Bytes shifted = Bytes(shift, 'x') + entry;
    const Result<Event> event = decodeEvent(BytesView(shifted).substr(shift));
    ASSERT_TRUE(event) << shift;
    EXPECT_EQ(*event, *expected);
  }
}

TEST(DamagedEntry, TheLargestEntriesAreReadFromAnyAddress) {
  Event event;
  event.body = AccountEnabled{AccountId{1}};
  event.reason = std::string(kMaxEntryBytes - 200, 'r');
  const Bytes entry = encodeEvent(event);
  const Bytes shifted = "x" + entry;
  const Result<Event> back = decodeEvent(BytesView(shifted).substr(1));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, event);
}

}  // namespace
}  // namespace robotledger
