// Names in memory: asset id <-> name, and interned words <-> numbers. All three siblings need it.
//
// An asset's name never changes and ids are never reused, so the registry only
// grows. Loaded from kName and kAsset at start, kept up by the committer's hook.
// It answers without asking who wants to know: only views and write sessions
// hold it, and they check. Thread rule: safe; by id or number readers take no
// lock, by text a short one on one of 16 parts. Some 60 bytes an asset beside the name.
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

// Interns words that labels carry (namespaces, tags, classes, owners, environments): 0 is "none". Copies are the same
// table.
class WordTable {
 public:
  WordTable();

  // Constant, because nobody can observe a number given out that no label carries yet. 0 for the empty word.
  uint32_t Intern(std::string_view word) const;
  // 0 where it was never interned.
  uint32_t Find(std::string_view word) const;
  // Empty for 0 and for unknown numbers; the view lives as long as the table.
  std::string_view Text(uint32_t number) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// A name without its own memory; lives as long as what it was taken from.
struct AssetNameView {
  AssetKind kind{};
  std::string_view ns;
  std::string_view name;

  static AssetNameView Of(const AssetName& name) { return {name.kind, name.ns, name.name}; }
};

class Registry {
 public:
  Registry();
  ~Registry();

  // The asset of this name, whatever the viewer may see.
  std::optional<AssetId> Find(const CanonicalName& name) const;
  // The name of an id; nullopt for ids never given out.
  std::optional<AssetName> NameOf(AssetId id) const;
  // The same without a copy; the view lives as long as the registry.
  std::optional<AssetNameView> ViewOf(AssetId id) const;
  // Makes a name known; the committer's hook calls it after the sync.
  // A name made known again stands for the id given last.
  void Add(const AssetName& name, AssetId id);
  // The name stands for nothing any more (its row became a tombstone).
  void Forget(const AssetName& name);
  // A fresh id for a name about to be created. Never given out twice in one process.
  AssetId NextId();
  void RaiseNextId(AssetId past);

  const WordTable& words() const { return words_; }

  // Ids of names with this kind, namespace and name prefix, in name order, after `after`
  // (a whole name, left out itself); at most `max`.
  std::vector<AssetId> ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                 std::string_view after, size_t max) const;
  // The namespaces that hold names of this kind, in text order.
  std::vector<std::string> Namespaces(AssetKind kind) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  WordTable words_;
};

}  // namespace cadastre::authz
