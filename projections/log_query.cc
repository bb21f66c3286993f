#include "projections/log_query.h"

#include <algorithm>

#include "core/ledger/saved_state.h"
#include "projections/access.h"
#include "projections/posting_list.h"
#include "projections/row_keys.h"

namespace robotledger {

class LogQuery::Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  // The first that matches at or after `from`, which never goes back; nothing at the end.
  virtual Result<std::optional<Sequence>> seek(Sequence from) = 0;
};

// What is in any of some posting lists.
class LogQuery::Postings final : public Source {
 public:
  void add(const RowSnapshot& rows, Bytes prefix) {
    lists_.push_back(std::make_unique<PostingCursor>(rows, std::move(prefix)));
  }

  Result<std::optional<Sequence>> seek(Sequence from) override {
    std::optional<Sequence> first;
    for (const auto& list : lists_) {
      const auto found = list->seek(from);
      if (!found) return found.error();
      if (*found && (!first || **found < *first)) first = **found;
    }
    return first;
  }

 private:
  std::vector<std::unique_ptr<PostingCursor>> lists_;
};

// What is in a list, sorted.
class LogQuery::Listed final : public Source {
 public:
  explicit Listed(std::vector<Sequence> sequences) : sequences_(std::move(sequences)) {}

  Result<std::optional<Sequence>> seek(Sequence from) override {
    const auto begin = sequences_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto found = std::lower_bound(begin, sequences_.end(), from);
    at_ = static_cast<std::size_t>(found - sequences_.begin());
    if (found == sequences_.end()) return std::optional<Sequence>();
    return std::optional<Sequence>(*found);
  }

 private:
  std::vector<Sequence> sequences_;
  std::size_t at_ = 0;
};

namespace {

Result<std::vector<Sequence>> eventsOf(const View& view, const std::vector<AccountId>& accounts,
                                       const AsOf& as_of) {
  std::vector<Sequence> sequences;
  for (const AccountId account : accounts) {
    const auto row = findAccountRow(view, account);
    if (!row) return row.error();
    if (!*row) continue;
    const auto history = historyOf(view, **row, as_of);
    if (!history) return history.error();
    for (const HistoryEntry& entry : *history) sequences.push_back(entry.sequence);
  }
  // An event is about one account, so that none comes twice.
  std::ranges::sort(sequences);
  return sequences;
}

Bytes projectPostings(ProjectId project) {
  Bytes number;
  putBigEndian32(number, project.value);
  return postingPrefix(PostingIndex::kProject, number);
}

}  // namespace

Result<Sequence> firstAtOrAfter(const LogStore& log, TreeSize size, Instant time) {
  std::uint64_t low = 0;
  std::uint64_t high = size.value;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto event = readEvent(log, Sequence{middle});
    if (!event) return event.error();
    if (event->time < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Sequence{low};
}

LogQuery::~LogQuery() = default;

Result<std::unique_ptr<LogQuery>> LogQuery::start(const View& view, const LogFilter& filter) {
  std::unique_ptr<LogQuery> query(new LogQuery());
  query->until_ = TreeSize{std::min(filter.as_of.value + 1, view.size.value)};
  if (filter.after) query->at_ = Sequence{filter.after->value + 1};
  if (filter.from) {
    const auto first = firstAtOrAfter(*view.log, query->until_, *filter.from);
    if (!first) return first.error();
    query->at_ = std::max(query->at_, *first);
  }
  if (filter.to) {
    const auto end = firstAtOrAfter(*view.log, query->until_, *filter.to);
    if (!end) return end.error();
    query->until_ = TreeSize{end->value};
  }
  if (filter.accounts) {
    auto events = eventsOf(view, *filter.accounts, {filter.as_of, view.last_time});
    if (!events) return events.error();
    query->sources_.push_back(std::make_unique<Listed>(std::move(*events)));
  }
  if (filter.projects) {
    auto postings = std::make_unique<Postings>();
    for (const ProjectId project : *filter.projects) {
      postings->add(*view.rows, projectPostings(project));
    }
    query->sources_.push_back(std::move(postings));
  }
  if (filter.actor) {
    auto postings = std::make_unique<Postings>();
    postings->add(*view.rows, postingPrefix(PostingIndex::kActor, *filter.actor));
    query->sources_.push_back(std::move(postings));
  }
  if (filter.kind) {
    const Bytes kind(1, static_cast<char>(*filter.kind));
    auto postings = std::make_unique<Postings>();
    postings->add(*view.rows, postingPrefix(PostingIndex::kKind, kind));
    query->sources_.push_back(std::move(postings));
  }
  return query;
}

Result<std::optional<Sequence>> LogQuery::next() {
  std::size_t agreed = 0;  // how many sources in turn have at_
  for (std::size_t i = 0; agreed < sources_.size(); i = (i + 1) % sources_.size()) {
    const auto found = sources_[i]->seek(at_);
    if (!found) return found.error();
    if (!*found || (*found)->value >= until_.value) {
      at_ = Sequence{until_.value};
      break;
    }
    agreed = **found == at_ ? agreed + 1 : 1;
    at_ = **found;
  }
  if (at_.value >= until_.value) return std::optional<Sequence>();
  const Sequence matched = at_;
  at_.value += 1;
  return std::optional<Sequence>(matched);
}

}  // namespace robotledger
