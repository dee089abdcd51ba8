// Permit<P>: the right to one write on one asset, made by a WriteSession and consumed by use. Move-only.
// OwnPermit, UpkeepPermit: what needs no privilege, by name: what concerns the viewer alone, and the house's own
// upkeep. RowPermit: that one of them was given; what rows are put by. Copied within the write it was made for. Thread
// rule: confined.
#pragma once

#include <utility>

#include "authz/policy/privilege.h"
#include "base/words.h"

namespace cadastre::authz {

class WriteSession;

template <Privilege kPrivilege>
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;
  Permit(const Permit&) = delete;
  const CanonicalName& asset() const { return asset_; }

 private:
  friend class WriteSession;
  explicit Permit(CanonicalName asset) : asset_(std::move(asset)) {}
  CanonicalName asset_;
};

// The viewer's own password and tokens.
class OwnPermit {
 public:
  OwnPermit(OwnPermit&&) noexcept = default;
  OwnPermit& operator=(OwnPermit&&) noexcept = default;
  OwnPermit(const OwnPermit&) = delete;

 private:
  friend class WriteSession;
  OwnPermit() {}
};

// Retention and what else time alone asks for, in sessions of the house itself.
class UpkeepPermit {
 public:
  UpkeepPermit(UpkeepPermit&&) noexcept = default;
  UpkeepPermit& operator=(UpkeepPermit&&) noexcept = default;
  UpkeepPermit(const UpkeepPermit&) = delete;

 private:
  friend class WriteSession;
  UpkeepPermit() {}
};

class RowPermit {
 public:
  template <Privilege kPrivilege>
  requires(kPrivilege == Privilege::kPush || kPrivilege == Privilege::kEditDocs || kPrivilege == Privilege::kEditTags ||
           kPrivilege == Privilege::kEditTechnical ||
           kPrivilege == Privilege::kManageGrants) explicit RowPermit(const Permit<kPrivilege>& /*given*/) {}
  explicit RowPermit(const OwnPermit& /*given*/) {}
  explicit RowPermit(const UpkeepPermit& /*given*/) {}

 private:
  friend class WriteSession;
  RowPermit() {}
};

}  // namespace cadastre::authz
