// What a bundle of evidence says of itself, in question.json: what was asked of which log, as of
// when, by whom as far as that matters, and how much the bundle can show.
//
//   {"evidence":"robotledger evidence v1",
//    "question":{"ask":"who-could",…},
//    "as_of":{"sequence":5384,"time":"2025-06-01T08:00:00Z"},
//    "log":{"origin":"ledger.example/robots","size":5385,"root_hash":"<hex>"},
//    "completeness":"full",
//    "shows":"The whole log up to …"}
//
// Who may not read everything has "asked_by":{"administers":[3]} in it, the numbers of the projects
// that he administers, since what he is answered depends on it.
#pragma once

#include <string>
#include <string_view>

#include "api/answers/question.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

// The first line of what a bundle's key signs of its manifest. It has spaces, as no origin has, so
// that no checkpoint begins so.
inline constexpr std::string_view kEvidenceVersion = "robotledger evidence v1";

enum class Completeness : std::uint8_t {
  kFull,  // with the whole log up to `as_of`: that nobody was left out can be checked
  kSlim,  // the events that the answer rests on alone
};

struct Statement {
  Question question;
  AsOf as_of;
  Checkpoint checkpoint;  // of the log up to that event
  Completeness completeness = Completeness::kFull;
  // Who asked: everything, or the projects that he administers.
  Reader reader;
};

// The file, with its newline. Any thread.
std::string formatStatement(const Statement& statement);

// Reads exactly what formatStatement() writes: kDamaged for anything else. Any thread.
Result<Statement> parseStatement(std::string_view text);

// What the bundle can show, in a sentence or two. Any thread.
std::string shownBy(Completeness completeness);

}  // namespace robotledger
