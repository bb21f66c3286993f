#include "api/evidence/bundle_files.h"

#include <fmt/format.h>

#include "api/evidence/answer_page.h"
#include "api/evidence/carried_files.h"
#include "api/json/event_json.h"
#include "core/base/limits.h"
#include "core/ledger/saved_state.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tlog_proof.h"

namespace robotledger {
namespace {

// What an event tells of by its number.
struct Named {
  std::set<ProjectId> projects;
  AccountId account;
  std::optional<Sequence> import;
};

Named namedIn(const Event& event) {
  Named named{.projects = {}, .account = accountOf(event.body), .import = {}};
  const auto add = [&](ProjectId project) {
    if (project.value != 0) named.projects.insert(project);
  };
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.project; }) add(body.project);
        if constexpr (requires { body.permissions; }) {
          for (const Permission& one : body.permissions) add(one.scope.project);
        }
      },
      event.body);
  if (const auto* import = std::get_if<Import>(&event.channel)) named.import = import->opened;
  return named;
}

// Finds the events without which others would not be understood.
class Closure {
 public:
  explicit Closure(const View& view) : view_(view) {}

  Result<std::set<Sequence>> of(const std::set<Sequence>& events) {
    for (const Sequence one : events) want(one);
    while (!waiting_.empty()) {
      if (found_.size() > kMaxEvidenceEvents) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("the answer rests on more than {} events: ask about less",
                                 kMaxEvidenceEvents)};
      }
      const Sequence next = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      if (auto added = addNamesOf(next); !added) return added.error();
    }
    return std::move(found_);
  }

 private:
  void want(Sequence sequence) {
    if (found_.insert(sequence).second) waiting_.insert(sequence);
  }

  Result<void> addNamesOf(Sequence sequence) {
    const auto event = readEvent(*view_.log, sequence);
    if (!event) return event.error();
    const Named named = namedIn(*event);
    if (named.import) want(*named.import);
    for (const ProjectId project : named.projects) {
      const ProjectLife* life = view_.catalog->find(project);
      if (life == nullptr || life->name.empty()) return missing(sequence);
      want(life->created);
    }
    if (named.account.value == 0) return {};
    const auto row = findAccountRow(view_, named.account);
    if (!row) return row.error();
    if (!*row) return missing(sequence);
    want((*row)->created);
    return {};
  }

  static Error missing(Sequence sequence) {
    return {ErrorCode::kDamaged, fmt::format("event {} is about something that the events at hand "
                                             "do not begin",
                                             sequence.value)};
  }

  const View& view_;
  std::set<Sequence> found_;
  std::set<Sequence> waiting_;
};

Result<Bytes> eventLines(Asking& asking, const std::set<Sequence>& events) {
  Bytes lines;
  for (const Sequence sequence : events) {
    const auto event = readEvent(*asking.view().log, sequence);
    if (!event) return event.error();
    const auto json = eventJson(*event, asking.names());
    if (!json) return json.error();
    lines += jsonText(*json) + "\n";
  }
  return lines;
}

Result<Bytes> proofOf(const LogStore& log, Sequence sequence, const std::string& checkpoint) {
  auto path = proveInclusion(sequence, log.head().size, std::bind_front(&LogStore::hashTile, &log));
  if (!path) return path.error();
  return formatTlogProof(
      {.index = sequence, .path = std::move(*path), .checkpoint = checkpoint, .extra = {}});
}

Result<Bytes> tileFile(const LogStore& log, const TileName& name) {
  if (name.kind == TileKind::kHashes) {
    return log.hashTile(name.tile.level, name.tile.index, name.width);
  }
  const std::uint64_t first = name.tile.index * kTileWidth;
  const auto cursor = log.scan(Sequence{first}, TreeSize{first + name.width});
  if (!cursor) return cursor.error();
  Bytes bundle;
  for (auto record = (*cursor)->next();; record = (*cursor)->next()) {
    if (!record) return record.error();
    if (!record->has_value()) return bundle;
    if (auto put = putEntry(bundle, **record); !put) return put.error();
  }
}

// What the text has between @@ and @@, put in.
std::string filledIn(std::string_view text, const std::map<std::string_view, std::string>& words) {
  constexpr std::string_view kMark = "@@";
  std::string filled;
  while (true) {
    const std::size_t begin = text.find(kMark);
    const std::size_t end = begin == text.npos ? begin : text.find(kMark, begin + kMark.size());
    if (end == text.npos) return filled.append(text);
    const auto word = words.find(text.substr(begin + kMark.size(), end - begin - kMark.size()));
    filled.append(text.substr(0, begin));
    if (word != words.end()) filled += word->second;
    text.remove_prefix(end + kMark.size());
  }
}

std::string readme(const Statement& statement, const WholeAnswer& answer) {
  const bool is_full = statement.completeness == Completeness::kFull;
  return filledIn(
      kBundleReadme,
      {{"ORIGIN", statement.checkpoint.origin},
       {"QUESTION", answer.question},
       {"AS_OF",
        fmt::format("{} ({})", answer.as_of.sequence.value, formatInstant(answer.as_of.time))},
       {"VERDICT", answer.verdict},
       {"SHOWS", shownBy(statement.completeness)},
       {"LOG_FILES", is_full ? "| `log/` | the whole log up to that event, as c2sp.org/tlog-tiles "
                               "lays it out |\n"
                             : ""},
       {"LOG_CHECK", is_full ? std::string(kBundleReadmeLog) : "\n"}});
}

}  // namespace

std::string entryFile(Sequence sequence) { return fmt::format("events/{}.bin", sequence.value); }

std::string proofFile(Sequence sequence) {
  return fmt::format("events/{}.tlog-proof", sequence.value);
}

Result<std::set<Sequence>> addAnswer(BundleFiles& files, Asking& asking, const Statement& statement,
                                     const WholeAnswer& answer) {
  auto events = Closure(asking.view()).of(answer.rests_on);
  if (!events) return events;
  auto lines = eventLines(asking, *events);
  if (!lines) return lines.error();
  const auto add = [&](std::string_view name, Bytes bytes) {
    files[std::string(name)] = [bytes = std::move(bytes)]() -> Result<Bytes> { return bytes; };
  };
  add(kStatementFile, formatStatement(statement));
  add(kAnswerFile, answer.json);
  add("answer.csv", answerCsv(answer));
  add("answer.html", answerPage(answer, statement));
  add("events.jsonl", std::move(*lines));
  return events;
}

void addProofs(BundleFiles& files, const LogStore& log, const std::string& checkpoint,
               const std::set<Sequence>& events) {
  for (const Sequence one : events) {
    files[entryFile(one)] = [&log, one] { return log.read(one); };
    files[proofFile(one)] = [&log, one, checkpoint] { return proofOf(log, one, checkpoint); };
  }
}

void addLog(BundleFiles& files, const LogStore& log, const std::string& checkpoint) {
  const std::string folder(kLogFolder);
  files[folder + std::string(kCheckpointFile)] = [checkpoint]() -> Result<Bytes> {
    return checkpoint;
  };
  const TreeSize size = log.head().size;
  const auto add = [&](const TileName& name) {
    files[folder + tilePath(name)] = [&log, name] { return tileFile(log, name); };
  };
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t tiles = (hashesAtLevel(level, size) + kTileWidth - 1) / kTileWidth;
    for (std::uint64_t index = 0; index < tiles; ++index) {
      const TileId tile{level, index};
      add({.tile = tile, .width = tileWidth(tile, size), .kind = TileKind::kHashes});
      if (level > 0) continue;
      add({.tile = tile, .width = tileWidth(tile, size), .kind = TileKind::kEntries});
    }
  }
}

void addHelp(BundleFiles& files, const Statement& statement, const WholeAnswer& answer,
             const VerifierKey& key, const std::string& checkpoint) {
  const auto add = [&](std::string_view name, Bytes bytes) {
    files[std::string(name)] = [bytes = std::move(bytes)]() -> Result<Bytes> { return bytes; };
  };
  add("README.md", readme(statement, answer));
  add("check_evidence.py", Bytes(kCheckScript));
  add("event.capnp", Bytes(kEventSchema));
  add(kKeyFile, formatVerifierKey(key) + "\n");
  add(kCheckpointFile, checkpoint);
}

std::string manifestLine(std::string_view name, BytesView bytes) {
  const Digest digest = sha256(bytes);
  return fmt::format("{}  {}\n", toHex(digestBytes(digest)), name);
}

std::string manifestText(BytesView manifest) {
  return fmt::format("{}\n{}", kEvidenceVersion, manifestLine(kManifestFile, manifest));
}

}  // namespace robotledger
