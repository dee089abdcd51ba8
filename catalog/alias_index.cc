#include "catalog/alias_index.h"

#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {

Status AliasIndex::Rebuild(const authz::SystemView& view) {
  authz::AssetBitmap found;
  RETURN_IF_ERROR(view.Scan<record::Alias>(kAliases, "", "", [&](const authz::RowOf<record::Alias>& row) {
    if (const std::optional<AliasKey> key = DecodeAliasKey(row.key)) {
      found.Set(key->near, true);
      found.Set(key->far, true);
    }
    return true;
  }));
  base::MutexLock lock(mutex_);
  assets_ = std::move(found);
  return absl::OkStatus();
}

void AliasIndex::Apply(const record::LogEntry& entry) {
  base::MutexLock lock(mutex_);
  for (const record::AssetChange& change : entry.assets()) {
    if (change.aliases()) assets_.Set(AssetId(change.asset()), true);
  }
}

bool AliasIndex::Has(AssetId id) const {
  base::MutexLock lock(mutex_);
  return assets_.Has(id);
}

authz::AssetBitmap AliasIndex::Reading() const {
  base::MutexLock lock(mutex_);
  return assets_;
}

}  // namespace cadastre::catalog
