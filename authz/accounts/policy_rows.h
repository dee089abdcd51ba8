// What writes and reads of every table of policy share. For this room alone; functions, thread rule: confined.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/accounts/policy_store.h"
#include "authz/accounts/policy_tables.h"
#include "authz/policy/policy_checks.h"
#include "authz/view/view.h"
#include "base/status.h"
#include "base/words.h"

namespace cadastre::authz {

// Of a deletion: what stands must be what was read.
inline Replacement IfStill(std::string_view etag) {
  Replacement how;
  how.etag = std::string(etag);
  return how;
}

std::string HashOf(const std::string& bytes);

// Whether a write may go on over what stands, whose etag this is; nullopt where nothing does.
Status CheckStands(const Replacement& how, std::string_view what, const std::optional<std::string>& etag);

// NOT_FOUND, in the same words, where there is none and where it may not be read.
template <typename R>
StatusOr<Visible<RowOf<R>>> FindRow(GovernedView& view, const Table<R>& table, std::string_view id,
                                    std::string_view what) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(auto sealed, view.Find(table, IdKey(id)));
  auto visible = sealed ? view.Reveal(table, *std::move(sealed)) : std::nullopt;
  if (!visible) return base::NotFound("there is no such ", what);
  return *std::move(visible);
}

// In order of id, after `after`, at most `max` of those wanted.
template <typename R>
StatusOr<std::vector<Visible<RowOf<R>>>> ListRows(GovernedView& view, const Table<R>& table, std::string_view after,
                                                  size_t max, const std::function<bool(const R&)>& wanted) {
  std::vector<Visible<RowOf<R>>> rows;
  const std::string after_key = after.empty() ? std::string() : IdKey(after);
  RETURN_IF_ERROR(view.Scan<R>(table, "", after_key, [&](Sealed<RowOf<R>> sealed) {
    auto visible = view.Reveal(table, std::move(sealed));
    if (visible.has_value() && (*visible)->key != after_key && wanted((*visible)->record)) {
      rows.push_back(*std::move(visible));
    }
    return rows.size() < max;
  }));
  return rows;
}

}  // namespace cadastre::authz
