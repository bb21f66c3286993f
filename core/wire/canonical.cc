#include "core/wire/canonical.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "core/base/check.h"

namespace robotledger {
namespace {

// Cap'n Proto is little-endian on every machine; words are moved here as numbers.
static_assert(std::endian::native == std::endian::little);

using Word = std::uint64_t;

// Of https://capnproto.org/encoding.html, "Structs" and "Lists".
enum PointerKind : unsigned { kStructPointer = 0, kListPointer = 1 };
enum ListSize : unsigned { kBits = 1, kBytes1 = 2, kBytes8 = 5, kPointers = 6, kComposite = 7 };

// Sizes of a struct, or of each struct of a list, in words.
struct Shape {
  std::size_t data = 0;
  std::size_t pointers = 0;
  std::size_t words() const { return data + pointers; }
  bool empty() const { return words() == 0; }
};

unsigned kindOf(Word pointer) { return static_cast<unsigned>(pointer & 3); }

// Signed, in words, from the end of the pointer.
std::ptrdiff_t offsetOf(Word pointer) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
}

Shape shapeOf(Word pointer) { return {(pointer >> 32) & 0xffff, pointer >> 48}; }

Word structPointer(std::ptrdiff_t offset, Shape shape) {
  const auto low = static_cast<std::uint32_t>(static_cast<std::int32_t>(offset)) << 2;
  return low | (Word{shape.data} << 32) | (Word{shape.pointers} << 48);
}

Word listPointer(std::ptrdiff_t offset, unsigned size, std::size_t count) {
  const auto low = static_cast<std::uint32_t>(static_cast<std::int32_t>(offset)) << 2;
  return low | kListPointer | (Word{size} << 32) | (Word{count} << 35);
}

std::size_t wordsOfList(unsigned size, std::size_t count) {
  if (size < kBits) return 0;
  const std::size_t bits = size == kBits ? count : count * (std::size_t{8} << (size - kBytes1));
  return (bits + 63) / 64;
}

// The shape without the trailing zeros of the struct at `at`.
Shape trimmed(const Word* at, Shape shape) {
  const Word* pointers = at + shape.data;
  while (shape.pointers > 0 && pointers[shape.pointers - 1] == 0) --shape.pointers;
  while (shape.data > 0 && at[shape.data - 1] == 0) --shape.data;
  return shape;
}

class Canonicalizer {
 public:
  // `to` has room for as many words as the message has, which is always enough.
  Canonicalizer(const Word* from, Word* to) : from_(from), to_(to) {}

  // The words written.
  std::size_t run() {
    end_ = 1;
    copyPointer(0, 0);
    return end_;
  }

 private:
  // Writes the object that the pointer at word `source` leads to at the end, and a pointer to it at
  // word `target`, which is already part of the output.
  void copyPointer(std::size_t source, std::size_t target) {
    const Word pointer = from_[source];
    if (pointer == 0) {
      to_[target] = 0;
      return;
    }
    const auto object =
        static_cast<std::size_t>(static_cast<std::ptrdiff_t>(source) + 1 + offsetOf(pointer));
    if (kindOf(pointer) == kStructPointer) {
      copyStruct(object, shapeOf(pointer), target);
      return;
    }
    RL_CHECK(kindOf(pointer) == kListPointer, "a built message is one segment of data");
    const auto size = static_cast<unsigned>(pointer >> 32) & 7;
    if (size == kComposite) {
      copyStructs(object, target);
    } else {
      copyList(object, size, pointer >> 35, target);
    }
  }

  void copyStruct(std::size_t object, Shape shape, std::size_t target) {
    const Shape kept = trimmed(from_ + object, shape);
    if (kept.empty()) {
      to_[target] = structPointer(-1, kept);  // told from a null pointer by its offset
      return;
    }
    const std::size_t place = end_;
    to_[target] = structPointer(distance(target, place), kept);
    end_ += kept.words();
    copyFields(object, shape, place, kept);
  }

  void copyFields(std::size_t object, Shape shape, std::size_t place, Shape kept) {
    std::copy_n(from_ + object, kept.data, to_ + place);
    copyPointers(object, shape, place, kept);
  }

  void copyPointers(std::size_t object, Shape shape, std::size_t place, Shape kept) {
    for (std::size_t i = 0; i < kept.pointers; ++i) {
      copyPointer(object + shape.data + i, place + kept.data + i);
    }
  }

  void copyList(std::size_t object, unsigned size, std::size_t count, std::size_t target) {
    RL_CHECK(size != kPointers, "entries have no lists of pointers");
    const std::size_t words = wordsOfList(size, count);
    to_[target] = listPointer(distance(target, end_), size, count);
    std::copy_n(from_ + object, words, to_ + end_);
    end_ += words;
  }

  // A list of structs: a tag, then all structs, then what each of them leads to.
  void copyStructs(std::size_t object, std::size_t target) {
    const Word tag = from_[object];
    const auto count = static_cast<std::size_t>(static_cast<std::uint32_t>(tag) >> 2);
    const Shape shape = shapeOf(tag);
    const std::size_t first = object + 1;
    Shape kept;
    for (std::size_t i = 0; i < count; ++i) {
      const Shape one = trimmed(from_ + first + i * shape.words(), shape);
      kept.data = std::max(kept.data, one.data);
      kept.pointers = std::max(kept.pointers, one.pointers);
    }
    to_[target] = listPointer(distance(target, end_), kComposite, count * kept.words());
    to_[end_] = structPointer(static_cast<std::ptrdiff_t>(count), kept);
    const std::size_t place = end_ + 1;
    end_ = place + count * kept.words();
    for (std::size_t i = 0; i < count; ++i) {
      copyFields(first + i * shape.words(), shape, place + i * kept.words(), kept);
    }
  }

  static std::ptrdiff_t distance(std::size_t target, std::size_t place) {
    return static_cast<std::ptrdiff_t>(place) - static_cast<std::ptrdiff_t>(target) - 1;
  }

  const Word* from_;
  Word* to_;
  std::size_t end_ = 0;
};

}  // namespace

Bytes canonicalForm(std::span<const std::uint64_t> words) {
  constexpr std::size_t kUsualWords = 256;
  std::array<Word, kUsualWords> usual;
  std::vector<Word> large;
  Word* out = usual.data();
  if (words.size() > usual.size()) {
    large.resize(words.size());
    out = large.data();
  }
  const std::size_t written = Canonicalizer(words.data(), out).run();
  Bytes bytes(written * sizeof(Word), '\0');
  std::memcpy(bytes.data(), out, bytes.size());
  return bytes;
}

}  // namespace robotledger
