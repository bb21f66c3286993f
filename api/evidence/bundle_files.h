// The files of a bundle of evidence but for its manifest, each made when it is asked for. Whoever
// writes a bundle writes them; whoever checks one makes them again and compares.
//
//   BundleFiles files;
//   auto events = addAnswer(files, asking, statement, answer);
//   if (!events) return events.error();
//   addProofs(files, log, note, *events);
//   addLog(files, log, note);
//   for (const auto& [name, make] : files) write(name, make());
//
// One thread, unless it is said.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "api/answers/answer.h"
#include "api/evidence/statement.h"
#include "core/log/log_store.h"

namespace robotledger {

inline constexpr std::string_view kManifestFile = "manifest.txt";
inline constexpr std::string_view kManifestNote = "manifest.note";
inline constexpr std::string_view kCheckpointFile = "checkpoint";
inline constexpr std::string_view kKeyFile = "verifier-key.txt";
inline constexpr std::string_view kStatementFile = "question.json";
inline constexpr std::string_view kAnswerFile = "answer.json";
inline constexpr std::string_view kLogFolder = "log/";

using BundleFiles = std::map<std::string, std::function<Result<Bytes>()>>;

// "events/7.bin" and "events/7.tlog-proof". Any thread.
std::string entryFile(Sequence sequence);
std::string proofFile(Sequence sequence);

// The answer for machines and for people, the question, and the events that it rests on as JSON.
// Gives their sequences: those that give the accounts and projects in them their names, and those
// that announce what they were imported by, are among them. kInvalidArgument where they are more
// than kMaxEvidenceEvents; kDamaged where an event cannot be read.
Result<std::set<Sequence>> addAnswer(BundleFiles& files, Asking& asking, const Statement& statement,
                                     const WholeAnswer& answer);

// Each event's bytes and its proof under the signed checkpoint, which is of the log as it is. The
// log outlives the files.
void addProofs(BundleFiles& files, const LogStore& log, const std::string& checkpoint,
               const std::set<Sequence>& events);

// The whole log, as tlog-tiles lays it out, with its checkpoint. The log outlives the files.
void addLog(BundleFiles& files, const LogStore& log, const std::string& checkpoint);

// What helps to check a bundle: how to, the schema of events, a script, the key, the checkpoint.
void addHelp(BundleFiles& files, const Statement& statement, const WholeAnswer& answer,
             const VerifierKey& key, const std::string& checkpoint);

// A line of the manifest, as sha256sum writes it, with its newline. Any thread.
std::string manifestLine(std::string_view name, BytesView bytes);
// What is signed of a manifest: two lines. Any thread.
std::string manifestText(BytesView manifest);

}  // namespace robotledger
