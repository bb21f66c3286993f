// What of the scopes that were asked for an account holds: the intersection that a token carries.
//
//   auto access = grantedOf(authorizer, principal, *scopes, "charts", now);
//   access[0]   {"repository", "web/app", {"pull"}}      it asked for pull and push
//
// A repository's project is the first component of its name. Charts in a registry are repositories,
// so they are told from images by their names: those under PROJECT/charts/ are charts, where the
// chart permissions alone count, and count nowhere else. push-chart gives pull and push there,
// since an upload needs both. With an empty segment there is no such place, and image permissions
// hold for all repositories. Scopes of type `artifact-repository`, ChartMuseum's, are of charts
// wherever they are. This separates names, not media types: what is pushed under charts/ may be an
// image.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/token/scope.h"
#include "projections/authorizer.h"

namespace robotledger {

// As many as there are scopes, in their order; with fewer actions, or none, where fewer are held.
// `*` stands for all that is held. Other types of scopes, and names that no repository has, get
// none. Any thread.
std::vector<ResourceScope> grantedOf(const Authorizer& authorizer, Principal principal,
                                     std::span<const ResourceScope> scopes,
                                     std::string_view charts_segment, Instant now);

}  // namespace robotledger
