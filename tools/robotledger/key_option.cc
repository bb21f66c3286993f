#include "tools/robotledger/key_option.h"

#include "core/base/files.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

}  // namespace

Result<VerifierKey> readVerifierKey(const std::string& text) {
  if (text.find('+') != std::string::npos) return parseVerifierKey(text);
  auto line = readFile(text, kMaxKeyFileBytes);
  if (!line) {
    return Error{ErrorCode::kInvalidArgument,
                 inQuotes(text) + " is neither a verifier key nor a file that has one"};
  }
  if (line->ends_with('\n')) line->pop_back();
  auto key = parseVerifierKey(*line);
  if (key) return key;
  return Error{key.error().code, "the file " + inQuotes(text) + ": " + key.error().message};
}

CLI::Option* addKeyOption(CLI::App* command, std::optional<VerifierKey>& key) {
  return command
      ->add_option_function<std::string>(
          "--key",
          [&key](const std::string& text) {
            auto read = readVerifierKey(text);
            if (!read) throw CLI::ValidationError("--key: " + read.error().message);
            key = *std::move(read);
          },
          "The log's verifier key, NAME+ID+KEY, or a file that has it")
      ->type_name("VKEY");
}

}  // namespace robotledger
