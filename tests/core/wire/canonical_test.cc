// The bytes against Cap'n Proto's own idea of them, and the schema against the domain.
#include "core/wire/canonical.h"

#include <cctype>
#include <cstring>
#include <vector>

#include <capnp/message.h>
#include <capnp/schema.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/wire/event.capnp.h"
#include "core/wire/event_codec.h"
#include "tests/core/wire/sample_events.h"

namespace robotledger {
namespace {

// An entry as Cap'n Proto's own reader sees it.
class Entry {
 public:
  explicit Entry(BytesView bytes) : words_(bytes.size() / 8) {
    std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  std::unique_ptr<capnp::SegmentArrayMessageReader> message() {
    segment_ = {reinterpret_cast<const capnp::word*>(words_.data()), words_.size()};
    return std::make_unique<capnp::SegmentArrayMessageReader>(kj::arrayPtr(&segment_, 1));
  }

 private:
  std::vector<std::uint64_t> words_;
  kj::ArrayPtr<const capnp::word> segment_;
};

Bytes bytesOf(kj::ArrayPtr<const capnp::word> words) {
  const auto bytes = words.asBytes();
  return Bytes(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

Bytes ours(capnp::MessageBuilder& message) {
  const auto segment = message.getSegmentsForOutput()[0];
  return canonicalForm({reinterpret_cast<const std::uint64_t*>(segment.begin()), segment.size()});
}

Bytes theirs(wire::Event::Reader event) { return bytesOf(capnp::canonicalize(event)); }

TEST(Canonical, ThousandsOfRandomEventsAreAsCapnpCanonicalizesThem) {
  RandomEvents random(41);
  for (int i = 0; i < 5000; ++i) {
    const Bytes bytes = encodeEvent(random.next());
    Entry entry(bytes);
    const auto message = entry.message();
    ASSERT_EQ(toHex(bytes), toHex(theirs(message->getRoot<wire::Event>()))) << i;
  }
}

TEST(Canonical, CapnpCallsEverySampleCanonical) {
  for (const auto& [name, event] : sampleEvents()) {
    Entry entry(encodeEvent(event));
    EXPECT_TRUE(entry.message()->isCanonical()) << name;
  }
}

TEST(Canonical, TheOrderInWhichAMessageWasBuiltDoesNotShow) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<wire::Event>();
  event.setReason("last in the schema, first to be built");
  auto account = event.getBody().initAccountCreated();
  account.setDescription("d");
  account.initPermissions(3)[1].setProject(7);
  account.setName("n");
  event.setActor("alice");
  EXPECT_EQ(toHex(ours(message)), toHex(theirs(event)));
}

TEST(Canonical, AStructOfNothingIsToldFromAnAbsentOne) {
  capnp::MallocMessageBuilder message;
  message.initRoot<wire::Event>().getBody().initAccountEnabled();
  const Bytes with = ours(message);
  EXPECT_EQ(toHex(with), toHex(theirs(message.getRoot<wire::Event>())));
  EXPECT_EQ(toHex(with.substr(with.size() - 8)), "fcffffff00000000");
}

TEST(Canonical, AListOfStructsOfNothingKeepsItsLength) {
  capnp::MallocMessageBuilder message;
  message.initRoot<wire::Event>().getBody().initPermissionsGranted().initPermissions(5);
  const Bytes bytes = ours(message);
  Entry entry(bytes);
  const auto reader = entry.message();
  EXPECT_EQ(
      reader->getRoot<wire::Event>().getBody().getPermissionsGranted().getPermissions().size(), 5U);
  EXPECT_EQ(toHex(bytes), toHex(theirs(message.getRoot<wire::Event>())));
}

TEST(Canonical, AMessageThatIsNotCanonicalIsFoundOut) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<wire::Event>();
  event.getBody().initAccountEnabled().setAccount(5);
  const Bytes untrimmed = bytesOf(message.getSegmentsForOutput()[0]);
  ASSERT_TRUE(decodeEvent(untrimmed));
  EXPECT_FALSE(isCanonical(untrimmed));
  EXPECT_TRUE(isCanonical(ours(message)));
  EXPECT_FALSE(isCanonical(ours(message) + Bytes(8, '\0')));
  EXPECT_FALSE(isCanonical(""));
}

// "helm-chart-version:create" as "helmChartVersionCreate".
std::string camelCase(std::string_view text) {
  std::string name;
  bool up = false;
  for (const char c : text) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (letter) {
      name += up ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    }
    up = !letter;
  }
  return name;
}

std::string nameOf(const capnp::EnumSchema::EnumerantList& list, std::size_t index) {
  return list[static_cast<unsigned>(index)].getProto().getName().cStr();
}

TEST(Schema, EveryCapabilityIsTheEnumerantOfItsIndex) {
  const auto enumerants = capnp::Schema::from<wire::Capability>().getEnumerants();
  ASSERT_EQ(enumerants.size(), capabilityCount());
  for (std::size_t i = 0; i < capabilityCount(); ++i) {
    const Capability capability{static_cast<std::uint16_t>(i)};
    EXPECT_EQ(nameOf(enumerants, i), camelCase(capability.text())) << i;
  }
}

TEST(Schema, EveryRoleIsTheEnumerantOfItsValue) {
  const auto enumerants = capnp::Schema::from<wire::Role>().getEnumerants();
  for (unsigned i = 0; i < enumerants.size(); ++i) {
    std::string name(roleName(static_cast<Role>(i)));
    for (char& c : name) c = c == '_' ? '-' : c;
    EXPECT_EQ(nameOf(enumerants, i), camelCase(name));
  }
}

TEST(Schema, TheArmsOfTheBodyAreTheKindsOfEventInTheirOrder) {
  const auto body = capnp::Schema::from<wire::Event>().getFieldByName("body").getType().asStruct();
  const auto arms = body.getUnionFields();
  ASSERT_EQ(arms.size(), std::variant_size_v<EventBody>);
  for (unsigned i = 0; i < arms.size(); ++i) {
    std::string kind(eventKindName(i));
    for (char& c : kind) c = c == '_' ? '-' : c;
    EXPECT_EQ(std::string(arms[i].getProto().getName().cStr()), camelCase(kind));
  }
}

}  // namespace
}  // namespace robotledger
