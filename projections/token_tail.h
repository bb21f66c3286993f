// The tail of registry tokens: one that was issued before a loss of access lives on until it runs
// out. So who could is widened: by the lifetime that tokens had when the last one was issued, and
// by what registries let clocks differ.
//
//   const TokenTail tail(view.catalog->service, as_of.sequence);
//   auto answers = whoCouldByToken(view, kPushImage, *place, {.from = noon}, as_of);
//
// All functions: any thread.
#pragma once

#include <span>
#include <vector>

#include "projections/access.h"

namespace robotledger {

// Whether registry tokens carry it: pull and push of images and charts, and delete.
bool isCarriedByTokens(Capability capability);

class TokenTail {
 public:
  // The service's settings as they changed up to that event.
  TokenTail(std::span<const ServiceChange> changes, Sequence as_of);

  // How long after a loss of access the last token may live, at most.
  std::int64_t longest_us() const;
  // From when on no token lives that was issued in the window; nothing where it does not end.
  std::optional<Instant> endOf(const Window& window) const;
  // The windows of one account, in order of time, each until its last token has run out; those that
  // touch then are one. When the last access in it ended, Window::access_until and closed_by tell.
  std::vector<Window> widened(std::span<const Window> windows) const;

 private:
  // The lifetime of tokens from an instant on.
  struct Lifetime {
    Instant from;
    std::int64_t us = 0;
  };
  std::vector<Lifetime> lifetimes_;  // in order of time, the first from the beginning of time on
};

// whoCould(), widened by the tail. The capability is one that tokens carry.
Result<std::vector<AccessAnswer>> whoCouldByToken(const View& view, Capability capability,
                                                  const Place& place, const Period& period,
                                                  const AsOf& as_of);

}  // namespace robotledger
