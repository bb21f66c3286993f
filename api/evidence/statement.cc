#include "api/evidence/statement.h"

#include "api/json/read_json.h"
#include "core/merkle/tiles.h"

namespace robotledger {
namespace {

constexpr const char* kFullName = "full";
constexpr const char* kSlimName = "slim";

Error damaged() {
  return {ErrorCode::kDamaged, "question.json is not as this version of robotledger writes it"};
}

Json withAsker(Json json, const Reader& reader) {
  if (reader.everything) return json;
  Json projects = Json::array();
  for (const ProjectId project : reader.administers) projects.push_back(project.value);
  json["asked_by"] = {{"administers", std::move(projects)}};
  return json;
}

// What is not there or of another type, as null.
const Json& at(const Json& json, const char* name) {
  static const Json kNothing;
  return json.is_object() && json.contains(name) ? json[name] : kNothing;
}

std::string textAt(const Json& json, const char* name) {
  const Json& found = at(json, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

std::uint64_t numberAt(const Json& json, const char* name) {
  const Json& found = at(json, name);
  return found.is_number_unsigned() ? found.get<std::uint64_t>() : 0;
}

Reader readerIn(const Json& json) {
  Reader reader{.name = "whoever asked", .known = true, .everything = !json.contains("asked_by")};
  const Json& projects = at(at(json, "asked_by"), "administers");
  if (!projects.is_array()) return reader;
  for (const Json& one : projects) {
    if (one.is_number_unsigned()) reader.administers.insert(ProjectId{one.get<std::uint32_t>()});
  }
  return reader;
}

}  // namespace

std::string shownBy(Completeness completeness) {
  if (completeness == Completeness::kFull) {
    return "The bundle has the whole log up to the event as of which the question was asked. So it "
           "shows that the answer is right and complete: whoever derives it again from the log "
           "finds that nobody and nothing was left out.";
  }
  return "The bundle has the events that the answer rests on, each with the proof that it is in "
         "the "
         "log. So it shows that what the answer says follows from events that are in the log. It "
         "cannot show completeness: others may be missing from the answer, and an event that would "
         "have changed it may be missing from the bundle.";
}

std::string formatStatement(const Statement& statement) {
  const Checkpoint& log = statement.checkpoint;
  const bool is_full = statement.completeness == Completeness::kFull;
  Json json{{"evidence", kEvidenceVersion},
            {"question", questionJson(statement.question)},
            {"as_of",
             {{"sequence", statement.as_of.sequence.value},
              {"time", formatInstant(statement.as_of.time)}}},
            {"log",
             {{"origin", log.origin},
              {"size", log.size.value},
              {"root_hash", toHex(digestBytes(log.root))}}}};
  json = withAsker(std::move(json), statement.reader);
  json["completeness"] = is_full ? kFullName : kSlimName;
  json["shows"] = shownBy(statement.completeness);
  return jsonText(json) + "\n";
}

Result<Statement> parseStatement(std::string_view text) {
  const Json json = readJson(text).value_or(Json());
  if (!json.is_object()) return damaged();
  auto question = parseQuestion(at(json, "question"));
  if (!question) return question.error();
  Statement statement{.question = std::move(*question),
                      .as_of = {},
                      .checkpoint = {},
                      .completeness = textAt(json, "completeness") == kFullName
                                          ? Completeness::kFull
                                          : Completeness::kSlim,
                      .reader = readerIn(json)};
  const Json& as_of = at(json, "as_of");
  const auto time = parseInstant(textAt(as_of, "time"));
  const Json& log = at(json, "log");
  const auto root = fromHex(textAt(log, "root_hash"));
  if (!time || !root || root->size() != kDigestBytes) return damaged();
  statement.as_of = {Sequence{numberAt(as_of, "sequence")}, *time};
  statement.checkpoint = {.origin = textAt(log, "origin"),
                          .size = TreeSize{numberAt(log, "size")},
                          .root = digestFrom(*root)};
  // Whatever was overread, misread or spelled otherwise shows here.
  if (formatStatement(statement) != text) return damaged();
  if (statement.checkpoint.size.value != statement.as_of.sequence.value + 1) return damaged();
  return statement;
}

}  // namespace robotledger
