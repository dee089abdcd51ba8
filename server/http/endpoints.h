// The operations of HTTP alone, which the contract's options cannot name. Thread rule: safe.
#pragma once

#include "authz/front/operation.h"

namespace cadastre::server {

inline constexpr authz::Operation kMetricsEndpoint = {"GET /metrics", authz::Privilege::kAdminister, true,
                                                      authz::Effect::kRead};
inline constexpr authz::Operation kLineageEndpoint = {"POST /api/v1/lineage", authz::Privilege::kPush, false,
                                                      authz::Effect::kWrite};
inline constexpr authz::Operation kLineageBatchEndpoint = {"POST /api/v1/lineage/batch", authz::Privilege::kPush, false,
                                                           authz::Effect::kWrite};

}  // namespace cadastre::server
