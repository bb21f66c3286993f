// The saved copy of the write state: a file image that proves itself whole.
//
//   Bytes file = encodeState(state.image(), tree.root());
//   Result<SavedState> saved = decodeState(file);    // kDamaged: fold the log instead
//
// Layout (core/FORMAT.md, "The saved state"): the magic "RLSTATE3", a Cap'n Proto message of
// core/wire/state.capnp with its segment table, and the SHA-256 of all before it. Nothing of it is
// hashed into the tree or signed; it may change freely under a new magic.
//
// All functions here are pure; any thread may call them. 100,000 accounts take some tens of
// milliseconds either way.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/domain/state.h"

namespace robotledger {

struct SavedState {
  StateImage image;
  Digest root{};  // of the tree of image.size events; the copy counts only where the tree agrees
  bool operator==(const SavedState&) const = default;
};

Bytes encodeState(const StateImage& image, const Digest& root);

// The saved state, or kDamaged with what is wrong: another magic, a digest that does not fit, a
// value that this version does not know. Whether the image makes sense is for State::fromImage.
// `file` may lie at any address; nothing of it is kept.
Result<SavedState> decodeState(BytesView file);

}  // namespace robotledger
