#include "projections/token_tail.h"

#include <algorithm>
#include <limits>

#include "core/base/limits.h"

namespace robotledger {
namespace {

constexpr Instant kBeginning{std::numeric_limits<std::int64_t>::min()};
constexpr std::int64_t kSkew_us = std::int64_t{kRegistrySkewSeconds} * kUsPerSecond;

std::int64_t lifetime_us(const ServiceSettings& settings) {
  return std::int64_t{std::max(settings.token_lifetime_s, 0)} * kUsPerSecond;
}

// The period, begun earlier by the tail: who could in it may have a token that lives in the period.
Period withTail(const Period& period, const TokenTail& tail) {
  const Instant first{std::max<std::int64_t>(period.from.us - tail.longest_us(), 0)};
  return {.from = std::min(period.from, first),
          .to = period.to.value_or(Instant{period.from.us + 1})};
}

}  // namespace

bool isCarriedByTokens(Capability capability) {
  static const Capability kDelete = *findCapability("repository", "delete");
  return capability == kPullImage || capability == kPushImage || capability == kPullChart ||
         capability == kPushChart || capability == kDelete;
}

TokenTail::TokenTail(std::span<const ServiceChange> changes, Sequence as_of) {
  lifetimes_.push_back({kBeginning, lifetime_us({})});
  for (const ServiceChange& change : changes) {
    if (change.sequence > as_of) break;
    // Of several at one instant the last holds.
    if (lifetimes_.back().from == change.time) lifetimes_.pop_back();
    lifetimes_.push_back({change.time, lifetime_us(change.settings)});
  }
}

std::int64_t TokenTail::longest_us() const {
  return std::ranges::max(lifetimes_, {}, &Lifetime::us).us + kSkew_us;
}

std::optional<Instant> TokenTail::endOf(const Window& window) const {
  if (!window.until) return std::nullopt;
  // The lifetimes that were in force within the window: the last of each begins to end where it
  // does, or where the window does.
  auto at = std::ranges::upper_bound(lifetimes_, window.from, {}, &Lifetime::from);
  Instant end = *window.until;
  for (--at; at != lifetimes_.end() && at->from < *window.until; ++at) {
    const auto next = std::next(at);
    const Instant last =
        next == lifetimes_.end() ? *window.until : std::min(next->from, *window.until);
    end = std::max(end, Instant{last.us + at->us + kSkew_us});
  }
  return end < kEndOfTime ? std::optional(end) : std::nullopt;
}

std::vector<Window> TokenTail::widened(std::span<const Window> windows) const {
  std::vector<Window> wide;
  for (const Window& window : windows) {
    Window one = window;
    one.until = endOf(window);
    one.access_until = window.until;
    if (wide.empty() || (wide.back().until && *wide.back().until < one.from)) {
      wide.push_back(one);
      continue;
    }
    // The tokens of the one before may live longer, where their lifetime was shortened since.
    Window& both = wide.back();
    if (!one.until || !both.until || *both.until < *one.until) both.until = one.until;
    both.access_until = one.access_until;
    both.closed_by = one.closed_by;
  }
  return wide;
}

Result<std::vector<AccessAnswer>> whoCouldByToken(const View& view, Capability capability,
                                                  const Place& place, const Period& period,
                                                  const AsOf& as_of) {
  RL_CHECK(isCarriedByTokens(capability), "only what tokens carry has a tail");
  const TokenTail tail(view.catalog->service, as_of.sequence);
  auto answers = whoCould(view, capability, place, withTail(period, tail), as_of);
  if (!answers) return answers;
  for (AccessAnswer& answer : *answers) {
    const auto row = findAccountRow(view, answer.id);
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kViewsDamaged, "an account that could has no row"};
    // All of them: a window and the tail of one long before may be one.
    const auto all = accountWindows(view, **row, capability, place, as_of);
    if (!all) return all.error();
    answer.windows = tail.widened(*all);
    std::erase_if(answer.windows, [&](const Window& window) { return !overlaps(window, period); });
  }
  std::erase_if(*answers, [](const AccessAnswer& answer) { return answer.windows.empty(); });
  return answers;
}

}  // namespace robotledger
