#include "server/rpc/budget.h"

#include "base/status.h"

namespace cadastre::server {

Budget::Share& Budget::Share::operator=(Share&& other) noexcept {
  if (this == &other) return *this;
  GiveBack();
  budget_ = std::exchange(other.budget_, nullptr);
  resource_ = other.resource_;
  sender_ = other.sender_;
  held_ = std::exchange(other.held_, 0);
  return *this;
}

Status Budget::Share::Grow(size_t amount) {
  if (budget_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(budget_->Add(resource_, sender_, amount));
  held_ += amount;
  return absl::OkStatus();
}

Status Budget::Share::Resize(size_t amount) {
  if (amount >= held_) return Grow(amount - held_);
  if (budget_ != nullptr) budget_->Remove(resource_, sender_, held_ - amount);
  held_ = amount;
  return absl::OkStatus();
}

void Budget::Share::GiveBack() {
  if (budget_ != nullptr && held_ > 0) budget_->Remove(resource_, sender_, held_);
  held_ = 0;
}

StatusOr<Budget::Share> Budget::Take(Resource resource, base::Sender sender, size_t amount) {
  Share share = Begin(resource, sender);
  RETURN_IF_ERROR(share.Grow(amount));
  return share;
}

Status Budget::Add(Resource resource, base::Sender sender, size_t amount) {
  if (amount == 0) return absl::OkStatus();
  const size_t index = Index(resource);
  const size_t limit = limits_[index];
  bool fits = false;
  {
    Shard& shard = ShardOf(sender);
    base::MutexLock lock(shard.mutex);
    const auto found = shard.held.find(sender.number());
    const size_t own = (found == shard.held.end() ? 0 : found->second[index]) + amount;
    // Counted first, so that two at once do not both find the last of it free.
    const size_t all = held_[index].fetch_add(amount, std::memory_order_relaxed) + amount;
    fits = amount <= limit && all <= limit && own <= limit - all;
    if (!fits) {
      held_[index].fetch_sub(amount, std::memory_order_relaxed);
    } else if (found == shard.held.end()) {
      shard.held[sender.number()][index] = amount;
    } else {
      found->second[index] = own;
    }
  }
  if (fits) return absl::OkStatus();
  refused_.fetch_add(1, std::memory_order_relaxed);
  return Refused(resource);
}

Status Budget::Refused(Resource resource) {
  switch (resource) {
    case Resource::kBytes:
      return base::ResourceExhausted("more is held for this sender than its share of memory; try again");
    case Resource::kNodes: return base::ResourceExhausted("walks of this sender reach too much at once; try again");
    case Resource::kRequests: break;
  }
  return base::ResourceExhausted("too many requests of this sender at once; try again");
}

void Budget::Remove(Resource resource, base::Sender sender, size_t amount) {
  const size_t index = Index(resource);
  Shard& shard = ShardOf(sender);
  base::MutexLock lock(shard.mutex);
  held_[index].fetch_sub(amount, std::memory_order_relaxed);
  const auto found = shard.held.find(sender.number());
  found->second[index] -= amount;
  if (found->second == Amounts{}) shard.held.erase(found);
}

}  // namespace cadastre::server
