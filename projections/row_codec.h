// How values lie in rows: varints, small before large. Rows are our own and can be rebuilt, but the
// disk can lie, so reading checks everything and leaves ByteReader::ok() false where it must.
#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/instant.h"
#include "core/domain/expiry.h"
#include "core/domain/permission.h"

namespace robotledger {

// Makes the reader fail: what it read can be read, and means nothing.
void reject(ByteReader& in);

void putScope(Bytes& out, Scope scope);
Scope readScope(ByteReader& in);
void putPermissions(Bytes& out, const Permissions& permissions);
Permissions readPermissions(ByteReader& in);
// The same, using the memory of `out` again.
void readPermissionsInto(Permissions& out, ByteReader& in);
void putExpiry(Bytes& out, const Expiry& expiry);
Expiry readExpiry(ByteReader& in);
// An instant before or after another by the difference that comes next; one at or after it.
Instant readInstant(ByteReader& in, Instant near);
Instant readLaterInstant(ByteReader& in, Instant before);
// `near` is an instant that the reader knows too, the closer the shorter.
void putTerms(Bytes& out, const ExpiryTerms& terms, Instant near);
ExpiryTerms readTerms(ByteReader& in, Instant near);

}  // namespace robotledger
