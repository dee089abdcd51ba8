// Permit<P>: the right to one write on one asset, made by a WriteSession and consumed by use.
// Move-only; thread rule: confined.
#pragma once

#include <utility>

#include "authz/privilege.h"
#include "base/words.h"

namespace cadastre::authz {

class WriteSession;

template <Privilege kPrivilege>
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;
  Permit(const Permit&) = delete;
  const AssetName& asset() const { return asset_; }

 private:
  friend class WriteSession;
  explicit Permit(AssetName asset) : asset_(std::move(asset)) {}
  AssetName asset_;
};

}  // namespace cadastre::authz
