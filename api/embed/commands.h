// Commands of the public header as those of the domain.
//
//   auto prepared = prepare(CreateAccount{"web", "ci"}, By{"admin"}, "my-registry");
//   if (prepared) return carryOut(core, *std::move(prepared));
//
// For the files of the front only. Any thread.
#pragma once

#include <memory>
#include <string>

#include "api/embed/core.h"
#include "core/base/secure.h"

namespace robotledger::v1 {

struct Prepared {
  Submission submission;
  std::unique_ptr<SecretText> secret;  // that the command issues, if any
  std::string account;                 // whom it names or makes, by its qualified name; else empty
};

// kInvalidArgument for what names no account, or a request id or key that is none; else where the
// system has no randomness to give.
robotledger::Result<Prepared> prepare(const v1::Command& command, const By& by,
                                      const std::string& program);

// Who, why, and by which program.
Context contextOf(const By& by, const std::string& program);

// Carries it out, and makes the receipt of it.
Result<v1::Receipt> carryOut(Core& core, Prepared prepared);

}  // namespace robotledger::v1
