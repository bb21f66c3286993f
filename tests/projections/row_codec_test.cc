#include "projections/row_codec.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

const Instant kNear{1'700'000'000'000'000};

template <class T, class Put, class Read>
void expectRoundTrip(const T& value, const Put& put, const Read& read) {
  Bytes bytes;
  put(bytes, value);
  ByteReader whole(bytes);
  EXPECT_EQ(read(whole), value);
  EXPECT_TRUE(whole.ok() && whole.atEnd());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ByteReader part(BytesView(bytes).substr(0, length));
    (void)read(part);
    EXPECT_FALSE(part.ok()) << "the first " << length << " of " << bytes.size() << " bytes";
  }
}

TEST(RowCodec, GivesBackScopes) {
  for (const Scope scope : {Scope::system(), Scope::allProjects(), Scope::inProject(ProjectId{1}),
                            Scope::inProject(ProjectId{0xffffffff})}) {
    expectRoundTrip(scope, putScope, readScope);
  }
}

TEST(RowCodec, GivesBackPermissions) {
  Permissions most;
  for (std::uint32_t i = 0; i < kMaxPermissions; ++i) {
    most.push_back({Scope::inProject(ProjectId{i + 1}), kPushChart});
  }
  const Permissions few = {{Scope::inProject(ProjectId{7}), kPushImage},
                           {Scope::allProjects(), kPullImage},
                           {Scope::system(), *parseCapability("project:create")}};
  for (const Permissions& permissions : {Permissions(), few, most}) {
    expectRoundTrip(permissions, putPermissions, readPermissions);
  }
}

TEST(RowCodec, GivesBackExpiries) {
  for (const Expiry& expiry :
       {Expiry::system(), Expiry::never(), Expiry::days(1), Expiry::days(2147483646)}) {
    expectRoundTrip(expiry, putExpiry, readExpiry);
  }
}

TEST(RowCodec, GivesBackTermsNearAndFar) {
  const auto put = [](Bytes& out, const ExpiryTerms& terms) { putTerms(out, terms, kNear); };
  const auto read = [](ByteReader& in) { return readTerms(in, kNear); };
  for (const Instant issued : {kNear, Instant{0}, Instant{-1}, Instant{kEndOfTime.us - 1}}) {
    expectRoundTrip(ExpiryTerms{Expiry::days(90), issued, kNear}, put, read);
    expectRoundTrip(ExpiryTerms{Expiry::system(), kNear, issued}, put, read);
  }
}

TEST(RowCodec, TakesNoTimeOutsideOfAllYears) {
  for (const std::int64_t us :
       {kEndOfTime.us + 1, std::numeric_limits<std::int64_t>::max() - kNear.us,
        std::numeric_limits<std::int64_t>::min() / 2, std::int64_t{-62167219200} * 1000000 - 1}) {
    Bytes bytes;
    putSigned(bytes, us - kNear.us);
    ByteReader in(bytes);
    EXPECT_EQ(readInstant(in, kNear), Instant{});
    EXPECT_FALSE(in.ok()) << us;
  }
  Bytes over_the_edge;
  putVarint(over_the_edge, std::numeric_limits<std::uint64_t>::max() / 2);
  ByteReader in(over_the_edge);
  (void)readLaterInstant(in, kNear);
  EXPECT_FALSE(in.ok());
}

template <class Read>
bool reads(std::uint64_t number, const Read& read) {
  Bytes bytes;
  putVarint(bytes, number);
  // Enough to read whatever the number asks for.
  bytes.append(4000, '\0');
  ByteReader in(bytes);
  (void)read(in);
  return in.ok();
}

TEST(RowCodec, TakesNoNumberThatMeansNothing) {
  EXPECT_TRUE(reads(2, readScope));
  EXPECT_FALSE(reads(3, readScope)) << "there are three kinds of scope";
  EXPECT_FALSE(reads(std::uint64_t{1} << 34, readScope)) << "a project has 32 bits";
  EXPECT_TRUE(reads(kMaxPermissions, readPermissions));
  EXPECT_FALSE(reads(kMaxPermissions + 1, readPermissions));
  EXPECT_TRUE(reads(std::uint64_t{2147483647}, readExpiry));
  EXPECT_FALSE(reads(std::uint64_t{2147483648}, readExpiry));
}

TEST(RowCodec, TakesNoCapabilityThatIsNotInTheTable) {
  for (const std::uint64_t index : {capabilityCount() - 1, capabilityCount(), std::size_t{65536}}) {
    Bytes bytes;
    putVarint(bytes, 1);
    putScope(bytes, Scope::system());
    putVarint(bytes, index);
    ByteReader in(bytes);
    (void)readPermissions(in);
    EXPECT_EQ(in.ok(), index < capabilityCount()) << index;
  }
}

}  // namespace
}  // namespace robotledger
