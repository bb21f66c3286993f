#include "tools/robotledger/verifier_key_option.h"

#include "core/base/files.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

}  // namespace

CLI::Option* addVerifierKeyOption(CLI::App* command, std::string& key) {
  return command
      ->add_option("--key", key,
                   "The verifier key, as 'robotledger key' prints it, or a file of it")
      ->check(notEmpty())
      ->type_name("VKEY");
}

Result<VerifierKey> verifierKeyFrom(const std::string& text) {
  if (text.find('+') != std::string::npos) {
    auto key = parseVerifierKey(text);
    if (key) return key;
    return Error{ErrorCode::kInvalidArgument, "--key: " + key.error().message};
  }
  auto file = readFile(text, kMaxKeyFileBytes);
  if (!file) {
    return Error{ErrorCode::kInvalidArgument,
                 "--key: " + inQuotes(text) + " is no verifier key, and " + file.error().message};
  }
  while (file->ends_with('\n') || file->ends_with('\r')) file->pop_back();
  auto key = parseVerifierKey(*file);
  if (key) return key;
  return Error{ErrorCode::kInvalidArgument, "--key: " + text + ": " + key.error().message};
}

}  // namespace robotledger
