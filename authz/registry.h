// Names in memory: asset id <-> name, and interned words <-> numbers. All three siblings need it.
//
// An asset's name never changes and ids are never reused, so the registry only
// grows. Loaded from kName and kAsset at start, kept up by the committer's hook.
// It answers without asking who wants to know: only views and write sessions
// hold it, and they check. Thread rule: safe (readers take no lock).
// Dense ids: 1, 2, 3, …; gaps are left by works that failed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

// Interns words that labels carry (namespaces, tags, classes, owners, environments): 0 is "none".
class WordTable {
 public:
  uint32_t Intern(std::string_view word);
  // 0 where it was never interned.
  uint32_t Find(std::string_view word) const;
  // Empty for 0 and for unknown numbers; the view lives as long as the table.
  std::string_view Text(uint32_t number) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class Registry {
 public:
  Registry();
  ~Registry();

  // The id a name stands for (through folding), whatever the viewer may see.
  std::optional<AssetId> Find(const AssetName& name) const;
  // The name of an id; nullopt for ids never given out.
  std::optional<AssetName> NameOf(AssetId id) const;
  // Makes a name known; the committer's hook calls it after the sync.
  void Add(const AssetName& name, AssetId id, bool folded);
  // A fresh id for a name about to be created. Never given out twice in one process.
  AssetId NextId();
  void RaiseNextId(AssetId past);

  WordTable& words() { return words_; }
  const WordTable& words() const { return words_; }

  // Ids of names with this kind, namespace and name prefix, in name order, after `after`; at most `max`.
  std::vector<AssetId> ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                 std::string_view after, size_t max) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  WordTable words_;
};

}  // namespace cadastre::authz
