#include "api/evidence/bundle.h"

#include <fmt/format.h>

#include "api/evidence/bundle_files.h"
#include "api/evidence/log_prefix.h"
#include "api/evidence/new_file.h"
#include "api/evidence/scratch_rows.h"
#include "api/evidence/stored_zip.h"
#include "core/ledger/verifier.h"
#include "core/merkle/checkpoint.h"
#include "projections/row_build.h"

namespace robotledger {
namespace {

std::optional<Refusal> refusedAtOnce(const EvidenceRequest& request) {
  if (request.completeness == Completeness::kSlim || request.reader.everything) return {};
  return Refusal{RefusalCode::kForbidden,
                 "a full bundle has the whole log in it, which an auditor or a system "
                 "administrator may read; --slim makes one of the answer's own events"};
}

// What the signer makes of it is looked at, since a bundle that nobody can check helps nobody.
Result<std::string> signedCheckpoint(const EvidenceSigner& signer, const Checkpoint& checkpoint) {
  auto note = signer.checkpoint(checkpoint);
  if (!note) return note;
  const auto opened = openCheckpoint(*note, signer.key);
  if (!opened) return opened.error();
  const auto parsed = parseNote(*note);
  if (!parsed) return parsed.error();
  if (opened->checkpoint == checkpoint && parsed->signatures.size() == 1) return note;
  return Error{ErrorCode::kInvalidArgument,
               "the signer signed another checkpoint than the one asked for"};
}

// Writes the files, and the manifest in its place among them.
class BundleWriter {
 public:
  BundleWriter(NewFile& file, const EvidenceSigner& signer)
      : signer_(signer), zip_([&](BytesView bytes) {
          bytes_ += bytes.size();
          return file.write(bytes);
        }) {}

  Result<void> write(const BundleFiles& files, const EvidenceProgress& progress) {
    const auto behind = files.lower_bound(std::string(kManifestNote));
    std::uint64_t done = 0;
    const auto put = [&](BundleFiles::const_iterator from, BundleFiles::const_iterator to) {
      for (; from != to; ++from) {
        if (auto added = add(from->first, from->second); !added) return added;
        if (progress) progress(EvidenceStep::kWritingFiles, ++done, files.size());
      }
      return Result<void>();
    };
    if (auto before = put(files.begin(), behind); !before) return before;
    if (auto manifest = addManifest(behind, files.end()); !manifest) return manifest;
    if (auto rest = put(behind, files.end()); !rest) return rest;
    return zip_.finish();
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  Result<void> add(const std::string& name, const std::function<Result<Bytes>()>& make) {
    const auto bytes = make();
    if (!bytes) return bytes.error();
    manifest_ += manifestLine(name, *bytes);
    return zip_.add(name, *bytes);
  }

  // The files behind it are few and small: they are made twice.
  Result<void> addManifest(BundleFiles::const_iterator from, BundleFiles::const_iterator to) {
    std::string manifest = manifest_;
    for (; from != to; ++from) {
      const auto bytes = from->second();
      if (!bytes) return bytes.error();
      manifest += manifestLine(from->first, *bytes);
    }
    const auto note = signer_.note(manifestText(manifest));
    if (!note) return note.error();
    if (auto added = zip_.add(kManifestNote, *note); !added) return added;
    return zip_.add(kManifestFile, manifest);
  }

  const EvidenceSigner& signer_;
  std::uint64_t bytes_ = 0;
  StoredZipWriter zip_;
  std::string manifest_;
};

// The log as far as the question goes, looked at from its first byte on, and rows made of it.
Result<std::shared_ptr<const View>> derive(const LogStore& prefix, RowStore& rows,
                                           const EvidenceProgress& progress) {
  VerifyLogOptions options;
  std::function<void(TreeSize, TreeSize)> building;
  if (progress) {
    options.progress = [&](TreeSize done, TreeSize all) {
      progress(EvidenceStep::kVerifyingLog, done.value, all.value);
    };
    building = [&](TreeSize done, TreeSize all) {
      progress(EvidenceStep::kBuildingRows, done.value, all.value);
    };
  }
  const auto verified = verifyLog(prefix, options);
  if (!verified) return verified.error();
  return buildFromNothing(prefix, prefix.head().size, rows, kRebuildMemory, building);
}

}  // namespace

Result<std::variant<Refusal, WrittenEvidence>> writeEvidence(const LogStore& log,
                                                             const EvidenceRequest& request,
                                                             const EvidenceSigner& signer,
                                                             const std::string& path,
                                                             const EvidenceProgress& progress) {
  using Outcome = std::variant<Refusal, WrittenEvidence>;
  if (auto refusal = refusedAtOnce(request)) return Outcome(*refusal);
  const auto prefix = openLogPrefix(log, request.size);
  if (!prefix) return prefix.error();
  auto file = NewFile::create(path);
  if (!file) return file.error();
  const auto rows = ScratchRows::make(request.size);
  if (!rows) return rows.error();
  const auto view = derive(**prefix, (*rows)->store(), progress);
  if (!view) return view.error();

  const AsOf as_of = (*view)->newest();
  Asking asking(**view, request.reader, as_of.time);
  const auto outcome = answerTo(asking, request.question, as_of);
  if (!outcome) return outcome.error();
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return Outcome(*refusal);
  const auto& answer = std::get<WholeAnswer>(*outcome);

  const Statement statement{.question = request.question,
                            .as_of = as_of,
                            .checkpoint = {.origin = signer.key.name,
                                           .size = request.size,
                                           .root = (*prefix)->head().root},
                            .completeness = request.completeness,
                            .reader = request.reader};
  const auto checkpoint = signedCheckpoint(signer, statement.checkpoint);
  if (!checkpoint) return checkpoint.error();
  BundleFiles files;
  const auto events = addAnswer(files, asking, statement, answer);
  if (!events) return events.error();
  addProofs(files, **prefix, *checkpoint, *events);
  addHelp(files, statement, answer, signer.key, *checkpoint);
  if (request.completeness == Completeness::kFull) addLog(files, **prefix, *checkpoint);

  BundleWriter writer(**file, signer);
  if (auto written = writer.write(files, progress); !written) return written.error();
  if (auto published = (*file)->publish(); !published) return published.error();
  return Outcome(WrittenEvidence{.checkpoint = statement.checkpoint,
                                 .as_of = as_of,
                                 .verdict = answer.verdict,
                                 .events = events->size(),
                                 .files = files.size() + 2,
                                 .bytes = writer.bytes()});
}

}  // namespace robotledger
