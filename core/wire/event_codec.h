// The one codec between the domain's events and the bytes that are stored, hashed and proven.
//
//   Bytes entry = encodeEvent(event);            // canonical Cap'n Proto, without segment table
//   Result<Event> event = decodeEvent(entry);    // bytes that nobody vouches for
//
// The schema is core/wire/event.capnp; the layout is described in core/FORMAT.md. The canonical
// form is that of https://capnproto.org/encoding.html#canonicalization: the same event always gives
// the same bytes. A person reads an entry with
//
//   capnp decode --flat core/wire/event.capnp Event < entry
//
// All functions here are pure; any thread may call them.
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/domain/event.h"

namespace robotledger {

// The entry: a whole number of 8-byte words. An event within the domain's limits stays far below
// kMaxEntryBytes; whether it does is for the log to check.
Bytes encodeEvent(const Event& event);

// The event, or kDamaged with what is wrong: a size that is no entry's, a pointer that leads
// astray, an arm or an enumerant that this version does not know, a number out of its range,
// permissions that are not in order. Texts are taken as they are: what may stand in them is the
// domain's to say. `entry` may lie at any address; nothing of it is kept.
Result<Event> decodeEvent(BytesView entry);

// Whether these are the bytes that encodeEvent gives for the event in them. Not so for what cannot
// be decoded, and for what a newer version wrote with fields that this one does not know. For
// tests; costs a decoding and an encoding.
bool isCanonical(BytesView entry);

}  // namespace robotledger
