// Fields that events and the saved state have in common, for the codecs of this folder only.
//
// Templates over the generated readers and builders of both schemas, so that this header, like all
// headers of core/wire, needs nothing of Cap'n Proto.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "core/base/limits.h"
#include "core/domain/event.h"

namespace robotledger {

template <class Blob>
std::string stringFrom(const Blob& blob) {
  return std::string(reinterpret_cast<const char*>(blob.begin()), blob.size());
}

// Reads fields and checks them. Of what is wrong it notes the first, and reads on with a harmless
// value; at the end, whoever uses it asks whether anything was.
class FieldReader {
 public:
  // Empty where nothing was wrong.
  const std::string& damage() const { return damage_; }

  void unknown(const char* what, unsigned number) {
    note(std::string(what) + " " + std::to_string(number) +
         " is unknown: made by a newer version?");
  }

  // The enumerant as the domain's enum, whose values are 0 to `last`.
  template <class To, class From>
  To enumerant(From value, To last, const char* what) {
    const auto number = static_cast<unsigned>(value);
    if (number <= static_cast<unsigned>(last)) return static_cast<To>(number);
    unknown(what, number);
    return last;
  }

  template <std::size_t Size, class Blob>
  std::array<std::uint8_t, Size> bytes(const Blob& blob, const char* what) {
    std::array<std::uint8_t, Size> bytes{};
    if (blob.size() == Size) {
      std::copy_n(blob.begin(), Size, bytes.begin());
    } else {
      note(std::string(what) + " is " + std::to_string(blob.size()) + " bytes long, not " +
           std::to_string(Size));
    }
    return bytes;
  }

  std::int32_t days(std::int32_t days, const char* what) {
    if (days < kMinDays || days > kMaxDays) {
      note(std::string(what) + " is " + std::to_string(days) + " days");
    }
    return days;
  }

  // From a union of system, never and days.
  template <class Reader>
  Expiry expiry(const Reader& in) {
    using Which = decltype(in.which());
    switch (in.which()) {
      case Which::SYSTEM: return Expiry::system();
      case Which::NEVER: return Expiry::never();
      case Which::DAYS: return Expiry::days(days(in.getDays(), "an expiry"));
    }
    unknown("the kind of expiry", static_cast<unsigned>(in.which()));
    return {};
  }

  template <class List>
  Permissions permissions(const List& list) {
    Permissions permissions;
    permissions.reserve(list.size());
    for (const auto& in : list) {
      const Permission next = permission(in);
      if (!permissions.empty() && !(permissions.back() < next)) {
        note("permissions are not sorted, or one is there twice");
      }
      if (!damage_.empty()) break;
      permissions.push_back(next);
    }
    return permissions;
  }

  template <class Reader>
  SecretHash secret(const Reader& in) {
    return {enumerant(in.getKind(), SecretHash::Kind::kAsserted, "the kind of secret"),
            stringFrom(in.getHash()), stringFrom(in.getSalt()), in.getFingerprint()};
  }

  template <class Reader>
  ServiceSettings serviceSettings(const Reader& in) {
    return {in.getTokenLifetimeSeconds(), stringFrom(in.getChartsSegment()),
            stringFrom(in.getServiceName())};
  }

 private:
  void note(std::string what) {
    if (damage_.empty()) damage_ = std::move(what);
  }

  template <class Reader>
  Permission permission(const Reader& in) {
    const auto capability = static_cast<std::uint16_t>(in.getCapability());
    if (capability >= capabilityCount()) unknown("the capability", capability);
    const Scope scope{ProjectId{in.getProject()},
                      enumerant(in.getScope(), Scope::Kind::kSystem, "the scope")};
    if ((scope.kind == Scope::Kind::kProject) != (scope.project.value != 0)) {
      note("a permission's scope and its project do not fit");
    }
    return {scope, Capability{capability}};
  }

  std::string damage_;
};

// Into a union of system, never and days.
template <class Builder>
void putExpiry(Builder out, const Expiry& expiry) {
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: out.setSystem(); break;
    case Expiry::Kind::kNever: out.setNever(); break;
    case Expiry::Kind::kDays: out.setDays(expiry.count); break;
  }
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

template <class Builder>
void putSecret(Builder out, const SecretHash& secret) {
  using Data = const unsigned char*;
  out.setFingerprint(secret.fingerprint);
  out.setKind(static_cast<decltype(out.getKind())>(secret.kind));
  if (!secret.hash.empty()) {
    out.setHash({reinterpret_cast<Data>(secret.hash.data()), secret.hash.size()});
  }
  if (!secret.salt.empty()) {
    out.setSalt({reinterpret_cast<Data>(secret.salt.data()), secret.salt.size()});
  }
}

template <class Builder>
void putServiceSettings(Builder out, const ServiceSettings& settings) {
  const auto& [lifetime_s, segment, name] = settings;
  if (!name.empty()) out.setServiceName({name.c_str(), name.size()});
  if (!segment.empty()) out.setChartsSegment({segment.c_str(), segment.size()});
  out.setTokenLifetimeSeconds(lifetime_s);
}

}  // namespace robotledger
