// Sealed<T> and Visible<T>: a value nobody looked at yet, and one a view has revealed.
//
// Anyone may seal a value under what it is about; only a view may reveal it
// (check, mask, note for the audit). A Visible<T> has a wire form, a T has none:
// every ToProto takes Visible<T>, and `ToProto(const T&) = delete`.
// Thread rule: confined.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "authz/policy/privilege.h"
#include "base/words.h"

namespace cadastre::authz {

class GovernedView;

// What a value is about. All must be visible: an edge is about from, to and job.
struct Subjects {
  static constexpr size_t kAssetsMax = 4;
  std::array<AssetId, kAssetsMax> assets{};
  uint8_t asset_count = 0;
  // Set where it is about one column of assets[0] (0 = the asset itself).
  ColumnId column{0};
  // Set where the row is about policy or the audit log: needs the privilege on everything.
  bool global = false;
  // Set where it is about more assets than are kept here.
  bool overfull = false;

  static Subjects Of(AssetId asset) {
    Subjects subjects;
    subjects.assets[0] = asset;
    subjects.asset_count = 1;
    return subjects;
  }
  static Subjects OfColumn(AssetId asset, ColumnId column) {
    Subjects subjects = Of(asset);
    subjects.column = column;
    return subjects;
  }
  static Subjects Global() {
    Subjects subjects;
    subjects.global = true;
    return subjects;
  }
  // Passing over absent ids (0) and those named already. One more than there is room for hides the whole from
  // everybody: what is not asked about must not open it.
  Subjects& And(AssetId asset) {
    const auto* const end = assets.begin() + asset_count;
    if (asset.value() == 0 || std::find(assets.cbegin(), end, asset) != end) return *this;
    if (asset_count == kAssetsMax) {
      overfull = true;
      return *this;
    }
    assets[asset_count++] = asset;
    return *this;
  }
};

template <typename T>
class Sealed {
 public:
  Sealed(T value, Subjects subjects, Privilege privilege)
      : value_(std::move(value)), subjects_(subjects), privilege_(privilege) {}

  const Subjects& subjects() const { return subjects_; }
  Privilege privilege() const { return privilege_; }

 private:
  friend class GovernedView;
  T value_;
  Subjects subjects_;
  Privilege privilege_;
};

template <typename T>
class Visible {
 public:
  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  // The value itself, to be put into an answer without a copy.
  T Take() && { return std::move(value_); }

 private:
  friend class GovernedView;
  explicit Visible(T value) : value_(std::move(value)) {}
  T value_;
};

// Proof that a view showed what something was merged from: it grows by revealed values alone. Thread rule: confined.
class Witness {
 public:
  Witness() = default;
  template <typename T>
  explicit Witness(const Visible<T>& seen) {
    Add(seen);
  }
  template <typename T>
  void Add(const Visible<T>& /*seen*/) {
    seen_ = true;
  }
  bool seen() const { return seen_; }

 private:
  bool seen_ = false;
};

}  // namespace cadastre::authz
