// Fields that events and the saved state have in common, for the codecs of this folder only.
//
// Templates over the generated readers and builders of both schemas, so that this header, like all
// of core/wire, needs nothing of Cap'n Proto. The readers check what they read and throw Damage,
// which decodeEvent and decodeState turn into an Error.
#pragma once

#include <algorithm>
#include <string>

#include "core/base/limits.h"
#include "core/base/sha256.h"
#include "core/domain/event.h"

namespace robotledger {

// What is wrong with the bytes. Never leaves this folder.
struct Damage {
  std::string what;
};

[[noreturn]] inline void failUnknown(const char* what, unsigned number) {
  throw Damage{std::string(what) + " " + std::to_string(number) +
               " is unknown: made by a newer version?"};
}

// The enumerant as the domain's enum, whose values are 0 to `last`.
template <class To, class From>
To enumFrom(From value, To last, const char* what) {
  const auto number = static_cast<unsigned>(value);
  if (number > static_cast<unsigned>(last)) failUnknown(what, number);
  return static_cast<To>(number);
}

template <class Blob>
std::string stringFrom(const Blob& blob) {
  return std::string(reinterpret_cast<const char*>(blob.begin()), blob.size());
}

template <std::size_t Size, class Blob>
std::array<std::uint8_t, Size> arrayFrom(const Blob& blob, const char* what) {
  if (blob.size() != Size) {
    throw Damage{std::string(what) + " is " + std::to_string(blob.size()) + " bytes long, not " +
                 std::to_string(Size)};
  }
  std::array<std::uint8_t, Size> bytes;
  std::copy_n(blob.begin(), Size, bytes.begin());
  return bytes;
}

inline std::int32_t daysFrom(std::int32_t days, const char* what) {
  if (days < kMinDays || days > kMaxDays) {
    throw Damage{std::string(what) + " is " + std::to_string(days) + " days"};
  }
  return days;
}

// Into a union of system, never and days.
template <class Builder>
void putExpiry(Builder out, const Expiry& expiry) {
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: out.setSystem(); break;
    case Expiry::Kind::kNever: out.setNever(); break;
    case Expiry::Kind::kDays: out.setDays(expiry.count); break;
  }
}

template <class Reader>
Expiry expiryFrom(const Reader& in) {
  using Which = decltype(in.which());
  switch (in.which()) {
    case Which::SYSTEM: return Expiry::system();
    case Which::NEVER: return Expiry::never();
    case Which::DAYS: return Expiry::days(daysFrom(in.getDays(), "an expiry"));
  }
  failUnknown("the kind of expiry", static_cast<unsigned>(in.which()));
}

template <class Builder>
void putPermissions(Builder out, const Permissions& permissions) {
  if (permissions.empty()) return;
  auto list = out.initPermissions(static_cast<unsigned>(permissions.size()));
  unsigned at = 0;
  for (const Permission& permission : permissions) {
    auto one = list[at++];
    one.setProject(permission.scope.project.value);
    one.setCapability(static_cast<decltype(one.getCapability())>(permission.capability.index));
    one.setScope(static_cast<decltype(one.getScope())>(permission.scope.kind));
  }
}

template <class Reader>
Permission permissionFrom(const Reader& in) {
  const auto capability = static_cast<std::uint16_t>(in.getCapability());
  if (capability >= capabilityCount()) failUnknown("the capability", capability);
  const Scope scope{ProjectId{in.getProject()},
                    enumFrom(in.getScope(), Scope::Kind::kSystem, "the scope")};
  if ((scope.kind == Scope::Kind::kProject) != (scope.project.value != 0)) {
    throw Damage{"a permission's scope and its project do not fit"};
  }
  return {scope, Capability{capability}};
}

template <class List>
Permissions permissionsFrom(const List& list) {
  Permissions permissions;
  permissions.reserve(list.size());
  for (const auto& in : list) {
    const Permission next = permissionFrom(in);
    if (!permissions.empty() && !(permissions.back() < next)) {
      throw Damage{"permissions are not sorted, or one is there twice"};
    }
    permissions.push_back(next);
  }
  return permissions;
}

template <class Builder>
void putServiceSettings(Builder out, const ServiceSettings& settings) {
  const auto& [lifetime_s, segment, name] = settings;
  if (!name.empty()) out.setServiceName({name.c_str(), name.size()});
  if (!segment.empty()) out.setChartsSegment({segment.c_str(), segment.size()});
  out.setTokenLifetimeSeconds(lifetime_s);
}

template <class Reader>
ServiceSettings serviceSettingsFrom(const Reader& in) {
  return {in.getTokenLifetimeSeconds(), stringFrom(in.getChartsSegment()),
          stringFrom(in.getServiceName())};
}

}  // namespace robotledger
