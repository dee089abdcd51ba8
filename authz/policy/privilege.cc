#include "authz/policy/privilege.h"

#include <array>

namespace cadastre::authz {
namespace {

constexpr std::array<std::string_view, kPrivilegeCount> kNames = {
    "none",      "browse",    "read",           "read_columns", "read_code",     "read_operations", "read_samples",
    "edit_docs", "edit_tags", "edit_technical", "push",         "manage_grants", "audit",           "administer"};

}  // namespace

std::string_view PrivilegeName(Privilege privilege) {
  const auto index = static_cast<size_t>(privilege);
  return index < kNames.size() ? kNames[index] : std::string_view("unknown");
}

}  // namespace cadastre::authz
