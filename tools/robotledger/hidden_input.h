// A line from standard input that nobody sees: on a terminal without echo.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/secure.h"

namespace robotledger {

// Whether standard input is a terminal, where a person can be asked twice.
bool inputIsTerminal();

// The first line, without its end, and with the spaces before that; of one that is longer than a
// secret can be, the beginning. On a terminal the prompt is shown on standard error. A signal that
// ends the process ends it with the echo turned on again. One thread.
Result<std::unique_ptr<SecretText>> readHiddenLine(const std::string& prompt);

}  // namespace robotledger
