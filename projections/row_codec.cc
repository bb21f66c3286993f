#include "projections/row_codec.h"

#include "core/base/limits.h"

namespace robotledger {
namespace {

// Kind in the low two bits, so that a project's scope is one number.
constexpr unsigned kScopeKindBits = 2;

}  // namespace

void putScope(Bytes& out, Scope scope) {
  putVarint(out, (std::uint64_t{scope.project.value} << kScopeKindBits) |
                     static_cast<std::uint64_t>(scope.kind));
}

Scope readScope(ByteReader& in) {
  const std::uint64_t packed = in.varint();
  return {ProjectId{static_cast<std::uint32_t>(packed >> kScopeKindBits)},
          static_cast<Scope::Kind>(packed & 3)};
}

void putPermissions(Bytes& out, const Permissions& permissions) {
  putVarint(out, permissions.size());
  for (const Permission& permission : permissions) {
    putScope(out, permission.scope);
    putVarint(out, permission.capability.index);
  }
}

Permissions readPermissions(ByteReader& in) {
  const std::uint64_t count = in.varint();
  Permissions permissions;
  if (count > kMaxPermissions) {
    in.take(in.left() + 1);
    return permissions;
  }
  permissions.reserve(count);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const Scope scope = readScope(in);
    permissions.push_back({scope, Capability{static_cast<std::uint16_t>(in.varint())}});
  }
  return permissions;
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
  return Expiry::days(static_cast<std::int32_t>(packed - 1));
}

void putTerms(Bytes& out, const ExpiryTerms& terms, Instant near) {
  putExpiry(out, terms.expiry);
  putSigned(out, terms.issued_at.us - near.us);
  putSigned(out, terms.follows_since.us - terms.issued_at.us);
}

ExpiryTerms readTerms(ByteReader& in, Instant near) {
  ExpiryTerms terms;
  terms.expiry = readExpiry(in);
  terms.issued_at = Instant{near.us + in.signedVarint()};
  terms.follows_since = Instant{terms.issued_at.us + in.signedVarint()};
  return terms;
}

}  // namespace robotledger
