#include "tests/model/json_line.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace robotledger::model {
namespace {

using nlohmann::json;

// Builds the value from nlohmann's events. A container is kept open on a stack until it ends.
class StrictReader : public nlohmann::json_sax<json> {
 public:
  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& token) override {
    if (token.find_first_not_of("-0123456789") != std::string::npos) return add(value);
    // An integer that does not fit: as far out as one that does.
    if (token[0] == '-') return add(std::numeric_limits<std::int64_t>::min());
    return add(std::numeric_limits<std::uint64_t>::max());
  }
  bool string(string_t& value) override { return add(value); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(json::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (open_.back().value.contains(value)) return false;
    open_.back().key = value;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  struct Open {
    json value;
    std::string key;
  };

  bool add(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.is_array()) {
      open_.back().value.push_back(std::move(value));
    } else {
      open_.back().value[open_.back().key] = std::move(value);
    }
    return true;
  }
  bool open(json empty) {
    open_.push_back({std::move(empty), {}});
    return true;
  }
  bool close() {
    json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  json root_;
  std::vector<Open> open_;
};

}  // namespace

std::optional<json> parseJsonLine(std::string_view text) {
  // nlohmann takes a NUL for the end of the text, and skips a byte order mark.
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) {
    return std::nullopt;
  }
  StrictReader reader;
  if (!json::sax_parse(text.begin(), text.end(), &reader)) return std::nullopt;
  return reader.take();
}

}  // namespace robotledger::model
