// Operations for tests of the rooms below the server, which alone fills them from the contract.
#pragma once

#include "authz/front/operation.h"

namespace cadastre::testing_support {

inline constexpr authz::Operation kTestRead = {"cadastre.catalog.v1.CatalogService/GetAsset", authz::Privilege::kBrowse,
                                               false, authz::Effect::kRead};
inline constexpr authz::Operation kTestWrite = {"cadastre.catalog.v1.CatalogService/UpsertAspects",
                                                authz::Privilege::kNone, false, authz::Effect::kWrite};
inline constexpr authz::Operation kTestPush = {"POST /api/v1/lineage", authz::Privilege::kPush, false,
                                               authz::Effect::kWrite};
inline constexpr authz::Operation kTestAudit = {"cadastre.audit.v1.AuditService/ListRecords", authz::Privilege::kAudit,
                                                true, authz::Effect::kRead};
inline constexpr authz::Operation kTestLogin = {authz::kLoginName, authz::Privilege::kNone, false,
                                                authz::Effect::kLogin};

}  // namespace cadastre::testing_support
