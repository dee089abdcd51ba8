// Template bodies of view.h: they decode and seal; all reading and deciding is done once, in view.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authz/view/row_codec.h"
#include "authz/view/view.h"
#include "base/status.h"

namespace cadastre::authz {
namespace internal {

template <typename R>
StatusOr<RowOf<R>> DecodeRow(storage::Row row, Keyspace keyspace) {
  RowOf<R> decoded;
  decoded.revision = row.revision;
  decoded.held = row.held;
  decoded.withdrawn = row.value.empty() && storage::ShapeOf(keyspace) != storage::Shape::kPlain;
  if (!decoded.withdrawn) RETURN_IF_ERROR(DecodeRecord(row.value, &decoded.record));
  row.key.erase(0, 1);
  decoded.key = std::move(row.key);
  return decoded;
}

}  // namespace internal

template <typename R>
StatusOr<Sealed<RowOf<R>>> GovernedView::Seal(const Table<R>& table, storage::Row row) {
  ASSIGN_OR_RETURN(RowOf<R> decoded, internal::DecodeRow<R>(std::move(row), table.keyspace));
  const RowRule rule = table.rule(decoded.key, decoded.record);
  return Sealed<RowOf<R>>(std::move(decoded), rule.subjects, rule.privilege);
}

template <typename R>
StatusOr<std::optional<Sealed<RowOf<R>>>> GovernedView::Find(const Table<R>& table, std::string_view key) const {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, FindRow(table.keyspace, key));
  if (!row) return std::optional<Sealed<RowOf<R>>>();
  ASSIGN_OR_RETURN(Sealed<RowOf<R>> sealed, Seal(table, *std::move(row)));
  return std::optional<Sealed<RowOf<R>>>(std::move(sealed));
}

template <typename R>
StatusOr<std::vector<std::optional<Sealed<RowOf<R>>>>> GovernedView::FindMany(
    const Table<R>& table, const std::vector<std::string>& keys) const {
  ASSIGN_OR_RETURN(std::vector<std::optional<storage::Row>> rows, FindRows(table.keyspace, keys));
  std::vector<std::optional<Sealed<RowOf<R>>>> sealed(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    ASSIGN_OR_RETURN(Sealed<RowOf<R>> one, Seal(table, *std::move(rows[i])));
    sealed[i].emplace(std::move(one));
  }
  return sealed;
}

template <typename R>
Status GovernedView::Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
                          const std::function<bool(Sealed<RowOf<R>>)>& each) const {
  return ScanRows(table.keyspace, prefix, start, /*versions=*/false, [&](storage::Row row) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(Sealed<RowOf<R>> sealed, Seal(table, std::move(row)));
    return each(std::move(sealed));
  });
}

template <typename R>
Status GovernedView::ScanPicked(const Table<R>& table, std::string_view prefix, std::string_view start,
                                const std::function<Pick(std::string_view)>& pick,
                                const std::function<void(Sealed<RowOf<R>>)>& each) const {
  return ScanRows(table.keyspace, prefix, start, /*versions=*/false, [&](storage::Row row) -> StatusOr<bool> {
    const Pick picked = pick(std::string_view(row.key).substr(1));
    if (picked != Pick::kTake) return picked == Pick::kSkip;
    ASSIGN_OR_RETURN(Sealed<RowOf<R>> sealed, Seal(table, std::move(row)));
    each(std::move(sealed));
    return true;
  });
}

template <typename R>
Status GovernedView::ScanVersions(const Table<R>& table, std::string_view prefix, std::string_view start,
                                  const std::function<bool(Sealed<RowOf<R>>)>& each) const {
  return ScanRows(table.keyspace, prefix, start, /*versions=*/true, [&](storage::Row row) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(Sealed<RowOf<R>> sealed, Seal(table, std::move(row)));
    return each(std::move(sealed));
  });
}

template <typename R>
std::optional<Visible<RowOf<R>>> GovernedView::Reveal(const Table<R>& table, Sealed<RowOf<R>> sealed) {
  if (!Shows(sealed.subjects_, sealed.privilege_)) return std::nullopt;
  if (table.mask != nullptr && !sealed.value_.withdrawn) {
    ColumnSight sight(this);
    table.mask(sealed.value_.key, sealed.value_.record, sight);
  }
  Note(sealed.subjects_);
  return Visible<RowOf<R>>(std::move(sealed.value_));
}

template <typename T>
std::optional<Visible<T>> GovernedView::Reveal(Sealed<T> sealed) {
  if (!Shows(sealed.subjects_, sealed.privilege_)) return std::nullopt;
  Note(sealed.subjects_);
  return Visible<T>(std::move(sealed.value_));
}

template <typename R>
StatusOr<std::optional<RowOf<R>>> SystemView::Find(const Table<R>& table, std::string_view key) const {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, FindRow(table.keyspace, key));
  if (!row) return std::optional<RowOf<R>>();
  ASSIGN_OR_RETURN(RowOf<R> decoded, internal::DecodeRow<R>(*std::move(row), table.keyspace));
  return std::optional<RowOf<R>>(std::move(decoded));
}

template <typename R>
Status SystemView::Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
                        const std::function<bool(const RowOf<R>&)>& each) const {
  return ScanRows(table.keyspace, prefix, start, [&](storage::Row row) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(const RowOf<R> decoded, internal::DecodeRow<R>(std::move(row), table.keyspace));
    return each(decoded);
  });
}

}  // namespace cadastre::authz
