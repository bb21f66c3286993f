// Secrets in memory: wiped after use, and kept out of core files.
//
//   keepOutOfCoreFiles();                    // once, before the first secret
//   std::string secret = ...; use(secret); wipe(secret);
#pragma once

#include <cstddef>
#include <string>

namespace robotledger {

// Overwrites the text's bytes, all that it has room for, in a way that no compiler leaves out, and
// makes it empty. Copies that were made of it are not found. Any thread.
void wipe(std::string& text);
// The same for bytes that something else owns; they are zeros then.
void wipe(char* bytes, std::size_t count);

// From here on the process leaves no core file and others of its user cannot read its memory.
// Where the system does not allow that it goes on without. Any thread.
void keepOutOfCoreFiles();

// A text that is wiped when its owner is done with it. It does not move, so no copy stays behind.
class SecretText {
 public:
  explicit SecretText(std::string&& text) : text_(std::move(text)) { wipe(text); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(text_); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace robotledger
