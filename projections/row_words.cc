#include "projections/row_words.h"

#include "core/domain/event.h"
#include "core/domain/text.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

constexpr std::size_t kNumberBytes = 8;

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string accountIn(ByteReader& key) { return "account " + number(key.bigEndian64()); }

std::string fromEvent(ByteReader& key) {
  return " from event " + number(key.bigEndian64()) + " on";
}

std::string homeIn(ByteReader& key) {
  const std::uint32_t project = key.bigEndian32();
  return project == 0 ? "at system level" : "in project " + number(project);
}

std::string placeIn(ByteReader& key) {
  const auto kind = static_cast<Scope::Kind>(key.byte());
  const std::string project = number(key.bigEndian32());
  if (kind == Scope::Kind::kAllProjects) return "in all projects";
  return kind == Scope::Kind::kSystem ? "in the system" : "in project " + project;
}

std::string timeline(ByteReader& key) {
  const std::string place = placeIn(key);
  const Capability capability{key.bigEndian16()};
  key.take(kNumberBytes);  // the time says less than the event
  std::string who = "who could do what is not known here ";
  if (capability == kExists) who = "who existed ";
  if (capability.index < capabilityCount()) who = "who could " + capability.shortName() + " ";
  return who + place + fromEvent(key);
}

// From here on the key is no key.
void spoil(ByteReader& key) { key.take(key.left() + 1); }

// Text of any length, and what comes after it with a zero byte between.
BytesView textBefore(ByteReader& key, std::size_t rest) {
  BytesView text;
  if (key.left() > rest) text = key.take(key.left() - rest - 1);
  if (key.byte() != 0) spoil(key);
  return text;
}

std::string name(ByteReader& key) {
  const std::string place = homeIn(key);
  const BytesView text = textBefore(key, kNumberBytes);
  return "the name " + inQuotes(text) + " " + place + " of " + accountIn(key);
}

std::string postings(ByteReader& key) {
  const auto index = static_cast<PostingIndex>(key.byte());
  const BytesView of = textBefore(key, kNumberBytes);
  std::string events = "the events ";
  if (index == PostingIndex::kProject) {
    ByteReader project(of);
    events += homeIn(project);
    if (!project.ok() || !project.atEnd()) spoil(key);
  } else if (index == PostingIndex::kActor) {
    events += "by " + inQuotes(of);
  } else {
    const std::size_t kind =
        of.size() == 1 ? static_cast<std::uint8_t>(of[0]) : std::variant_size_v<EventBody>;
    const bool is_known = kind < std::variant_size_v<EventBody>;
    events += "of kind " + (is_known ? std::string(eventKindName(kind)) : "unknown");
  }
  return events + fromEvent(key);
}

std::string ending(ByteReader& key) {
  const char* const by = key.byte() == 'd' ? " by its own days" : " by the system's setting";
  key.take(kNumberBytes);
  return "the end of " + accountIn(key) + by;
}

std::string subjectOf(char kind, ByteReader& key) {
  switch (kind) {
    case 'M': return "the views' own " + inQuotes(key.take(key.left()));
    case 'P': return "project " + number(key.bigEndian32());
    case 'S': return "the system's setting of event " + number(key.bigEndian64());
    case 'A': {
      const std::string home = homeIn(key);
      return accountIn(key) + " " + home;
    }
    case 'H': return "the home of " + accountIn(key);
    case 'a': {
      const std::string account = accountIn(key);
      return "the older history of " + account + fromEvent(key);
    }
    case 'N': return name(key);
    case 'F': {
      key.take(kNumberBytes);
      const std::string account = accountIn(key);
      return "the secret of " + account + " of event " + number(key.bigEndian64());
    }
    case 'T': return timeline(key);
    case 'L': return postings(key);
    case 'E': return ending(key);
    default: return "";
  }
}

}  // namespace

std::string rowInWords(BytesView key) {
  ByteReader rest(key.substr(key.empty() ? 0 : 1));
  const std::string subject = key.empty() ? "" : subjectOf(key.front(), rest);
  const bool is_whole = !subject.empty() && rest.ok() && rest.atEnd();
  return is_whole ? "the row of " + subject : "a row of no kind";
}

}  // namespace robotledger
