// Template bodies of session_rows.h: they encode and decode; all reading and putting is done once, in session_rows.cc.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "authz/view/view_inl.h"
#include "authz/write/session_rows.h"
#include "base/status.h"

namespace cadastre::authz {

template <typename R>
StatusOr<std::optional<RowOf<R>>> SessionRows::Find(const Table<R>& table, std::string_view key, Timestamp held) {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, FindRow(table.keyspace, key, held, /*precondition=*/true));
  if (!row) return std::optional<RowOf<R>>();
  ASSIGN_OR_RETURN(RowOf<R> decoded, internal::DecodeRow<R>(*std::move(row), table.keyspace));
  return std::optional<RowOf<R>>(std::move(decoded));
}

template <typename R>
StatusOr<std::optional<RowOf<R>>> SessionRows::Peek(const Table<R>& table, std::string_view key, Timestamp held) const {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, PeekRow(table.keyspace, key, held));
  if (!row) return std::optional<RowOf<R>>();
  ASSIGN_OR_RETURN(RowOf<R> decoded, internal::DecodeRow<R>(*std::move(row), table.keyspace));
  return std::optional<RowOf<R>>(std::move(decoded));
}

template <typename R>
Status SessionRows::Scan(const Table<R>& table, std::string_view prefix,
                         const std::function<bool(const RowOf<R>&)>& each) const {
  return ScanRows(table.keyspace, prefix, [&](storage::Row row) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(const RowOf<R> decoded, internal::DecodeRow<R>(std::move(row), table.keyspace));
    return each(decoded);
  });
}

template <typename R>
void SessionRows::ExpectNone(const Table<R>& table, std::string_view key) {
  ExpectNoRow(table.keyspace, key);
}

template <typename R>
bool SessionRows::Put(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key, const R& record) {
  return PutRow(table.keyspace, key, std::nullopt, EncodeRecord(record));
}

template <typename R>
void SessionRows::PutHeld(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key,
                          std::optional<Timestamp> held, const R& record) {
  PutRow(table.keyspace, key, held, EncodeRecord(record));
}

template <typename R>
void SessionRows::Remove(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key) {
  PutRow(table.keyspace, key, std::nullopt, std::nullopt);
}

template <typename R>
void SessionRows::WithdrawHeld(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key,
                               std::optional<Timestamp> held) {
  PutRow(table.keyspace, key, held, std::nullopt);
}

}  // namespace cadastre::authz
