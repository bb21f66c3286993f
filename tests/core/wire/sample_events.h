// Events to encode: fixed ones, of which golden files are kept, and random ones.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/domain/event.h"

namespace robotledger {

struct Sample {
  std::string name;  // of its golden file
  Event event;
};

// At least one of every kind of event and of every channel, in order of kinds. Their golden files
// are never regenerated, so a sample is never changed; new ones are added.
std::vector<Sample> sampleEvents();

// An event that the domain could have written, or at least the codec has to keep.
class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : random_(seed) {}
  Event next();

 private:
  std::uint64_t number(std::uint64_t below);
  bool oneIn(std::uint64_t count) { return number(count) == 0; }
  // Of any magnitude.
  std::uint64_t anyNumber();
  std::string text(std::size_t max_bytes);
  template <std::size_t Size>
  std::array<std::uint8_t, Size> bytes();
  Expiry expiry();
  Permissions permissions();
  SecretHash secret();
  ServiceSettings service();
  Role role() { return static_cast<Role>(number(3)); }
  std::int32_t days();
  AccountId account() { return AccountId{anyNumber()}; }
  ProjectId project() { return ProjectId{static_cast<std::uint32_t>(anyNumber())}; }
  Channel channel();
  EventBody body(std::size_t kind);
  EventBody accountBody(std::size_t kind);
  EventBody otherBody(std::size_t kind);

  std::mt19937_64 random_;
};

}  // namespace robotledger
