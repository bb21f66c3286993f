// How values become the bytes of a message and come back. One description of a struct serves both
// ways, so that they cannot differ:
//
//   template <class Io, Is<AccountRef> T>
//   void fields(Io& io, T& ref) { io(ref.name, ref.id); }
//
//   Bytes bytes = toBytes(ref);
//   std::optional<AccountRef> same = fromBytes<AccountRef>(bytes);
//
// Numbers are varints (core/base/bytes.h), signed ones zigzag; texts and lists have their length
// before them, optional ones a byte 0 or 1, variants and enums their index. What is read is
// nobody's to vouch for: a length that is longer than what is there, an index or a number that the
// type does not have, and bytes that are left over are no message.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/instant.h"

namespace robotledger {

// T, or the same as a constant: what a description is of, read or written.
template <class S, class T>
concept Is = std::same_as<std::remove_const_t<S>, T>;

// How many elements a list may have when it is read, so that a short message is not a large one in
// memory; see messages.h.
template <class T>
inline constexpr std::size_t kMostInList = std::numeric_limits<std::size_t>::max();

class MessageWriter {
 public:
  template <class... Ts>
  void operator()(const Ts&... values) {
    (put(values), ...);
  }
  Bytes take() { return std::move(out_); }

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(value ? '\1' : '\0');
    } else if constexpr (std::is_enum_v<T>) {
      putVarint(out_, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_unsigned_v<T>) {
      putVarint(out_, value);
    } else if constexpr (std::is_integral_v<T>) {
      putSigned(out_, value);
    } else {
      fields(*this, value);
    }
  }
  void put(const std::string& text) { putText(out_, text); }
  void put(const Instant& instant) { putSigned(out_, instant.us); }
  template <class Tag, class Rep>
  void put(const Strong<Tag, Rep>& id) {
    put(id.value);
  }
  template <std::size_t Size>
  void put(const std::array<std::uint8_t, Size>& bytes) {
    out_.append(reinterpret_cast<const char*>(bytes.data()), Size);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    putVarint(out_, list.size());
    for (const T& one : list) put(one);
  }
  template <class T>
  void put(const std::set<T>& list) {
    putVarint(out_, list.size());
    for (const T& one : list) put(one);
  }
  template <class Key, class T>
  void put(const std::map<Key, T>& list) {
    putVarint(out_, list.size());
    for (const auto& [key, one] : list) (*this)(key, one);
  }
  template <class First, class Second>
  void put(const std::pair<First, Second>& both) {
    (*this)(both.first, both.second);
  }
  template <class... Ts>
  void put(const std::variant<Ts...>& value) {
    putVarint(out_, value.index());
    std::visit([this](const auto& held) { this->put(held); }, value);
  }

  Bytes out_;
};

class MessageReader {
 public:
  explicit MessageReader(BytesView in) : in_(in) {}

  template <class... Ts>
  void operator()(Ts&... values) {
    (get(values), ...);
  }
  // Whether all that was read was there and was right.
  bool ok() const { return ok_ && in_.ok(); }
  bool atEnd() const { return in_.atEnd(); }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = number(1) == 1;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(number(static_cast<std::uint64_t>(lastOf(T{}))));
    } else if constexpr (std::is_unsigned_v<T>) {
      value = static_cast<T>(number(std::numeric_limits<T>::max()));
    } else if constexpr (std::is_integral_v<T>) {
      const std::int64_t read = in_.signedVarint();
      value = static_cast<T>(read);
      if (value != read) ok_ = false;
    } else {
      fields(*this, value);
    }
  }
  void get(std::string& text) { text = std::string(in_.text()); }
  void get(Instant& instant) { instant.us = in_.signedVarint(); }
  template <class Tag, class Rep>
  void get(Strong<Tag, Rep>& id) {
    get(id.value);
  }
  template <std::size_t Size>
  void get(std::array<std::uint8_t, Size>& bytes) {
    const BytesView taken = in_.take(Size);
    for (std::size_t i = 0; i < taken.size(); ++i) bytes[i] = static_cast<std::uint8_t>(taken[i]);
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool has = false;
    get(has);
    value.reset();
    if (ok() && has) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.clear();
    for (std::size_t left = length<T>(); ok() && left > 0; --left) get(list.emplace_back());
  }
  template <class T>
  void get(std::set<T>& list) {
    list.clear();
    for (std::size_t left = length<T>(); ok() && left > 0; --left) {
      T one{};
      get(one);
      if (!list.insert(std::move(one)).second) ok_ = false;
    }
  }
  template <class Key, class T>
  void get(std::map<Key, T>& list) {
    list.clear();
    for (std::size_t left = length<T>(); ok() && left > 0; --left) {
      Key key{};
      get(key);
      const auto [at, is_new] = list.try_emplace(std::move(key));
      if (!is_new) ok_ = false;
      get(at->second);
    }
  }
  template <class First, class Second>
  void get(std::pair<First, Second>& both) {
    (*this)(both.first, both.second);
  }
  template <class... Ts>
  void get(std::variant<Ts...>& value) {
    const auto index = static_cast<std::size_t>(number(sizeof...(Ts) - 1));
    if (ok()) alternative(value, index, std::index_sequence_for<Ts...>());
  }

  template <class Variant, std::size_t... Indices>
  void alternative(Variant& value, std::size_t index, std::index_sequence<Indices...>) {
    ((index == Indices ? get(value.template emplace<Indices>()) : void()), ...);
  }

  // At most that; else it is none, and 0.
  std::uint64_t number(std::uint64_t most) {
    const std::uint64_t read = in_.varint();
    if (read <= most) return read;
    ok_ = false;
    return 0;
  }

  // Each element takes a byte at least.
  template <class T>
  std::size_t length() {
    const std::uint64_t read = in_.varint();
    if (read <= in_.left() && read <= kMostInList<T>) return static_cast<std::size_t>(read);
    ok_ = false;
    return 0;
  }

  ByteReader in_;
  bool ok_ = true;
};

template <class T>
Bytes toBytes(const T& value) {
  MessageWriter out;
  out(value);
  return out.take();
}

// Nothing where the bytes are not those of such a value and of nothing else.
template <class T>
std::optional<T> fromBytes(BytesView bytes) {
  MessageReader in(bytes);
  std::optional<T> value(std::in_place);
  in(*value);
  if (!in.ok() || !in.atEnd()) value.reset();
  return value;
}

}  // namespace robotledger
