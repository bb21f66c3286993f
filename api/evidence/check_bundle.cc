#include "api/evidence/check_bundle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "api/evidence/bundle_files.h"
#include "api/evidence/proven_events.h"
#include "api/evidence/scratch_rows.h"
#include "api/evidence/slim_answer.h"
#include "api/evidence/stored_zip.h"
#include "core/base/parse.h"
#include "core/ledger/verifier.h"
#include "core/log/tile_tree.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"
#include "core/merkle/tree.h"
#include "projections/memory_row_store.h"
#include "projections/row_build.h"

namespace robotledger {
namespace {

// Named by the manifest, and vouched for by its signature alone: another version of this program
// may word them in another way.
constexpr std::array<std::string_view, 3> kSignedAlone = {"README.md", "check_evidence.py",
                                                          "event.capnp"};
constexpr std::string_view kEventsFolder = "events/";

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, what}; }

// What fails while a bundle is asked again is wrong with the bundle, unless the system fails.
Error ofBundle(const Error& error) {
  return error.code == ErrorCode::kIo ? error : damaged(error.message);
}

class Checker {
 public:
  Checker(const StoredZip& zip, const VerifierKey& key, const CheckProgress& progress)
      : zip_(zip), key_(key), progress_(progress) {}

  Result<CheckedEvidence> run() {
    if (auto manifest = checkManifest(); !manifest) return manifest.error();
    if (auto signatures = checkSigned(); !signatures) return signatures.error();
    const bool is_full = statement_->completeness == Completeness::kFull;
    auto derived = is_full ? deriveFromLog() : deriveFromEvents();
    if (!derived) return ofBundle(derived.error());
    if (auto names = checkNames(); !names) return names.error();
    if (auto zone = checkZone(); !zone) return zone.error();
    checked_.statement = *statement_;
    checked_.files = zip_.members().size();
    return checked_;
  }

 private:
  Result<Bytes> read(std::string_view name) const {
    const ZipMember* member = zip_.find(name);
    if (member == nullptr) return damaged(std::string(name) + " is missing");
    return zip_.read(*member);
  }

  void tell(CheckStep step, std::uint64_t done, std::uint64_t all) const {
    if (progress_) progress_(step, done, all);
  }

  // That the key signed the manifest, and that it names the files that are there, as they are.
  Result<void> checkManifest() const {
    const auto manifest = read(kManifestFile);
    if (!manifest) return manifest.error();
    const auto text = openSigned(kManifestNote);
    if (!text) return text.error();
    if (*text != manifestText(*manifest)) {
      return damaged("manifest.txt is not the one that was signed");
    }
    std::string_view rest = *manifest;
    std::uint64_t done = 0;
    for (const ZipMember& member : zip_.members()) {
      tell(CheckStep::kReadingFiles, ++done, zip_.members().size());
      if (member.name == kManifestFile || member.name == kManifestNote) continue;
      const auto bytes = zip_.read(member);
      if (!bytes) return bytes.error();
      const std::string line = manifestLine(member.name, *bytes);
      if (!rest.starts_with(line)) {
        return damaged(member.name + " is not what the manifest says, or not in its place there");
      }
      rest.remove_prefix(line.size());
    }
    if (rest.empty()) return {};
    return damaged("the manifest names files that are missing");
  }

  // The text of a note in the bundle, which the key signed, and nobody else.
  Result<std::string> openSigned(std::string_view name) const {
    const auto note = read(name);
    if (!note) return note.error();
    const auto wrong = [&](const Error& error) {
      return damaged(std::string(name) + ": " + error.message);
    };
    const auto parsed = parseNote(*note);
    if (!parsed) return wrong(parsed.error());
    auto opened = openNote(*note, {&key_, 1});
    if (!opened) {
      return damaged(fmt::format("{} is not signed with {}: {}", name, formatVerifierKey(key_),
                                 opened.error().message));
    }
    if (parsed->signatures.size() == 1) return std::move(opened->text);
    return damaged(std::string(name) + " has more than the one signature of a bundle");
  }

  // The key, the checkpoint, and what the bundle says of itself, which has to fit it.
  Result<void> checkSigned() {
    const auto key = read(kKeyFile);
    if (!key) return key.error();
    if (*key != formatVerifierKey(key_) + "\n") {
      return damaged("verifier-key.txt is another key than the given one");
    }
    if (auto text = openSigned(kCheckpointFile); !text) return text.error();
    const auto note = read(kCheckpointFile);
    if (!note) return note.error();
    const auto opened = openCheckpoint(*note, key_);
    if (!opened) return damaged("checkpoint: " + opened.error().message);
    note_ = *note;
    const auto text = read(kStatementFile);
    if (!text) return text.error();
    auto statement = parseStatement(*text);
    if (!statement) return statement.error();
    if (statement->checkpoint != opened->checkpoint) {
      return damaged("question.json is about another checkpoint than the one in the bundle");
    }
    statement_ = std::move(*statement);
    return {};
  }

  // The whole log is there: it is verified, and the question is asked of it.
  Result<void> deriveFromLog() {
    const Checkpoint& checkpoint = statement_->checkpoint;
    const auto log = openTileLog(checkpoint.size, checkpoint.root, [&](const std::string& path) {
      return zip_.read(std::string(kLogFolder) + path);
    });
    VerifyLogOptions options;
    options.progress = [&](TreeSize done, TreeSize all) {
      tell(CheckStep::kVerifyingLog, done.value, all.value);
    };
    if (const auto verified = verifyLog(*log, options); !verified) return verified.error();
    const auto rows = ScratchRows::make(checkpoint.size);
    if (!rows) return rows.error();
    const auto view = buildFromNothing(*log, checkpoint.size, (*rows)->store(), kRebuildMemory,
                                       [&](TreeSize done, TreeSize all) {
                                         tell(CheckStep::kBuildingRows, done.value, all.value);
                                       });
    if (!view) return view.error();
    if ((*view)->last_time != statement_->as_of.time) {
      return damaged("the last event of the log has another time than question.json says");
    }
    Asking asking(**view, statement_->reader, statement_->as_of.time);
    const auto outcome = answerTo(asking, statement_->question, statement_->as_of);
    if (!outcome) return outcome.error();
    if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return refused(*refusal);
    BundleFiles files;
    const auto events = derive(files, asking, std::get<WholeAnswer>(*outcome));
    if (!events) return events.error();
    addProofs(files, *log, note_, *events);
    addLog(files, *log, note_);
    return compare(files, "the log gives");
  }

  // The events of the answer alone are there: their proofs are checked, and they are asked.
  Result<void> deriveFromEvents() {
    ProvenEvents events(statement_->checkpoint.size, statement_->checkpoint.root);
    if (auto proven = proveEvents(events); !proven) return proven;
    const bool is_log = std::holds_alternative<LogQuestion>(statement_->question);
    MemoryRowStore rows;
    const auto view =
        viewOf(events, rows, statement_->as_of, is_log ? EventsTaken::kNames : EventsTaken::kAll);
    if (!view) return view.error();
    const auto claimed = read(kAnswerFile);
    if (!claimed) return claimed.error();
    Asking asking(**view, statement_->reader, statement_->as_of.time);
    const auto outcome = slimAnswer(asking, *statement_, *claimed);
    if (!outcome) return outcome.error();
    if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return refused(*refusal);
    BundleFiles files;
    const auto needed = derive(files, asking, std::get<WholeAnswer>(*outcome));
    if (!needed) return needed.error();
    for (const auto& [sequence, entry] : events.entries()) {
      if (needed->contains(sequence)) continue;
      return damaged(entryFile(sequence) + " has nothing to do with the answer");
    }
    for (const Sequence one : *needed) {
      expected_.insert(entryFile(one));
      expected_.insert(proofFile(one));
    }
    return compare(files, "the events in it give");
  }

  static Error refused(const Refusal& refusal) {
    return damaged("the question would have been refused: " + refusal.message);
  }

  // The files that follow from the answer, and the events that it needs.
  Result<std::set<Sequence>> derive(BundleFiles& files, Asking& asking, const WholeAnswer& answer) {
    auto events = addAnswer(files, asking, *statement_, answer);
    if (!events) return events;
    checked_.question = answer.question;
    checked_.verdict = answer.verdict;
    checked_.events = events->size();
    return events;
  }

  Result<void> proveEvents(ProvenEvents& events) const {
    for (const ZipMember& member : zip_.members()) {
      std::string_view number = member.name;
      if (!number.starts_with(kEventsFolder) || !number.ends_with(".bin")) continue;
      number.remove_prefix(kEventsFolder.size());
      const auto sequence = parseDecimal(number.substr(0, number.size() - 4));
      if (!sequence) return damaged(member.name + " has no event's name");
      auto entry = zip_.read(member);
      if (!entry) return entry.error();
      if (auto proven = checkProof(Sequence{*sequence}, *entry); !proven) return proven;
      events.add(Sequence{*sequence}, std::move(*entry));
    }
    return {};
  }

  Result<void> checkProof(Sequence sequence, BytesView entry) const {
    const std::string name = proofFile(sequence);
    const auto file = read(name);
    if (!file) return file.error();
    const auto proof = parseTlogProof(*file);
    if (!proof) return damaged(name + ": " + proof.error().message);
    if (proof->index != sequence || proof->checkpoint != note_ || proof->extra) {
      return damaged(name + " proves something else");
    }
    const Checkpoint& checkpoint = statement_->checkpoint;
    const auto included =
        checkInclusion(leafHash(entry), sequence, checkpoint.size, proof->path, checkpoint.root);
    if (included) return {};
    return damaged(entryFile(sequence) + " is not in the log: " + included.error().message);
  }

  // What was made anew with what is there. `source` is "the log gives".
  Result<void> compare(const BundleFiles& files, const char* source) {
    for (const auto& [name, make] : files) {
      expected_.insert(name);
      const auto there = read(name);
      if (!there) return there.error();
      const auto made = make();
      if (!made) return made.error();
      if (*there != *made) return damaged(fmt::format("{} is not what {}", name, source));
    }
    return {};
  }

  // That there is nothing else.
  Result<void> checkNames() {
    expected_.insert(kSignedAlone.begin(), kSignedAlone.end());
    for (const auto& name : {kManifestFile, kManifestNote, kCheckpointFile, kKeyFile}) {
      expected_.emplace(name);
    }
    for (const ZipMember& member : zip_.members()) {
      if (!expected_.contains(member.name)) return damaged(member.name + " does not belong here");
    }
    for (const std::string& name : expected_) {
      if (zip_.find(name) == nullptr) return damaged(name + " is missing");
    }
    return {};
  }

  // When a date was depends on data of zones, which differ from system to system.
  Result<void> checkZone() {
    const auto* question = std::get_if<WhoCouldQuestion>(&statement_->question);
    if (question == nullptr || !question->when.json.contains("on")) return {};
    const Json& asked = question->when.json;
    const auto here = onDate(asked["on"].get<std::string>(), asked["tz"].get<std::string>());
    const auto same = [](const Period& one, const Period& other) {
      return one.from == other.from && one.to == other.to;
    };
    if (here && std::ranges::equal(here->periods, question->when.periods, same)) return {};
    if (here && here->json == asked) {
      return damaged("question.json says when " + asked["on"].get<std::string>() +
                     " was, and by the same zone data it was not then");
    }
    checked_.notes.push_back(fmt::format(
        "the answer is for the date {}; by the zone data of this system {}", question->when.words,
        here ? "it was " + here->words : "that cannot be told: " + here.error().message));
    return {};
  }

  const StoredZip& zip_;
  const VerifierKey& key_;
  const CheckProgress& progress_;
  std::string note_;  // the checkpoint, signed
  std::optional<Statement> statement_;
  std::set<std::string> expected_;  // names of files
  CheckedEvidence checked_;
};

}  // namespace

Result<CheckedEvidence> checkEvidence(const std::string& path, const VerifierKey& key,
                                      const CheckProgress& progress) {
  const auto zip = StoredZip::open(path);
  if (!zip) return zip.error();
  return Checker(**zip, key, progress).run();
}

}  // namespace robotledger
