// Cap'n Proto's canonical form, for messages that were just built here.
//
// capnp::canonicalize() gives the same bytes in several times the time: it measures the message,
// allocates, and copies through checked readers. This walks the words once.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"

namespace robotledger {

// The canonical form (https://capnproto.org/encoding.html#canonicalization) of the one segment of a
// message, its root pointer first: objects in preorder, each struct without its trailing zero words
// and null pointers, each list of structs with the smallest size that fits all of them.
//
// Trusts the words: they come from a builder of this process, never from elsewhere. What entries do
// not contain (far pointers, capabilities, lists of pointers) is a bug and asserted. Any thread.
Bytes canonicalForm(std::span<const std::uint64_t> words);

}  // namespace robotledger
