#include "authz/operation.h"

#include <algorithm>

namespace cadastre::authz {
namespace {

constexpr bool kAnywhere = false;
constexpr bool kEverywhere = true;

// Sorted by name.
constexpr Operation kOperations[] = {
    {"GET /metrics", Privilege::kAdminister, kEverywhere, Effect::kRead},
    {"POST /api/v1/lineage", Privilege::kPush, kAnywhere, Effect::kWrite},
    {"POST /api/v1/lineage/batch", Privilege::kPush, kAnywhere, Effect::kWrite},
    {"cadastre.admin.v1.AdminService/Backup", Privilege::kAdminister, kEverywhere, Effect::kRead},
    {"cadastre.audit.v1.AuditService/GetHead", Privilege::kAudit, kEverywhere, Effect::kRead},
    {"cadastre.audit.v1.AuditService/ListRecords", Privilege::kAudit, kEverywhere, Effect::kRead},
    {"cadastre.authz.v1.AuthzService/CreateToken", Privilege::kNone, kAnywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/DeleteGrant", Privilege::kManageGrants, kEverywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/ListGrants", Privilege::kManageGrants, kEverywhere, Effect::kRead},
    {"cadastre.authz.v1.AuthzService/ListRoles", Privilege::kManageGrants, kEverywhere, Effect::kRead},
    {"cadastre.authz.v1.AuthzService/ListTokens", Privilege::kNone, kAnywhere, Effect::kRead},
    {"cadastre.authz.v1.AuthzService/PutGrant", Privilege::kManageGrants, kEverywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/PutPrincipal", Privilege::kManageGrants, kEverywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/PutRole", Privilege::kManageGrants, kEverywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/RevokeToken", Privilege::kNone, kAnywhere, Effect::kWrite},
    {"cadastre.authz.v1.AuthzService/WhoAmI", Privilege::kNone, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/BatchGetAssets", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/DeleteAsset", Privilege::kEditTechnical, kAnywhere, Effect::kWrite},
    {"cadastre.catalog.v1.CatalogService/DiffAsset", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/GetAsset", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/GetHistory", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/GetRun", Privilege::kReadOperations, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/ListAssets", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/ListRuns", Privilege::kReadOperations, kAnywhere, Effect::kRead},
    {"cadastre.catalog.v1.CatalogService/RestoreAsset", Privilege::kEditTechnical, kAnywhere, Effect::kWrite},
    // push, edit_docs, edit_tags or edit_technical, aspect by aspect.
    {"cadastre.catalog.v1.CatalogService/UpsertAspects", Privilege::kNone, kAnywhere, Effect::kWrite},
    {"cadastre.ingest.v1.IngestService/Push", Privilege::kPush, kAnywhere, Effect::kWrite},
    {"cadastre.lineage.v1.LineageService/FindPaths", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.lineage.v1.LineageService/GetLineage", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.search.v1.SearchService/Search", Privilege::kBrowse, kAnywhere, Effect::kRead},
    {"cadastre.search.v1.SearchService/Suggest", Privilege::kBrowse, kAnywhere, Effect::kRead},
};

constexpr bool ByName(const Operation& a, const Operation& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kOperations), std::end(kOperations), ByName));

constexpr Operation kLogin = {"cadastre.authz.v1.AuthzService/Login", Privilege::kNone, kAnywhere, Effect::kWrite};

}  // namespace

std::span<const Operation> Operations() { return kOperations; }

const Operation* FindOperation(std::string_view name) {
  const auto* const found = std::lower_bound(std::begin(kOperations), std::end(kOperations), name,
                                             [](const Operation& a, std::string_view b) { return a.name < b; });
  return found != std::end(kOperations) && found->name == name ? found : nullptr;
}

const Operation& LoginOperation() { return kLogin; }

}  // namespace cadastre::authz
