#include "projections/row_codec.h"

#include <limits>

#include "core/base/limits.h"

namespace robotledger {
namespace {

// Kind in the low two bits, so that a project's scope is one number.
constexpr unsigned kScopeKindBits = 2;

constexpr Instant kStartOfTime{std::int64_t{-62167219200} * kUsPerSecond};  // of the year 0

// Instants outside the years that there are would go over the edge of the numbers later.
Instant checkedInstant(ByteReader& in, Instant near, std::uint64_t difference_us) {
  const Instant instant{
      static_cast<std::int64_t>(static_cast<std::uint64_t>(near.us) + difference_us)};
  if (instant >= kStartOfTime && instant <= kEndOfTime) return instant;
  reject(in);
  return {};
}

}  // namespace

void reject(ByteReader& in) { in.take(in.left() + 1); }

void putScope(Bytes& out, Scope scope) {
  putVarint(out, (std::uint64_t{scope.project.value} << kScopeKindBits) |
                     static_cast<std::uint64_t>(scope.kind));
}

Scope readScope(ByteReader& in) {
  const std::uint64_t packed = in.varint();
  const std::uint64_t kind = packed & 3;
  if (kind > static_cast<std::uint64_t>(Scope::Kind::kSystem) ||
      (packed >> kScopeKindBits) > std::numeric_limits<std::uint32_t>::max()) {
    reject(in);
    return {};
  }
  return {ProjectId{static_cast<std::uint32_t>(packed >> kScopeKindBits)},
          static_cast<Scope::Kind>(kind)};
}

void putPermissions(Bytes& out, const Permissions& permissions) {
  putVarint(out, permissions.size());
  for (const Permission& permission : permissions) {
    putScope(out, permission.scope);
    putVarint(out, permission.capability.index);
  }
}

Permissions readPermissions(ByteReader& in) {
  Permissions permissions;
  readPermissionsInto(permissions, in);
  return permissions;
}

void readPermissionsInto(Permissions& out, ByteReader& in) {
  const std::uint64_t count = in.varint();
  out.clear();
  if (count > kMaxPermissions) return reject(in);
  out.reserve(count);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const Scope scope = readScope(in);
    const std::uint64_t capability = in.varint();
    if (capability >= capabilityCount()) reject(in);
    out.push_back({scope, Capability{static_cast<std::uint16_t>(capability)}});
  }
}

void putExpiry(Bytes& out, const Expiry& expiry) {
  // 0 is system, 1 never, and above them the days.
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: return putVarint(out, 0);
    case Expiry::Kind::kNever: return putVarint(out, 1);
    case Expiry::Kind::kDays: return putVarint(out, static_cast<std::uint64_t>(expiry.count) + 1);
  }
}

Expiry readExpiry(ByteReader& in) {
  const std::uint64_t packed = in.varint();
  if (packed == 0) return Expiry::system();
  if (packed == 1) return Expiry::never();
  const std::uint64_t days = packed - 1;
  if (days > static_cast<std::uint64_t>(kMaxDays)) {
    reject(in);
    return Expiry::never();
  }
  return Expiry::days(static_cast<std::int32_t>(days));
}

Instant readInstant(ByteReader& in, Instant near) {
  return checkedInstant(in, near, static_cast<std::uint64_t>(in.signedVarint()));
}

Instant readLaterInstant(ByteReader& in, Instant before) {
  return checkedInstant(in, before, in.varint());
}

void putTerms(Bytes& out, const ExpiryTerms& terms, Instant near) {
  putExpiry(out, terms.expiry);
  putSigned(out, terms.issued_at.us - near.us);
  putSigned(out, terms.follows_since.us - terms.issued_at.us);
}

ExpiryTerms readTerms(ByteReader& in, Instant near) {
  ExpiryTerms terms;
  terms.expiry = readExpiry(in);
  terms.issued_at = readInstant(in, near);
  terms.follows_since = readInstant(in, terms.issued_at);
  return terms;
}

}  // namespace robotledger
